//! Somebody may become an administrator in one call, or in two.

use policy::{Known, Pattern, Reach, reach};

use crate::check::{CannotJudge, Check, Group, Judge, Judged, Severity};
use crate::identity::{Gathered, Holder, Identity};
use crate::power::{Powers, Things, on, on_any, on_every, tagged};
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "may-become-administrator",
    group: Group::Escalation,
    severity: Severity::High,
    title: "Somebody may become an administrator",
    why: "Whoever may give itself a policy, may make a key for any user, or may run code with any role has one call to go \
          to watch every camera and to switch this audit off. No other check tells of it: until then it may do neither.",
    remedy: "Leave these actions to administrators. Name the users, groups and roles that they are needed for in \
             `Resource`, allow `iam:PassRole` on named roles, and ask for a boundary with the condition \
             `iam:PermissionsBoundary` where others may write policies. For a person's own keys, allow them on \
             `arn:aws:iam::*:user/${aws:username}`. Name who is meant to have them under `administrators` in \
             `audit.yaml`.",
    reference: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
    frameworks: &["NIST.800-53.r5 AC-6"],
    judge: Judge::Identity(judge),
};

/// What gives a user power: oneself, or any user.
const ON_USERS: [&str; 2] = ["iam:AttachUserPolicy", "iam:PutUserPolicy"];
/// What lets somebody act as a user: any but oneself, or an administrator.
const AS_USERS: [&str; 3] = ["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"];
/// What gives a group's members power: one's own group, or any.
const ON_GROUPS: [&str; 2] = ["iam:AttachGroupPolicy", "iam:PutGroupPolicy"];
/// What gives a user a group's power: any group's, or that of administrators.
const INTO_GROUP: &str = "iam:AddUserToGroup";
/// What gives a role power: oneself, or any.
const ON_ROLES: [&str; 2] = ["iam:AttachRolePolicy", "iam:PutRolePolicy"];
/// What lets somebody act as a role.
const AS_ROLES: [&str; 1] = ["iam:UpdateAssumeRolePolicy"];
/// What rewrites a policy: one's own, or any.
const ON_POLICIES: [&str; 2] = ["iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"];
/// What runs code of one's own with any role, together with `iam:PassRole`, and what then starts it.
const CREATE_FUNCTION: [&str; 1] = ["lambda:CreateFunction"];
const START: [&str; 3] = ["lambda:InvokeFunction", "lambda:AddPermission", "lambda:CreateEventSourceMapping"];

/// AWS's policy of administrators, behind the partition.
const EVERYTHING: &str = "iam::aws:policy/AdministratorAccess";
/// Administrators among whom a user that somebody may act as is looked for.
const USERS: usize = 100;

fn judge(world: &World<'_>, identity: &Identity<'_>) -> Judged {
    let Some(own) = &identity.reach else { return Ok(None) };
    if identity.is_administrator() || identity.is_named_by(&world.expect.administrators) {
        return Ok(None);
    }
    let mut powers = Powers::default();
    let all = [&ON_USERS[..], &AS_USERS, &ON_GROUPS, &[INTO_GROUP], &ON_ROLES, &AS_ROLES, &ON_POLICIES].concat();
    // Most may do none of it to anybody.
    let missing = if all.iter().any(|action| own.allowing(action).next().is_some()) {
        by_iam(world, identity, own, &mut powers)
    } else {
        None
    };
    by_function(world, own, &mut powers);
    match (powers.problem(&format!("{} may become an administrator", identity.title())), missing) {
        (None, Some(missing)) => Err(missing),
        (problem, _) => Ok(problem),
    }
}

/// What is done with IAM alone; and what was not read that matters.
fn by_iam(world: &World<'_>, identity: &Identity<'_>, own: &Reach<'_>, powers: &mut Powers) -> Option<CannotJudge> {
    let taken = &world.inventory.taken;
    let kinds = [("user", &ON_USERS[..]), ("user", &AS_USERS), ("group", &ON_GROUPS), ("group", &[INTO_GROUP])];
    let kinds = kinds.into_iter().chain([("role", &ON_ROLES[..]), ("role", &AS_ROLES), ("policy", &ON_POLICIES)]);
    let (others, oneself) = (to(own, identity, false), to(own, identity, true));
    for (kind, actions) in kinds {
        for action in actions {
            powers.add(action, on_every(&others, action, &taken.iam_arn(&format!("{kind}/"))));
        }
    }
    // Whatever one gives oneself, one's boundary bounds.
    if identity.policies.boundaries.is_empty() {
        to_oneself(world, identity, &oneself, powers);
    }
    for group in &world.inventory.groups.items {
        let all = group.attached_managed_policies.iter().any(|policy| policy.policy_arn.ends_with(EVERYTHING));
        if all && matches!(identity.holder, Holder::User(_)) {
            powers.add(INTO_GROUP, on(&others, INTO_GROUP, &group.arn));
        }
    }
    as_administrator(world, identity, &others, powers)
}

