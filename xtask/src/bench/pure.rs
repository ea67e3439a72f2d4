//! What is pure: the policy engine and the budget's plan, by Criterion.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use local::Python;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::table::{Beside, Measured, Row, Unit};
use crate::build::{cargo, run};
use crate::report::heading;

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

/// Runs the benchmarks, on one thread.
pub(super) fn measure(workspace: &Path, python: &Python) -> Result<Vec<Row>> {
    let managed = size_of(&python.managed_policies()?)?;
    heading("cargo bench");
    for (package, bench) in BENCHES {
        run(
            cargo(workspace).args(["bench", "--package", package, "--bench", bench, "--", "--quiet"]),
            "`cargo bench`",
        )?;
    }
    let row = |bound: &Bound| {
        let on = match bound.corpus {
            Corpus::CameraRole => "the camera role: 1 policy, 4 statements",
            Corpus::Managed => &managed,
            Corpus::Streams => "100,000 streams",
        };
        Ok(Row {
            what: bound.what.to_owned(),
            on: on.to_owned(),
            unit: Unit::Nanoseconds,
            ours: last_run(workspace, bound.name)?,
            beside: bound.most.map_or(Beside::Nothing, Beside::Bound),
        })
    };
    BOUNDS.iter().map(row).collect()
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
    Ok(format!("{} AWS managed policies, {statements} statements", corpus.len()))
}

/// What Criterion writes of a run: how often it measured how many rounds, and how long all rounds of each took.
#[derive(Deserialize)]
struct Sample {
    iters: Vec<f64>,
    times: Vec<f64>,
}

/// What a round took in the last run.
fn last_run(workspace: &Path, name: &str) -> Result<Measured> {
    let file = workspace.join("target/criterion").join(name).join("new/sample.json");
    let text = fs::read_to_string(&file).with_context(|| format!("cannot read `{}`", file.display()))?;
    rounds(&text).with_context(|| format!("`{}` has no measurements", file.display()))
}

fn rounds(sample: &str) -> Option<Measured> {
    let sample: Sample = serde_json::from_str(sample).ok()?;
    let times = sample.times.into_iter().zip(sample.iters);
    Measured::of(times.map(|(times, rounds)| whole(times)?.checked_div(whole(rounds)?)).collect::<Option<_>>()?)
}

/// A figure without its fraction, by its text: a time is no negative number and has at most 18 digits of nanoseconds.
fn whole(figure: f64) -> Option<u64> {
    format!("{:.0}", figure.trunc()).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_is_read_from_what_criterion_writes() {
        let sample = r#"{"sampling_mode": "Linear", "iters": [1.0, 2.0, 3.0], "times": [1234.9, 2000.0, 9000.0]}"#;
        assert_eq!(rounds(sample), Measured::of(vec![1_234, 1_000, 3_000]));
        assert_eq!(rounds(r#"{"iters": [], "times": []}"#), None);
        assert_eq!(rounds("{}"), None);
    }
}
