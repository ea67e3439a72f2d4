//! Why nothing allowed a request: the statements that came near.

use std::fmt;

use super::{Policies, StatementRef};
use crate::condition::Condition;
use crate::document::Effect;
use crate::request::Request;

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
    /// It does not cover the resource.
    Resource,
    /// It covers no resource, as a variable in it has no value.
    Variable(String),
    /// These conditions do not hold, each with whether the request has the key at all.
    Conditions(Vec<(&'p Condition, bool)>),
}

/// The statements that would allow the action, but not in this request. For people: it takes longer than
/// [`evaluate`](super::evaluate).
pub fn near_misses<'p>(request: &Request, policies: &'p Policies) -> Vec<NearMiss<'p>> {
    let statements = policies.statements().filter(|at| at.statement.effect == Effect::Allow);
    let about = statements.filter(|at| at.statement.covers_action(request.lower_action()));
    about.filter_map(|statement| Some(NearMiss { miss: miss(request, policies, statement)?, statement })).collect()
}

fn miss<'p>(request: &Request, policies: &Policies, at: StatementRef<'p>) -> Option<Miss<'p>> {
    let (statement, context) = (at.statement, request.context());
    let boundary = !policies.boundaries.is_empty();
    if statement.principal.as_ref().is_some_and(|p| p.concerns(request.principal(), false, boundary).is_none()) {
        return Some(Miss::Principal);
    }
    if !statement.covers_resource(request.resource(), context) {
        let patterns = statement.resources.iter().flat_map(|resources| &resources.patterns);
        let variables = patterns.flat_map(|pattern| pattern.pattern().variables());
        let mut without = variables.filter(|variable| context.get(variable.key()).is_none());
        return Some(without.next().map_or(Miss::Resource, |variable| Miss::Variable(variable.to_string())));
    }
    let unmet = statement.conditions.iter().filter(|condition| !condition.holds(context));
    let unmet: Vec<_> = unmet.map(|condition| (condition, context.get(condition.key()).is_some())).collect();
    (!unmet.is_empty()).then_some(Miss::Conditions(unmet))
}

impl fmt::Display for NearMiss<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is about the action, but ", self.statement)?;
        match &self.miss {
            Miss::Principal => f.write_str("does not name the caller"),
            Miss::Resource => f.write_str("does not cover the resource"),
            Miss::Variable(variable) => write!(f, "`{variable}` in it has no value in this request"),
            Miss::Conditions(unmet) => {
                let each = unmet.iter().map(|(condition, has_key)| {
                    let key = if *has_key { "" } else { ": the request has no such key" };
                    format!("its condition {condition} is not met{key}")
                });
                f.write_str(&each.collect::<Vec<_>>().join("; "))
            }
        }
    }
}
