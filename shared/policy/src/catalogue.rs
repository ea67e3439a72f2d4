//! AWS's actions: their access levels, the resource types and the condition keys that they take.
//!
//! The data is AWS's service authorization reference of the services that a camera's policies and their neighbours
//! speak of, and the actions of AWS IoT policies that it lacks. `cargo xtask catalogue` makes it; the head of
//! `table.rs` tells from what, and `xtask/src/catalogue/scope.rs` chooses.
//!
//! The access levels are AWS's, except where the package that the reference is taken from corrects them. Most of what
//! changes something in IAM (`iam:PassRole`, `iam:CreateUser`) is a write in AWS's pages and permissions management
//! here. So is creating an SNS topic or an SQS queue, or setting its attributes, since its policy is one of them.
//!
//! It is deliberately no list of all services: of a service that is unknown here nothing can be said. An action that is
//! unknown in a [complete](Service::complete) service does not exist, or is newer than the data. Left out are the
//! global condition keys (`aws:SourceIp`), the variables of AWS IoT policies (`iot:Connection.Thing.ThingName`), what a
//! call needs besides (AWS's "dependent actions"), and which of its keys an action takes on which of its resource
//! types.
//!
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>

mod action;
mod condition_key;
mod resource_type;
// One entry a line, as it was made.
#[rustfmt::skip]
mod table;

use std::cmp::Ordering;
use std::sync::LazyLock;

use crate::document::ActionPattern;
use crate::pattern::{Pattern, Piece, Syntax};

pub use action::{Action, Level, Target};
pub use condition_key::{ConditionKey, KeyType};
pub use resource_type::ResourceType;

/// A service. Its lists are sorted by name, without regard to ASCII case.
#[derive(Debug)]
pub struct Service {
    /// What stands before the colon of its actions, such as `kinesisvideo`.
    pub prefix: &'static str,
    /// Its name, such as `Amazon Kinesis Video Streams`.
    pub name: &'static str,
    /// Whether all its actions are here. Of one that is not complete, only the actions, resource types and condition
    /// keys that matter to a camera are; an action that is unknown may well exist.
    pub complete: bool,
    /// Its actions.
    pub actions: &'static [Action],
    /// The resource types that its actions take. Some are of other services: `sts:AssumeRole` takes IAM's `role`.
    pub resources: &'static [ResourceType],
    /// The condition keys that its actions and resource types name, other than global ones that all requests have.
    pub conditions: &'static [ConditionKey],
}

impl Service {
    /// The action with this name, such as `PutMedia`, in any ASCII case.
    pub fn action(&self, name: &str) -> Option<&'static Action> {
        find(self.actions, name, |action| action.name)
    }

    /// The actions that any of the patterns matches, sorted by name.
    pub fn matching(&self, patterns: &[ActionPattern]) -> impl Iterator<Item = &'static Action> {
        let lower = find(in_lower_case(), self.prefix, |service| service.prefix);
        let lower = lower.map(|service| service.actions.as_slice()).unwrap_or_default().iter();
        let matched = |lower: &LowerAction| patterns.iter().any(|pattern| pattern.matches_lower(&lower.lower));
        self.actions.iter().zip(lower).filter(move |(_, lower)| matched(lower)).map(|(action, _)| action)
    }

    /// The resource type with this name, such as `stream`, in any ASCII case.
    pub fn resource(&self, name: &str) -> Option<&'static ResourceType> {
        find(self.resources, name, |resource| resource.name)
    }
}

/// Every service, sorted by prefix.
pub fn services() -> &'static [Service] {
    table::SERVICES
}

/// The service with this prefix, such as `kinesisvideo`, in any ASCII case.
pub fn service(prefix: &str) -> Option<&'static Service> {
    find(table::SERVICES, prefix, |service| service.prefix)
}

/// The action with this name, such as `kinesisvideo:PutMedia`, in any ASCII case, since IAM takes it so. A name with
/// wildcards is that of no action.
pub fn action(name: &str) -> Option<&'static Action> {
    let (prefix, name) = name.split_once(':')?;
    service(prefix)?.action(name)
}

/// A service as policies are compared with it: in lower case.
#[derive(Debug)]
pub(crate) struct Lower {
    prefix: &'static str,
    /// Whether all its actions are here.
    pub(crate) complete: bool,
    /// The pattern of everything that it could have: `kinesisvideo:*`.
    pub(crate) all: Pattern,
    /// Its actions, sorted by name.
    pub(crate) actions: Vec<LowerAction>,
}

