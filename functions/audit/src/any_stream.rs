//! Whether an identity may do something with all streams, or most, whatever their names.

mod asked;

use std::collections::BTreeSet;

use policy::{Condition, Context, Grant, Key, Known, May, Outcome, Pattern, Reach, Request, evaluate, reach};

use self::asked::{Batch, Looks, existing, made_up, more_made_up};
use crate::check::{CannotJudge, Proof};
use crate::footage::kinds;
use crate::identity::{Identity, in_short, proof, request};
use crate::inventory::Taken;
use crate::named_values::{named_values, own_statements};
use crate::own_streams::is_resource_tag;
use crate::world::World;

/// What the variables in an identity's policies stand for when nothing else is known: one name is bound to it, too.
const SOMEBODY: &str = "somebody";
/// Proofs that are enough to mend a policy by.
const PROOFS: usize = 5;
/// What puts tags on streams and channels.
const TAGGING: [&str; 4] =
    ["kinesisvideo:TagStream", "kinesisvideo:TagResource", "kinesis:AddTagsToStream", "kinesis:TagResource"];

/// The actions that an identity may do on all streams or most, and what shows it.
#[derive(Debug, Default)]
pub(crate) struct Everywhere<'a> {
    /// The actions; none when it may do none of them everywhere.
    pub(crate) actions: Vec<&'a str>,
    /// What shows it.
    pub(crate) proofs: Vec<Proof>,
    /// Whether it was found by the streams that there are: there may be others that it does not reach.
    pub(crate) only_most: bool,
}

impl Everywhere<'_> {
    /// Which streams, for a sentence.
    pub(crate) fn streams(&self) -> &'static str {
        if self.only_most { "most streams" } else { "all streams" }
    }
}

/// The actions among these that an identity may do on any video stream, signaling channel, data stream or consumer of one
/// of the account, or on more than half of the video streams that there are.
///
/// A bound by name, by a variable, or by a tag of the stream that has to be there is a bound, when it leaves out at least
/// half of the streams. A tag that kvs-warden puts on every stream is none, nor is one that the identity may put there
/// itself. All but some streams are not bound: `NotResource`, or a Deny of some. Nor is what is allowed under conditions
/// about who asks, when and whence.
///
/// An error when nothing was found, the streams that there are would tell, and they were not read.
pub(crate) fn on_any<'a>(
    world: &World<'_>,
    identity: &Identity<'_>,
    actions: &[&'a str],
) -> Result<Everywhere<'a>, CannotJudge> {
    let mut left: Vec<Fence<'a>> = actions.iter().filter_map(|action| Fence::of(identity, action)).collect();
    let mut found = Everywhere::default();
    if left.is_empty() {
        return Ok(found);
    }
    let (views, places) = (Views::of(world, identity), places(world, identity));
    let kept = views.less_own_tags(world, identity, &left, &places);
    let mut told: Vec<String> = Vec::new();
    let mut reaches_some = false;
    let mut ask = |batch: &Batch<'_>, left: &mut Vec<Fence<'a>>, tags: &[&Key]| {
        let looks = views.looks(identity, batch, tags);
        left.retain(|fence| {
            let action = fence.action;
            let everywhere = looks.everywhere(batch, fence, &places);
            reaches_some |= everywhere.some;
            let Some((reach, arns, grant)) = everywhere.found else { return true };
            found.actions.push(action);
            let shown = shown(reach, action, &arns, grant);
            // Of each statement one.
            let by = in_short(grant, "*");
            if found.proofs.len() < PROOFS && !told.contains(&by) {
                told.push(by);
                found.proofs.push(shown);
            }
            false
        });
    };
    ask(&made_up(&kept), &mut left, &kept);
    if !left.is_empty() {
        ask(&more_made_up(&kept), &mut left, &kept);
    }
    let existing = existing(world, &kept);
    if let Some(batch) = existing.as_ref().ok().and_then(Option::as_ref).filter(|_| !left.is_empty()) {
        let before = left.len();
        ask(batch, &mut left, &kept);
        found.only_most = left.len() < before;
    }
    if !found.actions.is_empty() {
        found.actions.sort_by_key(|action| actions.iter().position(|asked| asked == action));
        return Ok(found);
    }
    views.cut.clone()?;
    let Err(missing) = existing else { return Ok(found) };
    // Whoever reaches none of the made-up names is bound to few names, unless it is by tags.
    let by_tags = !kept.is_empty() && {
        let batch = made_up(&[]);
        let looks = views.looks(identity, &batch, &[]);
        left.iter().any(|fence| looks.everywhere(&batch, fence, &places).found.is_some())
    };
    if reaches_some || by_tags { Err(missing) } else { Ok(found) }
}

/// What is taken for known of the requests of an identity, one for each value of the variables that its resources have.
struct Views<'g> {
    known: Vec<Known>,
    /// The tags of streams that its conditions ask for.
    tags: Vec<&'g Key>,
    /// An error when its conditions name more values than are asked with.
    cut: Result<(), CannotJudge>,
}

