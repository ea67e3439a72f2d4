//! A sweep of the audit over a large fleet, by the real binary in the local cloud.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use local::{Call, Cloud, Control, Load, Log, Options, PROXIES, Python};
use serde_json::{Value, json};

use super::process::{self, Took};
use super::table::{Beside, Measured, Row, Unit};
use super::{binary, rest};
use crate::build::run;
use crate::ending;
use crate::report::{heading, line};

const FUNCTION: &str = "AuditFunction";

const FLEET: Load = Load { streams: 100_000, things: 100_000, certificates: 0, roles: 5_000, users: 0 };

/// What `SweepCalls` is by default, and a number that no sweep comes to.
const CALLS: u32 = 1_200;
const ALL_CALLS: u32 = 1_000_000;

/// What a sweep that takes turns may take: bytes, and nanoseconds of processor time.
const MEMORY: u64 = 256 * 1_024 * 1_024;
const PROCESSOR: u64 = 20_000_000_000;

/// Nanoseconds.
const MILLISECOND: u64 = 1_000_000;

/// Sends the function word to go on with a sweep of tomorrow that has read nothing yet. It asks the clock only when a
/// sweep begins, and takes whose turn it is from what was read so far.
const TOMORROW: &str = r#"
import datetime, json, sys, boto3
bucket, queue, region = sys.argv[1:]
at = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(days=1)
sweep = int(at.timestamp())
taken = {"account": boto3.client("sts").get_caller_identity()["Account"], "region": region, "at": at.isoformat()}
saved = json.dumps({"taken": {**taken, "at": taken["at"].replace("+00:00", "Z")}})
boto3.client("s3").put_object(Bucket=bucket, Key=f"sweeps/{sweep}/1.json", Body=saved)
word = {"continue": {"sweep": sweep, "part": 1, "source": "authorization", "calls": 0}}
boto3.client("sqs").send_message(QueueUrl=queue, MessageBody=json.dumps(word))
"#;

/// What makes a sweep begin.
#[derive(Clone, Copy)]
enum Begin {
    Schedule,
    Tomorrow,
}

/// What a sweep took.
struct Sweep {
    turn: &'static str,
    calls: u64,
    took: Took,
    /// Milliseconds.
    wall: u64,
    bounded: bool,
}

/// Sweeps the fleet: each turn of it, then, without bounds, all at once.
///
/// The function is built with this profile of Cargo's; the bounds are those of `release`.
pub(super) fn measure(workspace: &Path, python: &Python, profile: &str) -> Result<Vec<Row>> {
    if !cfg!(target_os = "linux") {
        heading("sweeps of a large fleet: skipped");
        line("What a process takes is read from /proc, which only Linux has.");
        return Ok(Vec::new());
    }
    heading(&format!("cargo build --profile {profile} --package audit"));
    let binary = binary(workspace, "audit", "audit", profile)?;
    heading("sweeps of a large fleet");
    let options = Options::default().function(FUNCTION, binary);
    let running = ending::start(|| Cloud::start(workspace, python, &options), |cloud| Running::of(cloud, python))?;
    running.control.load(&FLEET)?;
    let mut sweeps = Vec::new();
    for (begin, calls) in [(Begin::Schedule, CALLS), (Begin::Tomorrow, CALLS), (Begin::Schedule, ALL_CALLS)] {
        sweeps.push(running.sweep(begin, calls)?);
    }
    ending::now();
    let turns: BTreeSet<_> = sweeps.iter().map(|sweep| sweep.turn).collect();
    if turns.len() < sweeps.len() {
        bail!("two sweeps read the same, {turns:?}: has a day ended meanwhile? Run this again");
    }
    Ok(sweeps.iter().flat_map(rows).collect())
}

fn rows(sweep: &Sweep) -> [Row; 4] {
    let row = |what: &str, unit, measured, most: Option<u64>| Row {
        what: format!("sweep of {}: {what}", sweep.turn),
        on: format!("{} streams, {} roles", FLEET.streams, FLEET.roles),
        unit,
        ours: Measured::once(measured),
        beside: most.filter(|_| sweep.bounded).map_or(Beside::Nothing, Beside::Bound),
    };
    let processor = sweep.took.processor.saturating_mul(MILLISECOND);
    [
        row("AWS calls", Unit::Number, sweep.calls, Some(CALLS.into())),
        row("most memory", Unit::Bytes, sweep.took.memory, Some(MEMORY)),
        row("processor time", Unit::Nanoseconds, processor, Some(PROCESSOR)),
        row("time", Unit::Nanoseconds, sweep.wall.saturating_mul(MILLISECOND), None),
    ]
}

/// A cloud, and what is needed to drive it.
struct Running {
    control: Control,
    endpoint: String,
    workers: usize,
    /// Makes a sweep of tomorrow.
    tomorrow: Vec<String>,
    environment: Vec<(&'static str, String)>,
    python: PathBuf,
}

impl Running {
    fn of(cloud: &Cloud, python: &Python) -> Result<Self> {
        let function = cloud.functions().get(FUNCTION).context("the cloud runs no audit")?;
        let (bucket, queue) = (cloud.output("ReportBucketName")?, cloud.output("AuditQueueUrl")?);
        let tomorrow = ["-c", TOMORROW, bucket, queue, cloud.region()];
        Ok(Self {
            control: cloud.control(),
            endpoint: cloud.endpoint().to_owned(),
            workers: usize::try_from(function.workers)?,
            tomorrow: tomorrow.map(ToOwned::to_owned).into(),
            environment: cloud.environment().into(),
            python: python.tool("python"),
        })
    }

