//! A batch of messages: read, and rid of duplicates before any call is made.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use aws_lambda_events::event::sqs::SqsEvent;

use crate::event::{Malformed, Registration};

/// A message without an id, which Lambda never sends: it could not be named in the answer, so the whole batch fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("message {0} of the batch has no `messageId`: expected an SQS event")]
pub struct NoMessageId(usize);

/// One camera's messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What they say, by the first of them.
    pub registration: Registration,
    /// Their ids. They share the outcome.
    pub messages: Vec<String>,
    /// When the last of them was sent, in milliseconds since 1970 UTC; `None` when that is not known of each.
    pub sent_ms: Option<u64>,
}

impl Item {
    /// Messages beyond the first.
    pub fn duplicates(&self) -> u64 {
        u64::try_from(self.messages.len()).unwrap_or(u64::MAX).saturating_sub(1)
    }
}

/// A batch, read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Batch {
    /// The cameras, in the order of their first messages.
    pub items: Vec<Item>,
    /// Messages that are no registration events, with the reason.
    pub malformed: Vec<(String, Malformed)>,
}

impl Batch {
    /// Reads every message. Messages that say the same are one item; a forged one that says something else of the same
    /// certificate does not hide the true one.
    pub fn read(event: SqsEvent) -> Result<Self, NoMessageId> {
        let mut batch = Self::default();
        let mut places = HashMap::new();
        for (index, message) in event.records.into_iter().enumerate() {
            let id = message.message_id.ok_or(NoMessageId(index))?;
            let sent_ms = message.attributes.get("SentTimestamp").and_then(|sent| sent.parse().ok());
            let registration = match Registration::parse(&message.body.unwrap_or_default()) {
                Ok(registration) => registration,
                Err(malformed) => {
                    batch.malformed.push((id, malformed));
                    continue;
                }
            };
            match places.entry(registration.claim.clone()) {
                Entry::Vacant(place) => {
                    place.insert(batch.items.len());
                    batch.items.push(Item { registration, messages: vec![id], sent_ms });
                }
                Entry::Occupied(place) => {
                    if let Some(item) = batch.items.get_mut(*place.get()) {
                        item.messages.push(id);
                        item.sent_ms = item.sent_ms.zip(sent_ms).map(|(one, other)| one.max(other));
                    }
                }
            }
        }
        Ok(batch)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(bodies: &[(&str, String)]) -> SqsEvent {
        let records: Vec<_> = bodies.iter().map(|(id, body)| json!({ "messageId": id, "body": body })).collect();
        serde_json::from_value(json!({ "Records": records })).unwrap()
    }

    fn body(certificate: char, ca: char) -> String {
        let id = |c: char| c.to_string().repeat(64);
        json!({ "certificateId": id(certificate), "caCertificateId": id(ca), "awsAccountId": "123456789012" })
            .to_string()
    }

    #[test]
    fn duplicates_become_one_item_and_a_forgery_does_not_hide_the_true_event() {
        let batch = Batch::read(event(&[
            ("1", body('a', 'f')),
            ("2", body('a', 'c')),
            ("3", "x".to_owned()),
            ("4", body('a', 'c')),
            ("5", body('b', 'c')),
        ]))
        .unwrap();
        let messages: Vec<_> = batch.items.iter().map(|item| item.messages.join(" ")).collect();
        assert_eq!(messages, ["1", "2 4", "5"]);
        assert_eq!(batch.items.iter().map(Item::duplicates).sum::<u64>(), 1);
        assert_eq!(batch.malformed.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["3"]);
    }

    #[test]
    fn an_item_was_sent_when_the_last_of_its_messages_was() {
        let record = |sent: Option<&str>| {
            let attributes = sent.map(|sent| json!({ "SentTimestamp": sent })).unwrap_or_default();
            json!({ "messageId": "1", "body": body('a', 'c'), "attributes": attributes })
        };
        for (sent, read) in [
            (vec![Some("7")], Some(7)),
            (vec![Some("7"), Some("9"), Some("8")], Some(9)),
            (vec![Some("7"), None], None),
            (vec![None, Some("7")], None),
            (vec![Some("soon")], None),
        ] {
            let records: Vec<_> = sent.into_iter().map(record).collect();
            let event = serde_json::from_value(json!({ "Records": records })).unwrap();
            let batch = Batch::read(event).unwrap();
            assert_eq!(batch.items.iter().map(|item| item.sent_ms).collect::<Vec<_>>(), [read]);
        }
    }

    #[test]
    fn a_message_without_an_id_fails_the_batch() {
        let event = serde_json::from_value(json!({ "Records": [{ "body": "" }] })).unwrap();
        assert_eq!(Batch::read(event), Err(NoMessageId(0)));
    }
}
