//! Every call of the function, and every way in which it can fail.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use budget::camera::{Standing, Target as At};
use budget::tags::Tags;
use local::faults::{Cell, Kind, Lasts, Table, Target, patience_ms};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use crate::fleet::{FUNCTION, Fleet, Told};
use crate::power::{action, needed};

/// Fleets that are tried at once: a cell waits more than it works.
const AT_ONCE: usize = 8;
/// Looks before we take it that more would not help: one more than a message is delivered.
const LOOKS: usize = 6;

const HEAD: &str = "\
# Faults: budget

Each call that the `budget` function makes, and what comes of it when it fails. A cell tells what came of a fault that came
once · ten times · for ever:

- a number: the look by which the streams were as they should be. 1 is the first: the call was tried again within it, or
  is not what streams depend on.
- `waits`: not while the fault lasted. The first look afterwards made it good.
- `dead`: the messages that asked for those looks lay in the dead letters in the end. The schedule asks again.

In no cell was a critical stream touched, a stream marked half, or a stream stopped that should not be; people were told
what gave way and what came back. A late answer comes when the function has given up, after the call took effect. A
function that is killed after it changed one of two streams may have changed the other too, or not: that counts as 2.

Made by `UPDATE=1 cargo xtask faults`, which runs the function's binary in the local cloud, with tries of 0.4
seconds instead of 8. Every run of the tests tries the first of each cell, with tries of 2 seconds.
";

const NORMAL: [At; 3] = [At::Normal; 3];
/// At 1,000 of 1,000 USD: low, standard, critical.
const OVER: [At; 3] = [At::Stopped, At::Reduced, At::Normal];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scenario {
    /// The money is spent.
    Down,
    /// A new period begins.
    Back,
    /// The money is spent, and AWS denies the first look the figures.
    Denied,
    /// The money is spent, and the first look has too little time.
    Late,
    /// The money is spent, and somebody else looks.
    Busy,
}

impl Scenario {
    const ALL: [Self; 5] = [Self::Down, Self::Back, Self::Denied, Self::Late, Self::Busy];

    fn name(self) -> &'static str {
        match self {
            Self::Down => "giving way",
            Self::Back => "coming back",
            Self::Denied => "a look that fails",
            Self::Late => "a look that runs out of time",
            Self::Busy => "somebody else looks",
        }
    }

    fn goal(self) -> [At; 3] {
        match self {
            Self::Back => NORMAL,
            Self::Down | Self::Denied | Self::Late | Self::Busy => OVER,
        }
    }
}

/// A fleet whose function is tried.
struct Ward {
    runtime: Runtime,
    fleet: Fleet,
    reports: Told,
    critical: Tags,
}

