//! An inventory as a folder of JSON files.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Inventory, Taken};

/// As a listing is written.
const ITEMS: &str = "items";
/// As what is missing of it is written.
const MISSING: &str = "couldNotCheck";

/// Files in which several listings stand, or that AWS's tools write under a name of their own: the file, and for each
/// list in it AWS's name and ours.
const FILES: &[(&str, &[(&str, &str)])] = &[
    (
        "iam-get-account-authorization-details.json",
        &[
            ("RoleDetailList", "roles"),
            ("UserDetailList", "users"),
            ("GroupDetailList", "groups"),
            ("Policies", "managedPolicies"),
        ],
    ),
    ("kinesisvideo-list-streams.json", &[("StreamInfoList", "streams")]),
    ("kinesisvideo-list-signaling-channels.json", &[("ChannelInfoList", "channels")]),
    ("resourcegroupstaggingapi-get-resources.json", &[("ResourceTagMappingList", "streamTags")]),
    ("iot-list-certificates.json", &[("certificates", "certificates")]),
    ("iot-list-things.json", &[("things", "things")]),
];

/// One file of a saved inventory.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// Its name.
    pub file: String,
    /// What it says.
    pub content: Value,
}

/// Why a saved inventory cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file is no JSON.
    #[error("`{file}` is no JSON: {error}")]
    NotJson {
        /// The file.
        file: String,
        /// Where and why.
        error: serde_json::Error,
    },
    /// A file has another shape.
    #[error("`{file}` has no list `{list}`: expected what AWS's command line tool prints, or `warden audit --save`")]
    NoList {
        /// The file.
        file: String,
        /// The list.
        list: &'static str,
    },
    /// A value in it is not what it should be.
    #[error("`{file}` cannot be read: `{path}`: {error}")]
    Value {
        /// The file.
        file: String,
        /// Where in it, by our names.
        path: String,
        /// Why.
        error: String,
    },
}

/// An inventory as files. What `aws` prints goes by its command's name and shape, the rest by ours.
pub fn pieces(inventory: &Inventory) -> Vec<Piece> {
    let Ok(Value::Object(mut fields)) = serde_json::to_value(inventory) else { return Vec::new() };
    let mut pieces = Vec::new();
    for (file, lists) in FILES {
        let mut content = Map::new();
        for (list, field) in *lists {
            let Some(Value::Object(mut listing)) = fields.remove(*field) else { continue };
            content.insert((*list).to_owned(), listing.remove(ITEMS).unwrap_or_default());
            // Lists of one file are read together: what holds one up holds up all.
            if let Some(missing) = listing.remove(MISSING) {
                content.entry(MISSING.to_owned()).or_insert(missing);
            }
        }
        pieces.push(Piece { file: (*file).to_owned(), content: Value::Object(content) });
    }
    pieces.extend(fields.into_iter().map(|(field, content)| Piece { file: file_of(&field), content }));
    // What was not asked is no file.
    let not_asked = serde_json::json!("notAsked");
    pieces.retain(|piece| piece.content.get(MISSING) != Some(&not_asked));
    pieces
}

/// An inventory from the texts of such files, by name. What is not there counts as not saved, never as empty.
///
/// `taken` says where and when it was taken, unless `taken.json` does.
pub fn load(files: &BTreeMap<String, String>, taken: Taken) -> Result<Inventory, LoadError> {
    let mut inventory = Map::new();
    let read = |file: &str| {
        let text = files.get(file);
        let parse = |text: &String| serde_json::from_str::<Value>(text);
        text.map(parse).transpose().map_err(|error| LoadError::NotJson { file: file.to_owned(), error })
    };
    let not_saved = |file: &str| serde_json::json!({ "notSaved": { "file": file } });
    for (file, lists) in FILES {
        let mut content = read(file)?;
        let missing = match &content {
            Some(content) => content.get(MISSING).cloned(),
            None => Some(not_saved(file)),
        };
        for (list, field) in *lists {
            let mut listing = Map::new();
            let items = match &mut content {
                Some(content) => content.get_mut(*list).filter(|items| items.is_array()).map(Value::take),
                None => Some(Value::Array(Vec::new())),
            };
            let items = items.ok_or_else(|| LoadError::NoList { file: (*file).to_owned(), list })?;
            listing.insert(ITEMS.to_owned(), items);
            listing.extend(missing.clone().map(|missing| (MISSING.to_owned(), missing)));
            inventory.insert((*field).to_owned(), Value::Object(listing));
        }
    }
    let Ok(Value::Object(fields)) = serde_json::to_value(Inventory { taken, ..Inventory::default() }) else {
        return Ok(Inventory::default());
    };
    for (field, default) in fields {
        let file = file_of(&field);
        match read(&file)? {
            Some(content) => {
                inventory.insert(field, content);
            }
            None if inventory.contains_key(&field) => {}
            None if default.get(ITEMS).is_some() => {
                let missing = not_saved(&file);
                inventory.insert(field, serde_json::json!({ ITEMS: [], MISSING: missing }));
            }
            None if default.get(MISSING).is_some() => {
                inventory.insert(field, serde_json::json!({ MISSING: not_saved(&file) }));
            }
            None => {
                inventory.insert(field, default);
            }
        }
    }
    let mut inventory: Inventory = serde_path_to_error::deserialize(Value::Object(inventory)).map_err(|error| {
        let path = fleet::shown(&error.path().to_string(), 200);
        let field = path.split('.').next().unwrap_or_default();
        let known = FILES.iter().find(|(_, lists)| lists.iter().any(|(_, known)| *known == field));
        let file = known.map_or_else(|| file_of(field), |(file, _)| (*file).to_owned());
        LoadError::Value { file, path, error: fleet::shown(&error.inner().to_string(), 300) }
    })?;
    inventory.sort();
    Ok(inventory)
}

