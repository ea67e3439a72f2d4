//! Any text as the registration event of a camera.

use provision::event::Registration;
use serde_json::json;

use super::{Read, refused, text};

const FIELDS: [&str; 6] = [
    "certificateId",
    "caCertificateId",
    "topicCaCertificateId",
    "awsAccountId",
    "timestamp",
    "certificateRegistrationTimestamp",
];

/// The bytes are the body of a message of the registration queue.
///
/// # Panics
///
/// When something does not hold.
pub fn check(data: &[u8]) -> Read {
    let registration = match Registration::parse(&text(data)) {
        Ok(registration) => registration,
        Err(error) => {
            let is_object = serde_json::from_str::<serde_json::Map<_, _>>(&text(data)).is_ok();
            let named = FIELDS.iter().any(|field| error.to_string().contains(field));
            assert!(!is_object || named, "no field is named: {error}");
            return refused(&error);
        }
    };
    let Registration { claim, registered_ms } = &registration;
    for id in [Some(&claim.certificate), Some(&claim.ca), claim.topic_ca.as_ref()].into_iter().flatten() {
        let id = id.as_str();
        assert!(id.len() == 64 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')), "the id `{id}`");
    }
    let account = claim.account.as_str();
    assert!(account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()), "the account `{account}`");
    let written = json!({
        "certificateId": claim.certificate.as_str(),
        "caCertificateId": claim.ca.as_str(),
        "topicCaCertificateId": claim.topic_ca.as_ref().map(fleet::CertificateId::as_str),
        "awsAccountId": account,
        "certificateRegistrationTimestamp": registered_ms.map(|ms| ms.to_string()),
    });
    assert_eq!(Registration::parse(&written.to_string()).as_ref(), Ok(&registration), "read as something else");
    Ok(())
}
