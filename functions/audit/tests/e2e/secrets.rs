//! What the function must not tell, whatever it is sent and finds and however much it is asked to log. The cloud looks
//! through all that was logged, answered and sent when it ends, and fails the test for a secret.

use serde_json::json;

use crate::account::{Account, FUNCTION};
use crate::change::record;

/// A key that nobody uses: PKCS #8 as PEM.
const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgYm9keU9mQUtleVRoYXRO\n\
                   b2JvZHlVc2VzAAAAAAAAoUQDQgAE\n-----END PRIVATE KEY-----\n";

const LEFT_OUT: &str = "[a private key was left out]";

impl Account {
    /// The details of the log's lines with this message.
    fn details(&self, message: &str) -> Vec<String> {
        self.logged(message).iter().map(|line| line["detail"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn the_log_at_its_most_talkative_holds_no_line_of_the_sdk_s() {
    let account = Account::start().await;
    account.control.restart(FUNCTION, &json!({ "AWS_LAMBDA_LOG_LEVEL": "TRACE", "RUST_LOG": "trace" })).unwrap();
    let mut failed = record("failed", "PutRolePolicy", &json!({ "roleName": "r" }));
    failed["detail"]["errorCode"] = json!("MalformedPolicyDocument");
    account.send(&failed.to_string()).await;
    account.widen_camera_role().await;
    account.sweep();
    // The level is in force.
    let passed_over = account.logged("message passed over");
    assert_eq!(passed_over[0]["level"], "DEBUG");
    for line in account.cloud.log(FUNCTION).unwrap().lines::<serde_json::Value>().unwrap() {
        let Some(target) = line["target"].as_str() else { continue };
        assert!(
            target.starts_with("audit") || !["DEBUG", "TRACE"].contains(&line["level"].as_str().unwrap()),
            "{line}"
        );
    }
}

#[tokio::test]
async fn a_key_that_came_as_a_message_is_not_repeated() {
    let account = Account::start().await;
    let mut foreign = record("foreign", "PutRolePolicy", &json!({ "roleName": "r" }));
    foreign["account"] = json!(KEY);
    let odd = record("odd", "PutRolePolicy", &json!({ "roleName": "r", "policyDocument": KEY }));
    let mut denied = record("denied", "PutRolePolicy", &json!({ "roleName": "r" }));
    denied["detail"]["errorCode"] = json!("AccessDenied");
    denied["detail"]["userIdentity"]["arn"] = json!(KEY);
    let bodies = [
        KEY.to_owned(),
        json!({ "continue": KEY }).to_string(),
        json!({ "sweep": KEY }).to_string(),
        foreign.to_string(),
        odd.to_string(),
        // Whoever is denied is counted by name.
        denied.to_string(),
    ];
    for body in &bodies {
        account.send(body).await;
    }
    let details = account.details("message is none of ours");
    assert!(details.iter().any(|detail| detail.contains(LEFT_OUT)), "{details:#?}");
}

#[tokio::test]
async fn a_key_in_audit_yaml_is_not_repeated() {
    let account = Account::start().await;
    let quoted = json!(KEY);
    for (times, file) in [
        format!("suppress:\n- check: {quoted}\n"),
        format!("expect:\n  retentionHoursMin: {quoted}\n"),
        format!("{quoted}: 1\n"),
        KEY.to_owned(),
    ]
    .iter()
    .enumerate()
    {
        account.configure(file).await;
        account.widen_camera_role().await;
        account.narrow_camera_role().await;
        let details = account.details("messages handed back");
        assert!(details.len() > times, "{file}: {details:#?}");
    }
    let details = account.details("messages handed back");
    assert!(details.iter().any(|detail| detail.contains(LEFT_OUT)), "{details:#?}");
}

#[tokio::test]
async fn a_key_in_a_policy_stands_in_no_finding() {
    let account = Account::start().await;
    let document = json!({ "Version": "2012-10-17", "Statement": {
        "Sid": "Oops", "Effect": "Allow", "Action": "kinesisvideo:*", "Resource": "*",
        "Condition": { "StringEquals": { "aws:PrincipalTag/team": KEY } },
    } });
    account.put_role_policy(&account.camera_role(), "oops", &document.to_string()).await;
    account.control.settle().unwrap();
    let findings = account.findings().await;
    let finding = findings["camera-role-reaches-other-streams"].first().unwrap();
    let told = serde_json::to_string(finding).unwrap();
    assert!(told.contains(LEFT_OUT), "{told}");
}
