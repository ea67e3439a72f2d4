//! The same event again, which is AWS IoT's normal case.

use serde_json::json;

use crate::fleet::{FUNCTION, Fleet};

#[tokio::test]
async fn duplicates_in_one_batch_cost_no_call() {
    let fleet = Fleet::start().await;
    let camera = fleet.known(fleet.ca.issue("cam-1"));
    let mut later = camera.event();
    later["timestamp"] = 1_793_000_009_999_u64.into();
    assert_eq!(fleet.invoke(&[camera.event(), later.clone(), camera.event(), later]), [0; 0]);
    fleet.assert_works("cam-1", &camera).await;
    assert_eq!(fleet.calls().len(), 8, "{:?}", fleet.calls());
    assert_eq!(fleet.metric("Duplicate", None), 3);
    assert_eq!(fleet.metric("Provisioned", None), 1);
}

#[tokio::test]
async fn duplicates_in_later_batches_cost_one_call_each() {
    let fleet = Fleet::start().await;
    let camera = fleet.ca.issue("cam-1");
    fleet.connect(&camera);
    let before = fleet.mark();
    for _ in 0..3 {
        fleet.send(&camera.event().to_string()).await;
        fleet.control.settle().unwrap();
    }
    let calls: Vec<_> = fleet.calls_after(before).into_iter().map(|call| call.operation).collect();
    assert_eq!(calls, ["DescribeCertificate"; 3]);
    fleet.assert_works("cam-1", &camera).await;
}

#[tokio::test]
async fn duplicates_that_two_workers_have_at_once_make_one_camera() {
    let fleet = Fleet::start().await;
    let cameras: Vec<_> =
        (0..4).map(|n| (format!("cam-{n}"), fleet.known(fleet.ca.issue(&format!("cam-{n}"))))).collect();
    let bodies: Vec<_> = cameras.iter().map(|(_, camera)| camera.event()).collect();
    std::thread::scope(|scope| {
        let workers = [scope.spawn(|| fleet.invoke(&bodies)), scope.spawn(|| fleet.invoke(&bodies))];
        for worker in workers {
            assert_eq!(worker.join().unwrap(), [0; 0]);
        }
    });
    for (name, camera) in &cameras {
        fleet.assert_works(name, camera).await;
    }
}

#[tokio::test]
async fn a_forged_event_beside_the_true_one_does_not_hide_it() {
    let fleet = Fleet::start().await;
    let camera = fleet.known(fleet.ca.issue("cam-1"));
    let mut forged = camera.event();
    forged["caCertificateId"] = "f".repeat(64).into();
    assert_eq!(fleet.invoke(&[forged, camera.event()]), [0; 0]);
    fleet.assert_works("cam-1", &camera).await;
    assert_eq!(fleet.metric("Refused", Some("ca-mismatch")), 1);
}

#[tokio::test]
async fn an_event_that_queued_while_its_camera_was_seen_to_work_costs_no_look() {
    let fleet = Fleet::start().await;
    let camera = fleet.known(fleet.ca.issue("cam-1"));
    let (first, last) = ("BatchGetItem", "PutItem");
    fleet.connected_ago(&camera);
    fleet.assert_works("cam-1", &camera).await;
    let calls = fleet.calls();
    assert_eq!((calls.len(), calls[0].as_str(), calls[9].as_str()), (10, first, last), "{calls:?}");
    assert_eq!(fleet.logged("camera provisioned")[0]["aws_calls"], 9);
    for _ in 0..3 {
        let before = fleet.mark();
        fleet.connected_ago(&camera);
        let calls: Vec<_> = fleet.calls_after(before).into_iter().map(|call| call.operation).collect();
        assert_eq!(calls, [first]);
    }
    // What was sent since is looked at afresh: what was seen then says nothing of now.
    let before = fleet.mark();
    fleet.send(&camera.event().to_string()).await;
    fleet.control.settle().unwrap();
    let calls: Vec<_> = fleet.calls_after(before).into_iter().map(|call| call.operation).collect();
    assert_eq!(calls, ["DescribeCertificate"]);
    assert_eq!(fleet.metric("AlreadyDone", None), 4);
    assert_eq!(fleet.metric("Retried", None), 0);
}

#[tokio::test]
async fn a_forged_event_that_queued_is_looked_at_whatever_was_seen() {
    let fleet = Fleet::start().await;
    let other = "f".repeat(64);
    let allowed = json!({ "ALLOWED_CA_CERTIFICATE_IDS": format!("{},{other}", fleet.ca.id) });
    fleet.control.restart(FUNCTION, &allowed).unwrap();
    let camera = fleet.known(fleet.ca.issue("cam-1"));
    fleet.connected_ago(&camera);
    fleet.assert_works("cam-1", &camera).await;
    let mut forged = camera.event();
    forged["caCertificateId"] = other.into();
    fleet.event_ago(&forged, 60);
    assert_eq!(fleet.metric("Refused", Some("ca-mismatch")), 1);
    // One that is refused by what it says is not even asked for.
    let before = fleet.mark();
    let mut foreign = camera.event();
    foreign["awsAccountId"] = "999999999999".into();
    fleet.event_ago(&foreign, 60);
    let calls: Vec<_> = fleet.calls_after(before).into_iter().map(|call| call.operation).collect();
    assert_eq!(calls, ["PutItem", "Publish", "UpdateItem"]);
    // A camera that is refused is never remembered.
    let stranger = fleet.known(fleet.ca.issue("no dots . allowed"));
    for _ in 0..2 {
        let before = fleet.mark();
        fleet.connected_ago(&stranger);
        let calls = fleet.calls_after(before);
        assert!(calls.iter().any(|call| call.operation == "DescribeCertificate"), "{calls:?}");
    }
    assert_eq!(fleet.metric("Refused", Some("name-not-allowed")), 2);
}

#[tokio::test]
async fn a_memory_that_fails_costs_looks_and_nothing_else() {
    let fleet = Fleet::start().await;
    let error = json!({ "code": "AccessDeniedException", "status": 400, "message": "made by the fault proxy" });
    for (n, how) in [("error", error), ("timeout_ms", json!(60_000)), ("reset", json!(true))].into_iter().enumerate() {
        let rule = |operation: &str| {
            let mut rule = json!({ "service": "dynamodb", "operation": operation, "times": 1_000 });
            rule[how.0] = how.1.clone();
            rule
        };
        fleet.cloud.fault(&json!([rule("BatchGetItem"), rule("PutItem")])).unwrap();
        let name = format!("cam-{n}");
        let camera = fleet.known(fleet.ca.issue(&name));
        fleet.connected_ago(&camera);
        fleet.assert_works(&name, &camera).await;
        let before = fleet.mark();
        fleet.connected_ago(&camera);
        let calls: Vec<_> = fleet.calls_after(before).into_iter().map(|call| call.operation).collect();
        assert_eq!(calls, ["DescribeCertificate"], "{}", how.0);
        fleet.cloud.mend().unwrap();
    }
    assert_eq!(fleet.metric("Retried", None), 0);
    assert_eq!(fleet.dead_letters(), Vec::<String>::new());
}
