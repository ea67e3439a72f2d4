//! The text of a policy document.

use std::fmt;

use percent_encoding::percent_decode_str;
use serde::de::{MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer, Serialize};

/// A policy document as JSON text.
///
/// IAM's API and CloudTrail give it percent-encoded, IoT's plain, the AWS CLI as a JSON object: all are taken, and plain
/// text is kept. Whether it is a policy, the policy parser says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DocumentText(String);

impl DocumentText {
    /// Plain or percent-encoded JSON. JSON never begins with `%`.
    pub fn new(text: &str) -> Self {
        let encoded = text.trim_start().starts_with('%');
        Self(if encoded { percent_decode_str(text).decode_utf8_lossy().into_owned() } else { text.to_owned() })
    }

    /// The JSON.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for DocumentText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = DocumentText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a policy document: a JSON object, or its text")
            }

            fn visit_str<E>(self, text: &str) -> Result<DocumentText, E> {
                Ok(DocumentText::new(text))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<DocumentText, A::Error> {
                let value = serde_json::Value::deserialize(MapAccessDeserializer::new(map))?;
                Ok(DocumentText(value.to_string()))
            }
        }
        deserializer.deserialize_any(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_encoded_and_parsed_documents_come_to_the_same() {
        let plain = r#"{"Version":"2012-10-17"}"#;
        for json in [
            r#""{\"Version\":\"2012-10-17\"}""#,
            r#""%7B%22Version%22%3A%222012-10-17%22%7D""#,
            r#"{"Version":"2012-10-17"}"#,
        ] {
            assert_eq!(serde_json::from_str::<DocumentText>(json).unwrap().as_str(), plain);
        }
        let error = serde_json::from_str::<DocumentText>("7").unwrap_err().to_string();
        assert!(error.contains("expected a policy document"), "{error}");
    }
}
