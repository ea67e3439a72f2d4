//! A whole fleet connects within seconds, in bad weather.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use local::Call;
use local::storm::{Table, dice, is_full, per_mille, percent};
use serde_json::{Value, json};

use crate::fleet::{Device, FUNCTION, Fleet};

/// What AWS allows by default, in calls a second.
const QUOTAS: [(&str, u32); 3] =
    [("iot:DescribeCertificate", 10), ("iot:UpdateCertificate", 10), ("kinesisvideo:CreateStream", 50)];
/// A worker is killed at each of these in turn.
const KILLED_AT: [&str; 5] =
    ["UpdateCertificate", "DescribeCertificate", "CreateThing", "CreateStream", "AttachThingPrincipal"];
/// Longer than a storm takes on a machine that has much else to do.
const MOST: Duration = Duration::from_hours(1);
/// Certificates that are handed to the cloud at once.
const AT_ONCE: usize = 250;
/// The least share of each quota that has to be useful in the storm in full, in tenths of a percent.
const USEFUL: usize = 900;

/// What became of the calls of one operation.
#[derive(Default)]
struct Calls {
    /// Those that AWS took.
    taken: usize,
    /// Those that went beyond the rate.
    throttled: usize,
    /// What those that succeeded were about.
    of: BTreeSet<String>,
}

fn by_operation(calls: Vec<Call>) -> BTreeMap<String, Calls> {
    let mut all: BTreeMap<String, Calls> = BTreeMap::new();
    for call in calls {
        let ours = all.entry(format!("{}:{}", call.service, call.operation)).or_default();
        if call
            .error
            .as_deref()
            .is_some_and(|code| ["ThrottlingException", "ClientLimitExceededException"].contains(&code))
        {
            ours.throttled += 1;
            continue;
        }
        ours.taken += 1;
        if call.status < 400 {
            ours.of.extend(call.target);
        }
    }
    all
}

/// A fleet of cameras by name, of which each is known and none has an event yet.
fn cameras(fleet: &Fleet, count: usize) -> BTreeMap<String, Device> {
    let cameras: BTreeMap<_, _> = (0..count)
        .map(|n| {
            let name = format!("cam-{n:04}");
            let device = fleet.ca.issue(&name);
            (name, device)
        })
        .collect();
    let pems: Vec<&str> = cameras.values().map(|camera| camera.pem.as_str()).collect();
    for some in pems.chunks(AT_ONCE) {
        let known = fleet.control.register_all_silently(some).unwrap();
        assert!(known.iter().all(|connect| connect.status.as_deref() == Some("PENDING_ACTIVATION")), "{known:?}");
    }
    cameras
}

impl Fleet {
    /// The streams by name, with their status.
    async fn streams(&self) -> BTreeMap<String, String> {
        let mut pages = self.kinesisvideo.list_streams().into_paginator().send();
        let mut streams = BTreeMap::new();
        while let Some(page) = pages.next().await {
            let found = page.unwrap().stream_info_list.unwrap_or_default();
            let found =
                found.into_iter().map(|one| (one.stream_name.unwrap(), one.status.unwrap().as_str().to_owned()));
            streams.extend(found);
        }
        streams
    }

    /// How many things are in the fleet's group.
    async fn grouped(&self) -> usize {
        let group = self.cloud.output("CameraThingGroupName").unwrap();
        let mut pages = self.iot.list_things_in_thing_group().thing_group_name(group).into_paginator().send();
        let mut count = 0;
        while let Some(page) = pages.next().await {
            count += page.unwrap().things.unwrap_or_default().len();
        }
        count
    }

    /// How many of these cameras get in, each with its own thing and the camera policy, and nothing else.
    fn whole(&self, cameras: &BTreeMap<String, Device>) -> usize {
        let policy = self.cloud.output("CameraPolicyName").unwrap();
        let all: Vec<_> = cameras.iter().collect();
        let whole = all.chunks(AT_ONCE).flat_map(|some| {
            let pems: Vec<&str> = some.iter().map(|(_, camera)| camera.pem.as_str()).collect();
            let connects = self.control.connect_all(&pems).unwrap();
            let whole = some.iter().zip(connects).filter(|((name, _), connect)| {
                connect.connected && connect.things == [name.as_str()] && connect.policies == [policy]
            });
            whole.map(|_| ()).collect::<Vec<_>>()
        });
        whole.count()
    }
}

