//! Laws of planning, held against a small model of what AWS does with each step.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};

use fleet::{
    CERTIFICATE_ATTRIBUTE, CertificateId, MediaType, PREVIOUS_ATTRIBUTE, PRIORITY_TAG, RetentionHours, StorageTier,
    THING_TAG, ThingName,
};
use proptest::prelude::*;
use provision::observed::{Fact, Holder, MadeWith, Observed, SeenThing, StreamStatus};
use provision::plan::{Drift, Plan, Step, Wanted, WantedStream, described, drift, plan};
use provision::refusal::Refusal;
use provision::settings::Rotation;

type Text = BTreeMap<String, String>;

/// A thing as AWS keeps it.
#[derive(Debug, Clone, PartialEq)]
struct Thing {
    attributes: Text,
    typed: bool,
    version: i64,
}

/// A stream as AWS keeps it.
#[derive(Debug, Clone, PartialEq)]
struct Stream {
    hours: i32,
    tier: StorageTier,
    tags: Text,
    /// Looks until it is ACTIVE.
    creating: u8,
}

/// All that AWS keeps of one name and of the certificates that want it.
#[derive(Debug, Clone, PartialEq, Default)]
struct World {
    thing: Option<Thing>,
    grouped: bool,
    stream: Option<Stream>,
    principals: BTreeSet<CertificateId>,
    policed: BTreeSet<CertificateId>,
    /// Every certificate that exists, with its CA; the subject is the same for all.
    certificates: BTreeMap<CertificateId, String>,
    /// Their statuses, where they are not ACTIVE.
    statuses: BTreeMap<CertificateId, &'static str>,
    active: BTreeSet<CertificateId>,
}

impl World {
    fn perform(&mut self, step: &Step, wanted: &Wanted) -> Fact {
        let id = &wanted.certificate;
        match step {
            Step::CreateThing => {
                let made = Thing { attributes: wanted.attributes.clone(), typed: true, version: 1 };
                let thing = self.thing.get_or_insert_with(|| made.clone());
                let same = thing.attributes == made.attributes && thing.typed;
                if same { Fact::ThingIsOurs { previous: None } } else { Fact::ThingDiffers }
            }
            Step::DescribeThing => self.thing.as_ref().map_or(Fact::ThingGone, |thing| {
                let attribute = |name: &str| thing.attributes.get(name).map(String::as_str);
                described(wanted, thing.version, thing.typed, attribute)
            }),
            Step::ListPrincipals => Fact::Principals(self.principals.iter().cloned().collect()),
            Step::DescribeHolder(other) => {
                let status = self.statuses.get(other).unwrap_or(&"ACTIVE");
                let exists = |ca: &String| Holder::Exists {
                    status: (*status).to_owned(),
                    ca: ca.clone(),
                    subject: b"subject".to_vec(),
                };
                Fact::HolderIs(other.clone(), self.certificates.get(other).map_or(Holder::Gone, exists))
            }
            Step::ClaimThing { version, untyped, previous } => {
                let Some(thing) = &mut self.thing else { return Fact::ThingGone };
                if thing.version != *version {
                    return Fact::ThingDiffers;
                }
                thing.version += 1;
                thing.typed |= untyped;
                thing.attributes.extend(wanted.attributes.clone());
                thing.attributes.extend(previous.iter().map(|id| (PREVIOUS_ATTRIBUTE.to_owned(), id.to_string())));
                Fact::ThingIsOurs { previous: previous.clone() }
            }
            Step::AddToGroup => {
                self.grouped = true;
                Fact::Grouped
            }
            Step::CreateStream => {
                if self.stream.is_some() {
                    return Fact::StreamExists;
                }
                let tags = wanted.stream.tags.clone();
                self.stream = Some(Stream { hours: 24, tier: StorageTier::Hot, tags, creating: 2 });
                Fact::StreamIsNew
            }
            Step::DescribeStream => self.stream.as_mut().map_or(Fact::StreamGone, |stream| {
                let active = stream.creating == 0;
                stream.creating = stream.creating.saturating_sub(1);
                let status = if active { StreamStatus::Active } else { StreamStatus::Passing("CREATING".to_owned()) };
                let kms_key = "arn:aws:kms:us-east-1:123456789012:alias/aws/kinesisvideo".to_owned();
                Fact::StreamIs(status, MadeWith { retention_hours: stream.hours, kms_key })
            }),
            Step::ListTags => self.stream.as_ref().map_or(Fact::StreamGone, |s| Fact::TagsAre(s.tags.clone())),
            Step::DescribeStorage => self.stream.as_ref().map_or(Fact::StreamGone, |s| Fact::TierIs(s.tier)),
            Step::TagStream(missing) => {
                let Some(stream) = &mut self.stream else { return Fact::StreamGone };
                for tag in missing.keys() {
                    assert!(!stream.tags.contains_key(tag), "tag `{tag}` of an existing stream would be overwritten");
                }
                stream.tags.extend(missing.clone());
                Fact::Tagged(missing.clone())
            }
            Step::AttachPrincipal => {
                self.principals.insert(id.clone());
                Fact::Attached
            }
            Step::AttachPolicy => {
                self.policed.insert(id.clone());
                Fact::Policed
            }
            Step::Activate => {
                assert!(self.complete_for(wanted), "ACTIVE before all is right: {self:?}");
                self.active.insert(id.clone());
                Fact::Active
            }
        }
    }

