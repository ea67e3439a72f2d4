//! What must hold of whatever comes in from outside: a module for each fuzz target, with one `check` of bytes.
//!
//! `cargo xtask fuzz` calls the checks with inputs that it makes up. The tests call them with the seeds, so that what was
//! found once holds on every run of them. Nothing here is deployed.

pub mod audit_file;
pub mod certificate;
pub mod checkpoint;
pub mod credential_report;
pub mod evaluate;
pub mod event;
pub mod finding;
pub mod inventory;
pub mod ladder;
pub mod memory;
pub mod money;
pub mod notice;
pub mod part;
pub mod pattern;
pub mod policy;
pub mod registration;
pub mod registry;
pub mod settings;
pub mod shadow;
pub mod tags;
mod told;

use std::fmt::Display;

/// Whether an input was read, or why it was refused.
pub type Read = Result<(), String>;

/// What must hold of any bytes. Panics when it does not.
pub type Check = fn(&[u8]) -> Read;

/// The targets by name.
pub const TARGETS: [(&str, Check); 20] = [
    ("audit_file", audit_file::check),
    ("certificate", certificate::check),
    ("checkpoint", checkpoint::check),
    ("credential_report", credential_report::check),
    ("evaluate", evaluate::check),
    ("event", event::check),
    ("finding", finding::check),
    ("inventory", inventory::check),
    ("ladder", ladder::check),
    ("memory", memory::check),
    ("money", money::check),
    ("notice", notice::check),
    ("part", part::check),
    ("pattern", pattern::check),
    ("policy", policy::check),
    ("registration", registration::check),
    ("registry", registry::check),
    ("settings", settings::check),
    ("shadow", shadow::check),
    ("tags", tags::check),
];

/// An input that was refused, with a message that is fit to show.
fn refused(message: &dyn Display) -> Read {
    is_fit_to_show(message);
    Err(message.to_string())
}

/// A message stands in a terminal, a log or a mail, next to others: it is short, and nothing of what came in gets there that
/// could end its line or hide the rest of it.
fn is_fit_to_show(message: &dyn Display) {
    let message = message.to_string();
    assert!(!message.is_empty(), "a message says nothing");
    assert!(message.len() <= 4096, "a message has {} bytes: {message:.200}…", message.len());
    assert!(!message.contains(char::is_control), "a message has a control character: {message:?}");
}

/// The lines that YAML sees, for which more than a line feed ends one.
fn lines(text: &str) -> u64 {
    let lines = text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']).count();
    u64::try_from(lines).unwrap_or(u64::MAX)
}

/// Bytes as text, with a replacement character for what is none.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
