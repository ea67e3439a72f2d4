//! What a check is.

use std::fmt;

use fleet::secret::without_secrets;
use serde::{Deserialize, Serialize};

use crate::identity::Identity;
use crate::inventory::{
    AccessKey, CaCertificate, Certificate, CertificateDetail, DataStream, DeliveryStream, Denials, DomainConfiguration,
    Endpoint, FlinkApplication, IotPolicy, Missing, OwnPart, Queue, RoleAlias, Stream, StreamTargets, Thing, Topic,
    Trail,
};
use crate::world::World;

/// A check: one thing that can be wrong, and what to do about it.
///
/// Its user documentation is made of these fields.
#[derive(Debug)]
pub struct Check {
    /// In kebab case, and names the problem: "allow `footage-of-all-streams`" reads right.
    pub id: &'static str,
    /// What it is about.
    pub group: Group,
    /// How bad.
    pub severity: Severity,
    /// A phrase.
    pub title: &'static str,
    /// Why it matters, in the reader's terms: one to three sentences.
    pub why: &'static str,
    /// What to do, to be pasted.
    pub remedy: &'static str,
    /// AWS's own page.
    pub reference: &'static str,
    /// The requirements of public frameworks that it maps to, as `NIST.800-53.r5 AC-6`, `CIS AWS 3.0 1.16`, or the AWS
    /// FSBP control of a sister service, as `FSBP Kinesis.1`. Empty where no public mapping exists.
    pub frameworks: &'static [&'static str],
    /// What it judges, and how.
    pub judge: Judge,
}

/// What one judgement says: nothing is wrong, something is, or it cannot be told.
pub type Judged = Result<Option<Problem>, CannotJudge>;

