//! Whether the people of an account reach a topic or queue without TLS.
//!
//! SNS and SQS answer over plain HTTP as well, so only a policy that denies it keeps requests encrypted. Who is of the
//! same account needs nothing but policies of its own: all that counts in the resource's is what it denies.

use policy::{
    Document, Effect, Key, Kind, Known, May, Outcome, Pattern, Policies, Policy, Principal, Version, evaluate, reach,
};
use serde_json::json;

use crate::check::{CannotJudge, Proof};
use crate::identity::request;
use crate::inventory::DocumentText;
use crate::openness::said;
use crate::world::World;

const SECURE_TRANSPORT: &str = "aws:SecureTransport";

/// A request without TLS for one of some actions on a resource of this account, which its policy lets through when
/// the caller's own policies allow it; None when it denies all of them.
pub fn let_through(
    world: &World<'_>,
    policy: Option<&DocumentText>,
    actions: &[&str],
    resource: &str,
) -> Result<Option<Proof>, CannotJudge> {
    let document = match policy {
        Some(text) => Document::parse(Kind::Resource, text.as_str())
            .map_err(|fault| CannotJudge::new(format!("its policy cannot be read: {fault}")))?,
        None => Document { id: None, version: Version::V2012, statements: Vec::new(), doubts: Vec::new() },
    };
    let statement = json!({ "Effect": "Allow", "Action": actions, "Resource": resource });
    let allowed = Document::parse(Kind::Identity, &json!({ "Statement": statement }).to_string());
    let allowed = allowed.map_err(|fault| CannotJudge::new(fault.to_string()))?;
    let allowed = Policy { name: String::new(), document: allowed };
    let known = Known::default().with(SECURE_TRANSPORT, "false").with("aws:ResourceAccount", world.account());
    for principal in principals(world, &document) {
        let denied = Policy { name: String::new(), document: denials(&document, &principal) };
        let own = Policies::of_identity([allowed.clone(), denied]);
        let reach = reach(&principal, &own, &known);
        for action in actions {
            let grants = match reach.may(action, &Pattern::literal(resource)) {
                May::Never => continue,
                May::Always(grant) => vec![grant],
                May::Conditionally(grants) => grants,
            };
            let witness = grants.into_iter().find_map(|grant| reach.witness(grant, action, &[]));
            let all = Policy { name: String::new(), document: document.clone() };
            let all = Policies { resource: Some(all), ..Policies::of_identity([allowed.clone()]) };
            let witness =
                witness.filter(|witness| evaluate(&witness.request, &all).outcome == Outcome::Allowed).ok_or_else(
                    || CannotJudge::new(format!("no request was found that shows whether `{action}` needs TLS")),
                )?;
            return Ok(Some(Proof { because: because(&all), request: Some(request(&witness.request)) }));
        }
    }
    Ok(None)
}

/// Somebody of the account, and those of it whom the policy names.
fn principals(world: &World<'_>, document: &Document) -> Vec<Principal> {
    let somebody = format!("arn:{}:iam::{}:user/somebody", world.inventory.taken.partition, world.account());
    let elements = document.statements.iter().filter_map(|statement| statement.principal.as_ref());
    let named = elements.flat_map(|element| &element.entries).map(ToString::to_string);
    let parsed = std::iter::once(somebody).chain(named).filter_map(|text| text.parse::<Principal>().ok());
    parsed.filter(|principal| principal.account() == Some(world.account())).collect()
}

/// What the policy denies a principal, as if it were the principal's own.
fn denials(document: &Document, principal: &Principal) -> Document {
    let mut denials = document.clone();
    denials.statements.retain(|statement| {
        let concerns = |element: &policy::PrincipalElement| element.concerns(principal, true, false).is_some();
        statement.effect == Effect::Deny && statement.principal.as_ref().is_none_or(concerns)
    });
    for statement in &mut denials.statements {
        statement.principal = None;
    }
    denials
}

/// What the policy has to say on TLS.
fn because(policies: &Policies) -> String {
    let key = Key::new(SECURE_TRANSPORT);
    let about = policies.statements().filter(|at| at.statement.effect == Effect::Deny);
    let about = about.filter(|at| at.statement.conditions.iter().any(|condition| *condition.key() == key));
    let about: Vec<_> = about.map(|at| said(&at)).collect();
    if about.is_empty() {
        return "no statement of its policy denies requests without TLS".to_owned();
    }
    format!("not all requests without TLS are denied: {}", about.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expectations::Expectations;
    use crate::inventory::Inventory;

    const QUEUE: &str = "arn:aws:sqs:us-east-1:123456789012:queue";

    fn asked(statement: &serde_json::Value) -> Option<Proof> {
        let policy = json!({ "Version": "2012-10-17", "Statement": statement }).to_string();
        let world = World { inventory: &Inventory::default(), expect: &Expectations::default() };
        let_through(&world, Some(&DocumentText::new(&policy)), &["sqs:SendMessage"], QUEUE).unwrap()
    }

    #[test]
    fn a_denial_of_everyone_leaves_no_way() {
        let deny = json!({ "Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": QUEUE,
                           "Condition": { "Bool": { "aws:SecureTransport": "false" } } });
        assert_eq!(asked(&deny), None);
    }

    #[test]
    fn whom_a_denial_spares_has_a_way() {
        let spared = json!({ "AWS": ["arn:aws:iam::123456789012:role/old", "123456789012"] });
        let deny = json!({ "Effect": "Deny", "NotPrincipal": spared, "Action": "sqs:*", "Resource": QUEUE,
                           "Condition": { "Bool": { "aws:SecureTransport": "false" } } });
        let proof = asked(&deny).unwrap();
        assert!(proof.because.starts_with("not all requests without TLS are denied: resource policy"), "{proof:?}");
        let request = proof.request.unwrap();
        assert_eq!(request["principal"], "arn:aws:iam::123456789012:role/old");
        assert_eq!(request["context"]["aws:SecureTransport"], "false");
    }

    #[test]
    fn a_policy_that_is_none_cannot_be_judged() {
        let world = World { inventory: &Inventory::default(), expect: &Expectations::default() };
        let cannot = let_through(&world, Some(&DocumentText::new("{}")), &["sqs:SendMessage"], QUEUE).unwrap_err();
        assert!(cannot.because.starts_with("its policy cannot be read"), "{cannot:?}");
    }
}
