//! A topic sends its messages over plain HTTP.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::{Subscription, Topic};
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "topic-http-subscription",
    group: Group::Transit,
    severity: Severity::Medium,
    title: "A topic sends its messages over plain HTTP",
    why: "Whoever is on the way reads what the topic tells, about cameras and findings, and can confirm or answer in \
          the subscriber's place.",
    remedy: "Let the subscriber listen on HTTPS, subscribe it with `aws sns subscribe --topic-arn <topic> --protocol \
             https --notification-endpoint https://…`, and take the old one away with `aws sns unsubscribe`.",
    reference: "https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html",
    frameworks: &["NIST.800-53.r5 SC-8"],
    judge: Judge::Topic(judge),
};

fn judge(_world: &World<'_>, topic: &Topic) -> Judged {
    let plain = |one: &&Subscription| one.protocol.eq_ignore_ascii_case("http");
    let plain: Vec<&str> = topic.subscriptions.get()?.iter().filter(plain).map(|one| one.endpoint.as_str()).collect();
    if plain.is_empty() {
        return Ok(None);
    }
    let problem = Problem::new(format!("topic `{}` sends over plain HTTP to {}", topic.topic_arn, some(&plain)));
    Ok(Some(problem.proven(format!("the protocol of {} subscriptions is `http`", plain.len()))))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, problem};

    fn topic(subscriptions: &Value) -> Value {
        let arn = "arn:aws:sns:us-east-1:123456789012:alerts";
        json!({ "topics": { "items": [{ "TopicArn": arn, "Subscriptions": subscriptions }] } })
    }

    #[test]
    fn a_subscriber_over_http_is_told() {
        let subscriptions = json!([{ "Protocol": "http", "Endpoint": "http://example.com/alerts" }]);
        let problem = problem(&CHECK, topic(&subscriptions));
        let sentence = "topic `arn:aws:sns:us-east-1:123456789012:alerts` sends over plain HTTP to \
                        `http://example.com/alerts`";
        assert_eq!(problem.sentence, sentence);
    }

    #[test]
    fn https_and_mail_are_no_plain_http() {
        fine(
            &CHECK,
            topic(&json!([
                { "Protocol": "https", "Endpoint": "https://example.com/alerts" },
                { "Protocol": "email", "Endpoint": "http@example.com" },
            ])),
        );
    }

    #[test]
    fn subscriptions_that_were_not_read_cannot_be_judged() {
        let missing = json!({ "couldNotCheck": denied("sns:ListSubscriptionsByTopic") });
        assert_eq!(cannot_judge(&CHECK, topic(&missing)).permission.as_deref(), Some("sns:ListSubscriptionsByTopic"));
    }
}
