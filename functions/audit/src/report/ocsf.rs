//! Events of the Open Cybersecurity Schema Framework: class Compliance Finding (2003) of version 1.6.0, profile `cloud`.
//!
//! <https://schema.ocsf.io/1.6.0/classes/compliance_finding>

use std::net::IpAddr;

use serde_json::{Map, Value, json};

use super::resource::{Resource, caller};
use super::{Report, Unjudged};
use crate::check::{Check, Severity};
use crate::checks;
use crate::finding::{Actor, Finding, FindingId, State};

const CLASS: u32 = 2003;

/// A report as JSON Lines: one event for each finding, and one of unknown status for each thing that could not be judged.
/// No line has a line break in it, whatever things are called.
pub fn lines(report: &Report) -> impl Iterator<Item = String> {
    let findings = report.findings.iter().map(|finding| of_finding(report, finding).to_string());
    findings.chain(report.unjudged.iter().map(|unjudged| of_unjudged(report, unjudged).to_string()))
}

fn of_finding(report: &Report, finding: &Finding) -> Value {
    let (activity, activity_name) = match finding.state {
        State::Resolved => (3, "Close"),
        State::Open | State::Suppressed if report.is_new(finding) => (1, "Create"),
        State::Open | State::Suppressed => (2, "Update"),
    };
    // Nobody tells us that somebody works on it, so that what is open is never "In Progress".
    let (status, status_name) = match finding.state {
        State::Open => (1, "New"),
        State::Suppressed => (3, "Suppressed"),
        State::Resolved => (4, "Resolved"),
    };
    let (verdict, verdict_name) = match finding.state {
        State::Open => (3, "Fail"),
        State::Suppressed => (2, "Warning"),
        State::Resolved => (1, "Pass"),
    };
    let check = finding.of_check();
    let (severity, severity_name) = severity(finding.severity());
    let mut info = info(&finding.check, check, finding.id.as_str());
    info.insert("created_time".to_owned(), json!(finding.first_seen.0.as_millisecond()));
    info.insert("first_seen_time".to_owned(), json!(finding.first_seen.0.as_millisecond()));
    info.insert("last_seen_time".to_owned(), json!(finding.last_seen.0.as_millisecond()));
    let actors = [&finding.actor, &finding.resolved_by];
    let from_trail = actors.iter().any(|actor| actor.is_some()).then_some("AWS CloudTrail");
    let sources: Vec<_> = ["AWS APIs"].into_iter().chain(from_trail).collect();
    info.insert("data_sources".to_owned(), json!(sources));
    let mut event = event(report, &finding.check, check, &finding.resource);
    event.insert("activity_id".to_owned(), json!(activity));
    event.insert("activity_name".to_owned(), json!(activity_name));
    event.insert("type_uid".to_owned(), json!(type_uid(activity)));
    event.insert("type_name".to_owned(), json!(format!("Compliance Finding: {activity_name}")));
    event.insert("severity_id".to_owned(), json!(severity));
    event.insert("severity".to_owned(), json!(severity_name));
    event.insert("status_id".to_owned(), json!(status));
    event.insert("status".to_owned(), json!(status_name));
    event.insert("message".to_owned(), json!(finding.sentence));
    event.insert("finding_info".to_owned(), Value::Object(info));
    event.insert("compliance".to_owned(), compliance(&finding.check, check, verdict, verdict_name, None));
    let proofs = finding.proofs.iter().map(|proof| json!({ "data": proof }));
    let evidences: Vec<_> = actors.into_iter().flatten().map(evidence).chain(proofs).collect();
    if !evidences.is_empty() {
        event.insert("evidences".to_owned(), json!(evidences));
    }
    if let Some(suppressed) = &finding.suppressed {
        event.insert("comment".to_owned(), json!(suppressed.reason));
        event.insert("unmapped".to_owned(), json!({ "suppression": suppressed }));
    }
    Value::Object(event)
}

fn of_unjudged(report: &Report, unjudged: &Unjudged) -> Value {
    let Unjudged { check: id, resource, cannot } = unjudged;
    let check = checks::by_id(id);
    // Another id than that of the finding that may be there: this event must not close it.
    let uid = format!("{}-unjudged", FindingId::new(id, &report.taken, resource));
    let mut event = event(report, id, check, resource);
    event.insert("activity_id".to_owned(), json!(2));
    event.insert("activity_name".to_owned(), json!("Update"));
    event.insert("type_uid".to_owned(), json!(type_uid(2)));
    event.insert("type_name".to_owned(), json!("Compliance Finding: Update"));
    event.insert("severity_id".to_owned(), json!(1));
    event.insert("severity".to_owned(), json!("Informational"));
    event.insert("status_id".to_owned(), json!(0));
    event.insert("status".to_owned(), json!("Unknown"));
    event.insert("status_detail".to_owned(), json!(cannot.because));
    event.insert("message".to_owned(), json!(format!("cannot judge `{id}` of `{resource}`: {}", cannot.because)));
    event.insert("finding_info".to_owned(), Value::Object(info(id, check, &uid)));
    event.insert("compliance".to_owned(), compliance(id, check, 0, "Unknown", Some(&cannot.because)));
    if let Some(permission) = &cannot.permission {
        event.insert("unmapped".to_owned(), json!({ "permission": permission }));
    }
    Value::Object(event)
}

