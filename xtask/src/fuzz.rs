//! The policy engine against inputs that nobody thought of.
//!
//! Needs a nightly toolchain and `cargo-fuzz`, so CI does not run it: there the tests run the seeds. What comes of a run
//! lies in `target/fuzz`: the corpus, from which the next run goes on, and the inputs that failed.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::report::heading;
use crate::{build, ending};

/// The project of `cargo-fuzz`, from the top of the workspace.
const PROJECT: &str = "shared/policy/fuzz";
/// The version of `cargo-fuzz` that this was written for.
const VERSION: &str = "0.13.2";
/// An input may take so many seconds: a document that takes longer was made to be slow.
const SLOWEST: u64 = 10;

/// Runs every target, or the one that is named, for so many seconds each.
pub(crate) fn run(workspace: &Path, seconds: u64, wanted: Option<&str>) -> Result<()> {
    let targets = chosen(targets(workspace)?, wanted)?;
    let host = host()?;
    has_cargo_fuzz()?;
    let built = workspace.join("target/fuzz/build");
    heading("cargo fuzz build");
    let mut cargo = nightly("cargo");
    // There is no unsafe code for a sanitizer to watch.
    cargo.args(["fuzz", "build", "--fuzz-dir", PROJECT, "--sanitizer", "none", "--target", &host, "--target-dir"]);
    build::run(cargo.arg(&built).current_dir(workspace), "`cargo fuzz build`")?;
    for target in targets {
        heading(&format!("{target}, for {seconds} s"));
        let binary = built.join(&host).join("release").join(&target);
        fuzz(workspace, &binary, &target, seconds)?;
    }
    Ok(())
}

/// The binary itself: `cargo fuzz run` leaves a folder in the tree, also when it is told another.
fn fuzz(workspace: &Path, binary: &Path, target: &str, seconds: u64) -> Result<()> {
    let corpus = format!("target/fuzz/corpus/{target}");
    let failures = format!("target/fuzz/failures/{target}");
    for folder in [&corpus, &failures] {
        fs::create_dir_all(workspace.join(folder)).with_context(|| format!("cannot make `{folder}`"))?;
    }
    let mut fuzzer = Command::new(binary);
    fuzzer.args([corpus, format!("{PROJECT}/seeds/{target}"), format!("-max_total_time={seconds}")]);
    fuzzer.args([format!("-timeout={SLOWEST}"), format!("-dict={PROJECT}/policy.dict")]);
    fuzzer.args([format!("-artifact_prefix={failures}/"), "-print_final_stats=1".to_owned()]);
    let status = ending::run(fuzzer.current_dir(workspace)).with_context(|| format!("cannot start `{target}`"))?;
    if !status.success() {
        bail!(
            "an input does not hold ({status}): `{failures}` has it; keep it, made small, in `{PROJECT}/seeds/{target}`, \
             so that the tests try it from then on"
        );
    }
    Ok(())
}

/// The targets by name, sorted.
fn targets(workspace: &Path) -> Result<Vec<String>> {
    let folder = workspace.join(PROJECT).join("targets");
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

/// A tool of the nightly toolchain; it alone can instrument a build.
fn nightly(tool: &str) -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", "nightly", tool]);
    command
}

/// What the nightly toolchain builds for.
fn host() -> Result<String> {
    let said = nightly("rustc").arg("-vV").output();
    let said = said.context("cannot start `rustup`, which brings the nightly toolchain: <https://rustup.rs>")?;
    if !said.status.success() {
        bail!("fuzzing needs a nightly toolchain: `rustup toolchain install nightly`");
    }
    let said = String::from_utf8_lossy(&said.stdout);
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("`rustc -vV` does not tell what it builds for")
}

fn has_cargo_fuzz() -> Result<()> {
    let said = nightly("cargo").args(["fuzz", "--version"]).output().context("cannot start `rustup`")?;
    if !said.status.success() {
        bail!("fuzzing needs cargo-fuzz: `cargo install cargo-fuzz --version {VERSION} --locked`");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_is_run_or_the_one_that_is_named() {
        let targets = targets(&local::workspace()).unwrap();
        assert_eq!(chosen(targets.clone(), None).unwrap(), ["evaluate", "parse", "pattern"]);
        assert_eq!(chosen(targets.clone(), Some("parse")).unwrap(), ["parse"]);
        assert_eq!(
            chosen(targets, Some("reach")).unwrap_err().to_string(),
            "`reach` is no fuzz target: expected one of evaluate, parse, pattern"
        );
    }
}
