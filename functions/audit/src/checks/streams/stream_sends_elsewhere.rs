//! A stream sends images or notifications to somebody else.

use policy::{Context, Pattern, Syntax};

use crate::check::{CannotJudge, Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::StreamTargets;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "stream-sends-elsewhere",
    group: Group::Streams,
    severity: Severity::High,
    title: "A stream sends images or notifications to somebody else",
    why: "A stream that makes images writes them to a bucket, and tells a topic of each new one. Whoever owns that \
          bucket or topic sees what the camera sees, without ever asking for a stream.",
    remedy: "Set the destination to a bucket and a topic of your own with `aws kinesisvideo \
             update-image-generation-configuration` and `update-notification-configuration`. Where they are meant, \
             name the account in `trustedAccounts` and the bucket in `buckets` under `expect:` in audit.yaml.",
    reference: "https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/images.html",
    frameworks: &["NIST.800-53.r5 AC-4"],
    judge: Judge::StreamTargets(judge),
};

fn judge(world: &World<'_>, targets: &StreamTargets) -> Judged {
    let topic = targets.notifications.get().map_err(CannotJudge::from).and_then(|topic| match topic.as_deref() {
        Some(topic) => foreign_topic(world, topic),
        None => Ok(None),
    });
    // Names of buckets tell no account: without a list of our own there is nothing to judge.
    let bucket = match world.expect.buckets.as_slice() {
        [] => Ok(None),
        known => targets.images.get().map(|images| foreign_bucket(known, images.as_deref())).map_err(CannotJudge::from),
    };
    let (found, unseen): (Vec<_>, Vec<_>) = [topic, bucket].into_iter().partition(Result::is_ok);
    let found: Vec<(String, String)> = found.into_iter().filter_map(Result::ok).flatten().collect();
    if found.is_empty() {
        return unseen.into_iter().find_map(Result::err).map_or(Ok(None), Err);
    }
    let (what, settings): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    let stream = targets.stream_arn.split('/').nth(1).unwrap_or(&targets.stream_arn);
    let problem = Problem::new(format!("stream `{stream}` sends {}", what.join(" and ")));
    Ok(Some(settings.into_iter().fold(problem, Problem::proven)))
}

/// What is sent where, and the setting.
type Sent = (String, String);

fn foreign_topic(world: &World<'_>, topic: &str) -> Result<Option<Sent>, CannotJudge> {
    let account = topic.strip_prefix("arn:").and_then(|arn| arn.split(':').nth(3));
    let account = account.ok_or_else(|| CannotJudge::new(format!("`{topic}` is no ARN of a topic")))?;
    let sent = format!("notifications to account `{account}`, which is not trusted");
    Ok((!world.trusts(account)).then(|| (sent, format!("its notification destination is `{topic}`"))))
}

fn foreign_bucket(known: &[String], images: Option<&str>) -> Option<Sent> {
    let images = images?;
    let path = images.strip_prefix("s3://").unwrap_or(images);
    let bucket = path.split('/').next().unwrap_or(path);
    let matches = |text: &String| {
        Pattern::parse(text, Syntax::WILDCARDS).is_ok_and(|pattern| pattern.matches(bucket, Context::EMPTY))
    };
    let sent = format!("images to bucket `{bucket}`, which is not among those that are expected");
    (!known.iter().any(matches)).then(|| (sent, format!("its image destination is `{images}`")))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, fine_as, problem, problem_as};

    const STREAM: &str = "arn:aws:kinesisvideo:us-east-1:123456789012:stream/gate/1700000000000";

    fn targets(images: &Value, notifications: &Value) -> Value {
        let targets = json!({ "StreamARN": STREAM, "Images": images, "Notifications": notifications });
        json!({ "streamTargets": { "items": [targets] } })
    }

    #[test]
    fn a_topic_of_another_account_is_found_also_when_the_rest_is_not_known() {
        let topic = json!("arn:aws:sns:us-east-1:444455556666:motion");
        let problem = problem(&CHECK, targets(&json!({ "couldNotCheck": denied("x:Y") }), &topic));
        let expected = "stream `gate` sends notifications to account `444455556666`, which is not trusted";
        assert_eq!(problem.sentence, expected);
    }

    #[test]
    fn a_bucket_that_nobody_expects_is_found() {
        let expect = json!({ "buckets": ["our-*"] });
        let problem = problem_as(&CHECK, targets(&json!("s3://theirs/our-x"), &json!(null)), expect.clone());
        assert!(problem.sentence.starts_with("stream `gate` sends images to bucket `theirs`"), "{problem:?}");
        fine_as(&CHECK, targets(&json!("s3://our-images/gate"), &json!(null)), expect);
    }

    #[test]
    fn buckets_are_not_judged_when_none_is_named() {
        let own = json!("arn:aws:sns:us-east-1:123456789012:motion");
        fine(&CHECK, targets(&json!("s3://whoever"), &own));
    }

    #[test]
    fn what_was_not_read_is_not_fine() {
        let unseen = json!({ "couldNotCheck": denied("kinesisvideo:DescribeNotificationConfiguration") });
        let cannot = cannot_judge(&CHECK, targets(&json!(null), &unseen));
        assert_eq!(cannot.permission.as_deref(), Some("kinesisvideo:DescribeNotificationConfiguration"));
    }
}
