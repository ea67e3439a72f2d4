//! The streams that stand for all: made-up ones, and a sample of those that there are.

use std::cell::OnceCell;

use fleet::{PRIORITY_TAG, Priority, THING_TAG};
use policy::{Key, Reach};

use crate::check::CannotJudge;
use crate::inventory::{Stream, Taken};
use crate::world::World;

/// Names that nobody gave to a stream, and that have little in common. Whoever may act on two of them was not bound to
/// streams of certain names: no prefix, suffix or literal name fits two. Two, so that a Deny that happens to fit one of
/// them does not hide the rest.
const MADE_UP: [&str; 3] = ["kvs-warden", "Any_One", "0.asked"];
/// So many of them are enough.
const ENOUGH: usize = 2;

/// Names as people give them, one for each letter and digit that a name may begin with: many bounds together, such as
/// `a*` to `z*`, or one that fits most names, such as `*-*`, are no bound. More than half of them are enough.
const MORE: [&str; 36] = [
    "alpha-gate",
    "bravo-01",
    "charlie-yard",
    "delta-02",
    "echo-roof",
    "foxtrot-03",
    "golf-door",
    "hotel-04",
    "india-hall",
    "juliett-05",
    "kilo-dock",
    "lima-06",
    "mike-shop",
    "november-07",
    "oscar-ramp",
    "papa-08",
    "quebec-till",
    "romeo-09",
    "sierra-lift",
    "tango-10",
    "uniform-bay",
    "victor-11",
    "whiskey-lane",
    "xray-12",
    "yankee-park",
    "zulu-13",
    "0-north",
    "1-south",
    "2-east",
    "3-west",
    "4-floor",
    "5-field",
    "6-tower",
    "7-pier",
    "8-track",
    "9-quay",
];

/// Of the streams that there are, so many are asked about.
const SAMPLE: usize = 50;
/// Of fewer than these nothing is said: more than half of them are few.
const FEW: usize = 4;
/// When the made-up ones were made, as it stands in ARNs.
const MADE: &str = "1700000000000";

/// Streams that are asked about together.
pub(super) struct Batch<'w> {
    pub(super) streams: Vec<Asked<'w>>,
    /// Whoever may act on so many of them may act on all, or most.
    pub(super) enough: usize,
    /// Whether there are such streams.
    pub(super) exist: bool,
}

/// A stream that is asked about.
pub(super) struct Asked<'w> {
    name: &'w str,
    arn: Option<&'w str>,
    /// Its values of the tags that are asked for, in their order.
    tags: Vec<Option<String>>,
}

impl Asked<'_> {
    /// Its ARN as a resource of this kind. A stream that there is, is one video stream.
    pub(super) fn arn(&self, place: &Taken, service: &str, kind: &str) -> Option<String> {
        match self.arn {
            Some(arn) => (service == "kinesisvideo" && kind == "stream").then(|| arn.to_owned()),
            None => Some(place.arn(service, &resource(service, kind, self.name))),
        }
    }
}

/// What follows the account in the ARN of a resource of this kind and name.
fn resource(service: &str, kind: &str, name: &str) -> String {
    match (service, kind) {
        ("kinesis", "consumer") => format!("stream/{name}/consumer/{name}:{MADE}"),
        ("kinesis", _) => format!("{kind}/{name}"),
        _ => format!("{kind}/{name}/{MADE}"),
    }
}

/// The made-up streams.
pub(super) fn made_up(tags: &[&Key]) -> Batch<'static> {
    Batch { streams: tagged(&MADE_UP, tags), enough: ENOUGH, exist: false }
}

/// Further ones.
pub(super) fn more_made_up(tags: &[&Key]) -> Batch<'static> {
    Batch { streams: tagged(&MORE, tags), enough: MORE.len().div_euclid(2).saturating_add(1), exist: false }
}

