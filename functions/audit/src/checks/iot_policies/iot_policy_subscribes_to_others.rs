//! An IoT policy lets a device subscribe to the topics of others.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::device::{Device, Excess, few};
use crate::inventory::IotPolicy;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "iot-policy-subscribes-to-others",
    group: Group::IotPolicies,
    severity: Severity::High,
    title: "A device may subscribe to the topics of other devices",
    why: "The device hears what is meant for other cameras and what they report: shadows, jobs, commands. With a \
          filter such as `#` one stolen camera listens to the whole fleet.",
    remedy: "Allow `iot:Subscribe` on filters that carry the thing's name, such as \
             `arn:aws:iot:*:*:topicfilter/$aws/things/${iot:Connection.Thing.ThingName}/shadow/*`. Filters that all \
             devices share are named in full, without `*`, `+` and `#`.",
    reference: "https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-policy-permissive.html",
    frameworks: &["NIST.800-53.r5 AC-6"],
    judge: Judge::IotPolicy(judge),
};

/// Topics of AWS that belong to no device: the provisioning of new devices.
const SHARED: &[&str] = &["$aws/certificates/*", "$aws/provisioning-templates/*"];

fn judge(world: &World<'_>, policy: &IotPolicy) -> Judged {
    let device = Device::of(world, policy)?;
    let beyond: Vec<Excess> = device.beyond_own(&["iot:Subscribe"], "topicfilter", SHARED)?;
    if beyond.is_empty() || !device.does_everything().is_empty() {
        return Ok(None);
    }
    let sentence = format!("IoT policy `{}` lets a device subscribe to topics of other devices", policy.policy_name);
    Ok(Some(Problem::new(sentence).with(few(beyond.into_iter().map(|excess| excess.proof)))))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, iot_policy, problem};

    fn subscribe(filters: &Value) -> Value {
        let policy = iot_policy(json!([
            { "Effect": "Allow", "Action": "iot:Connect",
              "Resource": "arn:aws:iot:*:*:client/${iot:Connection.Thing.ThingName}" },
            { "Effect": "Allow", "Action": "iot:Subscribe", "Resource": filters },
        ]));
        json!({ "iotPolicies": { "items": [policy] } })
    }

    #[test]
    fn a_plus_stands_for_every_thing() {
        let problem = problem(
            &CHECK,
            subscribe(&json!("arn:aws:iot:us-east-1:123456789012:topicfilter/$aws/things/+/shadow/update")),
        );
        assert_eq!(problem.sentence, "IoT policy `camera` lets a device subscribe to topics of other devices");
        let request = problem.proofs[0].request.as_ref().unwrap();
        assert!(request["resource"].as_str().unwrap().ends_with("/+/shadow/update"), "{request}");
    }

    #[test]
    fn its_own_filters_may_have_wildcards() {
        fine(
            &CHECK,
            subscribe(&json!([
                "arn:aws:iot:us-east-1:123456789012:topicfilter/$aws/things/${iot:Connection.Thing.ThingName}/shadow/*",
                "arn:aws:iot:us-east-1:123456789012:topicfilter/${iot:Connection.Thing.ThingName}/#",
                "arn:aws:iot:us-east-1:123456789012:topicfilter/fleet/commands",
            ])),
        );
    }

    #[test]
    fn without_its_versions_nothing_can_be_said() {
        let mut policy = iot_policy(json!([]));
        policy["versions"] = json!({ "couldNotCheck": denied("iot:GetPolicyVersion") });
        let cannot = cannot_judge(&CHECK, json!({ "iotPolicies": { "items": [policy] } }));
        assert_eq!(cannot.permission.as_deref(), Some("iot:GetPolicyVersion"));
    }
}