/// An action as policies are compared with it.
#[derive(Debug)]
pub(crate) struct LowerAction {
    /// With its service, in lower case: `kinesisvideo:putmedia`.
    pub(crate) lower: String,
    /// As AWS spells it.
    pub(crate) spelt: String,
    shapes: Vec<Pattern>,
}

impl Lower {
    fn of(service: &'static Service) -> Self {
        let actions = service.actions.iter().map(|action| {
            let spelt = action.to_string();
            let kinds = action.resource_types().map(|kind| Pattern::parse(&kind.pattern(), Syntax::WILDCARDS));
            let shapes = if action.takes_resource() { kinds.flatten().collect() } else { vec![Pattern::literal("*")] };
            LowerAction { lower: spelt.to_ascii_lowercase(), spelt, shapes }
        });
        let prefix = Piece::Text(format!("{}:", service.prefix).into());
        let all = Pattern::from_pieces([prefix, Piece::Any]);
        Self { prefix: service.prefix, complete: service.complete, all, actions: actions.collect() }
    }

    /// Whether a pattern of actions may match one of the service. A no is certain.
    pub(crate) fn may_have(&self, pattern: &Pattern) -> bool {
        !pattern.ends_differ(&self.all)
    }
}

/// Every service, sorted by prefix.
pub(crate) fn in_lower_case() -> &'static [Lower] {
    static ALL: LazyLock<Vec<Lower>> = LazyLock::new(|| table::SERVICES.iter().map(Lower::of).collect());
    &ALL
}

/// The same as [`action`] as policies are compared with it.
pub(crate) fn lower_action(name: &str) -> Option<&'static LowerAction> {
    let (prefix, _) = name.split_once(':')?;
    let service = find(in_lower_case(), prefix, |service| service.prefix)?;
    find(&service.actions, name, |action| &action.lower)
}

/// Patterns that every resource of an action matches one of: those of its resource types, `*` alone for an action that
/// takes none, and everything for an action that is not known.
pub(crate) fn shapes(name: &str) -> &'static [Pattern] {
    static ANY: LazyLock<[Pattern; 1]> = LazyLock::new(|| [Pattern::any()]);
    lower_action(name).map_or(&*ANY, |action| &action.shapes)
}

/// The service that a pattern of actions names, when it is complete here and has no action that the pattern matches: AWS
/// has no such action, or has it since the data was made.
pub fn lacking(pattern: &ActionPattern) -> Option<&'static Service> {
    let service = service(pattern.as_str().split_once(':')?.0).filter(|service| service.complete)?;
    let matched = service.matching(std::slice::from_ref(pattern)).next().is_some();
    (!matched).then_some(service)
}

/// Whether an action is one that takes no resource: it can be granted on `*` only.
pub fn takes_none(name: &str) -> bool {
    action(name).is_some_and(|action| !action.takes_resource())
}

fn find<'t, T>(sorted: &'t [T], name: &str, of: impl Fn(&T) -> &str) -> Option<&'t T> {
    let place = sorted.binary_search_by(|entry| order(of(entry), name)).ok()?;
    sorted.get(place)
}

