//! A queue lets strangers in.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::Queue;
use crate::openness::{named, strangers};
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "queue-public",
    group: Group::Messaging,
    severity: Severity::High,
    title: "A queue lets in anyone or an account that is not trusted",
    why: "What comes out of the queue, kvs-warden acts on. Who may send to it registers cameras or reports changes \
          that never were; who may receive takes events away before they are looked at.",
    remedy: "Name in the queue's policy who needs it. What EventBridge, AWS IoT or SNS send needs a statement for the \
             service with a condition on `aws:SourceArn`, and no other.",
    reference: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html",
    frameworks: &["NIST.800-53.r5 AC-3", "NIST.800-53.r5 AC-6", "FSBP SQS.3"],
    judge: Judge::Queue(judge),
};

fn judge(world: &World<'_>, queue: &Queue) -> Judged {
    // Without a policy, only the account's own people may.
    let Some(policy) = &queue.policy else { return Ok(None) };
    let strangers = strangers(world, policy, &["sqs:*"], &queue.queue_arn)?;
    if strangers.is_empty() {
        return Ok(None);
    }
    let problem = Problem::new(format!("queue `{}` lets in {}", queue.queue_arn, named(&strangers)));
    Ok(Some(problem.with(strangers.into_iter().map(|stranger| stranger.proof))))
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

    fn allow(principal: &Value) -> Value {
        document(json!({ "Effect": "Allow", "Principal": principal, "Action": "sqs:SendMessage", "Resource": QUEUE }))
    }

    #[test]
    fn a_queue_for_everyone_is_told_with_a_request() {
        let problem = problem(&CHECK, queue(&allow(&json!("*"))));
        assert_eq!(problem.sentence, format!("queue `{QUEUE}` lets in anyone"));
        assert_eq!(problem.proofs[0].request.as_ref().unwrap()["action"], "sqs:SendMessage");
    }

    #[test]
    fn a_queue_for_our_own_or_without_a_policy_is_fine() {
        fine(&CHECK, queue(&allow(&json!({ "AWS": "arn:aws:iam::123456789012:role/sender" }))));
        fine(&CHECK, queue(&json!(null)));
    }

    #[test]
    fn without_queues_or_with_a_policy_that_is_none_nothing_can_be_said() {
        let denied = denied("sqs:GetQueueAttributes");
        let cannot = cannot_judge(&CHECK, json!({ "queues": { "items": [], "couldNotCheck": denied } }));
        assert_eq!(cannot.permission.as_deref(), Some("sqs:GetQueueAttributes"));
        let cannot = cannot_judge(&CHECK, queue(&json!("{")));
        assert!(cannot.because.starts_with("its policy cannot be read"), "{cannot:?}");
    }
}