/// `streamTargets` is `stream-targets.json`.
fn file_of(field: &str) -> String {
    let mut file = String::with_capacity(field.len().saturating_add(8));
    for letter in field.chars() {
        if letter.is_ascii_uppercase() {
            file.push('-');
        }
        file.push(letter.to_ascii_lowercase());
    }
    file.push_str(".json");
    file
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Listing, Missing, Role, Stream};

    fn texts(pieces: &[Piece]) -> BTreeMap<String, String> {
        pieces.iter().map(|piece| (piece.file.clone(), piece.content.to_string())).collect()
    }

    #[test]
    fn what_is_saved_is_loaded_again_and_what_was_not_asked_is_not_saved() {
        let denied = || Missing::Denied { permission: "iam:GetAccountAuthorizationDetails".to_owned() };
        let role = Role { arn: "arn:aws:iam::1:role/r".to_owned(), ..Role::default() };
        let mut inventory = Inventory {
            roles: Listing::some(vec![role], denied()),
            users: Listing::some(Vec::new(), denied()),
            groups: Listing::some(Vec::new(), denied()),
            managed_policies: Listing::some(Vec::new(), denied()),
            streams: Listing::all(vec![Stream { stream_name: "a".to_owned(), ..Stream::default() }]),
            ..Inventory::default()
        };
        let files = texts(&pieces(&inventory));
        let loaded = load(&files, Taken::default()).unwrap();
        assert_eq!(
            (&loaded.roles.items, &loaded.streams, &loaded.taken),
            (&inventory.roles.items, &inventory.streams, &inventory.taken)
        );
        assert_eq!(loaded.users.missing, inventory.roles.missing);
        assert_eq!(loaded.queues.missing, Some(Missing::NotSaved { file: "queues.json".to_owned() }));
        // And the second time all of it is there.
        inventory = loaded;
        assert_eq!(load(&texts(&pieces(&inventory)), Taken::default()).unwrap(), inventory);
    }

    #[test]
    fn what_the_aws_tool_prints_is_read() {
        let details = serde_json::json!({
            "RoleDetailList": [{
                "Path": "/", "RoleName": "r", "RoleId": "AROA", "Arn": "arn:aws:iam::1:role/r", "CreateDate": "2026-01-01T00:00:00+00:00",
                "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": [] },
                "InstanceProfileList": [], "RolePolicyList": [], "AttachedManagedPolicies": [], "Tags": [],
            }],
            "UserDetailList": [], "GroupDetailList": [], "Policies": [],
        });
        let streams = serde_json::json!({ "StreamInfoList": [
            { "StreamName": "a", "StreamARN": "arn:s", "CreationTime": 1_700_000_000.5, "DataRetentionInHours": 24, "Version": "v" },
        ] });
        let files =
            [("iam-get-account-authorization-details.json", details), ("kinesisvideo-list-streams.json", streams)];
        let files = files.into_iter().map(|(name, value)| (name.to_owned(), value.to_string())).collect();
        let loaded = load(&files, Taken::default()).unwrap();
        assert_eq!(loaded.roles.items[0].role_name, "r");
        assert_eq!(loaded.streams.items[0].creation_time, Some(crate::inventory::Moment::from_seconds(1_700_000_000)));
    }

    #[test]
    fn a_fault_names_the_file_and_the_place() {
        for (file, text, expected) in [
            ("queues.json", "{", "`queues.json` is no JSON: EOF"),
            ("kinesisvideo-list-streams.json", "{}", "`kinesisvideo-list-streams.json` has no list `StreamInfoList`"),
            (
                "kinesisvideo-list-streams.json",
                r#"{"StreamInfoList": [{"StreamName": 7}]}"#,
                "`kinesisvideo-list-streams.json` cannot be read: `streams.items[0].StreamName`: invalid type",
            ),
        ] {
            let files = BTreeMap::from([(file.to_owned(), text.to_owned())]);
            let error = load(&files, Taken::default()).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
