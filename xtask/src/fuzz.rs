//! Every reader of what comes from outside, against inputs that nobody thought of.
//!
//! The compiler of the workspace is enough: `cargo-fuzz` and a nightly toolchain are not needed, since there is no unsafe
//! code for a sanitizer to watch, and what libFuzzer goes by is a few flags (`fuzz/instrument`). Only our own crates are
//! built with them, so that all libraries are those that the tests use: that takes some 160 seconds of one core, linking
//! included. With flags or features of their own, the AWS SDK and all else would be built once more.
//!
//! What comes of a run lies in `target/fuzz`: the corpus, from which the next run goes on, and the inputs that failed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::report::heading;
use crate::{build, ending};

/// The crate of the targets, from the top of the workspace.
const CRATE: &str = "fuzz";
/// An input may take so many seconds: one that takes longer was made to be slow.
const SLOWEST: u64 = 10;

/// Runs every target, or the one that is named, for so many seconds each.
pub(crate) fn run(workspace: &Path, seconds: u64, wanted: Option<&str>) -> Result<()> {
    let targets = chosen(targets(workspace)?, wanted)?;
    let compiler = std::env::var_os("CXX").unwrap_or_else(|| "c++".into());
    if Command::new(&compiler).arg("--version").output().is_err() {
        bail!("libFuzzer needs a C++ compiler named `c++`: install one (Debian and Ubuntu: `apt install g++`)");
    }
    heading("cargo build, instrumented");
    let built = built(workspace, &targets)?;
    for target in targets {
        heading(&format!("{target}, for {seconds} s"));
        fuzz(workspace, &built.join(&target), &target, seconds)?;
    }
    Ok(())
}

/// Builds the targets. Answers where they are.
fn built(workspace: &Path, targets: &[String]) -> Result<PathBuf> {
    let mut cargo = build::cargo(workspace);
    // With all members, and with examples, of which there are none, libraries have the features that they have for tests, and
    // are not built anew.
    cargo.args(["build", "--workspace", "--examples", "--locked", "--features", "fuzz/libfuzzer"]);
    cargo.args(targets.iter().flat_map(|target| ["--bin", target]));
    cargo.env("RUSTC_WORKSPACE_WRAPPER", workspace.join(CRATE).join("instrument"));
    build::run(&mut cargo, "`cargo build`")?;
    build::folder()
}

fn fuzz(workspace: &Path, binary: &Path, target: &str, seconds: u64) -> Result<()> {
    let corpus = format!("target/fuzz/corpus/{target}");
    let failures = format!("target/fuzz/failures/{target}");
    for folder in [&corpus, &failures] {
        fs::create_dir_all(workspace.join(folder)).with_context(|| format!("cannot make `{folder}`"))?;
    }
    let mut fuzzer = Command::new(binary);
    fuzzer.args([corpus, format!("{CRATE}/seeds/{target}"), format!("-max_total_time={seconds}")]);
    fuzzer.args([format!("-timeout={SLOWEST}"), format!("-dict={CRATE}/words.dict")]);
    fuzzer.args([format!("-artifact_prefix={failures}/"), "-print_final_stats=1".to_owned()]);
    let status = ending::run(fuzzer.current_dir(workspace)).with_context(|| format!("cannot start `{target}`"))?;
    if !status.success() {
        bail!(
            "an input does not hold ({status}): `{failures}` has it; keep it, made small, in `{CRATE}/seeds/{target}`, so \
             that the tests try it from then on"
        );
    }
    Ok(())
}

/// The targets by name, sorted.
fn targets(workspace: &Path) -> Result<Vec<String>> {
    let folder = workspace.join(CRATE).join("targets");
    let entries = fs::read_dir(&folder).with_context(|| format!("cannot read `{}`", folder.display()))?;
    let mut targets = Vec::new();
    for entry in entries {
        let path = entry.with_context(|| format!("cannot read `{}`", folder.display()))?.path();
        targets.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    targets.sort();
    Ok(targets)
}

fn chosen(targets: Vec<String>, wanted: Option<&str>) -> Result<Vec<String>> {
    match wanted {
        None => Ok(targets),
        Some(wanted) if targets.iter().any(|target| target == wanted) => Ok(vec![wanted.to_owned()]),
        Some(wanted) => bail!("`{wanted}` is no fuzz target: expected one of {}", targets.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_is_run_or_the_one_that_is_named() {
        let targets = targets(&local::workspace()).unwrap();
        assert_eq!(chosen(targets.clone(), None).unwrap(), targets);
        assert_eq!(chosen(targets.clone(), Some("ladder")).unwrap(), ["ladder"]);
        let error = chosen(targets, Some("reach")).unwrap_err().to_string();
        assert!(error.starts_with("`reach` is no fuzz target: expected one of audit_file, certificate, "), "{error}");
    }
}
