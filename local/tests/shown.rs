//! What SECURITY.md and ARCHITECTURE.md say is shown by a test is.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use local::workspace;

/// The files below a folder, without those that are built.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.') || name == "target");
        if path.is_dir() && !hidden {
            files(&path, found);
        } else if !hidden {
            found.push(path);
        }
    }
}

/// What stands in backticks in the last cell of each row of the document's tables.
fn named(document: &str) -> Vec<String> {
    let rows = document.lines().filter(|line| line.starts_with("| ")).map(|line| line.trim_end_matches(['|', ' ']));
    let cells = rows.filter_map(|row| row.rsplit_once(" | ").map(|(_, cell)| cell));
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2).map(str::to_owned)).collect()
}

/// Whether it is a test's name, and not a word.
fn is_test(name: &str) -> bool {
    let plain = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    plain && name.matches('_').count() >= 3
}

/// Whether a source has a test of this name: in Rust under its attribute, in Python in a class of tests.
fn has(source: &str, name: &str) -> bool {
    let rust = source.split_once(&format!("fn {name}("));
    let attributed = rust.is_some_and(|(before, _)| {
        before
            .lines()
            .rev()
            .take_while(|line| !line.is_empty() && *line != "}")
            .any(|line| line.trim().ends_with("test]"))
    });
    attributed || source.contains(&format!("    def {name}(self)"))
}

fn is_path(name: &str) -> bool {
    name.contains('/') || Path::new(name).extension().is_some_and(|extension| extension == "rs")
}

#[test]
fn every_test_that_a_document_names_is_there() {
    let workspace = workspace();
    let mut all = Vec::new();
    files(&workspace, &mut all);
    let source = |path: &&PathBuf| path.extension().is_some_and(|extension| extension == "rs" || extension == "py");
    let sources: Vec<String> = all.iter().filter(source).map(|path| fs::read_to_string(path).unwrap()).collect();
    let paths: Vec<String> =
        all.iter().map(|path| format!("/{}", path.strip_prefix(&workspace).unwrap().display())).collect();
    for (document, least) in [("SECURITY.md", 50), ("ARCHITECTURE.md", 30)] {
        let named = named(&fs::read_to_string(workspace.join(document)).unwrap());
        let (tests, rest): (Vec<_>, Vec<_>) = named.into_iter().partition(|name| is_test(name));
        let there: Vec<_> = rest.into_iter().filter(|name| is_path(name)).collect();
        assert!(tests.len() + there.len() >= least, "{document}: {tests:?} {there:?}");
        for name in tests {
            assert!(sources.iter().any(|source| has(source, &name)), "{document} names `{name}`, which is no test");
        }
        for name in there {
            let within = format!("/{name}");
            let found =
                |path: &String| if name.ends_with('/') { path.contains(&within) } else { path.ends_with(&within) };
            // `shared/policy/fuzz` is a folder without a slash at its end.
            let folder = workspace.join(&name).is_dir();
            assert!(folder || paths.iter().any(found), "{document} names `{name}`, which is not there");
        }
    }
}

#[test]
fn a_test_is_known_by_its_attribute() {
    let source = "#[tokio::test]\nasync fn a_camera_that_is_there() {\n}\n\nfn a_function_that_is_none() {\n}\n";
    assert!(has(source, "a_camera_that_is_there"));
    assert!(!has(source, "a_function_that_is_none") && !has(source, "a_camera_that_is"));
    assert!(has("class T:\n    def test_of_a_kind(self) -> None:\n", "test_of_a_kind"));
    assert_eq!(named("| a | b |\n|---|---|\n| `x` | `y.rs`, `z_z_z_z` |\n"), ["y.rs", "z_z_z_z"]);
    assert!(is_test("a_b_c_d") && !is_test("own.rs") && !is_test("kill -9") && is_path("tests/plan.rs"));
}
