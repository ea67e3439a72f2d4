//! What the function may do is what it does.

use std::collections::BTreeSet;

use policy::{Document, Kind};
use serde_json::{Value, json};

use crate::account::Account;
use crate::change::record;

#[tokio::test]
async fn the_role_grants_every_call_that_the_function_makes_and_no_other() {
    let parameters = [("SecurityHub", "true"), ("SweepReadingSeconds", "0"), ("AlertEmail", "ops@example.com")];
    let account = Account::with(&parameters).await;
    Box::pin(everything(&account)).await;
    let calls = account.calls_after(0);
    let called: BTreeSet<_> = calls.iter().flat_map(|call| actions(&call.service, &call.operation)).collect();
    let needed = needed(&account);
    let missing: Vec<_> = called.difference(&needed).collect();
    let idle: Vec<_> = needed.difference(&called).collect();
    assert!(missing.is_empty() && idle.is_empty(), "not granted: {missing:?}; never called: {idle:?}");
}

/// The actions that the role grants for the function's own calls.
pub(crate) fn needed(account: &Account) -> BTreeSet<String> {
    let granted = granted(&account.control.policies().unwrap()["AuditRole"]);
    // Lambda itself uses these with the function's role; the last is needed for S3 to say that something is not there.
    let host =
        ["sqs:ReceiveMessage", "sqs:DeleteMessage", "logs:CreateLogStream", "logs:PutLogEvents", "s3:ListBucket"];
    let host: BTreeSet<_> = host.into_iter().map(str::to_owned).collect();
    granted.difference(&host).cloned().collect()
}

/// An account that has some of everything, looked at whole and piece by piece.
async fn everything(account: &Account) {
    let document =
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}}"#;
    Box::pin(furnish(account, document)).await;
    account.widen_camera_role().await;
    account.narrow_camera_role().await;
    let mut denied = record("denied", "PutRolePolicy", &json!({ "roleName": "r" }));
    denied["detail"]["errorCode"] = json!("AccessDenied");
    account.send(&denied.to_string()).await;
    account.sweep();
    // Something that fails in good order.
    account.configure("suppress: 7").await;
    account.send(&record("late", "TagRole", &json!({ "roleName": account.camera_role() })).to_string()).await;
}

/// Some of everything that the audit looks at, and a policy that those have who have any. Answers the ARN of that.
pub(crate) async fn furnish(account: &Account, document: &str) -> String {
    let (iam, iot, video) = (&account.iam, &account.iot, &account.kinesisvideo);
    let policy = iam.create_policy().policy_name("p").policy_document(document).send().await.unwrap();
    let policy = policy.policy.unwrap().arn.unwrap();
    iam.create_user().user_name("u").send().await.unwrap();
    iam.create_access_key().user_name("u").send().await.unwrap();
    iam.create_group().group_name("g").send().await.unwrap();
    iam.add_user_to_group().group_name("g").user_name("u").send().await.unwrap();
    iam.put_user_policy().user_name("u").policy_name("i").policy_document(document).send().await.unwrap();
    iam.put_group_policy().group_name("g").policy_name("i").policy_document(document).send().await.unwrap();
    iam.attach_group_policy().group_name("g").policy_arn(&policy).send().await.unwrap();
    iam.attach_user_policy().user_name("u").policy_arn(&policy).send().await.unwrap();
    iam.attach_role_policy().role_name(account.camera_role()).policy_arn(&policy).send().await.unwrap();
    iam.create_policy_version()
        .policy_arn(&policy)
        .policy_document(document)
        .set_as_default(true)
        .send()
        .await
        .unwrap();

    let ca = rcgen_ca();
    let register = iot.register_ca_certificate().ca_certificate(ca);
    register.certificate_mode(aws_sdk_iot::types::CertificateMode::SniOnly).set_as_active(true).send().await.unwrap();
    let certificate = iot.create_keys_and_certificate().set_as_active(true).send().await.unwrap();
    let certificate = certificate.certificate_arn.unwrap();
    iot.create_thing().thing_name("gate").send().await.unwrap();
    iot.attach_thing_principal().thing_name("gate").principal(&certificate).send().await.unwrap();
    let camera = account.cloud.output("CameraPolicyName").unwrap();
    iot.attach_policy().policy_name(camera).target(&certificate).send().await.unwrap();
    video.create_stream().stream_name("gate").kms_key_id(key(account).await).send().await.unwrap();

    account.data.create_stream().stream_name("d").shard_count(1).send().await.unwrap();
    account
        .firehose
        .create_delivery_stream()
        .delivery_stream_name("f")
        .extended_s3_destination_configuration(
            aws_sdk_firehose::types::ExtendedS3DestinationConfiguration::builder()
                .role_arn(account.cloud.output("CameraRoleArn").unwrap())
                .bucket_arn("arn:aws:s3:::somewhere")
                .compression_format(aws_sdk_firehose::types::CompressionFormat::Uncompressed)
                .build()
                .unwrap(),
        )
        .send()
        .await
        .unwrap();
    account
        .flink
        .create_application()
        .application_name("a")
        .runtime_environment("FLINK-1_20".into())
        .service_execution_role(account.cloud.output("CameraRoleArn").unwrap())
        .send()
        .await
        .unwrap();
    account.control.settle().unwrap();
    policy
}

/// A CA certificate, as a camera maker has one.
fn rcgen_ca() -> String {
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let key = rcgen::KeyPair::generate().unwrap();
    params.self_signed(&key).unwrap().pem()
}

/// A customer's key.
async fn key(account: &Account) -> String {
    account.kms.create_key().send().await.unwrap().key_metadata.unwrap().arn.unwrap()
}

/// The actions that a role's inline policies allow, none with a wildcard.
fn granted(role: &Value) -> BTreeSet<String> {
    let mut granted = BTreeSet::new();
    for policy in role["policies"].as_object().unwrap().values() {
        for statement in Document::parse(Kind::Identity, &policy.to_string()).unwrap().statements {
            assert_eq!(statement.effect, policy::Effect::Allow);
            assert!(!statement.actions.negated);
            granted.extend(statement.actions.patterns.iter().map(|action| action.as_str().to_owned()));
        }
    }
    assert!(granted.iter().all(|action| !action.contains('*')), "{granted:?}");
    granted
}

/// The permissions that a call needs: a transaction those of what it is made of.
pub(crate) fn actions(service: &str, operation: &str) -> Vec<String> {
    if operation == "TransactWriteItems" {
        return ["PutItem", "UpdateItem", "DeleteItem"].map(|part| format!("dynamodb:{part}")).to_vec();
    }
    // Ten at once are allowed by the permission for one.
    if operation == "ChangeMessageVisibilityBatch" {
        return vec!["sqs:ChangeMessageVisibility".to_owned()];
    }
    // Some services have another name in policies.
    let service = match service {
        "monitoring" => "cloudwatch",
        "tagging" => "tag",
        other => other,
    };
    vec![format!("{service}:{operation}")]
}