/// The subjects of a check, and what judges one of them.
#[derive(Debug, Clone, Copy)]
pub enum Judge {
    /// The account and region as a whole.
    Account(fn(&World<'_>) -> Judged),
    /// Each IAM user and role, service-linked roles left out; not called for those whose policies were not all read.
    Identity(fn(&World<'_>, &Identity<'_>) -> Judged),
    /// Each policy holder whose policies were read, even with faults: users, roles, groups.
    PolicyHolder(fn(&World<'_>, &Identity<'_>) -> Judged),
    /// Each role that AWS IoT's credentials provider may give to cameras.
    CameraRole(fn(&World<'_>, &Identity<'_>) -> Judged),
    /// Each such role that a policy lets do something with video; the others are as they should be.
    VideoRole(fn(&World<'_>, &Identity<'_>) -> Judged),
    /// Each access key of an IAM user.
    AccessKey(fn(&World<'_>, &AccessKey) -> Judged),
    /// Each IoT policy.
    IotPolicy(fn(&World<'_>, &IotPolicy) -> Judged),
    /// Each role alias.
    RoleAlias(fn(&World<'_>, &RoleAlias) -> Judged),
    /// Each device certificate.
    Certificate(fn(&World<'_>, &Certificate) -> Judged),
    /// Each device certificate that was looked at closely.
    CertificateDetail(fn(&World<'_>, &CertificateDetail) -> Judged),
    /// Each CA certificate.
    CaCertificate(fn(&World<'_>, &CaCertificate) -> Judged),
    /// Each thing.
    Thing(fn(&World<'_>, &Thing) -> Judged),
    /// Each domain configuration of AWS IoT.
    DomainConfiguration(fn(&World<'_>, &DomainConfiguration) -> Judged),
    /// Each video stream.
    Stream(fn(&World<'_>, &Stream) -> Judged),
    /// Each video stream whose targets were looked at.
    StreamTargets(fn(&World<'_>, &StreamTargets) -> Judged),
    /// Each data stream.
    DataStream(fn(&World<'_>, &DataStream) -> Judged),
    /// Each Firehose stream.
    DeliveryStream(fn(&World<'_>, &DeliveryStream) -> Judged),
    /// Each Flink application.
    FlinkApplication(fn(&World<'_>, &FlinkApplication) -> Judged),
    /// Each topic in scope.
    Topic(fn(&World<'_>, &Topic) -> Judged),
    /// Each queue in scope.
    Queue(fn(&World<'_>, &Queue) -> Judged),
    /// Each trail.
    Trail(fn(&World<'_>, &Trail) -> Judged),
    /// Each part of kvs-warden that can be switched off.
    OwnPart(fn(&World<'_>, &OwnPart) -> Judged),
    /// Each interface endpoint.
    Endpoint(fn(&World<'_>, &Endpoint) -> Judged),
    /// Each caller that was denied.
    Denials(fn(&World<'_>, &Denials) -> Judged),
}

impl Judge {
    /// Whether it judges cameras' roles alone.
    pub fn is_of_cameras(self) -> bool {
        matches!(self, Self::CameraRole(_) | Self::VideoRole(_))
    }
}

/// What a check is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// What cameras may do.
    Producers,
    /// Who watches.
    Viewers,
    /// From a certificate to a role.
    RoleAliases,
    /// What certificates may do at AWS IoT.
    IotPolicies,
    /// Which certificate belongs to which camera.
    Certificates,
    /// Access keys of users.
    LongTermKeys,
    /// Video streams.
    Streams,
    /// Kinesis Data Streams and Firehose.
    DataStreams,
    /// Managed Service for Apache Flink.
    Analytics,
    /// Encryption in transit.
    Transit,
    /// Topics and queues.
    Messaging,
    /// Trails, alarms, and kvs-warden's own watch.
    Watch,
    /// VPC endpoints.
    Network,
    /// Who may change who may do what.
    Escalation,
}

/// How bad. In order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Tidy up when convenient.
    Low,
    /// A protection is missing.
    Medium,
    /// Somebody can do harm with one more step.
    High,
    /// Anybody who has one camera, or nothing, can do harm now.
    Critical,
}

/// What is wrong with one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// A plain sentence, without its full stop, that names the subject.
    pub sentence: String,
    /// What shows it. Never empty where a policy is at fault.
    pub proofs: Vec<Proof>,
}

/// What shows a problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Proof {
    /// The statement, or the setting with its value.
    pub because: String,
    /// A request that the policy engine allows, as `warden simulate` takes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<serde_json::Value>,
}

/// Why a subject cannot be judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CannotJudge {
    /// What is not known and why, as a clause.
    pub because: String,
    /// The permission that would tell, such as `iot:GetPolicyVersion`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
    /// Whether this look was never about it, so that nobody needs to be told.
    #[serde(skip)]
    pub not_asked: bool,
}

impl Problem {
    /// A problem that its sentence shows.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), proofs: Vec::new() }
    }

    /// With what shows it.
    #[must_use]
    pub fn proven(mut self, because: impl Into<String>) -> Self {
        self.proofs.push(Proof { because: because.into(), request: None });
        self
    }

    /// With several of them.
    #[must_use]
    pub fn with(mut self, proofs: impl IntoIterator<Item = Proof>) -> Self {
        self.proofs.extend(proofs);
        self
    }
}

impl Proof {
    /// With a word in the place of each secret: then the request proves nothing, but says what there is to look at.
    #[must_use]
    pub fn without_secrets(self) -> Self {
        let because = without_secrets(&self.because).into_owned();
        Self { because, request: self.request.map(lambda::secret::left_out) }
    }
}

impl CannotJudge {
    /// For a reason that no permission mends.
    pub fn new(because: impl Into<String>) -> Self {
        let because = without_secrets(&because.into()).into_owned();
        Self { because, permission: None, not_asked: false }
    }
}

impl From<&Missing> for CannotJudge {
    fn from(missing: &Missing) -> Self {
        let permission = match missing {
            Missing::Denied { permission } => Some(permission.clone()),
            Missing::NotAsked | Missing::NextTime | Missing::Failed { .. } | Missing::NotSaved { .. } => None,
        };
        let not_asked = matches!(missing, Missing::NotAsked | Missing::NextTime);
        Self { because: missing.to_string(), permission, not_asked }
    }
}

impl Group {
    /// All groups, in the order of the documentation.
    pub const ALL: [Self; 14] = [
        Self::Producers,
        Self::Viewers,
        Self::RoleAliases,
        Self::IotPolicies,
        Self::Certificates,
        Self::LongTermKeys,
        Self::Streams,
        Self::DataStreams,
        Self::Analytics,
        Self::Transit,
        Self::Messaging,
        Self::Watch,
        Self::Network,
        Self::Escalation,
    ];

    /// A heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Producers => "Producers",
            Self::Viewers => "Viewers",
            Self::RoleAliases => "Role aliases",
            Self::IotPolicies => "IoT policies",
            Self::Certificates => "Certificates and things",
            Self::LongTermKeys => "Long-term keys",
            Self::Streams => "Video streams",
            Self::DataStreams => "Data streams and Firehose",
            Self::Analytics => "Apache Flink applications",
            Self::Transit => "In transit",
            Self::Messaging => "Topics and queues",
            Self::Watch => "Trails and alarms",
            Self::Network => "Network",
            Self::Escalation => "Escalation",
        }
    }
}

impl Severity {
    /// From the worst.
    pub const ALL: [Self; 5] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Info];

    /// In lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
