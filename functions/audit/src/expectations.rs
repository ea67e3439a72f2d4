//! What the people who run the fleet expect, beside what is always expected.

use serde::{Deserialize, Serialize};

/// So many denied calls of one caller in a day are told apart; of further ones only the last is noted. An item of the table
/// has room for some thousands, and whoever fills it up must not keep a batch's changes from being looked at.
pub const DENIALS_MOST: u32 = 1_000;

/// The `expect:` part of `audit.yaml`. Every line may be left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "each is one line of the file, and none depends on another")]
pub struct Expectations {
    /// Whether video must be encrypted with a key of the customer, not with the one that AWS manages. Also for data
    /// streams, Firehose streams and topics.
    pub customer_keys: bool,
    /// The least that a stream must keep, in hours; 0 accepts streams that keep nothing.
    pub retention_hours_min: u32,
    /// The most that a stream may keep, in hours.
    pub retention_hours_max: u32,
    /// Other limits for streams with a tag. The first that matches counts.
    pub retention_by_tag: Vec<RetentionClass>,
    /// The most that a data stream may keep, in hours.
    pub data_retention_hours_max: u32,
    /// The least that a data stream must keep, in hours.
    pub data_retention_hours_min: u32,
    /// How old an access key may become, in days.
    pub key_age_days: u32,
    /// How long the credentials of a camera may last, in seconds.
    pub credential_seconds: u32,
    /// How long before its end a certificate is told about, in days.
    pub expiry_days: u32,
    /// What a camera's role may do on its own stream.
    pub camera_actions: Vec<String>,
    /// Accounts whose principals, buckets, topics and keys are as good as ours.
    pub trusted_accounts: Vec<String>,
    /// Buckets that streams may send images to, as patterns over names with `*`. Names of buckets tell no account, so
    /// buckets are not judged when there are none here.
    pub buckets: Vec<String>,
    /// Users and roles that are meant to watch all streams, as patterns over ARNs with `*`.
    pub viewers: Vec<String>,
    /// Users and roles that are meant to change cameras' policies and the audit, to assume any role, or to do everything, as
    /// patterns over ARNs with `*`. No check of escalation tells of them.
    pub administrators: Vec<String>,
    /// Interface endpoints that have to be there, by service: `kinesisvideo`, `kinesis-streams`, `iot.credentials`, ….
    pub endpoints: Vec<String>,
    /// Whether alarms on video streams are expected.
    pub stream_alarms: bool,
    /// Whether CloudTrail is expected to record who puts and gets video (data events, which cost).
    pub video_data_events: bool,
    /// Whether data streams are expected to have shard-level metrics (which cost).
    pub shard_metrics: bool,
    /// So many denied calls of one caller within a day are told: 1 to [`DENIALS_MOST`].
    pub denials: u32,
}

/// Limits for streams with a tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RetentionClass {
    /// The tag's name.
    pub tag: String,
    /// Its value.
    pub value: String,
    /// The least in hours.
    #[serde(default)]
    pub min: u32,
    /// The most in hours.
    pub max: u32,
}

impl Default for Expectations {
    fn default() -> Self {
        Self {
            customer_keys: false,
            retention_hours_min: 1,
            // A year.
            retention_hours_max: 8_760,
            retention_by_tag: Vec::new(),
            data_retention_hours_min: 24,
            data_retention_hours_max: 8_760,
            key_age_days: 90,
            credential_seconds: 3_600,
            expiry_days: 30,
            camera_actions: ["PutMedia", "DescribeStream", "GetDataEndpoint"]
                .map(|action| format!("kinesisvideo:{action}"))
                .to_vec(),
            trusted_accounts: Vec::new(),
            buckets: Vec::new(),
            viewers: Vec::new(),
            administrators: Vec::new(),
            endpoints: Vec::new(),
            stream_alarms: false,
            video_data_events: false,
            shard_metrics: false,
            denials: 5,
        }
    }
}
