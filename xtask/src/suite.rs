//! The whole test suite.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};

use crate::build;
use crate::report::line;

/// Sets the tools up first, so that no test has to wait for them, then runs every test of the workspace and tells at
/// the end how many passed: `cargo test` itself tells that of each binary only. A secret that a cloud found in what was
/// written fails the suite, even where no test did.
pub(crate) fn test(workspace: &Path, arguments: &[String]) -> Result<()> {
    build::python(workspace)?;
    build::everything(workspace)?;
    for old in local::kept_leaks(workspace)? {
        fs::remove_file(&old).with_context(|| format!("cannot remove `{}`", old.display()))?;
    }
    let mut cargo = build::cargo(workspace);
    let cargo = cargo.args(["test", "--workspace"]).args(arguments).stdout(Stdio::piped());
    let mut child = cargo.spawn().context("cannot start `cargo test`")?;
    let (mut passed, mut failed) = (0_u32, 0_u32);
    for said in BufReader::new(child.stdout.take().context("cannot read from `cargo test`")?).lines() {
        let said = said.context("cannot read from `cargo test`")?;
        passed = passed.saturating_add(count(&said, " passed"));
        failed = failed.saturating_add(count(&said, " failed"));
        line(&said);
    }
    let status = child.wait()?;
    line(&format!("{passed} passed, {failed} failed"));
    let leaks = local::kept_leaks(workspace)?;
    for leak in &leaks {
        line(&format!("a secret was told, see `{}`", leak.display()));
    }
    match (status.success(), leaks.is_empty()) {
        (true, true) => Ok(()),
        (true, false) => bail!("no test may tell a secret, though all passed"),
        (false, _) => bail!("`cargo test` failed ({status})"),
    }
}

/// Runs the tests that make every call of the functions fail, for every length of which `cargo test` tries only the first,
/// and prints what came of it, which they hold against its pages.
pub(crate) fn faults(workspace: &Path) -> Result<()> {
    build::python(workspace)?;
    build::everything(workspace)?;
    let mut cargo = build::cargo(workspace);
    let cargo = cargo
        .args(["test", "--workspace", "--test", "e2e", "matrix::"])
        .env(local::faults::ALL.0, local::faults::ALL.1);
    build::run(cargo, "the test of every fault")?;
    let folder = workspace.join("docs/faults");
    let entries = fs::read_dir(&folder).with_context(|| format!("cannot read `{}`", folder.display()))?;
    let mut pages = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    pages.sort();
    for page in pages {
        line(&fs::read_to_string(&page).with_context(|| format!("cannot read `{}`", page.display()))?);
    }
    Ok(())
}

/// Runs the tests of the report's page in a real browser.
pub(crate) fn browser(workspace: &Path, arguments: &[String]) -> Result<()> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let missing = missing(|variable, names| {
        std::env::var_os(variable).is_some()
            || std::env::split_paths(&path).any(|folder| names.iter().any(|name| folder.join(name).is_file()))
    });
    if !missing.is_empty() {
        bail!(
            "a browser is needed for this, and {} is not there: install it (Debian and Ubuntu: `apt install chromium \
             chromium-driver`), or name the programs in the environment variables `CHROMIUM` and `CHROMEDRIVER`",
            missing.join(" and ")
        );
    }
    let mut cargo = build::cargo(workspace);
    build::run(cargo.args(["test", "--workspace", "--test", "browser"]).args(arguments), "the test in a browser")
}

/// Which of the programs that the browser's test starts are not there.
fn missing(is_there: impl Fn(&str, &[&str]) -> bool) -> Vec<&'static str> {
    let programs: [(&str, &[&'static str]); 2] =
        [("CHROMIUM", &["chromium", "chromium-browser", "google-chrome"]), ("CHROMEDRIVER", &["chromedriver"])];
    let gone = programs.into_iter().filter(|(variable, names)| !is_there(variable, names));
    gone.filter_map(|(_, names)| names.first().copied()).collect()
}

/// The number before a word in the closing line of a test binary; 0 in any other line.
fn count(said: &str, word: &str) -> u32 {
    let parts = said.strip_prefix("test result: ").and_then(|rest| rest.split_once(". ")).map(|(_, parts)| parts);
    let number = parts.into_iter().flat_map(|parts| parts.split("; ")).find_map(|part| part.strip_suffix(word));
    number.and_then(|number| number.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_without_its_driver_is_not_enough() {
        assert_eq!(missing(|_, names| names.contains(&"google-chrome")), ["chromedriver"]);
        assert_eq!(missing(|variable, _| variable == "CHROMEDRIVER"), ["chromium"]);
        assert_eq!(missing(|_, _| true), <[&str; 0]>::default());
    }

    #[test]
    fn only_closing_lines_are_counted() {
        let end = "test result: FAILED. 60 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 78.29s";
        assert_eq!((count(end, " passed"), count(end, " failed")), (60, 1));
        assert_eq!(count("test a_line_with_7 passed ... ok", " passed"), 0);
    }
}
