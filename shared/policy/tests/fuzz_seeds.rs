//! The checks of the fuzz targets hold for every seed, on any toolchain.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../fuzz/src/lib.rs"]
pub mod checks;

use std::fs;
use std::path::{Path, PathBuf};

use policy::{Document, Question};

/// The files of a folder of the fuzz project, sorted.
fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(folder);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("cannot read `{}`: {error}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

type Check = fn(&[u8]);

/// The targets by name.
const TARGETS: [(&str, Check); 3] =
    [("evaluate", checks::evaluate::check), ("parse", checks::parse::check), ("pattern", checks::pattern::check)];

#[test]
fn every_target_has_seeds_and_is_run_here() {
    let names = |folder: &str| -> Vec<_> {
        files(folder).iter().map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
    };
    let here = TARGETS.map(|(name, _)| name);
    assert_eq!(names("targets"), here);
    assert_eq!(names("seeds"), here);
    for name in here {
        assert!(!files(&format!("seeds/{name}")).is_empty(), "`{name}` has no seeds");
    }
}

#[test]
fn every_seed_holds() {
    for (name, check) in TARGETS {
        for seed in files(&format!("seeds/{name}")) {
            let bytes = fs::read(&seed).unwrap();
            let held = std::panic::catch_unwind(|| check(&bytes));
            assert!(held.is_ok(), "seed `{}` does not hold", seed.display());
        }
    }
}

/// A seed that is refused by mistake leads a fuzzer nowhere.
#[test]
fn seeds_are_read_but_those_that_are_called_refused() {
    for seed in files("seeds/parse").iter().chain(&files("seeds/evaluate")) {
        let bytes = fs::read(seed).unwrap();
        let error = if seed.parent().unwrap().ends_with("parse") {
            let (kind, text) = checks::parse::document(&bytes);
            Document::parse(kind, &text).err().map(|error| error.to_string())
        } else {
            Question::parse(str::from_utf8(&bytes).unwrap()).err().map(|error| error.to_string())
        };
        let is_to_be_refused = seed.file_name().unwrap().to_str().unwrap().starts_with("refused-");
        assert_eq!(error.is_some(), is_to_be_refused, "{}: {error:?}", seed.display());
    }
}
