//! Anybody's budget may ring our bell.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::Topic;
use crate::openness::{Who, deputies};
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "budgets-topic-without-source",
    group: Group::Messaging,
    severity: Severity::Medium,
    title: "AWS Budgets may publish to a topic for any account",
    why: "Without a source, only AWS Budgets' own care keeps a stranger's budget from publishing here, and AWS's page \
          asks for the condition. A stranger's budget that runs out would look like ours, and what follows from it, \
          such as cameras that are slowed down, would follow.",
    remedy: "Add `\"Condition\": {\"StringEquals\": {\"aws:SourceAccount\": \"<account>\"}, \"ArnLike\": \
             {\"aws:SourceArn\": \"arn:aws:budgets::<account>:*\"}}` to the statement for `budgets.amazonaws.com` in \
             the topic's policy.",
    reference: "https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html",
    frameworks: &["NIST.800-53.r5 AC-3"],
    judge: Judge::Topic(judge),
};

/// The service that publishes.
pub(super) const BUDGETS: &str = "budgets.amazonaws.com";

fn judge(world: &World<'_>, topic: &Topic) -> Judged {
    if !topic.of_budgets {
        return Ok(None);
    }
    let mut open = deputies(world, &topic.policy, &["sns:Publish"], &topic.topic_arn)?;
    open.retain(|deputy| deputy.who == Who::Through(BUDGETS.to_owned()));
    if open.is_empty() {
        return Ok(None);
    }
    let problem = Problem::new(format!("topic `{}` takes messages from the budgets of any account", topic.topic_arn));
    Ok(Some(problem.with(open.into_iter().map(|deputy| deputy.proof))))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, document, fine, problem};

    const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:spend";

    fn topic(condition: &Value) -> Value {
        let policy = document(json!({ "Effect": "Allow", "Principal": { "Service": BUDGETS }, "Action": "SNS:Publish",
                                      "Resource": TOPIC, "Condition": condition }));
        json!({ "topics": { "items": [{ "TopicArn": TOPIC, "Policy": policy, "OfBudgets": true }] } })
    }

    #[test]
    fn without_a_source_the_budget_of_a_stranger_is_let_in() {
        let problem = problem(&CHECK, topic(&json!({ "StringLike": { "aws:SourceAccount": "*" } })));
        assert_eq!(problem.sentence, format!("topic `{TOPIC}` takes messages from the budgets of any account"));
        let request = problem.proofs[0].request.as_ref().unwrap();
        assert_eq!(request["context"]["aws:SourceAccount"], "999999999999");
    }

    #[test]
    fn the_source_is_our_account() {
        fine(&CHECK, topic(&json!({ "StringEquals": { "aws:SourceAccount": "123456789012" } })));
        fine(&CHECK, topic(&json!({ "ArnLike": { "aws:SourceArn": "arn:aws:budgets::123456789012:*" } })));
    }

    #[test]
    fn a_policy_that_cannot_be_read_cannot_be_judged() {
        let topic = json!({ "TopicArn": TOPIC, "Policy": "{", "OfBudgets": true });
        let cannot = cannot_judge(&CHECK, json!({ "topics": { "items": [topic] } }));
        assert!(cannot.because.starts_with("its policy cannot be read"), "{cannot:?}");
    }
}
