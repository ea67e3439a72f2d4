//! Anybody in the world may assume a camera's role.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::identity::Identity;
use crate::trust::stranger;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "camera-role-trusts-everybody",
    group: Group::RoleAliases,
    severity: Severity::Critical,
    title: "Anybody may have a camera's role",
    why: "The role trusts everybody, in every account of AWS. Whoever knows its name, which stands in every error message \
          about it, sends video as a camera now, without a certificate.",
    remedy: "Put `{\"Service\": \"credentials.iot.amazonaws.com\"}` in the place of `*` as the principal of the role's \
             trust policy, with the conditions `aws:SourceAccount` and `aws:SourceArn`. Then look in CloudTrail for who \
             called `sts:AssumeRole` on it.",
    reference: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    frameworks: &["NIST.800-53.r5 AC-3", "NIST.800-53.r5 AC-6"],
    judge: Judge::CameraRole(judge),
};

fn judge(world: &World<'_>, role: &Identity<'_>) -> Judged {
    let Some(trust) = &role.policies.resource else { return Ok(None) };
    let way_in = stranger(&world.inventory.taken.partition).and_then(|stranger| stranger.way_in(trust, role.arn));
    let sentence = || format!("{} is for cameras, and may be assumed by anybody in any account", role.title());
    Ok(way_in.map(|proof| Problem::new(sentence()).with([proof])))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{camera_role, cannot_judge, denied, fine, problem, role_alias};

    fn trusting(principal: &Value, condition: &Value) -> Value {
        let mut role = camera_role(json!([]));
        role["AssumeRolePolicyDocument"]["Statement"] = json!({
            "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition });
        json!({ "roles": { "items": [role] }, "roleAliases": { "items": [role_alias("camera")] } })
    }

    #[test]
    fn everybody_is_anybody() {
        let problem = problem(&CHECK, trusting(&json!({ "AWS": "*" }), &json!({})));
        assert_eq!(problem.sentence, "role `camera` is for cameras, and may be assumed by anybody in any account");
        assert!(problem.proofs[0].request.as_ref().unwrap()["principal"].as_str().unwrap().contains("999999999999"));
    }

    #[test]
    fn who_trusts_everybody_is_a_cameras_role_without_a_role_alias_too() {
        let mut inventory = trusting(&json!("*"), &json!({}));
        inventory["roleAliases"] = json!({ "items": [] });
        problem(&CHECK, inventory);
    }

    #[test]
    fn everybody_of_the_account_is_not_anybody() {
        let own = json!({ "StringEquals": { "aws:SourceAccount": "123456789012" } });
        fine(&CHECK, trusting(&json!("*"), &own));
        let own = json!({ "StringEquals": { "aws:PrincipalAccount": "123456789012" } });
        fine(&CHECK, trusting(&json!({ "AWS": "*" }), &own));
        fine(&CHECK, trusting(&json!({ "AWS": "222222222222" }), &json!({})));
    }

    #[test]
    fn roles_that_were_not_read_cannot_be_judged() {
        let roles = json!({ "items": [], "couldNotCheck": denied("iam:GetAccountAuthorizationDetails") });
        let cannot = cannot_judge(&CHECK, json!({ "roles": roles }));
        assert_eq!(cannot.permission.as_deref(), Some("iam:GetAccountAuthorizationDetails"));
    }
}
