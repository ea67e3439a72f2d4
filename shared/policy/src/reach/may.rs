//! Whether a principal may ever do one thing.

use super::Reach;
use super::grant::{Grant, Term};
use super::route::{Combinations, Route};
use crate::catalogue;
use crate::evaluate::kept;
use crate::pattern::{Budget, Pattern};

/// Whether a principal's own policies ever allow an action on what a pattern matches. Resource policies have no part in
/// it: one may allow what is never allowed here, and where the resource is another account's, a role or a KMS key, one
/// has to consent to what is always allowed here.
#[derive(Debug, Clone)]
pub enum May<'r, 'p> {
    /// On all of it, in every request, by this grant.
    Always(&'r Grant<'p>),
    /// On some of it, or under conditions, by these grants. What is not known of requests decides.
    Conditionally(Vec<&'r Grant<'p>>),
    /// On none of it, whatever a request is like.
    Never,
}

/// Prefixes that are looked at to find out that what several patterns allow has nothing in common.
const STEPS: usize = 100_000;
/// Routes that are looked at, one after the other.
const ROUTES: usize = 256;

impl<'p> Reach<'p> {
    /// Whether the principal may ever do an action on a resource, or on any that a pattern matches, by its own policies.
    ///
    /// `Always` and `Never` are certain, save for the two actions of STS that need no permission. An action that takes no resource, as the [catalogue] knows it, is asked for on
    /// `*`. The action is one name without wildcards; that AWS has it is not checked.
    pub fn may(&self, action: &str, resource: &Pattern) -> May<'_, 'p> {
        let star = Pattern::literal("*");
        let resource = if catalogue::takes_none(action) { &star } else { resource };
        let lower = action.to_ascii_lowercase();
        if !self.has_say_on(&lower) {
            return May::Never;
        }
        // What AWS keeps for itself is never changed.
        let (budget, kept) = (Budget::new(STEPS), kept(action));
        let other: Vec<&Pattern> = kept.iter().collect();
        let some: Vec<_> = self.grants.iter().filter(|grant| grant.may(&lower, resource, &other, &budget)).collect();
        let whole = !kept.iter().any(|kept| kept.overlaps(&resource.widened()));
        match some.iter().find(|grant| whole && grant.always(&lower, resource)) {
            Some(grant) => May::Always(grant),
            None if some.is_empty() => May::Never,
            None => May::Conditionally(some),
        }
    }

    /// The grants by which the principal may do an action on some resource of the action's types.
    pub fn allowing(&self, action: &str) -> impl Iterator<Item = &Grant<'p>> {
        let (lower, shapes) = (action.to_ascii_lowercase(), catalogue::shapes(action));
        let budget = Budget::new(STEPS);
        let has_say = self.has_say_on(&lower);
        let may = move |grant: &Grant<'p>| shapes.iter().any(|shape| grant.may(&lower, shape, &[], &budget));
        self.grants.iter().filter(move |grant| has_say && may(grant))
    }

    /// The resources on which the principal may do an action: the patterns of its statements, with what is known in
    /// place of variables, that may be of the action's resource types and are not wholly denied; `*` for a statement
    /// with `NotResource`. Of each only some may be left; [`Reach::may`] tells.
    pub fn resources(&self, action: &str) -> Vec<String> {
        let (lower, shapes) = (action.to_ascii_lowercase(), catalogue::shapes(action));
        let budget = Budget::new(STEPS);
        let mut resources = Vec::new();
        for grant in self.allowing(action) {
            for pattern in grant.patterns() {
                let meets = shapes.iter().any(|shape| shape.overlaps(&pattern.widened()));
                let text = pattern.to_string();
                if meets && grant.may(&lower, &pattern, &[], &budget) && !resources.contains(&text) {
                    resources.push(text);
                }
            }
        }
        resources
    }
}

impl Grant<'_> {
    /// Whether it may allow an action on some of what a pattern matches and others, without variables, do not. A no is
    /// certain.
    pub(super) fn may(&self, lower: &str, resource: &Pattern, other: &[&Pattern], budget: &Budget) -> bool {
        let (kinds, denies) = (self.kinds(lower, resource), self.denies(lower));
        let mut combinations = Combinations::of(&kinds);
        let mut tried = combinations.by_ref().take(ROUTES);
        tried.any(|terms| {
            let terms = terms.into_iter().copied().collect();
            Route { terms, denies: denies.clone() }.may(resource, other, budget)
        }) || combinations.next().is_some()
    }

    /// Whether it surely allows an action on all of what a pattern matches.
    fn always(&self, lower: &str, resource: &Pattern) -> bool {
        let all = |term: &&Term<'_>| term.conditions().is_empty() && term.resources.covers_pattern(resource);
        self.kinds(lower, resource).iter().all(|terms| terms.iter().any(all))
            && self.denies(lower).iter().all(|term| term.resources.misses_pattern(resource))
    }
}
