//! A service sends to our queue for strangers.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::Queue;
use crate::openness::{deputies, named};
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "queue-service-for-others",
    group: Group::Messaging,
    severity: Severity::Medium,
    title: "A service of AWS may use a queue for any account",
    why: "EventBridge, SNS or AWS IoT act for whoever sets them up: without a condition on the source, a stranger's \
          rule sends events to kvs-warden's queue, which takes them for what happened here.",
    remedy: "Add `\"Condition\": {\"ArnEquals\": {\"aws:SourceArn\": \"<rule or topic>\"}}` to the service's statement \
             in the queue's policy, or `\"StringEquals\": {\"aws:SourceAccount\": \"<account>\"}`.",
    reference: "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    frameworks: &["NIST.800-53.r5 AC-3"],
    judge: Judge::Queue(judge),
};

fn judge(world: &World<'_>, queue: &Queue) -> Judged {
    let Some(policy) = &queue.policy else { return Ok(None) };
    let open = deputies(world, policy, &["sqs:*"], &queue.queue_arn)?;
    if open.is_empty() {
        return Ok(None);
    }
    let problem = Problem::new(format!("queue `{}` lets in {}", queue.queue_arn, named(&open)));
    Ok(Some(problem.with(open.into_iter().map(|deputy| deputy.proof))))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, document, fine, problem};

    const QUEUE: &str = "arn:aws:sqs:us-east-1:123456789012:changes";

    fn queue(condition: &Value) -> Value {
        let policy = document(json!({ "Effect": "Allow", "Principal": { "Service": "events.amazonaws.com" },
                                      "Action": "sqs:SendMessage", "Resource": QUEUE, "Condition": condition }));
        json!({ "queues": { "items": [{ "QueueArn": QUEUE, "Policy": policy }] } })
    }

    #[test]
    fn rules_of_all_accounts_are_let_in() {
        let problem = problem(&CHECK, queue(&json!({})));
        assert_eq!(problem.sentence, format!("queue `{QUEUE}` lets in anyone for whom `events.amazonaws.com` acts"));
        assert!(problem.proofs[0].request.is_some());
    }

    #[test]
    fn one_rule_of_ours_is_fine() {
        let rule = "arn:aws:events:us-east-1:123456789012:rule/changes";
        fine(&CHECK, queue(&json!({ "ArnEquals": { "aws:SourceArn": rule } })));
    }

    #[test]
    fn a_policy_that_cannot_be_read_cannot_be_judged() {
        let cannot = cannot_judge(&CHECK, json!({ "queues": { "items": [{ "QueueArn": QUEUE, "Policy": "{" }] } }));
        assert!(cannot.because.starts_with("its policy cannot be read"), "{cannot:?}");
    }
}
