//! Any text as a question to the evaluator.

use ::policy::{
    Caller, Decision, Document, Kind, Outcome, Policies, Policy, Question, Reason, Request, evaluate, near_misses,
};

use super::{Read, refused, text};

const ALLOW: &str = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
const DENY: &str = r#"{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}"#;

/// The bytes are the JSON of a [`Question`].
///
/// # Panics
///
/// When something does not hold.
pub fn check(data: &[u8]) -> Read {
    let Question { request, policies, .. } = match Question::parse(&text(data)) {
        Ok(question) => question,
        Err(error) => return refused(&error),
    };
    let decision = evaluate(&request, &policies);
    says_why(&request, &policies, &decision);
    obeys_a_deny_of_everything(&request, &policies, &decision);
    obeys_an_allow_of_everything(&request, &policies, decision.outcome);
    let again = evaluate(&request, &reversed(policies.clone())).outcome;
    assert_eq!(decision.outcome, again, "the order of statements and policies decides");
    let again = evaluate(&in_capitals(&request), &policies).outcome;
    assert_eq!(decision.outcome, again, "the case of the action decides");
    Ok(())
}

/// Also: what came near did not decide.
fn says_why(request: &Request, policies: &Policies, decision: &Decision<'_>) {
    assert!(!decision.because.is_empty(), "{} for no reason", decision.outcome);
    for reason in &decision.because {
        assert!(!reason.to_string().is_empty(), "a reason says nothing");
    }
    for near in near_misses(request, policies) {
        assert!(!near.to_string().is_empty(), "a near miss says nothing");
        assert!(!decision.because.contains(&Reason::Statement(near.statement)), "what came near decided: {near}");
    }
}

/// It never allows, and it denies everyone who has identity policies.
fn obeys_a_deny_of_everything(request: &Request, policies: &Policies, decision: &Decision<'_>) {
    let has_identity = !matches!(request.principal().caller(), Caller::Anonymous | Caller::Service | Caller::Federated);
    let expected = match decision.because.as_slice() {
        [Reason::NeedsNoPermission] => Outcome::Allowed,
        _ if has_identity => Outcome::ExplicitlyDenied,
        _ => decision.outcome,
    };
    assert_eq!(evaluate(request, &with(policies, DENY)).outcome, expected, "with an identity policy that denies all");
}

/// It never denies, and it allows nothing that is denied.
fn obeys_an_allow_of_everything(request: &Request, policies: &Policies, before: Outcome) {
    let after = evaluate(request, &with(policies, ALLOW)).outcome;
    let may_be = after == before || (before, after) == (Outcome::ImplicitlyDenied, Outcome::Allowed);
    assert!(may_be, "{before} became {after} by an identity policy that allows all");
}

fn with(policies: &Policies, document: &str) -> Policies {
    let mut policies = policies.clone();
    let document = Document::parse(Kind::Identity, document);
    assert!(document.is_ok(), "{document:?}");
    policies.identity.extend(document.map(|document| Policy { name: "added".to_owned(), document }));
    policies
}

fn reversed(mut policies: Policies) -> Policies {
    let Policies { identity, resource, boundaries, session, service_control, resource_control, endpoint } =
        &mut policies;
    service_control.reverse();
    resource_control.reverse();
    let lists = [identity, boundaries, session, endpoint].into_iter().chain(service_control).chain(resource_control);
    let lists = lists.map(|list| {
        list.reverse();
        list.as_mut_slice()
    });
    for policy in lists.flatten().chain(resource) {
        policy.document.statements.reverse();
    }
    policies
}

fn in_capitals(request: &Request) -> Request {
    let action = request.action().to_ascii_uppercase();
    let same = Request::new(request.principal().clone(), &action, request.resource(), request.context().clone());
    match request.resource_account() {
        Some(account) => same.in_account(account),
        None => same,
    }
}
