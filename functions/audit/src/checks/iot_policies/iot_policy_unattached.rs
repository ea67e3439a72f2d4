//! An IoT policy is attached to nothing.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::IotPolicy;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "iot-policy-unattached",
    group: Group::IotPolicies,
    severity: Severity::Info,
    title: "An IoT policy is attached to nothing",
    why: "It gives nobody anything now. It is one more policy to look through, and one that somebody may attach \
          without reading it.",
    remedy: "Delete it if no provisioning template names it: delete its other versions with `aws iot \
             delete-policy-version --policy-name <policy> --policy-version-id <version>`, then `aws iot delete-policy \
             --policy-name <policy>`.",
    reference: "https://docs.aws.amazon.com/iot/latest/developerguide/iot-policies.html",
    frameworks: &[],
    judge: Judge::IotPolicy(judge),
};

fn judge(_world: &World<'_>, policy: &IotPolicy) -> Judged {
    if !policy.targets.get()?.is_empty() {
        return Ok(None);
    }
    let sentence = format!("IoT policy `{}` is attached to nothing", policy.policy_name);
    Ok(Some(Problem::new(sentence).proven("targets: none")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, iot_policy, problem};

    #[test]
    fn a_policy_that_nobody_has_is_told() {
        let mut policy = iot_policy(json!([]));
        policy["targets"] = json!([]);
        let problem = problem(&CHECK, json!({ "iotPolicies": { "items": [policy] } }));
        assert_eq!(problem.sentence, "IoT policy `camera` is attached to nothing");
    }

    #[test]
    fn one_certificate_is_enough() {
        fine(&CHECK, json!({ "iotPolicies": { "items": [iot_policy(json!([]))] } }));
    }

    #[test]
    fn without_its_targets_nothing_can_be_said() {
        let mut policy = iot_policy(json!([]));
        policy["targets"] = json!({ "couldNotCheck": denied("iot:ListTargetsForPolicy") });
        let cannot = cannot_judge(&CHECK, json!({ "iotPolicies": { "items": [policy] } }));
        assert_eq!(cannot.permission.as_deref(), Some("iot:ListTargetsForPolicy"));
    }
}
