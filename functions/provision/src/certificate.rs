//! What a device certificate says of its camera.

use std::collections::BTreeMap;

use fleet::{CertificateId, ThingName};
use sha2::{Digest as _, Sha256};
use x509_parser::pem::parse_x509_pem;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::refusal::Refusal;

/// The longest value of a thing's attribute, in characters.
const ATTRIBUTE_MOST: usize = 800;

/// Parts of a subject that become attributes of the thing, by object identifier (RFC 4519).
const ATTRIBUTES: [(&str, &str); 7] = [
    ("2.5.4.10", "organization"),
    ("2.5.4.11", "organizationalUnit"),
    ("2.5.4.6", "country"),
    ("2.5.4.8", "state"),
    ("2.5.4.7", "locality"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.46", "dnQualifier"),
];

const COMMON_NAME: &str = "2.5.4.3";

/// A certificate, read. The name is not yet judged: see [`Certificate::name`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The SHA-256 of the DER.
    pub fingerprint: CertificateId,
    /// The subject's DER, to compare two subjects by.
    pub subject: Vec<u8>,
    /// Attributes for the thing, from the subject, in IoT's alphabet.
    pub attributes: BTreeMap<String, String>,
    /// Seconds since 1970 UTC from which on it is valid.
    pub not_before: i64,
    /// Seconds since 1970 UTC until which it is valid, that second included.
    pub not_after: i64,
    common_names: Vec<String>,
}

impl Certificate {
    /// Reads the first certificate of a PEM.
    pub fn parse(pem: &str) -> Result<Self, Refusal> {
        let unreadable =
            |error: &dyn std::fmt::Display| Refusal::CertificateUnreadable(fleet::shown(&error.to_string(), 200));
        let (_, pem) = parse_x509_pem(pem.as_bytes()).map_err(|error| unreadable(&error))?;
        let (rest, certificate) = X509Certificate::from_der(&pem.contents).map_err(|error| unreadable(&error))?;
        if !rest.is_empty() {
            return Err(unreadable(&"bytes follow the certificate"));
        }
        let subject = certificate.subject();
        let mut common_names = Vec::new();
        let mut attributes = BTreeMap::<String, String>::new();
        for part in subject.iter_attributes() {
            // A string type that is not UTF-8 (BMPString, T61String) is shown as its bytes, which no name is.
            let text =
                part.as_str().map_or_else(|_| String::from_utf8_lossy(part.as_slice()).into_owned(), str::to_owned);
            let oid = part.attr_type().to_id_string();
            if oid == COMMON_NAME {
                common_names.push(text);
            } else if let Some((_, name)) = ATTRIBUTES.iter().find(|(id, _)| *id == oid) {
                let value = attributes.entry((*name).to_owned()).or_default();
                if !value.is_empty() {
                    value.push('/');
                }
                value.push_str(&text);
            }
        }
        let attributes = attributes.into_iter().map(|(name, value)| (name, cleaned(&value)));
        Ok(Self {
            fingerprint: CertificateId::from_digest(Sha256::digest(&pem.contents).into()),
            subject: subject.as_raw().to_vec(),
            attributes: attributes.filter(|(_, value)| !value.is_empty()).collect(),
            not_before: certificate.validity().not_before.timestamp(),
            not_after: certificate.validity().not_after.timestamp(),
            common_names,
        })
    }

    /// The camera's name: the one CN, if it is one.
    pub fn name(&self) -> Result<ThingName, Refusal> {
        match self.common_names.as_slice() {
            [] => Err(Refusal::NoCommonName),
            [name] => ThingName::parse(name).map_err(Refusal::NameNotAllowed),
            names => Err(Refusal::SeveralCommonNames(names.len())),
        }
    }
}

/// Puts `_` where a character is outside of IoT's alphabet for attribute values, `[a-zA-Z0-9_.,@/:#=[]-]`, and cuts at
/// 800 characters.
///
/// <https://docs.aws.amazon.com/iot/latest/apireference/API_AttributePayload.html>
pub fn cleaned(value: &str) -> String {
    let clean = |c: char| if c.is_ascii_alphanumeric() || "_.,@/:#=[]-".contains(c) { c } else { '_' };
    value.chars().take(ATTRIBUTE_MOST).map(clean).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};

    use super::*;

    fn pem(parts: Vec<(DnType, &str)>) -> String {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        for (kind, value) in parts {
            params.distinguished_name.push(kind, value);
        }
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().pem()
    }

    #[test]
    fn the_common_name_is_the_name_and_the_subject_becomes_clean_attributes() {
        let pem = pem(vec![
            (DnType::CommonName, "cam-1"),
            (DnType::OrganizationName, "Müller & Söhne, Inc."),
            (DnType::CountryName, "DE"),
        ]);
        let certificate = Certificate::parse(&pem).unwrap();
        assert_eq!(certificate.name().unwrap().as_str(), "cam-1");
        let attributes: Vec<_> = certificate.attributes.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(attributes, [("country", "DE"), ("organization", "M_ller___S_hne,_Inc.")]);
    }

    #[test]
    fn a_subject_without_a_name_or_with_a_wrong_one_is_refused() {
        for (parts, reason) in [
            (vec![(DnType::OrganizationName, "x")], "no-common-name"),
            (vec![(DnType::CommonName, "cam 1")], "name-not-allowed"),
            (vec![(DnType::CommonName, "cam:1")], "name-not-allowed"),
            (vec![(DnType::CommonName, "")], "name-not-allowed"),
        ] {
            let certificate = Certificate::parse(&pem(parts)).unwrap();
            assert_eq!(certificate.name().unwrap_err().reason(), reason);
        }
        let mut certificate = Certificate::parse(&pem(vec![(DnType::CommonName, "cam-1")])).unwrap();
        certificate.common_names.push("cam-2".to_owned());
        assert_eq!(certificate.name().unwrap_err().reason(), "several-common-names");
    }

    #[test]
    fn what_is_no_certificate_is_unreadable() {
        let key = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
        for text in ["", "hello", key, "-----BEGIN CERTIFICATE-----\n"] {
            assert_eq!(Certificate::parse(text).unwrap_err().reason(), "certificate-unreadable", "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_cleaned_value_is_in_iots_alphabet_and_cleaning_it_again_changes_nothing(text in "\\PC{0,900}") {
            let value = cleaned(&text);
            prop_assert!(value.len() <= 800 && value.chars().all(|c| c.is_ascii_alphanumeric() || "_.,@/:#=[]-".contains(c)));
            prop_assert_eq!(cleaned(&value), value);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC*|-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]{0,200}\n-----END CERTIFICATE-----\n") {
            prop_assert!(Certificate::parse(&text).is_err());
        }
    }
}
