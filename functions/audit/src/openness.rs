//! Whom a resource's policy lets in.
//!
//! It is tried out: strangers of every kind ask for every action, under all that they can choose themselves, and the
//! policy engine decides. So a Deny that closes the resource again counts, and a condition counts for what it does.
//!
//! Callers that an identity provider vouches for are left out: policies of streams, topics and queues do not name them.

mod callers;

use std::fmt;

use policy::{
    Allowance, Decision, Document, Effect, Kind, Layer, Outcome, Policies, Policy, Reason, Request, Statement,
    StatementRef, evaluate, reach,
};

use crate::check::{CannotJudge, Proof};
use crate::identity::request;
use crate::inventory::DocumentText;
use crate::world::World;
use callers::Caller;

/// One whom a policy lets in, and who is neither ours nor trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranger {
    /// Who.
    pub who: Who,
    /// The statement that lets it in, and a request that it allows. To be allowed, a caller of another account also
    /// needs its own account's consent, which it gives itself.
    pub proof: Proof,
}

/// Who is let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// Also those who sign nothing.
    Anyone,
    /// Whoever has an AWS account.
    AnyAccount,
    /// Somebody of this account.
    Account(String),
    /// Whoever makes this service of AWS act for them: the confused deputy.
    Through(String),
}

/// As many as are enough to mend a policy by.
const ENOUGH: usize = 5;

/// Those outside of our accounts whom the policy of a resource lets do one of some actions (`sns:Publish`, `kinesis:*`)
/// on it: nobody in particular, any account, and each account that the policy names. At most five: one for each
/// statement and whom it lets in.
pub fn strangers(
    world: &World<'_>,
    policy: &DocumentText,
    actions: &[&str],
    resource: &str,
) -> Result<Vec<Stranger>, CannotJudge> {
    let policy = read(policy)?;
    let callers = callers::direct(world, &policy.document);
    let_in(&policy, actions, resource, &callers)
}

/// The services that the policy of a resource lets do one of some actions on it, on behalf of whatever account.
///
/// A condition on `aws:SourceAccount`, `aws:SourceArn` or `aws:SourceOrgID` keeps strangers out:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
pub fn deputies(
    world: &World<'_>,
    policy: &DocumentText,
    actions: &[&str],
    resource: &str,
) -> Result<Vec<Stranger>, CannotJudge> {
    let policy = read(policy)?;
    let callers = callers::services(world, &policy.document);
    let_in(&policy, actions, resource, &callers)
}

fn read(text: &DocumentText) -> Result<Policy, CannotJudge> {
    let document = Document::parse(Kind::Resource, text.as_str());
    let document = document.map_err(|fault| CannotJudge::new(format!("its policy cannot be read: {fault}")))?;
    Ok(Policy { name: String::new(), document })
}

fn let_in(policy: &Policy, actions: &[&str], resource: &str, callers: &[Caller]) -> Result<Vec<Stranger>, CannotJudge> {
    let fault = |fault: &dyn fmt::Display| CannotJudge::new(fault.to_string());
    let nothing = Allowance::about(actions).map_err(|it| fault(&it))?;
    let statement = serde_json::json!({ "Effect": "Allow", "Action": "*", "Resource": resource });
    let here = Document::parse(Kind::Identity, &serde_json::json!({ "Statement": statement }).to_string());
    let here = Policy { name: String::new(), document: here.map_err(|it| fault(&it))? };
    let all = Policies {
        identity: vec![here.clone()],
        session: vec![here.clone()],
        resource: Some(policy.clone()),
        ..Policies::default()
    };
    let mut strangers: Vec<Stranger> = Vec::new();
    for caller in callers.iter().filter(|caller| caller.is_named(&policy.document)) {
        // What the policy says of this caller, as if it were the caller's own: so it can be asked what is possible.
        let own = Policy { name: String::new(), document: caller.view(&policy.document) };
        let own = Policies { boundaries: vec![here.clone()], ..Policies::of_identity([own]) };
        let reach = reach(&caller.stand_in, &own, &caller.known);
        for excess in reach.beyond(&nothing) {
            if strangers.len() == ENOUGH {
                return Ok(strangers);
            }
            let Some(witness) = excess.witness() else { continue };
            let asked = &witness.request;
            let asked =
                Request::new(caller.principal.clone(), asked.action(), asked.resource(), asked.context().clone());
            let decision = evaluate(&asked, &all);
            let Some(at) = allowing(&decision) else { continue };
            let because = said(&at);
            // What lets in anyone lets in each account that is named beside.
            let told = |known: &Stranger| {
                known.proof.because == because
                    && (known.who == caller.who || matches!(known.who, Who::Anyone | Who::AnyAccount))
            };
            if !strangers.iter().any(told) {
                let proof = Proof { because, request: Some(request(&asked)) };
                strangers.push(Stranger { who: caller.who.clone(), proof });
            }
        }
    }
    Ok(strangers)
}

/// The statement of the resource's policy that allows.
fn allowing<'p>(decision: &Decision<'p>) -> Option<StatementRef<'p>> {
    let allowed = decision.outcome == Outcome::Allowed;
    decision.because.iter().filter(|_| allowed).find_map(|reason| match reason {
        Reason::Statement(at) if at.layer == Layer::Resource => Some(*at),
        Reason::Statement(_) | Reason::Missing(_) | Reason::NeedsNoPermission | Reason::RootUser => None,
    })
}

/// A statement of a resource's policy as one line, for people.
pub fn said(at: &StatementRef<'_>) -> String {
    let Statement { effect, principal, actions, resources, conditions, .. } = at.statement;
    let not = |negated: bool| if negated { "all but " } else { "" };
    let to = principal.as_ref().map_or_else(String::new, |principal| {
        let named: Vec<_> = principal.entries.iter().map(ToString::to_string).collect();
        format!(" to {}{}", not(principal.negated), named.join(", "))
    });
    let actions_named: Vec<_> = actions.patterns.iter().map(policy::ActionPattern::as_str).collect();
    let on = resources.as_ref().map_or_else(String::new, |resources| {
        let named: Vec<_> = resources.patterns.iter().map(policy::ResourcePattern::as_str).collect();
        format!(" on {}{}", not(resources.negated), named.join(", "))
    });
    let when = match conditions.as_slice() {
        [] => String::new(),
        some => format!(" if {}", some.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")),
    };
    let does = match effect {
        Effect::Allow => "allows",
        Effect::Deny => "denies",
    };
    format!("{at} {does} {}{}{to}{on}{when}", not(actions.negated), actions_named.join(", "))
}

/// Those who are let in, as a list for a sentence, each once.
pub fn named(strangers: &[Stranger]) -> String {
    let mut names: Vec<String> = Vec::new();
    for stranger in strangers {
        let name = stranger.who.to_string();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anyone => f.write_str("anyone"),
            Self::AnyAccount => f.write_str("anyone who has an AWS account"),
            Self::Account(account) => write!(f, "account `{account}`"),
            Self::Through(service) => write!(f, "anyone for whom `{service}` acts"),
        }
    }
}

#[cfg(test)]
mod tests;
