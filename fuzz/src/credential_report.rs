//! Any bytes as IAM's report on access keys.

use audit::aws::credential_report::keys;

use super::{Read, refused};

/// The bytes are the report, which is CSV.
///
/// # Panics
///
/// When something does not hold.
pub fn check(data: &[u8]) -> Read {
    let keys = match keys(data) {
        Ok(keys) => keys,
        Err(error) => return refused(&error),
    };
    let lines = data.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
    assert!(keys.len() <= lines.saturating_add(1).saturating_mul(2), "{} keys of {lines} lines", keys.len());
    let mut older = None;
    for key in &keys {
        assert!((1..=2).contains(&key.number), "key number {}", key.number);
        if key.number == 2 {
            assert!(older.is_some_and(|older| older <= key.created), "an older key has a higher number");
        }
        older = Some(key.created);
        let service = key.last_used_service.as_deref();
        assert!(!service.is_some_and(|service| matches!(service, "" | "N/A")), "a word for nothing is a service");
    }
    Ok(())
}
