//! The id that AWS IoT gives a certificate.

use std::fmt;

use crate::Fault;

/// The id of a device certificate or of a CA certificate: the SHA-256 of its DER, 64 lower-case hex digits.
///
/// <https://docs.aws.amazon.com/iot/latest/apireference/API_DescribeCertificate.html>
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CertificateId(String);

impl CertificateId {
    /// Takes 64 lower-case hex digits and nothing else.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Fault::new(text, "a certificate id of 64 lower-case hex digits"))
        }
    }

    /// The id of the certificate whose DER has this SHA-256.
    pub fn from_digest(sha256: [u8; 32]) -> Self {
        let digit = |nibble: u8| char::from_digit(nibble.into(), 16);
        Self(sha256.iter().flat_map(|byte| [byte >> 4, byte & 0x0f]).filter_map(digit).collect())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CertificateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_64_lower_case_hex_digits_are_an_id() {
        for bad in ["", "ab", &"A".repeat(64), &"g".repeat(64), &"a".repeat(63), &"a".repeat(65)] {
            assert!(CertificateId::parse(bad).is_err(), "{bad:?}");
        }
        let id = CertificateId::from_digest([0x0f; 32]);
        assert_eq!(CertificateId::parse(id.as_str()), Ok(id));
    }
}
