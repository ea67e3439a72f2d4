//! What must hold of any input holds for every seed.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use fuzz::TARGETS;

/// The files of a folder of this crate, sorted.
fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("cannot read `{}`: {error}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn every_target_has_seeds_and_is_a_program() {
    let names = |folder: &str| -> Vec<_> {
        files(folder).iter().map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
    };
    let here = TARGETS.map(|(name, _)| name);
    assert_eq!(names("targets"), here);
    assert_eq!(names("seeds"), here);
    let manifest = include_str!("../Cargo.toml");
    let programs: Vec<_> = manifest.lines().filter_map(|line| line.strip_prefix("path = \"targets/")).collect();
    assert_eq!(programs, here.map(|name| format!("{name}.rs\"")));
    for (name, program) in here.into_iter().zip(files("targets")) {
        let program = fs::read_to_string(program).unwrap();
        assert!(program.contains(&format!("fuzz::{name}::check(data)")), "`{name}` checks something else");
    }
}

/// A seed that is refused by mistake leads a fuzzer nowhere.
#[test]
fn every_seed_holds_and_is_read_unless_it_is_called_refused() {
    let mut wrong = Vec::new();
    for (name, check) in TARGETS {
        let seeds = files(&format!("seeds/{name}"));
        assert!(!seeds.is_empty(), "`{name}` has no seeds");
        for seed in seeds {
            let bytes = fs::read(&seed).unwrap();
            let is_to_be_refused = seed.file_name().unwrap().to_str().unwrap().starts_with("refused-");
            match catch_unwind(|| check(&bytes)) {
                Ok(read) if read.is_err() == is_to_be_refused => {}
                Ok(read) => wrong.push(format!("{}: {read:?}", seed.display())),
                Err(_) => wrong.push(format!("{} does not hold", seed.display())),
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}
