//! The answer, and what it rests on.

use std::fmt;

use super::{Layer, Policy};
use crate::document::Statement;
use crate::shown::shown;

/// Whether a request is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It is.
    Allowed,
    /// A statement denies it, and so nothing can allow it.
    ExplicitlyDenied,
    /// Something that would have to allow it does not.
    ImplicitlyDenied,
}

/// An outcome and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision<'p> {
    /// The outcome.
    pub outcome: Outcome,
    /// What decided: the statements that allow, one for each layer that had to; all statements that deny; or what was
    /// missing. Never empty.
    pub because: Vec<Reason<'p>>,
}

/// What a decision rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reason<'p> {
    /// A statement that applies.
    Statement(StatementRef<'p>),
    /// Something that would have had to allow, and did not.
    Missing(Missing),
    /// Allowed whatever the policies say, as `sts:GetCallerIdentity` is.
    NeedsNoPermission,
    /// The root user of the account needs no identity policy.
    RootUser,
}

/// A statement of a policy.
#[derive(Clone, Copy)]
pub struct StatementRef<'p> {
    /// What kind of policy it stands in.
    pub layer: Layer,
    /// The policy.
    pub policy: &'p Policy,
    /// Its place in the document, counted from 0.
    pub index: usize,
    /// The statement itself.
    pub statement: &'p Statement,
}

/// What did not allow a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// No statement of this layer allows it.
    Allow(Layer),
    /// The identity policies may allow it or not: the policy of the resource has to, for it is another account's, a
    /// role's trust policy, or a KMS key's policy.
    ResourceAllow,
    /// The caller has no identity policies, and the policy of the resource does not allow it.
    OnlyResourceCould,
    /// A device certificate reaches other services than AWS IoT only with the credentials of a role alias.
    RoleAlias,
    /// The resource is AWS's own, and nobody's policies let it be changed.
    AwsOwned,
}

impl StatementRef<'_> {
    /// Whether it is about an action, in lower case. Control policies of resources have no hold on one of KMS's:
    /// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>
    pub(crate) fn covers_action(&self, lower: &str) -> bool {
        self.statement.covers_action(lower) && !self.is_exempt(lower)
    }

    /// Whether an action is one that its layer has no hold on.
    pub(crate) fn is_exempt(&self, lower: &str) -> bool {
        lower == RETIRE_GRANT && self.has_exemption()
    }

    /// Whether it would be about an action that its layer has no hold on.
    pub(crate) fn has_exemption(&self) -> bool {
        matches!(self.layer, Layer::ResourceControl(_)) && self.statement.covers_action(RETIRE_GRANT)
    }
}

const RETIRE_GRANT: &str = "kms:retiregrant";

impl Missing {
    /// The layer that would have had to allow; None where nothing could.
    pub fn layer(self) -> Option<Layer> {
        match self {
            Self::Allow(layer) => Some(layer),
            Self::ResourceAllow | Self::OnlyResourceCould => Some(Layer::Resource),
            Self::RoleAlias | Self::AwsOwned => None,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// By policy and place: the statement itself would be long.
impl fmt::Debug for StatementRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl PartialEq for StatementRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        (self.layer, self.index) == (other.layer, other.index) && std::ptr::eq(self.policy, other.policy)
    }
}

impl fmt::Display for StatementRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.layer)?;
        if !self.policy.name.is_empty() {
            write!(f, " `{}`", shown(&self.policy.name))?;
        }
        write!(f, ", statement {}", self.index)?;
        match &self.statement.sid {
            Some(sid) if !sid.is_empty() => write!(f, " (`{}`)", shown(sid)),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Statement(statement) => {
                let does = match statement.statement.effect {
                    crate::document::Effect::Allow => "allows",
                    crate::document::Effect::Deny => "denies",
                };
                write!(f, "{statement} {does} it")
            }
            Self::Missing(missing) => missing.fmt(f),
            Self::NeedsNoPermission => f.write_str("the action needs no permission, and cannot be denied"),
            Self::RootUser => f.write_str("the root user of an account needs no identity policy"),
        }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Allow(layer) => write!(f, "no {layer} allows it"),
            Self::ResourceAllow => f.write_str("the resource's own policy has to allow it, and does not"),
            Self::OnlyResourceCould => f.write_str(
                "only the resource's policy could allow it to a caller without identity policies, and does not",
            ),
            Self::RoleAlias => f.write_str(
                "a device certificate reaches other services than AWS IoT only with the credentials of a role alias: ask as the session of its role",
            ),
            Self::AwsOwned => f.write_str("the resource is AWS's own, which no policy lets anyone change"),
        }
    }
}
