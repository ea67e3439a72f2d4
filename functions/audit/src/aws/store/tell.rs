//! The topic, and the audit's own queue.

use aws_sdk_sns::types::MessageAttributeValue;
use aws_sdk_sqs::types::ChangeMessageVisibilityBatchRequestEntry;
use lambda::call::CallError;

use super::Store;
use crate::report::message::Message;
use crate::sweep::Checkpoint;

impl Store {
    /// Announces.
    pub async fn publish(&self, message: &Message) -> Result<(), CallError> {
        let findings = MessageAttributeValue::builder().data_type("String").string_value(&message.attribute).build();
        self.sns
            .publish()
            .topic_arn(&self.topic)
            .subject(&message.subject)
            .message(&message.body)
            .message_attributes("findings", findings.map_err(|error| CallError::unbuilt("Publish", &error))?)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| CallError::new("Publish", &error))
    }

    /// Sends word to go on with a sweep.
    pub async fn go_on(&self, checkpoint: &Checkpoint) -> Result<(), CallError> {
        let body = serde_json::json!({ "continue": checkpoint }).to_string();
        let call = self.sqs.send_message().queue_url(&self.queue_url).message_body(body);
        call.send().await.map(|_| ()).map_err(|error| CallError::new("SendMessage", &error))
    }

    /// Lets messages that were handed back come again soon, not after the queue's whole visibility timeout.
    pub async fn again_soon(&self, receipts: &[&str]) -> Result<(), CallError> {
        const OPERATION: &str = "ChangeMessageVisibilityBatch";
        // AWS takes ten at once.
        for receipts in receipts.chunks(10) {
            let mut call = self.sqs.change_message_visibility_batch().queue_url(&self.queue_url);
            for (at, receipt) in receipts.iter().enumerate() {
                let entry = ChangeMessageVisibilityBatchRequestEntry::builder();
                let entry = entry.id(at.to_string()).receipt_handle(*receipt).visibility_timeout(30).build();
                call = call.entries(entry.map_err(|error| CallError::unbuilt(OPERATION, &error))?);
            }
            call.send().await.map_err(|error| CallError::new(OPERATION, &error))?;
        }
        Ok(())
    }
}