    /// A sweep to its end, by processes that did nothing before.
    fn sweep(&self, begin: Begin, sweep_calls: u32) -> Result<Sweep> {
        let before = self.restart(sweep_calls)?;
        let log = log()?;
        let ended_before = ended(&log)?;
        let mark = self.control.mark()?;
        let start = Instant::now();
        match begin {
            Begin::Schedule => {
                let tick = self.control.tick("SweepSchedulePlan")?;
                if !tick.delivered {
                    bail!("the schedule's word did not reach the audit's queue: {tick:?}");
                }
            }
            Begin::Tomorrow => self.begin_tomorrow()?,
        }
        rest(&self.control, start)?;
        let wall = u64::try_from(start.elapsed().as_millis())?;
        if ended(&log)? != ended_before.saturating_add(1) {
            bail!("a sweep did not end once: {}", last_error(&log)?);
        }
        let after = process::with(&self.variable());
        if !before.iter().eq(after.keys()) {
            bail!("a process of the audit ended in the middle of a sweep");
        }
        let took = Took {
            processor: after.values().map(|took| took.processor).sum(),
            memory: after.values().map(|took| took.memory).max().unwrap_or_default(),
            memory_now: after.values().map(|took| took.memory_now).max().unwrap_or_default(),
        };
        let made = self.control.calls_of(FUNCTION, mark)?;
        let calls = u64::try_from(made.len())?;
        Ok(Sweep { turn: turn(&made), calls, took, wall, bounded: sweep_calls == CALLS })
    }

    /// Starts the function anew, and answers the ids of its processes when all are there.
    fn restart(&self, calls: u32) -> Result<BTreeSet<u32>> {
        let old = process::with(&self.variable());
        // Past the fault proxy, which takes no body of more than 1 MiB: what a sweep writes may be larger.
        let changes = json!({ "AWS_ENDPOINT_URL": self.endpoint, "SWEEP_CALLS": calls.to_string() });
        self.control.restart(FUNCTION, &changes)?;
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(30) {
            let new: BTreeSet<u32> = process::with(&self.variable()).into_keys().collect();
            if new.len() == self.workers && new.iter().all(|id| !old.contains_key(id)) {
                return Ok(new);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("the processes of the audit did not start anew within 30 seconds")
    }

    /// The environment variable by which our processes of the function are known.
    fn variable(&self) -> String {
        format!("AWS_ENDPOINT_URL={}", self.endpoint)
    }

    fn begin_tomorrow(&self) -> Result<()> {
        let mut command = Command::new(&self.python);
        command.args(&self.tomorrow).envs(self.environment.iter().map(|(name, value)| (name, value)));
        for proxy in PROXIES {
            command.env_remove(proxy);
        }
        run(&mut command, "the Python of `.venv`, to begin a sweep of tomorrow,")
    }
}

fn log() -> Result<Log> {
    ending::cloud(|cloud| cloud.log(FUNCTION).cloned())?
}

/// How many sweeps ended, by a log.
fn ended(log: &Log) -> Result<usize> {
    Ok(log.said("sweep ended")?.len())
}

/// What the last error in a log says.
fn last_error(log: &Log) -> Result<String> {
    let lines = log.lines::<Value>()?;
    let errors = lines.iter().filter(|line| line.get("level").and_then(Value::as_str) == Some("ERROR"));
    let detail = |line: &Value| Some(line.get("detail").or_else(|| line.get("message"))?.as_str()?.to_owned());
    Ok(errors.filter_map(detail).next_back().unwrap_or_else(|| "its log has no error".to_owned()))
}

/// What a sweep read of what takes turns, by its calls.
fn turn(calls: &[Call]) -> &'static str {
    let called = |operation| calls.iter().any(|call| call.operation == operation);
    match (called("GetResources"), called("ListThings")) {
        (true, true) => "all at once",
        (true, false) => "the streams' tags",
        (false, true) => "things and certificates",
        (false, false) => "neither tags nor things",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sweep(calls: u64, bounded: bool) -> Sweep {
        let took = Took { processor: PROCESSOR / MILLISECOND, memory: MEMORY, memory_now: 0 };
        Sweep { turn: "things and certificates", calls, took, wall: 1, bounded }
    }

    #[test]
    fn only_what_is_over_a_bound_is_told_so() {
        assert!([sweep(1_200, true), sweep(1_201, false)].iter().flat_map(rows).all(|row| row.held()));
        let over: Vec<_> =
            rows(&sweep(1_201, true)).into_iter().filter(|row| !row.held()).map(|row| row.what).collect();
        assert_eq!(over, ["sweep of things and certificates: AWS calls"]);
    }

    #[test]
    fn a_turn_is_told_by_what_was_called() {
        let call = |operation: &str| Call {
            n: 1,
            caller: FUNCTION.to_owned(),
            service: String::new(),
            operation: operation.to_owned(),
            status: 200,
            error: None,
            target: None,
        };
        assert_eq!(turn(&[call("ListStreams"), call("GetResources")]), "the streams' tags");
        assert_eq!(turn(&[call("ListStreams"), call("ListThings")]), "things and certificates");
        assert_eq!(turn(&[call("ListThings"), call("GetResources")]), "all at once");
    }
}
