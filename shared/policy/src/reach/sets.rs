//! Sets of texts that are written as `Action`, `NotAction`, `Resource` or `NotResource`: which lies within which, which
//! meet.
//!
//! A yes is certain; a no may be wrong where several patterns together cover what none of them covers alone.

use std::borrow::Cow;

use crate::document::{ActionPattern, Matcher, ResourcePattern};
use crate::pattern::Pattern;

use super::known::Known;

/// The texts that any of the patterns match, or that none does.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Set<'p> {
    pub(super) negated: bool,
    pub(super) patterns: Vec<Cow<'p, Pattern>>,
}

impl<'p> Set<'p> {
    pub(super) fn of_actions(actions: &'p Matcher<ActionPattern>) -> Self {
        let patterns = actions.patterns.iter().map(|action| Cow::Borrowed(action.lower())).collect();
        Self { negated: actions.negated, patterns }
    }

    /// No `Resource` is any resource.
    pub(super) fn of_resources(resources: Option<&'p Matcher<ResourcePattern>>, known: &Known) -> Self {
        match resources {
            None => Self { negated: true, patterns: Vec::new() },
            Some(resources) => {
                let patterns = resources.patterns.iter().filter_map(|resource| known.bind(resource.pattern()));
                Self { negated: resources.negated, patterns: patterns.collect() }
            }
        }
    }

    /// Whether it surely has everything.
    pub(super) fn is_all(&self) -> bool {
        if self.negated { self.patterns.is_empty() } else { self.patterns.iter().any(|pattern| pattern.is_any()) }
    }

    fn has_within(&self, pattern: &Pattern) -> bool {
        self.patterns.iter().any(|own| pattern.contained_in(own))
    }

    /// Whether one of the patterns may match something that the other matches, whatever the variables become.
    fn may_meet(&self, pattern: &Pattern) -> bool {
        let wide = pattern.widened();
        self.patterns.iter().any(|own| own.widened().overlaps(&wide))
    }

    /// Whether all of the other set is surely in this one.
    pub(super) fn covers(&self, other: &Set<'_>) -> bool {
        match (self.negated, other.negated) {
            (false, false) => other.patterns.iter().all(|pattern| self.has_within(pattern)),
            (true, false) => !other.patterns.iter().any(|pattern| self.may_meet(pattern)),
            (false, true) => self.is_all(),
            (true, true) => self.patterns.iter().all(|pattern| other.has_within(pattern)),
        }
    }

    /// Whether the two sets surely have nothing in common.
    pub(super) fn misses(&self, other: &Set<'_>) -> bool {
        match (self.negated, other.negated) {
            (false, false) => !other.patterns.iter().any(|pattern| self.may_meet(pattern)),
            (false, true) => self.patterns.iter().all(|pattern| other.has_within(pattern)),
            (true, false) => other.patterns.iter().all(|pattern| self.has_within(pattern)),
            (true, true) => [self, other].iter().any(|set| set.patterns.iter().any(|pattern| pattern.is_any())),
        }
    }

    /// Whether the set surely has nothing of a pattern.
    pub(super) fn misses_pattern(&self, pattern: &Pattern) -> bool {
        if self.negated { self.has_within(pattern) } else { !self.may_meet(pattern) }
    }

    /// Whether the set surely has all of a pattern.
    pub(super) fn covers_pattern(&self, pattern: &Pattern) -> bool {
        if self.negated { !self.may_meet(pattern) } else { self.has_within(pattern) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::Syntax;

    fn set(text: &str) -> Set<'static> {
        let (negated, list) = text.strip_prefix('!').map_or((false, text), |list| (true, list));
        let patterns = list.split_whitespace().map(|text| Cow::Owned(Pattern::parse(text, Syntax::FULL).unwrap()));
        Set { negated, patterns: patterns.collect() }
    }

    #[test]
    fn what_is_said_of_two_sets_is_certain() {
        for (one, other, covers, misses) in [
            ("a*", "ab ac*", true, false),
            ("ab", "a*", false, false),
            ("a*", "b*", false, true),
            ("!b*", "a*", true, false),
            ("!a*", "ab", false, true),
            ("!ab", "a*", false, false),
            ("*", "!a", true, false),
            ("a*", "!a", false, false),
            ("a", "!a*", false, true),
            ("!a", "!a*", true, false),
            ("!a*", "!a", false, false),
            ("!", "!a", true, false),
            ("!*", "!a", false, true),
            ("a", "", true, true),
            ("s/${v}/*", "s/${v}/x", true, false),
            ("s/x/*", "s/${v}/*", false, false),
            ("!s/x/*", "s/${v}/*", false, false),
            ("!t/*", "s/${v}/*", true, false),
        ] {
            assert_eq!(set(one).covers(&set(other)), covers, "{one} covers {other}");
            assert_eq!(set(one).misses(&set(other)), misses, "{one} misses {other}");
        }
    }
}
