//! One concrete request that a grant allows.

mod candidates;
mod places;

use super::Reach;
use super::grant::{Grant, Term};
use super::route::{Combinations, Route};
use crate::catalogue;
use crate::condition::Condition;
use crate::context::{Context, Key};
use crate::evaluate::{Missing, Outcome, Reason, evaluate};
use crate::pattern::{Budget, Pattern};
use crate::request::Request;
use candidates::candidates;
use places::Places;

/// A request that shows what a principal may do.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    /// The request. [`evaluate`](crate::evaluate) allows it by the policies that were asked about.
    pub request: Request,
    /// The principal's own policies allow it, and the policy of the resource has to as well: it is in another account,
    /// or is a role to be assumed or a KMS key.
    pub needs_consent: bool,
}

/// Steps that may be taken for one request: prefixes of texts, and choices of condition values.
const STEPS: usize = 200_000;
/// What a choice of a condition value counts for.
const CHOICE: usize = 50;
/// Condition keys that one request is given values for.
const KEYS: usize = 64;
/// Combinations of statements, and for each of resource patterns, that are tried.
const COMBINATIONS: usize = 64;

impl<'p> Reach<'p> {
    /// A request for an action that a grant allows, on a resource that none of the patterns matches.
    ///
    /// Finds one for conditions that can be met one key after the other; None does not prove that there is none. What
    /// it finds was decided by [`evaluate`](crate::evaluate).
    pub fn witness(&self, grant: &Grant<'p>, action: &str, outside: &[Pattern]) -> Option<Witness> {
        self.witness_within(grant, action, outside, &Budget::new(STEPS))
    }

    pub(super) fn witness_within(
        &self,
        grant: &Grant<'p>,
        action: &str,
        outside: &[Pattern],
        budget: &Budget,
    ) -> Option<Witness> {
        let lower = action.to_ascii_lowercase();
        let any = if catalogue::takes_none(action) { Pattern::literal("*") } else { Pattern::any() };
        let (kinds, denies) = (grant.kinds(&lower, &any), grant.denies(&lower));
        // Resources are looked for in the principal's own account.
        let (owner, mut context) = (Key::new("aws:ResourceAccount"), self.known().context().clone());
        if !self.known().is_known(&owner) {
            context.set(owner, self.principal().account().map(str::to_owned).into_iter().collect());
        }
        let mut fallback = None;
        for terms in Combinations::of(&kinds).take(COMBINATIONS) {
            let route = Route { terms: terms.into_iter().copied().collect(), denies: denies.clone() };
            let choices: Vec<Vec<Pattern>> = positive(route.terms.iter().copied(), false);
            for inside in Combinations::of(&choices).take(COMBINATIONS) {
                let places = Places::of(action, self.principal());
                let look = Look { reach: self, route: &route, action, inside, outside, places, budget };
                match look.solve(&context, &mut Vec::new()) {
                    Some(witness) if witness.needs_consent => fallback = fallback.or(Some(witness)),
                    Some(witness) => return Some(witness),
                    None => {}
                }
            }
        }
        fallback
    }
}

/// The lists of patterns of the terms that name resources in the plain form, or in the negated one.
fn positive<'g, 'p: 'g>(terms: impl Iterator<Item = &'g Term<'p>>, negated: bool) -> Vec<Vec<Pattern>> {
    let sets = terms.map(|term| &term.resources).filter(|set| set.negated == negated);
    sets.map(|set| set.patterns.iter().map(|pattern| pattern.clone().into_owned()).collect()).collect()
}

/// The search for one request.
struct Look<'l, 'p> {
    reach: &'l Reach<'p>,
    route: &'l Route<'l, 'p>,
    action: &'l str,
    inside: Vec<&'l Pattern>,
    outside: &'l [Pattern],
    places: Places,
    budget: &'l Budget,
}

