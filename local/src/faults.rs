//! Every way in which a call can fail, and a table of what came of each.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Mutex;

use anyhow::{Result, bail};
use serde_json::json;

use crate::{Call, Cloud, updates};

/// A call that a function makes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// In the course of what.
    pub scenario: &'static str,
    /// The service, as the journal of calls names it.
    pub service: String,
    /// The operation.
    pub operation: String,
}

impl Target {
    /// The calls of these, each once and in their order, that were made in the course of `scenario`.
    pub fn of(scenario: &'static str, calls: &[Call]) -> Vec<Self> {
        let mut targets: Vec<Self> = Vec::new();
        for call in calls {
            let target = Self { scenario, service: call.service.clone(), operation: call.operation.clone() };
            if !targets.contains(&target) {
                targets.push(target);
            }
        }
        targets
    }

    /// Whether this call is one of those, in the course of whatever.
    pub fn is_among(&self, targets: &[Self]) -> bool {
        targets.iter().any(|target| (&target.service, &target.operation) == (&self.service, &self.operation))
    }
}

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// AWS throttles, in the service's own words.
    Throttle,
    /// AWS fails: status 500.
    Failure,
    /// AWS is not there: status 503.
    Unavailable,
    /// Nothing happens, and no answer comes in time.
    TimeOut,
    /// Nothing happens, and the connection is reset.
    Reset,
    /// It happens, and the answer comes after the function gave up.
    Late,
    /// The function is killed before the call has an effect.
    KilledBefore,
    /// The function is killed after the call took effect, before it has the answer.
    KilledAfter,
}

impl Kind {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 8] = [
        Self::Throttle,
        Self::Failure,
        Self::Unavailable,
        Self::TimeOut,
        Self::Reset,
        Self::Late,
        Self::KilledBefore,
        Self::KilledAfter,
    ];

    /// For how long it is tried. A function that is killed at each try of a call has no chance to do anything about it.
    pub fn lengths(self) -> &'static [Lasts] {
        match self {
            Self::KilledBefore | Self::KilledAfter => &[Lasts::Once],
            Self::Throttle | Self::Failure | Self::Unavailable | Self::TimeOut | Self::Reset | Self::Late => {
                &[Lasts::Once, Lasts::TenTimes, Lasts::ForEver]
            }
        }
    }

    /// The words at the head of the table.
    fn title(self) -> &'static str {
        match self {
            Self::Throttle => "throttle",
            Self::Failure => "500",
            Self::Unavailable => "503",
            Self::TimeOut => "time-out",
            Self::Reset => "reset",
            Self::Late => "late answer",
            Self::KilledBefore => "killed before",
            Self::KilledAfter => "killed after",
        }
    }
}

/// How often a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lasts {
    /// The first time.
    Once,
    /// Ten times: the SDK's tries of two calls.
    TenTimes,
    /// Until it is mended.
    ForEver,
}

impl Lasts {
    /// Whether a call that was made to fail so often can have failed so often: what took effect, though late, need not be
    /// tried again, nor what nothing depends on.
    pub fn fits(self, fired: u64) -> bool {
        match self {
            Self::Once => fired == 1,
            Self::TenTimes => (1..=10).contains(&fired),
            Self::ForEver => fired >= 1,
        }
    }

    fn times(self) -> Option<u32> {
        match self {
            Self::Once => Some(1),
            Self::TenTimes => Some(10),
            Self::ForEver => None,
        }
    }
}

/// What the environment says when every length of a fault is tried: a name, and its value.
pub const ALL: (&str, &str) = ("FAULTS", "all");

/// How much of what can fail is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// Every call in every way, once: what every run of the tests has time for.
    Once,
    /// Every call in every way, for every length.
    All,
}

impl Extent {
    /// What is asked for: all by [`ALL`], as `cargo xtask faults` says it, and by `UPDATE`, since a page tells all.
    #[expect(clippy::disallowed_methods, reason = "whoever runs the tests says how much is tried")]
    fn asked() -> Self {
        let all = std::env::var(ALL.0).is_ok_and(|faults| faults == ALL.1);
        if all || updates() { Self::All } else { Self::Once }
    }

    fn has(self, lasts: Lasts) -> bool {
        match self {
            Self::Once => lasts == Lasts::Once,
            Self::All => true,
        }
    }

