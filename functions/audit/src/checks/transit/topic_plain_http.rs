//! A topic takes messages without TLS.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::Topic;
use crate::plain_http;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "topic-plain-http",
    group: Group::Transit,
    severity: Severity::Low,
    title: "A topic takes messages without TLS",
    why: "SNS also answers over plain HTTP. A program of the account that was set up so sends alerts that anybody on \
          the way can read, unless the topic refuses them.",
    remedy: "Add a statement to the topic's policy: `\"Effect\": \"Deny\", \"Principal\": \"*\", \"Action\": \
             \"sns:Publish\", \"Resource\": \"<topic>\", \"Condition\": {\"Bool\": {\"aws:SecureTransport\": \
             \"false\"}}`.",
    reference: "https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html",
    frameworks: &["NIST.800-53.r5 SC-8"],
    judge: Judge::Topic(judge),
};

fn judge(world: &World<'_>, topic: &Topic) -> Judged {
    if !topic.own && !topic.of_budgets {
        return Ok(None);
    }
    let proof = plain_http::let_through(world, Some(&topic.policy), &["sns:Publish"], &topic.topic_arn)?;
    let sentence = || format!("topic `{}` takes messages without TLS", topic.topic_arn);
    Ok(proof.map(|proof| Problem::new(sentence()).with([proof])))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, document, fine, problem};

    const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:alerts";

    fn topic(policy: &Value) -> Value {
        json!({ "topics": { "items": [{ "TopicArn": TOPIC, "Policy": policy, "Own": true }] } })
    }

    fn alarms() -> Value {
        json!({ "Effect": "Allow", "Principal": { "Service": "cloudwatch.amazonaws.com" },
                "Action": "sns:Publish", "Resource": TOPIC })
    }

    fn encrypted_only(action: &str) -> Value {
        json!({ "Effect": "Deny", "Principal": "*", "Action": action, "Resource": TOPIC,
                "Condition": { "Bool": { "aws:SecureTransport": "false" } } })
    }

    #[test]
    fn a_topic_that_denies_nothing_takes_plain_http() {
        let problem = problem(&CHECK, topic(&document(alarms())));
        assert_eq!(problem.sentence, format!("topic `{TOPIC}` takes messages without TLS"));
        let request = problem.proofs[0].request.as_ref().unwrap();
        assert_eq!(request["action"], "sns:Publish");
        assert_eq!(request["context"]["aws:SecureTransport"], "false");
    }

    #[test]
    fn a_topic_that_denies_publishing_without_tls_is_fine() {
        fine(&CHECK, topic(&document(json!([alarms(), encrypted_only("SNS:Publish")]))));
        let mut theirs = topic(&document(alarms()));
        theirs["topics"]["items"][0]["Own"] = json!(false);
        fine(&CHECK, theirs);
    }

    #[test]
    fn a_denial_of_another_action_does_not_help() {
        problem(&CHECK, topic(&document(json!([alarms(), encrypted_only("sns:Subscribe")]))));
    }

    #[test]
    fn a_policy_that_cannot_be_read_cannot_be_judged() {
        let cannot = cannot_judge(&CHECK, topic(&json!("{\"Statement\": 7}")));
        assert!(cannot.because.starts_with("its policy cannot be read"), "{cannot:?}");
    }
}
