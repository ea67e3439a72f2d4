//! The registry's table.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use fleet::ThingName;
use lambda::call::CallError;

use super::Aws;
use crate::registry::Value;

impl Aws {
    /// The entry of a camera, as it stands there now; `None` when there is none.
    pub async fn registry_entry(
        &self,
        table: &str,
        thing: &ThingName,
    ) -> Result<Option<BTreeMap<String, Value>>, CallError> {
        let call = self
            .dynamodb
            .get_item()
            .table_name(table)
            .key("thingName", AttributeValue::S(thing.to_string()))
            .consistent_read(true);
        let answer = call.send().await.map_err(|error| CallError::new("GetItem", &error))?;
        Ok(answer.item.map(plain))
    }
}

fn plain(item: HashMap<String, AttributeValue>) -> BTreeMap<String, Value> {
    item.into_iter().map(|(name, value)| (name, value_of(value))).collect()
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the SDK's enum is open to types of the future")]
fn value_of(value: AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => Value::Text(text),
        AttributeValue::N(digits) => Value::Number(digits),
        AttributeValue::Bool(flag) => Value::Flag(flag),
        AttributeValue::M(map) => Value::Map(plain(map)),
        AttributeValue::L(_) => Value::Other("L"),
        AttributeValue::Null(_) => Value::Other("NULL"),
        AttributeValue::Ss(_) => Value::Other("SS"),
        AttributeValue::Ns(_) => Value::Other("NS"),
        AttributeValue::B(_) => Value::Other("B"),
        AttributeValue::Bs(_) => Value::Other("BS"),
        _ => Value::Other("unknown to this version"),
    }
}
