//! The kinds of policies that have a say.

use std::fmt;

/// Which of the policies of [`Policies`](super::Policies) one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Of the user, its groups, the role, or the certificate.
    Identity,
    /// Of the resource.
    Resource,
    /// A permissions boundary.
    Boundary,
    /// A session policy.
    Session,
    /// An SCP of the level with this number, counted from 0 at the root.
    ServiceControl(usize),
    /// An RCP of the level with this number, counted from 0 at the root.
    ResourceControl(usize),
    /// Of the VPC endpoint.
    Endpoint,
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Identity => f.write_str("identity policy"),
            Self::Resource => f.write_str("resource policy"),
            Self::Boundary => f.write_str("permissions boundary"),
            Self::Session => f.write_str("session policy"),
            Self::ServiceControl(level) => write!(f, "service control policy of level {level}"),
            Self::ResourceControl(level) => write!(f, "resource control policy of level {level}"),
            Self::Endpoint => f.write_str("endpoint policy"),
        }
    }
}
