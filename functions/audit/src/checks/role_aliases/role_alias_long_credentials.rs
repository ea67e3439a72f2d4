//! The credentials of a role alias last long.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::RoleAlias;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "role-alias-long-credentials",
    group: Group::RoleAliases,
    severity: Severity::Low,
    title: "The credentials of cameras last longer than expected",
    why: "To deactivate a certificate does not end the credentials that a camera got with it: they work until they run \
          out. The longer they last, the longer a stolen camera goes on.",
    remedy: "Shorten them with `aws iot update-role-alias --role-alias <alias> --credential-duration-seconds 3600`, or \
             set `credentialSeconds` in `audit.yaml` to what you mean.",
    reference: "https://docs.aws.amazon.com/iot/latest/apireference/API_CreateRoleAlias.html",
    frameworks: &[],
    judge: Judge::RoleAlias(judge),
};

fn judge(world: &World<'_>, alias: &RoleAlias) -> Judged {
    let (lasts, most) = (alias.credential_duration_seconds, world.expect.credential_seconds);
    if i64::from(lasts) <= i64::from(most) {
        return Ok(None);
    }
    let sentence = format!(
        "role alias `{}` gives cameras credentials for {lasts} seconds, and at most {most} are expected",
        alias.role_alias
    );
    Ok(Some(Problem::new(sentence).proven(format!("credentialDurationSeconds: {lasts}"))))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, problem, problem_as, role_alias};

    fn lasting(seconds: i32) -> Value {
        let mut alias = role_alias("camera");
        alias["credentialDurationSeconds"] = json!(seconds);
        json!({ "roleAliases": { "items": [alias] } })
    }

    #[test]
    fn a_second_more_is_told() {
        let problem = problem(&CHECK, lasting(3_601));
        assert!(problem.sentence.starts_with("role alias `camera` gives cameras credentials for 3601 seconds"));
        problem_as(&CHECK, lasting(1_000), json!({ "credentialSeconds": 900 }));
    }

    #[test]
    fn an_hour_is_an_hour() {
        fine(&CHECK, lasting(3_600));
    }

    #[test]
    fn aliases_that_were_not_listed_cannot_be_judged() {
        let aliases = json!({ "items": [], "couldNotCheck": denied("iot:ListRoleAliases") });
        let cannot = cannot_judge(&CHECK, json!({ "roleAliases": aliases }));
        assert_eq!(cannot.permission.as_deref(), Some("iot:ListRoleAliases"));
    }
}
