//! `warden audit` and `warden checks`.

use serde_json::Value;

use crate::account::Account;

/// An IoT policy that lets its holder do everything.
const OPEN: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iot:*", "Resource": "*"}}"#;

#[tokio::test]
async fn an_account_is_audited_live_and_again_from_what_was_saved() {
    let account = Account::new().await;
    account.iot.create_policy().policy_name("open").policy_document(OPEN).send().await.unwrap();
    account.streams.create_stream().stream_name("yard").data_retention_in_hours(0).send().await.unwrap();

    let saved = account.path("taken").display().to_string();
    let live = account.warden(&["audit", "--save", &saved, "--format", "json"]).well();
    let live: Value = serde_json::from_str(&live).unwrap();
    let checks = |report: &Value| -> Vec<String> {
        let findings = report["findings"].as_array().unwrap().iter();
        findings.map(|finding| format!("{} {}", finding["check"], finding["resource"])).collect()
    };
    for check in ["iot-policy-any-action", "stream-keeps-nothing"] {
        assert!(checks(&live).iter().any(|one| one.contains(check)), "{check}: {live:#}");
    }
    assert!(live["calls"].as_u64().unwrap() > 20);

    let again = account.warden(&["audit", "--from", &saved, "--format", "json"]).well();
    let again: Value = serde_json::from_str(&again).unwrap();
    assert_eq!(checks(&again), checks(&live));
    // What only the function knows was not saved, and is told so.
    let unjudged = again["unjudged"].as_array().unwrap();
    assert!(unjudged.iter().any(|one| one["check"] == "event-path-dead"), "{again:#}");

    let table = account.warden(&["audit", "--from", &saved]).well();
    assert!(table.contains("critical  iot-policy-any-action") && table.contains("could not check:"), "{table}");
    account.warden(&["audit", "--from", &saved, "--fail-on", "critical"]).amiss();
    let ocsf = account.warden(&["audit", "--from", &saved, "--format", "ocsf"]).well();
    assert!(ocsf.lines().all(|line| serde_json::from_str::<Value>(line).unwrap()["class_uid"] == 2003));
    let sarif = account.warden(&["audit", "--from", &saved, "--format", "sarif"]).well();
    assert_eq!(serde_json::from_str::<Value>(&sarif).unwrap()["version"], "2.1.0");
    assert!(account.warden(&["audit", "--from", &saved, "--format", "html"]).well().starts_with("<!DOCTYPE html>"));

    // A folder that is in use is not written into.
    let said = account.warden(&["audit", "--save", &saved]).failed();
    assert!(said.contains("it is not empty"), "{said}");
}

#[tokio::test]
async fn what_audit_yaml_says_counts_and_its_faults_are_named() {
    let account = Account::new().await;
    account.iot.create_policy().policy_name("open").policy_document(OPEN).send().await.unwrap();
    let config = account.path("mine.yaml").display().to_string();
    std::fs::write(
        &config,
        "suppress:\n- check: iot-policy-any-action\n  resource: '*'\n  reason: a lab\n  owner: me\n  expires: 2999-01-01\n",
    )
    .unwrap();
    account.warden(&["audit", "--config", &config, "--fail-on", "critical"]).well();
    std::fs::write(&config, "expect:\n  keyAgeDay: 7\n").unwrap();
    let said = account.warden(&["audit", "--config", &config]).failed();
    assert!(said.contains("mine.yaml") && said.contains("keyAgeDay"), "{said}");
    let said = account.warden(&["audit", "--config", "nowhere.yaml"]).failed();
    assert!(said.contains("`nowhere.yaml`"), "{said}");
}

#[tokio::test]
async fn checks_are_listed_and_explained() {
    let account = Account::new().await;
    let list = account.warden(&["checks"]).well();
    assert!(list.contains("footage-of-all-streams") && list.contains("Viewers"), "{list}");
    let one = account.warden(&["checks", "footage-of-all-streams"]).well();
    assert!(one.contains("Why: ") && one.contains("Remedy: ") && one.contains("https://docs.aws.amazon.com/"), "{one}");
}
