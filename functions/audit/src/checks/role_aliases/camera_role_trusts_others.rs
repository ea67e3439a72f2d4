//! Others than AWS IoT's credentials provider may assume a camera's role.

use policy::{Effect, PrincipalElement, PrincipalEntry};

use crate::check::{Check, Group, Judge, Judged, Problem, Proof, Severity};
use crate::identity::{CREDENTIALS_PROVIDER, Identity};
use crate::trust::{Assumer, FOREIGN_ACCOUNT, accounts_in, stranger};
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "camera-role-trusts-others",
    group: Group::RoleAliases,
    severity: Severity::High,
    title: "Others than cameras may have a camera's role",
    why: "Whoever assumes the role puts video into streams as if it were a camera, and nothing tells the two apart. \
          Cameras get the role from AWS IoT's credentials provider, and from nobody else.",
    remedy: "Leave `{\"Service\": \"credentials.iot.amazonaws.com\"}` as the only principal of the role's trust policy. \
             Give people and other services roles of their own.",
    reference: "https://docs.aws.amazon.com/iot/latest/developerguide/authorizing-direct-aws.html",
    frameworks: &["NIST.800-53.r5 AC-6"],
    judge: Judge::CameraRole(judge),
};

fn judge(world: &World<'_>, role: &Identity<'_>) -> Judged {
    let Some(trust) = &role.policies.resource else { return Ok(None) };
    let mut accounts = vec![world.account().to_owned(), FOREIGN_ACCOUNT.to_owned()];
    accounts.extend(accounts_in(trust));
    let partition = &world.inventory.taken.partition;
    // That it trusts everybody is for another check to say.
    let everybody = stranger(partition).is_some_and(|stranger| stranger.way_in(trust, role.arn).is_some());
    let is_told =
        |named: &&PrincipalElement| everybody && (named.negated || named.entries.contains(&PrincipalEntry::Everyone));
    let (mut others, mut proofs): (Vec<String>, Vec<Proof>) = (Vec::new(), Vec::new());
    for statement in trust.document.statements.iter().filter(|statement| statement.effect == Effect::Allow) {
        let named = statement.principal.iter().filter(|named| !is_told(named));
        for (name, assumers) in named.flat_map(|named| named_by(named, partition, &accounts)) {
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
    let sentence = format!("{} is for cameras, and may be assumed by others: {}", role.title(), some(&others));
    Ok(Some(Problem::new(sentence).with(proofs)))
}

/// Those whom an element names besides the credentials provider: as it names them, and who stands for them.
fn named_by(named: &PrincipalElement, partition: &str, accounts: &[String]) -> Vec<(String, Vec<Assumer>)> {
    if named.negated {
        let but: Vec<_> = named.entries.iter().map(ToString::to_string).collect();
        let everyone = Assumer::named_by(&PrincipalEntry::Everyone, partition, accounts);
        return vec![(format!("all but {}", but.join(", ")), everyone)];
    }
    let entries = named.entries.iter().map(|entry| (entry.to_string(), entry));
    let others = entries.filter(|(name, _)| name != CREDENTIALS_PROVIDER);
    others.map(|(name, entry)| (name, Assumer::named_by(entry, partition, accounts))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{camera_role, cannot_judge, fine, problem};

    fn trusting(statement: &Value) -> Value {
        let mut role = camera_role(json!([]));
        role["AssumeRolePolicyDocument"]["Statement"] = json!([
            { "Effect": "Allow", "Principal": { "Service": "credentials.iot.amazonaws.com" }, "Action": "sts:AssumeRole" },
            statement,
        ]);
        json!({ "roles": { "items": [role] } })
    }

    #[test]
    fn a_second_service_is_one_too_many() {
        let other = json!({ "Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": { "Service": ["credentials.iot.amazonaws.com", "lambda.amazonaws.com"] } });
        let problem = problem(&CHECK, trusting(&other));
        assert!(problem.sentence.ends_with("may be assumed by others: `lambda.amazonaws.com`"), "{problem:?}");
        assert_eq!(problem.proofs[0].request.as_ref().unwrap()["principal"], "lambda.amazonaws.com");
        assert!(problem.proofs[0].because.contains("statement 1"), "{problem:?}");
    }

    #[test]
    fn the_account_with_an_external_id_is_somebody() {
        let other = json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": "123456789012" },
            "Condition": { "StringEquals": { "sts:ExternalId": "x" } } });
        assert!(problem(&CHECK, trusting(&other)).proofs[0].request.is_some());
    }

    #[test]
    fn a_deny_of_everybody_else_leaves_cameras_only() {
        let role = json!({ "Effect": "Deny", "Action": "sts:AssumeRole", "Principal": "*",
            "Condition": { "Bool": { "aws:PrincipalIsAWSService": "false" } } });
        let mut inventory = trusting(&role);
        let statements = "/roles/items/0/AssumeRolePolicyDocument/Statement/0/Principal/AWS";
        *inventory.pointer_mut(statements.strip_suffix("/AWS").unwrap()).unwrap() =
            json!({ "Service": "credentials.iot.amazonaws.com", "AWS": "123456789012" });
        fine(&CHECK, inventory);
    }

    #[test]
    fn a_policy_that_is_none_leaves_the_role_unjudged() {
        let mut inventory = trusting(&json!({ "Effect": "Deny", "Principal": "*", "Action": "sts:TagSession" }));
        inventory["roles"]["items"][0]["RolePolicyList"][0]["PolicyDocument"] = json!("[]");
        assert!(cannot_judge(&CHECK, inventory).because.contains("cannot be read"));
    }
}
