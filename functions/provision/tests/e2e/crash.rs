//! The function is killed after a call took effect and before it knows; the message comes again.

use crate::fleet::{FUNCTION, Fleet};

async fn crashes_after(operation: &str) {
    let fleet = Fleet::start().await;
    fleet.control.crash_after(FUNCTION, operation).unwrap();
    let camera = fleet.ca.issue("cam-1");
    fleet.connect(&camera);
    let armed = fleet.control.armed_crashes().unwrap();
    assert_eq!(armed["armed"].as_array().map(Vec::len), Some(0), "the function was killed: {armed}");
    if operation != "UpdateCertificate" {
        assert_eq!(fleet.status(&camera).await, "PENDING_ACTIVATION");
    }
    fleet.control.redeliver().unwrap();
    fleet.control.settle().unwrap();
    fleet.assert_works("cam-1", &camera).await;
    assert_eq!(fleet.dead_letters(), Vec::<String>::new());
    assert_eq!(fleet.metric("Drift", None), 0, "a stream of our own is no drift");
}

#[tokio::test]
async fn a_crash_after_describe_certificate_converges() {
    crashes_after("DescribeCertificate").await;
}

#[tokio::test]
async fn a_crash_after_create_thing_converges() {
    crashes_after("CreateThing").await;
}

#[tokio::test]
async fn a_crash_after_add_thing_to_thing_group_converges() {
    crashes_after("AddThingToThingGroup").await;
}

#[tokio::test]
async fn a_crash_after_create_stream_converges() {
    crashes_after("CreateStream").await;
}

#[tokio::test]
async fn a_crash_after_describe_stream_converges() {
    crashes_after("DescribeStream").await;
}

#[tokio::test]
async fn a_crash_after_attach_thing_principal_converges() {
    crashes_after("AttachThingPrincipal").await;
}

#[tokio::test]
async fn a_crash_after_attach_policy_converges() {
    crashes_after("AttachPolicy").await;
}

#[tokio::test]
async fn a_crash_after_update_certificate_converges() {
    crashes_after("UpdateCertificate").await;
}

#[tokio::test]
async fn a_crash_while_a_thing_is_claimed_converges() {
    let fleet = Fleet::start().await;
    fleet.iot.create_thing().thing_name("cam-1").send().await.unwrap();
    for operation in ["DescribeThing", "ListThingPrincipals", "UpdateThing"] {
        fleet.control.crash_after(FUNCTION, operation).unwrap();
    }
    let camera = fleet.ca.issue("cam-1");
    fleet.connect(&camera);
    for _ in 0..3 {
        fleet.control.redeliver().unwrap();
        fleet.control.settle().unwrap();
    }
    assert_eq!(fleet.control.armed_crashes().unwrap()["armed"].as_array().map(Vec::len), Some(0));
    fleet.assert_works("cam-1", &camera).await;
}

/// Told once; twice only when the crash falls between the telling and the note of it.
#[tokio::test]
async fn a_crash_while_a_refusal_is_told_never_loses_it() {
    for (operation, told) in [("PutItem", 1), ("Publish", 2), ("UpdateItem", 1)] {
        let fleet = Fleet::with(&[("AllowedCaCertificateIds", "")]).await;
        let alerts = fleet.alerts().await;
        fleet.control.crash_after(FUNCTION, operation).unwrap();
        let camera = fleet.ca.issue("cam-1");
        fleet.connect(&camera);
        // In the cloud a redelivery comes after the lease of the worker that died; here the lease is ended by hand.
        fleet.end_lease(&camera, "ca-not-allowed").await;
        fleet.control.redeliver().unwrap();
        fleet.control.settle().unwrap();
        assert_eq!(alerts.read().len(), told, "{operation}");
    }
}