impl<'p> Look<'_, 'p> {
    /// Goes on from a context in which some keys are decided: gives variables values, meets one condition after the
    /// other, looks for a resource, and where denials leave none, breaks one of their conditions.
    fn solve(&self, context: &Context, decided: &mut Vec<Key>) -> Option<Witness> {
        if decided.len() > KEYS || !self.budget.take(CHOICE) {
            return None;
        }
        let variables = self.wanted().chain(self.outside).flat_map(Pattern::variables);
        let open = |key: &&Key| context.get(key).is_none() && self.is_open(key, decided);
        let key = variables.map(crate::pattern::Variable::key).find(open).cloned();
        if let Some(key) = key {
            return self.choose(context, decided, &key, |_| true).or_else(|| {
                // Absent, it may have a default, or leave what it was to keep out.
                decided.push(key);
                let found = self.solve(context, decided);
                decided.pop();
                found
            });
        }
        if let Some(unmet) = self.route.conditions().find(|condition| !condition.holds(context)) {
            return self.turn(context, decided, unmet, true);
        }
        let active: Vec<_> = self.route.denies.iter().copied().filter(|deny| holds_all(deny, context)).collect();
        if let Some(witness) = self.place(context, &active) {
            return Some(witness);
        }
        for deny in active {
            for condition in deny.conditions() {
                if let Some(witness) = self.turn(context, decided, condition, false) {
                    return Some(witness);
                }
            }
        }
        None
    }

    /// The patterns that a resource has to match: those that allow, and those that a denial of all others leaves.
    fn wanted(&self) -> impl Iterator<Item = &Pattern> {
        let left = self.route.denies.iter().map(|deny| &deny.resources).filter(|set| set.negated);
        self.inside.iter().copied().chain(left.flat_map(|set| set.patterns.iter().map(AsRef::as_ref)))
    }

    fn is_open(&self, key: &Key, decided: &[Key]) -> bool {
        !decided.contains(key) && !self.reach.known().is_known(key)
    }

    /// Tries to make a condition hold, or not hold, by one of its keys.
    fn turn(&self, context: &Context, decided: &mut Vec<Key>, condition: &Condition, to: bool) -> Option<Witness> {
        let open: Vec<_> = condition.keys().filter(|key| self.is_open(key, decided)).cloned().collect();
        // A variable's value alone seldom turns a condition; the last key that is chosen has to.
        let many = open.len() > 1;
        open.iter().find_map(|key| self.choose(context, decided, key, |next| many || condition.holds(next) == to))
    }

    /// Tries each value of a key that leads on.
    fn choose(
        &self,
        context: &Context,
        decided: &mut Vec<Key>,
        key: &Key,
        leads_on: impl Fn(&Context) -> bool,
    ) -> Option<Witness> {
        let denied = self.route.denies.iter().flat_map(|deny| deny.conditions().iter().copied());
        let conditions: Vec<&Condition> = self.route.conditions().chain(denied).collect();
        let mut values = candidates(key, &conditions, context, self.reach.principal(), self.budget);
        if self.wanted().any(|pattern| has_variable(pattern, key)) {
            values.extend(self.captured(key, context).into_iter().map(|value| vec![value]));
        }
        decided.push(key.clone());
        let found = values.into_iter().find_map(|values| {
            let mut next = context.clone();
            next.set(key.clone(), values);
            if leads_on(&next) { self.solve(&next, decided) } else { None }
        });
        decided.pop();
        found
    }

    /// Values of a variable with which there is a resource: what stands in its place in one that is allowed when it may
    /// be anything.
    fn captured(&self, key: &Key, context: &Context) -> Vec<String> {
        let wide = |pattern: &Pattern| pattern.bind(context, &[]).map(|pattern| pattern.widened().into_owned());
        let Some(inside) = self.inside.iter().map(|pattern| wide(pattern)).collect::<Option<Vec<_>>>() else {
            return Vec::new();
        };
        let fixed = |pattern: &&Pattern| pattern.variables().next().is_none();
        let denied = positive(self.route.denies.iter().copied(), false);
        let outside: Vec<_> = self.outside.iter().chain(denied.iter().flatten()).filter(fixed).cloned().collect();
        // A denial of all but some resources leaves those, so the value is to fit them.
        let left: Vec<Vec<_>> = positive(self.route.denies.iter().copied(), true)
            .iter()
            .map(|patterns| patterns.iter().filter_map(wide).collect())
            .collect();
        let mut values = Vec::new();
        for choice in Combinations::of(&left).take(COMBINATIONS) {
            let inside: Vec<_> = inside.iter().chain(choice).cloned().collect();
            for resource in self.places.within(&inside, &outside, self.budget).take(2) {
                values.extend(
                    self.wanted().filter_map(|pattern| value_in(pattern, key, &resource, context, self.budget)),
                );
            }
        }
        values
    }

    /// Looks for a resource in a context in which all conditions of the grant hold.
    fn place(&self, context: &Context, active: &[&Term<'p>]) -> Option<Witness> {
        let resolved = |pattern: &Pattern| pattern.resolved(context);
        let mut inside = self.inside.iter().map(|pattern| resolved(pattern)).collect::<Option<Vec<_>>>()?;
        let mut outside: Vec<_> = self.outside.iter().filter_map(resolved).collect();
        let own = positive(self.route.terms.iter().copied(), true);
        let denied = positive(active.iter().copied(), false);
        outside.extend(own.iter().chain(&denied).flatten().filter_map(resolved));
        // A denial of all but some resources leaves those.
        let left: Vec<Vec<_>> = positive(active.iter().copied(), true)
            .iter()
            .map(|patterns| patterns.iter().filter_map(resolved).collect())
            .collect();
        let mut fallback = None;
        for choice in Combinations::of(&left).take(COMBINATIONS) {
            let fixed = inside.len();
            inside.extend(choice.into_iter().cloned());
            for resource in self.places.within(&inside, &outside, self.budget) {
                match self.decide(&resource, context) {
                    Some(witness) if witness.needs_consent => fallback = fallback.or(Some(witness)),
                    Some(witness) => return Some(witness),
                    None => {}
                }
            }
            inside.truncate(fixed);
        }
        fallback
    }

    fn decide(&self, resource: &str, context: &Context) -> Option<Witness> {
        let request = Request::new(self.reach.principal().clone(), self.action, resource, context.clone());
        let decision = evaluate(&request, self.reach.policies());
        let consent = [Reason::Missing(Missing::ResourceAllow)];
        let needs_consent = decision.outcome == Outcome::ImplicitlyDenied && decision.because == consent;
        // Within the allowance after all: an action without resources is asked for on `*`, whatever was found.
        let is_outside = !self.outside.iter().any(|pattern| pattern.matches(request.resource(), context));
        (is_outside && (needs_consent || decision.outcome == Outcome::Allowed))
            .then_some(Witness { request, needs_consent })
    }
}

