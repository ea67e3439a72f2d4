//! The registration event, as AWS IoT publishes it and the topic rule passes it on.
//!
//! It only names a certificate. Nothing here is believed: see [`crate::vet`].

use std::fmt;

use fleet::{AccountId, CertificateId};
use serde::Deserialize;
use serde::de::{Deserializer, Error, Unexpected, Visitor};

/// What an event says. Two events that say the same are duplicates, whatever their times.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Claim {
    /// The certificate to look at.
    pub certificate: CertificateId,
    /// The CA that signed it, by the payload.
    pub ca: CertificateId,
    /// The CA that signed it, by the topic; absent when a rule other than ours passed the event on.
    pub topic_ca: Option<CertificateId>,
    /// The account, by the payload.
    pub account: AccountId,
}

/// An event, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// What it says.
    pub claim: Claim,
    /// When the certificate was first seen, in milliseconds since 1970 UTC; else when the event was published.
    pub registered_ms: Option<u64>,
}

/// Why a message is no registration event. It is not acknowledged: it ends in the dead letters, where a person looks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The message has no body.
    #[error("the body is empty: expected the registration event as JSON")]
    Empty,
    /// Not JSON, or not of the event's shape.
    #[error("the body is no registration event: {0}")]
    Shape(String),
    /// A field holds no value of its kind.
    #[error("field `{field}` is {fault}")]
    Field {
        /// The field's name.
        field: &'static str,
        /// What is wrong with it.
        fault: fleet::Fault,
    },
}

/// Field shapes: <https://docs.aws.amazon.com/iot/latest/developerguide/auto-register-device-cert.html>. Fields that we
/// do not know are let pass.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    certificate_id: String,
    ca_certificate_id: String,
    topic_ca_certificate_id: Option<String>,
    aws_account_id: String,
    #[serde(default, deserialize_with = "milliseconds")]
    timestamp: Option<u64>,
    #[serde(default, deserialize_with = "milliseconds")]
    certificate_registration_timestamp: Option<u64>,
}

impl Payload {
    /// Reads a body, or says what is wrong, and where.
    fn read(body: &str) -> Result<Self, String> {
        let mut json = serde_json::Deserializer::from_str(body);
        let payload = serde_path_to_error::deserialize(&mut json)
            .map_err(|error| fleet::shown_at(&error.path().to_string(), &error.inner().to_string()))?;
        json.end().map_err(|error| fleet::shown(&error.to_string(), 200))?;
        Ok(payload)
    }
}

impl Registration {
    /// Reads a message's body.
    pub fn parse(body: &str) -> Result<Self, Malformed> {
        if body.trim().is_empty() {
            return Err(Malformed::Empty);
        }
        let payload = Payload::read(body).map_err(Malformed::Shape)?;
        let id = |field, text: &str| CertificateId::parse(text).map_err(|fault| Malformed::Field { field, fault });
        let claim = Claim {
            certificate: id("certificateId", &payload.certificate_id)?,
            ca: id("caCertificateId", &payload.ca_certificate_id)?,
            topic_ca: payload.topic_ca_certificate_id.map(|text| id("topicCaCertificateId", &text)).transpose()?,
            account: AccountId::parse(&payload.aws_account_id)
                .map_err(|fault| Malformed::Field { field: "awsAccountId", fault })?,
        };
        Ok(Self { claim, registered_ms: payload.certificate_registration_timestamp.or(payload.timestamp) })
    }
}

