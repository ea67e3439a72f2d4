//! What was read of one account and region, as plain values in AWS's own shapes.
//!
//! What could not be read is a value too: a [`Listing`] says why its rest is missing, a [`Seen`] why it is not there. So
//! nothing that nobody looked at can pass for fine.

mod document;
mod iam;
mod iot;
mod kinesis;
mod listing;
mod messaging;
mod moment;
mod network;
mod saved;
mod video;
mod watch;

pub use document::DocumentText;
pub use iam::{
    AccessKey, AttachedPolicy, Boundary, Group, InlinePolicy, ManagedPolicy, PolicyVersion, Role, Tag, User,
};
pub use iot::{
    CaCertificate, Certificate, CertificateDetail, DomainConfiguration, IotPolicy, IotPolicyVersion, RoleAlias, Thing,
};
pub use kinesis::{DataStream, DeliveryStream, Destination, FlinkApplication};
pub use listing::{Listing, Missing, Seen};
pub use messaging::{Queue, Subscription, Topic};
pub use moment::Moment;
pub use network::Endpoint;
pub use saved::{LoadError, Piece, load, pieces};
use serde::{Deserialize, Serialize};
use serde_json::Value;
pub use video::{Channel, Key, ResourceTags, Stream, StreamTargets};
pub use watch::{Alarm, Denials, EventSelection, OwnPart, Pulse, RecordedEvent, Trail};

/// What was read of one account and region.
///
/// For one changed resource most listings are [`Missing::NotAsked`]: the checks then judge what is there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Inventory {
    /// Where and when.
    pub taken: Taken,
    /// IAM roles, with their policies.
    pub roles: Listing<Role>,
    /// IAM users, with their policies.
    pub users: Listing<User>,
    /// IAM groups, with their policies.
    pub groups: Listing<Group>,
    /// The managed policies that are attached to something, AWS's own among them.
    pub managed_policies: Listing<ManagedPolicy>,
    /// The access keys of IAM users.
    pub access_keys: Listing<AccessKey>,
    /// AWS IoT policies with all their versions.
    pub iot_policies: Listing<IotPolicy>,
    /// Role aliases of AWS IoT.
    pub role_aliases: Listing<RoleAlias>,
    /// Device certificates, as they are listed.
    pub certificates: Listing<Certificate>,
    /// Device certificates that were looked at one by one: a share of all in each sweep.
    pub certificate_details: Listing<CertificateDetail>,
    /// CA certificates.
    pub ca_certificates: Listing<CaCertificate>,
    /// Things with their attributes.
    pub things: Listing<Thing>,
    /// Domain configurations of AWS IoT.
    pub domain_configurations: Listing<DomainConfiguration>,
    /// Kinesis video streams.
    pub streams: Listing<Stream>,
    /// The tags of video streams that have any.
    pub stream_tags: Listing<ResourceTags>,
    /// Where video streams send images and notifications: a share of all in each sweep.
    pub stream_targets: Listing<StreamTargets>,
    /// WebRTC signaling channels.
    pub channels: Listing<Channel>,
    /// The customer keys that something in here is encrypted with.
    pub keys: Listing<Key>,
    /// Kinesis data streams.
    pub data_streams: Listing<DataStream>,
    /// Firehose delivery streams.
    pub delivery_streams: Listing<DeliveryStream>,
    /// Applications of Managed Service for Apache Flink (Kinesis Data Analytics).
    pub flink_applications: Listing<FlinkApplication>,
    /// SNS topics in scope: of the stack, of budgets, and those that streams notify.
    pub topics: Listing<Topic>,
    /// SQS queues of the stack.
    pub queues: Listing<Queue>,
    /// CloudTrail trails that record this region.
    pub trails: Listing<Trail>,
    /// CloudWatch alarms on video metrics.
    pub alarms: Listing<Alarm>,
    /// Rules, targets, schedules and alarms of kvs-warden itself, as they should be and as they are.
    pub own_parts: Listing<OwnPart>,
    /// Interface endpoints of the region's VPCs.
    pub endpoints: Listing<Endpoint>,
    /// When the function last saw an event; None in an account where it never did.
    pub pulse: Seen<Pulse>,
    /// Changes in scope that CloudTrail recorded within the last day.
    pub recorded_events: Listing<RecordedEvent>,
    /// Denied calls on footage and policies, by caller, within the last day.
    pub denials: Listing<Denials>,
    /// The ARNs of what was looked for and, by AWS's word, is not there.
    #[serde(skip_serializing_if = "std::collections::BTreeSet::is_empty")]
    pub gone: std::collections::BTreeSet<String>,
}