/// The order of the table.
fn order(one: &str, other: &str) -> Ordering {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    one.bytes().map(lower).cmp(other.bytes().map(lower))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(name: &str) -> &'static Action {
        action(name).unwrap_or_else(|| panic!("{name} is unknown"))
    }

    fn is_sorted<'a>(names: impl IntoIterator<Item = &'a str>) -> bool {
        names.into_iter().is_sorted_by(|one, other| order(one, other) == Ordering::Less)
    }

    #[test]
    fn names_are_found_in_any_case() {
        for name in ["kinesisvideo:PutMedia", "KINESISVIDEO:PUTMEDIA", "KinesisVideo:putmedia"] {
            assert_eq!(known(name).to_string(), "kinesisvideo:PutMedia");
        }
        assert_eq!(service("IoT").unwrap().name, "AWS IoT");
        assert_eq!(service("iot").unwrap().resource("RoleAlias").unwrap().name, "rolealias");
    }

    #[test]
    fn what_does_not_exist_is_not_found() {
        for name in
            ["kinesisvideo:GetStreamingEndpoint", "kinesisvideo:Put*", "*", "", ":", "PutMedia", "video:PutMedia"]
        {
            assert!(action(name).is_none(), "{name}");
        }
        assert!(service("video").is_none());
    }

    #[test]
    fn every_list_is_sorted_and_has_each_name_once() {
        assert!(is_sorted(services().iter().map(|service| service.prefix)));
        for service in services() {
            let prefix = service.prefix;
            assert!(is_sorted(service.actions.iter().map(|action| action.name)), "actions of {prefix}");
            assert!(is_sorted(service.resources.iter().map(|resource| resource.name)), "resources of {prefix}");
            assert!(is_sorted(service.conditions.iter().map(|key| key.name)), "conditions of {prefix}");
            for action in service.actions {
                assert!(is_sorted(action.resources.iter().map(Target::name)), "resources of {action}");
                assert!(is_sorted(action.conditions.iter().copied()), "conditions of {action}");
            }
        }
    }

    #[test]
    fn what_actions_name_exists_in_their_service() {
        for service in services() {
            let is_key = |name: &&str| service.conditions.iter().any(|key| key.name == *name);
            for resource in service.resources {
                assert!(resource.conditions.iter().all(is_key), "{} of {}", resource.name, service.prefix);
            }
            for action in service.actions {
                assert_eq!(action.service, service.prefix);
                assert_eq!(action.resource_types().count(), action.resources.len(), "{action}");
                assert!(action.conditions.iter().all(is_key), "{action}");
            }
        }
    }

    #[test]
    fn levels_are_those_of_the_reference() {
        for (name, level) in [
            ("kinesisvideo:PutMedia", Level::Write),
            ("kinesisvideo:GetMedia", Level::Read),
            ("kinesisvideo:ListStreams", Level::List),
            ("kinesisvideo:TagStream", Level::Tagging),
            ("iam:PutRolePolicy", Level::Permissions),
            // Writes in AWS's pages.
            ("iam:PassRole", Level::Permissions),
            ("sqs:SetQueueAttributes", Level::Permissions),
        ] {
            assert_eq!(known(name).level, level, "{name}");
        }
    }

    #[test]
    fn actions_take_the_resources_of_the_reference() {
        assert_eq!(known("kinesisvideo:PutMedia").resources, [Target::Required("stream")]);
        assert_eq!(
            known("kinesisvideo:TagResource").resources,
            [Target::Optional("channel"), Target::Optional("stream")]
        );
        for name in ["ListStreams", "ListSignalingChannels", "ListEdgeAgentConfigurations"] {
            assert!(!known(&format!("kinesisvideo:{name}")).takes_resource(), "{name}");
        }
        // A role is IAM's wherever it is taken.
        let role = known("sts:AssumeRole").resource_types().next().unwrap();
        assert_eq!(role.pattern(), "arn:*:iam::*:role/*");
    }

    #[test]
    fn what_devices_do_is_there() {
        for (name, resource) in [
            ("iot:Connect", "client"),
            ("iot:Publish", "topic"),
            ("iot:Receive", "topic"),
            ("iot:RetainPublish", "topic"),
            ("iot:Subscribe", "topicfilter"),
            ("iot:AssumeRoleWithCertificate", "rolealias"),
            ("iot:GetThingShadow", "thing"),
            ("iot:UpdateThingShadow", "thing"),
            ("iot:DeleteThingShadow", "thing"),
            ("iot:DescribeJobExecution", "thing"),
            ("iot:GetPendingJobExecutions", "thing"),
            ("iot:StartNextPendingJobExecution", "thing"),
            ("iot:UpdateJobExecution", "thing"),
            ("iotjobsdata:DescribeJobExecution", "thing"),
            ("iotjobsdata:GetPendingJobExecutions", "thing"),
            ("iotjobsdata:StartNextPendingJobExecution", "thing"),
            ("iotjobsdata:UpdateJobExecution", "thing"),
        ] {
            let takes = |target: &Target| target.name() == resource;
            assert!(known(name).resources.iter().any(takes), "{name} takes {resource}");
        }
    }

    #[test]
    fn only_ec2_is_incomplete() {
        let incomplete: Vec<_> =
            services().iter().filter(|service| !service.complete).map(|service| service.prefix).collect();
        assert_eq!(incomplete, ["ec2"]);
        assert_eq!(known("ec2:CreateVpcEndpoint").level, Level::Write);
        assert!(action("ec2:RunInstances").is_none());
    }
}
