//! Every check on everything that was read.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::{CannotJudge, Check, Judge, Judged, Problem};
use crate::checks;
use crate::identity::{Gathered, Holder, Identity};
use crate::inventory::{AccessKey, Listing};
use crate::world::World;

/// So many findings of one check stand at once. A fleet that nobody has looked after may have a hundred thousand of a kind,
/// which no table, message or page is for: the rest is counted, and takes the places of those that are mended.
pub const MOST: usize = 1_000;

/// A check's id and the ARN of what it judged.
pub type Place = (&'static str, String);

/// What the checks say of an inventory.
#[derive(Debug, Default)]
pub struct Judgement {
    /// What is wrong.
    pub problems: BTreeMap<Place, Problem>,
    /// What cannot be told. What this look was not about is left out.
    pub unjudged: BTreeMap<Place, CannotJudge>,
    /// Of what was open before: what is right now, or gone.
    pub cleared: BTreeSet<Place>,
    /// How many subjects each check judged.
    pub judged: BTreeMap<&'static str, usize>,
    /// How many problems of a check there are beside the [`MOST`] that are named.
    pub beyond: BTreeMap<&'static str, usize>,
}

/// What was open before, by check: the ARNs.
pub type Open = BTreeMap<&'static str, BTreeSet<String>>;

/// Runs every check. What was `open` and is right or gone is named in the answer.
pub fn judge(world: &World<'_>, open: &Open) -> Judgement {
    judge_by(world, open, checks::all())
}

/// Runs these checks.
pub fn judge_by(world: &World<'_>, open: &Open, checks: impl Iterator<Item = &'static Check>) -> Judgement {
    let named = open.iter().map(|(check, arns)| (*check, arns.len())).collect();
    let mut judging =
        Judging { world, open, named, whole: BTreeSet::new(), unasked: BTreeSet::new(), answer: Judgement::default() };
    let of_identities = |check: &&Check| {
        matches!(check.judge, Judge::Identity(_) | Judge::PolicyHolder(_)) || check.judge.is_of_cameras()
    };
    let (of_identities, of_others): (Vec<_>, Vec<_>) = checks.partition(of_identities);
    judging.identities(&of_identities);
    for check in of_others {
        judging.check(check);
    }
    judging.end()
}

struct Judging<'w> {
    world: &'w World<'w>,
    open: &'w Open,
    /// Problems of each check that were open before, or are named now.
    named: BTreeMap<&'static str, usize>,
    /// Checks that saw all that there is of their subjects.
    whole: BTreeSet<&'static str>,
    /// Of what was open before: what is there, and was not looked at closely.
    unasked: BTreeSet<Place>,
    answer: Judgement,
}

