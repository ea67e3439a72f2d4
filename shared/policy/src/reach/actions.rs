//! The actions that a grant is about.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::grant::{Grant, Term};
use crate::catalogue::{self, LowerAction};
use crate::document::ActionPattern;
use crate::pattern::{Budget, Pattern, Syntax};

/// Actions, in lower case and as they are spelt.
pub(super) type Actions = BTreeMap<Cow<'static, str>, Cow<'static, str>>;

impl Grant<'_> {
    /// The actions that it is about and one of the patterns matches: those of the catalogue, and of what it does not
    /// know one for each combination of patterns.
    pub(super) fn actions(&self, about: &[ActionPattern], budget: &Budget) -> Actions {
        let mut actions = Actions::new();
        let own = self.allow().filter(|term| !term.actions.negated);
        let services = catalogue::in_lower_case().iter();
        let walked = services.filter(|service| {
            let may_have = |pattern: &ActionPattern| service.may_have(pattern.lower());
            own.is_none_or(|term| term.wild().any(may_have)) && about.iter().any(may_have)
        });
        let named = own.into_iter().flat_map(Term::names).filter_map(catalogue::lower_action);
        for action in named.chain(walked.flat_map(|service| &service.actions)) {
            let LowerAction { lower, spelt, .. } = action;
            // The cheap question first.
            if about.iter().any(|pattern| pattern.matches_lower(lower)) && self.covers_action(lower) {
                actions.insert(lower.as_str().into(), spelt.as_str().into());
            }
        }
        for action in self.made_up(about, budget) {
            actions.entry(action.clone().into()).or_insert_with(|| action.into());
        }
        actions
    }

    /// Actions that the catalogue does not know, and every kind of policy and one of the patterns are about.
    fn made_up(&self, about: &[ActionPattern], budget: &Budget) -> Vec<String> {
        let known = catalogue::in_lower_case().iter().filter(|service| service.complete);
        let mut outside: Vec<&Pattern> = known.map(|service| &service.all).collect();
        let mut inside: Vec<Vec<&Pattern>> = vec![about.iter().map(ActionPattern::lower).collect()];
        let own: Vec<&Term<'_>> = self.allow().into_iter().collect();
        let within = self.within().map(|terms| terms.iter().map(AsRef::as_ref).collect());
        for terms in std::iter::once(own).chain(within) {
            let patterns = terms.iter().flat_map(|term| &term.actions.patterns).map(AsRef::as_ref);
            // One of a kind that names what it is not about: what it leaves out is looked at below.
            if !terms.is_empty() && terms.iter().all(|term| !term.actions.negated) {
                inside.push(patterns.collect());
            } else if let [_] = terms.as_slice() {
                outside.extend(patterns);
            }
        }
        let Ok(shape) = Pattern::parse("?*:?*", Syntax::WILDCARDS) else { return Vec::new() };
        let mut together = vec![vec![&shape]];
        for list in &mut inside {
            list.retain(|one| !outside.iter().any(|outside| one.contained_in(outside)));
            let mut longer = Vec::new();
            for chosen in &together {
                // Most of one list and of the next are of different services.
                let meets = |one: &Pattern| chosen.iter().all(|chosen| !chosen.ends_differ(one));
                let meeting = list.iter().filter(|one| budget.take(1) && meets(one));
                longer.extend(meeting.map(|one| chosen.iter().chain([one]).copied().collect::<Vec<_>>()));
            }
            together = longer;
        }
        let found = together.iter().filter_map(|chosen| budget.search(chosen, &outside).found());
        found.filter(|action| self.covers_action(action)).collect()
    }
}
