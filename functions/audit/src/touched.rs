//! What a change may have touched.

use serde::{Deserialize, Serialize};

use crate::source::Source;

/// Something that is to be looked at again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Touched {
    /// A role, by name.
    Role(String),
    /// A user with its access keys, by name.
    User(String),
    /// A group and its users, by name.
    Group(String),
    /// A managed policy and whoever it is attached to, by ARN.
    ManagedPolicy(String),
    /// An IoT policy, by name.
    IotPolicy(String),
    /// A device certificate and its things, by id.
    Certificate(String),
    /// A thing and its certificates, by name.
    Thing(String),
    /// A video stream with tags and targets, by name.
    Stream(String),
    /// A KMS key, by id, ARN or alias, and the streams that it encrypts.
    Key(String),
    /// A data stream, by name.
    DataStream(String),
    /// A Firehose stream, by name.
    DeliveryStream(String),
    /// A Flink application, by name.
    FlinkApplication(String),
    /// A topic, by ARN.
    Topic(String),
    /// A kind of thing of which there are few: all of them.
    All(Source),
}
