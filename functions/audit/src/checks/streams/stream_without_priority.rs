//! A stream does not say how much it matters.

use fleet::{PRIORITY_TAG, Priority};

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::Stream;
use crate::world::{World, tag};

pub(super) const CHECK: Check = Check {
    id: "stream-without-priority",
    group: Group::Streams,
    severity: Severity::Low,
    title: "A stream does not say how much it matters",
    why: "When money runs short, streams give way by their tag `kvs-warden:priority`, and only `critical` ones are \
          never touched. A stream without it gives way like any other, also the one at the gate.",
    remedy: "Run `aws kinesisvideo tag-stream --stream-arn <arn> --tags kvs-warden:priority=standard`, with \
             `critical`, `standard` or `low`.",
    reference: "https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/API_TagStream.html",
    frameworks: &[],
    judge: Judge::Stream(judge),
};

fn judge(world: &World<'_>, stream: &Stream) -> Judged {
    let name = &stream.stream_name;
    let priority = tag(world.inventory.tags_of(&stream.stream_arn)?, PRIORITY_TAG);
    let problem = match priority {
        None => Problem::new(format!("stream `{name}` has no priority")).proven(format!("no tag `{PRIORITY_TAG}`")),
        Some(value) => match Priority::parse(value) {
            Ok(_) => return Ok(None),
            Err(fault) => Problem::new(format!("stream `{name}` has a priority that is none: {fault}"))
                .proven(format!("its tag `{PRIORITY_TAG}` is `{value}`")),
        },
    };
    Ok(Some(problem))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, problem};

    fn stream(tags: &Value) -> Value {
        json!({
            "streams": { "items": [{ "StreamName": "gate", "StreamARN": "arn:gate" }] },
            "streamTags": { "items": [{ "ResourceARN": "arn:gate", "Tags": tags }] },
        })
    }

    #[test]
    fn no_tag_and_another_word_are_found() {
        assert_eq!(problem(&CHECK, stream(&json!([]))).sentence, "stream `gate` has no priority");
        let problem = problem(&CHECK, stream(&json!([{ "Key": "kvs-warden:priority", "Value": "Critical" }])));
        assert!(problem.sentence.contains("`Critical`"), "{problem:?}");
    }

    #[test]
    fn each_of_the_three_words_is_fine() {
        for word in ["critical", "standard", "low"] {
            fine(&CHECK, stream(&json!([{ "Key": "kvs-warden:priority", "Value": word }])));
        }
    }

    #[test]
    fn without_tags_nothing_can_be_said() {
        let mut inventory = stream(&json!([]));
        inventory["streamTags"] = json!({ "items": [], "couldNotCheck": denied("tag:GetResources") });
        assert_eq!(cannot_judge(&CHECK, inventory).permission.as_deref(), Some("tag:GetResources"));
    }
}
