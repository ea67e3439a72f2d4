//! An IoT policy cannot be read.

use policy::{Document, Kind};

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::IotPolicy;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "unreadable-iot-policy",
    group: Group::Escalation,
    severity: Severity::Medium,
    title: "An IoT policy that is no policy by AWS's grammar",
    why: "Nothing can be said about what certificates with this policy may do, so no check judges it. A version that is \
          not in force now can be put in force with one call.",
    remedy: "Make a version that is right with `aws iot create-policy-version --policy-name <policy> --policy-document \
             file://policy.json --set-as-default`, and delete the other with `aws iot delete-policy-version`. If AWS \
             takes it as it is, tell us.",
    reference: "https://docs.aws.amazon.com/iot/latest/developerguide/iot-policies.html",
    frameworks: &[],
    judge: Judge::IotPolicy(judge),
};

fn judge(_world: &World<'_>, policy: &IotPolicy) -> Judged {
    let faults = policy.versions.get()?.iter().filter_map(|version| {
        let fault = Document::parse(Kind::Iot, version.policy_document.as_str()).err()?;
        let in_force = if version.is_default_version { ", which is in force," } else { "" };
        Some(format!("version {}{in_force} is no policy at {fault}", version.version_id))
    });
    let faults: Vec<String> = faults.collect();
    let Some(first) = faults.first() else { return Ok(None) };
    let problem = Problem::new(format!("IoT policy `{}` cannot be judged: {first}", policy.policy_name));
    Ok(Some(faults.iter().fold(problem, Problem::proven)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, iot_policy, problem};

    #[test]
    fn a_principal_does_not_belong_into_it() {
        let statement = json!({ "Effect": "Allow", "Principal": "*", "Action": "iot:Connect", "Resource": "*" });
        let problem = problem(&CHECK, json!({ "iotPolicies": { "items": [iot_policy(statement)] } }));
        let says = "IoT policy `camera` cannot be judged: version 1, which is in force, is no policy at `Statement[0]";
        assert!(problem.sentence.starts_with(says), "{problem:?}");
    }

    #[test]
    fn a_policy_that_allows_everything_is_a_policy() {
        let policy = iot_policy(json!({ "Effect": "Allow", "Action": "iot:*", "Resource": "*" }));
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
