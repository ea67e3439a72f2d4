//! An IoT policy lets a device read or change the shadows and jobs of others.

use std::collections::BTreeSet;

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::device::{Device, Excess, few};
use crate::inventory::IotPolicy;
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "iot-policy-shadows-of-others",
    group: Group::IotPolicies,
    severity: Severity::High,
    title: "A device may read or change the shadows and jobs of others",
    why: "A shadow tells a camera what it is to be, and a job what it is to run. A device that reaches those of other \
          things reads their settings, changes them, or takes their jobs.",
    remedy: "Allow shadow and job actions on `arn:aws:iot:*:*:thing/${iot:Connection.Thing.ThingName}`, or on things \
             that are named in full.",
    reference: "https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-policy-permissive.html",
    frameworks: &["NIST.800-53.r5 AC-6"],
    judge: Judge::IotPolicy(judge),
};

/// Those of Device Defender. To list the names of shadows can be allowed on `*` only.
const ACTIONS: &[&str] = &[
    "iot:DeleteThingShadow",
    "iot:GetThingShadow",
    "iot:UpdateThingShadow",
    "iot:DescribeJobExecution",
    "iot:GetPendingJobExecutions",
    "iot:StartNextPendingJobExecution",
    "iot:UpdateJobExecution",
    "iotjobsdata:DescribeJobExecution",
    "iotjobsdata:GetPendingJobExecutions",
    "iotjobsdata:StartNextPendingJobExecution",
    "iotjobsdata:UpdateJobExecution",
];

fn judge(world: &World<'_>, policy: &IotPolicy) -> Judged {
    let device = Device::of(world, policy)?;
    let beyond: Vec<Excess> = device.beyond_own(ACTIONS, "thing", &[])?;
    if beyond.is_empty() || !device.does_everything().is_empty() {
        return Ok(None);
    }
    let actions: BTreeSet<&str> = beyond.iter().map(|excess| excess.action.as_str()).collect();
    let actions = some(&actions.into_iter().collect::<Vec<_>>());
    let sentence = format!("IoT policy `{}` allows {actions} on other things", policy.policy_name);
    Ok(Some(Problem::new(sentence).with(few(beyond.into_iter().map(|excess| excess.proof)))))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, iot_policy, problem};

    fn shadow(thing: &str) -> Value {
        let thing = format!("arn:aws:iot:us-east-1:123456789012:thing/{thing}");
        let policy = iot_policy(json!({ "Effect": "Allow", "Action": "iot:GetThingShadow", "Resource": thing }));
        json!({ "iotPolicies": { "items": [policy] } })
    }

    #[test]
    fn the_shadows_of_all_things_are_too_many() {
        let problem = problem(&CHECK, shadow("*"));
        assert_eq!(problem.sentence, "IoT policy `camera` allows `iot:GetThingShadow` on other things");
        assert!(problem.proofs[0].request.is_some());
    }

    #[test]
    fn its_own_shadow_and_a_named_one_are_fine() {
        fine(&CHECK, shadow("${iot:Connection.Thing.ThingName}"));
        fine(&CHECK, shadow("gate-north"));
    }

    #[test]
    fn without_its_versions_nothing_can_be_said() {
        let mut policy = iot_policy(json!([]));
        policy["versions"] = json!({ "couldNotCheck": denied("iot:GetPolicyVersion") });
        let cannot = cannot_judge(&CHECK, json!({ "iotPolicies": { "items": [policy] } }));
        assert_eq!(cannot.permission.as_deref(), Some("iot:GetPolicyVersion"));
    }
}