/// What somebody may do to a user, group or role without a boundary: to itself, or to one without tags. What is attached
/// is AWS's policy of administrators.
fn to<'p>(own: &Reach<'p>, identity: &Identity<'_>, oneself: bool) -> Reach<'p> {
    let partition = identity.arn.split(':').nth(1).unwrap_or("aws");
    let known = tagged(own, if oneself { identity.tags } else { &[] }).without("iam:PermissionsBoundary");
    let known = known.with("iam:PolicyARN", format!("arn:{partition}:{EVERYTHING}"));
    let known: Known = match identity.holder {
        Holder::User(name) => known.with("aws:username", name),
        Holder::Role(_) | Holder::Group(_) => known.without("aws:username"),
    };
    reach(own.principal(), own.policies(), &known)
}

fn to_oneself(world: &World<'_>, identity: &Identity<'_>, own: &Reach<'_>, powers: &mut Powers) {
    let actions = match identity.holder {
        Holder::User(_) => &ON_USERS,
        Holder::Role(_) | Holder::Group(_) => &ON_ROLES,
    };
    for action in actions {
        powers.add(action, on(own, action, identity.arn));
    }
    let user = world.user(identity.arn).filter(|_| matches!(identity.holder, Holder::User(_)));
    let names = user.map_or(&[][..], |user| user.group_list.as_slice());
    let mut attached = user.map_or(&[][..], |user| user.attached_managed_policies.as_slice()).to_vec();
    attached.extend(identity.role.iter().flat_map(|role| role.attached_managed_policies.clone()));
    for group in world.inventory.groups.items.iter().filter(|group| names.contains(&group.group_name)) {
        for action in ON_GROUPS {
            powers.add(action, on(own, action, &group.arn));
        }
        attached.extend(group.attached_managed_policies.iter().cloned());
    }
    for policy in attached {
        for action in ON_POLICIES {
            powers.add(action, on(own, action, &policy.policy_arn));
        }
    }
}

/// Whether it may act as one of the users that are administrators; and why that cannot be told.
fn as_administrator(
    world: &World<'_>,
    identity: &Identity<'_>,
    own: &Reach<'_>,
    powers: &mut Powers,
) -> Option<CannotJudge> {
    // Most may do it to themselves only, and need not be asked about each user.
    let oneself = [Pattern::literal(identity.arn)];
    let to_others = |action: &&&str| own.allowing(action).any(|grant| own.witness(grant, action, &oneself).is_some());
    let actions: Vec<&str> = AS_USERS.iter().filter(to_others).copied().collect();
    if actions.is_empty() {
        return None;
    }
    let users = &world.inventory.users;
    let others = users.items.iter().filter(|user| user.arn != identity.arn);
    let reached = others.filter(|user| actions.iter().any(|action| on(own, action, &user.arn).is_some()));
    for (number, user) in reached.enumerate() {
        if number >= USERS {
            return Some(CannotJudge::new("it may act as more users than are looked at one by one"));
        }
        if Gathered::of_user(world.inventory, user).identity().is_administrator() {
            for action in &actions {
                powers.add(action, on(own, action, &user.arn));
            }
            return None;
        }
    }
    users.missing.as_ref().map(CannotJudge::from)
}

