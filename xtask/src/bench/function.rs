//! Provision beside the same work in Python: how soon it is there, how long a camera takes, how large it is.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use local::{Cloud, Control, Options, PROXIES, Python};
use serde::Deserialize;
use serde_json::{Value, json};

use super::runtime::Process;
use super::table::{Beside, Measured, Row, Unit};
use super::{binary, process, said};
use crate::ending;
use crate::report::{heading, line};

const FUNCTION: &str = "ProvisionFunction";

/// Processes that are started of each, and events that a running one is given before and while it is measured.
const STARTS: usize = 20;
const WARM_UP: usize = 20;
const EVENTS: usize = 100;

/// As how many times slower and larger Python must be.
const FASTER: u64 = 10;
const SMALLER: u64 = 6;

/// The two, in the order in which they take turns.
const SIDES: usize = 2;

/// What `benches/cameras.py` writes.
#[derive(Deserialize)]
struct Cameras {
    ca: String,
    cameras: Vec<String>,
}

/// What was measured of one side.
#[derive(Default)]
struct Side {
    polled: Vec<u64>,
    first: Vec<u64>,
    warm: Vec<u64>,
    processor: u64,
    most_memory: u64,
    memory: u64,
    package: u64,
}

/// Measures both in turns, on the same cloud, without the fault proxy.
pub(super) fn measure(workspace: &Path, tools: &Python, others: &Python, profile: &str) -> Result<Vec<Row>> {
    if !cfg!(target_os = "linux") {
        heading("beside Python: skipped");
        line("What a process takes is read from /proc, which only Linux has.");
        return Ok(Vec::new());
    }
    heading(&format!("cargo build --profile {profile} --package provision"));
    let ours = binary(workspace, "provision", "provision", profile)?;
    heading("provision beside the same in Python");
    let packages = packages(workspace, others, &ours)?;
    let count = SIDES.saturating_mul(STARTS.saturating_add(1).saturating_add(WARM_UP).saturating_add(EVENTS));
    let made =
        said(Command::new(tools.tool("python")).arg(workspace.join("benches/cameras.py")).arg(count.to_string()))?;
    let made: Cameras = serde_json::from_str(&made).context("cannot read the cameras")?;
    let options = Options::default().function(FUNCTION, &ours).parameter("CaCertificatePem", &made.ca);
    let (control, environment, folder) = ending::start(
        || Cloud::start(workspace, tools, &options),
        |cloud| Ok((cloud.control(), environment(cloud)?, cloud.folder().to_owned())),
    )?;
    // The stream is ACTIVE at the first look: what is measured is not AWS's time to make one.
    control.settings(&json!({ "streamCreatingSeconds": 0 }))?;
    let mut events = events(&control, &environment, &made.cameras)?.into_iter();
    let mut next = || events.next().context("there are too few cameras");
    let command = |side: usize| {
        let mut command = if side == 0 { Command::new(&ours) } else { Command::new(others.tool("python")) };
        if side == 1 {
            command.args(["-m", "awslambdaric", "handler.handle"]).current_dir(workspace.join("benches/python"));
        }
        command.env_clear().envs(&environment);
        command
    };
    let log = |side: usize| folder.join(format!("bench-{side}.log"));
    let mut sides = packages.map(|package| Side { package, ..Side::default() });
    for round in 0..=STARTS {
        for (number, side) in sides.iter_mut().enumerate() {
            let (mut process, polled) = Process::start(&mut command(number), &log(number))?;
            let first = process.first_event(&next()?)?;
            // The first round fills the page cache, and Python's of byte code.
            if round > 0 {
                side.polled.push(nanoseconds(polled)?);
                side.first.push(nanoseconds(first)?);
            }
        }
    }
    let mut running = Vec::new();
    for number in 0..SIDES {
        running.push(Process::start(&mut command(number), &log(number))?.0);
    }
    let mut before = Vec::new();
    for round in 0..WARM_UP.saturating_add(EVENTS) {
        if round == WARM_UP {
            before = running.iter().map(|process| process::took(process.id())).collect();
        }
        for (process, side) in running.iter_mut().zip(&mut sides) {
            let took = nanoseconds(process.event(&next()?)?)?;
            if round >= WARM_UP {
                side.warm.push(took);
            }
        }
    }
    for ((process, side), before) in running.iter().zip(&mut sides).zip(before) {
        let took = process::took(process.id()).context("a function has ended")?;
        let before = before.context("a function has ended")?;
        let milliseconds = took.processor.saturating_sub(before.processor);
        side.processor = milliseconds.saturating_mul(1_000_000).checked_div(u64::try_from(EVENTS)?).unwrap_or_default();
        (side.most_memory, side.memory) = (took.memory, took.memory_now);
    }
    drop(running);
    ending::now();
    let [ours, python] = sides;
    rows(ours, python)
}

