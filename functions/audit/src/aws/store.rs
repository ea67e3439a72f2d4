//! What the function keeps and tells: the table of findings, the reports, the topic, Security Hub, its own queue.

mod findings;
mod hub;
mod reports;
mod seen;
mod tell;

use aws_sdk_dynamodb as dynamodb;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_s3 as s3;
use aws_sdk_securityhub as securityhub;
use aws_sdk_sns as sns;
use aws_sdk_sqs as sqs;
use lambda::aws::{CountCalls, QuotaClassifier};
use lambda::{SdkConfig, client};

pub use findings::{Entry, Kept};

use crate::settings::Settings;

/// The clients, and what they write to.
#[derive(Debug)]
pub struct Store {
    dynamodb: dynamodb::Client,
    s3: s3::Client,
    securityhub: securityhub::Client,
    sns: sns::Client,
    sqs: sqs::Client,
    table: String,
    bucket: String,
    topic: String,
    queue_url: String,
}

/// What an item of the table is: its partition key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A finding that stands, or that was resolved and not yet told.
    Finding,
    /// A finding that was resolved, for a year.
    Resolved,
    /// An event that was worked off.
    Event,
    /// Calls of one caller that were denied on one day.
    Denials,
    /// When the function last saw an event.
    Pulse,
    /// A part of a sweep that somebody works on, and what the last sweep said.
    Sweep,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Finding => "finding",
            Self::Resolved => "resolved",
            Self::Event => "event",
            Self::Denials => "denials",
            Self::Pulse => "pulse",
            Self::Sweep => "sweep",
        }
    }
}

impl Store {
    /// Makes the clients. Nothing is called yet.
    pub fn new(shared: &SdkConfig, settings: &Settings) -> Self {
        Self {
            dynamodb: client!(dynamodb, shared),
            // A local endpoint has no names for buckets.
            s3: s3::Client::from_conf(
                s3::config::Builder::from(shared)
                    .retry_classifier(QuotaClassifier)
                    .interceptor(CountCalls)
                    .force_path_style(shared.endpoint_url().is_some())
                    .build(),
            ),
            securityhub: client!(securityhub, shared),
            sns: client!(sns, shared),
            sqs: client!(sqs, shared),
            table: settings.table.clone(),
            bucket: settings.bucket.clone(),
            topic: settings.topic.clone(),
            queue_url: settings.queue_url.clone(),
        }
    }
}

fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}