    /// What a page would be if only this much had been tried.
    fn of_page(self, page: &str) -> String {
        if self == Self::All {
            return page.to_owned();
        }
        let once = |outcomes: &str| outcomes.split(BETWEEN).next().unwrap_or_default().to_owned();
        let line = |line: &str| match line.strip_prefix('|').and_then(|row| row.strip_suffix(" |\n")) {
            Some(row) => format!("|{} |\n", row.split(" |").map(once).collect::<Vec<_>>().join(" |")),
            None => line.to_owned(),
        };
        page.split_inclusive('\n').map(line).collect()
    }
}

/// How long a function that is tried waits for an answer, in milliseconds. Where all is tried, little, or it would take
/// hours; a machine that has much else to do then makes calls late by themselves. Where each fault comes once, as in
/// every run of the tests, there is time to wait for longer than that takes.
pub fn patience_ms() -> u64 {
    match Extent::asked() {
        Extent::Once => 2_000,
        Extent::All => 400,
    }
}

/// What stands in a table between what came of once, of ten times, and of for ever.
const BETWEEN: &str = " · ";

/// One call that fails in one way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// The call.
    pub target: Target,
    /// How it fails.
    pub kind: Kind,
    /// How often.
    pub lasts: Lasts,
}

impl Cell {
    /// Every way for each of these calls: once, or for every length when the environment variable `FAULTS` is `all` or
    /// the pages are written anew.
    pub fn asked(targets: &[Target]) -> Vec<Self> {
        Self::of(targets, Extent::asked())
    }

    fn of(targets: &[Target], extent: Extent) -> Vec<Self> {
        let ways = Kind::ALL.into_iter().flat_map(|kind| kind.lengths().iter().map(move |lasts| (kind, *lasts)));
        let ways: Vec<_> = ways.filter(|(_, lasts)| extent.has(*lasts)).collect();
        let cells = targets.iter().flat_map(|target| ways.iter().map(move |way| (target.clone(), *way)));
        cells.map(|(target, (kind, lasts))| Self { target, kind, lasts }).collect()
    }
}

/// A service's own words for a throttle, with the status that they come with, by the services' published models; and
/// the name by which the fault proxy knows the service.
pub(crate) fn throttle(service: &str) -> Result<(&'static str, &'static str, u16)> {
    Ok(match service {
        "budgets" => ("budgets", "ThrottlingException", 400),
        "cloudtrail" => ("cloudtrail", "ThrottlingException", 400),
        "dynamodb" => ("dynamodb", "ThrottlingException", 400),
        "ec2" => ("ec2", "RequestLimitExceeded", 503),
        "events" => ("events", "ThrottlingException", 400),
        "firehose" => ("firehose", "ThrottlingException", 400),
        "iam" => ("iam", "Throttling", 400),
        "iot" => ("iot", "ThrottlingException", 400),
        "iotdata" => ("iot-data", "ThrottlingException", 429),
        "kinesis" => ("kinesis", "LimitExceededException", 400),
        "kinesisanalytics" => ("kinesisanalyticsv2", "ThrottlingException", 400),
        "kinesisvideo" => ("kinesisvideo", "ClientLimitExceededException", 400),
        "kms" => ("kms", "ThrottlingException", 400),
        "monitoring" => ("cloudwatch", "Throttling", 400),
        "s3" => ("s3", "SlowDown", 503),
        "scheduler" => ("scheduler", "ThrottlingException", 429),
        "securityhub" => ("securityhub", "LimitExceededException", 429),
        "sns" => ("sns", "Throttled", 429),
        "sqs" => ("sqs", "RequestThrottled", 403),
        "sts" => ("sts", "Throttling", 400),
        "tagging" => ("resourcegroupstaggingapi", "ThrottledException", 400),
        other => bail!("how `{other}` throttles is not known here: look it up in its model, and add it"),
    })
}

