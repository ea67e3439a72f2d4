//! Metrics in CloudWatch's embedded metric format: a log line that CloudWatch reads as figures, without a call.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use std::collections::BTreeMap;
use std::io::Write as _;

use serde_json::{Map, Value, json};

/// The namespace of all our metrics.
pub const NAMESPACE: &str = "KvsWarden";

/// At most so many values stand in one document.
const VALUES_PER_DOCUMENT: usize = 100;

/// What a metric counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Plain number.
    Count,
    /// Thousandths of a second.
    Milliseconds,
}

impl Unit {
    fn as_str(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Milliseconds => "Milliseconds",
        }
    }
}

/// The figures of one invocation.
#[derive(Debug, Default)]
pub struct Metrics {
    counts: BTreeMap<&'static str, u64>,
    by_reason: BTreeMap<(&'static str, &'static str), u64>,
    values: BTreeMap<&'static str, (Unit, Vec<u64>)>,
}

impl Metrics {
    /// Adds to a count. Adding 0 makes the count appear, so that a graph has a zero and not a gap.
    pub fn count(&mut self, name: &'static str, by: u64) {
        let count = self.counts.entry(name).or_default();
        *count = count.saturating_add(by);
    }

    /// Adds one to a count and to its part by `reason`.
    pub fn count_reason(&mut self, name: &'static str, reason: &'static str) {
        self.count(name, 1);
        let count = self.by_reason.entry((name, reason)).or_default();
        *count = count.saturating_add(1);
    }

    /// Adds a value, of which CloudWatch keeps the distribution.
    pub fn value(&mut self, name: &'static str, unit: Unit, value: u64) {
        self.values.entry(name).or_insert_with(|| (unit, Vec::new())).1.push(value);
    }

    /// The log lines, for the function named `function`, at `now_ms`.
    pub fn documents(&self, function: &str, now_ms: u64) -> Vec<Value> {
        let mut documents = Vec::new();
        let counts = self.counts.iter().map(|(name, count)| (*name, Unit::Count, json!(count))).collect::<Vec<_>>();
        let mut chunks: Vec<_> = self
            .values
            .iter()
            .map(|(name, (unit, values))| (*name, *unit, values.chunks(VALUES_PER_DOCUMENT)))
            .collect();
        let mut metrics = counts;
        loop {
            metrics.extend(
                chunks.iter_mut().filter_map(|(name, unit, chunks)| Some((*name, *unit, json!(chunks.next()?)))),
            );
            if metrics.is_empty() {
                break;
            }
            documents.push(document(now_ms, &[("FunctionName", function)], &metrics));
            metrics.clear();
        }
        for ((name, reason), count) in &self.by_reason {
            let dimensions = [("FunctionName", function), ("Reason", *reason)];
            documents.push(document(now_ms, &dimensions, &[(*name, Unit::Count, json!(count))]));
        }
        documents
    }

    /// Writes the log lines to standard output. What cannot be written is lost with the log itself.
    pub fn write(&self, function: &str, now_ms: u64) {
        let mut out = std::io::stdout().lock();
        for document in self.documents(function, now_ms) {
            if let Err(error) = writeln!(out, "{document}") {
                tracing::warn!(error = %error, "cannot write metrics");
                return;
            }
        }
    }
}

fn document(now_ms: u64, dimensions: &[(&str, &str)], metrics: &[(&str, Unit, Value)]) -> Value {
    let names: Vec<&str> = dimensions.iter().map(|(name, _)| *name).collect();
    let units: Vec<Value> =
        metrics.iter().map(|(name, unit, _)| json!({ "Name": name, "Unit": unit.as_str() })).collect();
    let mut document = Map::new();
    document.insert(
        "_aws".to_owned(),
        json!({
            "Timestamp": now_ms,
            "CloudWatchMetrics": [{ "Namespace": NAMESPACE, "Dimensions": [names], "Metrics": units }],
        }),
    );
    document.extend(dimensions.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
    document.extend(metrics.iter().map(|(name, _, value)| ((*name).to_owned(), value.clone())));
    Value::Object(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_values_and_reasons_stand_where_cloudwatch_reads_them() {
        let mut metrics = Metrics::default();
        metrics.count("Provisioned", 2);
        metrics.count_reason("Refused", "expired");
        metrics.value("TimeToActive", Unit::Milliseconds, 40);
        let documents = metrics.documents("f", 7);
        assert_eq!(
            documents,
            [
                json!({
                    "_aws": { "Timestamp": 7, "CloudWatchMetrics": [{ "Namespace": "KvsWarden", "Dimensions": [["FunctionName"]],
                        "Metrics": [{ "Name": "Provisioned", "Unit": "Count" }, { "Name": "Refused", "Unit": "Count" },
                                    { "Name": "TimeToActive", "Unit": "Milliseconds" }] }] },
                    "FunctionName": "f", "Provisioned": 2, "Refused": 1, "TimeToActive": [40],
                }),
                json!({
                    "_aws": { "Timestamp": 7, "CloudWatchMetrics": [{ "Namespace": "KvsWarden",
                        "Dimensions": [["FunctionName", "Reason"]], "Metrics": [{ "Name": "Refused", "Unit": "Count" }] }] },
                    "FunctionName": "f", "Reason": "expired", "Refused": 1,
                }),
            ]
        );
    }

    #[test]
    fn more_values_than_a_document_may_hold_go_into_several() {
        let mut metrics = Metrics::default();
        (0..250).for_each(|n| metrics.value("AwsCalls", Unit::Count, n));
        let sizes: Vec<usize> =
            metrics.documents("f", 7).iter().map(|d| d["AwsCalls"].as_array().unwrap().len()).collect();
        assert_eq!(sizes, [100, 100, 50]);
    }
}
