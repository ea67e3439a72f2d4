//! Topics and queues.

use serde::{Deserialize, Serialize};

use super::{DocumentText, Seen};

/// A topic: `GetTopicAttributes` and `ListSubscriptionsByTopic`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Topic {
    /// Its ARN.
    pub topic_arn: String,
    /// Its policy.
    pub policy: DocumentText,
    /// The key that it is encrypted with, if any.
    pub kms_master_key_id: Option<String>,
    /// Who is subscribed.
    pub subscriptions: Seen<Vec<Subscription>>,
    /// Whether it is one of kvs-warden's own.
    pub own: bool,
    /// Whether AWS Budgets publishes to it.
    pub of_budgets: bool,
}

/// A subscription to a topic.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Subscription {
    /// `http`, `https`, `email`, `sqs`, `lambda`, and others.
    pub protocol: String,
    /// Where to.
    pub endpoint: String,
}

/// A queue: `GetQueueAttributes`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Queue {
    /// Its ARN.
    pub queue_arn: String,
    /// Its policy, if it has one.
    pub policy: Option<DocumentText>,
    /// The KMS key that it is encrypted with, if any.
    pub kms_master_key_id: Option<String>,
    /// Whether SQS encrypts it with a key of its own.
    pub sqs_managed_sse_enabled: bool,
}