#[tokio::test]
async fn a_fleet_that_connects_within_seconds_in_bad_weather_works_and_wastes_little_of_the_quotas() {
    let (count, every) = if is_full() { (2_000, 200) } else { (200, 20) };
    let (mut dice, seed) = dice().unwrap();
    // The rate that the template has, and that of AWS.
    let fleet = Fleet::with(&[("CertificateCallsPerSecond", "8")]).await;
    let cameras = cameras(&fleet, count);
    let mut events: Vec<Value> = Vec::new();
    for camera in cameras.values() {
        events.extend(std::iter::repeat_n(camera.event(), dice.usize(1..=4)));
    }
    dice.shuffle(&mut events);
    let limits: BTreeMap<_, _> = QUOTAS.into_iter().collect();
    fleet.control.settings(&json!({ "callsPerSecond": limits })).unwrap();
    fleet.cloud.weather(&["iot", "kinesisvideo", "dynamodb", "sns"]).unwrap();
    let kills = count / every;
    for (nth, operation) in (1..=kills).zip(KILLED_AT.into_iter().cycle()) {
        // The last would come too late, were there no call more than needed.
        let nth = u32::try_from(nth * every - every / 2).unwrap();
        fleet.control.crash_one_after(FUNCTION, operation, nth).unwrap();
    }

    let (mark, began) = (fleet.mark(), Instant::now());
    let topic = format!("$aws/events/certificates/registered/{}", fleet.ca.id);
    assert_eq!(fleet.control.publish_all(&topic, &events).unwrap(), events.len());
    let sent = began.elapsed();
    fleet.control.settle_within(MOST).unwrap();
    let worked = began.elapsed();
    let mut again = 0;
    while fleet.registrations() > 0 && again < 20 {
        again += 1;
        fleet.control.redeliver().unwrap();
        fleet.control.settle_within(MOST).unwrap();
    }
    let weather = fleet.cloud.fired().unwrap();
    fleet.cloud.mend_weather().unwrap();
    let calls = by_operation(fleet.calls_after(mark));
    let armed = fleet.control.armed_crashes().unwrap()["armed"].as_array().unwrap().len();
    fleet
        .control
        .settings(
            &json!({ "callsPerSecond": limits.keys().map(|name| (*name, None)).collect::<BTreeMap<_, Option<u32>>>() }),
        )
        .unwrap();

    let title = format!(
        "{count} cameras connect at once: {} events within {} seconds, each camera's 1 to 4 times and all of them \
         shuffled (seed {seed}); one call in ten is throttled and one in fifty reset, which is beside what AWS takes of \
         a call in a second.",
        events.len(),
        sent.as_secs().max(1),
    );
    let mut table = Table::new("1-registration", &title);
    table.exactly("cameras that get in, with their own thing and the camera policy", &count, &fleet.whole(&cameras));
    let streams = fleet.streams().await;
    let active = cameras.keys().filter(|name| streams.get(*name).is_some_and(|status| status == "ACTIVE")).count();
    table.exactly("of them with their own stream, ACTIVE", &count, &active);
    table.exactly("streams", &count, &streams.len());
    table.exactly("things in the fleet's group", &count, &fleet.grouped().await);
    table.exactly("dead letters", &0, &fleet.dead_letters().len());
    table.exactly("workers killed in the middle of a call", &kills, &(kills - armed));
    table.figure("calls throttled or reset by the weather", &weather);
    table.figure("times that what was handed back came again", &again);
    table.figure("calls that reached AWS", &calls.values().map(|calls| calls.taken + calls.throttled).sum::<usize>());
    for (operation, Calls { taken, throttled, .. }) in &calls {
        table.figure(&format!("`{operation}`: taken, and over the rate"), &format!("{taken}, {throttled}"));
    }
    for (operation, _) in QUOTAS {
        let Calls { taken, of, .. } = &calls[operation];
        let what = format!("share of the calls of `{operation}` that AWS took and that did useful work");
        // Of few cameras, those that came before anything had queued are many.
        let enough = !is_full() || per_mille(of.len(), *taken) >= USEFUL;
        table.held(&what, if is_full() { "at least 90 %" } else { "" }, &percent(of.len(), *taken), enough);
    }
    table.figure("seconds until no event waited", &worked.as_secs());
    table.tell().unwrap();
    let mut some: Vec<_> = cameras.iter().collect();
    dice.shuffle(&mut some);
    for (name, camera) in some.into_iter().take(5) {
        fleet.assert_works(name, camera).await;
    }
}