fn holds_all(term: &Term<'_>, context: &Context) -> bool {
    term.conditions().iter().all(|condition| condition.holds(context))
}

fn has_variable(pattern: &Pattern, key: &Key) -> bool {
    pattern.variables().any(|variable| variable.key() == key)
}

/// A value of a variable with which a pattern matches a text, whatever its other variables are.
fn value_in(pattern: &Pattern, key: &Key, text: &str, context: &Context, budget: &Budget) -> Option<String> {
    if !has_variable(pattern, key) {
        return None;
    }
    let cost = text.len().div_euclid(16).saturating_add(1);
    // What stands beside the variable in the pattern stands beside the value in the text.
    let (before, behind) = pattern.beside(key);
    let starts = || text.char_indices().map(|(at, _)| at).chain([text.len()]);
    let begins = starts().filter(|at| text.get(..*at).is_some_and(|head| head.ends_with(before)));
    let ends = move |from: usize| {
        starts().filter(move |to| from < *to && text.get(*to..).is_some_and(|tail| tail.starts_with(behind)))
    };
    let parts = begins.flat_map(|from| ends(from).filter_map(move |to| text.get(from..to)));
    let matches = |value: &&str| {
        let mut context = context.clone();
        context.set(key.clone(), vec![(*value).to_owned()]);
        pattern.bind(&context, &[]).is_some_and(|pattern| pattern.widened().matches(text, Context::EMPTY))
    };
    parts.take_while(|_| budget.take(cost)).find(matches).map(str::to_owned)
}
