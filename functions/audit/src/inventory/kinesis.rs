//! The sister services: Kinesis Data Streams, Firehose, Managed Service for Apache Flink.

use serde::{Deserialize, Serialize};

use super::{DocumentText, Seen};

/// A data stream: `DescribeStreamSummary` and `GetResourcePolicy`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct DataStream {
    /// Its name.
    pub stream_name: String,
    /// Its ARN.
    #[serde(rename = "StreamARN")]
    pub stream_arn: String,
    /// `KMS` or `NONE`.
    pub encryption_type: String,
    /// The key: an id, an ARN, an alias, or `alias/aws/kinesis`, which AWS manages.
    pub key_id: Option<String>,
    /// How long it keeps records: 24 to 8760.
    pub retention_period_hours: i32,
    /// Its shard-level metrics, such as `IteratorAgeMilliseconds` or `ALL`.
    pub shard_level_metrics: Vec<String>,
    /// Its resource policy, if it has one.
    pub policy: Seen<Option<DocumentText>>,
}

/// A Firehose stream, as `DescribeDeliveryStream` gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct DeliveryStream {
    /// Its name.
    pub delivery_stream_name: String,
    /// Its ARN.
    #[serde(rename = "DeliveryStreamARN")]
    pub delivery_stream_arn: String,
    /// `DirectPut`, `KinesisStreamAsSource`, and others.
    pub delivery_stream_type: String,
    /// `ENABLED`, `DISABLED`, and states between; None when AWS tells none.
    pub encryption_status: Option<String>,
    /// `AWS_OWNED_CMK` or `CUSTOMER_MANAGED_CMK`.
    pub key_type: Option<String>,
    /// Where it delivers to, backups included.
    pub destinations: Vec<Destination>,
}

/// A place that a Firehose stream writes to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Destination {
    /// Such as `s3`, `s3 backup`, `redshift`, `opensearch`, `splunk`, `http`.
    pub kind: String,
    /// The bucket's ARN, the cluster, or the URL.
    pub target: String,
    /// The key that what it writes to S3 is encrypted with; None when the destination sets none (S3's own encryption).
    pub key_arn: Option<String>,
    /// Whether the destination says `NoEncryption`, or an S3 destination says nothing.
    pub no_encryption: bool,
}

/// An application of Managed Service for Apache Flink: `DescribeApplication`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct FlinkApplication {
    /// Its name.
    pub application_name: String,
    /// Its ARN.
    #[serde(rename = "ApplicationARN")]
    pub application_arn: String,
    /// The role that it runs as.
    pub service_execution_role: String,
    /// The ARNs of the log streams that it writes to.
    pub log_streams: Vec<String>,
    /// The subnets that it runs in; none is outside of any VPC.
    pub subnets: Vec<String>,
}
