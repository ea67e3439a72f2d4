//! Somebody may change what cameras may do.

use policy::{Grant, Known, Reach, reach};

use crate::check::{CannotJudge, Check, Group, Judge, Judged, Proof, Severity};
use crate::identity::{CREDENTIALS_PROVIDER, Identity};
use crate::inventory::Role;
use crate::power::{Powers, Things, on, on_any};
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "may-change-camera-power",
    group: Group::Escalation,
    severity: Severity::High,
    title: "Somebody may change what cameras may do",
    why: "Whoever may change a camera's role, its policies, or which certificate has them can give a camera, or a \
          stranger with a certificate, any power over video. It is one call, and no camera notices.",
    remedy: "Leave these actions to administrators and to the roles that deploy and provision. Name those who are meant \
             to have them under `administrators` in `audit.yaml`, or suppress the finding for one that needs a few of \
             them, with the reason.",
    reference: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    frameworks: &["NIST.800-53.r5 AC-6"],
    judge: Judge::Identity(judge),
};

/// What changes a camera's role: its policies, those that deny among them, and who may assume it.
const ON_ROLE: [&str; 5] = [
    "iam:PutRolePolicy",
    "iam:AttachRolePolicy",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:UpdateAssumeRolePolicy",
];

/// What widens a camera's role that has a boundary. To give one to a role without only narrows it.
const ON_BOUNDED_ROLE: [&str; 2] = ["iam:PutRolePermissionsBoundary", "iam:DeleteRolePermissionsBoundary"];

/// What changes a managed policy of a camera's role, or its boundary.
const ON_MANAGED_POLICY: [&str; 2] = ["iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"];

/// What gives power over AWS IoT, each by itself, and the resources in the account and region that it is asked for on.
///
/// Not here: what makes or registers a device certificate (`iot:CreateKeysAndCertificate`, `iot:RegisterCertificate`,
/// `iot:RegisterCertificateWithoutCA`), which may do nothing until one of these is done to it, and `iot:CreatePolicy`,
/// which is attached to nothing.
const AT_IOT: [(&str, &[&str]); 6] = [
    // Rewrites what certificates may do.
    ("policy/", &["iot:CreatePolicyVersion", "iot:SetDefaultPolicyVersion"]),
    (
        "cert/",
        &[
            // Gives a camera's policy to a certificate.
            "iot:AttachPolicy",
            "iot:AttachPrincipalPolicy",
            // Makes a certificate that of another camera, whose stream it then writes.
            "iot:AttachThingPrincipal",
            // Makes a deactivated or revoked certificate work again.
            "iot:UpdateCertificate",
        ],
    ),
    ("thinggroup/", &["iot:AttachPolicy"]),
    // Lets a stranger's CA sign certificates that register themselves.
    ("", &["iot:RegisterCACertificate"]),
    ("cacert/", &["iot:UpdateCACertificate"]),
    // Decides which policy new cameras get.
    ("provisioningtemplate/", &["iot:CreateProvisioningTemplateVersion", "iot:UpdateProvisioningTemplate"]),
];

/// What gives cameras another role, together with `iam:PassRole`.
const WITH_PASS_ROLE: [&str; 2] = ["iot:UpdateRoleAlias", "iot:CreateRoleAlias"];

/// As which service a role is passed to a role alias. AWS does not say which of the two.
const PASSED_TO: [&str; 2] = [CREDENTIALS_PROVIDER, "iot.amazonaws.com"];

fn judge(world: &World<'_>, identity: &Identity<'_>) -> Judged {
    let Some(own) = &identity.reach else { return Ok(None) };
    if identity.is_administrator() || identity.is_named_by(&world.expect.administrators) {
        return Ok(None);
    }
    let mut powers = Powers::default();
    let missing = on_roles(world, own, &mut powers);
    for (kind, actions) in AT_IOT {
        for (action, proof) in at_iot(world, own, kind, actions) {
            powers.add(action, Some(proof));
        }
    }
    let aliases = at_iot(world, own, "rolealias/", &WITH_PASS_ROLE);
    if !aliases.is_empty() && passes_a_role(world, own) {
        for (action, proof) in aliases {
            powers.add(action, Some(proof));
        }
    }
    match (powers.problem(&format!("{} may change what cameras may do", identity.title())), missing) {
        (None, Some(missing)) => Err(missing),
        (problem, _) => Ok(problem),
    }
}

