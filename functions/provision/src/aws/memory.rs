//! The memory of cameras that work, in the table of refusals.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use lambda::call::CallError;

use super::Aws;
use crate::memory::{Memory, Subject};

/// Items that one `BatchGetItem` may ask for. More than a batch has.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>
const ASKED_MOST: usize = 100;

impl Aws {
    /// What is remembered of these. What AWS leaves out for a throttle counts as not remembered.
    pub async fn recall(&self, table: &str, subjects: &BTreeSet<Subject>) -> Result<Memory, CallError> {
        let operation = "BatchGetItem";
        let keys = subjects.iter().take(ASKED_MOST).map(key).collect();
        let keys = KeysAndAttributes::builder().set_keys(Some(keys)).build();
        let keys = keys.map_err(|error| CallError::unbuilt(operation, &error))?;
        let call = self.dynamodb.batch_get_item().request_items(table, keys);
        let answer = call.send().await.map_err(|error| CallError::new(operation, &error))?;
        let found: Vec<_> = answer.responses.unwrap_or_default().into_values().flatten().collect();
        let seen = subjects.iter().filter_map(|subject| {
            let wanted = key(subject);
            let item = found.iter().find(|item| wanted.iter().all(|(name, value)| item.get(name) == Some(value)))?;
            Some((subject.clone(), item.get("seenMs")?.as_n().ok()?.parse().ok()?))
        });
        Ok(Memory::new(seen))
    }

    /// Remembers that the camera works, by work that began at `seen_ms`, until `expires_s`, in milliseconds and seconds
    /// since 1970 UTC.
    pub async fn remember(
        &self,
        table: &str,
        subject: &Subject,
        seen_ms: u64,
        expires_s: u64,
    ) -> Result<(), CallError> {
        let number = |number: u64| AttributeValue::N(number.to_string());
        let call = self.dynamodb.put_item().table_name(table).set_item(Some(key(subject)));
        let call = call.item("seenMs", number(seen_ms)).item("expiresAt", number(expires_s));
        call.send().await.map(|_| ()).map_err(|error| CallError::new("PutItem", &error))
    }
}

fn key(subject: &Subject) -> HashMap<String, AttributeValue> {
    [("certificateId", subject.certificate.to_string()), ("reason", subject.reason())]
        .map(|(name, text)| (name.to_owned(), AttributeValue::S(text)))
        .into()
}
