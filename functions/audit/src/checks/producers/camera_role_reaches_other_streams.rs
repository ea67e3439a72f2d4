//! A camera's role reaches the streams of other cameras.

use crate::camera_sessions::actions_of;
use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::identity::{Identity, proofs};
use crate::own_streams::looks;
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "camera-role-reaches-other-streams",
    group: Group::Producers,
    severity: Severity::Critical,
    title: "A camera's role reaches the streams of other cameras",
    why: "Whoever opens one camera has its certificate and the credentials of its role. With this role they can send \
          their own pictures in the name of any other camera, and nobody can tell afterwards which video is true.",
    remedy: "In the statements that are named, let the resource be \
             `arn:aws:kinesisvideo:*:*:stream/${credentials-iot:ThingName}/*`, and name each stream as its thing. A role \
             for one camera may name that camera's stream instead.",
    reference: "https://docs.aws.amazon.com/iot/latest/developerguide/authorizing-direct-aws.html",
    frameworks: &["NIST.800-53.r5 AC-6", "NIST.800-53.r5 AC-3"],
    judge: Judge::VideoRole(judge),
};

fn judge(world: &World<'_>, role: &Identity<'_>) -> Judged {
    let looks = looks(world, role)?;
    for look in looks.all {
        let beyond = look.far();
        if !beyond.is_empty() {
            let actions = some(&actions_of(&beyond));
            let sentence = format!("{} lets one camera act on the streams of others: {actions}", role.title());
            return Ok(Some(Problem::new(sentence).with(proofs(&beyond))));
        }
    }
    looks.whole.map(|()| None)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{camera_role, cannot_judge, denied, fine, fine_as, problem, problem_as};

    fn putting(resources: &Value) -> Value {
        let role = camera_role(json!({ "Effect": "Allow", "Action": "kinesisvideo:PutMedia", "Resource": resources }));
        json!({ "roles": { "items": [role] } })
    }

    #[test]
    fn every_stream_is_more_than_its_own() {
        let problem = problem(&CHECK, putting(&json!("arn:aws:kinesisvideo:*:*:stream/*")));
        assert!(problem.sentence.starts_with("role `camera` lets one camera act"), "{problem:?}");
        let request = problem.proofs[0].request.as_ref().unwrap();
        assert_eq!(request["resource"], "arn:aws:kinesisvideo:eu-west-1:123456789012:stream/gate-south/1700000000000");
    }

    #[test]
    fn its_own_stream_is_that_of_its_name_or_the_only_one() {
        for name in ["${credentials-iot:ThingName}", "cam-${credentials-iot:thingname}", "gate"] {
            fine(&CHECK, putting(&json!(format!("arn:aws:kinesisvideo:*:*:stream/{name}/*"))));
        }
    }

    #[test]
    fn a_stream_that_is_not_for_its_own_name_is_shared() {
        let own = "arn:aws:kinesisvideo:*:*:stream/${credentials-iot:ThingName}/*";
        problem(&CHECK, putting(&json!([own, "arn:aws:kinesisvideo:*:*:stream/camera-1/*"])));
        problem(&CHECK, putting(&json!("arn:aws:kinesisvideo:*:*:stream/${credentials-iot:ThingTypeName}/*")));
    }

    #[test]
    fn channels_count_when_cameras_are_meant_to_serve_them() {
        let role = camera_role(json!({ "Effect": "Allow", "Action": "kinesisvideo:ConnectAsMaster", "Resource": "*" }));
        let inventory = json!({ "roles": { "items": [role] } });
        fine(&CHECK, inventory.clone());
        problem_as(
            &CHECK,
            inventory,
            json!({ "cameraActions": ["kinesisvideo:Connect*", "kinesisvideo:ListStreams"] }),
        );
        let listing = camera_role(json!({ "Effect": "Allow", "Action": "kinesisvideo:ListStreams", "Resource": "*" }));
        let inventory = json!({ "roles": { "items": [listing] } });
        fine_as(&CHECK, inventory, json!({ "cameraActions": ["kinesisvideo:ListStreams"] }));
    }

    #[test]
    fn roles_that_were_not_read_cannot_be_judged() {
        let roles = json!({ "items": [], "couldNotCheck": denied("iam:GetAccountAuthorizationDetails") });
        let cannot = cannot_judge(&CHECK, json!({ "roles": roles }));
        assert_eq!(cannot.permission.as_deref(), Some("iam:GetAccountAuthorizationDetails"));
    }
}