/// Streams as kvs-warden makes them: with the name of the thing and a priority as tags, and no others.
fn tagged(names: &[&'static str], tags: &[&Key]) -> Vec<Asked<'static>> {
    let priorities = [Priority::Standard, Priority::Low, Priority::Critical].into_iter().cycle();
    let streams = names.iter().zip(priorities).map(|(name, priority)| {
        let value = |key: &&Key| match tag_of(key) {
            tag if tag.eq_ignore_ascii_case(THING_TAG) => Some((*name).to_owned()),
            tag if tag.eq_ignore_ascii_case(PRIORITY_TAG) => Some(priority.as_str().to_owned()),
            _ => None,
        };
        Asked { name, arn: None, tags: tags.iter().map(value).collect() }
    });
    streams.collect()
}

/// The name of the tag that a condition key is about.
fn tag_of(key: &Key) -> &str {
    key.as_str().split_once('/').map_or("", |(_, tag)| tag)
}

/// Some of the video streams that there are, from all over the list; None when there are few. An error when they, or the
/// tags that are asked for, were not read.
pub(super) fn existing<'w>(world: &World<'w>, tags: &[&Key]) -> Result<Option<Batch<'w>>, CannotJudge> {
    let listing = &world.inventory.streams;
    let missing = listing.missing.as_ref().map(CannotJudge::from);
    // What a change touched says nothing of the others.
    let of_all = !missing.as_ref().is_some_and(|missing| missing.not_asked);
    let many = listing.items.len();
    if many < FEW || !of_all {
        return missing.map_or(Ok(None), Err);
    }
    let sample = SAMPLE.min(many);
    let places = (0..sample).map(|number| number.saturating_mul(many).div_euclid(sample));
    let streams = places.filter_map(|place| listing.items.get(place)).map(|stream| asked(world, stream, tags));
    let streams = streams.collect::<Result<Vec<_>, _>>()?;
    Ok(Some(Batch { enough: streams.len().div_euclid(2).saturating_add(1), streams, exist: true }))
}

fn asked<'w>(world: &World<'w>, stream: &'w Stream, tags: &[&Key]) -> Result<Asked<'w>, CannotJudge> {
    let own = if tags.is_empty() { &[][..] } else { world.inventory.tags_of(&stream.stream_arn)? };
    let value = |key: &&Key| {
        let tag = own.iter().find(|tag| tag.key.eq_ignore_ascii_case(tag_of(key)));
        tag.map(|tag| tag.value.clone())
    };
    let tags = tags.iter().map(value).collect();
    Ok(Asked { name: &stream.stream_name, arn: Some(&stream.stream_arn), tags })
}

/// Makes the reaches of streams with these values of tags, one for each view.
type Make<'b, 'g> = Box<dyn Fn(&[Option<String>]) -> Vec<Reach<'g>> + 'b>;

/// What an identity may do with the streams of a batch: the same for those with the same tags. Found out when asked.
pub(super) struct Looks<'b, 'g> {
    /// How many views there are.
    pub(super) views: usize,
    make: Make<'b, 'g>,
    /// For each stream the place of its tags.
    of: Vec<usize>,
    tags: Vec<&'b [Option<String>]>,
    /// Of each of these, the reaches.
    reaches: Vec<OnceCell<Vec<Reach<'g>>>>,
}

impl<'b, 'g> Looks<'b, 'g> {
    /// Of nothing that was asked yet.
    pub(super) fn of(batch: &'b Batch<'_>, views: usize, make: Make<'b, 'g>) -> Self {
        let (mut tags, mut of): (Vec<&[Option<String>]>, Vec<usize>) = (Vec::new(), Vec::new());
        for stream in &batch.streams {
            let same = tags.iter().position(|tags| *tags == stream.tags.as_slice());
            of.push(same.unwrap_or(tags.len()));
            if same.is_none() {
                tags.push(&stream.tags);
            }
        }
        let reaches = tags.iter().map(|_tags| OnceCell::new()).collect();
        Self { views, make, of, tags, reaches }
    }

    /// What may be done with a stream, in one view.
    pub(super) fn reach(&self, stream: usize, view: usize) -> Option<&Reach<'g>> {
        let place = *self.of.get(stream)?;
        let tags = self.tags.get(place)?;
        self.reaches.get(place)?.get_or_init(|| (self.make)(tags)).get(view)
    }
}
