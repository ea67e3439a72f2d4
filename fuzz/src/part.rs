//! Any text as what a sweep has read so far, and as what all checks judge.

use audit::audit_file::AuditFile;
use audit::inventory::Inventory;
use audit::report::Report;

use super::{Read, told};

/// The bytes are an object of the bucket: an inventory as JSON.
///
/// # Panics
///
/// When something does not hold.
pub fn check(data: &[u8]) -> Read {
    let mut inventory: Inventory = match serde_json::from_slice(data) {
        Ok(inventory) => inventory,
        // The message is not shown: what cannot be read is lost.
        Err(_) => return Err("it is no inventory".to_owned()),
    };
    let written = serde_json::to_vec(&inventory).unwrap_or_default();
    assert_eq!(serde_json::from_slice(&written).ok().as_ref(), Some(&inventory), "read as something else");
    inventory.sort();
    let report = Report::once(&inventory, &AuditFile::default(), 0);
    for finding in &report.findings {
        assert!(!finding.sentence.is_empty(), "`{}` finds nothing", finding.check);
        assert!(finding.of_check().is_some(), "there is no check `{}`", finding.check);
    }
    told::is_fit_to_tell(&report);
    Ok(())
}