/// A function of one's own runs with any role that trusts Lambda.
fn by_function(world: &World<'_>, own: &Reach<'_>, powers: &mut Powers) {
    let Some(functions) = Things::of(&world.arn("lambda", "function:")) else { return };
    let created = on_any(own, &CREATE_FUNCTION, &functions);
    if created.is_empty() || on_any(own, &START, &functions).is_empty() {
        return;
    }
    let known = tagged(own, &[]).with("iam:PassedToService", "lambda.amazonaws.com");
    let passing = reach(own.principal(), own.policies(), &known);
    let Some(passed) = on_every(&passing, "iam:PassRole", &world.inventory.taken.iam_arn("role/")) else { return };
    powers.add("iam:PassRole", Some(passed));
    for (action, proof) in created {
        powers.add(action, Some(proof));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, fine_as, problem, role, user};

    fn eve(statement: Value) -> Value {
        json!({
            "users": { "items": [user("eve", statement)] },
            "roles": { "items": [] },
            "groups": { "items": [] },
        })
    }

    fn may(action: &str, resource: &str) -> Value {
        eve(json!({ "Effect": "Allow", "Action": action, "Resource": resource }))
    }

    #[test]
    fn one_call_on_anybody_is_enough() {
        for action in [&ON_USERS[..], &AS_USERS, &ON_GROUPS, &[INTO_GROUP], &ON_ROLES, &AS_ROLES, &ON_POLICIES].concat()
        {
            let problem = problem(&CHECK, may(action, "*"));
            assert_eq!(problem.sentence, format!("user `eve` may become an administrator: `{action}`"));
            assert!(problem.proofs[0].request.is_some());
        }
    }

    #[test]
    fn a_policy_for_oneself_is_enough_and_a_key_for_oneself_is_not() {
        let oneself = "arn:aws:iam::*:user/${aws:username}";
        problem(&CHECK, may("iam:PutUserPolicy", oneself));
        problem(&CHECK, may("iam:AttachUserPolicy", "arn:aws:iam::123456789012:user/eve"));
        fine(&CHECK, may("iam:*AccessKey*", oneself));
        fine(&CHECK, may("iam:*LoginProfile", oneself));
    }

    #[test]
    fn the_key_of_an_administrator_is_an_administrators() {
        let mut inventory = may("iam:CreateAccessKey", "arn:aws:iam::123456789012:user/ops-*");
        let all = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
        let users = inventory["users"]["items"].as_array_mut().unwrap();
        users.push(user("ops-1", json!([])));
        fine(&CHECK, inventory.clone());
        inventory["users"]["items"].as_array_mut().unwrap().push(user("ops-2", all));
        let problem = problem(&CHECK, inventory);
        assert!(problem.proofs[0].request.as_ref().unwrap()["resource"].as_str().unwrap().ends_with("user/ops-2"));
    }

    #[test]
    fn a_function_with_any_role_does_what_any_role_may() {
        let pass = json!({ "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*" });
        let run = json!({ "Effect": "Allow", "Action": ["lambda:CreateFunction", "lambda:InvokeFunction"],
            "Resource": "*" });
        let problem = problem(&CHECK, eve(json!([pass, run])));
        assert!(problem.sentence.ends_with("administrator: `iam:PassRole`, `lambda:CreateFunction`"), "{problem:?}");
        fine(&CHECK, eve(run.clone()));
        let one = json!({ "Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::*:role/web" });
        fine(&CHECK, eve(json!([one, run])));
        let create = json!({ "Effect": "Allow", "Action": "lambda:CreateFunction", "Resource": "*" });
        fine(&CHECK, eve(json!([pass, create])));
    }

    #[test]
    fn who_has_to_put_a_boundary_on_others_does_not_become_one() {
        let bound = json!({ "StringEquals": { "iam:PermissionsBoundary": "arn:aws:iam::123456789012:policy/bound" } });
        let actions = json!(["iam:PutUserPolicy", "iam:AttachUserPolicy", "iam:PutRolePolicy"]);
        fine(&CHECK, eve(json!({ "Effect": "Allow", "Action": actions, "Resource": "*", "Condition": bound })));
        let reading = json!({ "ArnEquals": { "iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess" } });
        let actions = json!(["iam:AttachUserPolicy", "iam:AttachRolePolicy"]);
        fine(&CHECK, eve(json!({ "Effect": "Allow", "Action": actions, "Resource": "*", "Condition": reading })));
    }

    #[test]
    fn a_role_that_writes_its_own_policies_is_told() {
        let own = json!({ "Effect": "Allow", "Action": "iam:PutRolePolicy",
            "Resource": "arn:aws:iam::123456789012:role/jobs" });
        let roles = json!({ "items": [role("jobs", "lambda.amazonaws.com", own)] });
        problem(&CHECK, json!({ "users": { "items": [] }, "roles": roles }));
    }

    #[test]
    fn who_is_meant_to_is_not_told() {
        fine_as(&CHECK, may("iam:*", "*"), json!({ "administrators": ["*user/eve"] }));
    }

    #[test]
    fn without_the_users_it_is_not_known_whose_key_it_is() {
        let mut inventory = may("iam:CreateAccessKey", "arn:aws:iam::123456789012:user/ops-*");
        inventory["users"]["couldNotCheck"] = denied("iam:GetAccountAuthorizationDetails");
        let cannot = cannot_judge(&CHECK, inventory);
        assert_eq!(cannot.permission.as_deref(), Some("iam:GetAccountAuthorizationDetails"));
    }
}
