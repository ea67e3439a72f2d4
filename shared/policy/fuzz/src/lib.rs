//! What must hold of the policy engine whatever it is given: a module for each fuzz target, with one `check` of bytes.
//!
//! `cargo xtask fuzz` calls the checks with inputs that it makes up; `shared/policy/tests/fuzz_seeds.rs` includes this
//! file and calls them with the seeds, so that they hold on every run of the tests.

pub mod evaluate;
pub mod parse;
pub mod pattern;

use std::fmt::Display;

/// A message stands in a terminal, next to others: it is short, and no control character of a policy gets there.
fn is_fit_to_show(message: &dyn Display) {
    let message = message.to_string();
    assert!(!message.is_empty(), "a message says nothing");
    assert!(message.len() <= 4096, "a message has {} bytes: {message:.200}…", message.len());
    assert!(!message.contains(char::is_control), "a message has a control character: {message:?}");
}

/// Bytes as text, with a replacement character for what is none.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
