//! An IoT policy allows something on everything.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::device::{Device, few};
use crate::inventory::IotPolicy;
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "iot-policy-any-resource",
    group: Group::IotPolicies,
    severity: Severity::High,
    title: "An IoT policy allows an action on every resource",
    why: "A camera that may do something on every client, topic or thing does it on those of all other cameras. \
          Whoever opens one camera holds the fleet.",
    remedy: "Name the resources by the thing, such as `arn:aws:iot:*:*:topic/${iot:Connection.Thing.ThingName}/*`, and \
             make that the policy's version in force: `aws iot create-policy-version --policy-name <policy> \
             --policy-document file://policy.json --set-as-default`.",
    reference: "https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-policy-permissive.html",
    frameworks: &["NIST.800-53.r5 AC-6"],
    judge: Judge::IotPolicy(judge),
};

/// What a policy for one device restricts. To receive, a device has to be subscribed; role aliases have a check of
/// their own.
const ACTIONS: &[(&str, &str)] = &[
    ("iot:Connect", "client"),
    ("iot:Publish", "topic"),
    ("iot:RetainPublish", "topic"),
    ("iot:GetRetainedMessage", "topic"),
    ("iot:Subscribe", "topicfilter"),
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
];

fn judge(world: &World<'_>, policy: &IotPolicy) -> Judged {
    let device = Device::of(world, policy)?;
    let everywhere = ACTIONS.iter().filter_map(|(action, kind)| Some((*action, device.everywhere(action, kind)?)));
    let (actions, proofs): (Vec<&str>, Vec<_>) = everywhere.unzip();
    if actions.is_empty() || !device.does_everything().is_empty() {
        return Ok(None);
    }
    let sentence = format!("IoT policy `{}` allows on every resource: {}", policy.policy_name, some(&actions));
    Ok(Some(Problem::new(sentence).with(few(proofs))))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, iot_policy, problem};

    #[test]
    fn to_publish_on_everything_is_too_much() {
        let policy = iot_policy(json!({ "Effect": "Allow", "Action": "iot:Publish", "Resource": "*" }));
        let problem = problem(&CHECK, json!({ "iotPolicies": { "items": [policy] } }));
        assert_eq!(problem.sentence, "IoT policy `camera` allows on every resource: `iot:Publish`");
        let request = problem.proofs[0].request.as_ref().unwrap();
        assert_eq!(request["resource"], "arn:aws:iot:us-east-1:123456789012:topic/any");
    }

    #[test]
    fn to_receive_everything_is_bounded_by_what_it_is_subscribed_to() {
        let policy = iot_policy(json!({ "Effect": "Allow", "Action": "iot:Receive", "Resource": "*" }));
        fine(&CHECK, json!({ "iotPolicies": { "items": [policy] } }));
    }

    #[test]
    fn without_its_versions_nothing_can_be_said() {
        let mut policy = iot_policy(json!([]));
        policy["versions"] = json!({ "couldNotCheck": denied("iot:GetPolicyVersion") });
        let cannot = cannot_judge(&CHECK, json!({ "iotPolicies": { "items": [policy] } }));
        assert_eq!(cannot.permission.as_deref(), Some("iot:GetPolicyVersion"));
    }
}
