//! Cameras that may join.

use std::collections::BTreeSet;

use serde_json::json;

use crate::fleet::{ACCOUNT, Ca, FUNCTION, Fleet};

#[tokio::test]
async fn a_first_connect_becomes_a_working_camera_in_eight_calls() {
    let fleet = Fleet::start().await;
    let camera = fleet.ca.issue("cam-1");
    let first = fleet.connect(&camera);
    assert!(!first.connected && first.published, "{first:?}");
    fleet.assert_works("cam-1", &camera).await;
    assert_eq!(
        fleet.calls(),
        [
            "DescribeCertificate",
            "CreateThing",
            "AddThingToThingGroup",
            "CreateStream",
            "DescribeStream",
            "AttachThingPrincipal",
            "AttachPolicy",
            "UpdateCertificate"
        ]
    );
    let thing = fleet.iot.describe_thing().thing_name("cam-1").send().await.unwrap();
    let attributes = thing.attributes.unwrap();
    assert_eq!(attributes["organization"], "Gate___Co");
    assert_eq!(attributes["caCertificateId"], fleet.ca.id);
    assert!(attributes["registeredAt"].ends_with('Z'), "{attributes:?}");
    let stream = fleet.kinesisvideo.describe_stream().stream_name("cam-1").send().await.unwrap().stream_info.unwrap();
    assert_eq!(stream.data_retention_in_hours, Some(24));
    assert_eq!(stream.media_type.as_deref(), Some("video/h264"));
    let tags = fleet.tags("cam-1").await;
    assert_eq!(json!(tags), json!({ "kvs-warden:thing": "cam-1", "kvs-warden:priority": "standard" }));

    assert_eq!(fleet.metric("Provisioned", None), 1);
    let line = fleet.logged("camera provisioned").remove(0);
    assert_eq!((line["level"].as_str(), line["aws_calls"].as_u64()), (Some("INFO"), Some(8)), "{line}");
    assert!(line["timestamp"].is_string() && line["time_to_active_ms"].is_u64(), "{line}");
}

#[tokio::test]
async fn a_certificate_that_is_done_takes_one_call_and_changes_nothing() {
    let fleet = Fleet::start().await;
    let camera = fleet.ca.issue("cam-1");
    fleet.connect(&camera);
    let before = fleet.mark();
    assert_eq!(fleet.invoke(&[camera.event()]), [0; 0]);
    let calls = fleet.calls_after(before);
    assert_eq!(calls.len(), 1, "{calls:?}");
    assert_eq!(calls[0].operation, "DescribeCertificate");
    assert_eq!(fleet.metric("AlreadyDone", None), 1);
}

#[tokio::test]
async fn a_fleet_that_connects_at_once_works_and_leaves_nothing_behind() {
    let fleet = Fleet::start().await;
    let cameras: Vec<_> = (0..25).map(|n| (format!("cam-{n}"), fleet.ca.issue(&format!("cam-{n}")))).collect();
    for (_, camera) in cameras.iter().chain(cameras.iter().step_by(3)) {
        fleet.control.connect(&camera.pem).unwrap();
    }
    fleet.control.settle().unwrap();
    for (name, camera) in &cameras {
        fleet.assert_works(name, camera).await;
    }
    // Two workers that have one camera at once both tell of it.
    let told: BTreeSet<_> = fleet.logged("camera provisioned").iter().map(|line| line["thing"].to_string()).collect();
    assert_eq!(told.len(), 25);
    assert_eq!(fleet.dead_letters(), Vec::<String>::new());
}

#[tokio::test]
async fn a_stream_is_made_as_the_settings_say() {
    let key = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555";
    let fleet = Fleet::with(&[
        ("StreamRetentionHours", "48"),
        ("StreamMediaType", "video/h265,audio/aac"),
        ("StreamStorageTier", "WARM"),
        ("StreamKmsKeyArn", key),
        ("StreamTags", "site=north"),
        ("DefaultPriority", "low"),
    ])
    .await;
    let camera = fleet.ca.issue("cam-1");
    fleet.connect(&camera);
    fleet.assert_works("cam-1", &camera).await;
    let stream = fleet.kinesisvideo.describe_stream().stream_name("cam-1").send().await.unwrap().stream_info.unwrap();
    assert_eq!(stream.data_retention_in_hours, Some(48));
    assert_eq!(stream.media_type.as_deref(), Some("video/h265,audio/aac"));
    assert_eq!(stream.kms_key_id.as_deref(), Some(key));
    let tags = fleet.tags("cam-1").await;
    let wanted = json!({ "kvs-warden:thing": "cam-1", "kvs-warden:priority": "low", "site": "north" });
    assert_eq!(json!(tags), wanted);
    let storage = fleet.kinesisvideo.describe_stream_storage_configuration().stream_name("cam-1").send().await.unwrap();
    assert_eq!(storage.stream_storage_configuration.unwrap().default_storage_tier.as_str(), "WARM");
}

#[tokio::test]
async fn a_wrong_setting_ends_the_function_at_its_start_and_says_what_was_expected() {
    let fleet = Fleet::start().await;
    let camera = fleet.known(fleet.ca.issue("cam-1"));
    fleet.control.restart(FUNCTION, &json!({ "STREAM_RETENTION_HOURS": "1e3", "ACCOUNT_ID": null })).unwrap();
    fleet.send(&camera.event().to_string()).await;
    fleet.control.settle().unwrap();
    let log = fleet.cloud.log(FUNCTION).unwrap().text().unwrap();
    assert!(log.contains("environment variable `ACCOUNT_ID` is not set"), "{log}");
    assert!(log.contains("`STREAM_RETENTION_HOURS` is `1e3`: expected a whole number of hours"), "{log}");
    fleet.assert_powerless(&camera).await;
    // Nothing is lost: mended, the same message is worked off.
    let mended = json!({ "STREAM_RETENTION_HOURS": "24", "ACCOUNT_ID": ACCOUNT });
    fleet.control.restart(FUNCTION, &mended).unwrap();
    fleet.control.redeliver().unwrap();
    fleet.control.settle().unwrap();
    fleet.assert_works("cam-1", &camera).await;
}

#[tokio::test]
async fn the_cameras_of_a_ca_that_the_stack_registers_may_join_beside_those_of_the_list() {
    let own = Ca::new("The stack's CA");
    let fleet = Fleet::with(&[("CaCertificatePem", &own.pem)]).await;
    for (name, camera) in [("cam-1", own.issue("cam-1")), ("cam-2", fleet.ca.issue("cam-2"))] {
        fleet.connect(&camera);
        fleet.assert_works(name, &camera).await;
    }
}
