//! A service publishes to our topic for strangers.

use super::budgets_topic_without_source::BUDGETS;
use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::Topic;
use crate::openness::{Who, deputies, named};
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "service-may-publish-for-others",
    group: Group::Messaging,
    severity: Severity::Medium,
    title: "A service of AWS may publish to a topic for any account",
    why: "A service acts for whoever sets it up: without a condition on the source, a stranger's alarm or rule \
          publishes to kvs-warden's topic as well as ours does, and false alerts are the way to make people deaf.",
    remedy: "Add `\"Condition\": {\"StringEquals\": {\"aws:SourceAccount\": \"<account>\"}}` to the service's \
             statement in the topic's policy, or `\"ArnLike\": {\"aws:SourceArn\": …}` for a service that tells only \
             that. Where a rule of EventBridge can publish by a role, give it one, and take the statement out.",
    reference: "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    frameworks: &["NIST.800-53.r5 AC-3"],
    judge: Judge::Topic(judge),
};

fn judge(world: &World<'_>, topic: &Topic) -> Judged {
    if !topic.own {
        return Ok(None);
    }
    let mut open = deputies(world, &topic.policy, &["sns:*"], &topic.topic_arn)?;
    // Another check tells of budgets where they belong.
    open.retain(|deputy| !topic.of_budgets || deputy.who != Who::Through(BUDGETS.to_owned()));
    if open.is_empty() {
        return Ok(None);
    }
    let problem = Problem::new(format!("topic `{}` lets in {}", topic.topic_arn, named(&open)));
    Ok(Some(problem.with(open.into_iter().map(|deputy| deputy.proof))))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, document, fine, problem};

    const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:alerts";

    fn topic(service: &str, condition: &Value) -> Value {
        let policy = document(json!({ "Effect": "Allow", "Principal": { "Service": service }, "Action": "sns:Publish",
                                      "Resource": TOPIC, "Condition": condition }));
        json!({ "topics": { "items": [{ "TopicArn": TOPIC, "Policy": policy, "Own": true, "OfBudgets": true }] } })
    }

    #[test]
    fn alarms_of_all_accounts_are_let_in() {
        let problem = problem(&CHECK, topic("cloudwatch.amazonaws.com", &json!({})));
        assert_eq!(
            problem.sentence,
            format!("topic `{TOPIC}` lets in anyone for whom `cloudwatch.amazonaws.com` acts")
        );
    }

    #[test]
    fn alarms_of_our_account_are_fine_and_budgets_are_for_another_check() {
        let ours = json!({ "StringEquals": { "aws:SourceAccount": "123456789012" } });
        fine(&CHECK, topic("cloudwatch.amazonaws.com", &ours));
        fine(&CHECK, topic(BUDGETS, &json!({})));
    }

    #[test]
    fn a_policy_that_cannot_be_read_cannot_be_judged() {
        let topic = json!({ "TopicArn": TOPIC, "Policy": "{", "Own": true });
        let cannot = cannot_judge(&CHECK, json!({ "topics": { "items": [topic] } }));
        assert!(cannot.because.starts_with("its policy cannot be read"), "{cannot:?}");
    }
}
