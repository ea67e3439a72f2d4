//! A queue's messages lie unencrypted.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::Queue;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "queue-unencrypted",
    group: Group::Messaging,
    severity: Severity::Low,
    title: "A queue does not encrypt its messages",
    why: "Messages lie in a queue for days when nobody fetches them. SQS encrypts new queues by itself and at no cost, \
          so somebody switched it off.",
    remedy: "Run `aws sqs set-queue-attributes --queue-url <url> --attributes SqsManagedSseEnabled=true`, or deploy \
             the stack again with `sam deploy`.",
    reference: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html",
    frameworks: &["NIST.800-53.r5 SC-28", "FSBP SQS.1"],
    judge: Judge::Queue(judge),
};

#[expect(clippy::unnecessary_wraps, reason = "as all judges answer")]
fn judge(_world: &World<'_>, queue: &Queue) -> Judged {
    if queue.sqs_managed_sse_enabled || queue.kms_master_key_id.as_ref().is_some_and(|key| !key.is_empty()) {
        return Ok(None);
    }
    let problem = Problem::new(format!("queue `{}` does not encrypt its messages", queue.queue_arn));
    Ok(Some(problem.proven("`SqsManagedSseEnabled` is false and `KmsMasterKeyId` is not set")))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, problem};

    fn queue(managed: bool, key: Option<&str>) -> Value {
        let arn = "arn:aws:sqs:us-east-1:123456789012:registrations";
        json!({ "queues": { "items": [{ "QueueArn": arn, "SqsManagedSseEnabled": managed, "KmsMasterKeyId": key }] } })
    }

    #[test]
    fn a_queue_with_neither_is_told() {
        let problem = problem(&CHECK, queue(false, None));
        let sentence = "queue `arn:aws:sqs:us-east-1:123456789012:registrations` does not encrypt its messages";
        assert_eq!(problem.sentence, sentence);
    }

    #[test]
    fn either_is_enough() {
        fine(&CHECK, queue(true, None));
        fine(&CHECK, queue(false, Some("alias/aws/sqs")));
    }

    #[test]
    fn without_the_list_of_queues_nothing_can_be_said() {
        let denied = denied("sqs:GetQueueAttributes");
        let cannot = cannot_judge(&CHECK, json!({ "queues": { "items": [], "couldNotCheck": denied } }));
        assert_eq!(cannot.permission.as_deref(), Some("sqs:GetQueueAttributes"));
    }
}
