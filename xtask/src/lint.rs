//! What can be said of the code without running it.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::build::{self, cargo, run};
use crate::report::heading;
use crate::{features, layering};

/// Formatting, lints, layering, and the template by two linters.
pub(crate) fn check(workspace: &Path) -> Result<()> {
    heading("cargo fmt --check");
    run(cargo(workspace).args(["fmt", "--all", "--check"]), "`cargo fmt --check`")?;
    heading("layering");
    layering::check(workspace)?;
    features::check(workspace)?;
    heading("cargo clippy");
    run(
        cargo(workspace).args(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]),
        "`cargo clippy`",
    )?;
    // That target is none of all: only who asks for it by name gets it.
    run(
        cargo(workspace).args(["clippy", "--workspace", "--test", "browser", "--locked", "--", "-D", "warnings"]),
        "`cargo clippy`",
    )?;
    heading("cargo doc");
    run(
        cargo(workspace)
            // With examples, of which there are none, libraries have the features that they have for tests: what clippy
            // looked at is not looked at again.
            .args(["doc", "--workspace", "--no-deps", "--locked", "--quiet", "--lib", "--examples"])
            .args(["--bin", "judge", "--bin", "warden", "--bin", "xtask"])
            .env("RUSTDOCFLAGS", "-D warnings"),
        "`cargo doc`",
    )?;
    let python = build::python(workspace)?;
    heading("ruff");
    for check in [["check", "local", "benches"].as_slice(), &["format", "--check", "local", "benches"]] {
        let mut ruff = Command::new(python.tool("ruff"));
        run(ruff.args(check).arg("--no-cache").current_dir(workspace), "`ruff`")?;
    }
    heading("cfn-lint");
    run(
        Command::new(python.tool("cfn-lint")).args(["template.yaml", "deploy/us-east-1.yaml"]).current_dir(workspace),
        "`cfn-lint`",
    )?;
    heading("sam validate --lint");
    run(
        Command::new(python.tool("sam"))
            .args(["validate", "--lint", "--region", "us-east-1"])
            .current_dir(workspace)
            .env("SAM_CLI_TELEMETRY", "0"),
        "`sam validate`",
    )
}
