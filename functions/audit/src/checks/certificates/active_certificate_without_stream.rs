//! An active certificate belongs to a camera that has no stream.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::CertificateDetail;
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "active-certificate-without-stream",
    group: Group::Certificates,
    severity: Severity::Low,
    title: "An active certificate of a camera without a stream",
    why: "The camera may connect and get credentials, and there is nothing that it could write. Either its stream was \
          deleted, or the camera is gone and its certificate was forgotten.",
    remedy: "Switch the certificate off if the camera is gone: `aws iot update-certificate --certificate-id <id> \
             --new-status INACTIVE`. If not, create its stream with the thing's name.",
    reference: "https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/how-iot.html",
    frameworks: &[],
    judge: Judge::CertificateDetail(judge),
};

fn judge(world: &World<'_>, certificate: &CertificateDetail) -> Judged {
    if !certificate.is_active() {
        return Ok(None);
    }
    let (mut without, mut unknown) = (Vec::new(), None);
    for name in certificate.things.get()? {
        let camera = world.thing(name).map(|thing| thing.is_some_and(crate::inventory::Thing::is_camera));
        let stream =
            camera.and_then(|camera| if camera { world.stream(name).map(|it| it.is_some()) } else { Ok(true) });
        match stream {
            Ok(true) => {}
            Ok(false) => without.push(name),
            Err(missing) => unknown = Some(missing),
        }
    }
    match (without.as_slice(), unknown) {
        ([], Some(missing)) => Err(missing.into()),
        ([], None) => Ok(None),
        (names, _) => {
            let id = &certificate.certificate_id;
            let sentence = format!("certificate `{id}` is active, and there is no stream named {}", some(names));
            Ok(Some(Problem::new(sentence).proven(format!("status `ACTIVE`, things: {}", some(names)))))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{camera_thing, cannot_judge, certificate, denied, fine, problem, stream};

    fn inventory(streams: &Value) -> Value {
        json!({
            "certificateDetails": { "items": [certificate(json!({ "things": ["gate-north"] }))] },
            "things": { "items": [camera_thing("gate-north")] },
            "streams": streams,
        })
    }

    #[test]
    fn a_camera_whose_stream_is_gone_is_told() {
        let problem = problem(&CHECK, inventory(&json!({ "items": [stream("gate-south")] })));
        assert_eq!(problem.sentence, "certificate `1f2e` is active, and there is no stream named `gate-north`");
    }

    #[test]
    fn a_stream_of_that_name_is_enough() {
        fine(&CHECK, inventory(&json!({ "items": [stream("gate-south"), stream("gate-north")] })));
    }

    #[test]
    fn a_thing_that_is_no_camera_needs_no_stream() {
        let mut inventory = inventory(&json!({ "items": [] }));
        inventory["things"]["items"][0]["attributes"] = json!({});
        fine(&CHECK, inventory);
    }

    #[test]
    fn a_stream_that_is_not_in_half_a_list_may_be_in_the_other() {
        let half = json!({ "items": [stream("gate-south")], "couldNotCheck": denied("kinesisvideo:ListStreams") });
        let cannot = cannot_judge(&CHECK, inventory(&half));
        assert_eq!(cannot.permission.as_deref(), Some("kinesisvideo:ListStreams"));
    }
}