/// Looks at the roles of role aliases and their managed policies, and says what of them was not read and matters.
fn on_roles(world: &World<'_>, own: &Reach<'_>, powers: &mut Powers) -> Option<CannotJudge> {
    // Most may do nothing to any role, so that it does not matter which roles there are.
    let of_roles = ON_ROLE.iter().chain(&ON_BOUNDED_ROLE).chain(&ON_MANAGED_POLICY);
    let possible: Vec<&str> = of_roles.copied().filter(|action| own.allowing(action).next().is_some()).collect();
    if possible.is_empty() {
        return None;
    }
    let may = |action: &&&str| possible.contains(*action);
    let aliases = &world.inventory.role_aliases;
    let mut missing = aliases.missing.as_ref();
    let mut arns: Vec<&str> = aliases.items.iter().map(|alias| alias.role_arn.as_str()).collect();
    arns.sort_unstable();
    arns.dedup();
    for arn in arns {
        let Some(role) = world.role(arn) else {
            missing = missing.or(world.inventory.roles.missing.as_ref());
            continue;
        };
        let boundary = role.permissions_boundary.as_ref().map(|it| it.permissions_boundary_arn.as_str());
        let tagged = tags_of(role, own);
        let bounded = match boundary {
            Some(boundary) => tagged.clone().with("iam:PermissionsBoundary", boundary),
            None => tagged.clone().without("iam:PermissionsBoundary"),
        };
        let by = |known: &Known| reach(own.principal(), own.policies(), known);
        let (by_tags, by_all) = (by(&tagged), by(&bounded));
        for action in ON_ROLE.iter().filter(may) {
            powers.add(action, on(&by_all, action, arn));
        }
        // Of the one that puts a boundary, the condition key is the new one.
        for action in ON_BOUNDED_ROLE.iter().filter(may).filter(|_| boundary.is_some()) {
            let by = if *action == "iam:PutRolePermissionsBoundary" { &by_tags } else { &by_all };
            powers.add(action, on(by, action, arn));
        }
        let attached = role.attached_managed_policies.iter().map(|policy| policy.policy_arn.as_str());
        for policy in attached.chain(boundary) {
            for action in ON_MANAGED_POLICY.iter().filter(may) {
                powers.add(action, on(own, action, policy));
            }
        }
    }
    missing.map(CannotJudge::from)
}

/// The tags of a role that conditions of somebody's policies ask for, there or not.
fn tags_of(role: &Role, own: &Reach<'_>) -> Known {
    let terms = own.grants().iter().flat_map(|grant| {
        let within = Grant::within(grant).flatten().chain(grant.except()).map(AsRef::as_ref);
        grant.allow().into_iter().chain(within).collect::<Vec<_>>()
    });
    let keys = terms.flat_map(|term| term.conditions().iter().flat_map(|condition| condition.keys()));
    keys.fold(own.known().clone(), |known, key| {
        let Some((prefix, name)) = key.as_str().split_once('/') else { return known };
        if !["aws:ResourceTag", "iam:ResourceTag"].iter().any(|one| one.eq_ignore_ascii_case(prefix)) {
            return known;
        }
        match role.tags.iter().find(|tag| tag.key.eq_ignore_ascii_case(name)) {
            Some(tag) => known.with(key.as_str(), tag.value.as_str()),
            None => known.without(key.as_str()),
        }
    })
}

/// Whether it may pass any role of the account to AWS IoT.
fn passes_a_role(world: &World<'_>, own: &Reach<'_>) -> bool {
    let taken = &world.inventory.taken;
    let roles = Things::of(&format!("arn:{}:iam::{}:role/", taken.partition, taken.account));
    PASSED_TO.iter().any(|service| {
        let known = own.known().clone().with("iam:PassedToService", *service);
        let own = reach(own.principal(), own.policies(), &known);
        roles.as_ref().is_some_and(|roles| !on_any(&own, &["iam:PassRole"], roles).is_empty())
    })
}

