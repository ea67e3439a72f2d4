//! How fast and how large it is, beside what people use instead, and beside what it may take.

mod function;
mod machine;
mod policies;
mod process;
mod pure;
mod runtime;
mod scale;
mod table;
mod throttles;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;
use local::{Cloud, Control};

use self::policies::Verdicts;
use self::table::Row;
use crate::build::{self, cargo, run};
use crate::ending;
use crate::report::{heading, line};

/// The packages that we measure beside us, from the top of the workspace.
const LOCK: &str = "benches/requirements.lock";
const VENV: &str = "target/benches/venv";

/// Where the figures stand.
const PAGE: &str = "docs/benchmarks.md";

/// How long work on a large fleet may run before we give up: Lambda would have ended it.
const LONGEST: Duration = Duration::from_mins(15);

/// A part of what is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Provision beside the same in Python.
    Function,
    /// All checks beside cloudsplaining and parliament.
    Policies,
    /// The policy engine and the budget's plan.
    Pure,
    /// What gives way of a large fleet.
    Throttles,
    /// Sweeps of a large fleet.
    Sweeps,
}

/// Measures, prints the table, and fails when something is not as it must be. With all parts, the page is written.
pub(crate) fn measure(workspace: &Path, profile: &str, only: &[Part]) -> Result<()> {
    ending::on_signals()?;
    let python = build::python(workspace)?;
    let others = build::packages(workspace, VENV, LOCK)?;
    let wanted = |part| only.is_empty() || only.contains(&part);
    let mut rows = Vec::new();
    let mut verdicts = None;
    if wanted(Part::Function) {
        rows.extend(function::measure(workspace, &python, &others, profile)?);
    }
    if wanted(Part::Policies) {
        let (measured, said) = policies::measure(workspace, &python, &others, profile)?;
        rows.extend(measured);
        verdicts = Some(said);
    }
    if wanted(Part::Pure) {
        rows.extend(pure::measure(workspace, &python)?);
    }
    if wanted(Part::Throttles) {
        rows.extend(throttles::measure(workspace, &python, profile)?);
    }
    if wanted(Part::Sweeps) {
        rows.extend(scale::measure(workspace, &python, profile)?);
    }
    let told = machine::told(workspace, &others)?;
    heading("Beside what people use, and beside the bounds");
    line(&told.join("\n"));
    line(&format!("\n{}", table::plain(&rows)));
    if let Some(verdicts) = &verdicts {
        line(&format!("\n{}", verdicts.markdown()));
    }
    if only.is_empty() {
        let page = workspace.join(PAGE);
        let text = page_of(&told, &rows, verdicts.as_ref(), profile);
        fs::write(&page, text).with_context(|| format!("cannot write `{}`", page.display()))?;
        line(&format!("`{PAGE}` is written"));
    }
    let over = rows.iter().filter(|row| !row.held()).map(|row| row.what.clone());
    let over: Vec<_> = over.chain(verdicts.map(|verdicts| verdicts.wrong).unwrap_or_default()).collect();
    if over.is_empty() { Ok(()) } else { bail!("not as it must be: {}", over.join(", ")) }
}

/// What stands in the page.
fn page_of(told: &[String], rows: &[Row], verdicts: Option<&Verdicts>, profile: &str) -> String {
    let list = told.join("\n- ");
    let command = if profile == "release" { String::new() } else { format!(" --profile {profile}") };
    let verdicts = verdicts.map(Verdicts::markdown).unwrap_or_default();
    format!(
        "# Benchmarks\n\n\
         `cargo xtask bench{command}` measured this and wrote it. Both sides of a line ran in the same run on the same\n\
         machine; where they have a cloud to talk to, it is the same one. Medians, with the least and the most.\n\n\
         - {list}\n\n\
         The ratio is how many times as much the other side takes, or what we may take. \"At least\" is what it must be,\n\
         else the command fails.\n\n\
         {}\n\
         Provision beside Python: `benches/python` does the same for a new camera, with `awslambdaric`, as Lambda starts\n\
         it, and `boto3`. Both poll a Runtime API that does nothing else, and call the local cloud over HTTP. Byte code and\n\
         files are in the machine's caches for both, which is better than Lambda's cold start for Python.\n\n\
         All checks: each policy is the only one of a role that cameras get; ours are all checks of roles, the others' are\n\
         what their commands tell when nothing is configured. Their start, of a second or so, is not counted.\n\n\
         ## Camera policies\n\n\
         What is told of `benches/policies`. cloudsplaining and parliament are made for all of AWS and know nothing of\n\
         cameras; a blank list is no fault of theirs.\n\n\
         {verdicts}",
        table::markdown(rows)
    )
}

/// Builds a binary of a package, and answers where it lies.
fn binary(workspace: &Path, package: &str, name: &str, profile: &str) -> Result<PathBuf> {
    let target = workspace.join("target");
    let mut cargo = cargo(workspace);
    cargo.args(["build", "--profile", profile, "--package", package, "--bin", name, "--target-dir"]).arg(&target);
    run(&mut cargo, "`cargo build`")?;
    // The folder of Cargo's own profile for development is named otherwise than that.
    Ok(target.join(if profile == "dev" { "debug" } else { profile }).join(name))
}

/// What a command writes, which must succeed.
fn said(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("cannot start `{name}`"))?;
    if !output.status.success() {
        bail!("`{name}` failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let text = String::from_utf8(output.stdout).with_context(|| format!("what `{name}` says is not UTF-8"))?;
    Ok(text.trim_end().to_owned())
}

/// Waits until nothing runs any more, longer than a test does.
fn rest(control: &Control, began: Instant) -> Result<()> {
    loop {
        match control.settle() {
            Err(_) if began.elapsed() < LONGEST && ending::cloud(Cloud::runs)? => {
                std::thread::sleep(Duration::from_millis(100));
            }
            end => return end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::table::{Beside, Measured, Unit};
    use super::*;

    #[test]
    fn the_page_tells_the_command_the_versions_and_the_figures() {
        let row = Row {
            what: "evaluate".to_owned(),
            on: "a role".to_owned(),
            unit: Unit::Nanoseconds,
            ours: Measured::once(250),
            beside: Beside::Bound(1_000),
        };
        let told = ["kvs-warden 1f2e".to_owned(), "rustc 1".to_owned()];
        let page = page_of(&told, &[row], None, "release");
        for said in ["`cargo xtask bench` measured", "- kvs-warden 1f2e\n- rustc 1\n", "| 4.0x | evaluate | a role |"] {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert!(page_of(&told, &[], None, "dev").contains("`cargo xtask bench --profile dev` measured"));
    }
}
