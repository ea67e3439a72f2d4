//! Any texts as a saved inventory.

use std::collections::BTreeMap;

use audit::inventory::{Inventory, Piece, Taken, load, pieces};
use serde_json::Value;

use super::{Read, refused, text};

/// The bytes are a JSON object in which each file's name stands with what it says: JSON, or a string for what is none.
///
/// # Panics
///
/// When something does not hold.
pub fn check(data: &[u8]) -> Read {
    let Ok(folder) = serde_json::from_str::<BTreeMap<String, Value>>(&text(data)) else {
        return Err("it is no folder".to_owned());
    };
    let content = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let folder = folder.into_iter().map(|(name, value)| (name, content(value))).collect();
    let inventory = match load(&folder, Taken::default()) {
        Ok(inventory) => inventory,
        Err(error) => return refused(&error),
    };
    // What was not saved is marked as such by the first time.
    let once = again(&inventory);
    assert_eq!(again(&once), once, "read as something else");
    assert_eq!((&once.roles.items, &once.streams.items), (&inventory.roles.items, &inventory.streams.items));
    Ok(())
}

fn again(inventory: &Inventory) -> Inventory {
    let files = pieces(inventory).into_iter().map(|Piece { file, content }| (file, content.to_string())).collect();
    let read = load(&files, Taken::default());
    assert!(read.is_ok(), "what was saved cannot be read: {:?}", read.as_ref().err());
    read.unwrap_or_default()
}
