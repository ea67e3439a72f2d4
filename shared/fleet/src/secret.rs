//! What must stand in no log, error or message: keys, certificates, and what signs requests to AWS.

use std::borrow::Cow;
use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// What kind of secret it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A private key, as PEM or as its bare base64.
    PrivateKey,
    /// A certificate, the same. Its text is no secret, but says more of a camera than its id does.
    Certificate,
    /// The token of temporary credentials.
    SessionToken,
    /// The secret half of an access key.
    SecretAccessKey,
    /// The signature of a request to AWS.
    Signature,
}

impl Kind {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PrivateKey => "private key",
            Self::Certificate => "certificate",
            Self::SessionToken => "session token",
            Self::SecretAccessKey => "secret access key",
            Self::Signature => "signature",
        }
    }
}

/// A secret in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// What it is.
    pub kind: Kind,
    /// The bytes of the text that it takes. What does not say where it ends goes to the end of the text.
    pub at: Range<usize>,
}

/// Where a secret ends.
#[derive(Debug, Clone, Copy)]
enum End {
    /// With the text.
    Text,
    /// Where base64 ends.
    Base64,
    /// With the closing line of PEM, or with the text when there is none.
    Pem(&'static str),
}

/// What a secret begins with, as it is written.
const MARKS: [(&str, Kind, End); 6] = [
    ("PRIVATE KEY", Kind::PrivateKey, End::Pem("PRIVATE KEY-----")),
    ("BEGIN CERTIFICATE", Kind::Certificate, End::Pem("END CERTIFICATE-----")),
    ("AWS4-HMAC-SHA256", Kind::Signature, End::Text),
    ("Signature=", Kind::Signature, End::Text),
    // How the tokens of AWS begin: they say where they come from.
    ("IQoJb3JpZ2lu", Kind::SessionToken, End::Base64),
    ("FwoGZXIvYXdz", Kind::SessionToken, End::Base64),
];

/// The same in any case: names of headers, fields and variables.
const NAMES: [(&str, Kind); 4] = [
    ("x-amz-security-token", Kind::SessionToken),
    ("aws_session_token", Kind::SessionToken),
    ("aws_secret_access_key", Kind::SecretAccessKey),
    ("secretaccesskey", Kind::SecretAccessKey),
];

/// Everything in a text that must not be told, in its order.
pub fn secrets(text: &str) -> Vec<Secret> {
    let mut found: Vec<Secret> = Vec::new();
    for (mark, kind, end) in MARKS {
        found.extend(text.match_indices(mark).map(|(start, _)| {
            let rest = text.get(start..).unwrap_or_default();
            let length = match end {
                End::Text => rest.len(),
                End::Base64 => base64_length(rest),
                End::Pem(closing) => pem_length(rest, mark, closing),
            };
            Secret { kind, at: start..start.saturating_add(length) }
        }));
    }
    let lower = text.to_ascii_lowercase();
    for (name, kind) in NAMES {
        found.extend(lower.match_indices(name).map(|(start, _)| Secret { kind, at: start..text.len() }));
    }
    // DER begins with 0x30, which is `M` in base64.
    for (start, _) in text.match_indices('M') {
        let rest = text.get(start..).unwrap_or_default();
        if let Some(kind) = der(rest) {
            found.push(Secret { kind, at: start..start.saturating_add(base64_length(rest)) });
        }
    }
    found.sort_by_key(|secret| secret.at.start);
    let mut end = 0;
    found.retain(|secret| {
        let apart = secret.at.start >= end;
        end = end.max(secret.at.end);
        apart
    });
    found
}

/// The text with a word in the place of each secret.
pub fn without_secrets(text: &str) -> Cow<'_, str> {
    let found = secrets(text);
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut told = String::new();
    let mut from = 0;
    for Secret { kind, at } in found {
        told.push_str(text.get(from..at.start).unwrap_or_default());
        told.push_str("[a ");
        told.push_str(kind.as_str());
        told.push_str(" was left out]");
        from = at.end;
    }
    told.push_str(text.get(from..).unwrap_or_default());
    Cow::Owned(told)
}

/// The length of the base64 that a text begins with, line breaks included, also those that JSON or Rust has escaped.
fn base64_length(text: &str) -> usize {
    let mut escaped = false;
    let end = text.find(|character: char| {
        let goes_on = if escaped {
            matches!(character, 'n' | 'r' | '\\')
        } else {
            character.is_ascii_alphanumeric() || matches!(character, '+' | '/' | '-' | '_' | '=' | '\n' | '\r' | '\\')
        };
        escaped = !escaped && character == '\\';
        !goes_on
    });
    end.unwrap_or(text.len())
}

/// The length of PEM from its opening mark to the end of its closing line.
fn pem_length(text: &str, mark: &str, closing: &str) -> usize {
    // The opening line ends as the closing one does.
    let opened = text.find("-----").map_or(mark.len(), |dashes| dashes.saturating_add("-----".len()));
    let body = text.get(opened..).unwrap_or_default();
    body.find(closing).map_or(text.len(), |end| opened.saturating_add(end).saturating_add(closing.len()))
}

/// What the DER is that a text begins with in base64, by its first fields: a key is a sequence that begins with a small
/// version (PKCS #1, PKCS #8, SEC 1), a certificate one of a sequence that begins with `[0]`.
fn der(text: &str) -> Option<Kind> {
    let plain: String = text
        .chars()
        .take(24)
        .map(|c| {
            if c == '-' {
                '+'
            } else if c == '_' {
                '/'
            } else {
                c
            }
        })
        .collect();
    let bytes = STANDARD_NO_PAD.decode(plain).ok().filter(|bytes| bytes.len() == 18)?;
    match sequence(&bytes)? {
        [0x02, 0x01, 0..=3, 0x02 | 0x04, ..] | [0x02, 0x01, 0..=3, 0x30, _, 0x06, ..] => Some(Kind::PrivateKey),
        inner => match sequence(inner)? {
            [0xa0, 0x03, 0x02, 0x01, ..] => Some(Kind::Certificate),
            _ => None,
        },
    }
}

