//! Building, and the prerequisites of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use indicatif::ProgressBar;
use local::Python;

use crate::ending;

/// A `cargo` that works on this workspace.
pub(crate) fn cargo(workspace: &Path) -> Command {
    let mut cargo = Command::new(option_env!("CARGO").unwrap_or("cargo"));
    cargo.current_dir(workspace);
    cargo
}

/// Runs a command whose output people see; it must succeed.
pub(crate) fn run(command: &mut Command, what: &str) -> Result<()> {
    let status = ending::run(command).with_context(|| format!("cannot start {what}"))?;
    if status.success() { Ok(()) } else { bail!("{what} failed ({status})") }
}

/// The Python tools, with a spinner while they are set up.
pub(crate) fn python(workspace: &Path) -> Result<Python> {
    with_spinner(|tell| Python::ready(workspace, tell))
}

/// The Python packages of another lock, with a spinner while they are set up.
pub(crate) fn packages(workspace: &Path, venv: &str, lock: &str) -> Result<Python> {
    with_spinner(|tell| Python::locked(workspace, venv, lock, tell))
}

fn with_spinner(ready: impl FnOnce(&dyn Fn(&str)) -> Result<Python>) -> Result<Python> {
    let spinner = ProgressBar::new_spinner();
    let python = ready(&|doing| {
        spinner.set_message(doing.to_owned());
        spinner.enable_steady_tick(Duration::from_millis(100));
        if spinner.is_hidden() {
            crate::report::line(doing);
        }
    });
    spinner.finish_and_clear();
    python
}

/// What was built.
#[derive(Debug)]
pub(crate) struct Built {
    folder: PathBuf,
}

impl Built {
    /// The path of a binary.
    pub(crate) fn binary(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// Builds all there is, tests too: they then share every dependency, which takes minutes less than building twice.
pub(crate) fn everything(workspace: &Path) -> Result<Built> {
    if Command::new("cc").arg("--version").output().is_err() {
        bail!("a C compiler named `cc` is needed: install one (Debian and Ubuntu: `apt install gcc libc6-dev`)");
    }
    // Not quiet: the first time takes minutes.
    run(cargo(workspace).args(["build", "--workspace", "--all-targets"]), "`cargo build`")?;
    Ok(Built { folder: folder()? })
}

/// The functions' packages.
pub(crate) fn functions(workspace: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(workspace.join("functions")).context("cannot read `functions`")?;
    let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let mut names = names.collect::<Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}

/// Where the build lies that we are part of.
pub(crate) fn folder() -> Result<PathBuf> {
    let own = std::env::current_exe().context("cannot tell where the build lies")?;
    own.parent().map(Path::to_path_buf).context("cannot tell where the build lies")
}
