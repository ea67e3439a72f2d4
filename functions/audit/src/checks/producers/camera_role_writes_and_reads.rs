//! A camera's role may both send video and read it.

use crate::camera_sessions::{Sessions, actions_of, allowance, expected_actions, refs, sessions};
use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::footage::FOOTAGE;
use crate::identity::{Identity, proofs};
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "camera-role-writes-and-reads",
    group: Group::Producers,
    severity: Severity::High,
    title: "A camera's role may both send video and read it",
    why: "A camera has no need of what was recorded. Whoever takes one from its wall can then also watch what it, or \
          others, saw before.",
    remedy: "Take the actions that read footage out of the cameras' role, and give them to a role for those who watch, \
             which AWS IoT's credentials provider may not assume.",
    reference: "https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/security-best-practices.html",
    frameworks: &["NIST.800-53.r5 AC-5", "NIST.800-53.r5 AC-6"],
    judge: Judge::VideoRole(judge),
};

/// Whether a session may send video to a stream.
pub(super) fn sends(sessions: &Sessions<'_>) -> bool {
    sessions.all.iter().any(|session| session.reach.allowing("kinesisvideo:PutMedia").next().is_some())
}

fn judge(world: &World<'_>, role: &Identity<'_>) -> Judged {
    let expected = expected_actions(world)?;
    let allowance = allowance(&FOOTAGE, &[(&refs(&expected), &["*"])])?;
    let sessions = sessions(role);
    for session in sessions.all.iter().filter(|_| sends(&sessions)) {
        let beyond = session.reach.beyond(&allowance);
        if !beyond.is_empty() {
            let reading = some(&actions_of(&beyond));
            let sentence = format!("{} lets cameras read footage besides sending it: {reading}", role.title());
            return Ok(Some(Problem::new(sentence).with(proofs(&beyond))));
        }
    }
    sessions.whole()?;
    Ok(None)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{camera_role, cannot_judge, denied, fine, fine_as, problem};

    fn may(actions: &Value) -> Value {
        let role = camera_role(json!({ "Effect": "Allow", "Action": actions, "Resource": "*" }));
        json!({ "roles": { "items": [role] } })
    }

    #[test]
    fn a_camera_that_gets_clips_reads() {
        let problem = problem(&CHECK, may(&json!(["kinesisvideo:PutMedia", "kinesisvideo:GetClip"])));
        assert!(problem.sentence.ends_with("besides sending it: `kinesisvideo:GetClip`"), "{problem:?}");
    }

    #[test]
    fn its_endpoint_is_no_footage() {
        fine(&CHECK, may(&json!(["kinesisvideo:PutMedia", "kinesisvideo:GetDataEndpoint"])));
    }

    #[test]
    fn what_cameras_are_meant_to_do_is_fine() {
        let expect = json!({ "cameraActions": ["kinesisvideo:PutMedia", "kinesisvideo:GetImages"] });
        fine_as(&CHECK, may(&json!(["kinesisvideo:PutMedia", "kinesisvideo:GetImages"])), expect);
    }

    #[test]
    fn roles_that_were_not_read_cannot_be_judged() {
        let roles = json!({ "items": [], "couldNotCheck": denied("iam:GetAccountAuthorizationDetails") });
        let cannot = cannot_judge(&CHECK, json!({ "roles": roles }));
        assert_eq!(cannot.permission.as_deref(), Some("iam:GetAccountAuthorizationDetails"));
    }
}
