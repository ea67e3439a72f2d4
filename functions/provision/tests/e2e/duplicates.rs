//! The same event again, which is AWS IoT's normal case.

use crate::fleet::Fleet;

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