fn rows(ours: Side, python: Side) -> Result<Vec<Row>> {
    use Unit::{Bytes, Nanoseconds};

    let row = |what: &str, unit, ours, python, times| -> Result<Row> {
        let (ours, python) = Measured::of(ours).zip(Measured::of(python)).context("nothing was measured")?;
        let beside = Beside::Other { name: "Python", measured: python, times };
        Ok(Row { what: what.to_owned(), on: "provision, a new camera".to_owned(), unit, ours, beside })
    };
    Ok(vec![
        row("cold start to first poll", Nanoseconds, ours.polled, python.polled, Some(FASTER))?,
        row("cold start to first event done", Nanoseconds, ours.first, python.first, None)?,
        row("event, warm", Nanoseconds, ours.warm, python.warm, None)?,
        row("processor time of an event, warm", Nanoseconds, vec![ours.processor], vec![python.processor], None)?,
        row("most memory", Bytes, vec![ours.most_memory], vec![python.most_memory], Some(SMALLER))?,
        row("memory after the events", Bytes, vec![ours.memory], vec![python.memory], Some(SMALLER))?,
        row("package, zipped", Bytes, vec![ours.package], vec![python.package], None)?,
    ])
}

/// The sizes of both packages, by the same packer.
fn packages(workspace: &Path, others: &Python, ours: &Path) -> Result<[u64; SIDES]> {
    let folder = workspace.join("target/benches");
    let size = |kind: &str, source: &Path| -> Result<u64> {
        let zip: PathBuf = folder.join(format!("{kind}.zip"));
        let mut command = Command::new(others.tool("python"));
        said(command.arg(workspace.join("benches/package.py")).arg(kind).arg(source).arg(&zip))?;
        Ok(fs::metadata(&zip).with_context(|| format!("cannot read `{}`", zip.display()))?.len())
    };
    Ok([size("binary", ours)?, size("python", &workspace.join("benches/python"))?])
}

/// What the cloud gives the function, on the way past the fault proxy, at a pace that holds nothing up.
fn environment(cloud: &Cloud) -> Result<BTreeMap<String, String>> {
    let processes = process::with(&format!("AWS_ENDPOINT_URL={}", cloud.proxy()));
    let id = processes.keys().next().context("the cloud runs no provision")?;
    let mut environment = process::environment(*id);
    ensure!(environment.contains_key("ACCOUNT_ID"), "the environment of provision cannot be read");
    environment.insert("AWS_ENDPOINT_URL".to_owned(), cloud.endpoint().to_owned());
    environment.insert("CERTIFICATE_CALLS_PER_SECOND".to_owned(), "1000".to_owned());
    environment.insert("MAXIMUM_CONCURRENCY".to_owned(), "1".to_owned());
    for proxy in PROXIES {
        environment.remove(proxy);
    }
    Ok(environment)
}

/// Makes the cameras' certificates known to AWS IoT, and answers the event of each.
fn events(control: &Control, environment: &BTreeMap<String, String>, cameras: &[String]) -> Result<Vec<Value>> {
    let Some((ca, account)) = environment.get("ALLOWED_CA_CERTIFICATE_IDS").zip(environment.get("ACCOUNT_ID")) else {
        bail!("the function's environment names no CA");
    };
    let event = |(number, pem): (usize, &String)| {
        let certificate = control.register_silently(pem)?.certificate_id.context("a camera was not registered")?;
        let body = json!({
            "certificateId": certificate, "caCertificateId": ca, "topicCaCertificateId": ca, "awsAccountId": account,
            "timestamp": 1_793_000_000_123_u64, "certificateStatus": "PENDING_ACTIVATION",
            "certificateRegistrationTimestamp": "1793000000000",
        });
        let record =
            json!({ "messageId": format!("bench-{number}"), "eventSource": "aws:sqs", "body": body.to_string() });
        Ok(json!({ "Records": [record] }))
    };
    cameras.iter().enumerate().map(event).collect()
}

fn nanoseconds(duration: Duration) -> Result<u64> {
    u64::try_from(duration.as_nanos()).context("that took too long")
}
