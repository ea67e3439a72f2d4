//! The README tells of everything that a user can set and run into.

use std::fs;

fn read(path: &str) -> String {
    fs::read_to_string(local::workspace().join(path)).unwrap_or_default()
}

#[test]
fn every_refusal_has_a_row() {
    let source = read("functions/provision/src/refusal.rs");
    let reasons: Vec<&str> = source
        .lines()
        .filter_map(|line| line.split("=> \"").nth(1))
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert_eq!(reasons.len(), 18, "{reasons:?}");
    let readme = read("README.md");
    for reason in reasons {
        assert!(readme.contains(&format!("`{reason}`")), "README.md does not tell of the refusal `{reason}`");
    }
}

#[test]
fn every_parameter_has_a_row() {
    let template = read("template.yaml");
    let parameters = template.split("\nParameters:\n").nth(1).unwrap_or_default();
    let parameters = parameters.split("\nConditions:\n").next().unwrap_or_default();
    let name = |line: &str| {
        line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')).map(|rest| rest.trim_end_matches(':').to_owned())
    };
    let names: Vec<String> = parameters.lines().filter_map(name).collect();
    assert_eq!(names.len(), 35, "{names:?}");
    let readme = read("README.md");
    for name in names {
        assert!(readme.contains(&format!("| `{name}` |")), "README.md does not tell of the parameter `{name}`");
    }
}
