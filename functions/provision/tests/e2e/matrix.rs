//! Every call of the function, and every way in which it can fail.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use local::faults::{Cell, Kind, Lasts, Table, Target, patience_ms};
use serde_json::json;
use tokio::runtime::{Builder, Runtime};

use crate::fleet::{Alerts, Ca, Device, FUNCTION, Fleet};
use crate::power::calls_of_the_role;

/// Fleets that are tried at once: a cell waits more than it works.
const AT_ONCE: usize = 8;
/// How often SQS delivers a message before it is a dead letter, by the template.
const DELIVERIES: usize = 5;

const HEAD: &str = "\
# Faults: provision

Each call that the `provision` function makes, and what comes of it when it fails. A cell tells what came of a fault that
came once · ten times · for ever:

- a number: the delivery of the message by which the camera worked, or by which people were told of the refusal. 1 is the
  first: the call was tried again within it.
- `dead`: after five deliveries the message lay in the dead letters, its certificate was not ACTIVE, and the log named the
  call that failed. When the fault was over, the camera's next connect made it work.
- `told again`: people were told the same more than once, since it was not known, or not noted, that they had been.

In no cell was a certificate ACTIVE before its thing, stream and policy were whole, and no other camera was touched.
A late answer comes when the function has given up, after the call took effect. What is remembered of cameras that work
(`an event that queued`) is a shortcut: when it fails, the certificate is looked at, and nothing else comes of it.

Made by `UPDATE=1 cargo xtask faults`, which runs the function's binary in the local cloud, with tries of 0.4
seconds instead of 8. Every run of the tests tries the first of each cell, with tries of 2 seconds.
";

/// What a camera comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scenario {
    /// It is new.
    New,
    /// Its thing and its stream were made by hand.
    Kept,
    /// Its CA is not allowed.
    Refused,
    /// The registry names a group that is not there.
    Groupless,
    /// Its certificate is another thing's.
    Elsewhere,
    /// It works already, and its event has queued.
    Queued,
}

impl Scenario {
    const ALL: [Self; 6] = [Self::New, Self::Kept, Self::Refused, Self::Groupless, Self::Elsewhere, Self::Queued];

    fn name(self) -> &'static str {
        match self {
            Self::New => "a new camera",
            Self::Kept => "a stream made by hand",
            Self::Refused => "a refusal",
            Self::Groupless => "a group that is missing",
            Self::Elsewhere => "a certificate of another thing",
            Self::Queued => "an event that queued",
        }
    }

    fn is_refused(self) -> bool {
        matches!(self, Self::Refused | Self::Groupless | Self::Elsewhere)
    }
}

/// A fleet whose function is tried.
struct Ward {
    runtime: Runtime,
    fleet: Fleet,
    alerts: Alerts,
    stranger: Ca,
    /// How many cells were tried.
    number: usize,
}

