//! What watches: trails, alarms, kvs-warden's own parts, and what the function has seen.

use serde::{Deserialize, Serialize};

use super::{Moment, Seen};

/// A trail: `DescribeTrails`, `GetTrailStatus`, `GetEventSelectors`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Trail {
    /// Its name.
    pub name: String,
    /// Its ARN.
    #[serde(rename = "TrailARN")]
    pub trail_arn: String,
    /// The region that it was made in.
    pub home_region: String,
    /// Whether it records all regions.
    pub is_multi_region_trail: bool,
    /// Whether digests allow its logs to be verified.
    pub log_file_validation_enabled: bool,
    /// Whether it logs now.
    pub is_logging: Seen<bool>,
    /// What it records.
    pub selection: Seen<EventSelection>,
}

/// What a trail records, of what its selectors say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct EventSelection {
    /// Whether it records management events that change something.
    pub management_writes: bool,
    /// Event sources that it leaves out of management events, such as `kms.amazonaws.com`.
    pub excluded_sources: Vec<String>,
    /// The types of resources whose data events it records, such as `AWS::KinesisVideo::Stream`.
    pub data_resource_types: Vec<String>,
}

/// An alarm, as `DescribeAlarms` gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Alarm {
    /// Its name.
    pub alarm_name: String,
    /// The namespaces and names of the metrics that it looks at, as `AWS/KinesisVideo PutMedia.ConnectionErrors`.
    pub metrics: Vec<String>,
    /// The dimensions, as `StreamName=gate-north`; none for metric math over all streams.
    pub dimensions: Vec<String>,
    /// Whether it tells anybody.
    pub actions_enabled: bool,
    /// Whom it tells.
    pub alarm_actions: Vec<String>,
}

/// A part of kvs-warden that somebody could switch off.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct OwnPart {
    /// Its ARN.
    pub arn: String,
    /// What it is: `rule`, `schedule`, `alarm`, `function`, `queue`, `dead-letter-queue`, `table`, `topic`;
    /// `bucket-object` for the object that holds `audit.yaml`; `own-role` for a role that kvs-warden itself runs as.
    pub kind: String,
    /// Its logical id in `template.yaml`, where several parts are of one kind, such as `AuditRole`; else empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub logical_id: String,
    /// What is wrong with it, as a clause that follows its ARN, such as "is disabled" or "does not send to …"; empty
    /// when all is right.
    pub faults: Seen<Vec<String>>,
}

/// When the function last saw an event that CloudTrail recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pulse {
    /// The newest event that was seen, by the time that CloudTrail gives it; None when there never was one.
    pub last_event: Option<Moment>,
    /// When the function first looked.
    pub since: Moment,
}

/// A change in scope that CloudTrail recorded, as `LookupEvents` gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RecordedEvent {
    /// Its id.
    pub event_id: String,
    /// Such as `UpdateDataRetention`.
    pub event_name: String,
    /// Such as `kinesisvideo.amazonaws.com`.
    pub event_source: String,
    /// When.
    pub event_time: Moment,
}

/// Calls of one caller that AWS denied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Denials {
    /// The caller's ARN.
    pub caller: String,
    /// What was denied: `footage` or `policies`.
    pub of: String,
    /// How often.
    pub count: u32,
    /// One of the calls, such as `kinesisvideo:GetMedia`.
    pub call: String,
    /// Its event id.
    pub event_id: String,
    /// Where it came from.
    pub source_address: String,
    /// The first.
    pub first: Moment,
    /// The last.
    pub last: Moment,
}
