//! What the function must not tell, whatever it is sent and however much it is asked to log. The cloud looks through all
//! that was logged, answered and sent when it ends, and fails the test for a secret.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};

use crate::fleet::{FUNCTION, Fleet};

/// A key that nobody uses: PKCS #8 as PEM.
const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgYm9keU9mQUtleVRoYXRO\n\
                   b2JvZHlVc2VzAAAAAAAAoUQDQgAE\n-----END PRIVATE KEY-----\n";

const LEFT_OUT: &str = "[a private key was left out]";

impl Fleet {
    /// The details of the log's lines with this message.
    fn details(&self, message: &str) -> Vec<String> {
        self.logged(message).iter().map(|line| line["detail"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn the_log_at_its_most_talkative_holds_no_line_of_the_sdk_s() {
    let fleet = Fleet::start().await;
    let environment = json!({ "AWS_LAMBDA_LOG_LEVEL": "TRACE", "RUST_LOG": "trace", "AWS_SDK_LOG": "trace" });
    fleet.control.restart(FUNCTION, &environment).unwrap();
    let camera = fleet.ca.issue("cam-1");
    fleet.connect(&camera);
    fleet.connect(&fleet.ca.issue("a b"));
    fleet.send("poison").await;
    fleet.control.settle().unwrap();
    fleet.assert_works("cam-1", &camera).await;
    let log = fleet.cloud.log(FUNCTION).unwrap().text().unwrap();
    assert!(log.lines().count() > 3, "{log}");
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        if line.get("_aws").is_some() {
            continue;
        }
        assert!(line["timestamp"].is_string() && line["level"].is_string(), "{line}");
        let ours = line["target"].as_str().unwrap().starts_with("provision");
        assert!(ours || !["DEBUG", "TRACE"].contains(&line["level"].as_str().unwrap()), "{line}");
    }
}

#[tokio::test]
async fn a_key_that_came_as_a_message_is_not_repeated() {
    let fleet = Fleet::start().await;
    let camera = fleet.known(fleet.ca.issue("cam-1"));
    let with = |field: &str, value: &str| {
        let mut event = camera.event();
        event[field] = json!(value);
        event
    };
    let bare = KEY.lines().nth(1).unwrap();
    let bodies = [
        json!(KEY),
        json!(json!(KEY).to_string()),
        with("certificateId", KEY),
        with("certificateId", bare),
        with("caCertificateId", KEY),
        with("awsAccountId", KEY),
        with("timestamp", KEY),
    ];
    assert_eq!(fleet.invoke(&bodies), [0, 1, 2, 3, 4, 5, 6]);
    let details = fleet.details("message is no registration event");
    assert_eq!(details.len(), bodies.len());
    // The first is no JSON, which is told without repeating it.
    assert!(details.iter().skip(1).all(|detail| detail.contains(LEFT_OUT)), "{details:#?}");
}

#[tokio::test]
async fn a_key_in_a_certificate_or_in_the_registry_is_told_to_nobody() {
    let fleet = Fleet::with(&[("UseRegistry", "true")]).await;
    let alerts = fleet.alerts().await;
    // As long as a CN may be.
    fleet.connect(&fleet.ca.issue(&format!("{}/", KEY.lines().nth(1).unwrap().get(..60).unwrap())));
    fleet.enter("cam-1", &[("priority", AttributeValue::S(KEY.to_owned()))]).await;
    fleet.connect(&fleet.ca.issue("cam-1"));
    let told: Vec<_> = alerts.read().into_iter().map(|(_, reason, text)| (reason, text.contains(LEFT_OUT))).collect();
    assert_eq!(told, [("name-not-allowed".to_owned(), true), ("registry-entry-invalid".to_owned(), true)]);
    assert!(fleet.details("camera refused").iter().all(|detail| detail.contains(LEFT_OUT)));
}

/// AWS does so where a signature does not match.
#[tokio::test]
async fn a_request_that_aws_repeats_in_an_error_is_left_out() {
    let fleet = Fleet::start().await;
    let camera = fleet.known(fleet.ca.issue("cam-1"));
    let said = "The request signature we calculated does not match the signature you provided.\n\nThe Canonical String \
                for this request should have been\n'GET\n/certificates/1f2e\n\nhost:iot.us-east-1.amazonaws.com\n\
                x-amz-date:20261123T160000Z\nx-amz-security-token:IQoJb3JpZ2luX2VjEJr\n'";
    let rules = json!([{ "service": "iot", "operation": "DescribeCertificate", "times": 1,
                         "error": { "code": "InvalidSignatureException", "status": 403, "message": said } }]);
    fleet.cloud.fault(&rules).unwrap();
    assert_eq!(fleet.invoke(&[camera.event()]), [0]);
    let details = fleet.details("registration handed back");
    assert!(
        details[0].contains("does not match") && details[0].contains("[a session token was left out]"),
        "{details:?}"
    );
}
