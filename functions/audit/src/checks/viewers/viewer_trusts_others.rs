//! Others may assume a role that is meant to watch everything, or to administer.

use policy::{Effect, PrincipalElement, PrincipalEntry};

use crate::check::{Check, Group, Judge, Judged, Problem, Proof, Severity};
use crate::identity::Identity;
use crate::trust::{Assumer, accounts_in, stranger};
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "viewer-trusts-others",
    group: Group::Viewers,
    severity: Severity::High,
    title: "Others may have a role that watches everything",
    why: "The role may watch all cameras, or administer, and was named in `audit.yaml` since it is meant to. So no other \
          check tells of it, and whoever its trust policy lets in watches as well.",
    remedy: "Name in the role's trust policy the users, roles or services that need it. Name accounts that you trust \
             under `trustedAccounts` in `audit.yaml`. For an identity provider that everybody may sign in at, ask for \
             your own application or repository, with `accounts.google.com:aud`, \
             `cognito-identity.amazonaws.com:aud` or `token.actions.githubusercontent.com:sub`.",
    reference: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    frameworks: &["NIST.800-53.r5 AC-3", "NIST.800-53.r5 AC-6"],
    judge: Judge::Identity(judge),
};

/// Identity providers that everybody may sign in at, and what their tokens tell of for whom they are.
const FOR_EVERYBODY: [(&str, &str); 5] = [
    ("accounts.google.com", "accounts.google.com:aud"),
    ("graph.facebook.com", "graph.facebook.com:app_id"),
    ("www.amazon.com", "www.amazon.com:app_id"),
    ("cognito-identity.amazonaws.com", "cognito-identity.amazonaws.com:aud"),
    ("token.actions.githubusercontent.com", "token.actions.githubusercontent.com:sub"),
];

fn judge(world: &World<'_>, role: &Identity<'_>) -> Judged {
    let expect = world.expect;
    let named = role.is_named_by(&expect.viewers) || role.is_named_by(&expect.administrators);
    let trust = role.policies.resource.as_ref().filter(|_| role.role.is_some());
    let Some(trust) = trust.filter(|_| named || role.is_administrator()) else { return Ok(None) };
    let (mut others, mut proofs): (Vec<String>, Vec<Proof>) = (Vec::new(), Vec::new());
    let accounts: Vec<String> = accounts_in(trust).into_iter().filter(|account| !world.trusts(account)).collect();
    for statement in trust.document.statements.iter().filter(|statement| statement.effect == Effect::Allow) {
        for (name, assumers) in statement.principal.iter().flat_map(|of| others_of(world, of, &accounts, named)) {
            let Some(proof) = assumers.iter().find_map(|assumer| assumer.way_in(trust, role.arn)) else { continue };
            if !others.contains(&name) {
                others.push(name);
                proofs.push(proof);
            }
        }
    }
    if others.is_empty() {
        return Ok(None);
    }
    proofs.truncate(5);
    let does = if named { "is meant to watch or administer" } else { "may do everything" };
    let sentence = format!("{} {does}, and may be assumed by others: {}", role.title(), some(&others));
    Ok(Some(Problem::new(sentence).with(proofs)))
}

/// Those whom an element names and who are not of a trusted account: as it names them, and who stands for them. Of a role
/// that nobody named, strangers alone: most accounts of an organization have one that the organization's own may assume.
fn others_of(
    world: &World<'_>,
    named: &PrincipalElement,
    accounts: &[String],
    by_name: bool,
) -> Vec<(String, Vec<Assumer>)> {
    let partition = &world.inventory.taken.partition;
    let of_accounts = || accounts.iter().filter(|_| by_name).filter_map(|it| Assumer::of_account(partition, it));
    // An organization's accounts are named by its id alone.
    let of_accounts = || of_accounts().map(|one| one.without("aws:PrincipalOrgID").without("aws:PrincipalOrgPaths"));
    let everyone = || stranger(partition).into_iter().chain(of_accounts()).collect::<Vec<_>>();
    if named.negated {
        let but: Vec<_> = named.entries.iter().map(ToString::to_string).collect();
        return vec![(format!("all but {}", but.join(", ")), everyone())];
    }
    let stand_ins = |entry: &PrincipalEntry| match entry {
        PrincipalEntry::Everyone => everyone(),
        PrincipalEntry::Account(text) | PrincipalEntry::Aws(text) => {
            let account = text.split(':').nth(4).unwrap_or(text);
            let other = by_name && !world.trusts(account);
            if other { Assumer::named_by(entry, partition, &[]) } else { Vec::new() }
        }
        PrincipalEntry::Federated(provider) => {
            let host = provider.rsplit('/').next().unwrap_or(provider);
            let told = FOR_EVERYBODY.iter().filter(|(public, _)| provider == "*" || host.eq_ignore_ascii_case(public));
            let public = told.flat_map(|(_, key)| {
                let assumers = Assumer::named_by(entry, partition, &[]).into_iter();
                assumers.map(|assumer| assumer.without(key))
            });
            public.collect()
        }
        PrincipalEntry::Service(_) | PrincipalEntry::CanonicalUser(_) => Vec::new(),
    };
    named.entries.iter().map(|entry| (entry.to_string(), stand_ins(entry))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine_as, problem_as, role};

    fn control_room(principal: &Value) -> Value {
        let mut role =
            role("control-room", "", json!({ "Effect": "Allow", "Action": "kinesisvideo:GetMedia", "Resource": "*" }));
        role["AssumeRolePolicyDocument"]["Statement"] =
            json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" });
        json!({ "roles": { "items": [role] }, "users": { "items": [] } })
    }

    fn viewers() -> Value {
        json!({ "viewers": ["*:role/control-room"], "trustedAccounts": ["444444444444"] })
    }

    #[test]
    fn a_viewers_role_that_trusts_everybody_lets_everybody_watch() {
        let problem = problem_as(&CHECK, control_room(&json!({ "AWS": "*" })), viewers());
        let says = "role `control-room` is meant to watch or administer, and may be assumed by others: `*`";
        assert_eq!(problem.sentence, says);
        assert!(problem.proofs[0].request.is_some());
    }

    #[test]
    fn its_account_and_trusted_ones_are_no_others() {
        for account in ["123456789012", "444444444444"] {
            fine_as(&CHECK, control_room(&json!({ "AWS": account })), viewers());
        }
        let other = control_room(&json!({ "AWS": "arn:aws:iam::222222222222:role/x" }));
        assert!(problem_as(&CHECK, other, viewers()).sentence.ends_with("`arn:aws:iam::222222222222:role/x`"));
    }

    #[test]
    fn who_was_not_named_is_for_other_checks() {
        fine_as(&CHECK, control_room(&json!("*")), json!({}));
    }

    #[test]
    fn roles_that_were_not_read_cannot_be_judged() {
        let roles = json!({ "items": [], "couldNotCheck": denied("iam:GetAccountAuthorizationDetails") });
        let cannot = cannot_judge(&CHECK, json!({ "roles": roles, "users": { "items": [] } }));
        assert_eq!(cannot.permission.as_deref(), Some("iam:GetAccountAuthorizationDetails"));
    }
}
