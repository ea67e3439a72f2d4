//! An IoT policy allows everything that a device can do, on everything.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::device::{Device, few};
use crate::inventory::IotPolicy;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "iot-policy-any-action",
    group: Group::IotPolicies,
    severity: Severity::Critical,
    title: "An IoT policy allows every action on every resource",
    why: "Whoever opens one camera may connect as any other, speak for it, read and change its shadow, and get the \
          credentials of every role alias. Other checks on what IoT policies allow are silent about such a policy.",
    remedy: "Allow by name what a camera needs: `iot:Connect` on `client/${iot:Connection.Thing.ThingName}` if \
             `iot:Connection.Thing.IsAttached` is `true`, and `iot:AssumeRoleWithCertificate` on its one role alias.",
    reference: "https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-policy-permissive.html",
    frameworks: &["NIST.800-53.r5 AC-6"],
    judge: Judge::IotPolicy(judge),
};

fn judge(world: &World<'_>, policy: &IotPolicy) -> Judged {
    let proofs = Device::of(world, policy)?.does_everything();
    if proofs.is_empty() {
        return Ok(None);
    }
    let sentence = format!("IoT policy `{}` allows a device everything, on everything", policy.policy_name);
    Ok(Some(Problem::new(sentence).with(few(proofs))))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, iot_policy, problem};

    #[test]
    fn a_star_is_everything() {
        let policy = iot_policy(json!({ "Effect": "Allow", "Action": "iot:*", "Resource": "*" }));
        let problem = problem(&CHECK, json!({ "iotPolicies": { "items": [policy] } }));
        assert_eq!(problem.sentence, "IoT policy `camera` allows a device everything, on everything");
        let [proof] = problem.proofs.as_slice() else { panic!("{problem:?}") };
        assert_eq!(proof.because, "iot:* on * (by identity policy `camera, version 1`, statement 0)");
        assert_eq!(proof.request.as_ref().unwrap()["action"], "iot:Connect");
    }

    #[test]
    fn every_action_on_what_is_its_own_is_not_everything() {
        let own = "arn:aws:iot:us-east-1:123456789012:*/${iot:Connection.Thing.ThingName}";
        let policy = iot_policy(json!({ "Effect": "Allow", "Action": "iot:*", "Resource": own }));
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