    /// All that must stand before a certificate may become ACTIVE.
    fn complete_for(&self, wanted: &Wanted) -> bool {
        let holder = self.thing.as_ref().and_then(|thing| thing.attributes.get(CERTIFICATE_ATTRIBUTE));
        holder.map(String::as_str) == Some(wanted.certificate.as_str())
            && self.grouped
            && self.stream.as_ref().is_some_and(|stream| {
                stream.creating == 0 && wanted.stream.tags.keys().all(|tag| stream.tags.contains_key(tag))
            })
            && self.principals.contains(&wanted.certificate)
            && self.policed.contains(&wanted.certificate)
    }
}

/// One worker.
struct Worker {
    wanted: Wanted,
    observed: Observed,
    end: Option<Result<(), Refusal>>,
    steps: usize,
}

impl Worker {
    fn new(wanted: Wanted) -> Self {
        Self { wanted, observed: Observed::default(), end: None, steps: 0 }
    }

    /// One step, so that others may come between.
    fn turn(&mut self, world: &mut World) {
        match plan(&self.wanted, &self.observed) {
            Plan::Do(steps) => {
                let fact = world.perform(&steps[0].0, &self.wanted);
                self.observed.learn(fact);
                self.steps += 1;
                assert!(self.steps < 60, "does not converge: {:?}", self.observed);
            }
            Plan::Wait(_) => self.observed.learn(Fact::Waited),
            Plan::Refuse(refusal) => self.end = Some(Err(refusal)),
            Plan::Done => self.end = Some(Ok(())),
        }
    }

    /// As the function runs: whole plans, a new one at the first surprise.
    fn run(mut self, world: &mut World) -> Result<Observed, Refusal> {
        for _ in 0..60 {
            match plan(&self.wanted, &self.observed) {
                Plan::Do(steps) => {
                    for (step, expected) in steps {
                        let fact = world.perform(&step, &self.wanted);
                        let as_expected = expected.as_ref() == Some(&fact);
                        self.observed.learn(fact);
                        if !as_expected {
                            break;
                        }
                    }
                }
                Plan::Wait(_) => self.observed.learn(Fact::Waited),
                Plan::Refuse(refusal) => return Err(refusal),
                Plan::Done => return Ok(self.observed),
            }
        }
        panic!("does not converge: {:?}", self.observed);
    }
}

fn id(letter: char) -> CertificateId {
    CertificateId::parse(&letter.to_string().repeat(64)).unwrap()
}

