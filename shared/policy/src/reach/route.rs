//! One way to an action: one statement of each kind of policy that has to allow it.

use super::grant::{Grant, Term};
use crate::condition::Condition;
use crate::pattern::{Budget, Pattern, Search};

/// Combinations of patterns that are looked at for that.
const COMBINATIONS: usize = 64;

/// One statement of each kind for one action, and the exceptions that are about it.
pub(super) struct Route<'g, 'p> {
    pub(super) terms: Vec<&'g Term<'p>>,
    pub(super) denies: Vec<&'g Term<'p>>,
}

impl<'p> Grant<'p> {
    /// Whether some statement of each kind is about an action, in lower case.
    pub(super) fn covers_action(&self, lower: &str) -> bool {
        self.allow.as_ref().is_none_or(|term| term.covers_action(lower))
            && self.within.iter().all(|terms| terms.iter().any(|term| term.covers_action(lower)))
    }

    /// For each kind, its statements that may allow an action on some of what a pattern matches.
    pub(super) fn kinds(&self, lower: &str, resource: &Pattern) -> Vec<Vec<&Term<'p>>> {
        let may = |term: &&Term<'p>| term.covers_action(lower) && !term.resources.misses_pattern(resource);
        let own = self.allow.iter().map(|term| [term].into_iter().filter(may).collect());
        own.chain(self.within.iter().map(|terms| terms.iter().map(AsRef::as_ref).filter(may).collect())).collect()
    }

    /// The exceptions that are about an action.
    pub(super) fn denies(&self, lower: &str) -> Vec<&Term<'p>> {
        self.except.iter().map(AsRef::as_ref).filter(|term| term.covers_action(lower)).collect()
    }
}

impl<'p> Route<'_, 'p> {
    /// What has to hold of a request besides action and resource.
    pub(super) fn conditions(&self) -> impl Iterator<Item = &'p Condition> {
        self.terms.iter().flat_map(|term| term.conditions().iter().copied())
    }

    /// Whether it may allow the action on some of what a pattern matches and others, without variables, do not. A no is
    /// certain.
    pub(super) fn may(&self, resource: &Pattern, other: &[&Pattern], budget: &Budget) -> bool {
        // What is denied only under conditions may be allowed.
        let denies: Vec<_> = self.denies.iter().filter(|term| term.conditions().is_empty()).collect();
        if denies.iter().any(|term| term.resources.covers_pattern(resource)) {
            return false;
        }
        // All patterns at once: each may leave something of the resource, and together they leave nothing.
        let wide = |pattern: &Pattern| pattern.widened().into_owned();
        let (mut choices, mut outside) = (vec![vec![wide(resource)]], other.to_vec());
        let allowed = self.terms.iter().map(|term| (&term.resources, term.resources.negated));
        for (set, negated) in allowed.chain(denies.iter().map(|term| (&term.resources, !term.resources.negated))) {
            if negated {
                // What a variable keeps out is not known.
                let fixed = set.patterns.iter().filter(|pattern| pattern.variables().next().is_none());
                outside.extend(fixed.map(AsRef::as_ref));
            } else {
                choices.push(set.patterns.iter().map(|pattern| wide(pattern)).collect());
            }
        }
        let mut combinations = Combinations::of(&choices);
        let tried: Vec<_> = combinations.by_ref().take(COMBINATIONS).collect();
        combinations.next().is_some() || tried.iter().any(|inside| budget.search(inside, &outside) != Search::Nothing)
    }
}

/// Every way to choose one of each list.
pub(super) struct Combinations<'c, T> {
    lists: &'c [Vec<T>],
    next: Option<Vec<usize>>,
}

impl<'c, T> Combinations<'c, T> {
    pub(super) fn of(lists: &'c [Vec<T>]) -> Self {
        Self { lists, next: lists.iter().all(|list| !list.is_empty()).then(|| vec![0; lists.len()]) }
    }
}

impl<'c, T> Iterator for Combinations<'c, T> {
    type Item = Vec<&'c T>;

    fn next(&mut self) -> Option<Self::Item> {
        let places = self.next.take()?;
        let chosen = places.iter().zip(self.lists).filter_map(|(place, list)| list.get(*place)).collect();
        // The next, counted as a number whose digits are the places.
        let mut after = places;
        for (place, list) in after.iter_mut().zip(self.lists) {
            *place = place.saturating_add(1);
            if *place < list.len() {
                self.next = Some(after);
                break;
            }
            *place = 0;
        }
        Some(chosen)
    }
}