impl Ward {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let (fleet, alerts, stranger) = runtime.block_on(async {
            let fleet = Fleet::with(&[("UseRegistry", "true")]).await;
            let stranger = Ca::new("Somebody's CA");
            fleet.register(&stranger).await;
            let alerts = fleet.alerts().await;
            (fleet, alerts, stranger)
        });
        Self { runtime, fleet, alerts, stranger, number: 0 }
    }

    /// What is there before the camera connects.
    async fn prepare(&self, name: &str, scenario: Scenario) -> Device {
        let fleet = &self.fleet;
        let entry = match scenario {
            Scenario::Groupless => ("group", AttributeValue::S("nowhere".to_owned())),
            Scenario::New | Scenario::Kept | Scenario::Refused | Scenario::Elsewhere | Scenario::Queued => {
                ("enabled", AttributeValue::Bool(true))
            }
        };
        fleet.enter(name, &[entry]).await;
        match scenario {
            Scenario::New | Scenario::Groupless => {}
            Scenario::Kept => {
                fleet.iot.create_thing().thing_name(name).send().await.unwrap();
                fleet.kinesisvideo.create_stream().stream_name(name).send().await.unwrap();
            }
            Scenario::Refused => return self.stranger.issue(name),
            Scenario::Elsewhere => {
                let device = fleet.known(fleet.ca.issue(name));
                let other = format!("other-than-{name}");
                fleet.iot.create_thing().thing_name(&other).send().await.unwrap();
                fleet.attach(&other, &device).await;
                return device;
            }
            Scenario::Queued => {
                let device = fleet.ca.issue(name);
                fleet.connect(&device);
                return device;
            }
        }
        fleet.ca.issue(name)
    }

    /// Its event comes.
    fn connect(&self, device: &Device, scenario: Scenario) {
        if scenario == Scenario::Queued {
            self.fleet.connected_ago(device);
        } else {
            self.fleet.connect(device);
        }
    }

    /// Whether its message is worked off. If so, it came to its end; if not, it has no power, or all that it needs.
    async fn is_done(&self, name: &str, device: &Device, scenario: Scenario) -> bool {
        let fleet = &self.fleet;
        let done = fleet.registrations() == 0;
        if scenario.is_refused() {
            if scenario == Scenario::Elsewhere {
                assert_eq!(fleet.status(device).await, "PENDING_ACTIVATION");
            } else {
                fleet.assert_powerless(device).await;
            }
            let refused = fleet.logged("camera refused").iter().any(|line| line["certificate_id"] == device.id);
            assert_eq!(refused, done, "{name}");
        } else if fleet.status(device).await == "ACTIVE" {
            fleet.assert_works(name, device).await;
        } else {
            assert!(!done, "{name}");
        }
        done
    }

    /// The calls of every scenario, each in the first that makes it; a refusal is told in a course of its own.
    fn targets(&self) -> Vec<Target> {
        self.runtime.block_on(async {
            let mut targets: Vec<Target> = Vec::new();
            for scenario in Scenario::ALL {
                let name = format!("plain-{scenario:?}");
                let device = self.prepare(&name, scenario).await;
                let mark = self.fleet.mark();
                self.connect(&device, scenario);
                let made = Target::of(scenario.name(), &self.fleet.calls_after(mark));
                assert!(self.is_done(&name, &device, scenario).await);
                let is_new = |target: &Target| {
                    scenario == Scenario::Refused
                        || (scenario == Scenario::Queued && target.service == "dynamodb")
                        || !target.is_among(&targets)
                };
                let news: Vec<_> = made.into_iter().filter(is_new).collect();
                targets.extend(news);
            }
            self.alerts.read();
            targets
        })
    }

    fn outcomes(&mut self, cells: &[Cell]) -> Vec<String> {
        let mut outcomes = Vec::with_capacity(cells.len());
        for cell in cells {
            self.number += 1;
            outcomes.push(self.runtime.block_on(Box::pin(self.tried(self.number, cell))));
        }
        outcomes
    }

    async fn tried(&self, number: usize, cell: &Cell) -> String {
        let fleet = &self.fleet;
        let scenario = Scenario::ALL.into_iter().find(|scenario| scenario.name() == cell.target.scenario).unwrap();
        let name = format!("cam-{number}");
        let device = self.prepare(&name, scenario).await;
        // A worker that has just started has all of the SDK's allowance for tries.
        fleet.control.restart(FUNCTION, &json!({ "CALL_TIMEOUT_MS": patience_ms().to_string() })).unwrap();
        fleet.cloud.inject(FUNCTION, cell, patience_ms()).unwrap();
        let mut outcome = self.delivered(&name, &device, scenario).await;
        let fired = fleet.cloud.faults(&cell.target).unwrap();
        fleet.cloud.mend().unwrap();
        // All depends on each call, and only what took effect, though late, need not be tried again, nor a shortcut.
        let fewer = cell.kind == Kind::Late || scenario == Scenario::Queued;
        let enough = fired == 10 || cell.lasts != Lasts::TenTimes || fewer;
        assert!(cell.lasts.fits(fired) && enough, "{cell:?}: {fired} faults");
        if outcome.is_none() {
            assert_eq!(cell.lasts, Lasts::ForEver, "{cell:?}");
            let dead = fleet.dead_letters();
            assert!(dead.len() == 1 && dead[0].contains(&device.id), "{cell:?}: {dead:?}");
            let reasons = fleet.logged("registration handed back");
            let reasons = reasons.iter().filter(|line| line["certificate_id"] == device.id);
            let named = format!("`{}`", cell.target.operation);
            assert!(reasons.clone().count() == DELIVERIES, "{cell:?}");
            assert!(reasons.clone().all(|line| line["detail"].as_str().unwrap().contains(&named)), "{cell:?}");
            fleet.control.connect(&device.pem).unwrap();
            assert!(self.delivered(&name, &device, scenario).await.is_some(), "{cell:?}");
            outcome = Some("dead".to_owned());
        }
        assert_eq!(fleet.dead_letters(), [""; 0], "{cell:?}");
        let (outcome, told) = (outcome.unwrap_or_default(), self.told(&device, scenario));
        // Any other call that is made while people are told may be late by itself, on a machine that has much to do.
        let again = told > 1 && ["Publish", "UpdateItem"].contains(&cell.target.operation.as_str());
        if again { format!("{outcome}, told again") } else { outcome }
    }

    /// How often people were told the same, at most.
    fn told(&self, device: &Device, scenario: Scenario) -> usize {
        let mut told: BTreeMap<(String, String), usize> = BTreeMap::new();
        for (kind, reason, text) in self.alerts.read() {
            assert!(text.contains(&device.id), "{text}");
            *told.entry((kind, reason)).or_default() += 1;
        }
        assert_eq!(told.is_empty(), matches!(scenario, Scenario::New | Scenario::Queued), "{told:?}");
        told.into_values().max().unwrap_or_default()
    }

    /// Connects the camera and delivers its message again and again; answers the delivery that brought it to its end.
    async fn delivered(&self, name: &str, device: &Device, scenario: Scenario) -> Option<String> {
        let fleet = &self.fleet;
        self.connect(device, scenario);
        for delivery in 1..=DELIVERIES {
            if self.is_done(name, device, scenario).await {
                return Some(delivery.to_string());
            }
            fleet.end_leases(device).await;
            fleet.control.redeliver().unwrap();
            fleet.control.settle().unwrap();
        }
        None
    }
}

#[test]
fn every_call_that_fails_in_any_way_is_made_good_or_told() {
    let ward = Ward::new();
    let targets = ward.targets();
    let names: BTreeSet<_> = targets.iter().map(|target| format!("{}:{}", target.service, target.operation)).collect();
    assert_eq!(names, calls_of_the_role(&ward.fleet));
    drop(ward);
    let cells = Cell::asked(&targets);
    let alone = cells.iter().map(|cell| vec![cell.clone()]).collect();
    let table = Table::fill(&cells, alone, AT_ONCE, Ward::new, Ward::outcomes);
    table.is_told_in("docs/faults/provision.md", HEAD).unwrap();
}
