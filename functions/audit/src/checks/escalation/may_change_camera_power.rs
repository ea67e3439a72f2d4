//! Somebody may change what cameras may do.

use policy::{Effect, PrincipalElement, PrincipalEntry, Reach, reach};

use crate::check::{CannotJudge, Check, Group, Judge, Judged, Proof, Severity};
use crate::identity::{CREDENTIALS_PROVIDER, Identity};
use crate::own::logical::PROVISION_ROLE;
use crate::power::{Powers, Things, on, on_any, tagged, to_role};
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
             them, with the reason. What kvs-warden's own provision function does to cameras that join is left out \
             here, as long as only Lambda may assume its role.",
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
const AT_IOT: [(&str, &[&str]); 9] = [
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
    // Gives a policy to all of a group, or a group's policies to a thing's certificates.
    ("thinggroup/", &["iot:AttachPolicy", "iot:AddThingToThingGroup"]),
    (
        "thing/",
        &[
            // Writes which certificate a camera's name belongs to, as provisioning reads it.
            "iot:UpdateThing",
            "iot:UpdateThingGroupsForThing",
        ],
    ),
    (
        "",
        &[
            // Lets a stranger's CA sign certificates that register themselves.
            "iot:RegisterCACertificate",
            // Attaches what its template says to a thing.
            "iot:RegisterThing",
            // Decides whether provisioning hears of a certificate.
            "iot:UpdateEventConfigurations",
        ],
    ),
    ("cacert/", &["iot:UpdateCACertificate"]),
    (
        "provisioningtemplate/",
        &[
            // Decides which policy new cameras get.
            "iot:CreateProvisioningTemplateVersion",
            "iot:UpdateProvisioningTemplate",
            // Makes a certificate that may become any camera of the template.
            "iot:CreateProvisioningClaim",
        ],
    ),
    // Lets a function of one's own say who is which device, and with which policy.
    ("authorizer/", &["iot:CreateAuthorizer", "iot:UpdateAuthorizer", "iot:SetDefaultAuthorizer"]),
    ("domainconfiguration/", &["iot:UpdateDomainConfiguration"]),
];

/// What the role that provisions cameras does to the certificates, things and groups of those that join. The template gives
/// it nothing else of what is asked for here.
const PROVISIONING: [(&str, &str); 5] = [
    ("cert/", "iot:AttachPolicy"),
    ("cert/", "iot:AttachThingPrincipal"),
    ("cert/", "iot:UpdateCertificate"),
    ("thinggroup/", "iot:AddThingToThingGroup"),
    ("thing/", "iot:UpdateThing"),
];

/// What gives cameras another role, or lets AWS IoT act with one as somebody wants, together with `iam:PassRole`; by the
/// resources that it is asked for on.
const WITH_PASS_ROLE: [(&str, &[&str]); 3] = [
    ("rolealias/", &["iot:UpdateRoleAlias", "iot:CreateRoleAlias"]),
    // Makes things and attaches policies as whoever registers a certificate wants.
    ("provisioningtemplate/", &["iot:CreateProvisioningTemplate"]),
    // Tells provisioning of certificates.
    ("rule/", &["iot:CreateTopicRule", "iot:ReplaceTopicRule"]),
];

/// The service that assumes the roles of functions.
const LAMBDA: &str = "lambda.amazonaws.com";

/// As which service a role is passed to a role alias. AWS does not say which of the two.
const PASSED_TO: [&str; 2] = [CREDENTIALS_PROVIDER, "iot.amazonaws.com"];

fn judge(world: &World<'_>, identity: &Identity<'_>) -> Judged {
    let Some(own) = &identity.reach else { return Ok(None) };
    if identity.is_administrator() || identity.is_named_by(&world.expect.administrators) {
        return Ok(None);
    }
    let mut powers = Powers::default();
    let mut missing = on_roles(world, own, &mut powers);
    for (kind, actions) in AT_IOT {
        for (action, proof) in at_iot(world, own, kind, actions) {
            if PROVISIONING.contains(&(kind, action)) && is_of_lambda(identity) {
                match world.is_own_role(identity.arn, PROVISION_ROLE) {
                    Ok(false) => {}
                    Ok(true) => continue,
                    Err(unknown) => {
                        missing.get_or_insert_with(|| unknown.into());
                        continue;
                    }
                }
            }
            powers.add(action, Some(proof));
        }
    }
    let with_role = WITH_PASS_ROLE.iter().flat_map(|(kind, actions)| at_iot(world, own, kind, actions));
    let with_role: Vec<_> = with_role.collect();
    if !with_role.is_empty() && passes_a_role(world, own) {
        for (action, proof) in with_role {
            powers.add(action, Some(proof));
        }
    }
    match (powers.problem(&format!("{} may change what cameras may do", identity.title())), missing) {
        (None, Some(missing)) => Err(missing),
        (problem, _) => Ok(problem),
    }
}

