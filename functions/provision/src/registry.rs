//! An entry of the registry: what is known of a camera before it first connects.

use std::collections::BTreeMap;

use fleet::{
    CA_ATTRIBUTE, CERTIFICATE_ATTRIBUTE, MediaType, PREVIOUS_ATTRIBUTE, Priority, REGISTERED_ATTRIBUTE, RetentionHours,
    ThingName,
};

use crate::refusal::Refusal;
use crate::settings::iot_name;

/// Attributes of a thing with a thing type, less those that we write ourselves.
const ATTRIBUTES_MOST: usize = 39;

/// Attributes that are ours to write.
const RESERVED: [&str; 4] = [CERTIFICATE_ATTRIBUTE, CA_ATTRIBUTE, REGISTERED_ATTRIBUTE, PREVIOUS_ATTRIBUTE];

/// A value of the table, as plain as DynamoDB's types allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `S`.
    Text(String),
    /// `N`, as its digits.
    Number(String),
    /// `BOOL`.
    Flag(bool),
    /// `M`.
    Map(BTreeMap<String, Value>),
    /// Any other type, by its letter.
    Other(&'static str),
}

/// What an entry decides. `None` leaves it to the settings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entry {
    /// How much the camera's video matters.
    pub priority: Option<Priority>,
    /// How long it is kept.
    pub retention: Option<RetentionHours>,
    /// Its tracks.
    pub media_type: Option<MediaType>,
    /// Its thing group, instead of the fleet's.
    pub group: Option<String>,
    /// The operator's own attributes for the thing.
    pub attributes: BTreeMap<String, String>,
}

impl Entry {
    /// Reads an entry. Missing `enabled` means enabled; a field that we do not know is refused, since it may be a
    /// known one misspelt.
    pub fn parse(thing: &ThingName, fields: BTreeMap<String, Value>) -> Result<Self, Refusal> {
        let mut entry = Self::default();
        let mut enabled = true;
        for (field, value) in fields {
            let wrong = |fault| Refusal::RegistryEntryInvalid {
                thing: thing.to_string(),
                field: fleet::shown(&field, 80),
                fault,
            };
            match field.as_str() {
                "thingName" => {}
                "enabled" => {
                    let Value::Flag(flag) = value else {
                        return Err(wrong(format!("{}: expected true or false (BOOL)", shown(&value))));
                    };
                    enabled = flag;
                }
                "priority" => entry.priority = Some(parsed(&value, Priority::parse).map_err(wrong)?),
                "retentionHours" => entry.retention = Some(parsed(&value, RetentionHours::parse).map_err(wrong)?),
                "mediaType" => entry.media_type = Some(parsed(&value, MediaType::parse).map_err(wrong)?),
                "group" => entry.group = Some(parsed(&value, iot_name).map_err(wrong)?),
                "attributes" => entry.attributes = attributes(thing, value)?,
                _ => {
                    let known = "thingName, enabled, priority, retentionHours, mediaType, group, attributes";
                    return Err(wrong(format!(
                        "not known: expected one of {known}; your own data goes under `attributes`"
                    )));
                }
            }
        }
        if enabled { Ok(entry) } else { Err(Refusal::DisabledInRegistry(thing.to_string())) }
    }
}

fn parsed<T, E: std::fmt::Display>(value: &Value, parse: impl FnOnce(&str) -> Result<T, E>) -> Result<T, String> {
    match value {
        Value::Text(text) | Value::Number(text) => parse(text).map_err(|fault| fault.to_string()),
        Value::Flag(_) | Value::Map(_) | Value::Other(_) => {
            Err(format!("{}: expected text (S) or a number (N)", shown(value)))
        }
    }
}

