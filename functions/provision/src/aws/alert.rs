//! The table of what was announced, and the announcing.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_sns::types::MessageAttributeValue;
use fleet::CertificateId;
use lambda::call::CallError;

use super::Aws;
use crate::alert::Alert;

/// A turn to announce something.
#[derive(Debug, Clone, Copy)]
pub struct Turn<'a> {
    /// Who asks: one word for each try at one message, so that a worker knows a turn that it took itself.
    pub by: &'a str,
    /// Now, in seconds since 1970 UTC.
    pub now_s: u64,
    /// Seconds that the turn lasts. A worker that died meanwhile has lost it.
    pub lease_s: u64,
    /// Seconds that the announcement is remembered.
    pub keep_s: u64,
}

impl Aws {
    /// Asks for the turn to announce; false when it was announced, or another worker is announcing it.
    pub async fn take_turn(&self, table: &str, alert: &Alert, turn: Turn<'_>) -> Result<bool, CallError> {
        let seconds = |seconds: u64| AttributeValue::N(seconds.to_string());
        let call = self
            .dynamodb
            .put_item()
            .table_name(table)
            .item("certificateId", AttributeValue::S(alert.certificate.to_string()))
            .item("reason", AttributeValue::S(alert.reason.to_owned()))
            .item("detail", AttributeValue::S(alert.detail.clone()))
            .item("firstSeen", seconds(turn.now_s))
            .item("announced", AttributeValue::Bool(false))
            .item("leaseBy", AttributeValue::S(turn.by.to_owned()))
            .item("leaseUntil", seconds(turn.now_s.saturating_add(turn.lease_s)))
            .item("expiresAt", seconds(turn.now_s.saturating_add(turn.keep_s)))
            // The turn may be ours already: the answer to a write that took effect can get lost, and the SDK tries again.
            .condition_expression(
                "attribute_not_exists(certificateId) OR expiresAt < :now \
                 OR (announced = :no AND (leaseUntil < :now OR leaseBy = :by))",
            )
            .expression_attribute_values(":no", AttributeValue::Bool(false))
            .expression_attribute_values(":by", AttributeValue::S(turn.by.to_owned()))
            .expression_attribute_values(":now", seconds(turn.now_s));
        match call.send().await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(false),
                _ => Err(CallError::new("PutItem", &error)),
            },
        }
    }

    /// Sends the alert to the topic.
    pub async fn publish(&self, topic: &str, alert: &Alert) -> Result<(), CallError> {
        let attribute = |value: &str| {
            MessageAttributeValue::builder()
                .data_type("String")
                .string_value(value)
                .build()
                .map_err(|error| CallError::unbuilt("Publish", &error))
        };
        self.sns
            .publish()
            .topic_arn(topic)
            .subject(alert.subject())
            .message(alert.text(topic))
            .message_attributes("kind", attribute(alert.kind.as_str())?)
            .message_attributes("reason", attribute(alert.reason)?)
            .message_attributes("certificateId", attribute(alert.certificate.as_str())?)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| CallError::new("Publish", &error))
    }

    /// Notes that the alert went out.
    pub async fn announced(&self, table: &str, certificate: &CertificateId, reason: &str) -> Result<(), CallError> {
        self.dynamodb
            .update_item()
            .table_name(table)
            .key("certificateId", AttributeValue::S(certificate.to_string()))
            .key("reason", AttributeValue::S(reason.to_owned()))
            .update_expression("SET announced = :yes")
            .expression_attribute_values(":yes", AttributeValue::Bool(true))
            .send()
            .await
            .map(|_| ())
            .map_err(|error| CallError::new("UpdateItem", &error))
    }
}
