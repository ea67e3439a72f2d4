//! A queue takes or gives messages without TLS.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::Queue;
use crate::plain_http;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "queue-plain-http",
    group: Group::Transit,
    severity: Severity::Low,
    title: "A queue takes or gives messages without TLS",
    why: "SQS also answers over plain HTTP. A program of the account that was set up so sends or fetches events that \
          anybody on the way can read, unless the queue refuses it.",
    remedy: "Add a statement to the queue's policy: `\"Effect\": \"Deny\", \"Principal\": \"*\", \"Action\": \
             \"sqs:*\", \"Resource\": \"<queue>\", \"Condition\": {\"Bool\": {\"aws:SecureTransport\": \"false\"}}`.",
    reference: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html",
    frameworks: &["NIST.800-53.r5 SC-8"],
    judge: Judge::Queue(judge),
};

/// What carries messages.
const ACTIONS: [&str; 2] = ["sqs:SendMessage", "sqs:ReceiveMessage"];

fn judge(world: &World<'_>, queue: &Queue) -> Judged {
    let proof = plain_http::let_through(world, queue.policy.as_ref(), &ACTIONS, &queue.queue_arn)?;
    let sentence = || format!("queue `{}` answers without TLS", queue.queue_arn);
    Ok(proof.map(|proof| Problem::new(sentence()).with([proof])))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, document, fine, problem};

    const QUEUE: &str = "arn:aws:sqs:us-east-1:123456789012:registrations";

    fn queue(policy: &Value) -> Value {
        json!({ "queues": { "items": [{ "QueueArn": QUEUE, "Policy": policy }] } })
    }

    fn encrypted_only(action: &str) -> Value {
        document(json!({ "Effect": "Deny", "Principal": "*", "Action": action, "Resource": QUEUE,
                         "Condition": { "Bool": { "aws:SecureTransport": "false" } } }))
    }

    #[test]
    fn a_queue_without_a_policy_answers_without_tls() {
        let problem = problem(&CHECK, queue(&json!(null)));
        assert_eq!(problem.sentence, format!("queue `{QUEUE}` answers without TLS"));
        assert_eq!(problem.proofs[0].because, "no statement of its policy denies requests without TLS");
    }

    #[test]
    fn a_queue_that_denies_it_is_fine() {
        fine(&CHECK, queue(&encrypted_only("sqs:*")));
    }

    #[test]
    fn to_deny_sending_leaves_fetching() {
        let problem = problem(&CHECK, queue(&encrypted_only("sqs:SendMessage")));
        assert_eq!(problem.proofs[0].request.as_ref().unwrap()["action"], "sqs:ReceiveMessage");
    }

    #[test]
    fn without_the_list_of_queues_nothing_can_be_said() {
        let denied = denied("sqs:GetQueueAttributes");
        let cannot = cannot_judge(&CHECK, json!({ "queues": { "items": [], "couldNotCheck": denied } }));
        assert_eq!(cannot.permission.as_deref(), Some("sqs:GetQueueAttributes"));
    }
}
