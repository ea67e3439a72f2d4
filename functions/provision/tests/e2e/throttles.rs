//! AWS throttles, fails, and comes back.

use serde_json::json;

use crate::fleet::Fleet;

impl Fleet {
    /// The fault proxy answers this operation with this error, so many times.
    fn fault(&self, service: &str, operation: &str, times: u32, status: u16, code: &str) {
        let rules = json!([{ "service": service, "operation": operation, "times": times,
                             "error": { "code": code, "status": status, "message": "made by the fault proxy" } }]);
        self.cloud.fault(&rules).unwrap();
    }
}

#[tokio::test]
async fn a_throttle_of_each_service_is_tried_again_within_the_invocation() {
    let fleet = Fleet::start().await;
    fleet.fault("iot", "CreateThing", 1, 400, "ThrottlingException");
    fleet.fault("kinesisvideo", "CreateStream", 2, 400, "ClientLimitExceededException");
    fleet.fault("iot", "AttachPolicy", 1, 503, "ServiceUnavailableException");
    let camera = fleet.ca.issue("cam-1");
    fleet.connect(&camera);
    assert_eq!(fleet.cloud.fired().unwrap(), 4);
    fleet.assert_works("cam-1", &camera).await;
    assert_eq!(fleet.metric("Retried", None), 0);
    let line = fleet.logged("camera provisioned").pop().unwrap();
    let reached = fleet.calls().len();
    assert!(reached >= 8, "{:?}", fleet.calls());
    assert_eq!(line["aws_calls"], reached + 4, "each try counts: {line}");
}

#[tokio::test]
async fn a_throttle_that_lasts_hands_back_that_item_alone() {
    let fleet = Fleet::start().await;
    let first = fleet.known(fleet.ca.issue("cam-1"));
    let done = fleet.ca.issue("cam-2");
    fleet.connect(&done);
    fleet.fault("kinesisvideo", "CreateStream", 5, 400, "ClientLimitExceededException");
    assert_eq!(fleet.invoke(&[done.event(), first.event(), json!("poison")]), [1, 2]);
    fleet.assert_powerless(&first).await;
    assert_eq!(fleet.metric("Retried", Some("throttled")), 1);
    let line = fleet.logged("registration handed back").pop().unwrap();
    let detail = line["detail"].as_str().unwrap();
    assert!(detail.contains("`CreateStream` throttled: ClientLimitExceededException"), "{line}");
    assert_eq!(fleet.invoke(&[first.event()]), [0; 0]);
    fleet.assert_works("cam-1", &first).await;
}

#[tokio::test]
async fn an_error_that_time_does_not_heal_ends_in_the_dead_letters() {
    let fleet = Fleet::start().await;
    fleet.fault("iot", "AttachPolicy", 1_000, 403, "UnauthorizedException");
    let camera = fleet.ca.issue("cam-1");
    fleet.connect(&camera);
    for _ in 0..7 {
        fleet.control.redeliver().unwrap();
        fleet.control.settle().unwrap();
    }
    let dead = fleet.dead_letters();
    assert_eq!(dead.len(), 1);
    assert!(dead[0].contains(&camera.id));
    assert_eq!(fleet.status(&camera).await, "PENDING_ACTIVATION");
    assert_eq!(fleet.metric("Retried", Some("failed")), 5);
}

#[tokio::test]
async fn an_alert_that_cannot_go_out_hands_the_item_back() {
    let fleet = Fleet::with(&[("AllowedCaCertificateIds", "")]).await;
    fleet.fault("dynamodb", "PutItem", 1, 400, "AccessDeniedException");
    let alerts = fleet.alerts().await;
    let camera = fleet.ca.issue("cam-1");
    fleet.connect(&camera);
    assert_eq!(alerts.read().len(), 0);
    fleet.control.redeliver().unwrap();
    fleet.control.settle().unwrap();
    assert_eq!(alerts.read().len(), 1);
}

#[tokio::test]
async fn an_answer_that_is_lost_does_not_lose_the_alert() {
    let fleet = Fleet::with(&[("AllowedCaCertificateIds", "")]).await;
    let alerts = fleet.alerts().await;
    // The write takes effect and its answer is cut off: the SDK tries again and finds the turn taken, by itself.
    let cut = json!([{ "service": "dynamodb", "operation": "PutItem", "times": 1, "response": { "abort_bytes": 0 } }]);
    fleet.cloud.fault(&cut).unwrap();
    fleet.connect(&fleet.ca.issue("cam-1"));
    let puts = fleet.calls().iter().filter(|call| *call == "PutItem").count();
    assert_eq!((puts, fleet.cloud.fired().unwrap()), (2, 1));
    assert_eq!(alerts.read().len(), 1);
}
