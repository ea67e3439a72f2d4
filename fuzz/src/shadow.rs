//! Any bytes as a camera's shadow.

use budget::apply::reported;
use budget::aws::Shadow;
use serde_json::json;

use super::{Read, is_fit_to_show, refused};

/// The bytes are the shadow's document. What is under `reported`, the camera writes.
///
/// # Panics
///
/// When something does not hold.
pub fn check(data: &[u8]) -> Read {
    let shadow = match Shadow::parse(data) {
        Ok(shadow) => shadow,
        Err(error) => return refused(&error),
    };
    is_fit_to_show(&reported(&shadow));
    let Shadow { desired, reported, version } = &shadow;
    let mut document = json!({
        "state": { "desired": { "throttle": desired }, "reported": { "throttle": reported, "other": 1 } },
    });
    if let (Some(version), Some(document)) = (version, document.as_object_mut()) {
        document.insert("version".to_owned(), (*version).into());
    }
    assert_eq!(Shadow::parse(document.to_string().as_bytes()).ok().as_ref(), Some(&shadow), "read as something else");
    Ok(())
}
