//! Any text as what the budget has in its table.

use budget::aws::{Known, Last};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Read, text};

/// The bytes are what stands under `body` of an item: what was told of a stream, or what the last look came to.
///
/// # Panics
///
/// When something does not hold.
pub fn check(data: &[u8]) -> Read {
    let text = text(data);
    let known = is_read_as_it_is_written::<Known>(&text);
    let last = is_read_as_it_is_written::<Last>(&text);
    // What cannot be read is told anew, and the message is not shown.
    if known || last { Ok(()) } else { Err("it is neither".to_owned()) }
}

fn is_read_as_it_is_written<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(text: &str) -> bool {
    let Ok(value) = serde_json::from_str::<T>(text) else { return false };
    let written = serde_json::to_string(&value).unwrap_or_default();
    assert_eq!(serde_json::from_str::<T>(&written).ok(), Some(value), "{written} is read as something else");
    true
}
