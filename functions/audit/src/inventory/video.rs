//! Kinesis Video Streams, and the keys that streams are encrypted with.

use serde::{Deserialize, Serialize};

use super::iam::Tag;
use super::{DocumentText, Moment, Seen};

/// A video stream, as `ListStreams` gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Stream {
    /// Its name.
    pub stream_name: String,
    /// Its ARN, which ends in the time of its making.
    #[serde(rename = "StreamARN")]
    pub stream_arn: String,
    /// The key as AWS gives it: an id, an ARN or an alias; None is the key that AWS manages.
    pub kms_key_id: Option<String>,
    /// Such as `ACTIVE`.
    pub status: String,
    /// When it was made.
    pub creation_time: Option<Moment>,
    /// How long it keeps video; 0 keeps none.
    pub data_retention_in_hours: i64,
}

/// The tags of a resource, as the Resource Groups Tagging API gives them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ResourceTags {
    /// The resource.
    #[serde(rename = "ResourceARN")]
    pub resource_arn: String,
    /// Its tags.
    pub tags: Vec<Tag>,
}

/// Where a stream sends images and notifications: `DescribeImageGenerationConfiguration` and
/// `DescribeNotificationConfiguration`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct StreamTargets {
    /// The stream.
    #[serde(rename = "StreamARN")]
    pub stream_arn: String,
    /// Such as `s3://bucket/prefix`; None when it makes no images.
    pub images: Seen<Option<String>>,
    /// The ARN of an SNS topic; None when it notifies nobody.
    pub notifications: Seen<Option<String>>,
}

/// A signaling channel, as `ListSignalingChannels` gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Channel {
    /// Its name.
    pub channel_name: String,
    /// Its ARN.
    #[serde(rename = "ChannelARN")]
    pub channel_arn: String,
}

/// A KMS key, as `DescribeKey` gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Key {
    /// As it is named where it is used: an id, an ARN or an alias.
    pub named: String,
    /// Its ARN.
    pub arn: String,
    /// `CUSTOMER` or `AWS`.
    pub key_manager: String,
    /// `Enabled`, `Disabled`, `PendingDeletion`, and others that are no use either.
    pub key_state: String,
    /// The key policy.
    pub policy: Seen<DocumentText>,
}
