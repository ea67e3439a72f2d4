//! What one combination of statements lets a principal do.

use std::fmt;
use std::sync::Arc;

use super::known::Known;
use super::sets::Set;
use crate::condition::Condition;
use crate::document::{ActionPattern, Effect};
use crate::evaluate::StatementRef;
use crate::pattern::Pattern;
use crate::request::Request;

/// A statement with what is known put into it.
#[derive(Debug, Clone)]
pub struct Term<'p> {
    at: StatementRef<'p>,
    pub(super) actions: Set<'p>,
    pub(super) resources: Set<'p>,
    conditions: Vec<&'p Condition>,
    /// Its actions that are written without wildcards, in lower case and sorted, since some lists are long.
    names: Vec<&'p str>,
    /// Its other actions.
    wild: Vec<&'p ActionPattern>,
}

impl<'p> Term<'p> {
    /// None when a condition is known not to hold.
    pub(super) fn new(at: StatementRef<'p>, known: &Known) -> Option<Self> {
        let mut conditions = Vec::new();
        for condition in &at.statement.conditions {
            match known.decides(condition) {
                Some(true) => {}
                Some(false) => return None,
                None => conditions.push(condition),
            }
        }
        let actions = at.statement.actions.patterns.iter();
        let (names, wild): (Vec<_>, Vec<_>) = actions.partition(|action| action.lower().as_literal().is_some());
        let mut names: Vec<&str> = names.iter().filter_map(|action| action.lower().as_literal()).collect();
        names.sort_unstable();
        Some(Self {
            at,
            names,
            wild,
            actions: Set::of_actions(&at.statement.actions),
            resources: Set::of_resources(at.statement.resources.as_ref(), known),
            conditions,
        })
    }

    /// The statement.
    pub fn at(&self) -> StatementRef<'p> {
        self.at
    }

    /// Its conditions, without those that are known to hold.
    pub fn conditions(&self) -> &[&'p Condition] {
        &self.conditions
    }

    /// The resources that it is about, as they were written, with what is known in place of variables.
    pub fn resources(&self) -> impl Iterator<Item = String> {
        self.resources.patterns.iter().map(ToString::to_string)
    }

    pub(super) fn covers_action(&self, lower: &str) -> bool {
        let named = self.names.binary_search(&lower).is_ok();
        let matched = named || self.wild.iter().any(|pattern| pattern.matches_lower(lower));
        matched != self.actions.negated && !self.at.is_exempt(lower)
    }

    /// Its actions that are written without wildcards, in lower case.
    pub(super) fn names(&self) -> impl Iterator<Item = &'p str> {
        self.names.iter().copied()
    }

    /// Its other actions.
    pub(super) fn wild(&self) -> impl Iterator<Item = &'p ActionPattern> {
        self.wild.iter().copied()
    }

    /// Whether it is about everything, under no condition.
    pub(super) fn is_all(&self) -> bool {
        self.conditions.is_empty() && self.actions.is_all() && self.resources.is_all()
    }

    fn applies(&self, request: &Request) -> bool {
        let (statement, context) = (self.at.statement, request.context());
        self.covers_action(request.lower_action())
            && statement.covers_resource(request.resource(), context)
            && statement.conditions.iter().all(|condition| condition.holds(context))
    }

    pub(super) fn misses(&self, other: &Self) -> bool {
        self.actions.misses(&other.actions) || self.resources.misses(&other.resources)
    }
}

/// What one statement allows: within what other kinds of policies let through, less the statements that deny part of it.
#[derive(Debug, Clone)]
pub struct Grant<'p> {
    pub(super) allow: Option<Term<'p>>,
    pub(super) within: Vec<Vec<Arc<Term<'p>>>>,
    pub(super) except: Vec<Arc<Term<'p>>>,
}

