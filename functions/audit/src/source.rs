//! What a sweep reads, in its order.

use serde::{Deserialize, Serialize};

/// A kind of thing that is read page by page. The order is that of the sweep: what much depends on comes first, what is
/// read in shares comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// IAM's roles, users, groups and managed policies in use.
    Authorization,
    /// Access keys, by the credential report.
    AccessKeys,
    /// Role aliases, with their roles' longest session.
    RoleAliases,
    /// IoT policies with their versions and targets.
    IotPolicies,
    /// CA certificates.
    CaCertificates,
    /// Domain configurations.
    DomainConfigurations,
    /// Video streams.
    Streams,
    /// Signaling channels.
    Channels,
    /// Data streams.
    DataStreams,
    /// Firehose streams.
    DeliveryStreams,
    /// Flink applications.
    FlinkApplications,
    /// Topics in scope.
    Topics,
    /// Queues in scope.
    Queues,
    /// Trails.
    Trails,
    /// Alarms on video.
    Alarms,
    /// kvs-warden's own parts.
    OwnParts,
    /// Interface endpoints.
    Endpoints,
    /// What CloudTrail recorded in the last day.
    RecordedEvents,
    /// The keys that streams, topics and queues name.
    Keys,
    /// The tags of video streams.
    StreamTags,
    /// Things.
    Things,
    /// Device certificates.
    Certificates,
    /// A share of the certificates, one by one.
    CertificateDetails,
    /// The targets of a share of the streams.
    StreamTargets,
}

impl Source {
    /// All, in the order of the sweep.
    pub const ALL: [Self; 24] = [
        Self::Authorization,
        Self::AccessKeys,
        Self::RoleAliases,
        Self::IotPolicies,
        Self::CaCertificates,
        Self::DomainConfigurations,
        Self::Streams,
        Self::Channels,
        Self::DataStreams,
        Self::DeliveryStreams,
        Self::FlinkApplications,
        Self::Topics,
        Self::Queues,
        Self::Trails,
        Self::Alarms,
        Self::OwnParts,
        Self::Endpoints,
        Self::RecordedEvents,
        Self::Keys,
        Self::StreamTags,
        Self::Things,
        Self::Certificates,
        Self::CertificateDetails,
        Self::StreamTargets,
    ];

    /// The one after this.
    pub fn next(self) -> Option<Self> {
        Self::ALL.into_iter().find(|source| *source > self)
    }
}
