//! Somebody may do everything.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::identity::{Identity, proof};
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "administrator",
    group: Group::Escalation,
    severity: Severity::Info,
    title: "Somebody may do everything, with cameras too",
    why: "An administrator watches every stream, deletes video, gives cameras any power, and switches this audit off. \
          The other checks do not tell of administrators again.",
    remedy: "Take `AdministratorAccess`, or the statement that is named, from whoever does not need it. Name those who \
             are meant to be administrators under `administrators` in `audit.yaml`.",
    reference: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    frameworks: &["CIS AWS 3.0 1.16", "FSBP IAM.1", "NIST.800-53.r5 AC-6"],
    judge: Judge::Identity(judge),
};

fn judge(world: &World<'_>, identity: &Identity<'_>) -> Judged {
    if identity.is_named_by(&world.expect.administrators) {
        return Ok(None);
    }
    let Some((reach, grant)) = identity.reach.as_ref().zip(identity.of_everything()) else { return Ok(None) };
    let sentence = format!(
        "{} may do everything: watch every camera, delete what was recorded, give cameras any power, and switch this \
         audit off",
        identity.title()
    );
    let witness = reach.witness(grant, "kinesisvideo:GetMedia", &[]);
    Ok(Some(Problem::new(sentence).with([proof(grant, witness.as_ref())])))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, fine_as, problem, user};

    fn eve(statement: Value) -> Value {
        json!({ "users": { "items": [user("eve", statement)] }, "roles": { "items": [] } })
    }

    #[test]
    fn who_may_do_everything_is_told_with_what_that_means() {
        let problem = problem(&CHECK, eve(json!({ "Effect": "Allow", "Action": "*", "Resource": "*" })));
        assert!(problem.sentence.starts_with("user `eve` may do everything: watch every camera"), "{problem:?}");
        assert_eq!(problem.proofs[0].request.as_ref().unwrap()["action"], "kinesisvideo:GetMedia");
    }

    #[test]
    fn who_is_meant_to_is_not_told() {
        let statement = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
        fine_as(&CHECK, eve(statement), json!({ "administrators": ["arn:aws:iam::*:user/eve"] }));
    }

    #[test]
    fn everything_but_iam_is_not_everything() {
        fine(&CHECK, eve(json!({ "Effect": "Allow", "NotAction": "iam:*", "Resource": "*" })));
    }

    #[test]
    fn without_the_policy_that_bounds_it_nothing_can_be_said() {
        let mut inventory = eve(json!({ "Effect": "Allow", "Action": "*", "Resource": "*" }));
        inventory["users"]["items"][0]["PermissionsBoundary"] =
            json!({ "PermissionsBoundaryArn": "arn:aws:iam::123456789012:policy/bound" });
        inventory["managedPolicies"] =
            json!({ "items": [], "couldNotCheck": denied("iam:GetAccountAuthorizationDetails") });
        let cannot = cannot_judge(&CHECK, inventory);
        assert_eq!(cannot.permission.as_deref(), Some("iam:GetAccountAuthorizationDetails"));
    }
}
