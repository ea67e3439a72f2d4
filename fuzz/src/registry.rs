//! Any values as a camera's entry of the registry.

use std::collections::BTreeMap;

use fleet::{CA_ATTRIBUTE, CERTIFICATE_ATTRIBUTE, PREVIOUS_ATTRIBUTE, REGISTERED_ATTRIBUTE, ThingName};
use provision::refusal::Refusal;
use provision::registry::{Entry, Value};

use super::{Read, refused, text};

/// The bytes are an item in DynamoDB's JSON, such as `{"priority": {"S": "low"}}`. What is no value of a type that DynamoDB
/// has is left out.
///
/// # Panics
///
/// When something does not hold.
pub fn check(data: &[u8]) -> Read {
    let Ok(item) = serde_json::from_str(&text(data)) else { return Err("it is no item".to_owned()) };
    let Ok(thing) = ThingName::parse("gate-north") else { return Err("it is no name".to_owned()) };
    let fields = plain(item);
    let entry = match Entry::parse(&thing, fields.clone()) {
        Ok(entry) => entry,
        Err(refusal) => {
            if let Refusal::RegistryEntryInvalid { field, .. } = &refusal {
                assert!(refusal.to_string().contains(field), "the message does not name `{field}`");
            }
            return refused(&refusal);
        }
    };
    assert!(fields.get("enabled").is_none_or(|enabled| *enabled == Value::Flag(true)), "a disabled camera joins");
    assert!(entry.retention.is_none_or(|hours| hours.get() <= 87_600), "{:?}", entry.retention);
    assert!(entry.media_type.as_ref().is_none_or(|media| media.as_str().len() <= 128), "{:?}", entry.media_type);
    assert!(entry.group.as_ref().is_none_or(|group| is_name(group, b":_-", 128)), "{:?}", entry.group);
    assert!(entry.attributes.len() <= 39, "{} attributes", entry.attributes.len());
    for (name, value) in &entry.attributes {
        let is_right = is_name(name, ALPHABET, 128) && (value.is_empty() || is_name(value, ALPHABET, 800));
        assert!(is_right && !RESERVED.contains(&name.as_str()), "the attribute `{name}` is `{value}`");
    }
    assert_eq!(Entry::parse(&thing, written(&entry)).as_ref(), Ok(&entry), "read as something else");
    Ok(())
}

/// Attributes that say whose a thing is.
const RESERVED: [&str; 4] = [CERTIFICATE_ATTRIBUTE, CA_ATTRIBUTE, REGISTERED_ATTRIBUTE, PREVIOUS_ATTRIBUTE];

const ALPHABET: &[u8] = b"_.,@/:#=[]-";

fn is_name(text: &str, more: &[u8], most: usize) -> bool {
    let letters = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || more.contains(&byte));
    (1..=most).contains(&text.len()) && letters
}

/// The fields that an entry is read from.
fn written(entry: &Entry) -> BTreeMap<String, Value> {
    let text = |text: &str| Value::Text(text.to_owned());
    let attributes = entry.attributes.iter().map(|(name, value)| (name.clone(), text(value))).collect();
    let fields = [
        ("enabled", Some(Value::Flag(true))),
        ("priority", entry.priority.map(|priority| text(priority.as_str()))),
        ("retentionHours", entry.retention.map(|hours| Value::Number(hours.to_string()))),
        ("mediaType", entry.media_type.as_ref().map(|media| text(media.as_str()))),
        ("group", entry.group.as_deref().map(text)),
        ("attributes", Some(Value::Map(attributes))),
    ];
    fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

fn plain(item: serde_json::Map<String, serde_json::Value>) -> BTreeMap<String, Value> {
    item.into_iter().filter_map(|(name, value)| Some((name, value_of(value)?))).collect()
}

fn value_of(value: serde_json::Value) -> Option<Value> {
    let serde_json::Value::Object(typed) = value else { return None };
    let (kind, value) = typed.into_iter().next()?;
    match (kind.as_str(), value) {
        ("S", serde_json::Value::String(text)) => Some(Value::Text(text)),
        ("N", serde_json::Value::String(digits)) => Some(Value::Number(digits)),
        ("BOOL", serde_json::Value::Bool(flag)) => Some(Value::Flag(flag)),
        ("M", serde_json::Value::Object(map)) => Some(Value::Map(plain(map))),
        _ => ["L", "NULL", "SS", "NS", "B", "BS"].into_iter().find(|other| *other == kind).map(Value::Other),
    }
}