/// What every event has.
fn event(report: &Report, id: &str, check: Option<&Check>, resource: &str) -> Map<String, Value> {
    let taken = &report.taken;
    let arn = Resource::new(resource);
    let mut event = Map::new();
    event.insert("class_uid".to_owned(), json!(CLASS));
    event.insert("class_name".to_owned(), json!("Compliance Finding"));
    event.insert("category_uid".to_owned(), json!(2));
    event.insert("category_name".to_owned(), json!("Findings"));
    event.insert("time".to_owned(), json!(taken.at.0.as_millisecond()));
    event.insert(
        "metadata".to_owned(),
        json!({
            "version": "1.6.0",
            "profiles": ["cloud"],
            "product": { "name": "kvs-warden", "vendor_name": "kvs-warden", "version": env!("CARGO_PKG_VERSION") },
            "event_code": id,
            "tenant_uid": taken.account,
        }),
    );
    event.insert(
        "cloud".to_owned(),
        json!({
            "provider": "AWS",
            "account": { "uid": taken.account, "type": "AWS Account", "type_id": 10 },
            "region": taken.region,
            "cloud_partition": taken.partition,
        }),
    );
    event.insert(
        "resources".to_owned(),
        json!([{
            "uid": resource,
            "name": arn.short(),
            "type": arn.kind(),
            "region": taken.region,
            "cloud_partition": arn.partition(),
        }]),
    );
    if let Some(check) = check {
        let remediation = json!({ "desc": check.remedy, "references": [check.reference] });
        event.insert("remediation".to_owned(), remediation);
    }
    event
}

fn info(id: &str, check: Option<&Check>, uid: &str) -> Map<String, Value> {
    let mut info = Map::new();
    info.insert("uid".to_owned(), json!(uid));
    info.insert("title".to_owned(), json!(check.map_or(id, |check| check.title)));
    info.insert("analytic".to_owned(), json!({ "uid": id, "name": id, "type": "Rule", "type_id": 1 }));
    if let Some(check) = check {
        info.insert("desc".to_owned(), json!(check.why));
        info.insert("types".to_owned(), json!([check.group.title()]));
    }
    info
}

fn compliance(id: &str, check: Option<&Check>, status: u32, name: &str, detail: Option<&str>) -> Value {
    let frameworks = check.map_or(&[][..], |check| check.frameworks);
    let mut standards: Vec<&str> = frameworks.iter().map(|one| standard(one)).collect();
    standards.dedup();
    let mut compliance = json!({
        "control": id,
        "requirements": frameworks,
        "standards": standards,
        "status_id": status,
        "status": name,
    });
    if let (Some(compliance), Some(detail)) = (compliance.as_object_mut(), detail) {
        compliance.insert("status_details".to_owned(), json!([detail]));
    }
    compliance
}

/// The framework of a requirement: all but its last word.
fn standard(requirement: &str) -> &str {
    requirement.rsplit_once(' ').map_or(requirement, |(standard, _)| standard)
}

/// Who did it, by what call, from where.
fn evidence(actor: &Actor) -> Value {
    let (service, operation) = actor.call.split_once(':').unwrap_or(("", &actor.call));
    let from = if actor.address.parse::<IpAddr>().is_ok() { "ip" } else { "svc_name" };
    json!({
        "name": actor.call,
        "uid": actor.event_id,
        "actor": { "user": { "uid": actor.who, "name": caller(&actor.who) } },
        "api": {
            "operation": operation,
            "service": { "name": service },
            "request": { "uid": actor.event_id },
        },
        "src_endpoint": { (from): actor.address },
        "data": { "time": actor.at },
    })
}

/// The number of a class with an activity.
fn type_uid(activity: u32) -> u32 {
    CLASS.saturating_mul(100).saturating_add(activity)
}

fn severity(severity: Severity) -> (u32, &'static str) {
    match severity {
        Severity::Info => (1, "Informational"),
        Severity::Low => (2, "Low"),
        Severity::Medium => (3, "Medium"),
        Severity::High => (4, "High"),
        Severity::Critical => (5, "Critical"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::example;

    fn events() -> Vec<Value> {
        lines(&example::report()).map(|line| serde_json::from_str(&line).unwrap()).collect()
    }

    #[test]
    fn a_report_as_events() {
        let mut events = events();
        for event in &mut events {
            event["metadata"]["product"]["version"] = json!("…");
        }
        insta::assert_json_snapshot!(events);
    }

    #[test]
    fn each_line_is_one_event_and_has_no_break() {
        let report = example::report();
        assert_eq!(lines(&report).count(), report.findings.len() + report.unjudged.len());
        assert!(lines(&report).all(|line| !line.contains('\n')));
    }

    #[test]
    fn what_a_class_must_have_is_there() {
        for event in events() {
            for key in ["activity_id", "category_uid", "class_uid", "cloud", "compliance", "finding_info", "metadata"] {
                assert!(!event[key].is_null(), "{key} in {event}");
            }
            let activity = event["activity_id"].as_u64().unwrap();
            assert_eq!(event["type_uid"], 200_300 + activity);
            assert!(event["time"].is_i64() || event["time"].is_u64());
        }
    }

    #[test]
    fn the_framework_of_a_requirement() {
        assert_eq!(standard("CIS AWS 3.0 1.16"), "CIS AWS 3.0");
        assert_eq!(standard("NIST.800-53.r5 AC-6"), "NIST.800-53.r5");
        assert_eq!(standard("Alone"), "Alone");
    }
}