/// What it may do to the things of a kind in the account and region.
fn at_iot(world: &World<'_>, own: &Reach<'_>, kind: &str, actions: &[&'static str]) -> Vec<(&'static str, Proof)> {
    Things::of(&world.arn("iot", kind)).map_or_else(Vec::new, |things| on_any(own, actions, &things))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{camera_role, cannot_judge, denied, fine, fine_as, problem, role_alias, user};

    fn eve(statement: Value) -> Value {
        json!({
            "users": { "items": [user("eve", statement)] },
            "roles": { "items": [camera_role(json!([]))] },
            "roleAliases": { "items": [role_alias("camera")] },
        })
    }

    #[test]
    fn who_writes_a_cameras_role_is_told_with_the_action() {
        let problem = problem(&CHECK, eve(json!({ "Effect": "Allow", "Action": "iam:PutRole*", "Resource": "*" })));
        assert_eq!(problem.sentence, "user `eve` may change what cameras may do: `iam:PutRolePolicy`");
        let request = problem.proofs[0].request.as_ref().unwrap();
        assert_eq!(request["resource"], "arn:aws:iam::123456789012:role/camera");
    }

    #[test]
    fn who_attaches_policies_at_aws_iot_is_told() {
        let statement = json!({ "Effect": "Allow", "Action": "iot:Attach*", "Resource": "*" });
        let problem = problem(&CHECK, eve(statement));
        assert!(
            problem.sentence.ends_with("`iot:AttachPolicy`, `iot:AttachPrincipalPolicy`, `iot:AttachThingPrincipal`")
        );
    }

    #[test]
    fn other_roles_are_others_business() {
        let others = "arn:aws:iam::123456789012:role/web-*";
        fine(&CHECK, eve(json!({ "Effect": "Allow", "Action": "iam:*", "Resource": others })));
    }

    #[test]
    fn who_may_write_only_roles_with_a_boundary_may_not_write_this_one() {
        let bound = json!({ "StringEquals": { "iam:PermissionsBoundary": "arn:aws:iam::123456789012:policy/bound" } });
        let statement = json!({ "Effect": "Allow", "Action": "iam:*Role*", "Resource": "*", "Condition": bound });
        fine(&CHECK, eve(statement.clone()));
        let mut inventory = eve(statement);
        inventory["roles"]["items"][0]["PermissionsBoundary"] =
            json!({ "PermissionsBoundaryArn": "arn:aws:iam::123456789012:policy/bound" });
        let everything = json!({ "Version": "2012-10-17",
            "Statement": { "Effect": "Allow", "Action": "*", "Resource": "*" } });
        inventory["managedPolicies"] = json!({ "items": [{
            "Arn": "arn:aws:iam::123456789012:policy/bound", "PolicyName": "bound",
            "PolicyVersionList": [{ "IsDefaultVersion": true, "Document": everything }],
        }] });
        assert!(problem(&CHECK, inventory).sentence.contains("iam:PutRolePolicy"));
    }

    #[test]
    fn who_is_meant_to_is_not_told() {
        let statement = json!({ "Effect": "Allow", "Action": "iot:*", "Resource": "*" });
        fine_as(&CHECK, eve(statement), json!({ "administrators": ["*user/eve"] }));
    }

    #[test]
    fn who_may_do_nothing_to_roles_is_fine_whichever_they_are() {
        let mut inventory = eve(json!({ "Effect": "Allow", "Action": "s3:*", "Resource": "*" }));
        inventory["roleAliases"] = json!({ "items": [], "couldNotCheck": denied("iot:ListRoleAliases") });
        fine(&CHECK, inventory);
    }

    #[test]
    fn without_the_role_aliases_nothing_can_be_said() {
        let mut inventory = eve(json!({ "Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "*" }));
        inventory["roleAliases"] = json!({ "items": [], "couldNotCheck": denied("iot:ListRoleAliases") });
        let cannot = cannot_judge(&CHECK, inventory);
        assert_eq!(cannot.permission.as_deref(), Some("iot:ListRoleAliases"));
    }
}