/// What is in the sequence that these bytes begin with.
fn sequence(bytes: &[u8]) -> Option<&[u8]> {
    match bytes {
        [0x30, 0x81, _, inner @ ..] | [0x30, 0x82, _, _, inner @ ..] => Some(inner),
        [0x30, length, inner @ ..] if *length < 0x80 => Some(inner),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // Keys and a certificate that nobody uses, made for these tests.
    const PKCS8: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgu4C9yWQxq8Rx0000";
    const SEC1: &str = "MHcCAQEEIAKcYAZc4Ga2vP5kmqFj9Cw0000000000000";
    const RSA: &str = "MIIEpAIBAAKCAQEA0000000000000000000000000000";
    const CERTIFICATE: &str = "MIIBZzCCAQ2gAwIBAgIUBt0000000000000000000000";

    fn kinds(text: &str) -> Vec<Kind> {
        secrets(text).into_iter().map(|secret| secret.kind).collect()
    }

    #[test]
    fn each_kind_is_found_and_left_out() {
        let pem = |label: &str, body: &str| format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n");
        for (text, kind) in [
            (pem("PRIVATE KEY", PKCS8), Kind::PrivateKey),
            (pem("EC PRIVATE KEY", SEC1), Kind::PrivateKey),
            (pem("ENCRYPTED PRIVATE KEY", "0000"), Kind::PrivateKey),
            (pem("PRIVATE KEY", PKCS8).replace('\n', "\\n"), Kind::PrivateKey),
            ("-----BEGIN PRIVATE KEY-----\\nMIGH".to_owned(), Kind::PrivateKey),
            (pem("CERTIFICATE", CERTIFICATE), Kind::Certificate),
            (PKCS8.to_owned(), Kind::PrivateKey),
            (SEC1.to_owned(), Kind::PrivateKey),
            (RSA.to_owned(), Kind::PrivateKey),
            (CERTIFICATE.to_owned(), Kind::Certificate),
            ("IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUC".to_owned(), Kind::SessionToken),
            ("X-Amz-Security-Token: 0000".to_owned(), Kind::SessionToken),
            ("x-amz-security-token:0000\n\nhost".to_owned(), Kind::SessionToken),
            ("AWS_SESSION_TOKEN=0000".to_owned(), Kind::SessionToken),
            ("AWS_SECRET_ACCESS_KEY=0000".to_owned(), Kind::SecretAccessKey),
            (r#"{"SecretAccessKey":"0000"}"#.to_owned(), Kind::SecretAccessKey),
            (
                "AWS4-HMAC-SHA256 Credential=AKIA/20261123, SignedHeaders=host, Signature=0000".to_owned(),
                Kind::Signature,
            ),
            ("https://example.com/?X-Amz-Signature=0000".to_owned(), Kind::Signature),
        ] {
            let text = format!("it is `{text}");
            assert_eq!(kinds(&text), [kind], "{text}");
            let told = without_secrets(&text);
            assert!(told.starts_with("it is `") && !told.contains("0000") && !told.contains("MIGH"), "{told}");
            assert!(told.contains(&format!("[a {} was left out]", kind.as_str())), "{told}");
        }
    }

    #[test]
    fn what_stands_around_a_secret_that_says_where_it_ends_is_told() {
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{PKCS8}\n-----END PRIVATE KEY-----");
        let told = without_secrets(&format!("field `key` is `{pem}`: expected a name")).into_owned();
        assert_eq!(told, "field `key` is `-----BEGIN [a private key was left out]`: expected a name");
        let told = without_secrets(&format!("`{PKCS8}`: expected a name, not `{SEC1}`")).into_owned();
        let word = "[a private key was left out]";
        assert_eq!(told, format!("`{word}`: expected a name, not `{word}`"));
        assert_eq!(without_secrets(&format!("{PKCS8}\\\"b")), format!("{word}\"b"));
    }

    #[test]
    fn what_looks_a_little_like_a_secret_is_told() {
        for text in [
            "",
            "make a private key",
            "a CERTIFICATE in PEM",
            "MIGH",
            "MIIBZzCCAQ2 is short",
            "sts:GetSessionToken and iam:CreateAccessKey",
            "the signature of `cam-1` is missing",
            "arn:aws:iam::123456789012:role/MyMIGHRole-with-a-name-that-is-long-enough",
            // A public key, a certificate's request, and a hash.
            "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE00000000",
            "MIHqMIGRAgEAMC8xDTALBgNVBAoMBEFjbWUxHjAcBgNVBAMM",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        ] {
            assert_eq!(without_secrets(text), text);
            assert!(matches!(without_secrets(text), Cow::Borrowed(_)), "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_stands_around_it_a_key_is_left_out(before in ".{0,40}", after in ".{0,40}", url_safe: bool) {
            let key = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgu4+C9yWQx/q8Rx0000";
            let key = if url_safe { key.replace('+', "-").replace('/', "_") } else { key.to_owned() };
            let told = without_secrets(&format!("{before}{key}{after}")).into_owned();
            prop_assert!(!told.contains(&key));
            prop_assert!(secrets(&told).is_empty(), "{}", told);
        }
    }
}