fn text(pairs: &[(&str, &str)]) -> Text {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn wanted(letter: char, rotation: Rotation) -> Wanted {
    let certificate = id(letter);
    Wanted {
        name: ThingName::parse("cam-1").unwrap(),
        certificate_arn: format!("arn:aws:iot:us-east-1:123456789012:cert/{certificate}"),
        attributes: text(&[(CERTIFICATE_ATTRIBUTE, certificate.as_str()), ("organization", "x")]),
        certificate,
        ca: id('c'),
        subject: b"subject".to_vec(),
        thing_type: "camera".to_owned(),
        group: "cameras".to_owned(),
        group_by_registry: false,
        policy: "camera".to_owned(),
        rotation,
        stream: WantedStream {
            retention: RetentionHours::parse("24").unwrap(),
            media_type: MediaType::parse("video/h264").unwrap(),
            tier: StorageTier::Hot,
            kms_key: None,
            tags: text(&[(THING_TAG, "cam-1"), (PRIORITY_TAG, "standard")]),
        },
    }
}

prop_compose! {
    /// Any mix of half-done work, ours or an operator's, in which nobody else holds the name.
    fn half_done()(
        thing in 0_u8..4, typed: bool, grouped: bool, stream: bool, hours in prop_oneof![Just(24), Just(48)],
        warm: bool, tagged in 0_usize..3, creating in 0_u8..3, attached: bool, policed: bool,
    ) -> World {
        let wanted = wanted('a', Rotation::Never);
        let certificates = BTreeMap::from([(id('a'), id('c').to_string())]);
        let mut world = World { grouped, certificates, ..World::default() };
        world.thing = match thing {
            0 => None,
            // Made by an operator, before.
            1 => Some(Thing { attributes: text(&[("site", "north")]), typed, version: 7 }),
            // Held by a certificate that was deleted.
            2 => Some(Thing { attributes: text(&[(CERTIFICATE_ATTRIBUTE, id('9').as_str())]), typed: true, version: 3 }),
            _ => Some(Thing { attributes: wanted.attributes.clone(), typed: true, version: 1 }),
        };
        world.stream = stream.then(|| Stream {
            hours,
            tier: if warm { StorageTier::Warm } else { StorageTier::Hot },
            tags: wanted.stream.tags.clone().into_iter().take(tagged).collect(),
            creating,
        });
        world.principals.extend((attached && thing != 0).then(|| id('a')));
        world.policed.extend(policed.then(|| id('a')));
        world
    }
}

proptest! {
    #[test]
    fn any_half_done_state_converges_and_a_second_run_changes_nothing(mut world in half_done()) {
        let wanted = wanted('a', Rotation::Never);
        let before = world.stream.clone();
        let observed = Worker::new(wanted.clone()).run(&mut world).unwrap();
        prop_assert_eq!(plan(&wanted, &observed), Plan::Done);
        prop_assert!(world.active.contains(&wanted.certificate));
        if let (Some(before), Some(after)) = (&before, &world.stream) {
            prop_assert_eq!((before.hours, before.tier), (after.hours, after.tier), "an existing stream was changed");
            let drifts = drift(&wanted.stream, &observed.stream).len();
            prop_assert_eq!(drifts, usize::from(before.hours != 24) + usize::from(before.tier != StorageTier::Hot));
        }
        let done = world.clone();
        Worker::new(wanted).run(&mut world).unwrap();
        prop_assert_eq!(world, done);
    }

    #[test]
    fn a_crash_after_any_step_converges_to_the_same_end(
        start in half_done(),
        crashes in prop::collection::vec(0_usize..14, 1..4),
    ) {
        let wanted = wanted('a', Rotation::Never);
        let mut straight = start.clone();
        Worker::new(wanted.clone()).run(&mut straight).unwrap();
        let mut world = start;
        for steps in crashes {
            let mut worker = Worker::new(wanted.clone());
            while worker.end.is_none() && worker.steps < steps {
                worker.turn(&mut world);
            }
        }
        Worker::new(wanted).run(&mut world).unwrap();
        prop_assert_eq!(world, straight);
    }

    #[test]
    fn of_two_certificates_that_race_for_a_name_exactly_one_wins(
        order in prop::collection::vec(any::<bool>(), 80),
        pre_made: bool,
    ) {
        let certificates = ['a', 'b'].into_iter().map(|letter| (id(letter), id('c').to_string())).collect();
        let thing = pre_made.then(|| Thing { attributes: Text::new(), typed: false, version: 1 });
        let mut world = World { thing, certificates, ..World::default() };
        let mut workers = [Worker::new(wanted('a', Rotation::Never)), Worker::new(wanted('b', Rotation::Never))];
        let rest = (0..200).map(|turn| turn % 2 == 0);
        for first in order.into_iter().chain(rest) {
            let worker = &mut workers[usize::from(first)];
            if worker.end.is_none() {
                worker.turn(&mut world);
            }
        }
        let ends = workers.each_ref().map(|worker| worker.end.clone().unwrap());
        prop_assert_eq!(ends.iter().filter(|end| end.is_ok()).count(), 1, "{:?}", ends);
        prop_assert_eq!(world.active.len(), 1);
        prop_assert_eq!(&world.principals, &world.active);
        for end in ends {
            let refused = matches!(&end, Err(Refusal::NameTaken { .. }));
            prop_assert!(end.is_ok() || refused);
        }
    }
}

/// A world in which camera `b` works.
fn held_by_b() -> World {
    let mut world = World { certificates: BTreeMap::from([(id('b'), id('c').to_string())]), ..World::default() };
    Worker::new(wanted('b', Rotation::Never)).run(&mut world).unwrap();
    world.certificates.insert(id('a'), id('c').to_string());
    world
}

#[test]
fn a_second_certificate_with_the_same_name_is_refused_and_changes_nothing() {
    let mut world = held_by_b();
    let before = world.clone();
    let refusal = Worker::new(wanted('a', Rotation::Never)).run(&mut world).unwrap_err();
    let (thing, status) = ("cam-1".to_owned(), "ACTIVE".to_owned());
    assert_eq!(refusal, Refusal::NameTaken { thing, holder: id('b'), status, why: "" });
    assert_eq!(world, before);
}

#[test]
fn a_name_is_free_when_its_certificate_is_revoked_and_detached_and_not_before() {
    let mut world = held_by_b();
    world.statuses.insert(id('b'), "REVOKED");
    let refusal = Worker::new(wanted('a', Rotation::Never)).run(&mut world).unwrap_err();
    assert_eq!(refusal.reason(), "name-taken");
    world.principals.clear();
    Worker::new(wanted('a', Rotation::Never)).run(&mut world).unwrap();
    assert!(world.active.contains(&id('a')));
    // A claim that is still being worked on is detached as well, and holds.
    let mut world = held_by_b();
    world.statuses.insert(id('b'), "PENDING_ACTIVATION");
    world.principals.clear();
    assert_eq!(Worker::new(wanted('a', Rotation::Never)).run(&mut world).unwrap_err().reason(), "name-taken");
}

#[test]
fn what_is_not_visible_for_a_moment_is_waited_for_and_not_hammered() {
    let wanted = wanted('a', Rotation::Never);
    let mut observed = Observed::default();
    observed.learn(Fact::ThingIsOurs { previous: None });
    observed.learn(Fact::Grouped);
    observed.learn(Fact::StreamExists);
    observed.learn(Fact::StreamGone);
    assert_eq!(plan(&wanted, &observed), Plan::Wait("the stream is not visible".to_owned()));
    observed.learn(Fact::Waited);
    let Plan::Do(steps) = plan(&wanted, &observed) else { panic!("nothing to do") };
    assert_eq!(steps[0].0, Step::CreateStream);
    for contradiction in [Fact::ThingGone, Fact::ThingDiffers] {
        let mut observed = Observed::default();
        observed.learn(Fact::ThingDiffers);
        observed.learn(Fact::ThingSeen(SeenThing::default()));
        observed.learn(contradiction);
        assert!(matches!(plan(&wanted, &observed), Plan::Wait(_)));
    }
}

#[test]
fn attributes_that_the_registry_has_changed_since_reach_a_thing_that_is_ours_already() {
    let mut world = held_by_b();
    let mut again = wanted('b', Rotation::Never);
    again.attributes.insert("site".to_owned(), "south".to_owned());
    Worker::new(again).run(&mut world).unwrap();
    assert_eq!(world.thing.unwrap().attributes["site"], "south");
}

#[test]
fn a_successor_takes_the_name_when_rotation_is_on_and_both_stay_attached() {
    let mut world = held_by_b();
    let observed = Worker::new(wanted('a', Rotation::SameCa)).run(&mut world).unwrap();
    assert_eq!(observed.thing, provision::observed::Thing::Ours { previous: Some(id('b')) });
    assert_eq!(world.principals, BTreeSet::from([id('a'), id('b')]));
    assert_eq!(world.active, BTreeSet::from([id('a'), id('b')]));
}

#[test]
fn a_certificate_of_another_ca_or_subject_is_no_successor() {
    let cases = [('d', "subject", ", which another CA signed"), ('c', "other", ", whose subject is another")];
    for (ca, subject, says) in cases {
        let mut world = held_by_b();
        let mut wanted = wanted('a', Rotation::SameCa);
        (wanted.ca, wanted.subject) = (id(ca), subject.into());
        let refusal = Worker::new(wanted).run(&mut world).unwrap_err();
        assert!(matches!(&refusal, Refusal::NameTaken { why, .. } if *why == says), "{refusal}");
    }
}

#[test]
fn a_thing_whose_certificate_was_attached_by_hand_is_taken() {
    let mut world = held_by_b();
    world.thing = Some(Thing { attributes: Text::new(), typed: false, version: 4 });
    let refusal = Worker::new(wanted('a', Rotation::Never)).run(&mut world).unwrap_err();
    assert_eq!(refusal.reason(), "name-taken");
}

#[test]
fn a_stream_that_is_tagged_for_another_thing_is_refused_before_anything_is_attached() {
    let tags = text(&[(THING_TAG, "cam-2")]);
    let stream = Stream { hours: 24, tier: StorageTier::Hot, tags, creating: 0 };
    let mut world = World { stream: Some(stream), ..World::default() };
    let refusal = Worker::new(wanted('a', Rotation::Never)).run(&mut world).unwrap_err();
    assert_eq!(refusal, Refusal::StreamTaken { stream: "cam-1".to_owned(), owner: "cam-2".to_owned() });
    assert!(world.principals.is_empty() && world.active.is_empty());
}

#[test]
fn a_new_camera_takes_seven_steps_when_its_stream_is_active_at_once() {
    let mut world = World::default();
    let Plan::Do(first) = plan(&wanted('a', Rotation::Never), &Observed::default()) else { panic!("nothing to do") };
    let names: Vec<_> = first.iter().map(|(step, _)| step.operation()).collect();
    assert_eq!(names, ["CreateThing", "AddThingToThingGroup", "CreateStream", "DescribeStream"]);
    let mut worker = Worker::new(wanted('a', Rotation::Never));
    while worker.end.is_none() {
        worker.turn(&mut world);
        world.stream.iter_mut().for_each(|stream| stream.creating = 0);
    }
    assert_eq!(worker.steps, 7);
}

#[test]
fn a_customers_key_is_compared_whole_and_the_managed_one_by_its_alias() {
    let stream = Stream { hours: 24, tier: StorageTier::Hot, tags: Text::new(), creating: 0 };
    let mut world = World { stream: Some(stream), ..World::default() };
    let mut wanted = wanted('a', Rotation::Never);
    let key = "arn:aws:kms:us-east-1:123456789012:key/1".to_owned();
    wanted.stream.kms_key = Some(key.clone());
    let observed = Worker::new(wanted.clone()).run(&mut world).unwrap();
    let found = "arn:aws:kms:us-east-1:123456789012:alias/aws/kinesisvideo".to_owned();
    assert_eq!(drift(&wanted.stream, &observed.stream), [Drift { setting: "kmsKey", wanted: key, found }]);
}
