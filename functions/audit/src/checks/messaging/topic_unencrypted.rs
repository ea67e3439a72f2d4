//! A topic's messages lie unencrypted.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::Topic;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "topic-unencrypted",
    group: Group::Messaging,
    severity: Severity::Low,
    title: "A topic does not encrypt its messages with a key",
    why: "Until they are delivered, messages lie in SNS without a key of KMS: nothing but the topic's policy keeps \
          them. Alarms and rules publish to an encrypted topic only when its key is the customer's and its policy \
          lets them, so kvs-warden's own topics are told of only with `customerKeys: true` in `audit.yaml`.",
    remedy: "Make a key whose policy lets the services that publish use `kms:GenerateDataKey*` and `kms:Decrypt`, then \
             run `aws sns set-topic-attributes --topic-arn <topic> --attribute-name KmsMasterKeyId --attribute-value \
             <key>`.",
    reference: "https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html",
    // AWS took SNS.1 out of its Foundational Security Best Practices in 2024.
    frameworks: &["NIST.800-53.r5 SC-28"],
    judge: Judge::Topic(judge),
};

#[expect(clippy::unnecessary_wraps, reason = "as all judges answer")]
fn judge(world: &World<'_>, topic: &Topic) -> Judged {
    let expected = world.expect.customer_keys || !topic.own;
    if !expected || topic.kms_master_key_id.as_ref().is_some_and(|key| !key.is_empty()) {
        return Ok(None);
    }
    let problem = Problem::new(format!("topic `{}` does not encrypt its messages with a key", topic.topic_arn));
    Ok(Some(problem.proven("`KmsMasterKeyId` is not set")))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, problem, problem_as};

    fn topic(own: bool, key: Option<&str>) -> Value {
        let arn = "arn:aws:sns:us-east-1:123456789012:alerts";
        json!({ "topics": { "items": [{ "TopicArn": arn, "Own": own, "KmsMasterKeyId": key }] } })
    }

    #[test]
    fn a_topic_without_a_key_is_told() {
        let sentence = "topic `arn:aws:sns:us-east-1:123456789012:alerts` does not encrypt its messages with a key";
        assert_eq!(problem(&CHECK, topic(false, None)).sentence, sentence);
        assert_eq!(problem_as(&CHECK, topic(true, None), json!({ "customerKeys": true })).sentence, sentence);
    }

    #[test]
    fn a_topic_with_a_key_is_fine_and_our_own_may_do_without() {
        fine(&CHECK, topic(false, Some("alias/aws/sns")));
        fine(&CHECK, topic(true, None));
    }

    #[test]
    fn without_the_list_of_topics_nothing_can_be_said() {
        let denied = denied("sns:GetTopicAttributes");
        let cannot = cannot_judge(&CHECK, json!({ "topics": { "items": [], "couldNotCheck": denied } }));
        assert_eq!(cannot.permission.as_deref(), Some("sns:GetTopicAttributes"));
    }
}
