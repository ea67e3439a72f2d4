//! What is deployed.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use comfy_table::{Table, presets};

use crate::build::{self, run};
use crate::report::{heading, line, size};

/// Runs `sam build` and tells what came of it.
pub(crate) fn build(workspace: &Path, arch: Option<&str>) -> Result<()> {
    let arch = match arch {
        Some(arch @ ("arm64" | "x86_64")) => arch,
        Some(other) => bail!("`{other}` is no architecture of Lambda's: expected `arm64` or `x86_64`"),
        None if cfg!(target_arch = "aarch64") => "arm64",
        None => "x86_64",
    };
    let python = build::python(workspace)?;
    heading(&format!("cargo lambda build, for {arch}"));
    let mut cargo = build::cargo(workspace);
    cargo.args(["lambda", "build", "--release"]).args((arch == "arm64").then_some("--arm64"));
    for function in build::functions(workspace)? {
        cargo.args(["--package", &function]);
    }
    // `sam build` builds one function after the other, and linking takes minutes of one core only.
    run(cargo.env("PATH", python.path()), "`cargo lambda build`")?;
    heading(&format!("sam build, for {arch}"));
    run(
        Command::new(python.tool("sam"))
            .args(["build", "--parameter-overrides", &format!("Architecture={arch}")])
            .current_dir(workspace)
            .env("PATH", python.path())
            .env("SAM_CLI_TELEMETRY", "0"),
        "`sam build`",
    )?;
    let built = workspace.join(".aws-sam/build");
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(["ARTIFACT", "SIZE"]);
    let entries = fs::read_dir(&built).with_context(|| format!("cannot read `{}`", built.display()))?;
    for entry in entries {
        let binary = entry?.path().join("bootstrap");
        if let Ok(metadata) = fs::metadata(&binary) {
            let name = binary.parent().and_then(Path::file_name).unwrap_or_default();
            table.add_row([name.to_string_lossy().into_owned(), size(metadata.len())]);
        }
    }
    if table.is_empty() {
        bail!("`sam build` left no artifact in `{}`", built.display());
    }
    line(&table.to_string());
    Ok(())
}
