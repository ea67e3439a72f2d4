//! How fast it is, held against what it may take.

mod process;
mod scale;
mod throttles;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use comfy_table::{Table, presets};
use local::{Cloud, Control, Python};
use serde_json::{Map, Value};

use crate::build::{self, cargo, run};
use crate::ending;
use crate::report::{heading, line};

/// A benchmark, what it measures, and what it may take.
struct Bound {
    /// As Criterion knows it.
    name: &'static str,
    what: &'static str,
    /// Nanoseconds; None for a figure that is only told.
    most: Option<u64>,
    corpus: Corpus,
}

#[derive(Clone, Copy)]
enum Corpus {
    CameraRole,
    Managed,
    Streams,
}

/// How long work on a large fleet may run before we give up: Lambda would have ended it.
const LONGEST: Duration = Duration::from_mins(15);

const MICRO: u64 = 1_000;
const MILLI: u64 = 1_000 * MICRO;

/// The benchmarks by package, as Cargo knows them.
const BENCHES: [(&str, &str); 2] = [("policy", "policy"), ("budget", "plan")];

const BOUNDS: [Bound; 8] = [
    Bound { name: "evaluate-allowed", what: "evaluate, allowed", most: Some(2 * MICRO), corpus: Corpus::CameraRole },
    Bound { name: "evaluate-denied", what: "evaluate, denied", most: Some(2 * MICRO), corpus: Corpus::CameraRole },
    Bound { name: "beyond-camera", what: "reach, and all beyond nothing", most: None, corpus: Corpus::CameraRole },
    Bound { name: "managed-parse", what: "parse", most: None, corpus: Corpus::Managed },
    Bound { name: "managed-reach", what: "reach", most: Some(100 * MILLI), corpus: Corpus::Managed },
    Bound {
        name: "managed-may-watch",
        what: "reach, and who may watch any stream",
        most: Some(100 * MILLI),
        corpus: Corpus::Managed,
    },
    Bound { name: "plan-at-first", what: "plan what gives way", most: Some(100 * MILLI), corpus: Corpus::Streams },
    Bound { name: "plan-later", what: "plan, half gives way", most: Some(100 * MILLI), corpus: Corpus::Streams },
];

/// Runs the benchmarks on one thread, then sweeps and throttles of a large fleet, and fails when one takes more than it may.
pub(crate) fn measure(workspace: &Path, profile: &str) -> Result<()> {
    ending::on_signals()?;
    let python = build::python(workspace)?;
    let mut over = pure(workspace, &python)?;
    over.extend(throttles::measure(workspace, &python, profile)?);
    over.extend(scale::measure(workspace, &python, profile)?);
    if over.is_empty() { Ok(()) } else { bail!("over the bound: {}", over.join(", ")) }
}

/// What is pure: the policy engine, and the budget's plan. Answers what is over its bound.
fn pure(workspace: &Path, python: &Python) -> Result<Vec<String>> {
    let managed = size_of(&python.managed_policies()?)?;
    heading("cargo bench");
    for (package, bench) in BENCHES {
        run(
            cargo(workspace).args(["bench", "--package", package, "--bench", bench, "--", "--quiet"]),
            "`cargo bench`",
        )?;
    }
    heading("bounds");
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(["WHAT", "ON", "MEDIAN", "AT MOST", ""]);
    let mut over = Vec::new();
    for bound in &BOUNDS {
        let median = median(workspace, bound.name)?;
        let held = bound.most.is_none_or(|most| median <= most);
        if !held {
            over.push(bound.name.to_owned());
        }
        let corpus = match bound.corpus {
            Corpus::CameraRole => "the camera role: 1 policy, 4 statements",
            Corpus::Managed => &managed,
            Corpus::Streams => "100,000 streams",
        };
        let most = bound.most.map(time).unwrap_or_default();
        let verdict = if held { "" } else { "OVER" };
        table.add_row([bound.what, corpus, &time(median), &most, verdict]);
    }
    line(&table.to_string());
    Ok(over)
}

/// What the corpus is made of, by the text that it comes as.
fn size_of(text: &str) -> Result<String> {
    let corpus: Map<String, Value> = serde_json::from_str(text).context("cannot read the AWS managed policies")?;
    let statements = |policy: &Value| match policy.pointer("/Document/Statement") {
        Some(Value::Array(list)) => list.len(),
        Some(_) => 1,
        None => 0,
    };
    let statements: usize = corpus.values().map(statements).sum();
    Ok(format!("all AWS managed policies: {} policies, {statements} statements", corpus.len()))
}

/// The median of the last run, in whole nanoseconds.
fn median(workspace: &Path, name: &str) -> Result<u64> {
    let file = workspace.join("target/criterion").join(name).join("new/estimates.json");
    let text = fs::read_to_string(&file).with_context(|| format!("cannot read `{}`", file.display()))?;
    nanoseconds(&text).with_context(|| format!("`{}` has no median", file.display()))
}

fn nanoseconds(estimates: &str) -> Option<u64> {
    let estimates: Value = serde_json::from_str(estimates).ok()?;
    let median = estimates.pointer("/median/point_estimate")?.as_f64()?;
    // Rounded up, by its text: a time is no negative number and has at most nine digits of nanoseconds.
    format!("{:.0}", median.ceil()).parse().ok()
}

/// A time as people read it.
fn time(nanoseconds: u64) -> String {
    let hundredths = |unit: u64| nanoseconds.saturating_mul(100).checked_div(unit).unwrap_or_default();
    let shown = |hundredths: u64, unit| format!("{}.{:02} {unit}", hundredths / 100, hundredths % 100);
    match nanoseconds {
        0..MICRO => format!("{nanoseconds} ns"),
        MICRO..MILLI => shown(hundredths(MICRO), "µs"),
        _ => shown(hundredths(MILLI), "ms"),
    }
}

/// Builds a function, and answers where it lies.
fn binary(workspace: &Path, package: &str, profile: &str) -> Result<PathBuf> {
    let target = workspace.join("target");
    let mut cargo = cargo(workspace);
    cargo.args(["build", "--profile", profile, "--package", package, "--bin", package, "--target-dir"]).arg(&target);
    run(&mut cargo, "`cargo build`")?;
    // The folder of Cargo's own profile for development is named otherwise than that.
    Ok(target.join(if profile == "dev" { "debug" } else { profile }).join(package))
}

/// Waits until nothing runs any more, longer than a test does.
fn rest(control: &Control, began: Instant) -> Result<()> {
    loop {
        match control.settle() {
            Err(_) if began.elapsed() < LONGEST && ending::cloud(Cloud::runs)? => {
                std::thread::sleep(Duration::from_millis(100));
            }
            end => return end,
        }
    }
}

/// Milliseconds as people read them.
fn seconds(milliseconds: u64) -> String {
    let tenths = milliseconds.div_ceil(100);
    format!("{}.{} s", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_never_less_than_they_were() {
        assert_eq!((seconds(0), seconds(20_001)), ("0.0 s".to_owned(), "20.1 s".to_owned()));
    }

    #[test]
    fn times_read_as_people_say_them() {
        for (nanoseconds, text) in [(0, "0 ns"), (999, "999 ns"), (1_050, "1.05 µs"), (100_000_000, "100.00 ms")] {
            assert_eq!(time(nanoseconds), text);
        }
    }

    #[test]
    fn a_median_is_read_from_what_criterion_writes() {
        assert_eq!(nanoseconds(r#"{"median": {"point_estimate": 1234.5, "standard_error": 1.0}}"#), Some(1_235));
        assert_eq!(nanoseconds("{}"), None);
    }
}
