//! What is told, and the way back to our own queue.

use aws_sdk_sns::types::{MessageAttributeValue, PublishBatchRequestEntry};
use futures_util::StreamExt as _;
use lambda::call::CallError;

use super::Aws;
use crate::report::{Message, ThrottleMessage};

/// So many batches are under way at once.
const AT_ONCE: usize = 8;

/// AWS takes so many messages at once.
const BATCH: usize = 10;

/// How long a message stays away that could not be worked off, in seconds.
const AWAY: i32 = 240;

impl Aws {
    /// Tells people.
    pub async fn publish(&self, topic: &str, message: &Message) -> Result<(), CallError> {
        let call = self.sns.publish().topic_arn(topic).subject(&message.subject).message(&message.body);
        let value = attribute("Publish", &message.attribute)?;
        let sent = call.message_attributes("report", value).send().await;
        sent.map(|_| ()).map_err(|error| CallError::new("Publish", &error))
    }

    /// Tells other systems of each stream, ten at once.
    pub async fn publish_all(&self, topic: &str, messages: &[ThrottleMessage]) -> Result<(), CallError> {
        let batches = messages.chunks(BATCH).map(|some| self.publish_some(topic, some));
        let mut ends = futures_util::stream::iter(batches).buffer_unordered(AT_ONCE);
        while let Some(end) = ends.next().await {
            end?;
        }
        Ok(())
    }

    async fn publish_some(&self, topic: &str, messages: &[ThrottleMessage]) -> Result<(), CallError> {
        let mut call = self.sns.publish_batch().topic_arn(topic);
        for (place, message) in messages.iter().enumerate() {
            let mut entry = PublishBatchRequestEntry::builder().id(place.to_string()).message(&message.body);
            for (name, value) in &message.attributes {
                entry = entry.message_attributes(*name, attribute("PublishBatch", value)?);
            }
            let entry = entry.build().map_err(|error| CallError::unbuilt("PublishBatch", &error))?;
            call = call.publish_batch_request_entries(entry);
        }
        let answer = call.send().await.map_err(|error| CallError::new("PublishBatch", &error))?;
        // All are told again with the next look.
        match answer.failed.unwrap_or_default().first() {
            None => Ok(()),
            Some(failed) => Err(CallError {
                operation: "PublishBatch",
                class: lambda::call::Class::Unavailable,
                code: failed.code.clone(),
                cause: format!("{}: {}", failed.code, failed.message.as_deref().unwrap_or("no reason given")),
            }),
        }
    }

    /// Asks ourselves to go on, in so many seconds: 900 at most.
    pub async fn go_on(&self, queue_url: &str, seconds: i32) -> Result<(), CallError> {
        let call = self.sqs.send_message().queue_url(queue_url).message_body(r#"{"look": "continue"}"#);
        let sent = call.delay_seconds(seconds.clamp(0, 900)).send().await;
        sent.map(|_| ()).map_err(|error| CallError::new("SendMessage", &error))
    }

    /// Lets a message that is handed back come again within minutes instead of after the visibility timeout.
    pub async fn again_soon(&self, queue_url: &str, receipt: &str) -> Result<(), CallError> {
        let call = self.sqs.change_message_visibility().queue_url(queue_url).receipt_handle(receipt);
        let sent = call.visibility_timeout(AWAY).send().await;
        sent.map(|_| ()).map_err(|error| CallError::new("ChangeMessageVisibility", &error))
    }
}

fn attribute(operation: &'static str, value: &str) -> Result<MessageAttributeValue, CallError> {
    let value = MessageAttributeValue::builder().data_type("String").string_value(value).build();
    value.map_err(|error| CallError::unbuilt(operation, &error))
}
