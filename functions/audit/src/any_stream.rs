//! Whether an identity may do something with any stream at all, whatever its name.

use std::collections::BTreeSet;

use policy::{Condition, Grant, Key, Known, May, Outcome, Pattern, Reach, Request, evaluate, reach};

use crate::check::Proof;
use crate::footage::kinds;
use crate::identity::{Identity, in_short, proof, request};
use crate::inventory::Taken;
use crate::named_values::{named_values, own_statements};
use crate::own_streams::is_resource_tag;
use crate::world::World;

/// Names that nobody gave to a stream, and that have little in common. Whoever may act on two of them was not bound to
/// streams of certain names: no prefix, suffix or literal name fits two. Two, so that a Deny that happens to fit one of
/// them does not hide the rest.
const MADE_UP: [&str; 3] = ["kvs-warden", "Any_One", "0.asked"];
/// So many of them are enough.
const ENOUGH: usize = 2;
/// When they were made, as it stands in ARNs.
const MADE: &str = "1700000000000";
/// What the variables in an identity's policies stand for when nothing else is known: one name is bound to it, too.
const SOMEBODY: &str = "somebody";
/// Proofs that are enough to mend a policy by.
const PROOFS: usize = 5;

/// The actions among these that an identity may do on any video stream, signaling channel, data stream or consumer of one
/// of the account, and what shows it.
///
/// A bound by name, by a variable, or by a tag of the stream that has to be there is a bound. All but some streams are not
/// bound: `NotResource`, or a Deny of some. Nor is what is allowed under conditions about who asks, when and whence.
pub(crate) fn on_any<'a>(
    world: &World<'_>,
    identity: &Identity<'_>,
    actions: &[&'a str],
) -> (Vec<&'a str>, Vec<Proof>) {
    let may_some =
        |action: &&&str| identity.reach.as_ref().is_some_and(|reach| reach.allowing(action).next().is_some());
    let asked: Vec<&str> = actions.iter().filter(may_some).copied().collect();
    let (mut done, mut proofs): (Vec<&str>, Vec<Proof>) = (Vec::new(), Vec::new());
    if asked.is_empty() {
        return (done, proofs);
    }
    let (views, places) = (views(world, identity), places(world, identity));
    let mut told: Vec<&Grant<'_>> = Vec::new();
    for action in asked {
        let found = views.iter().find_map(|reach| unbounded(reach, action, &places).map(|found| (reach, found)));
        let Some((reach, (arns, grant))) = found else { continue };
        done.push(action);
        if proofs.len() < PROOFS && !told.iter().any(|told| std::ptr::eq(*told, grant)) {
            told.push(grant);
            proofs.push(shown(reach, action, &arns, grant));
        }
    }
    (done, proofs)
}

/// What an identity may do with streams that have no tags, for each value of the variables that its resources have.
fn views<'g>(world: &World<'_>, identity: &Identity<'g>) -> Vec<Reach<'g>> {
    let Some(principal) = identity.reach.as_ref().map(Reach::principal) else { return Vec::new() };
    let policies = identity.policies;
    let conditions = || own_statements(policies).flat_map(|at| &at.statement.conditions);
    let by_tag: Vec<&Key> =
        conditions().filter(|condition| condition.keys().any(is_resource_tag)).flat_map(Condition::keys).collect();
    let resources = own_statements(policies).filter_map(|at| at.statement.resources.as_ref());
    let patterns = resources.flat_map(|resources| &resources.patterns);
    let in_resources = patterns.flat_map(|one| one.pattern().variables().map(policy::Variable::key));
    let variables: BTreeSet<&Key> =
        in_resources.chain(by_tag.iter().copied()).filter(|key| !is_resource_tag(key) && !is_implied(key)).collect();
    let known = Known::default().with("aws:ResourceAccount", world.account());
    let known = by_tag.iter().filter(|key| is_resource_tag(key)).fold(known, |known, tag| known.without(tag.as_str()));
    let known = variables.iter().fold(known, |known, key| known.with(key.as_str(), SOMEBODY));
    let named = variables.iter().flat_map(|key| {
        let values = named_values(policies, key.as_str()).into_iter();
        values.map(|value| known.clone().with(key.as_str(), value)).collect::<Vec<_>>()
    });
    let all = std::iter::once(known.clone()).chain(named);
    all.map(|known| reach(principal, policies, &known)).collect()
}

/// Whether the policy engine knows a key by the principal.
fn is_implied(key: &Key) -> bool {
    let implied = ["aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalIsAWSService", "aws:ResourceAccount"];
    implied.iter().any(|name| key.as_str().eq_ignore_ascii_case(name))
}

/// The ARNs of a made-up name in one of these places that an action is allowed on, and what allows it, when that goes for
/// most names.
fn unbounded<'r, 'p>(reach: &'r Reach<'p>, action: &str, places: &[Taken]) -> Option<(Vec<String>, &'r Grant<'p>)> {
    let (service, _) = action.split_once(':')?;
    let kinds = places.iter().flat_map(|place| kinds(action).into_iter().map(move |kind| (place, kind)));
    kinds.into_iter().find_map(|(place, kind)| {
        let allowed = MADE_UP.iter().filter_map(|name| {
            let arn = place.arn(service, &resource(service, kind, name));
            let grant = match reach.may(action, &Pattern::literal(&arn)) {
                May::Always(grant) => Some(grant),
                May::Conditionally(grants) => grants.into_iter().next(),
                May::Never => None,
            };
            grant.map(|grant| (arn, grant))
        });
        let (arns, grants): (Vec<String>, Vec<_>) = allowed.unzip();
        grants.into_iter().next().filter(|_| arns.len() >= ENOUGH).map(|grant| (arns, grant))
    })
}

/// What follows the account in the ARN of a resource of this kind and name.
fn resource(service: &str, kind: &str, name: &str) -> String {
    match (service, kind) {
        ("kinesis", "consumer") => format!("stream/{name}/consumer/{name}:{MADE}"),
        ("kinesis", _) => format!("{kind}/{name}"),
        _ => format!("{kind}/{name}/{MADE}"),
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

/// A request for one of the made-up names, when one is found; otherwise any that is allowed.
fn shown(reach: &Reach<'_>, action: &str, arns: &[String], grant: &Grant<'_>) -> Proof {
    let witness = reach.witness(grant, action, &[]);
    let context = witness.as_ref().map(|witness| witness.request.context().clone()).unwrap_or_default();
    let made_up = arns.iter().find_map(|arn| {
        let asked = Request::new(reach.principal().clone(), action, arn, context.clone());
        (evaluate(&asked, reach.policies()).outcome == Outcome::Allowed).then_some(asked)
    });
    match made_up {
        Some(asked) => Proof { because: in_short(grant, action), request: Some(request(&asked)) },
        None => proof(grant, witness.as_ref()),
    }
}
