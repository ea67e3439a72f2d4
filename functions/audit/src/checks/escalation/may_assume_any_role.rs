//! Somebody may assume every role that trusts the account.

use policy::reach;

use crate::check::{Check, Group, Judge, Judged, Severity};
use crate::identity::Identity;
use crate::power::{Powers, on_every, tagged};
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "may-assume-any-role",
    group: Group::Escalation,
    severity: Severity::Low,
    title: "Somebody may assume every role that trusts the account",
    why: "Many roles trust their whole account and leave it to policies who may have them. Whoever may assume any role has \
          the power of all of these, those that come later included: to watch, to deploy, to administer.",
    remedy: "Name the roles in the statement that allows `sts:AssumeRole`, as `arn:aws:iam::*:role/viewer-*`, in place \
             of `*`. Name who is meant to assume any role under `administrators` in `audit.yaml`.",
    reference: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_permissions-to-switch.html",
    frameworks: &["NIST.800-53.r5 AC-6"],
    judge: Judge::Identity(judge),
};

fn judge(world: &World<'_>, identity: &Identity<'_>) -> Judged {
    let Some(own) = &identity.reach else { return Ok(None) };
    let is_meant_to = identity.is_administrator() || identity.is_named_by(&world.expect.administrators);
    if is_meant_to || own.allowing("sts:AssumeRole").next().is_none() {
        return Ok(None);
    }
    let untagged = reach(own.principal(), own.policies(), &tagged(own, &[]));
    let mut powers = Powers::default();
    powers.add("sts:AssumeRole", on_every(&untagged, "sts:AssumeRole", &world.inventory.taken.iam_arn("role/")));
    Ok(powers.problem(&format!("{} may assume every role that trusts the account", identity.title())))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, fine, fine_as, problem, user};

    fn assuming(resource: &str) -> Value {
        let statement = json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": resource });
        json!({ "roles": { "items": [] }, "users": { "items": [user("eve", statement)] } })
    }

    #[test]
    fn a_star_is_every_role() {
        let problem = problem(&CHECK, assuming("*"));
        assert_eq!(problem.sentence, "user `eve` may assume every role that trusts the account: `sts:AssumeRole`");
        // The trust policy of a role has to consent as well, so that there is no request that is surely allowed.
        assert!(problem.proofs[0].because.starts_with("sts:AssumeRole on *"), "{problem:?}");
    }

    #[test]
    fn roles_by_name_are_some() {
        fine(&CHECK, assuming("arn:aws:iam::123456789012:role/viewer-*"));
        fine(&CHECK, assuming("arn:aws:iam::222222222222:role/*"));
        fine_as(&CHECK, assuming("*"), json!({ "administrators": ["*user/eve"] }));
    }

    #[test]
    fn without_its_managed_policy_nothing_can_be_said() {
        let mut inventory = assuming("*");
        inventory["users"]["items"][0]["AttachedManagedPolicies"] =
            json!([{ "PolicyName": "p", "PolicyArn": "arn:aws:iam::123456789012:policy/p" }]);
        cannot_judge(&CHECK, inventory);
    }
}
