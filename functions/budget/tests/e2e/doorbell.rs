//! What rings, and what does not.

use budget::camera::Target;
use budget::now_seconds;
use serde_json::json;

use crate::fleet::{ACCOUNT, FUNCTION, Fleet};

/// What AWS Budgets says, in SNS's envelope.
fn notice(fleet: &Fleet, account: &str, budget: &str, topic: &str) -> String {
    let text = format!(
        "AWS Budget Notification November 26, 2026\nAWS Account {account}\n\nDear AWS Customer,\n\nYou requested that we alert \
         you when the ACTUAL Cost associated with your {budget} budget is greater than $800.00 for the current month. The \
         ACTUAL Cost associated with this budget is $960.00. You can find additional details below and by accessing the AWS \
         Budgets dashboard [1].\n\nBudget Name: {budget}\nBudget Type: Cost\nBudgeted Amount: $1,000.00\nAlert Type: \
         ACTUAL\nAlert Threshold: > $800.00\nACTUAL Amount: $960.00\n\n[1] \
         https://console.aws.amazon.com/costmanagement/home#/budgets\n"
    );
    let subject = format!("AWS Budgets: {} has exceeded your alert threshold", fleet.budget());
    json!({ "Type": "Notification", "MessageId": "0d1e7a51-6c3e-5b39-9a9f-2f8d3b1c9d10", "TopicArn": topic, "Subject": subject,
            "Message": text, "Timestamp": "2026-11-26T01:01:38.638Z", "SignatureVersion": "1", "Signature": "x",
            "SigningCertURL": "x", "UnsubscribeURL": "x" })
    .to_string()
}

#[tokio::test]
async fn whatever_a_message_says_only_what_aws_says_when_asked_counts() {
    let fleet = Fleet::start().await;
    let topic = fleet.cloud.output("BudgetTopicArn").unwrap().to_owned();
    let budget = fleet.budget().to_owned();
    // It claims 960 USD, and nothing is spent.
    fleet.send(&notice(&fleet, ACCOUNT, &budget, &topic)).await;
    assert_eq!(fleet.three().await, [Target::Normal; 3]);
    assert_eq!(fleet.logged("looked").len(), 1);
}

#[tokio::test]
async fn what_is_for_others_is_refused_and_does_nothing() {
    let fleet = Fleet::start().await;
    fleet.spend_silently("1000", "1000");
    let topic = fleet.cloud.output("BudgetTopicArn").unwrap().to_owned();
    let budget = fleet.budget().to_owned();
    let mark = fleet.control.mark().unwrap();
    for (account, budget, topic, reason) in [
        ("999999999999", budget.as_str(), topic.as_str(), "foreign-account"),
        (ACCOUNT, "another", &topic, "other-budget"),
        (ACCOUNT, &budget, "arn:aws:sns:us-east-1:123456789012:forged", "foreign-topic"),
    ] {
        fleet.send(&notice(&fleet, account, budget, topic)).await;
        let refused = fleet.logged("message refused").pop().unwrap();
        assert_eq!(refused["reason"], reason);
    }
    assert_eq!(fleet.calls_after(mark), []);
    assert_eq!(fleet.three().await, [Target::Normal; 3]);
    assert_eq!(fleet.dead_letters(), [""; 0]);
}

#[tokio::test]
async fn what_is_no_message_at_all_ends_in_the_dead_letters() {
    let fleet = Fleet::start().await;
    for body in ["", "{", "[]", r#"{"look": "sideways"}"#] {
        // SQS takes no empty body.
        fleet.send(if body.is_empty() { " " } else { body }).await;
    }
    for _ in 0..5 {
        fleet.control.redeliver().unwrap();
        fleet.control.settle().unwrap();
    }
    assert_eq!(fleet.dead_letters().len(), 4);
}

#[tokio::test]
async fn a_message_that_was_lost_is_healed_by_the_clock_and_one_that_comes_twice_does_no_harm() {
    let fleet = Fleet::start().await;
    fleet.spend_silently("960", "960");
    assert_eq!(fleet.three().await, [Target::Normal; 3]);
    fleet.tick();
    let after = fleet.three().await;
    assert_eq!(after[0], Target::Stopped);
    let topic = fleet.cloud.output("BudgetTopicArn").unwrap().to_owned();
    let message = notice(&fleet, ACCOUNT, fleet.budget(), &topic);
    let mark = fleet.control.mark().unwrap();
    let records: Vec<_> = (0..10).map(|n| json!({ "messageId": n.to_string(), "body": message })).collect();
    let answer = fleet.cloud.invoke(FUNCTION, &json!({ "Records": records })).unwrap();
    assert_eq!(answer["batchItemFailures"], json!([]));
    assert_eq!(fleet.deeds_after(mark), [""; 0]);
    assert_eq!(fleet.three().await, after);
}

#[tokio::test]
async fn who_comes_while_somebody_looks_has_them_look_once_more() {
    let fleet = Fleet::start().await;
    // The first look is still on its way when there is more to see.
    let slow = json!({ "service": "kinesisvideo", "operation": "ListStreams", "times": 1, "latency": 3_000 });
    fleet.cloud.fault(&json!([slow])).unwrap();
    let mark = fleet.control.mark().unwrap();
    let spend = |actual: &str| json!({ "budget": fleet.budget(), "actual": actual });
    fleet.control.spend(&spend("850")).unwrap();
    for _ in 0..500 {
        if fleet.calls_after(mark).iter().any(|call| call.operation == "DescribeBudget") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    // Who dies now holds up nobody for longer than an invocation may last, and a little.
    let left = fleet.leased_until().await.unwrap() - now_seconds();
    assert!((1..=900 + 60).contains(&left), "{left}");
    fleet.control.spend(&spend("960")).unwrap();
    fleet.control.settle().unwrap();
    assert_eq!(fleet.leased_until().await, None);
    assert!(!fleet.logged("somebody else looks, and does once more").is_empty());
    assert_eq!(fleet.three().await[0], Target::Stopped);
    assert_eq!(fleet.logged("messages handed back"), [json!(null); 0]);
}

#[tokio::test]
async fn who_died_while_looking_holds_up_nobody_once_its_right_has_ended() {
    let fleet = Fleet::start().await;
    fleet.lease(i64::MAX).await;
    fleet.spend("960");
    assert_eq!(fleet.three().await, [Target::Normal; 3]);
    assert!(!fleet.logged("somebody else looks, and does once more").is_empty());
    fleet.lease(0).await;
    fleet.tick();
    assert_eq!(fleet.three().await[0], Target::Stopped);
}
