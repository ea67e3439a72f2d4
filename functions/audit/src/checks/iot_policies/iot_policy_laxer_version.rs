//! A version of an IoT policy that is not in force allows what the one in force does not.

use policy::{Allowance, Document, Effect, Policy};

use crate::check::{CannotJudge, Check, Group, Judge, Judged, Problem, Proof, Severity};
use crate::device::{Device, because, few};
use crate::identity::request;
use crate::inventory::IotPolicy;
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "iot-policy-laxer-version",
    group: Group::IotPolicies,
    severity: Severity::Medium,
    title: "An old version of an IoT policy allows more",
    why: "One call of `iot:SetDefaultPolicyVersion` brings it back for every device that has the policy, without \
          anybody writing a policy.",
    remedy: "Delete the versions that are not in force: `aws iot delete-policy-version --policy-name <policy> \
             --policy-version-id <version>`.",
    reference: "https://docs.aws.amazon.com/iot/latest/developerguide/iot-policies.html",
    frameworks: &["NIST.800-53.r5 AC-6"],
    judge: Judge::IotPolicy(judge),
};

fn judge(world: &World<'_>, policy: &IotPolicy) -> Judged {
    let in_force = Device::of(world, policy)?;
    let (mut laxer, mut proofs, mut unknown) = (Vec::new(), Vec::new(), None);
    for version in policy.versions.get()?.iter().filter(|version| !version.is_default_version) {
        match Device::of_version(world, policy, version).and_then(|other| beyond(&other, &in_force)) {
            Ok(beyond) if beyond.is_empty() => {}
            Ok(beyond) => {
                laxer.push(version.version_id.as_str());
                proofs.extend(beyond);
            }
            Err(cannot) => unknown = Some(cannot),
        }
    }
    match (laxer.as_slice(), unknown) {
        ([], Some(cannot)) => Err(cannot),
        ([], None) => Ok(None),
        (versions, _) => {
            let name = &policy.policy_name;
            let sentence =
                format!("IoT policy `{name}` has versions that allow more than the one in force: {}", some(versions));
            Ok(Some(Problem::new(sentence).with(few(proofs))))
        }
    }
}

/// Requests that one version allows and the one in force does not.
fn beyond(other: &Device, in_force: &Device) -> Result<Vec<Proof>, CannotJudge> {
    let (Some(policy), Some(default)) = (other.policy(), in_force.policy()) else { return Ok(Vec::new()) };
    let everything = Allowance::about(&["iot:*", "iotjobsdata:*"]);
    let nothing = everything.map_err(|fault| CannotJudge::new(fault.to_string()))?;
    // What the one in force does not allow, and what it denies.
    let differences = [
        other.with(vec![policy.clone(), turned(default, Effect::Allow)], Vec::new()),
        other.with(vec![policy.clone()], vec![turned(default, Effect::Deny)]),
    ];
    let mut proofs = Vec::new();
    for difference in &differences {
        for known in std::iter::once(Device::itself()).chain(other.strangers()) {
            for excess in difference.reach(&known).beyond(&nothing) {
                let Some(witness) = excess.witness() else { continue };
                if other.allows(&witness.request) && !in_force.allows(&witness.request) {
                    let allow = excess.grant.allow().map_or_else(|| because(excess.grant), ToString::to_string);
                    proofs.push(Proof { because: allow, request: Some(request(&witness.request)) });
                }
            }
        }
    }
    Ok(proofs)
}

/// The statements of one effect with the other.
fn turned(policy: &Policy, from: Effect) -> Policy {
    let to = if from == Effect::Allow { Effect::Deny } else { Effect::Allow };
    let statements = policy.document.statements.iter().filter(|statement| statement.effect == from).cloned();
    let statements = statements.map(|statement| policy::Statement { effect: to, ..statement }).collect();
    Policy { name: policy.name.clone(), document: Document { statements, ..policy.document.clone() } }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, document, fine, iot_policy, problem};

    fn inventory(default: Value, other: Value) -> Value {
        let mut policy = iot_policy(default);
        let other = json!({ "versionId": "2", "isDefaultVersion": false, "policyDocument": document(other) });
        policy["versions"].as_array_mut().unwrap().push(other);
        json!({ "iotPolicies": { "items": [policy] } })
    }

    fn publish(topic: &str) -> Value {
        let topic = format!("arn:aws:iot:us-east-1:123456789012:topic/{topic}");
        json!({ "Effect": "Allow", "Action": "iot:Publish", "Resource": topic })
    }

    #[test]
    fn an_old_version_with_a_wildcard_is_told() {
        let problem = problem(&CHECK, inventory(publish("${iot:Connection.Thing.ThingName}"), publish("*")));
        assert_eq!(problem.sentence, "IoT policy `camera` has versions that allow more than the one in force: `2`");
        assert!(problem.proofs[0].because.contains("version 2"), "{problem:?}");
        assert!(problem.proofs[0].request.is_some());
    }

    #[test]
    fn an_old_version_that_allows_less_is_left_alone() {
        fine(&CHECK, inventory(publish("*"), publish("${iot:Connection.Thing.ThingName}")));
    }

    #[test]
    fn what_only_the_newer_version_denies_is_found() {
        let deny = json!([publish("*"),
            { "Effect": "Deny", "Action": "iot:Publish", "Resource": "arn:aws:iot:*:*:topic/admin/*" }]);
        problem(&CHECK, inventory(deny, publish("*")));
    }

    #[test]
    fn an_old_version_that_is_no_policy_cannot_be_judged() {
        let cannot = cannot_judge(&CHECK, inventory(publish("*"), json!({ "Effect": "Maybe" })));
        assert!(cannot.because.starts_with("version 2 cannot be read"), "{cannot:?}");
    }
}
