//! Any bytes as a camera's X.509 certificate.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use provision::alert::Alert;
use provision::certificate::{Certificate, cleaned};
use provision::vet::date;

use super::{Read, refused, text};

/// Where a PEM begins. What begins otherwise is a certificate's DER.
const PEM: &[u8] = b"-----BEGIN";

/// The bytes are a PEM, as AWS IoT describes a certificate, or the DER in it.
///
/// # Panics
///
/// When something does not hold.
pub fn check(data: &[u8]) -> Read {
    let pem = if data.starts_with(PEM) { text(data) } else { wrapped(data, 64) };
    let read = Certificate::parse(&pem);
    if !data.starts_with(PEM) {
        assert_eq!(read, Certificate::parse(&wrapped(data, 76)), "the length of the PEM's lines decides");
    }
    let certificate = match read {
        Ok(certificate) => certificate,
        Err(refusal) => {
            assert_eq!(refusal.reason(), "certificate-unreadable", "{refusal}");
            return refused(&refusal);
        }
    };
    assert!(!certificate.subject.is_empty(), "a subject of no bytes");
    assert!(certificate.attributes.len() <= 7, "{:?}", certificate.attributes);
    for (name, value) in &certificate.attributes {
        assert!(name.bytes().all(|byte| byte.is_ascii_alphabetic()), "the attribute `{name}`");
        assert!((1..=800).contains(&value.len()) && cleaned(value) == *value, "`{name}` is `{value}`");
    }
    for moment in [certificate.not_before, certificate.not_after] {
        assert!(date(moment).len() <= 40, "{}", date(moment));
    }
    match certificate.name() {
        Ok(name) => {
            let name = name.as_str();
            let letters = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
            assert!((1..=128).contains(&name.len()) && letters, "the name `{name}`");
            Ok(())
        }
        Err(refusal) => {
            super::is_fit_to_show(&Alert::refusal(&certificate.fingerprint, &refusal).detail);
            refused(&refusal)
        }
    }
}

fn wrapped(der: &[u8], width: usize) -> String {
    let digits = STANDARD.encode(der);
    let mut pem = "-----BEGIN CERTIFICATE-----\n".to_owned();
    let mut rest = digits.as_str();
    while let Some((line, more)) = rest.split_at_checked(width) {
        pem.push_str(line);
        pem.push('\n');
        rest = more;
    }
    pem.push_str(rest);
    pem.push_str("\n-----END CERTIFICATE-----\n");
    pem
}
