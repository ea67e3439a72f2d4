//! An IoT policy lets a device have the credentials of more than one role alias.

use crate::check::{CannotJudge, Check, Group, Judge, Judged, Problem, Severity};
use crate::device::{Device, few};
use crate::inventory::IotPolicy;
use crate::wording::some;
use crate::world::World;

const ACTION: &str = "iot:AssumeRoleWithCertificate";

pub(super) const CHECK: Check = Check {
    id: "iot-policy-any-role-alias",
    group: Group::IotPolicies,
    severity: Severity::High,
    title: "A device may use several role aliases",
    why: "Each role alias gives the credentials of a role. A camera that may use any of them gets the rights of all, \
          also those of aliases that are made later for something else.",
    remedy: "Allow `iot:AssumeRoleWithCertificate` on the one alias that cameras use, by its full ARN: \
             `arn:aws:iot:<region>:<account>:rolealias/<alias>`.",
    reference: "https://docs.aws.amazon.com/iot/latest/developerguide/authorizing-direct-aws.html",
    frameworks: &["NIST.800-53.r5 AC-6"],
    judge: Judge::IotPolicy(judge),
};

fn judge(world: &World<'_>, policy: &IotPolicy) -> Judged {
    let device = Device::of(world, policy)?;
    let (name, own) = (&policy.policy_name, Device::itself());
    if let Some(any) = device.everywhere(ACTION, "rolealias") {
        let sentence = format!("IoT policy `{name}` lets a device use every role alias");
        return Ok(device.does_everything().is_empty().then(|| Problem::new(sentence).with([any])));
    }
    let patterns = device.reach(&own).resources(ACTION);
    let is_one = |pattern: &String| pattern.splitn(6, ':').nth(5).is_some_and(|it| !it.contains(['*', '?', '$']));
    if patterns.len() < 2 && patterns.iter().all(is_one) {
        return Ok(None);
    }
    let aliases = &world.inventory.role_aliases;
    let allowed = aliases
        .items
        .iter()
        .filter_map(|alias| Some((&alias.role_alias, device.asks(&own, ACTION, &alias.role_alias_arn)?)));
    let (names, proofs): (Vec<&String>, Vec<_>) = allowed.unzip();
    if names.len() < 2 {
        return aliases.whole().map(|_all| None).map_err(CannotJudge::from);
    }
    let sentence = format!("IoT policy `{name}` lets a device use {} role aliases: {}", names.len(), some(&names));
    Ok(Some(Problem::new(sentence).with(few(proofs))))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, iot_policy, problem};

    fn inventory(alias: &str, aliases: &[&str]) -> Value {
        let arn = |alias: &str| format!("arn:aws:iot:us-east-1:123456789012:rolealias/{alias}");
        let policy = iot_policy(json!({ "Effect": "Allow", "Action": ACTION, "Resource": arn(alias) }));
        let aliases: Vec<_> =
            aliases.iter().map(|alias| json!({ "roleAlias": alias, "roleAliasArn": arn(alias) })).collect();
        json!({ "iotPolicies": { "items": [policy] }, "roleAliases": { "items": aliases } })
    }

    #[test]
    fn a_star_holds_aliases_that_are_yet_to_come() {
        let problem = problem(&CHECK, inventory("*", &["camera"]));
        assert_eq!(problem.sentence, "IoT policy `camera` lets a device use every role alias");
    }

    #[test]
    fn a_prefix_that_two_aliases_have_is_one_too_many() {
        let problem = problem(&CHECK, inventory("camera*", &["camera", "camera-admin", "lamp"]));
        assert_eq!(problem.sentence, "IoT policy `camera` lets a device use 2 role aliases: `camera`, `camera-admin`");
    }

    #[test]
    fn one_alias_is_what_a_camera_needs() {
        fine(&CHECK, inventory("camera", &["camera", "camera-admin"]));
        fine(&CHECK, inventory("camera*", &["camera", "lamp"]));
    }

    #[test]
    fn without_all_aliases_nobody_knows_how_many_a_prefix_holds() {
        let mut inventory = inventory("camera*", &["camera"]);
        inventory["roleAliases"]["couldNotCheck"] = denied("iot:ListRoleAliases");
        assert_eq!(cannot_judge(&CHECK, inventory).permission.as_deref(), Some("iot:ListRoleAliases"));
    }
}