impl Judging<'_> {
    /// One identity at a time, so that the policies of only one are parsed at any moment.
    fn identities(&mut self, checks: &[&'static Check]) {
        let inventory = self.world.inventory;
        for role in inventory.roles.items.iter().filter(|role| !role.is_service_linked()) {
            self.identity(checks, &Gathered::of_role(inventory, role).identity());
        }
        for user in &inventory.users.items {
            self.identity(checks, &Gathered::of_user(inventory, user).identity());
        }
        for group in &inventory.groups.items {
            self.identity(checks, &Gathered::of_group(inventory, group).identity());
        }
        for check in checks {
            let roles = self.listed(check, &inventory.roles);
            let users = check.judge.is_of_cameras() || self.listed(check, &inventory.users);
            let groups = !matches!(check.judge, Judge::PolicyHolder(_)) || self.listed(check, &inventory.groups);
            if roles && users && groups {
                self.whole.insert(check.id);
            }
        }
    }

    fn identity(&mut self, checks: &[&'static Check], identity: &Identity<'_>) {
        let cannot = identity.missing.cloned().or_else(|| {
            let (name, fault) = identity.faults.first()?;
            Some(CannotJudge::new(format!("policy `{name}` cannot be read: {fault}")))
        });
        let is_principal = !matches!(identity.holder, Holder::Group(_));
        let is_camera = identity.is_camera();
        for check in checks {
            let judged = match (check.judge, &cannot) {
                (Judge::PolicyHolder(judge), _) => judge(self.world, identity),
                (Judge::Identity(_), Some(cannot)) if is_principal => Err(cannot.clone()),
                (Judge::CameraRole(_) | Judge::VideoRole(_), Some(cannot)) if is_camera => Err(cannot.clone()),
                (Judge::Identity(judge), None) if is_principal => judge(self.world, identity),
                (Judge::CameraRole(judge), None) if is_camera => judge(self.world, identity),
                (Judge::VideoRole(judge), None) if is_camera && identity.speaks_of_video() => {
                    judge(self.world, identity)
                }
                _ => Ok(None),
            };
            self.note(check, identity.arn, judged);
        }
    }

    fn check(&mut self, check: &'static Check) {
        let (world, inventory) = (self.world, self.world.inventory);
        match check.judge {
            Judge::Identity(_) | Judge::PolicyHolder(_) | Judge::CameraRole(_) | Judge::VideoRole(_) => {}
            Judge::Account(judge) => {
                self.note(check, &inventory.account_arn(), judge(world));
            }
            Judge::AccessKey(judge) => self.each(check, &inventory.access_keys, judge, AccessKey::arn),
            Judge::IotPolicy(judge) => self.each(check, &inventory.iot_policies, judge, |it| it.policy_arn.clone()),
            Judge::RoleAlias(judge) => self.each(check, &inventory.role_aliases, judge, |it| it.role_alias_arn.clone()),
            Judge::Certificate(judge) => {
                self.each(check, &inventory.certificates, judge, |it| it.certificate_arn.clone());
            }
            Judge::CertificateDetail(judge) => {
                self.each(check, &inventory.certificate_details, judge, |it| it.certificate_arn.clone());
            }
            Judge::CaCertificate(judge) => {
                self.each(check, &inventory.ca_certificates, judge, |it| it.certificate_arn.clone());
            }
            Judge::Thing(judge) => self.each(check, &inventory.things, judge, |it| it.thing_arn.clone()),
            Judge::DomainConfiguration(judge) => {
                self.each(check, &inventory.domain_configurations, judge, |it| it.domain_configuration_arn.clone());
            }
            Judge::Stream(judge) => self.each(check, &inventory.streams, judge, |it| it.stream_arn.clone()),
            Judge::StreamTargets(judge) => {
                self.each(check, &inventory.stream_targets, judge, |it| it.stream_arn.clone());
            }
            Judge::DataStream(judge) => self.each(check, &inventory.data_streams, judge, |it| it.stream_arn.clone()),
            Judge::DeliveryStream(judge) => {
                self.each(check, &inventory.delivery_streams, judge, |it| it.delivery_stream_arn.clone());
            }
            Judge::FlinkApplication(judge) => {
                self.each(check, &inventory.flink_applications, judge, |it| it.application_arn.clone());
            }
            Judge::Topic(judge) => self.each(check, &inventory.topics, judge, |it| it.topic_arn.clone()),
            Judge::Queue(judge) => self.each(check, &inventory.queues, judge, |it| it.queue_arn.clone()),
            Judge::Trail(judge) => self.each(check, &inventory.trails, judge, |it| it.trail_arn.clone()),
            Judge::OwnPart(judge) => self.each(check, &inventory.own_parts, judge, |it| it.arn.clone()),
            Judge::Endpoint(judge) => {
                self.each(check, &inventory.endpoints, judge, |it| {
                    world.arn("ec2", &format!("vpc-endpoint/{}", it.vpc_endpoint_id))
                });
            }
            Judge::Denials(judge) => self.each(check, &inventory.denials, judge, |it| it.caller.clone()),
        }
    }

    fn each<T>(
        &mut self,
        check: &'static Check,
        listing: &Listing<T>,
        judge: fn(&World<'_>, &T) -> Judged,
        arn: impl Fn(&T) -> String,
    ) {
        for item in &listing.items {
            let judged = judge(self.world, item);
            self.note(check, &arn(item), judged);
        }
        if self.listed(check, listing) {
            self.whole.insert(check.id);
        }
    }

    /// Notes when a listing lacks something, and says whether it does not.
    fn listed<T>(&mut self, check: &'static Check, listing: &Listing<T>) -> bool {
        let Some(missing) = &listing.missing else { return true };
        let cannot = CannotJudge::from(missing);
        if !cannot.not_asked {
            self.answer.unjudged.insert((check.id, self.world.inventory.account_arn()), cannot);
        }
        false
    }

    fn note(&mut self, check: &'static Check, arn: &str, judged: Judged) {
        let was_open = self.open.get(check.id).is_some_and(|open| open.contains(arn));
        let judged = match judged {
            Err(cannot) if cannot.not_asked => {
                if was_open {
                    self.unasked.insert((check.id, arn.to_owned()));
                }
                return;
            }
            Err(cannot) => {
                self.answer.unjudged.insert((check.id, arn.to_owned()), cannot);
                return;
            }
            Ok(judged) => judged,
        };
        let count = self.answer.judged.entry(check.id).or_default();
        *count = count.saturating_add(1);
        match judged {
            Some(problem) => {
                let named = self.named.entry(check.id).or_default();
                if !was_open && *named >= MOST {
                    let beyond = self.answer.beyond.entry(check.id).or_default();
                    *beyond = beyond.saturating_add(1);
                    return;
                }
                *named = named.saturating_add(usize::from(!was_open));
                self.answer.problems.insert((check.id, arn.to_owned()), problem);
            }
            None if was_open => {
                self.answer.cleared.insert((check.id, arn.to_owned()));
            }
            None => {}
        }
    }

    /// What was open, is gone from a list that was read to its end, or is not there any more by AWS's own word.
    fn end(mut self) -> Judgement {
        for (check, arns) in self.open {
            for arn in arns {
                let place = (*check, arn.clone());
                let known = self.answer.problems.contains_key(&place) || self.answer.unjudged.contains_key(&place);
                let unlisted = self.whole.contains(check) && !self.unasked.contains(&place);
                let gone = unlisted || self.world.inventory.gone.iter().any(|gone| is_of(arn, gone));
                if gone && !known {
                    self.answer.cleared.insert(place);
                }
            }
        }
        self.answer
    }
}

/// Whether an ARN is of what AWS says is gone: that itself, a stream with the time of its making, an IAM resource with its
/// path, or what stands behind a `#`.
fn is_of(arn: &str, gone: &str) -> bool {
    let arn = arn.split('#').next().unwrap_or_default();
    if arn.strip_prefix(gone).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
        return true;
    }
    let named = |arn: &str| {
        let (account, resource) = arn.rsplit_once(':')?;
        let (kind, path) = resource.split_once('/')?;
        let name = path.rsplit('/').next()?;
        account.contains(":iam:").then(|| (account.to_owned(), kind.to_owned(), name.to_owned()))
    };
    named(gone).is_some_and(|gone| named(arn) == Some(gone))
}

#[cfg(test)]
mod tests {
    use std::iter::once;

    use serde_json::json;

    use super::*;
    use crate::expectations::Expectations;
    use crate::inventory::{Inventory, IotPolicy, Missing, Seen, Thing};

    #[test]
    fn of_many_alike_a_thousand_are_named_and_the_rest_takes_the_places_of_what_is_mended() {
        let policy = |at: usize| {
            serde_json::from_value(json!({
                "policyName": format!("p{at}"), "policyArn": format!("arn:aws:iot:eu-west-1:111122223333:policy/p{at}"),
                "versions": [{ "versionId": "1", "isDefaultVersion": true,
                    "policyDocument": { "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": "*", "Resource": "*" } } }],
                "targets": [],
            }))
        };
        let all: Vec<IotPolicy> = (0..MOST + 30).map(policy).collect::<Result<_, _>>().unwrap();
        let mut inventory = Inventory { iot_policies: Listing::all(all), ..Inventory::default() };
        let check = checks::by_id("iot-policy-any-action").unwrap();
        let first =
            judge_by(&World { inventory: &inventory, expect: &Expectations::default() }, &Open::new(), once(check));
        assert_eq!((first.problems.len(), first.beyond[check.id]), (MOST, 30));
        // Ten of those that are named are deleted.
        let open = Open::from([(check.id, first.problems.keys().map(|(_, arn)| arn.clone()).collect())]);
        inventory.iot_policies.items.drain(..10);
        let second = judge_by(&World { inventory: &inventory, expect: &Expectations::default() }, &open, once(check));
        assert_eq!((second.problems.len(), second.cleared.len(), second.beyond[check.id]), (MOST - 10, 10, 30));
        let open = Open::from([(check.id, second.problems.keys().map(|(_, arn)| arn.clone()).collect())]);
        let third = judge_by(&World { inventory: &inventory, expect: &Expectations::default() }, &open, once(check));
        assert_eq!((third.problems.len(), third.beyond[check.id]), (MOST, 20));
    }

    #[test]
    fn what_is_listed_and_had_no_turn_goes_on_to_stand() {
        let check = checks::by_id("thing-with-several-certificates").unwrap();
        let open = Open::from([(check.id, BTreeSet::from(["arn:gate".to_owned(), "arn:gone".to_owned()]))]);
        for missing in [Missing::NextTime, Missing::NotAsked] {
            let gate =
                Thing { thing_arn: "arn:gate".to_owned(), principals: Seen::Missing(missing), ..Thing::default() };
            let inventory = Inventory { things: Listing::all(vec![gate]), ..Inventory::default() };
            let world = World { inventory: &inventory, expect: &Expectations::default() };
            let judgement = judge_by(&world, &open, once(check));
            assert_eq!(judgement.cleared, BTreeSet::from([(check.id, "arn:gone".to_owned())]));
        }
    }

    #[test]
    fn what_is_gone_takes_along_what_hangs_on_its_name() {
        for (arn, gone, is) in [
            ("arn:aws:kinesisvideo:r:1:stream/a/17", "arn:aws:kinesisvideo:r:1:stream/a", true),
            ("arn:aws:kinesisvideo:r:1:stream/ab/17", "arn:aws:kinesisvideo:r:1:stream/a", false),
            ("arn:aws:iam::1:role/fleet/camera", "arn:aws:iam::1:role/camera", true),
            ("arn:aws:iam::1:user/fleet/camera", "arn:aws:iam::1:role/camera", false),
            ("arn:aws:iam::1:user/u#2", "arn:aws:iam::1:user/u", true),
            ("arn:aws:iot:r:1:policy/fleet/camera", "arn:aws:iot:r:1:policy/camera", false),
        ] {
            assert_eq!(is_of(arn, gone), is, "{arn} {gone}");
        }
    }
}
