//! What a principal may do beyond what it needs.

use std::borrow::Cow;
use std::rc::Rc;

use super::Reach;
use super::grant::{Grant, Term};
use super::witness::Witness;
use crate::catalogue;
use crate::document::{ActionFault, ActionPattern};
use crate::evaluate::kept;
use crate::pattern::{Budget, Pattern, Syntax, VariableFault};

/// What a principal is meant to be able to do.
///
/// ```
/// use policy::Allowance;
///
/// let producer = Allowance::about(&["kinesisvideo:*"])?.with(
///     &["kinesisvideo:PutMedia", "kinesisvideo:GetDataEndpoint", "kinesisvideo:DescribeStream"],
///     &["arn:aws:kinesisvideo:*:*:stream/${credentials-iot:ThingName}/*"],
/// )?;
/// # let _ = producer;
/// # Ok::<(), policy::AllowanceFault>(())
/// ```
#[derive(Debug, Clone)]
pub struct Allowance {
    about: Vec<ActionPattern>,
    entries: Vec<(Vec<ActionPattern>, Vec<Pattern>)>,
}

/// Why an allowance cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AllowanceFault {
    /// A text that is no action.
    #[error(transparent)]
    Action(#[from] ActionFault),
    /// A malformed policy variable in a resource.
    #[error(transparent)]
    Variable(#[from] VariableFault),
}

impl Allowance {
    /// An allowance of nothing yet. It is about these actions: what a principal may do besides is no concern of it.
    pub fn about(actions: &[&str]) -> Result<Self, AllowanceFault> {
        Ok(Self { about: action_patterns(actions)?, entries: Vec::new() })
    }

    /// Adds actions on resources, both with wildcards, the resources with variables.
    pub fn with(mut self, actions: &[&str], resources: &[&str]) -> Result<Self, AllowanceFault> {
        let resources = resources.iter().map(|text| Pattern::parse(text, Syntax::FULL));
        self.entries.push((action_patterns(actions)?, resources.collect::<Result<_, _>>()?));
        Ok(self)
    }

    fn is_about(&self, lower: &str) -> bool {
        self.about.iter().any(|pattern| pattern.matches_lower(lower))
    }

    /// The resources on which an action is meant to be allowed.
    fn resources(&self, lower: &str) -> impl Iterator<Item = &Pattern> {
        let entries = self.entries.iter().filter(|(actions, _)| actions.iter().any(|a| a.matches_lower(lower)));
        entries.flat_map(|(_, resources)| resources)
    }
}

fn action_patterns(actions: &[&str]) -> Result<Vec<ActionPattern>, AllowanceFault> {
    Ok(actions.iter().map(|text| ActionPattern::parse(text)).collect::<Result<_, _>>()?)
}

/// The most steps for one action of one grant, so that one that is dear leaves the others theirs; and for its request.
const STEPS_EACH: usize = 100_000;
/// Steps for a whole answer with its requests: eight hundred that are dear. What then comes is told without a request.
const STEPS: usize = 80_000_000;

/// An action that a principal may do beyond an allowance.
#[derive(Debug, Clone)]
pub struct Excess<'r, 'p> {
    /// The action, as AWS spells it where the [catalogue] has it.
    pub action: String,
    /// What allows it.
    pub grant: &'r Grant<'p>,
    reach: &'r Reach<'p>,
    allowance: &'r Allowance,
    left: Rc<Budget>,
}

impl Excess<'_, '_> {
    /// A request that shows it, and lies outside of the allowance. None when none was found: the grant says that there
    /// may be one. It is looked for at each call.
    pub fn witness(&self) -> Option<Witness> {
        let meant = self.reach.meant(self.allowance, &self.action.to_ascii_lowercase());
        self.left.share(STEPS_EACH, |steps| self.reach.witness_within(self.grant, &self.action, &meant, steps))
    }
}

impl<'p> Reach<'p> {
    /// What the principal may do beyond an allowance: for each action the grants that allow it on other resources.
    ///
    /// Wildcards in actions are expanded by the [catalogue], and its actions are asked for on the forms of ARN that it
    /// knows for them. Of services that it does not know wholly, one made-up action, in lower case, stands for those that
    /// the same patterns match. Actions that a service does not have by the catalogue are left out.
    pub fn beyond<'r>(&'r self, allowance: &'r Allowance) -> Vec<Excess<'r, 'p>> {
        self.each_beyond(allowance).collect()
    }

    /// Whether the principal may do anything beyond an allowance: whether [`Reach::beyond`] tells of something.
    pub fn is_beyond(&self, allowance: &Allowance) -> bool {
        self.each_beyond(allowance).next().is_some()
    }

    fn each_beyond<'r>(&'r self, allowance: &'r Allowance) -> impl Iterator<Item = Excess<'r, 'p>> {
        let left = Rc::new(Budget::new(STEPS));
        self.grants().iter().flat_map(move |grant| {
            let left = Rc::clone(&left);
            let actions = grant.actions(&allowance.about, &Budget::new(STEPS_EACH)).into_iter();
            actions.filter_map(move |(lower, action)| {
                let concerns = allowance.is_about(&lower) && self.has_say_on(&lower);
                let meant = || self.meant(allowance, &lower);
                let exceeds = || left.share(STEPS_EACH, |steps| grant.exceeds(&lower, &meant(), steps));
                (concerns && exceeds()).then(|| Excess {
                    action: action.into_owned(),
                    grant,
                    reach: self,
                    allowance,
                    left: Rc::clone(&left),
                })
            })
        })
    }

    /// The resources on which an action is meant to be allowed, with what is known in place of variables.
    fn meant(&self, allowance: &Allowance, lower: &str) -> Vec<Pattern> {
        let meant = allowance.resources(lower).filter_map(|pattern| self.known().bind(pattern));
        meant.map(Cow::into_owned).collect()
    }
}

impl Grant<'_> {
    /// Whether it may allow an action on what none of the patterns match. A no is certain.
    fn exceeds(&self, lower: &str, meant: &[Pattern], budget: &Budget) -> bool {
        let covered = |pattern: &Pattern| meant.iter().any(|meant| pattern.contained_in(meant));
        let all_covered =
            |term: &Term<'_>| !term.resources.negated && term.resources.patterns.iter().all(|pattern| covered(pattern));
        let within = self.allow().is_some_and(all_covered)
            || self.within().any(|terms| terms.iter().all(|term| all_covered(term)));
        let kept = kept(lower);
        let fixed = meant.iter().filter(|pattern| pattern.variables().next().is_none()).chain(&kept);
        let fixed: Vec<&Pattern> = fixed.collect();
        !within && catalogue::shapes(lower).iter().any(|shape| self.may(lower, shape, &fixed, budget))
    }
}
