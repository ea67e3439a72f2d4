//! A role alias asks for longer credentials than its role gives.

use crate::check::{CannotJudge, Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::RoleAlias;
use crate::world::World;

/// The least that the longest session of a role may be set to, in seconds.
///
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html>
const LEAST_SESSION: i32 = 3_600;

pub(super) const CHECK: Check = Check {
    id: "role-alias-beyond-session",
    group: Group::RoleAliases,
    severity: Severity::Medium,
    title: "A role alias asks for longer credentials than its role gives",
    why: "AWS refuses a session that is longer than the role's longest. Cameras that ask by this alias get no \
          credentials, and send no video.",
    remedy: "Shorten the credentials with `aws iot update-role-alias --role-alias <alias> --credential-duration-seconds \
             3600`, or lengthen the role's sessions with `aws iam update-role --role-name <role> \
             --max-session-duration <seconds>`.",
    reference: "https://docs.aws.amazon.com/iot/latest/apireference/API_CreateRoleAlias.html",
    frameworks: &[],
    judge: Judge::RoleAlias(judge),
};

fn judge(world: &World<'_>, alias: &RoleAlias) -> Judged {
    let lasts = alias.credential_duration_seconds;
    if lasts <= LEAST_SESSION {
        return Ok(None);
    }
    let Some(role) = world.role(&alias.role_arn) else {
        // Whether there is such a role, another check says.
        world.inventory.roles.whole()?;
        return Ok(None);
    };
    let longest = role.max_session_duration.ok_or_else(|| CannotJudge {
        because: format!("the longest session of role `{}` was not read", role.role_name),
        permission: Some("iam:GetRole".to_owned()),
        not_asked: false,
    })?;
    if lasts <= longest {
        return Ok(None);
    }
    let sentence = format!(
        "role alias `{}` asks for credentials for {lasts} seconds, and role `{}` gives them for at most {longest}",
        alias.role_alias, role.role_name
    );
    let proof = format!("credentialDurationSeconds: {lasts}; MaxSessionDuration: {longest}");
    Ok(Some(Problem::new(sentence).proven(proof)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{camera_role, cannot_judge, fine, problem, role_alias};

    fn lasting(seconds: i32, longest: Value) -> Value {
        let (mut alias, mut role) = (role_alias("camera"), camera_role(json!([])));
        alias["credentialDurationSeconds"] = json!(seconds);
        role["MaxSessionDuration"] = longest;
        json!({ "roleAliases": { "items": [alias] }, "roles": { "items": [role] } })
    }

    #[test]
    fn more_than_the_role_gives_is_told() {
        let problem = problem(&CHECK, lasting(7_201, json!(7_200)));
        assert!(problem.sentence.ends_with("role `camera` gives them for at most 7200"), "{problem:?}");
    }

    #[test]
    fn as_long_as_the_role_gives_is_fine() {
        fine(&CHECK, lasting(7_200, json!(7_200)));
    }

    #[test]
    fn an_hour_every_role_gives() {
        fine(&CHECK, lasting(3_600, Value::Null));
    }

    #[test]
    fn without_the_roles_longest_session_nothing_can_be_said() {
        let cannot = cannot_judge(&CHECK, lasting(7_200, Value::Null));
        assert_eq!(cannot.permission.as_deref(), Some("iam:GetRole"));
    }
}
