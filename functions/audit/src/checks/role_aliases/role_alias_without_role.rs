//! A role alias points to a role that is not there.

use policy::Principal;

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::RoleAlias;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "role-alias-without-role",
    group: Group::RoleAliases,
    severity: Severity::High,
    title: "A role alias points to a role that is not in the account",
    why: "Cameras that ask for credentials by this alias get none, and send no video. Whoever may create a role of that \
          name decides what they get next.",
    remedy: "Point the alias to the cameras' role: `aws iot update-role-alias --role-alias <alias> --role-arn \
             <role ARN>`. Delete the alias when no camera uses it: `aws iot delete-role-alias --role-alias <alias>`.",
    reference: "https://docs.aws.amazon.com/iot/latest/developerguide/authorizing-direct-aws.html",
    frameworks: &[],
    judge: Judge::RoleAlias(judge),
};

fn judge(world: &World<'_>, alias: &RoleAlias) -> Judged {
    let (name, role) = (&alias.role_alias, &alias.role_arn);
    let of = role.parse::<Principal>().ok().and_then(|role| role.account().map(str::to_owned));
    let problem = match of {
        Some(account) if account != world.account() => {
            format!("role alias `{name}` is to give cameras the credentials of another account, {account}, by `{role}`")
        }
        _ if world.role(role).is_some() => return Ok(None),
        _ => {
            if !world.inventory.gone.contains(role) {
                world.inventory.roles.whole()?;
            }
            format!("role alias `{name}` points to `{role}`, which is no role of this account")
        }
    };
    Ok(Some(Problem::new(problem).proven(format!("roleArn: {role}"))))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{camera_role, cannot_judge, denied, fine, problem, role_alias};

    fn inventory(alias: &Value, roles: &Value) -> Value {
        json!({ "roleAliases": { "items": [alias] }, "roles": roles })
    }

    #[test]
    fn a_role_that_was_deleted_is_missed() {
        let problem = problem(&CHECK, inventory(&role_alias("camera"), &json!({ "items": [] })));
        assert!(problem.sentence.contains("`arn:aws:iam::123456789012:role/camera`, which is no role"), "{problem:?}");
    }

    #[test]
    fn a_role_of_another_account_is_named_as_such() {
        let mut alias = role_alias("camera");
        alias["roleArn"] = json!("arn:aws:iam::222222222222:role/camera");
        let problem = problem(&CHECK, inventory(&alias, &json!({ "items": [camera_role(json!([]))] })));
        assert!(problem.sentence.contains("another account, 222222222222"), "{problem:?}");
    }

    #[test]
    fn a_role_that_aws_says_is_gone_is_missed_without_a_listing() {
        let mut inventory = inventory(&role_alias("camera"), &json!({ "items": [], "couldNotCheck": "notAsked" }));
        inventory["gone"] = json!(["arn:aws:iam::123456789012:role/camera"]);
        problem(&CHECK, inventory);
    }

    #[test]
    fn a_role_that_is_there_is_fine_even_when_others_were_not_listed() {
        let roles = json!({ "items": [camera_role(json!([]))], "couldNotCheck": denied("iam:ListRoles") });
        fine(&CHECK, inventory(&role_alias("camera"), &roles));
    }

    #[test]
    fn without_the_list_of_roles_none_is_missing() {
        let roles = json!({ "items": [], "couldNotCheck": denied("iam:GetAccountAuthorizationDetails") });
        let cannot = cannot_judge(&CHECK, inventory(&role_alias("camera"), &roles));
        assert_eq!(cannot.permission.as_deref(), Some("iam:GetAccountAuthorizationDetails"));
    }
}
