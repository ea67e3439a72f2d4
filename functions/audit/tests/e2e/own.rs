//! kvs-warden passes its own audit.

use audit::check::Severity;
use audit::finding::State;

use crate::account::Account;

#[tokio::test]
async fn the_deployed_stack_has_no_finding_of_medium_or_above() {
    let account = Account::start().await;
    let forwarder = include_str!("../../../../deploy/us-east-1.yaml");
    account.deploy("forwarder", forwarder, &[("HomeRegion", "eu-west-1")]).await;
    // The one thing that is meant, with its reason, as README.md tells people to put it there.
    account.configure(include_str!("../../../../deploy/audit.yaml")).await;
    account.sweep();
    let findings = account.findings().await;
    let bad = findings.values().flatten().filter(|finding| finding.severity() >= Severity::Medium);
    let bad: Vec<_> = bad.filter(|finding| finding.state == State::Open).collect();
    let suppressed: Vec<_> = findings.values().flatten().filter(|finding| finding.state == State::Suppressed).collect();
    assert_eq!(suppressed.len(), 1, "{suppressed:#?}");
    assert!(bad.is_empty(), "{bad:#?}");
    // It was looked at: the forwarder's role is one of those that were judged.
    let roles = account.iam.list_roles().send().await.unwrap().roles;
    assert!(roles.iter().any(|role| role.role_name.contains("ForwardRole")), "{roles:?}");
    // And nothing could not be checked, and every part of ours was there.
    let unchecked = account.logged("could not check");
    assert!(unchecked.is_empty(), "{unchecked:#?}");
}

#[tokio::test]
async fn whoever_switches_the_audit_off_is_told() {
    let account = Account::start().await;
    let rule = account.cloud.resource("ChangeRule").unwrap().to_owned();
    account.events.disable_rule().name(&rule).send().await.unwrap();
    account.control.settle().unwrap();
    let findings = account.findings().await;
    let [finding] = findings["own-part-tampered"].as_slice() else { panic!("{findings:?}") };
    assert!(finding.sentence.contains("disabled"), "{}", finding.sentence);
    assert_eq!(finding.actor.as_ref().unwrap().call, "events:DisableRule");
    account.events.enable_rule().name(&rule).send().await.unwrap();
    account.control.settle().unwrap();
    account.sweep();
    assert!(!account.found().await.contains(&"own-part-tampered".to_owned()));
}
