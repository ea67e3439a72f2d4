//! JSON without secrets.

use fleet::secret::without_secrets;
use serde_json::Value;

/// The value with a word in the place of each secret that stands in one of its texts. Names of fields stay.
pub fn left_out(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(without_secrets(&text).into_owned()),
        Value::Array(items) => items.into_iter().map(left_out).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, left_out(value))).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value,
    }
}
