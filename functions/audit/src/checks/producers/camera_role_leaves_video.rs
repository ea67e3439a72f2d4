//! A camera's role may do something that is not video.

use policy::{Excess, Known, Reach, reach};

use crate::camera_sessions::{actions_of, allowance, refs, sessions};
use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::identity::{Identity, proofs};
use crate::named_values::{NamedValues, named_values};
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "camera-role-leaves-video",
    group: Group::Producers,
    severity: Severity::Medium,
    title: "A camera's role may do something that is not video",
    why: "The credentials of a camera are as safe as the camera's wall. Whatever its role may do in other services, \
          whoever opens the camera may do from anywhere.",
    remedy: "Keep only actions of `kinesisvideo` in the cameras' role. For streams with a key of your own add \
             `kms:GenerateDataKey` on that key, with the condition \
             `\"StringEquals\": {\"kms:ViaService\": \"kinesisvideo.REGION.amazonaws.com\"}`.",
    reference: "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html",
    frameworks: &["NIST.800-53.r5 AC-6"],
    judge: Judge::CameraRole(judge),
};

/// What video with a key of the customer needs, and what is harmless as long as Kinesis Video Streams asks for it.
const KEY_USE: [&str; 2] = ["kms:GenerateDataKey*", "kms:Decrypt"];
const VIA: &str = "kms:ViaService";
/// Services that a key may be used through, and that keep what is secret.
const OTHER_SERVICES: [&str; 6] = ["s3", "secretsmanager", "ssm", "dynamodb", "kinesis", "sqs"];

fn judge(world: &World<'_>, role: &Identity<'_>) -> Judged {
    let expected = refs(&world.expect.camera_actions);
    let any: &[&str] = &["*"];
    let video = allowance(&["*"], &[(&["kinesisvideo:*"], any), (&KEY_USE, any), (&expected, any)])?;
    let sessions = sessions(role);
    let beyond = sessions.first_beyond(&video)?;
    if !beyond.is_empty() {
        return Ok(Some(told(role, &beyond)));
    }
    let keys = allowance(&KEY_USE, &[(&expected, any)])?;
    for session in sessions.all.iter().filter(|session| session.reach.is_beyond(&keys)) {
        let (otherwise, named) = not_for_video(world, role, &session.reach);
        for otherwise in otherwise {
            let beyond = otherwise.beyond(&keys);
            if !beyond.is_empty() {
                return Ok(Some(told(role, &beyond)));
            }
        }
        named.whole()?;
    }
    Ok(None)
}

fn told(role: &Identity<'_>, beyond: &[Excess<'_, '_>]) -> Problem {
    let sentence = format!("{} gives cameras more than video: {}", role.title(), some(&actions_of(beyond)));
    Problem::new(sentence).with(proofs(beyond))
}

/// The session when it uses a key itself, or through another service than Kinesis Video Streams; with the services that
/// its policies name.
fn not_for_video<'g>(world: &World<'_>, role: &Identity<'g>, own: &Reach<'g>) -> (Vec<Reach<'g>>, NamedValues) {
    let others = OTHER_SERVICES.map(|service| format!("{service}.{}.amazonaws.com", world.inventory.taken.region));
    let named = named_values(role.policies, VIA, Vec::new());
    let listed = named.values.iter().filter(|via| !via.starts_with("kinesisvideo.")).cloned();
    let known = own.known();
    let through = others.into_iter().chain(listed).map(|via| known.clone().with(VIA, via));
    let all = std::iter::once(known.clone().without(VIA)).chain(through);
    (all.map(|known: Known| reach(own.principal(), role.policies, &known)).collect(), named)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{camera_role, cannot_judge, denied, fine, problem};

    fn key(condition: &Value) -> Value {
        let arn = "arn:aws:kms:us-east-1:123456789012:key/1";
        let role = camera_role(json!([
            { "Effect": "Allow", "Action": "kinesisvideo:PutMedia", "Resource": "*" },
            { "Effect": "Allow", "Action": "kms:GenerateDataKey", "Resource": arn, "Condition": condition },
        ]));
        json!({ "roles": { "items": [role] } })
    }

    #[test]
    fn another_service_is_not_video() {
        let role = camera_role(json!({ "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*" }));
        let problem = problem(&CHECK, json!({ "roles": { "items": [role] } }));
        assert_eq!(problem.sentence, "role `camera` gives cameras more than video: `sqs:SendMessage`");
        assert_eq!(problem.proofs[0].request.as_ref().unwrap()["action"], "sqs:SendMessage");
    }

    #[test]
    fn a_key_is_for_video_only_by_its_condition() {
        fine(&CHECK, key(&json!({ "StringEquals": { "kms:ViaService": "kinesisvideo.us-east-1.amazonaws.com" } })));
        let problem = problem(&CHECK, key(&json!({ "Bool": { "aws:SecureTransport": "true" } })));
        assert!(problem.sentence.ends_with("more than video: `kms:GenerateDataKey`"), "{problem:?}");
    }

    #[test]
    fn roles_that_were_not_read_cannot_be_judged() {
        let roles = json!({ "items": [], "couldNotCheck": denied("iam:GetAccountAuthorizationDetails") });
        let cannot = cannot_judge(&CHECK, json!({ "roles": roles }));
        assert_eq!(cannot.permission.as_deref(), Some("iam:GetAccountAuthorizationDetails"));
    }
}
