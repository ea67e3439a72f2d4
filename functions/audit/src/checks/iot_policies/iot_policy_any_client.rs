//! An IoT policy lets a device connect under another name than its own.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::device::{Device, few};
use crate::inventory::IotPolicy;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "iot-policy-any-client",
    group: Group::IotPolicies,
    severity: Severity::High,
    title: "A device may connect under any client id",
    why: "A device chooses its client id. One that connects as another camera throws that camera off, and all that the \
          policy grants to `${iot:ClientId}` is then the other's.",
    remedy: "Allow `iot:Connect` on `arn:aws:iot:*:*:client/${iot:Connection.Thing.ThingName}` only, with the \
             condition `\"Bool\": { \"iot:Connection.Thing.IsAttached\": \"true\" }`.",
    reference: "https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-policy-permissive.html",
    frameworks: &["NIST.800-53.r5 AC-6", "NIST.800-53.r5 IA-3"],
    judge: Judge::IotPolicy(judge),
};

fn judge(world: &World<'_>, policy: &IotPolicy) -> Judged {
    let device = Device::of(world, policy)?;
    let names = device.other_names()?;
    if names.is_empty() || !device.does_everything().is_empty() {
        return Ok(None);
    }
    let name = &policy.policy_name;
    let sentence = format!("IoT policy `{name}` lets a device connect under a client id that is not its thing's name");
    Ok(Some(Problem::new(sentence).with(few(names.into_iter().map(|(_, proof)| proof)))))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, iot_policy, problem};

    fn connect(client: &str, condition: &Value) -> Value {
        let resource = format!("arn:aws:iot:us-east-1:123456789012:client/{client}");
        let policy = iot_policy(
            json!({ "Effect": "Allow", "Action": "iot:Connect", "Resource": resource, "Condition": condition }),
        );
        json!({ "iotPolicies": { "items": [policy] } })
    }

    #[test]
    fn its_client_id_is_what_it_says_it_is() {
        let problem = problem(&CHECK, connect("${iot:ClientId}", &json!({})));
        assert!(problem.sentence.starts_with("IoT policy `camera` lets a device connect"), "{problem:?}");
        let request = problem.proofs[0].request.as_ref().unwrap();
        let client = request["context"]["iot:ClientId"].as_str().unwrap();
        assert!(request["resource"].as_str().unwrap().ends_with(&format!(":client/{client}")), "{request}");
    }

    #[test]
    fn a_thing_that_is_attached_to_the_certificate_is_its_own() {
        fine(&CHECK, connect("${iot:ClientId}", &json!({ "Bool": { "iot:Connection.Thing.IsAttached": "true" } })));
        fine(&CHECK, connect("${iot:Connection.Thing.ThingName}", &json!({})));
    }

    #[test]
    fn without_its_versions_nothing_can_be_said() {
        let mut policy = iot_policy(json!([]));
        policy["versions"] = json!({ "couldNotCheck": denied("iot:GetPolicyVersion") });
        let cannot = cannot_judge(&CHECK, json!({ "iotPolicies": { "items": [policy] } }));
        assert_eq!(cannot.permission.as_deref(), Some("iot:GetPolicyVersion"));
    }
}
