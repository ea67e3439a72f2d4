//! Why nothing allowed a request: the statements that came near.

use std::fmt;

use super::{Policies, Say, StatementRef};
use crate::condition::Condition;
use crate::context::Context;
use crate::document::Effect;
use crate::pattern::Pattern;
use crate::request::Request;
use crate::shown::shown;

/// A statement that is about the action, and does not allow the request.
#[derive(Debug, Clone, PartialEq)]
pub struct NearMiss<'p> {
    /// The statement.
    pub statement: StatementRef<'p>,
    /// What keeps it from applying.
    pub miss: Miss<'p>,
}

/// What keeps a statement from applying.
#[derive(Debug, Clone, PartialEq)]
pub enum Miss<'p> {
    /// It does not name the caller.
    Principal,
    /// It does not cover the resource, but these, with variables replaced by their values.
    Resource(Vec<String>),
    /// It covers no resource, as a variable in it has no value.
    Variable(String),
    /// These conditions do not hold, each with the values of its key in the request; none where it lacks the key.
    Conditions(Vec<(&'p Condition, Vec<String>)>),
}

/// The statements that would allow the action, but not in this request. For people: it takes longer than
/// [`evaluate`](super::evaluate).
pub fn near_misses<'p>(request: &Request, policies: &'p Policies) -> Vec<NearMiss<'p>> {
    let statements = policies.statements().filter(|at| at.statement.effect == Effect::Allow);
    let about = statements.filter(|at| at.covers_action(request.lower_action()));
    about.filter_map(|statement| Some(NearMiss { miss: miss(request, policies, statement)?, statement })).collect()
}

fn miss<'p>(request: &Request, policies: &Policies, at: StatementRef<'p>) -> Option<Miss<'p>> {
    let (statement, context) = (at.statement, request.context());
    if Say::new(request.principal(), policies).named(statement).is_none() {
        return Some(Miss::Principal);
    }
    if !statement.covers_resource(request.resource(), context) {
        let patterns = || statement.resources.iter().flat_map(|resources| &resources.patterns);
        // A variable is the reason when it leaves nothing that the statement could cover.
        let negated = statement.resources.as_ref().is_some_and(|resources| resources.negated);
        let open = patterns().filter(|pattern| pattern.pattern().resolved(context).is_none()).count();
        let without = patterns().flat_map(|pattern| pattern.pattern().variables());
        let without = without
            .filter(|_| !negated && open == patterns().count())
            .find(|variable| context.get(variable.key()).is_none());
        return Some(without.map_or_else(
            || Miss::Resource(patterns().map(|pattern| named(pattern.pattern(), context)).collect()),
            |variable| Miss::Variable(shown(&variable.to_string())),
        ));
    }
    let unmet = statement.conditions.iter().filter(|condition| !condition.holds(context));
    let unmet: Vec<_> =
        unmet.map(|condition| (condition, context.get(condition.key()).unwrap_or_default().to_vec())).collect();
    (!unmet.is_empty()).then_some(Miss::Conditions(unmet))
}

/// Resources of a statement that are named to a reader.
const MOST_NAMED: usize = 3;

/// A pattern as it is in a request. Without variables, plain text of a policy of version 2008-10-17 shows as it is.
fn named(pattern: &Pattern, context: &Context) -> String {
    pattern.resolved(context).unwrap_or_else(|| pattern.clone()).to_string()
}

/// The values of a key, for a sentence about a request.
pub fn these(values: &[String]) -> String {
    match values {
        [] => "no such key".to_owned(),
        values => values.iter().map(|value| format!("`{}`", shown(value))).collect::<Vec<_>>().join(", "),
    }
}

impl fmt::Display for NearMiss<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is about the action, but ", self.statement)?;
        match &self.miss {
            Miss::Principal => f.write_str("does not name the caller"),
            Miss::Resource(named) => {
                let not = self.statement.statement.resources.as_ref().is_some_and(|resources| resources.negated);
                let (does, more) = (if not { "leaves out" } else { "names" }, named.len().saturating_sub(MOST_NAMED));
                let named: Vec<_> = named.iter().take(MOST_NAMED).map(|text| format!("`{}`", shown(text))).collect();
                write!(f, "does not cover the resource: it {does} {}", named.join(", "))?;
                if more > 0 { write!(f, " and {more} more") } else { Ok(()) }
            }
            Miss::Variable(variable) => write!(f, "`{variable}` in it has no value in this request"),
            Miss::Conditions(unmet) => {
                let each = unmet.iter().map(|(condition, values)| {
                    format!("its condition {condition} is not met: the request has {}", these(values))
                });
                f.write_str(&each.collect::<Vec<_>>().join("; "))
            }
        }
    }
}