/// Whether it is a role that only Lambda may assume.
fn is_of_lambda(identity: &Identity<'_>) -> bool {
    let mut allowing = identity.trust().filter(|at| at.statement.effect == Effect::Allow).peekable();
    let of_lambda = |entry: &PrincipalEntry| matches!(entry, PrincipalEntry::Service(name) if name == LAMBDA);
    let only = |principal: &PrincipalElement| !principal.negated && principal.entries.iter().all(of_lambda);
    allowing.peek().is_some() && allowing.all(|at| at.statement.principal.as_ref().is_some_and(only))
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
        let by_tags = reach(own.principal(), own.policies(), &tagged(own, &role.tags));
        let by_all = to_role(own, &role.tags, boundary);
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
    use crate::own::template;
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
    fn who_says_which_certificate_is_whose_is_told() {
        for action in [
            "UpdateThing",
            "AddThingToThingGroup",
            "RegisterThing",
            "CreateProvisioningClaim",
            "SetDefaultAuthorizer",
            "UpdateDomainConfiguration",
            "UpdateEventConfigurations",
        ] {
            let statement = json!({ "Effect": "Allow", "Action": format!("iot:{action}"), "Resource": "*" });
            assert!(problem(&CHECK, eve(statement)).sentence.ends_with(&format!(": `iot:{action}`")), "{action}");
        }
        let shadows =
            json!({ "Effect": "Allow", "Action": ["iot:UpdateThingShadow", "iot:CreateThing"], "Resource": "*" });
        fine(&CHECK, eve(shadows));
    }

    #[test]
    fn a_rule_acts_with_a_role_only_for_who_may_pass_one() {
        let rule = json!({ "Effect": "Allow", "Action": "iot:ReplaceTopicRule", "Resource": "*" });
        fine(&CHECK, eve(rule.clone()));
        let pass = json!({ "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*" });
        problem(&CHECK, eve(json!([rule, pass])));
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

    /// The role that provisions, as the template makes it, in an account where it is kvs-warden's own.
    fn provisioning() -> Value {
        let role = template::role("ProvisionRole", "yard-ProvisionRole-1A2B3C");
        let part = json!({ "Kind": "own-role", "LogicalId": "ProvisionRole", "Arn": role["Arn"], "Faults": [] });
        json!({
            "users": { "items": [] },
            "roles": { "items": [role] },
            "roleAliases": { "items": [] },
            "ownParts": { "items": [part] },
        })
    }

    #[test]
    fn what_the_template_lets_provisioning_do_is_left_out_for_that_very_role() {
        fine(&CHECK, provisioning());
        let mut alike = provisioning();
        alike["ownParts"]["items"][0]["Arn"] = json!("arn:aws:iam::123456789012:role/yard-ProvisionRole-9Z8Y7X");
        let named = PROVISIONING.map(|(_, action)| format!("`{action}`")).join(", ");
        let told = format!("role `yard-ProvisionRole-1A2B3C` may change what cameras may do: {named}");
        assert_eq!(problem(&CHECK, alike).sentence, told);
    }

    #[test]
    fn what_goes_beyond_provisioning_is_told_of_that_role_too() {
        for (statement, action) in [
            (
                json!({ "Effect": "Allow", "Action": "iot:CreatePolicyVersion", "Resource": "*" }),
                "iot:CreatePolicyVersion",
            ),
            (json!({ "Effect": "Allow", "Action": "iot:AttachPolicy", "Resource": "*" }), "iot:AttachPolicy"),
        ] {
            let mut more = provisioning();
            more["roles"]["items"][0]["RolePolicyList"][0]["PolicyDocument"]["Statement"]
                .as_array_mut()
                .unwrap()
                .push(statement);
            assert!(problem(&CHECK, more).sentence.ends_with(&format!("may do: `{action}`")));
        }
        let mut open = provisioning();
        let root = json!({ "AWS": "arn:aws:iam::123456789012:root" });
        open["roles"]["items"][0]["AssumeRolePolicyDocument"]["Statement"]
            .as_array_mut()
            .unwrap()
            .push(json!({ "Effect": "Allow", "Principal": root, "Action": "sts:AssumeRole" }));
        assert!(problem(&CHECK, open).sentence.contains("`iot:UpdateCertificate`"));
    }

    #[test]
    fn without_the_own_parts_nobody_can_tell_whose_provisioning_it_is() {
        let mut inventory = provisioning();
        inventory["ownParts"] = json!({ "items": [], "couldNotCheck": denied("cloudformation:ListStackResources") });
        let cannot = cannot_judge(&CHECK, inventory);
        assert_eq!(cannot.permission.as_deref(), Some("cloudformation:ListStackResources"));
    }

    #[test]
    fn without_the_role_aliases_nothing_can_be_said() {
        let mut inventory = eve(json!({ "Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "*" }));
        inventory["roleAliases"] = json!({ "items": [], "couldNotCheck": denied("iot:ListRoleAliases") });
        let cannot = cannot_judge(&CHECK, inventory);
        assert_eq!(cannot.permission.as_deref(), Some("iot:ListRoleAliases"));
    }
}
