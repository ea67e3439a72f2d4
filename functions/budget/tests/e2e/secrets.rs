//! What the function must not tell, whatever it is sent and set to and however much it is asked to log. The cloud looks
//! through all that was logged, answered and sent when it ends, and fails the test for a secret.

use serde_json::{Value, json};

use crate::fleet::{FUNCTION, Fleet};

/// A key that nobody uses: PKCS #8 as PEM.
const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgYm9keU9mQUtleVRoYXRO\n\
                   b2JvZHlVc2VzAAAAAAAAoUQDQgAE\n-----END PRIVATE KEY-----\n";

const LEFT_OUT: &str = "[a private key was left out]";

#[tokio::test]
async fn the_log_at_its_most_talkative_holds_no_line_of_the_sdk_s() {
    let fleet = Fleet::start().await;
    fleet.control.restart(FUNCTION, &json!({ "AWS_LAMBDA_LOG_LEVEL": "TRACE", "RUST_LOG": "trace" })).unwrap();
    fleet.spend("960");
    assert!(!fleet.logged("stream changed").is_empty());
    for line in fleet.cloud.log(FUNCTION).unwrap().lines::<Value>().unwrap() {
        let Some(target) = line["target"].as_str() else { continue };
        assert!(
            target.starts_with("budget") || !["DEBUG", "TRACE"].contains(&line["level"].as_str().unwrap()),
            "{line}"
        );
    }
}

#[tokio::test]
async fn a_key_that_came_as_a_message_is_not_repeated() {
    let fleet = Fleet::start().await;
    let topic = fleet.cloud.output("BudgetTopicArn").unwrap().to_owned();
    let envelope = |subject: &str, topic: &str, message: &str| {
        json!({ "Type": "Notification", "TopicArn": topic, "Subject": subject, "Message": message }).to_string()
    };
    for body in [
        KEY.to_owned(),
        json!({ "look": KEY }).to_string(),
        envelope("AWS Budgets", &topic, KEY),
        envelope(KEY, &topic, "hello"),
        envelope("AWS Budgets", KEY, "hello"),
        envelope("AWS Budgets", &topic, &format!("Budget Name: {KEY}\nAWS Account {KEY}\nACTUAL Amount: {KEY}\n")),
    ] {
        fleet.send(&body).await;
    }
    let log = fleet.cloud.log(FUNCTION).unwrap().text().unwrap();
    assert!(log.contains(LEFT_OUT), "{log}");
}

#[tokio::test]
async fn a_key_in_the_ladder_is_not_repeated() {
    let fleet = Fleet::start().await;
    for ladder in [format!("rungs: {}", json!(KEY)), KEY.to_owned(), format!("{}: 1", json!(KEY))] {
        fleet.control.restart(FUNCTION, &json!({ "LADDER": ladder })).unwrap();
        let answer = fleet.cloud.invoke(FUNCTION, &json!({ "Records": [] })).unwrap();
        assert_eq!(answer["errorType"], "Runtime.ExitError");
    }
    let log = fleet.cloud.log(FUNCTION).unwrap().text().unwrap();
    assert!(log.contains("environment variable `LADDER` is"), "{log}");
}
