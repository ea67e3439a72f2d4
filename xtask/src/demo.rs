//! The story.
use anyhow::Result;
use std::path::Path;
pub(crate) fn play(_workspace: &Path, _keep: bool) -> Result<()> {
    Ok(())
}
