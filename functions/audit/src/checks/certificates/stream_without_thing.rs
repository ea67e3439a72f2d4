//! A camera's stream has no thing of its name.

use fleet::THING_TAG;

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::Stream;
use crate::world::{World, tag};

pub(super) const CHECK: Check = Check {
    id: "stream-without-thing",
    group: Group::Certificates,
    severity: Severity::Low,
    title: "A camera's stream has no thing",
    why: "No camera can write it, since the role of cameras names the stream by the thing. It keeps old footage, and \
          whoever registers a thing of this name gets it.",
    remedy: "Delete the stream when its footage is not needed any more: `aws kinesisvideo delete-stream --stream-arn \
             <stream ARN>`. If the camera is still there, register its thing again.",
    reference: "https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/how-iot.html",
    frameworks: &[],
    judge: Judge::Stream(judge),
};

fn judge(world: &World<'_>, stream: &Stream) -> Judged {
    // Streams that are no camera's are none of this check.
    let Some(owner) = tag(world.inventory.tags_of(&stream.stream_arn)?, THING_TAG) else { return Ok(None) };
    if world.thing(&stream.stream_name)?.is_some() {
        return Ok(None);
    }
    let sentence = format!("stream `{}` belongs to a camera, and there is no thing of its name", stream.stream_name);
    Ok(Some(Problem::new(sentence).proven(format!("tag `{THING_TAG}`: `{owner}`"))))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{camera_thing, cannot_judge, denied, fine, problem, stream};

    fn inventory(things: &Value) -> Value {
        let stream = stream("gate-north");
        let tags = json!({ "ResourceARN": stream["StreamARN"], "Tags": [{ "Key": THING_TAG, "Value": "gate-north" }] });
        json!({ "streams": { "items": [stream] }, "streamTags": { "items": [tags] }, "things": things })
    }

    #[test]
    fn a_stream_that_a_camera_left_behind_is_told() {
        let problem = problem(&CHECK, inventory(&json!({ "items": [camera_thing("gate-south")] })));
        assert_eq!(problem.sentence, "stream `gate-north` belongs to a camera, and there is no thing of its name");
    }

    #[test]
    fn a_stream_without_our_tag_is_somebody_elses() {
        let mut inventory = inventory(&json!({ "items": [] }));
        inventory["streamTags"]["items"][0]["Tags"] = json!([{ "Key": "site", "Value": "north" }]);
        fine(&CHECK, inventory);
    }

    #[test]
    fn without_all_things_nothing_can_be_said() {
        let things = json!({ "items": [camera_thing("gate-south")], "couldNotCheck": denied("iot:ListThings") });
        assert_eq!(cannot_judge(&CHECK, inventory(&things)).permission.as_deref(), Some("iot:ListThings"));
    }

    #[test]
    fn without_its_tags_nobody_knows_whose_it_is() {
        let mut inventory = inventory(&json!({ "items": [] }));
        inventory["streamTags"] = json!({ "items": [], "couldNotCheck": denied("tag:GetResources") });
        assert_eq!(cannot_judge(&CHECK, inventory).permission.as_deref(), Some("tag:GetResources"));
    }
}