fn attributes(thing: &ThingName, value: Value) -> Result<BTreeMap<String, String>, Refusal> {
    let wrong = |field: String, fault: String| Refusal::RegistryEntryInvalid { thing: thing.to_string(), field, fault };
    let Value::Map(map) = value else {
        return Err(wrong("attributes".to_owned(), format!("{}: expected a map (M)", shown(&value))));
    };
    if map.len() > ATTRIBUTES_MOST {
        return Err(wrong(
            "attributes".to_owned(),
            format!("a map of {}: expected at most {ATTRIBUTES_MOST}", map.len()),
        ));
    }
    let alphabet = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "_.,@/:#=[]-".contains(c));
    let mut attributes = BTreeMap::new();
    for (name, value) in map {
        let field = || format!("attributes.{}", fleet::shown(&name, 80));
        if RESERVED.contains(&name.as_str()) {
            return Err(wrong(field(), "ours to write: choose another name".to_owned()));
        }
        if !(1..=128).contains(&name.len()) || !alphabet(&name) {
            return Err(wrong(
                field(),
                "no attribute's name: expected 1 to 128 of a-z, A-Z, 0-9 and `_.,@/:#=[]-`".to_owned(),
            ));
        }
        let fits = |text: &str| {
            let fits = text.len() <= 800 && alphabet(text);
            let fault = || format!("{}: expected at most 800 of a-z, A-Z, 0-9 and `_.,@/:#=[]-`", shown(&value));
            if fits { Ok(text.to_owned()) } else { Err(fault()) }
        };
        let text = parsed(&value, fits).map_err(|fault| wrong(field(), fault))?;
        attributes.insert(name, text);
    }
    Ok(attributes)
}

fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) | Value::Number(text) => format!("`{}`", fleet::shown(text, 80)),
        Value::Flag(flag) => format!("`{flag}`"),
        Value::Map(_) => "a map".to_owned(),
        Value::Other(kind) => format!("of type {kind}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(fields: &[(&str, Value)]) -> Result<Entry, Refusal> {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Entry::parse(&ThingName::parse("cam-1").unwrap(), fields)
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn map(name: &str, value: Value) -> Value {
        Value::Map(BTreeMap::from([(name.to_owned(), value)]))
    }

    #[test]
    fn an_entry_with_its_name_only_leaves_all_to_the_settings() {
        assert_eq!(entry(&[("thingName", text("cam-1"))]), Ok(Entry::default()));
        assert_eq!(entry(&[("enabled", Value::Flag(true))]), Ok(Entry::default()));
    }

    #[test]
    fn a_full_entry_is_read() {
        let read = entry(&[
            ("priority", text("critical")),
            ("retentionHours", Value::Number("48".to_owned())),
            ("mediaType", text("video/h265")),
            ("group", text("north")),
            ("attributes", map("site", text("gate-7"))),
        ])
        .unwrap();
        assert_eq!(read.priority, Some(Priority::Critical));
        assert_eq!(read.retention.map(RetentionHours::get), Some(48));
        assert_eq!(read.group.as_deref(), Some("north"));
        assert_eq!(read.attributes["site"], "gate-7");
    }

    #[test]
    fn an_entry_that_is_not_enabled_is_refused() {
        assert_eq!(entry(&[("enabled", Value::Flag(false))]).unwrap_err().reason(), "disabled-in-registry");
    }

    #[test]
    fn a_wrong_field_is_named_with_what_was_expected() {
        for (field, value, says) in [
            ("enabled", text("true"), "field `enabled` is `true`: expected true or false"),
            ("priority", text("high"), "field `priority` is `high`: expected one of"),
            ("retentionHours", text("a day"), "field `retentionHours` is `a day`: expected a whole number"),
            ("retentionHours", Value::Flag(true), "field `retentionHours` is `true`: expected text"),
            ("mediaType", text("h264"), "field `mediaType`"),
            ("group", text("a b"), "field `group` is `a b`"),
            ("group", Value::Other("L"), "field `group` is of type L"),
            ("retentionhours", text("1"), "field `retentionhours` is not known"),
            ("attributes", text("x"), "field `attributes` is `x`: expected a map"),
            ("attributes", map("certificateId", text("x")), "field `attributes.certificateId` is ours to write"),
            ("attributes", map("a b", text("x")), "field `attributes.a b` is no attribute's name"),
            ("attributes", map("site", text("a b")), "field `attributes.site` is `a b`: expected at most 800"),
        ] {
            let error = entry(&[(field, value)]).unwrap_err();
            assert_eq!(error.reason(), "registry-entry-invalid");
            assert!(error.to_string().contains(says), "{error}");
        }
    }
}
