//! Any text as a finding of the table.

use std::collections::{BTreeMap, BTreeSet};

use audit::finding::{Finding, State};
use audit::inventory::Taken;
use audit::report::Report;

use super::{Read, text, told};

/// The bytes are what stands under `body` of an item of the table of findings.
///
/// # Panics
///
/// When something does not hold.
pub fn check(data: &[u8]) -> Read {
    // One that cannot be read is left alone, and the message is not shown.
    let Ok(finding) = serde_json::from_str::<Finding>(&text(data)) else { return Err("it is no finding".to_owned()) };
    let written = serde_json::to_string(&finding).unwrap_or_default();
    assert_eq!(serde_json::from_str(&written).ok().as_ref(), Some(&finding), "read as something else");
    assert!(!finding.is_worse_than(&finding), "worse than itself");
    let id = BTreeSet::from([finding.id.clone()]);
    let (new, resolved) = if finding.state == State::Resolved { (BTreeSet::new(), id) } else { (id, BTreeSet::new()) };
    told::is_fit_to_tell(&Report {
        taken: Taken::default(),
        findings: vec![finding],
        new,
        resolved,
        unjudged: Vec::new(),
        judged: BTreeMap::new(),
        notices: Vec::new(),
        later: Vec::new(),
        calls: 0,
    });
    Ok(())
}
