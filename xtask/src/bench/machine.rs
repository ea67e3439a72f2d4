//! What was measured, with what, and where.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use local::Python;

use super::said;

/// Prints Python's version and those of the packages.
const VERSIONS: &str = r#"
import platform
from importlib import metadata
names = ["awslambdaric", "boto3", "cryptography", "cloudsplaining", "parliament"]
print(", ".join([f"Python {platform.python_version()}", *(f"{name} {metadata.version(name)}" for name in names)]))
"#;

/// Lines of a list.
pub(super) fn told(workspace: &Path, others: &Python) -> Result<Vec<String>> {
    let git = |arguments: &[&str]| said(Command::new("git").args(arguments).current_dir(workspace));
    let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
    let changed = !git(&["status", "--porcelain", "--untracked-files=no", "--", ":!docs/benchmarks.md"])?.is_empty();
    let commit = if changed { format!("{commit}, with changes") } else { commit };
    let rustc = said(Command::new("rustc").arg("--version").current_dir(workspace))?;
    let python = said(Command::new(others.tool("python")).args(["-c", VERSIONS]))?;
    let cores = std::thread::available_parallelism().context("cannot count the cores")?;
    let model = field("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let memory = field("/proc/meminfo", "MemTotal").and_then(|text| gibibytes(&text)).unwrap_or_default();
    let kernel = said(Command::new("uname").args(["-s", "-r", "-m"]))?;
    Ok(vec![
        format!("kvs-warden {commit}"),
        rustc,
        python,
        format!("{model}, {cores} cores, {memory} memory, {kernel}"),
    ])
}

/// The first value of a name in a file of `/proc`.
fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix(':').map(str::trim));
    value.map(str::to_owned)
}

/// KiB as people read them.
fn gibibytes(text: &str) -> Option<String> {
    let kibibytes: u64 = text.strip_suffix(" kB")?.parse().ok()?;
    let tenths = kibibytes.checked_mul(10)? / (1024 * 1024);
    Some(format!("{}.{} GiB", tenths / 10, tenths % 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_reads_as_people_say_it() {
        assert_eq!(gibibytes("24626568 kB").as_deref(), Some("23.4 GiB"));
        assert_eq!(gibibytes("lots"), None);
    }
}
