//! The whole test suite.

use std::path::Path;

use anyhow::Result;

use crate::build;

/// Sets the tools up first, so that no test has to wait for them, then runs every test of the workspace.
pub(crate) fn test(workspace: &Path, arguments: &[String]) -> Result<()> {
    build::python(workspace)?;
    build::everything(workspace)?;
    build::run(build::cargo(workspace).args(["test", "--workspace"]).args(arguments), "`cargo test`")
}
