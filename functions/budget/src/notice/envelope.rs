//! What SQS hands over: a word of our own, or what an SNS topic delivered.

use serde::Deserialize;

use super::{Kind, shown, shown_up_to};

/// A body that has the right form.
pub(super) enum Body {
    /// One of the two words of our own.
    Word(Kind),
    /// What a topic delivered.
    Delivered(Delivery),
}

/// What a topic delivered.
pub(super) struct Delivery {
    /// SNS's id of it.
    pub(super) id: String,
    /// The topic's ARN.
    pub(super) topic: String,
    /// Whether it is about a subscription and no message at all.
    pub(super) is_confirmation: bool,
    /// The subject, which AWS Budgets cuts: a name in it may not be whole.
    pub(super) subject: Option<String>,
    /// When SNS took it.
    pub(super) timestamp: Option<String>,
    /// The text.
    pub(super) message: String,
}

/// All that either form has and that is needed. A key that stands twice is an error.
///
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html>
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Written {
    #[serde(rename = "look")]
    look: Option<String>,
    #[serde(rename = "Type")]
    kind: Option<String>,
    message_id: Option<String>,
    topic_arn: Option<String>,
    subject: Option<String>,
    timestamp: Option<String>,
    message: Option<String>,
}

/// Reads a body, or says what is wrong with it.
pub(super) fn open(body: &str) -> Result<Body, String> {
    // The derived reader would also take a list of the values in order.
    if !body.trim_start().starts_with('{') {
        return Err(malformed("it is no JSON object"));
    }
    let written: Written =
        serde_json::from_str(body).map_err(|error| malformed(&shown_up_to(&error.to_string(), 200)))?;
    match (written.look.as_deref(), written.kind.as_deref()) {
        (Some(_), Some(_)) => Err(malformed("it has both `look` and `Type`")),
        (Some("schedule"), None) => Ok(Body::Word(Kind::Schedule)),
        (Some("continue"), None) => Ok(Body::Word(Kind::Continue)),
        (Some(word), None) => Err(malformed(&format!("`look` is `{}`", shown(word)))),
        (None, None) => Err(malformed("it has neither `look` nor `Type`")),
        (None, Some("Notification")) => written.delivered(false),
        (None, Some("SubscriptionConfirmation" | "UnsubscribeConfirmation")) => written.delivered(true),
        (None, Some(kind)) => Err(malformed(&format!("its `Type` is `{}`", shown(kind)))),
    }
}

impl Written {
    fn delivered(self, is_confirmation: bool) -> Result<Body, String> {
        let missing = |key: &str| malformed(&format!("its `{key}` is missing"));
        Ok(Body::Delivered(Delivery {
            id: self.message_id.ok_or_else(|| missing("MessageId"))?,
            topic: self.topic_arn.ok_or_else(|| missing("TopicArn"))?,
            is_confirmation,
            subject: self.subject,
            timestamp: self.timestamp,
            message: self.message.ok_or_else(|| missing("Message"))?,
        }))
    }
}

fn malformed(what: &str) -> String {
    format!(
        "The message cannot be read: {what}; expected what an SNS topic delivers, in SNS's envelope, or \
         `{{\"look\": \"schedule\"}}` or `{{\"look\": \"continue\"}}`. If the queue's subscription has raw message \
         delivery, switch that off."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(body: &str) -> String {
        let Err(why) = open(body) else { panic!("{body} is taken") };
        why
    }

    #[test]
    fn what_is_wrong_with_a_body_is_said() {
        let deep = "[".repeat(100_000);
        let long = format!("{{\"look\": \"{}\"}}", "x\\n".repeat(100_000));
        let bodies = [
            "",
            "AWS Budget Notification January 28, 2026\n",
            "[\"schedule\", null, null, null, null, null, null]",
            "null",
            "{",
            "{}",
            "{\"look\": null}",
            "{\"look\": \"away\"}",
            "{\"look\": 7}",
            "{\"look\": \"schedule\", \"look\": \"continue\"}",
            "{\"look\": \"schedule\", \"Type\": \"Notification\"}",
            "{\"Type\": \"Broadcast\"}",
            "{\"Type\": \"Notification\", \"MessageId\": \"1\", \"TopicArn\": \"arn\"}",
            "{\"Type\": \"Notification\", \"MessageId\": \"1\", \"TopicArn\": \"arn\", \"TopicArn\": \"other\", \"Message\": \"\"}",
            &deep,
            &long,
        ];
        let told: Vec<_> = bodies
            .iter()
            .map(|body| {
                let why = wrong(body);
                assert!(why.len() < 700 && !why.contains('\n'), "{why}");
                why.split("; expected what").next().unwrap().to_owned()
            })
            .collect();
        insta::assert_snapshot!(told.join("\n"));
        insta::assert_snapshot!(wrong(""));
    }
}
