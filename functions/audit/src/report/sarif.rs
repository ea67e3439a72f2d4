//! A log of the Static Analysis Results Interchange Format, SARIF 2.1.0.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::resource::Resource;
use super::{Report, Unjudged};
use crate::check::{Check, Severity};
use crate::checks;
use crate::finding::{Finding, State};

/// A report as one run: the checks that were run as rules, findings as results whose place is an ARN, and what could not
/// be judged as notifications. Resolved findings are results that are absent now.
pub fn sarif(report: &Report) -> Value {
    let taken = &report.taken;
    let judged = report.judged.keys().map(String::as_str);
    let found = report.findings.iter().map(|finding| finding.check.as_str());
    let unjudged = report.unjudged.iter().map(|one| one.check.as_str());
    let ids: BTreeSet<&str> = judged.chain(found).chain(unjudged).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "kvs-warden",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": ids.into_iter().map(|id| checks::by_id(id).map_or_else(|| json!({ "id": id }), rule)).collect::<Vec<_>>(),
            } },
            "automationDetails": { "id": format!("kvs-warden/{}/{}/", taken.account, taken.region) },
            "invocations": [{
                "executionSuccessful": true,
                "startTimeUtc": utc(taken.at),
                "toolExecutionNotifications": report.unjudged.iter().map(notification).collect::<Vec<_>>(),
            }],
            "results": report.findings.iter().map(|finding| result(report, finding)).collect::<Vec<_>>(),
        }],
    })
}

fn rule(check: &Check) -> Value {
    json!({
        "id": check.id,
        "shortDescription": { "text": check.title },
        "fullDescription": { "text": check.why },
        "help": { "text": check.remedy, "markdown": check.remedy },
        "helpUri": check.reference,
        "defaultConfiguration": { "level": level(check.severity) },
        "properties": {
            "security-severity": score(check.severity),
            "group": check.group,
            "tags": ["security"],
            "frameworks": check.frameworks,
        },
    })
}

fn result(report: &Report, finding: &Finding) -> Value {
    let baseline = match finding.state {
        State::Resolved => "absent",
        State::Open | State::Suppressed if report.is_new(finding) => "new",
        State::Open | State::Suppressed => "unchanged",
    };
    // A run in which one result tells of suppressions must tell of them in all: an empty list says there is none.
    let suppressions: Vec<_> = finding
        .suppressed
        .iter()
        .map(|suppressed| {
            json!({
                "kind": "external",
                "status": "accepted",
                "justification": suppressed.reason,
                "properties": { "owner": suppressed.owner, "expires": suppressed.expires },
            })
        })
        .collect();
    json!({
        "ruleId": finding.check,
        "level": level(finding.severity()),
        "message": { "text": format!("{}.", finding.sentence) },
        "locations": [location(&finding.resource)],
        "partialFingerprints": { "findingId/v1": finding.id },
        "baselineState": baseline,
        "suppressions": suppressions,
        "provenance": {
            "firstDetectionTimeUtc": utc(finding.first_seen),
            "lastDetectionTimeUtc": utc(finding.last_seen),
        },
        "properties": {
            "proofs": finding.proofs,
            "actor": finding.actor,
            "resolvedAt": finding.resolved_at,
            "resolvedBy": finding.resolved_by,
        },
    })
}

fn location(arn: &str) -> Value {
    let resource = Resource::new(arn);
    json!({ "logicalLocations": [{ "fullyQualifiedName": arn, "name": resource.short(), "kind": "resource" }] })
}

fn notification(unjudged: &Unjudged) -> Value {
    let Unjudged { check, resource, cannot } = unjudged;
    json!({
        "level": "warning",
        "message": { "text": format!("cannot judge `{check}` of `{resource}`: {}", cannot.because) },
        "associatedRule": { "id": check },
        "locations": [location(resource)],
        "properties": { "permission": cannot.permission },
    })
}

/// To milliseconds at most, which is what the format takes.
fn utc(moment: crate::inventory::Moment) -> String {
    moment.0.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// What code hosts sort by, from 0.0 to 10.0.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
        Severity::Info => "0.0",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::example;

    #[test]
    fn a_report_as_a_log() {
        let mut log = sarif(&example::report());
        log["runs"][0]["tool"]["driver"]["version"] = json!("…");
        log["runs"][0]["tool"]["driver"]["semanticVersion"] = json!("…");
        insta::assert_json_snapshot!(log);
    }

    #[test]
    fn every_result_has_its_rule_once() {
        let log = sarif(&example::report());
        let rules: Vec<_> =
            log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|r| &r["id"]).collect();
        for result in log["runs"][0]["results"].as_array().unwrap() {
            assert_eq!(rules.iter().filter(|id| **id == &result["ruleId"]).count(), 1);
        }
    }
}