/// A time in milliseconds: a number, a numeric string, or null. AWS publishes one of the two times as each.
fn milliseconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    struct Milliseconds;

    impl Visitor<'_> for Milliseconds {
        type Value = Option<u64>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("milliseconds since 1970 as a number or a numeric string, or null")
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
            Ok(Some(value))
        }

        fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
            // Some publishers write 1.6e12. What is no whole number of milliseconds is no time.
            let text = format!("{value:.0}");
            let whole = value.fract() == 0.0;
            text.parse()
                .ok()
                .filter(|_| whole)
                .map(Some)
                .ok_or_else(|| E::invalid_value(Unexpected::Float(value), &self))
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
            match text {
                "" => Ok(None),
                text => text.parse().map(Some).map_err(|_error| E::invalid_value(Unexpected::Str(text), &self)),
            }
        }
    }

    deserializer.deserialize_any(Milliseconds)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn event() -> Value {
        json!({
            "certificateId": "a".repeat(64),
            "caCertificateId": "b".repeat(64),
            "topicCaCertificateId": "b".repeat(64),
            "timestamp": 1_623_724_243_659_u64,
            "certificateStatus": "PENDING_ACTIVATION",
            "awsAccountId": "123456789012",
            "certificateRegistrationTimestamp": "1623723165331",
        })
    }

    fn with(field: &str, value: Value) -> Value {
        let mut event = event();
        event[field] = value;
        event
    }

    #[test]
    fn times_are_read_as_numbers_as_strings_and_not_at_all() {
        for (registered, timestamp, read) in [
            (json!("1623723165331"), json!(7), Some(1_623_723_165_331)),
            (json!(1_623_723_165_331_u64), json!("7"), Some(1_623_723_165_331)),
            (json!(1.623e12), json!(7), Some(1_623_000_000_000)),
            (json!(null), json!("7"), Some(7)),
            (json!(""), json!(7), Some(7)),
            (json!(null), json!(null), None),
        ] {
            let mut event = with("certificateRegistrationTimestamp", registered);
            event["timestamp"] = timestamp;
            assert_eq!(Registration::parse(&event.to_string()).map(|e| e.registered_ms), Ok(read), "{event}");
        }
        let mut event = event();
        event.as_object_mut().unwrap().remove("certificateRegistrationTimestamp");
        assert_eq!(Registration::parse(&event.to_string()).unwrap().registered_ms, Some(1_623_724_243_659));
    }

    #[test]
    fn events_that_differ_in_their_times_only_are_duplicates() {
        let one = Registration::parse(&event().to_string()).unwrap();
        let two = Registration::parse(&with("timestamp", json!(1)).to_string()).unwrap();
        let forged = Registration::parse(&with("caCertificateId", json!("c".repeat(64))).to_string()).unwrap();
        assert_eq!(one.claim, two.claim);
        assert_ne!(one.claim, forged.claim);
    }

    #[test]
    fn what_is_no_event_says_why() {
        for (body, says) in [
            (String::new(), "body is empty"),
            ("  \n".to_owned(), "body is empty"),
            ("hello".to_owned(), "no registration event: expected value"),
            ("[1]".to_owned(), "no registration event"),
            ("{}".to_owned(), "missing field `certificateId`"),
            (format!("{} {{}}", event()), "trailing characters"),
            (
                with("certificateId", json!(7)).to_string(),
                "`certificateId`: invalid type: integer `7`, expected a string",
            ),
            (
                with("certificateId", json!("../x")).to_string(),
                "field `certificateId` is `../x`: expected a certificate id",
            ),
            (with("topicCaCertificateId", json!("")).to_string(), "field `topicCaCertificateId`"),
            (with("awsAccountId", json!("12")).to_string(), "field `awsAccountId` is `12`"),
            (with("timestamp", json!("soon")).to_string(), "expected milliseconds since 1970"),
            (with("timestamp", json!(-1)).to_string(), "expected milliseconds since 1970"),
            (with("timestamp", json!([])).to_string(), "expected milliseconds since 1970"),
            (with("timestamp", json!(1.5)).to_string(), "expected milliseconds since 1970"),
        ] {
            let error = Registration::parse(&body).unwrap_err().to_string();
            assert!(error.contains(says), "{body} said: {error}");
        }
    }

    proptest! {
        #[test]
        fn no_body_makes_it_panic(body in "\\PC*|[\\x00-\\x7f]*|\\{\"certificateId\":\\PC*") {
            prop_assert!(Registration::parse(&body).is_err());
        }
    }
}
