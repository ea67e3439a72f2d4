//! Everything is looked at, in one piece or in many.

use audit::finding::State;
use aws_sdk_securityhub::types::AwsSecurityFindingFilters;
use serde_json::Value;

use crate::account::{ALL_OF_VIDEO, Account};

#[tokio::test]
async fn a_sweep_finds_what_no_event_told_and_leaves_a_report() {
    let account = Account::with(&[("SecurityHub", "true")]).await;
    let told = account.told().await;
    // CloudTrail is off: nobody hears of it until the sweep.
    account.control.settings(&serde_json::json!({ "trail": false })).unwrap();
    account.put_role_policy(&account.camera_role(), "oops", ALL_OF_VIDEO).await;
    account.control.settle().unwrap();
    assert_eq!(account.found().await, [""; 0]);
    account.sweep();
    let found = account.found().await;
    for check in ["camera-role-reaches-other-streams", "no-change-trail"] {
        assert!(found.iter().any(|one| one == check), "{check}: {found:?}");
    }
    let (new, _) = told.checks();
    assert!(new.contains(&"camera-role-reaches-other-streams".to_owned()), "{new:?}");
    assert_eq!(account.logged("could not check"), Vec::<Value>::new());

    let reports = account.keys("reports/").await;
    let page = account.object("reports/latest.html").await;
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("camera-role-reaches-other-streams"), "{reports:?}");
    let lines = reports.iter().find(|key| key.ends_with(".ocsf.jsonl")).unwrap();
    let lines = account.object(lines).await;
    let classes: Vec<_> =
        lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["class_uid"].clone()).collect();
    assert!(!classes.is_empty() && classes.iter().all(|class| *class == 2003), "{classes:?}");
    let hub = account.securityhub.get_findings().filters(AwsSecurityFindingFilters::builder().build());
    let hub = hub.send().await.unwrap().findings.unwrap();
    assert_eq!(hub.len(), account.findings().await.values().map(Vec::len).sum::<usize>());

    // The second sweep has nothing to tell, and the third that it is mended.
    account.sweep();
    assert_eq!(told.read().len(), 0);
    account.iam.delete_role_policy().role_name(account.camera_role()).policy_name("oops").send().await.unwrap();
    account.sweep();
    let (new, resolved) = told.checks();
    assert_eq!(new, [""; 0]);
    assert!(resolved.contains(&"camera-role-reaches-other-streams".to_owned()), "{resolved:?}");
    let hub = account.securityhub.get_findings().filters(AwsSecurityFindingFilters::builder().build());
    let hub = hub.send().await.unwrap().findings.unwrap();
    let passed = hub.iter().filter(|finding| {
        finding
            .compliance()
            .and_then(|compliance| compliance.status())
            .is_some_and(|status| status.as_str() == "PASSED")
    });
    assert_eq!(passed.count(), resolved.len());
}

#[tokio::test]
async fn a_sweep_that_goes_on_from_page_to_page_comes_to_the_same_and_tells_it_once() {
    let whole = Account::start().await;
    let parts = Account::with(&[("SweepReadingSeconds", "0")]).await;
    let mut found = Vec::new();
    for account in [&whole, &parts] {
        account.control.settings(&serde_json::json!({ "trail": false })).unwrap();
        account.put_role_policy(&account.camera_role(), "oops", ALL_OF_VIDEO).await;
        for name in ["a", "b", "c"] {
            account.kinesisvideo.create_stream().stream_name(name).data_retention_in_hours(0).send().await.unwrap();
        }
        let told = account.told().await;
        account.sweep();
        let places: Vec<_> = account.findings().await.into_iter().map(|(check, all)| (check, all.len())).collect();
        let messages = told.read();
        assert_eq!(messages.len(), 1);
        found.push(places);
    }
    assert_eq!(found[0], found[1]);
    assert_eq!(whole.logged("sweep goes on in another invocation").len(), 0);
    assert!(parts.logged("sweep goes on in another invocation").len() > 20);
    // Nothing is left of what was read on the way but what the bucket's lifecycle removes.
    assert_eq!(parts.logged("sweep ended").len(), 1);
}

#[tokio::test]
async fn a_worker_that_dies_in_the_middle_of_a_sweep_costs_only_time() {
    let account = Account::start().await;
    account.control.settings(&serde_json::json!({ "trail": false })).unwrap();
    account.put_role_policy(&account.camera_role(), "oops", ALL_OF_VIDEO).await;
    let told = account.told().await;
    account.control.crash_after("AuditFunction", "TransactWriteItems").unwrap();
    account.sweep();
    account.control.redeliver().unwrap();
    account.control.settle().unwrap();
    assert!(account.found().await.contains(&"camera-role-reaches-other-streams".to_owned()));
    // What was written before the crash is announced when the dead worker's turn is over, and by nobody before.
    let (new, _) = told.checks();
    assert!(!new.contains(&"camera-role-reaches-other-streams".to_owned()), "{new:?}");
}

#[tokio::test]
async fn what_audit_yaml_says_is_meant_is_suppressed_until_its_end() {
    let account = Account::start().await;
    let told = account.told().await;
    let suppress = |expires: &str| {
        format!(
            "suppress:\n- check: '*'\n  resource: '{}'\n  reason: a lab\n  owner: me\n  expires: {expires}\n",
            account.cloud.output("CameraRoleArn").unwrap()
        )
    };
    account.configure(&suppress("2999-12-31")).await;
    account.widen_camera_role().await;
    let findings: Vec<_> = account.findings().await.into_values().flatten().collect();
    assert!(!findings.is_empty() && findings.iter().all(|finding| finding.state == State::Suppressed), "{findings:?}");
    assert_eq!(told.read().len(), 0);
    // Its end makes them news.
    account.configure(&suppress("2020-01-01")).await;
    account.sweep();
    let messages = told.read();
    let [(text, value)] = messages.as_slice() else { panic!("{messages:?}") };
    assert!(value["new"].as_array().unwrap().len() >= findings.len(), "{value}");
    assert!(text.contains("2020-01-01"), "{text}");
}