/// Where and when an inventory was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Taken {
    /// The account's number.
    pub account: String,
    /// Such as `eu-west-1`.
    pub region: String,
    /// Such as `aws` or `aws-cn`.
    pub partition: String,
    /// When the reading began.
    pub at: Moment,
}

impl Default for Taken {
    fn default() -> Self {
        Self {
            account: "123456789012".to_owned(),
            region: "us-east-1".to_owned(),
            partition: "aws".to_owned(),
            at: Moment::EPOCH,
        }
    }
}

impl Inventory {
    /// Why something of it is not known that AWS may tell the next time: a call that failed, not one that is refused.
    ///
    /// It goes by the saved form, so that no place where something may be missing is forgotten.
    pub fn unread(&self) -> Option<Missing> {
        fn first(value: &Value) -> Option<Missing> {
            match value {
                Value::Object(fields) => {
                    let missing = fields.get("couldNotCheck").and_then(|missing| Missing::deserialize(missing).ok());
                    let failed = missing.filter(|missing| matches!(missing, Missing::Failed { .. }));
                    failed.or_else(|| fields.values().find_map(first))
                }
                Value::Array(items) => items.iter().find_map(first),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
            }
        }
        first(&serde_json::to_value(self).unwrap_or_default())
    }
}

impl Taken {
    /// An ARN of this account and region, such as `arn:aws:kinesisvideo:eu-west-1:111122223333:stream/a`.
    pub fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:{}:{service}:{}:{}:{resource}", self.partition, self.region, self.account)
    }

    /// An ARN of this account's IAM, such as `arn:aws:iam::111122223333:role/a`.
    pub fn iam_arn(&self, resource: &str) -> String {
        format!("arn:{}:iam::{}:{resource}", self.partition, self.account)
    }
}

impl Inventory {
    /// The ARN of the account itself, as which findings about no single resource stand.
    pub fn account_arn(&self) -> String {
        self.taken.iam_arn("root")
    }

    /// The tags of a stream; an error when they were not read, nothing when it has none.
    pub fn tags_of(&self, stream_arn: &str) -> Result<&[Tag], &Missing> {
        match self.stream_tags.items.binary_search_by(|tags| tags.resource_arn.as_str().cmp(stream_arn)) {
            Ok(at) => Ok(self.stream_tags.items.get(at).map_or(&[], |tags| tags.tags.as_slice())),
            Err(_) => self.stream_tags.missing.as_ref().map_or(Ok(&[]), Err),
        }
    }

    /// Puts what is looked up into its order. To be called once when the reading is done.
    pub fn sort(&mut self) {
        self.stream_tags.items.sort_by(|one, other| one.resource_arn.cmp(&other.resource_arn));
        self.things.items.sort_by(|one, other| one.thing_name.cmp(&other.thing_name));
        self.certificates.items.sort_by(|one, other| one.certificate_arn.cmp(&other.certificate_arn));
        self.streams.items.sort_by(|one, other| one.stream_name.cmp(&other.stream_name));
        self.keys.items.sort_by(|one, other| one.arn.cmp(&other.arn));
        self.managed_policies.items.sort_by(|one, other| one.arn.cmp(&other.arn));
        self.roles.items.sort_by(|one, other| one.arn.cmp(&other.arn));
        self.users.items.sort_by(|one, other| one.arn.cmp(&other.arn));
    }
}
