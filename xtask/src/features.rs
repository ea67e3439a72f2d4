//! A crate that two functions depend on has the same features in both.
//!
//! `sam build` builds each function by itself. A crate whose features differ is compiled for each, with all that is built
//! on it, which may be the whole AWS SDK. `shared/same-features` asks for what any of them asks for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::build;

/// Crates with all features that a function gives them. One may stand there twice, for this machine and for Lambda.
type Features = BTreeMap<String, BTreeSet<String>>;

/// Checks all functions, by what Cargo says of each.
pub(crate) fn check(workspace: &Path) -> Result<()> {
    let mut functions = BTreeMap::new();
    for name in build::functions(workspace)? {
        let mut cargo = build::cargo(workspace);
        cargo.args(["tree", "--locked", "--edges", "normal,build", "--prefix", "none", "--format", "{p}\t{f}"]);
        let output = cargo.args(["--package", &name]).output().context("cannot start `cargo tree`")?;
        if !output.status.success() {
            bail!("`cargo tree` failed: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        functions.insert(name, read(&String::from_utf8_lossy(&output.stdout)));
    }
    let faults = faults(&functions);
    if faults.is_empty() {
        return Ok(());
    }
    bail!(
        "`shared/same-features/Cargo.toml` must name what is missing, else crates are built twice: {}",
        faults.join("; ")
    )
}

/// Reads lines of a crate with its version and path, a tab, and its features.
fn read(tree: &str) -> Features {
    let mut features = Features::new();
    for (package, given) in tree.lines().filter_map(|line| line.split_once('\t')) {
        let name: Vec<_> = package.split_whitespace().take(2).collect();
        // A star tells that it stood there before.
        features.entry(name.join(" ")).or_default().insert(given.trim_end_matches(" (*)").to_owned());
    }
    features
}

fn faults(functions: &BTreeMap<String, Features>) -> Vec<String> {
    let names: BTreeSet<&String> = functions.values().flat_map(Features::keys).collect();
    let shown = |given: &BTreeSet<String>| given.iter().map(|list| format!("[{list}]")).collect::<Vec<_>>().join(" ");
    let mut faults = Vec::new();
    for name in names {
        let with = functions.iter().filter_map(|(function, features)| Some((function, features.get(name)?)));
        let by_features: BTreeMap<_, _> = with.map(|(function, given)| (given, function)).collect();
        if by_features.len() > 1 {
            let each = by_features.iter().map(|(given, function)| format!("`{function}` {}", shown(given)));
            faults.push(format!("{name} has other features in {}", each.collect::<Vec<_>>().join(" than in ")));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(one: &str, other: &str) -> Vec<String> {
        faults(&BTreeMap::from([("audit".to_owned(), read(one)), ("provision".to_owned(), read(other))]))
    }

    #[test]
    fn the_same_features_pass_and_so_does_what_only_one_depends_on() {
        let audit = "audit v0.1.0 (/w)\t\nserde v1.0.1\tderive,std\nserde v1.0.1\tderive,std (*)\ncsv v1.4.0\t\n";
        assert_eq!(found(audit, "provision v0.1.0 (/w)\t\nserde v1.0.1\tderive,std\n"), [""; 0]);
    }

    #[test]
    fn a_crate_with_other_features_is_named() {
        let faults = found("serde v1.0.1\tstd\nsyn v2.0.0\tfull\n", "serde v1.0.1\talloc,std\nsyn v3.0.0\t\n");
        assert_eq!(faults, ["serde v1.0.1 has other features in `provision` [alloc,std] than in `audit` [std]"]);
    }
}
