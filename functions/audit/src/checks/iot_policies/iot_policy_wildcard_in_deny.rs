//! A Deny of an IoT policy that a device gets round with the wildcards of MQTT.

use policy::{Effect, Known, StatementRef};

use crate::check::{Check, Group, Judge, Judged, Problem, Proof, Severity};
use crate::device::{Device, few};
use crate::identity::request;
use crate::inventory::IotPolicy;
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "iot-policy-wildcard-in-deny",
    group: Group::IotPolicies,
    severity: Severity::Medium,
    title: "A Deny that MQTT wildcards get round",
    why: "In a policy `+` and `#` are plain characters, so a Deny with them leaves the topics that they stand for in \
          MQTT. And a filter that is denied by name leaves wider filters, such as `building/#`, that hear the same \
          topics.",
    remedy: "Write `*` for `#` and `+`, and deny `iot:Receive` on the topics beside `iot:Subscribe` on the filters: \
             `\"Effect\": \"Deny\", \"Action\": [\"iot:Subscribe\", \"iot:Receive\"], \"Resource\": \
             [\"arn:aws:iot:*:*:topicfilter/building/*\", \"arn:aws:iot:*:*:topic/building/*\"]`.",
    reference: "https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-misconfigured-policies.html",
    frameworks: &["NIST.800-53.r5 AC-6"],
    judge: Judge::IotPolicy(judge),
};

const ACTIONS: [(&str, &str); 3] =
    [("iot:Subscribe", "topicfilter"), ("iot:Publish", "topic"), ("iot:Receive", "topic")];

fn judge(world: &World<'_>, policy: &IotPolicy) -> Judged {
    let device = Device::of(world, policy)?;
    let own = Device::itself();
    let (mut patterns, mut proofs) = (Vec::new(), Vec::new());
    for at in device.statements().filter(|at| at.statement.effect == Effect::Deny && holds(at, &own)) {
        for resource in at.statement.resources.iter().filter(|it| !it.negated).flat_map(|it| &it.patterns) {
            let Some(arn) = resource.pattern().bind(own.context(), &[]).map(|bound| bound.to_string()) else {
                continue;
            };
            for (action, kind) in ACTIONS.into_iter().filter(|(action, _)| is_about(&at, action)) {
                let prefix = format!("{kind}/");
                let name = arn.splitn(6, ':').nth(5).and_then(|name| name.strip_prefix(&prefix));
                let Some(allowed) = name.and_then(|name| round(&device, &own, action, kind, name)) else { continue };
                let because = format!("Deny {action} on {} ({at})", resource.as_str());
                proofs.push(Proof { because, request: Some(allowed) });
                patterns.push(resource.as_str());
            }
        }
    }
    patterns.dedup();
    if patterns.is_empty() {
        return Ok(None);
    }
    let sentence = format!("IoT policy `{}` denies {}, which a device gets round", policy.policy_name, some(&patterns));
    Ok(Some(Problem::new(sentence).with(few(proofs))))
}

fn holds(at: &StatementRef<'_>, known: &Known) -> bool {
    at.statement.conditions.iter().all(|condition| condition.holds(known.context()))
}

fn is_about(at: &StatementRef<'_>, action: &str) -> bool {
    let actions = &at.statement.actions;
    actions.patterns.iter().any(|pattern| pattern.matches(action)) != actions.negated
}

/// A request that gets round the denial of an action on a name.
fn round(device: &Device, own: &Known, action: &str, kind: &str, name: &str) -> Option<serde_json::Value> {
    // One name that the pattern stands for.
    let concrete = name.replace(['*', '?'], "x");
    let levels: Vec<&str> = concrete.split('/').collect();
    let ask = |action: &str, resource: &str| device.asks(own, action, &device.arn(resource))?.request;
    if levels.iter().any(|level| matches!(*level, "+" | "#")) {
        let meant = levels.iter().map(|level| match *level {
            "+" => "some",
            "#" => "some/thing",
            level => level,
        });
        let resource = format!("{kind}/{}", meant.collect::<Vec<_>>().join("/"));
        // A policy that only denies is to take from what others allow.
        let only_denies = || {
            let left = device.request(own, action, &device.arn(&resource));
            let none = device.reach(own).allowing(action).next().is_none();
            (none && !device.denies(&left)).then(|| request(&left))
        };
        return ask(action, &resource).or_else(only_denies);
    }
    if action != "iot:Subscribe" {
        return None;
    }
    // To subscribe is denied; whoever subscribes to more still receives it.
    ask("iot:Receive", &format!("topic/{concrete}"))?;
    // A wildcard in the place of the first level does not stand for a topic of AWS.
    let first = usize::from(concrete.starts_with('$'));
    let wider = (first..levels.len()).flat_map(|at| {
        let before = levels.iter().take(at).copied();
        let behind = levels.iter().skip(at.saturating_add(1)).copied();
        let rest = before.clone().chain(["#"]).collect::<Vec<_>>().join("/");
        [rest, before.chain(["+"]).chain(behind).collect::<Vec<_>>().join("/")]
    });
    wider.into_iter().find_map(|filter| ask(action, &format!("topicfilter/{filter}")))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, iot_policy, problem};

    fn inventory(deny: &str, also: &Value) -> Value {
        let arn = |name: &str| format!("arn:aws:iot:us-east-1:123456789012:{name}");
        let policy = iot_policy(json!([
            { "Effect": "Allow", "Action": "iot:Subscribe", "Resource": arn("topicfilter/building/*") },
            { "Effect": "Allow", "Action": "iot:Receive", "Resource": arn("topic/building/*") },
            { "Effect": "Deny", "Action": "iot:Subscribe", "Resource": arn(deny) },
            also,
        ]));
        json!({ "iotPolicies": { "items": [policy] } })
    }

    fn receive() -> Value {
        let room = "arn:aws:iot:us-east-1:123456789012:topic/building/control_room/*";
        json!({ "Effect": "Deny", "Action": "iot:Receive", "Resource": room })
    }

    #[test]
    fn a_hash_is_a_plain_character() {
        let problem = problem(&CHECK, inventory("topicfilter/building/control_room/#", &receive()));
        assert!(problem.sentence.ends_with("control_room/#`, which a device gets round"), "{problem:?}");
        let request = problem.proofs[0].request.as_ref().unwrap();
        assert!(request["resource"].as_str().unwrap().ends_with("/building/control_room/some/thing"), "{request}");
    }

    #[test]
    fn a_wider_filter_hears_the_same() {
        let nothing = json!({ "Effect": "Deny", "Action": "iot:Connect", "Resource": "*" });
        let problem = problem(&CHECK, inventory("topicfilter/building/control_room/*", &nothing));
        let request = problem.proofs[0].request.as_ref().unwrap();
        assert!(request["resource"].as_str().unwrap().ends_with("topicfilter/building/#"), "{request}");
    }

    #[test]
    fn who_may_not_receive_gains_nothing_by_a_wider_filter() {
        fine(&CHECK, inventory("topicfilter/building/control_room/*", &receive()));
    }

    #[test]
    fn without_its_versions_nothing_can_be_said() {
        let mut policy = iot_policy(json!([]));
        policy["versions"] = json!({ "couldNotCheck": denied("iot:GetPolicyVersion") });
        let cannot = cannot_judge(&CHECK, json!({ "iotPolicies": { "items": [policy] } }));
        assert_eq!(cannot.permission.as_deref(), Some("iot:GetPolicyVersion"));
    }
}
