//! A budget that is overspent with a large fleet: what gives way, by the real binary in the local cloud.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use local::{Call, Cloud, Load, Log, Options, Python};
use serde_json::{Value, json};

use super::process::{self, Took};
use super::table::{Beside, Measured, Row, Unit};
use super::{binary, rest};
use crate::ending;
use crate::report::{heading, line};

const FUNCTION: &str = "BudgetFunction";

/// Of these a fifth is critical and stays, so 10,000 streams give way: a quarter of them stops.
const FLEET: Load = Load { streams: 12_500, things: 12_500, certificates: 0, roles: 0, users: 0 };
const CHANGES: u64 = 10_000;

/// What AWS takes of each call on streams' tags, in a second.
const RATE: u32 = 50;
/// How long an invocation may take here, in seconds: it goes on in another four times or so.
const INVOCATION: u32 = 120;

/// What all of it may take: as long as one invocation may on Lambda, in milliseconds, and bytes.
const MOST_TIME: u64 = 900_000;
/// Nanoseconds.
const MILLISECOND: u64 = 1_000_000;
const MOST_MEMORY: u64 = 256 * 1_024 * 1_024;

/// Overspends the budget, and sees all of it through.
pub(super) fn measure(workspace: &Path, python: &Python, profile: &str) -> Result<Vec<Row>> {
    if !cfg!(target_os = "linux") {
        heading("throttles of a large fleet: skipped");
        line("What a process takes is read from /proc, which only Linux has.");
        return Ok(Vec::new());
    }
    heading(&format!("cargo build --profile {profile} --package budget"));
    let binary = binary(workspace, "budget", "budget", profile)?;
    heading("throttles of a large fleet");
    let rate = RATE.to_string();
    let options = Options::default().function(FUNCTION, binary);
    let options = options.parameter("BudgetLimit", "1000").parameter("TagCallsPerSecond", &rate);
    let (control, endpoint, budget, log) = ending::start(
        || Cloud::start(workspace, python, &options),
        |cloud| {
            let parts = (cloud.control(), cloud.endpoint().to_owned(), cloud.output("BudgetName")?.to_owned());
            Ok((parts.0, parts.1, parts.2, cloud.log(FUNCTION)?.clone()))
        },
    )?;
    control.load(&FLEET)?;
    control.traffic(&json!({ "default": { "kbps": 1000, "fragmentSeconds": 2 }, "streams": {} }))?;
    control.age(30 * 3_600)?;
    let limits = json!({ "kinesisvideo:TagStream": RATE, "kinesisvideo:ListTagsForStream": RATE });
    control.settings(&json!({ "callsPerSecond": limits }))?;
    control.timeout(FUNCTION, INVOCATION)?;
    // Past the fault proxy, which would be measured too.
    control.restart(FUNCTION, &json!({ "AWS_ENDPOINT_URL": endpoint }))?;
    let mark = control.mark()?;
    let start = Instant::now();
    control.spend(&json!({ "budget": budget, "actual": "1000" }))?;
    rest(&control, start)?;
    let wall = u64::try_from(start.elapsed().as_millis())?;
    let took = process::with(&format!("AWS_ENDPOINT_URL={endpoint}"));
    let took = Took {
        processor: took.values().map(|took| took.processor).sum(),
        memory: took.values().map(|took| took.memory).max().unwrap_or_default(),
        memory_now: took.values().map(|took| took.memory_now).max().unwrap_or_default(),
    };
    let calls = control.calls_of(FUNCTION, mark)?;
    let looks = looks(&log)?;
    ending::now();
    let changed: u64 = looks.iter().map(|look| look.changed).sum();
    ensure!(changed == CHANGES, "{changed} streams were changed instead of {CHANGES}");
    ensure!(looks.last().is_some_and(|look| look.left == 0), "something is left to do");
    ensure!(looks.len() > 1, "it did not go on in another invocation");
    Ok(rows(wall, took, looks.len(), &calls).into())
}

fn rows(wall: u64, took: Took, looks: usize, calls: &[Call]) -> [Row; 6] {
    // A camera that was never asked for anything has no shadow yet, which is no refusal.
    let throttled = calls.iter().filter(|call| call.status >= 400 && call.status != 404).count();
    let row = |what: &str, unit, measured, beside| Row {
        what: format!("budget overspent: {what}"),
        on: format!("{CHANGES} throttles, {RATE} tag calls a second"),
        unit,
        ours: Measured::once(measured),
        beside,
    };
    let number = |count| u64::try_from(count).unwrap_or(u64::MAX);
    let processor = took.processor.saturating_mul(MILLISECOND);
    [
        row(
            "time",
            Unit::Nanoseconds,
            wall.saturating_mul(MILLISECOND),
            Beside::Bound(MOST_TIME.saturating_mul(MILLISECOND)),
        ),
        row("most memory", Unit::Bytes, took.memory, Beside::Bound(MOST_MEMORY)),
        row("processor time", Unit::Nanoseconds, processor, Beside::Nothing),
        row("invocations", Unit::Number, number(looks), Beside::Nothing),
        row("AWS calls", Unit::Number, number(calls.len()), Beside::Nothing),
        row("of these refused", Unit::Number, number(throttled), Beside::Nothing),
    ]
}

/// What a look's line in the log says.
struct Look {
    changed: u64,
    left: u64,
}

fn looks(log: &Log) -> Result<Vec<Look>> {
    let number =
        |line: &Value, name: &str| line.get(name).and_then(Value::as_u64).with_context(|| format!("no `{name}`"));
    let lines = log.said("looked")?;
    if lines.is_empty() {
        bail!("the budget was not looked at");
    }
    lines.iter().map(|line| Ok(Look { changed: number(line, "changed")?, left: number(line, "left")? })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_over_a_bound_is_told_so() {
        let took = Took { processor: 1, memory: MOST_MEMORY, memory_now: 0 };
        assert!(rows(MOST_TIME, took, 4, &[]).iter().all(Row::held));
        let over = rows(MOST_TIME + 1, took, 4, &[]).into_iter().filter(|row| !row.held()).map(|row| row.what);
        assert_eq!(over.collect::<Vec<_>>(), ["budget overspent: time"]);
    }
}
