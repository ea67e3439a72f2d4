//! Streams that take their time, and streams that were there before.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_iot::types::CertificateStatus;
use serde_json::json;

use crate::fleet::Fleet;

#[tokio::test]
async fn a_stream_that_stays_creating_hands_the_item_back_and_nothing_is_given() {
    let fleet = Fleet::with(&[("StreamActiveTimeoutSeconds", "1")]).await;
    fleet.control.settings(&json!({ "streamCreatingSeconds": -1 })).unwrap();
    let camera = fleet.ca.issue("cam-1");
    fleet.connect(&camera);
    fleet.assert_powerless(&camera).await;
    assert_eq!(fleet.metric("Retried", Some("stream-not-active")), 1);
    let line = fleet.logged("registration handed back").pop().unwrap();
    assert!(line["detail"].as_str().unwrap().contains("stream `cam-1` is CREATING after 1 seconds"), "{line}");
    fleet.control.settings(&json!({ "streamCreatingSeconds": 0 })).unwrap();
    fleet.control.redeliver().unwrap();
    fleet.control.settle().unwrap();
    fleet.assert_works("cam-1", &camera).await;
    assert_eq!(fleet.dead_letters(), Vec::<String>::new());
}

#[tokio::test]
async fn a_stream_that_takes_a_moment_is_waited_for() {
    let fleet = Fleet::start().await;
    fleet.control.settings(&json!({ "streamCreatingSeconds": 1 })).unwrap();
    let camera = fleet.ca.issue("cam-1");
    fleet.connect(&camera);
    fleet.assert_works("cam-1", &camera).await;
    let looks = fleet.calls().iter().filter(|call| *call == "DescribeStream").count();
    assert!((2..=4).contains(&looks), "{looks} looks");
}

#[tokio::test]
async fn what_was_revoked_while_the_stream_was_created_is_not_activated() {
    let fleet = Arc::new(Fleet::start().await);
    fleet.control.settings(&json!({ "streamCreatingSeconds": 3 })).unwrap();
    let camera = fleet.known(fleet.ca.issue("cam-1"));
    let (worker, event) = (Arc::clone(&fleet), camera.event());
    let invocation = tokio::task::spawn_blocking(move || worker.invoke(&[event]));
    while !fleet.calls().iter().any(|call| call == "DescribeStream") {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let revoke = fleet.iot.update_certificate().certificate_id(&camera.id).new_status(CertificateStatus::Revoked);
    revoke.send().await.unwrap();
    assert_eq!(invocation.await.unwrap(), [0; 0]);
    assert_eq!(fleet.status(&camera).await, "REVOKED");
    assert_eq!(fleet.metric("Refused", Some("certificate-not-pending")), 1);
}

#[tokio::test]
async fn a_stream_that_was_there_before_is_told_of_and_only_gets_the_tags_that_it_lacks() {
    let fleet = Fleet::start().await;
    let alerts = fleet.alerts().await;
    let create = fleet.kinesisvideo.create_stream().stream_name("cam-1").data_retention_in_hours(48);
    let tags =
        HashMap::from([("kvs-warden:priority".to_owned(), "critical".to_owned()), ("site".to_owned(), "x".to_owned())]);
    create.set_tags(Some(tags)).send().await.unwrap();
    let before = fleet.kinesisvideo.describe_stream().stream_name("cam-1").send().await.unwrap().stream_info.unwrap();
    let camera = fleet.ca.issue("cam-1");
    fleet.connect(&camera);
    fleet.assert_works("cam-1", &camera).await;
    let after = fleet.kinesisvideo.describe_stream().stream_name("cam-1").send().await.unwrap().stream_info.unwrap();
    assert_eq!(before, after);
    let wanted = json!({ "kvs-warden:thing": "cam-1", "kvs-warden:priority": "critical", "site": "x" });
    assert_eq!(json!(fleet.tags("cam-1").await), wanted);
    let told = alerts.read();
    let kinds: Vec<_> = told.iter().map(|(kind, ..)| kind.as_str()).collect();
    assert_eq!(kinds, ["adoption", "drift"]);
    assert!(told[1].2.contains("retentionHours is `48`, a new stream would have `24`"), "{told:?}");
    assert_eq!(fleet.metric("Drift", Some("retentionHours")), 1);
}

#[tokio::test]
async fn a_stream_that_belongs_to_another_thing_is_not_given_away() {
    let fleet = Fleet::start().await;
    let tags = HashMap::from([("kvs-warden:thing".to_owned(), "cam-2".to_owned())]);
    fleet.kinesisvideo.create_stream().stream_name("cam-1").set_tags(Some(tags)).send().await.unwrap();
    let camera = fleet.ca.issue("cam-1");
    fleet.connect(&camera);
    fleet.assert_powerless(&camera).await;
    assert_eq!(fleet.metric("Refused", Some("stream-taken")), 1);
}

#[tokio::test]
async fn an_account_without_a_stream_left_hands_the_item_back_until_there_is_one() {
    let fleet = Fleet::start().await;
    fleet.control.settings(&json!({ "streamLimit": 0 })).unwrap();
    let camera = fleet.ca.issue("cam-1");
    fleet.connect(&camera);
    fleet.assert_powerless(&camera).await;
    assert_eq!(fleet.metric("Retried", Some("throttled")), 1);
    let line = fleet.logged("registration handed back").pop().unwrap();
    assert!(line["detail"].as_str().unwrap().contains("AccountStreamLimitExceededException"), "{line}");
    fleet.control.settings(&json!({ "streamLimit": null })).unwrap();
    fleet.control.redeliver().unwrap();
    fleet.control.settle().unwrap();
    fleet.assert_works("cam-1", &camera).await;
}