impl Cloud {
    /// From now on this call of the function's fails so. `patience_ms` is how long the function waits for an answer.
    pub fn inject(&self, function: &str, cell: &Cell, patience_ms: u64) -> Result<()> {
        let Cell { target: Target { service, operation, .. }, kind, lasts } = cell;
        let (name, code, status) = throttle(service)?;
        let beyond = patience_ms.saturating_add(patience_ms / 4);
        let error =
            |code: &str, status: u16| json!({ "code": code, "status": status, "message": "made by the fault proxy" });
        let order = |when: &str| {
            let order = json!({ "function": function, "service": service, "operation": operation, "when": when,
                                "times": lasts.times(), "holdMs": beyond });
            self.control().order(&order)
        };
        let (effect, of) = match kind {
            Kind::Throttle => ("error", error(code, status)),
            Kind::Failure => ("error", error("InternalFailure", 500)),
            Kind::Unavailable => ("error", error("ServiceUnavailable", 503)),
            Kind::TimeOut => ("timeout_ms", json!(beyond)),
            Kind::Reset => ("reset", json!(true)),
            Kind::Late => return order("late"),
            Kind::KilledBefore => return order("before"),
            Kind::KilledAfter => return order("after"),
        };
        let mut rule = BTreeMap::from([("service", json!(name)), ("operation", json!(operation))]);
        rule.extend(lasts.times().map(|times| ("times", json!(times))));
        rule.insert(effect, of);
        self.fault(&json!([rule]))
    }

    /// How often this call failed since calls were mended last.
    pub fn faults(&self, target: &Target) -> Result<u64> {
        let Target { service, operation, .. } = target;
        let (name, ..) = throttle(service)?;
        let killed = self.control().carried_out()?.remove(&format!("{service}:{operation}")).unwrap_or_default();
        let ours = [("service", json!(name)), ("operation", json!(operation))];
        let fired = self.fired_by(|rule| ours.iter().all(|(field, value)| rule.get(*field) == Some(value)))?;
        Ok(fired.saturating_add(killed))
    }

    /// No call fails any more.
    pub fn mend(&self) -> Result<()> {
        self.follow_no_rules()?;
        self.control().take_back()
    }
}

/// What became of one call.
type Row = BTreeMap<Kind, BTreeMap<Lasts, String>>;

/// What became of every cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    rows: Vec<(Target, Row)>,
}

impl Table {
    /// Works groups of cells off, so many groups at once, each by a worker of its own with what `start` makes for it.
    /// `work` answers what came of each cell of a group, in their order.
    ///
    /// The rows come in the order in which `cells` have them.
    pub fn fill<W>(
        cells: &[Cell],
        groups: Vec<Vec<Cell>>,
        at_once: usize,
        start: impl Fn() -> W + Sync,
        work: impl Fn(&mut W, &[Cell]) -> Vec<String> + Sync,
    ) -> Self {
        let waiting = Mutex::new(VecDeque::from(groups));
        let done = Mutex::new(BTreeMap::new());
        std::thread::scope(|scope| {
            for _ in 0..at_once {
                scope.spawn(|| {
                    let mut worker = start();
                    loop {
                        let Some(group) = lock(&waiting).pop_front() else { break };
                        let outcomes = work(&mut worker, &group);
                        lock(&done).extend(group.into_iter().zip(outcomes));
                    }
                });
            }
        });
        let mut table = Self::default();
        let done = lock(&done);
        for cell in cells {
            let Some(outcome) = done.get(cell) else { continue };
            if table.rows.last().is_none_or(|(target, _)| *target != cell.target) {
                table.rows.push((cell.target.clone(), Row::new()));
            }
            if let Some((_, row)) = table.rows.last_mut() {
                row.entry(cell.kind).or_default().insert(cell.lasts, outcome.clone());
            }
        }
        table
    }

    /// As Markdown: a row for a call, a column for a way to fail; in it what came of once, ten times, and for ever.
    pub fn markdown(&self) -> String {
        let mut text = String::from("| in the course of | call |");
        for kind in Kind::ALL {
            write!(text, " {} |", kind.title()).unwrap_or_default();
        }
        text.push_str("\n|---|---|");
        text.push_str(&"---|".repeat(Kind::ALL.len()));
        for (target, row) in &self.rows {
            let Target { scenario, service, operation } = target;
            write!(text, "\n| {scenario} | `{service}:{operation}` |").unwrap_or_default();
            for kind in Kind::ALL {
                let outcomes = row.get(&kind).map(|lasts| lasts.values().map(String::as_str).collect::<Vec<_>>());
                write!(text, " {} |", outcomes.unwrap_or_default().join(BETWEEN)).unwrap_or_default();
            }
        }
        text.push('\n');
        text
    }

