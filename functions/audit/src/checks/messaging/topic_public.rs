//! A topic lets strangers in.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::Topic;
use crate::openness::{named, strangers};
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "topic-public",
    group: Group::Messaging,
    severity: Severity::High,
    title: "A topic lets in anyone or an account that is not trusted",
    why: "Who may subscribe reads every alert and learns what was found; who may publish sends alerts that are none, \
          or so many that nobody looks any more.",
    remedy: "Name in the topic's policy who needs it, or ask of everyone else for a condition such as \
             `\"StringEquals\": {\"aws:PrincipalAccount\": \"<account>\"}`. Accounts that are as good as yours belong \
             under `trustedAccounts` in `audit.yaml`.",
    reference: "https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html",
    frameworks: &["NIST.800-53.r5 AC-3", "NIST.800-53.r5 AC-6", "FSBP SNS.4"],
    judge: Judge::Topic(judge),
};

fn judge(world: &World<'_>, topic: &Topic) -> Judged {
    let strangers = strangers(world, &topic.policy, &["sns:*"], &topic.topic_arn)?;
    if strangers.is_empty() {
        return Ok(None);
    }
    let problem = Problem::new(format!("topic `{}` lets in {}", topic.topic_arn, named(&strangers)));
    Ok(Some(problem.with(strangers.into_iter().map(|stranger| stranger.proof))))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, document, fine, fine_as, problem};

    const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:alerts";

    fn topic(principal: &Value, condition: &Value) -> Value {
        let policy =
            document(json!({ "Effect": "Allow", "Principal": principal, "Action": ["sns:Publish", "sns:Subscribe"],
                                      "Resource": TOPIC, "Condition": condition }));
        json!({ "topics": { "items": [{ "TopicArn": TOPIC, "Policy": policy }] } })
    }

    #[test]
    fn a_topic_for_everyone_is_told_with_a_request() {
        let problem = problem(&CHECK, topic(&json!("*"), &json!({})));
        assert_eq!(problem.sentence, format!("topic `{TOPIC}` lets in anyone"));
        assert!(problem.proofs[0].request.is_some());
    }

    #[test]
    fn the_policy_that_aws_gives_new_topics_is_fine() {
        fine(&CHECK, topic(&json!({ "AWS": "*" }), &json!({ "StringEquals": { "AWS:SourceOwner": "123456789012" } })));
    }

    #[test]
    fn a_trusted_account_is_no_stranger() {
        let theirs = || topic(&json!({ "AWS": "444455556666" }), &json!({}));
        let sentence = format!("topic `{TOPIC}` lets in account `444455556666`");
        assert_eq!(problem(&CHECK, theirs()).sentence, sentence);
        fine_as(&CHECK, theirs(), json!({ "trustedAccounts": ["444455556666"] }));
    }

    #[test]
    fn without_topics_or_with_a_policy_that_is_none_nothing_can_be_said() {
        let denied = denied("sns:GetTopicAttributes");
        let cannot = cannot_judge(&CHECK, json!({ "topics": { "items": [], "couldNotCheck": denied } }));
        assert_eq!(cannot.permission.as_deref(), Some("sns:GetTopicAttributes"));
        let topic = json!({ "TopicArn": TOPIC, "Policy": "{" });
        let cannot = cannot_judge(&CHECK, json!({ "topics": { "items": [topic] } }));
        assert!(cannot.because.starts_with("its policy cannot be read"), "{cannot:?}");
    }
}