impl Ward {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let (fleet, reports, critical) = runtime.block_on(async {
            let fleet = Fleet::start().await;
            let reports = fleet.told("BudgetReportTopicArn").await;
            let critical = fleet.tags("critical-1").await;
            (fleet, reports, critical)
        });
        Self { runtime, fleet, reports, critical }
    }

    /// What is there before the scenario begins.
    async fn prepare(&self, scenario: Scenario) {
        if scenario == Scenario::Back {
            self.fleet.spend_silently("1000", "1000");
            self.fleet.tick();
            assert_eq!(self.fleet.three().await, OVER);
            self.new_period();
        }
        self.reports.read();
    }

    fn new_period(&self) {
        self.fleet.control.age(35 * 86_400).unwrap();
        self.fleet.new_period("1");
    }

    /// Begins it, and lets the first look end. `cell` is what fails beside; None when nothing does.
    async fn begin(&self, scenario: Scenario, fails: Option<&Target>) {
        let fleet = &self.fleet;
        if scenario != Scenario::Back {
            // One message asks to look, and not one for each threshold that was passed.
            fleet.spend_silently("1000", "1000");
        }
        match scenario {
            Scenario::Down | Scenario::Back => fleet.tick(),
            Scenario::Busy => {
                fleet.lease(i64::MAX).await;
                fleet.tick();
            }
            Scenario::Denied => {
                let error = json!({ "code": "AccessDeniedException", "status": 400, "message": "no" });
                let denied = json!({ "service": "budgets", "operation": "DescribeBudget", "times": 1, "error": error });
                fleet.cloud.fault(&json!([denied])).unwrap();
                fleet.tick();
            }
            Scenario::Late => {
                // So little that every change is left to the next look, which it asks for.
                fleet.control.timeout(FUNCTION, 62).unwrap();
                let mark = fleet.control.mark().unwrap();
                fleet.control.tick("BudgetSchedule").unwrap();
                let began = Instant::now();
                let asked = || fleet.calls_after(mark).iter().any(|call| call.operation == "SendMessage");
                let failed = |target: &Target| fleet.cloud.faults(target).unwrap() > 0;
                while !fails.map_or_else(asked, failed) {
                    assert!(began.elapsed() < Duration::from_mins(1), "no look asks to go on");
                    std::thread::sleep(Duration::from_millis(20));
                }
                fleet.control.timeout(FUNCTION, 900).unwrap();
                fleet.control.settle().unwrap();
            }
        }
    }

    /// Looks until the streams are as they should be and no message is left. Answers the look that made it so, if one did.
    async fn looks(&self, goal: [At; 3]) -> (Option<usize>, bool) {
        let fleet = &self.fleet;
        let mut by = None;
        for look in 1..=LOOKS {
            self.assert_whole().await;
            let (there, asked) = (fleet.three().await == goal, fleet.asked());
            by = by.or(there.then_some(look));
            if there && asked == 0 {
                return (by, true);
            }
            fleet.lease(0).await;
            fleet.control.redeliver().unwrap();
            fleet.control.settle().unwrap();
            if asked == 0 {
                fleet.tick();
            }
        }
        (by, false)
    }

    /// Nothing is half made, and a critical stream is as it was.
    async fn assert_whole(&self) {
        for stream in ["low-1", "standard-1"] {
            let standing = self.fleet.standing(stream).await;
            assert!(!matches!(standing, Standing::ByHand(_)), "{stream}: {standing:?}");
        }
        assert_eq!(self.fleet.tags("critical-1").await, self.critical);
    }

    /// As before the scenario.
    async fn reset(&self, scenario: Scenario) {
        let fleet = &self.fleet;
        if scenario != Scenario::Back {
            self.new_period();
            fleet.tick();
        }
        assert_eq!(fleet.three().await, NORMAL);
        assert_eq!((fleet.desired("low-1").await, fleet.desired("standard-1").await), (Value::Null, Value::Null));
        fleet.new_period("2");
    }

    /// The calls of every scenario, each in the first that makes it.
    fn targets(&self) -> Vec<Target> {
        self.runtime.block_on(async {
            let mut targets: Vec<Target> = Vec::new();
            for scenario in Scenario::ALL {
                self.prepare(scenario).await;
                let mark = self.fleet.control.mark().unwrap();
                self.begin(scenario, None).await;
                let made = Target::of(scenario.name(), &self.fleet.calls_after(mark));
                assert!(self.looks(scenario.goal()).await.1);
                self.fleet.cloud.mend().unwrap();
                self.reset(scenario).await;
                let news: Vec<_> = made.into_iter().filter(|target| !target.is_among(&targets)).collect();
                targets.extend(news);
            }
            targets
        })
    }

    fn outcomes(&mut self, cells: &[Cell]) -> Vec<String> {
        cells.iter().map(|cell| self.runtime.block_on(Box::pin(self.tried(cell)))).collect()
    }

    async fn tried(&self, cell: &Cell) -> String {
        let fleet = &self.fleet;
        let scenario = Scenario::ALL.into_iter().find(|scenario| scenario.name() == cell.target.scenario).unwrap();
        self.prepare(scenario).await;
        // A worker that has just started has all of the SDK's allowance for tries.
        fleet.control.restart(FUNCTION, &json!({ "CALL_TIMEOUT_MS": patience_ms().to_string() })).unwrap();
        fleet.cloud.inject(FUNCTION, cell, patience_ms()).unwrap();
        self.begin(scenario, Some(&cell.target)).await;
        let (by, mut done) = self.looks(scenario.goal()).await;
        let fired = fleet.cloud.faults(&cell.target).unwrap();
        fleet.cloud.mend().unwrap();
        assert!(cell.lasts.fits(fired), "{cell:?}: {fired} faults, {by:?}");
        let dead = fleet.dead_letters();
        assert!(dead.is_empty() || cell.lasts == Lasts::ForEver, "{cell:?}: {dead:?}");
        if !done {
            assert_eq!(cell.lasts, Lasts::ForEver, "{cell:?}");
            let named = format!("`{}`", cell.target.operation);
            let log = fleet.cloud.log(FUNCTION).unwrap().text().unwrap();
            assert!(log.contains(&named), "{cell:?}: nobody is told why");
            done = self.looks(scenario.goal()).await.1;
        }
        assert!(done, "{cell:?}: {:?}", fleet.three().await);
        assert_eq!(fleet.dead_letters(), [""; 0], "{cell:?}");
        // What could not be told is told by the schedule's next look.
        fleet.tick();
        assert!(self.reports.read().iter().any(|(text, _)| text.contains("low-1")), "{cell:?}: people are not told");
        self.reset(scenario).await;
        let least = match scenario {
            // The first look had no time for it, though the second may have followed before anybody saw.
            Scenario::Late => 2,
            // Two streams are changed at once: whether the other's call was under way when the function was killed after
            // this one is chance.
            Scenario::Down | Scenario::Back if cell.kind == Kind::KilledAfter && changes_tags(&cell.target) => 2,
            Scenario::Down | Scenario::Back | Scenario::Denied | Scenario::Busy => 1,
        };
        let by = by.map_or_else(|| "waits".to_owned(), |look| look.max(least).to_string());
        if dead.is_empty() { by } else { format!("{by}, dead") }
    }
}

/// Whether it is the call that makes a stream give way, or lets it come back.
fn changes_tags(target: &Target) -> bool {
    ["TagStream", "UntagStream"].contains(&target.operation.as_str())
}

#[test]
fn every_call_that_fails_in_any_way_costs_only_time() {
    let ward = Ward::new();
    let targets = ward.targets();
    let called: BTreeSet<_> = targets.iter().map(|target| action(&target.service, &target.operation)).collect();
    assert_eq!(called, needed(&ward.fleet));
    drop(ward);
    let cells = Cell::asked(&targets);
    let alone = cells.iter().map(|cell| vec![cell.clone()]).collect();
    let table = Table::fill(&cells, alone, AT_ONCE, Ward::new, Ward::outcomes);
    table.is_told_in("docs/faults/budget.md", HEAD).unwrap();
}
