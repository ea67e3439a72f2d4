//! What the function may do is what it does.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::Value;

use crate::fleet::Fleet;

/// The actions that a role's inline policies allow.
fn allowed(template: &str, role: &str) -> BTreeSet<String> {
    let block = template.split(&format!("\n  {role}:\n")).nth(1).unwrap();
    let block = block.split("\n\n").next().unwrap();
    let actions = block.lines().skip_while(|line| !line.contains("Policies:"));
    let word = |text: &str| text.trim_matches(|c: char| "[],- ".contains(c)).to_owned();
    actions
        .filter(|line| line.contains("Action:") || line.trim_start().starts_with("- kinesisvideo:"))
        .flat_map(|line| line.trim_start().trim_start_matches("Action:").split(',').map(word).collect::<Vec<_>>())
        .filter(|action| action.contains(':'))
        .collect()
}

/// The IAM action of a call: named like the operation but for where IAM differs.
fn action(service: &str, operation: &str) -> String {
    format!("{service}:{operation}")
}

#[tokio::test]
async fn the_role_grants_every_call_that_the_function_makes_and_no_other() {
    let fleet = Fleet::with(&[("UseRegistry", "true"), ("CertificateRotation", "same-ca")]).await;
    for name in ["cam-1", "cam-2", "cam-3"] {
        fleet.enter(name, &[("enabled", AttributeValue::Bool(true))]).await;
    }
    // A new camera, a refused one, a rotation, a thing and a stream that were there before.
    fleet.connect(&fleet.ca.issue("cam-1"));
    fleet.connect(&fleet.ca.issue("stranger"));
    fleet.connect(&fleet.ca.issue("cam-1"));
    fleet.iot.create_thing().thing_name("cam-2").send().await.unwrap();
    fleet.kinesisvideo.create_stream().stream_name("cam-2").send().await.unwrap();
    fleet.connect(&fleet.ca.issue("cam-2"));
    let called: BTreeSet<_> = fleet.calls_after(0).iter().map(|call| action(&call.service, &call.operation)).collect();

    let template = std::fs::read_to_string(local::workspace().join("template.yaml")).unwrap();
    let granted = allowed(&template, "ProvisionRole");
    // Lambda itself uses these with the function's role; CreateStream asks for the key's with a customer's key.
    let host = [
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "kms:DescribeKey",
    ];
    let host: BTreeSet<_> = host.into_iter().map(str::to_owned).collect();
    assert!(host.is_subset(&granted), "{granted:?}");
    assert_eq!(called, granted.difference(&host).cloned().collect::<BTreeSet<_>>());
}

#[tokio::test]
async fn no_role_may_delete_a_stream_shorten_its_retention_or_touch_a_key() {
    let template = std::fs::read_to_string(local::workspace().join("template.yaml")).unwrap();
    for never in
        ["DeleteStream", "UpdateDataRetention", "kms:ScheduleKeyDeletion", "kms:Disable", "\"*:*\"", "Action: \"*\""]
    {
        assert!(!template.contains(never), "template.yaml names `{never}`");
    }
    let camera = allowed(&template, "CameraRole");
    let kinesis: BTreeSet<&str> =
        camera.iter().map(String::as_str).filter(|action| action.starts_with("kinesisvideo:")).collect();
    let producer = ["kinesisvideo:DescribeStream", "kinesisvideo:GetDataEndpoint", "kinesisvideo:PutMedia"];
    let denied = [
        "kinesisvideo:TagResource",
        "kinesisvideo:TagStream",
        "kinesisvideo:UntagResource",
        "kinesisvideo:UntagStream",
    ];
    assert_eq!(kinesis, producer.into_iter().chain(denied).collect());
}

#[tokio::test]
async fn no_secret_stands_in_the_log() {
    let fleet = Fleet::start().await;
    fleet.connect(&fleet.ca.issue("cam-1"));
    fleet.connect(&fleet.ca.issue("a b"));
    fleet.send("poison").await;
    fleet.control.settle().unwrap();
    let log = fleet.cloud.log(crate::fleet::FUNCTION).unwrap();
    for secret in ["BEGIN CERTIFICATE", "PRIVATE KEY", "AWS4-HMAC", "SecretAccessKey"] {
        assert!(!log.contains(secret), "the log holds `{secret}`");
    }
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert!(line.get("_aws").is_some() || (line["timestamp"].is_string() && line["level"].is_string()), "{line}");
    }
}