impl<'g> Views<'g> {
    fn of(world: &World<'_>, identity: &Identity<'g>) -> Self {
        let policies = identity.policies;
        let conditions = || own_statements(policies).flat_map(|at| &at.statement.conditions);
        let by_tag: Vec<&Key> =
            conditions().filter(|condition| condition.keys().any(is_resource_tag)).flat_map(Condition::keys).collect();
        let resources = own_statements(policies).filter_map(|at| at.statement.resources.as_ref());
        let patterns = resources.flat_map(|resources| &resources.patterns);
        let in_resources = patterns.flat_map(|one| one.pattern().variables().map(policy::Variable::key));
        let variables: BTreeSet<&Key> = in_resources
            .chain(by_tag.iter().copied())
            .filter(|key| !is_resource_tag(key) && !is_implied(key))
            .collect();
        let tags: BTreeSet<&Key> = by_tag.into_iter().filter(|key| is_resource_tag(key)).collect();
        let plain = Known::default().with("aws:ResourceAccount", world.account());
        let plain = variables.iter().fold(plain, |known, key| known.with(key.as_str(), SOMEBODY));
        let (mut known, mut cut) = (vec![plain.clone()], Ok(()));
        for key in &variables {
            let named = named_values(policies, key.as_str(), Vec::new());
            known.extend(named.values.iter().map(|value| plain.clone().with(key.as_str(), value.as_str())));
            cut = cut.and_then(|()| named.whole());
        }
        Self { known, tags: tags.into_iter().collect(), cut }
    }

    /// What the identity may do with each of a batch of streams, which have these tags or lack them.
    fn looks<'b>(&'b self, identity: &'b Identity<'g>, batch: &'b Batch<'_>, tags: &'b [&Key]) -> Looks<'b, 'g> {
        let make = move |values: &[Option<String>]| {
            let with = |known: &Known| {
                tags.iter().zip(values).fold(known.clone(), |known, (tag, value)| match value {
                    Some(value) => known.with(tag.as_str(), value.as_str()),
                    None => known.without(tag.as_str()),
                })
            };
            let principal = identity.reach.iter().map(Reach::principal);
            let views = principal.flat_map(|one| self.known.iter().map(move |known| (one, known)));
            views.map(|(one, known)| reach(one, identity.policies, &with(known))).collect()
        };
        Looks::of(batch, self.known.len(), Box::new(make))
    }

    /// The tags that conditions ask for, less those that the identity may put on streams itself.
    fn less_own_tags(
        &self,
        world: &World<'_>,
        identity: &Identity<'g>,
        actions: &[Fence<'_>],
        places: &[Taken],
    ) -> Vec<&'g Key> {
        if self.tags.is_empty() {
            return Vec::new();
        }
        let service = |action: &str| action.split_once(':').map(|(service, _)| service.to_owned());
        let of_service = |tagging: &&&str| actions.iter().any(|fence| service(fence.action) == service(tagging));
        let tagging = TAGGING.iter().filter(of_service).filter_map(|action| Fence::of(identity, action));
        let tagging: Vec<Fence<'_>> = tagging.collect();
        // Both were made with all tags, since the ones that stay are not known yet.
        let batches = [Some(made_up(&self.tags)), existing(world, &self.tags).ok().flatten()];
        let puts = |tag: &&Key| {
            let name = tag.as_str().split_once('/').map_or("", |(_, name)| name);
            let known = self.known.iter().map(|known| known.clone().with("aws:TagKeys", name)).collect();
            let views = Self { known, tags: Vec::new(), cut: Ok(()) };
            batches.iter().flatten().any(|batch| {
                let looks = views.looks(identity, batch, &self.tags);
                tagging.iter().any(|fence| looks.everywhere(batch, fence, places).found.is_some())
            })
        };
        self.tags.iter().filter(|tag| tagging.is_empty() || !puts(tag)).copied().collect()
    }
}

/// Whether the policy engine knows a key by the principal.
fn is_implied(key: &Key) -> bool {
    let implied = ["aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalIsAWSService", "aws:ResourceAccount"];
    implied.iter().any(|name| key.as_str().eq_ignore_ascii_case(name))
}

/// What an identity's statements say of the resources of an action. It is cheap to ask, and a no is certain.
struct Fence<'a> {
    action: &'a str,
    /// None when a statement names what it is not about.
    within: Option<Vec<Pattern>>,
}

impl<'a> Fence<'a> {
    /// None when no statement allows the action on anything.
    fn of(identity: &Identity<'_>, action: &'a str) -> Option<Self> {
        let mut grants = identity.reach.as_ref()?.allowing(action).peekable();
        grants.peek()?;
        let patterns = grants.map(|grant| {
            let term = grant.allow()?;
            let named = term.at().statement.resources.as_ref().filter(|resources| !resources.negated)?;
            Some(named.patterns.iter().map(|one| one.pattern().widened().into_owned()).collect::<Vec<_>>())
        });
        Some(Self { action, within: patterns.collect::<Option<Vec<_>>>().map(|patterns| patterns.concat()) })
    }

