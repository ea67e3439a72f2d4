//! Any text as where a sweep goes on.

use audit::event::Message;
use serde_json::json;

use super::{Read, refused, text};

/// The bytes are what stands under `continue` in the message that a sweep sends itself.
///
/// # Panics
///
/// When something does not hold.
pub fn check(data: &[u8]) -> Read {
    let body = format!("{{\"continue\": {}}}", text(data));
    let checkpoint = match Message::parse(&body, "123456789012") {
        Ok(Message::Continue(checkpoint)) => checkpoint,
        // Whoever writes `sweep` beside it asks for a new one.
        Ok(_) => return Ok(()),
        Err(error) => return refused(&error),
    };
    // It becomes the name of an object in the bucket.
    let key = checkpoint.key();
    let plain = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/.-".contains(&byte));
    assert!(plain && key.starts_with("sweeps/") && key.matches('/').count() == 2, "the key `{key}`");
    let again = Message::parse(&json!({ "continue": checkpoint }).to_string(), "");
    assert_eq!(again, Ok(Message::Continue(checkpoint)), "read as something else");
    Ok(())
}
