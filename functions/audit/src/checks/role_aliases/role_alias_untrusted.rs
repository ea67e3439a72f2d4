//! A role alias points to a role that does not let cameras have it.

use crate::check::{CannotJudge, Check, Group, Judge, Judged, Problem, Severity};
use crate::identity::CREDENTIALS_PROVIDER;
use crate::inventory::RoleAlias;
use crate::trust::{Assumer, trust_of};
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "role-alias-untrusted",
    group: Group::RoleAliases,
    severity: Severity::Medium,
    title: "A role alias points to a role that cameras cannot get",
    why: "The role's trust policy does not let AWS IoT's credentials provider assume it for this alias. Cameras that ask \
          by the alias get no credentials, and send no video.",
    remedy: "Let the trust policy allow `sts:AssumeRole` to the service `credentials.iot.amazonaws.com`, with \
             `aws:SourceAccount` equal to the account and `aws:SourceArn` equal to the alias's ARN.",
    reference: "https://docs.aws.amazon.com/iot/latest/developerguide/authorizing-direct-aws.html",
    frameworks: &[],
    judge: Judge::RoleAlias(judge),
};

fn judge(world: &World<'_>, alias: &RoleAlias) -> Judged {
    let Some(role) = world.role(&alias.role_arn) else {
        // Whether there is such a role, another check says.
        world.inventory.roles.whole()?;
        return Ok(None);
    };
    let trust = trust_of(role).map_err(|fault| {
        CannotJudge::new(format!("the trust policy of role `{}` cannot be read: {fault}", role.role_name))
    })?;
    let Some(provider) = Assumer::provider() else { return Ok(None) };
    let provider = provider.with("aws:SourceArn", &alias.role_alias_arn).with("aws:SourceAccount", world.account());
    if provider.way_in(&trust, &role.arn).is_some() {
        return Ok(None);
    }
    let problem = Problem::new(format!(
        "role alias `{}` gives no credentials: role `{}` does not let `{CREDENTIALS_PROVIDER}` assume it for this alias",
        alias.role_alias, role.role_name
    ));
    Ok(Some(provider.kept_out_by(&trust, &role.arn).into_iter().take(5).fold(problem, Problem::proven)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{camera_role, cannot_judge, denied, fine, problem, role, role_alias};

    fn inventory(role: &Value) -> Value {
        json!({ "roleAliases": { "items": [role_alias("camera")] }, "roles": { "items": [role] } })
    }

    #[test]
    fn a_role_of_another_service_gives_cameras_nothing() {
        let problem = problem(&CHECK, inventory(&role("camera", "iot.amazonaws.com", json!([]))));
        assert!(problem.sentence.starts_with("role alias `camera` gives no credentials: role `camera`"), "{problem:?}");
        assert!(!problem.proofs.is_empty());
    }

    #[test]
    fn a_trust_policy_that_names_another_alias_says_so() {
        let mut role = camera_role(json!([]));
        role["AssumeRolePolicyDocument"]["Statement"]["Condition"] =
            json!({ "ArnEquals": { "aws:SourceArn": "arn:aws:iot:us-east-1:123456789012:rolealias/other" } });
        let problem = problem(&CHECK, inventory(&role));
        assert!(problem.proofs[0].because.contains("rolealias/other"), "{problem:?}");
    }

    #[test]
    fn a_condition_on_what_is_not_known_may_be_met() {
        let mut role = camera_role(json!([]));
        role["AssumeRolePolicyDocument"]["Statement"]["Condition"] =
            json!({ "StringEquals": { "aws:SourceOrgID": "o-1" } });
        fine(&CHECK, inventory(&role));
    }

    #[test]
    fn without_the_role_nothing_can_be_said() {
        let roles = json!({ "items": [], "couldNotCheck": denied("iam:GetAccountAuthorizationDetails") });
        let inventory = json!({ "roleAliases": { "items": [role_alias("camera")] }, "roles": roles });
        let cannot = cannot_judge(&CHECK, inventory);
        assert_eq!(cannot.permission.as_deref(), Some("iam:GetAccountAuthorizationDetails"));
    }

    #[test]
    fn a_trust_policy_that_is_none_cannot_be_judged() {
        let mut role = camera_role(json!([]));
        role["AssumeRolePolicyDocument"] = json!("{");
        assert!(cannot_judge(&CHECK, inventory(&role)).because.contains("trust policy of role `camera`"));
    }
}