    fn may_have(&self, arn: &str) -> bool {
        let matches = |patterns: &Vec<Pattern>| patterns.iter().any(|one| one.matches(arn, Context::EMPTY));
        self.within.as_ref().is_none_or(matches)
    }
}

/// Whether and how an action is allowed on the streams of a batch.
#[derive(Default)]
struct Answer<'l, 'p> {
    /// Of so many that it counts as all: what was asked, those it is allowed on, and what allows it.
    found: Option<(&'l Reach<'p>, Vec<String>, &'l Grant<'p>)>,
    /// Whether it is allowed on some.
    some: bool,
}

impl<'p> Looks<'_, 'p> {
    /// Whether an action is allowed on enough of a batch in one place, and what allows it.
    fn everywhere(&self, batch: &Batch<'_>, fence: &Fence<'_>, places: &[Taken]) -> Answer<'_, 'p> {
        let mut answer = Answer::default();
        let service = fence.action.split_once(':').map_or("", |(service, _)| service);
        // Those that there are stand in one place.
        let places = if batch.exist { places.get(..1).unwrap_or_default() } else { places };
        let kinds = kinds(fence.action);
        let cases = places.iter().flat_map(|place| kinds.iter().map(move |kind| (place, *kind)));
        for (place, kind) in cases {
            let arns = batch.streams.iter().enumerate().filter_map(|(number, stream)| {
                let arn = stream.arn(place, service, kind).filter(|arn| fence.may_have(arn))?;
                Some((number, arn))
            });
            let arns: Vec<(usize, String)> = arns.collect();
            for view in 0..self.views {
                let allowed = self.allowed(batch.enough, view, fence.action, &arns);
                answer.some |= !allowed.is_empty();
                let enough = allowed.len() >= batch.enough;
                if let Some((_, reach, grant)) = allowed.first().filter(|_| enough) {
                    let arns = allowed.iter().map(|(arn, _, _)| (*arn).to_owned()).collect();
                    answer.found = Some((*reach, arns, *grant));
                    return answer;
                }
            }
        }
        answer
    }

    /// Those of some streams that an action is allowed on in one view, and what allows it; when there cannot be enough,
    /// not all of them.
    fn allowed<'a>(
        &self,
        enough: usize,
        view: usize,
        action: &str,
        arns: &'a [(usize, String)],
    ) -> Vec<(&'a str, &Reach<'p>, &Grant<'p>)> {
        let mut allowed = Vec::new();
        for (place, (number, arn)) in arns.iter().enumerate() {
            let left = arns.len().saturating_sub(place);
            let too_few = left.saturating_add(allowed.len()) < enough;
            if too_few && (arns.len() >= enough || !allowed.is_empty()) {
                break;
            }
            let Some(reach) = self.reach(*number, view) else { continue };
            let grant = match reach.may(action, &Pattern::literal(arn)) {
                May::Always(grant) => Some(grant),
                May::Conditionally(grants) => grants.into_iter().next(),
                May::Never => None,
            };
            allowed.extend(grant.map(|grant| (arn.as_str(), reach, grant)));
        }
        allowed
    }
}

/// The account in the region that was read, and in those that the identity's policies name.
fn places(world: &World<'_>, identity: &Identity<'_>) -> Vec<Taken> {
    let resources = own_statements(identity.policies).filter_map(|at| at.statement.resources.as_ref());
    let written = resources.flat_map(|resources| &resources.patterns).map(policy::ResourcePattern::as_str);
    let taken = &world.inventory.taken;
    let elsewhere = written.filter_map(|arn| arn.split(':').nth(3));
    let elsewhere = elsewhere.filter(|region| !region.is_empty() && !region.contains(['*', '?']));
    let elsewhere: BTreeSet<&str> = elsewhere.filter(|region| *region != taken.region).collect();
    let regions = std::iter::once(taken.region.as_str()).chain(elsewhere);
    regions.map(|region| Taken { region: region.to_owned(), ..taken.clone() }).collect()
}

/// A request for one of the streams, when one is found; otherwise any that is allowed.
fn shown(reach: &Reach<'_>, action: &str, arns: &[String], grant: &Grant<'_>) -> Proof {
    let witness = reach.witness(grant, action, &[]);
    let context = witness.as_ref().map(|witness| witness.request.context().clone()).unwrap_or_default();
    let one = arns.iter().find_map(|arn| {
        let asked = Request::new(reach.principal().clone(), action, arn, context.clone());
        (evaluate(&asked, reach.policies()).outcome == Outcome::Allowed).then_some(asked)
    });
    match one {
        Some(asked) => Proof { because: in_short(grant, action), request: Some(request(&asked)) },
        None => proof(grant, witness.as_ref()),
    }
}
