//! Any text as what EventBridge passes on to the audit.

use audit::event::{Message, is_change};
use audit::finding::Actor;
use audit::touched::Touched;
use serde_json::Value;

use super::{Read, refused, text};

/// The account of the seeds.
const ACCOUNT: &str = "123456789012";
/// No name of AWS's is longer.
const NAME: usize = 256;

/// The bytes are the body of a message of the audit's queue.
///
/// # Panics
///
/// When something does not hold.
pub fn check(data: &[u8]) -> Read {
    let body = text(data);
    let message = match Message::parse(&body, ACCOUNT) {
        Ok(message) => message,
        Err(error) => return refused(&error),
    };
    let detail = serde_json::from_str(&body).ok().and_then(|mut body: Value| body.get_mut("detail").map(Value::take));
    let detail = detail.map(|detail| detail.to_string());
    match &message {
        Message::Change(change) => {
            is_bounded(&change.actor);
            for touched in &change.touched {
                assert!(is_named(touched), "{touched:?} names nothing");
            }
            // CloudTrail hands the same record over when it is asked.
            assert!(is_change(&detail.unwrap_or_default(), &[]), "a change by its event, and none by its record");
        }
        Message::Denial(denial) => {
            is_bounded(&denial.actor);
            assert!(denial.caller.chars().count() <= NAME, "a caller of {} bytes", denial.caller.len());
            assert!(["footage", "policies"].contains(&denial.of), "{}", denial.of);
            assert!(!is_change(&detail.unwrap_or_default(), &[]), "a denied call changed something");
        }
        Message::Sweep | Message::Continue(_) => {}
        Message::Nothing(why) => assert!(!why.is_empty(), "nothing for no reason"),
    }
    Ok(())
}

/// It becomes part of findings and of keys of the table.
fn is_bounded(actor: &Actor) {
    let Actor { who, address, call, event_id, at: _ } = actor;
    assert!((1..=128).contains(&event_id.len()), "an id of {} bytes", event_id.len());
    for text in [who, address, call] {
        assert!(text.chars().count() <= NAME, "{} bytes: {text:.300}…", text.len());
    }
}

fn is_named(touched: &Touched) -> bool {
    match touched {
        Touched::Role(name)
        | Touched::User(name)
        | Touched::Group(name)
        | Touched::ManagedPolicy(name)
        | Touched::IotPolicy(name)
        | Touched::Certificate(name)
        | Touched::Thing(name)
        | Touched::Stream(name)
        | Touched::Key(name)
        | Touched::DataStream(name)
        | Touched::DeliveryStream(name)
        | Touched::FlinkApplication(name)
        | Touched::Topic(name) => !name.is_empty(),
        Touched::All(_) => true,
    }
}
