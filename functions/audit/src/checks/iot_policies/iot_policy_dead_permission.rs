//! An IoT policy allows an action on resources that the action does not take.

use policy::{ActionPattern, Effect, Pattern, ResourcePattern, Syntax, catalogue};

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::device::Device;
use crate::inventory::IotPolicy;
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "iot-policy-dead-permission",
    group: Group::IotPolicies,
    severity: Severity::Low,
    title: "A permission of an IoT policy that does nothing",
    why: "Each action takes resources of its own kind: `iot:Connect` a client, `iot:AssumeRoleWithCertificate` a role \
          alias, `iot:Subscribe` a topic filter. On another kind it allows nothing, and what was meant is missing.",
    remedy: "Allow `iot:Connect` on `client/…`, `iot:Publish` and `iot:Receive` on `topic/…`, `iot:Subscribe` on \
             `topicfilter/…`, and `iot:AssumeRoleWithCertificate` on `rolealias/…`, each in a statement of its own. \
             Video belongs into the policy of the role behind the role alias.",
    reference: "https://docs.aws.amazon.com/iot/latest/developerguide/iot-action-resources.html",
    frameworks: &[],
    judge: Judge::IotPolicy(judge),
};

fn judge(world: &World<'_>, policy: &IotPolicy) -> Judged {
    let device = Device::of(world, policy)?;
    let (mut dead, mut proofs) = (Vec::new(), Vec::new());
    for at in device.statements().filter(|at| at.statement.effect == Effect::Allow && !at.statement.actions.negated) {
        let Some(resources) = at.statement.resources.as_ref().filter(|resources| !resources.negated) else { continue };
        for action in
            at.statement.actions.patterns.iter().filter(|action| does_nothing(&device, action, &resources.patterns))
        {
            let on: Vec<&str> = resources.patterns.iter().map(ResourcePattern::as_str).collect();
            proofs.push(format!("{} on {} ({at})", action.as_str(), on.join(", ")));
            dead.push(action.as_str());
        }
    }
    if dead.is_empty() {
        return Ok(None);
    }
    let sentence = format!("IoT policy `{}` has permissions that do nothing: {}", policy.policy_name, some(&dead));
    Ok(Some(proofs.into_iter().take(5).fold(Problem::new(sentence), Problem::proven)))
}

/// Whether none of the actions that a pattern stands for is one of AWS IoT's that takes one of the resources. Of
/// actions that nobody knows nothing is said.
fn does_nothing(device: &Device, pattern: &ActionPattern, resources: &[ResourcePattern]) -> bool {
    let all = catalogue::services().iter().flat_map(|service| service.actions);
    let mut actions = all.filter(|action| pattern.matches(&action.to_string())).peekable();
    actions.peek().is_some() && !actions.any(|action| takes(device, action, resources))
}

fn takes(device: &Device, action: &catalogue::Action, resources: &[ResourcePattern]) -> bool {
    // A certificate signs no requests to other services.
    if !["iot", "iotjobsdata"].contains(&action.service) {
        return false;
    }
    // Of this account and region: a wildcard in their place would reach over into the resource's name.
    let kinds = action.resource_types().filter_map(|kind| Some(device.arn(kind.pattern().splitn(6, ':').nth(5)?)));
    let shapes = kinds.filter_map(|kind| Pattern::parse(&kind, Syntax::WILDCARDS).ok());
    let mut shapes = shapes.chain((!action.takes_resource()).then(|| Pattern::literal("*")));
    shapes.any(|shape| resources.iter().any(|resource| resource.pattern().widened().overlaps(&shape)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, iot_policy, problem};

    fn allow(action: &Value, resource: &str) -> Value {
        let resource = format!("arn:aws:iot:us-east-1:123456789012:{resource}");
        let policy = iot_policy(json!({ "Effect": "Allow", "Action": action, "Resource": resource }));
        json!({ "iotPolicies": { "items": [policy] } })
    }

    #[test]
    fn nobody_connects_to_a_role_alias() {
        let problem = problem(&CHECK, allow(&json!("iot:Connect"), "rolealias/camera"));
        assert_eq!(problem.sentence, "IoT policy `camera` has permissions that do nothing: `iot:Connect`");
    }

    #[test]
    fn each_action_on_its_kind_is_fine() {
        fine(&CHECK, allow(&json!("iot:AssumeRoleWithCertificate"), "rolealias/camera"));
        fine(&CHECK, allow(&json!(["iot:Connect", "iot:Publish"]), "*/${iot:ClientId}"));
    }

    #[test]
    fn without_its_versions_nothing_can_be_said() {
        let mut policy = iot_policy(json!([]));
        policy["versions"] = json!({ "couldNotCheck": denied("iot:GetPolicyVersion") });
        let cannot = cannot_judge(&CHECK, json!({ "iotPolicies": { "items": [policy] } }));
        assert_eq!(cannot.permission.as_deref(), Some("iot:GetPolicyVersion"));
    }
}
