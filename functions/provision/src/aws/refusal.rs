//! The table of what was announced, and the announcing.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_sns::types::MessageAttributeValue;
use fleet::CertificateId;
use lambda::call::{CallError, Class};

use super::Aws;
use crate::alert::Alert;

/// Whose turn it is to announce something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Ours, for as long as the lease lasts.
    Ours,
    /// It was announced, or another worker is announcing it.
    Others,
}

impl Aws {
    /// Asks for the turn to announce. A worker that died while announcing loses its turn when its lease ends.
    ///
    /// Times are in seconds since 1970 UTC.
    pub async fn take_turn(
        &self,
        table: &str,
        alert: &Alert,
        now_s: u64,
        lease_s: u64,
        keep_s: u64,
    ) -> Result<Turn, CallError> {
        let seconds = |seconds: u64| AttributeValue::N(seconds.to_string());
        let call = self
            .dynamodb
            .put_item()
            .table_name(table)
            .item("certificateId", AttributeValue::S(alert.certificate.to_string()))
            .item("reason", AttributeValue::S(alert.reason.to_owned()))
            .item("detail", AttributeValue::S(alert.detail.clone()))
            .item("firstSeen", seconds(now_s))
            .item("announced", AttributeValue::Bool(false))
            .item("leaseUntil", seconds(now_s.saturating_add(lease_s)))
            .item("expiresAt", seconds(now_s.saturating_add(keep_s)))
            .condition_expression(
                "attribute_not_exists(certificateId) OR expiresAt < :now OR (announced = :no AND leaseUntil < :now)",
            )
            .expression_attribute_values(":no", AttributeValue::Bool(false))
            .expression_attribute_values(":now", seconds(now_s));
        match call.send().await {
            Ok(_) => Ok(Turn::Ours),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(Turn::Others),
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
                .map_err(|error| CallError { operation: "Publish", class: Class::Failed, cause: error.to_string() })
        };
        self.sns
            .publish()
            .topic_arn(topic)
            .subject(alert.subject())
            .message(alert.text())
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
