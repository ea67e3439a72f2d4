//! A budget that is overspent with a large fleet: what gives way, by the real binary in the local cloud.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use comfy_table::{Table, presets};
use local::{Call, Cloud, Load, Log, Options, Python};
use serde_json::{Value, json};

use super::process::{self, Took};
use super::{binary, rest, seconds};
use crate::ending;
use crate::report::{heading, line, size};

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
const MOST_MEMORY: u64 = 256 * 1_024 * 1_024;

/// Overspends the budget, and fails when it takes too long. Answers what is over its bound.
pub(super) fn measure(workspace: &Path, python: &Python, profile: &str) -> Result<Vec<String>> {
    if !cfg!(target_os = "linux") {
        heading("throttles of a large fleet: skipped");
        line("What a process takes is read from /proc, which only Linux has.");
        return Ok(Vec::new());
    }
    heading(&format!("cargo build --profile {profile} --package budget"));
    let binary = binary(workspace, "budget", profile)?;
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
    control.settings(&json!({ "streamTagCallsPerSecond": RATE }))?;
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
    };
    let calls = control.calls_of(FUNCTION, mark)?;
    let looks = looks(&log)?;
    ending::now();
    let changed: u64 = looks.iter().map(|look| look.changed).sum();
    ensure!(changed == CHANGES, "{changed} streams were changed instead of {CHANGES}");
    ensure!(looks.last().is_some_and(|look| look.left == 0), "something is left to do");
    ensure!(looks.len() > 1, "it did not go on in another invocation");
    line(&format!(
        "{} streams, at most {RATE} calls a second of each call on their tags, at most {INVOCATION} s for an invocation",
        FLEET.streams
    ));
    Ok(tell(wall, took, looks.len(), &calls))
}

/// Prints what it took, and answers what is over its bound.
fn tell(wall: u64, took: Took, looks: usize, calls: &[Call]) -> Vec<String> {
    // A camera that was never asked for anything has no shadow yet, which is no refusal.
    let throttled = calls.iter().filter(|call| call.status >= 400 && call.status != 404).count();
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(["WHAT", "MEASURED", "AT MOST", ""]);
    let mut over = Vec::new();
    let mut add = |what: &str, measured: String, most: String, held: bool| {
        if !held {
            over.push(format!("{what} of {CHANGES} throttles"));
        }
        table.add_row([what.to_owned(), measured, most, if held { "" } else { "OVER" }.to_owned()]);
    };
    add("streams changed", CHANGES.to_string(), String::new(), true);
    add("invocations", looks.to_string(), String::new(), true);
    add("AWS calls", calls.len().to_string(), String::new(), true);
    add("of these refused", throttled.to_string(), String::new(), true);
    add("time", seconds(wall), seconds(MOST_TIME), wall <= MOST_TIME);
    add("most memory", size(took.memory), size(MOST_MEMORY), took.memory <= MOST_MEMORY);
    add("processor time", seconds(took.processor), String::new(), true);
    line(&table.to_string());
    over
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
        let took = Took { processor: 1, memory: MOST_MEMORY };
        assert_eq!(tell(MOST_TIME, took, 4, &[]), [""; 0]);
        assert_eq!(tell(MOST_TIME + 1, took, 4, &[]), ["time of 10000 throttles"]);
    }
}