    /// Holds the table against the page at this path below the workspace, whose text before the first row of a table
    /// is `head`, as far as it was tried. Writes the page instead when the environment variable `UPDATE` is set.
    pub fn is_told_in(&self, page: &str, head: &str) -> Result<()> {
        let path: &Path = &crate::workspace().join(page);
        let table = self.markdown();
        let whole = format!("{head}\n{table}");
        if updates() {
            path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
            std::fs::write(path, &whole)?;
        }
        if Extent::asked().of_page(&std::fs::read_to_string(path).unwrap_or_default()) == whole {
            return Ok(());
        }
        bail!("`{page}` is not what came of it; `UPDATE=1` and this test write it anew. What came of it:\n{table}")
    }
}

/// What a worker that panicked left is whole: it writes only when it is done.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(operation: &str) -> Target {
        Target { scenario: "a day", service: "iot".to_owned(), operation: operation.to_owned() }
    }

    #[test]
    fn calls_are_targets_once() {
        let call = |operation: &str| Call {
            n: 0,
            caller: String::new(),
            service: "iot".to_owned(),
            operation: operation.to_owned(),
            status: 200,
            error: None,
            target: None,
        };
        let calls = ["B", "A", "B"].map(call);
        assert_eq!(Target::of("a day", &calls), [target("B"), target("A")]);
        let (other, targets) = (Target { scenario: "a night", ..target("A") }, [target("B"), target("A")]);
        assert!(other.is_among(&targets) && !target("C").is_among(&targets));
    }

    #[test]
    fn every_call_fails_in_every_way() {
        let targets = [target("A"), target("B")];
        let cells = Cell::of(&targets, Extent::All);
        assert_eq!(cells.len(), 40);
        let killed = cells.iter().filter(|cell| matches!(cell.kind, Kind::KilledBefore | Kind::KilledAfter));
        assert!(killed.clone().count() == 4 && killed.clone().all(|cell| cell.lasts == Lasts::Once));
        let once: Vec<_> = cells.iter().filter(|cell| cell.lasts == Lasts::Once).cloned().collect();
        assert_eq!((once.len(), Cell::of(&targets, Extent::Once)), (16, once));
    }

    #[test]
    fn a_table_tells_each_outcome_in_its_place() {
        let cells = Cell::of(&[target("B"), target("A")], Extent::All);
        let number = |cell: &Cell| cells.iter().position(|other| other == cell).unwrap().to_string();
        let groups = cells.chunks(7).rev().map(<[Cell]>::to_vec).collect();
        let table = Table::fill(&cells, groups, 3, || (), |(), group| group.iter().map(number).collect());
        let text = table.markdown();
        let rows: Vec<&str> = text.lines().skip(2).collect();
        assert_eq!(
            rows[0],
            "| a day | `iot:B` | 0 · 1 · 2 | 3 · 4 · 5 | 6 · 7 · 8 | 9 · 10 · 11 | 12 · 13 · 14 | 15 · 16 · 17 | 18 | 19 |"
        );
        assert!(rows[1].starts_with("| a day | `iot:A` | 20 · 21 · 22 |") && rows.len() == 2, "{text}");
    }

    #[test]
    fn what_was_tried_once_is_held_against_the_first_of_each_cell() {
        let targets = [target("B"), target("A")];
        let table = |extent| {
            let cells = Cell::of(&targets, extent);
            let come = |(): &mut (), group: &[Cell]| group.iter().map(|cell| format!("{:?}", cell.lasts)).collect();
            Table::fill(&cells, vec![cells.clone()], 1, || (), come).markdown()
        };
        let (page, once) = (format!("a · b\n\n{}", table(Extent::All)), format!("a · b\n\n{}", table(Extent::Once)));
        assert!(page.contains("| Once · TenTimes · ForEver |") && once.contains("| Once | Once |"), "{page}{once}");
        assert_eq!((Extent::All.of_page(&page), Extent::Once.of_page(&page)), (page, once));
    }

    #[test]
    fn an_unknown_service_is_no_silent_gap() {
        assert!(throttle("polly").unwrap_err().to_string().starts_with("how `polly` throttles is not known"));
    }
}