impl<'p> Grant<'p> {
    /// The statement of an identity policy that allows it; None for a root user, who needs none.
    pub fn allow(&self) -> Option<&Term<'p>> {
        self.allow.as_ref()
    }

    /// For each other kind of policy that has to allow (boundary, session, endpoint, each level of SCPs), its statements
    /// that let some of it through. A request has to meet one of each kind.
    pub fn within(&self) -> impl Iterator<Item = &[Arc<Term<'p>>]> {
        self.within.iter().map(Vec::as_slice)
    }

    /// The statements that deny some of it, or all of it under their conditions.
    pub fn except(&self) -> &[Arc<Term<'p>>] {
        &self.except
    }

    /// The resources of its statement; everything where it names those that it is not about.
    pub(super) fn patterns(&self) -> Vec<Pattern> {
        match &self.allow {
            Some(term) if !term.resources.negated => {
                term.resources.patterns.iter().map(|pattern| pattern.as_ref().clone()).collect()
            }
            _ => vec![Pattern::any()],
        }
    }

    /// Whether a request lies within the grant.
    pub fn covers(&self, request: &Request) -> bool {
        self.allow.as_ref().is_none_or(|term| term.applies(request))
            && self.within.iter().all(|terms| terms.iter().any(|term| term.applies(request)))
            && !self.except.iter().any(|term| term.applies(request))
    }

    /// Adds another kind of policy that has to allow, by its statements. None when it lets nothing through.
    pub(super) fn limited(mut self, terms: &[Arc<Term<'p>>]) -> Option<Self> {
        let meets = |term: &&Arc<Term<'p>>| !self.allow.as_ref().is_some_and(|allow| allow.misses(term));
        let left: Vec<_> = terms.iter().filter(meets).cloned().collect();
        (!left.is_empty()).then(|| {
            self.within.push(left);
            self
        })
    }

    /// Takes a statement that denies into account. None when nothing is left.
    pub(super) fn less(mut self, deny: &Arc<Term<'p>>) -> Option<Self> {
        let kinds = || {
            let own = self.allow.iter().map(std::slice::from_ref);
            let own = own.map(|terms| terms.iter().collect::<Vec<_>>());
            own.chain(self.within.iter().map(|terms| terms.iter().map(AsRef::as_ref).collect()))
        };
        if kinds().any(|terms| terms.iter().all(|term| term.misses(deny))) {
            return Some(self);
        }
        let all = |covers: &dyn Fn(&Term<'p>) -> bool| kinds().any(|terms| terms.iter().all(|term| covers(term)));
        let unlimited = self.allow.is_none() && self.within.is_empty();
        let covered = !unlimited
            && all(&|term| deny.actions.covers(&term.actions))
            && all(&|term| deny.resources.covers(&term.resources))
            && deny.conditions.iter().all(|condition| all(&|term| term.conditions.contains(condition)));
        if covered && !deny.at.has_exemption() {
            return None;
        }
        self.except.push(Arc::clone(deny));
        Some(self)
    }
}

/// One line, for people.
impl fmt::Display for Grant<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.allow {
            Some(term) => write!(f, "{term}")?,
            None => f.write_str("everything, as the root user")?,
        }
        for terms in &self.within {
            let terms: Vec<_> = terms.iter().map(ToString::to_string).collect();
            write!(f, "; within {}", terms.join(" or "))?;
        }
        for term in &self.except {
            write!(f, "; but not {term}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Term<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let not = |negated: bool| if negated { "all but " } else { "" };
        let statement = self.at.statement;
        let actions: Vec<_> = statement.actions.patterns.iter().map(ActionPattern::as_str).collect();
        let resources: Vec<_> = self.resources().collect();
        let (all_but, on_all_but) = (not(statement.actions.negated), not(self.resources.negated));
        write!(f, "{all_but}{} on {on_all_but}{}", actions.join(", "), resources.join(", "))?;
        if !self.conditions.is_empty() {
            let conditions: Vec<_> = self.conditions.iter().map(ToString::to_string).collect();
            write!(f, " if {}", conditions.join(" and "))?;
        }
        let by = if statement.effect == Effect::Allow { "by" } else { "denied by" };
        write!(f, " ({by} {})", self.at)
    }
}
