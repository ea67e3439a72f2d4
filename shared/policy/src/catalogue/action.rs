//! An action.

use std::fmt;

use super::{ResourceType, service};

/// What an action lets do, as AWS groups them; the [catalogue](super) tells where it departs from AWS.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// Seeing that resources exist, but not what is in them. AWS counts `kinesisvideo:DescribeStream` here.
    List,
    /// Seeing what is in resources.
    Read,
    /// Creating, changing and deleting resources and what is in them.
    Write,
    /// Changing nothing but tags, which may decide on access as well.
    Tagging,
    /// Changing who may do what.
    Permissions,
}

/// AWS's word for it.
impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::List => "List",
            Self::Read => "Read",
            Self::Write => "Write",
            Self::Tagging => "Tagging",
            Self::Permissions => "Permissions management",
        })
    }
}

/// A resource type that an action takes, by its name in the action's service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The action always acts on one, so a policy that names resources has to cover it. AWS marks it with a `*`.
    Required(&'static str),
    /// The action acts on one in some of its uses, so a policy may cover it or not.
    Optional(&'static str),
}

impl Target {
    /// The name of the resource type, such as `stream`.
    pub const fn name(&self) -> &'static str {
        match *self {
            Self::Required(name) | Self::Optional(name) => name,
        }
    }
}

/// An action. Displayed as policies have it: `kinesisvideo:PutMedia`.
#[derive(Debug)]
pub struct Action {
    /// The prefix of its service, such as `kinesisvideo`.
    pub service: &'static str,
    /// Its name, such as `PutMedia`.
    pub name: &'static str,
    /// What it lets do.
    pub level: Level,
    /// The resource types that it takes, sorted by name.
    pub resources: &'static [Target],
    /// The condition keys that go with it besides those of its resource types, sorted. A part in `${}` stands for any
    /// text: `aws:RequestTag/${TagKey}`.
    pub conditions: &'static [&'static str],
}

impl Action {
    pub(super) const fn new(
        service: &'static str,
        name: &'static str,
        level: Level,
        resources: &'static [Target],
        conditions: &'static [&'static str],
    ) -> Self {
        Self { service, name, level, resources, conditions }
    }

    /// Whether it can be granted on particular resources. One that takes none is granted by `*` alone: a statement with
    /// any other resource does not grant it.
    pub const fn takes_resource(&self) -> bool {
        !self.resources.is_empty()
    }

    /// The resource types that it takes.
    pub fn resource_types(&self) -> impl Iterator<Item = &'static ResourceType> {
        let service = service(self.service);
        self.resources.iter().filter_map(move |target| service?.resource(target.name()))
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.service, self.name)
    }
}
