//! A camera's thing has no stream of its name.

use fleet::CERTIFICATE_ATTRIBUTE;

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::Thing;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "thing-without-stream",
    group: Group::Certificates,
    severity: Severity::Low,
    title: "A camera has no stream",
    why: "The camera was registered and has nothing to write: its stream was never made, has another name, or was \
          deleted. Its video is lost.",
    remedy: "Create the stream with the thing's name: `aws kinesisvideo create-stream --stream-name <thing> \
             --data-retention-in-hours 24`. If the camera is gone, delete the thing and switch its certificate off.",
    reference: "https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/how-iot.html",
    frameworks: &[],
    judge: Judge::Thing(judge),
};

fn judge(world: &World<'_>, thing: &Thing) -> Judged {
    if !thing.is_camera() || world.stream(&thing.thing_name)?.is_some() {
        return Ok(None);
    }
    let certificate = thing.attributes.get(CERTIFICATE_ATTRIBUTE).map_or("", String::as_str);
    let sentence = format!("camera `{}` has no stream of its name", thing.thing_name);
    Ok(Some(Problem::new(sentence).proven(format!("attribute `{CERTIFICATE_ATTRIBUTE}`: `{certificate}`"))))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{camera_thing, cannot_judge, denied, fine, problem, stream};

    fn inventory(streams: &Value) -> Value {
        json!({ "things": { "items": [camera_thing("gate-north")] }, "streams": streams })
    }

    #[test]
    fn a_camera_that_has_nothing_to_write_is_told() {
        let problem = problem(&CHECK, inventory(&json!({ "items": [stream("gate-south")] })));
        assert_eq!(problem.sentence, "camera `gate-north` has no stream of its name");
    }

    #[test]
    fn a_thing_that_is_no_camera_needs_no_stream() {
        let mut inventory = inventory(&json!({ "items": [] }));
        inventory["things"]["items"][0]["attributes"] = json!({ "model": "lamp" });
        fine(&CHECK, inventory);
    }

    #[test]
    fn without_all_streams_nothing_can_be_said() {
        let streams = json!({ "items": [], "couldNotCheck": denied("kinesisvideo:ListStreams") });
        assert_eq!(cannot_judge(&CHECK, inventory(&streams)).permission.as_deref(), Some("kinesisvideo:ListStreams"));
    }
}
