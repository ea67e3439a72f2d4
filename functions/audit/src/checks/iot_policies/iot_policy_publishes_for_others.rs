//! An IoT policy lets a device publish on the topics of others.

use std::collections::BTreeSet;

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::device::{Device, Excess, few};
use crate::inventory::IotPolicy;
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "iot-policy-publishes-for-others",
    group: Group::IotPolicies,
    severity: Severity::High,
    title: "A device may publish on the topics of other devices",
    why: "What the device says on the topic of another camera, AWS IoT and every subscriber take for that camera's \
          word: it can change the other's shadow, answer its jobs, and report what never happened.",
    remedy: "Allow `iot:Publish` on topics that carry the thing's name, such as \
             `arn:aws:iot:*:*:topic/$aws/things/${iot:Connection.Thing.ThingName}/shadow/*`. Topics that all devices \
             share are named in full, without a wildcard.",
    reference: "https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-policy-permissive.html",
    frameworks: &["NIST.800-53.r5 AC-6"],
    judge: Judge::IotPolicy(judge),
};

/// Topics of AWS that belong to no device: rules by their names, and the provisioning of new devices.
const SHARED: &[&str] = &["$aws/rules/*", "$aws/certificates/*", "$aws/provisioning-templates/*"];

fn judge(world: &World<'_>, policy: &IotPolicy) -> Judged {
    let device = Device::of(world, policy)?;
    let beyond: Vec<Excess> = device.beyond_own(&["iot:Publish", "iot:RetainPublish"], "topic", SHARED)?;
    if beyond.is_empty() || !device.does_everything().is_empty() {
        return Ok(None);
    }
    let actions: BTreeSet<&str> = beyond.iter().map(|excess| excess.action.as_str()).collect();
    let actions = some(&actions.into_iter().collect::<Vec<_>>());
    let sentence = format!("IoT policy `{}` allows {actions} on topics of other devices", policy.policy_name);
    Ok(Some(Problem::new(sentence).with(few(beyond.into_iter().map(|excess| excess.proof)))))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, iot_policy, problem};

    fn publish(topics: &Value) -> Value {
        let policy = iot_policy(json!([
            { "Effect": "Allow", "Action": "iot:Connect",
              "Resource": "arn:aws:iot:*:*:client/${iot:Connection.Thing.ThingName}" },
            { "Effect": "Allow", "Action": "iot:Publish", "Resource": topics },
        ]));
        json!({ "iotPolicies": { "items": [policy] } })
    }

    #[test]
    fn the_shadows_of_all_things_are_not_its_own() {
        let problem =
            problem(&CHECK, publish(&json!("arn:aws:iot:us-east-1:123456789012:topic/$aws/things/*/shadow/update")));
        assert_eq!(problem.sentence, "IoT policy `camera` allows `iot:Publish` on topics of other devices");
        let request = problem.proofs[0].request.as_ref().unwrap();
        assert!(request["resource"].as_str().unwrap().ends_with("/shadow/update"), "{request}");
    }

    #[test]
    fn its_own_topics_and_a_fixed_one_are_fine() {
        fine(
            &CHECK,
            publish(&json!([
                "arn:aws:iot:us-east-1:123456789012:topic/$aws/things/${iot:Connection.Thing.ThingName}/shadow/*",
                "arn:aws:iot:us-east-1:123456789012:topic/fleet/telemetry",
            ])),
        );
    }

    #[test]
    fn a_client_id_is_its_own_only_when_it_cannot_choose() {
        let topic = json!("arn:aws:iot:us-east-1:123456789012:topic/${iot:ClientId}/status");
        let mut policy = publish(&topic);
        fine(&CHECK, policy.clone());
        let statement = "/iotPolicies/items/0/versions/0/policyDocument/Statement/0/Resource";
        *policy.pointer_mut(statement).unwrap() = json!("*");
        problem(&CHECK, policy);
    }

    #[test]
    fn without_its_versions_nothing_can_be_said() {
        let mut policy = iot_policy(json!([]));
        policy["versions"] = json!({ "couldNotCheck": denied("iot:GetPolicyVersion") });
        let cannot = cannot_judge(&CHECK, json!({ "iotPolicies": { "items": [policy] } }));
        assert_eq!(cannot.permission.as_deref(), Some("iot:GetPolicyVersion"));
    }
}
