//! What happens when an invocation has little time, without any AWS to call.

use std::collections::BTreeMap;

use lambda::clock::now_ms;
use lambda_runtime::{Context, LambdaEvent};
use provision::{Provision, Settings};
use serde_json::json;

#[tokio::test]
async fn with_too_little_time_left_nothing_is_begun_and_every_item_is_handed_back() {
    let ca = "c".repeat(64);
    let variables = BTreeMap::from([
        ("ACCOUNT_ID", "123456789012"),
        ("ALLOWED_CA_CERTIFICATE_IDS", ca.as_str()),
        ("THING_TYPE_NAME", "camera"),
        ("THING_GROUP_NAME", "cameras"),
        ("CAMERA_POLICY_NAME", "camera"),
        ("STREAM_RETENTION_HOURS", "24"),
        ("STREAM_MEDIA_TYPE", "video/h264"),
        ("STREAM_ACTIVE_TIMEOUT_SECONDS", "20"),
        ("REFUSAL_TABLE_NAME", "refusals"),
        ("ALERT_TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:alerts"),
        ("CERTIFICATE_CALLS_PER_SECOND", "8"),
        ("MAXIMUM_CONCURRENCY", "2"),
    ]);
    let settings = Settings::from_env(|name| variables.get(name).map(|value| (*value).to_owned())).unwrap();
    // No region and no credentials: a call would fail at once, with another reason than the time.
    let config = lambda::SdkConfig::builder().behavior_version(aws_config::BehaviorVersion::latest()).build();
    let provision = Provision::new(&config, settings);
    let event = |id: &str, certificate: char, ca: char| {
        let id_of = |letter: char| letter.to_string().repeat(64);
        let body = json!({ "certificateId": id_of(certificate), "caCertificateId": id_of(ca), "awsAccountId": "123456789012" });
        json!({ "messageId": id, "body": body.to_string() })
    };
    // Even one that is refused without a look is not begun: telling of it takes calls.
    let batch =
        json!({ "Records": [event("a", 'a', 'c'), event("b", 'b', 'c'), event("c", 'a', 'c'), event("d", 'd', 'f')] });
    let mut context = Context::default();
    for left_ms in [0, 1_000, 15_000] {
        context.deadline = now_ms().saturating_add(left_ms);
        let event = LambdaEvent::new(serde_json::from_value(batch.clone()).unwrap(), context.clone());
        let answer = provision.handle(event).await.unwrap();
        let mut failed: Vec<_> =
            answer.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect();
        failed.sort();
        assert_eq!(failed, ["a", "b", "c", "d"], "{left_ms} ms");
    }
}
