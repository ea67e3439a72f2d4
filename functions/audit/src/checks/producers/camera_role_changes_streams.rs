//! A camera's role may change, tag or delete streams.

use policy::catalogue::{Level, service};

use crate::camera_sessions::{actions_of, allowance, expected_actions, refs, sessions};
use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::identity::{Identity, proofs};
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "camera-role-changes-streams",
    group: Group::Producers,
    severity: Severity::High,
    title: "A camera's role may change, tag or delete streams",
    why: "Whoever opens one camera can then lose what was recorded, shorten how long it is kept, send its images to a \
          bucket of their own, or take off the tags by which others decide on access. Streams made by cameras also cost.",
    remedy: "Take these actions out of the cameras' role. Let the service that provisions cameras create, tag and \
             configure their streams with a role of its own.",
    reference: "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesisvideostreams.html",
    frameworks: &["NIST.800-53.r5 AC-6"],
    judge: Judge::VideoRole(judge),
};

/// Taking part in a session: these count as writes, and change no stream and no channel.
const OF_SESSIONS: [&str; 6] = [
    "PutMedia",
    "ConnectAsMaster",
    "ConnectAsViewer",
    "JoinStorageSession",
    "JoinStorageSessionAsViewer",
    "SendAlexaOfferToMaster",
];

/// The actions that change streams and signaling channels: all that AWS counts as more than reading, without those of
/// sessions.
pub(super) fn changes() -> Vec<String> {
    let actions = service("kinesisvideo").map(|service| service.actions).unwrap_or_default().iter();
    let changes = actions.filter(|action| match action.level {
        Level::Write | Level::Tagging | Level::Permissions => !OF_SESSIONS.contains(&action.name),
        Level::List | Level::Read => false,
    });
    changes.map(ToString::to_string).collect()
}

fn judge(world: &World<'_>, role: &Identity<'_>) -> Judged {
    let (changes, expected) = (changes(), expected_actions(world)?);
    let allowance = allowance(&refs(&changes), &[(&refs(&expected), &["*"])])?;
    let sessions = sessions(role);
    let beyond = sessions.first_beyond(&allowance)?;
    if beyond.is_empty() {
        return Ok(None);
    }
    let sentence = format!("{} lets cameras change streams: {}", role.title(), some(&actions_of(&beyond)));
    Ok(Some(Problem::new(sentence).with(proofs(&beyond))))
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
    fn deleting_is_a_change() {
        let problem = problem(&CHECK, may(&json!(["kinesisvideo:PutMedia", "kinesisvideo:DeleteStream"])));
        assert_eq!(problem.sentence, "role `camera` lets cameras change streams: `kinesisvideo:DeleteStream`");
        assert_eq!(problem.proofs[0].request.as_ref().unwrap()["action"], "kinesisvideo:DeleteStream");
    }

    #[test]
    fn sending_and_describing_is_none() {
        fine(&CHECK, may(&json!(["kinesisvideo:PutMedia", "kinesisvideo:Describe*", "kinesisvideo:ConnectAsMaster"])));
    }

    #[test]
    fn what_cameras_are_meant_to_do_is_none() {
        let expect = json!({ "cameraActions": ["kinesisvideo:PutMedia", "kinesisvideo:tagstream"] });
        fine_as(&CHECK, may(&json!("kinesisvideo:TagStream")), expect);
    }

    #[test]
    fn changes_are_all_that_is_more_than_reading() {
        let changes = changes();
        for name in ["TagStream", "UpdateDataRetention", "CreateSignalingChannel", "StartEdgeConfigurationUpdate"] {
            assert!(changes.contains(&format!("kinesisvideo:{name}")), "{name}");
        }
        assert!(!changes.contains(&"kinesisvideo:PutMedia".to_owned()));
        let actions = service("kinesisvideo").unwrap().actions;
        assert!(OF_SESSIONS.iter().all(|name| actions.iter().any(|action| action.name == *name)));
    }

    #[test]
    fn roles_that_were_not_read_cannot_be_judged() {
        let roles = json!({ "items": [], "couldNotCheck": denied("iam:GetAccountAuthorizationDetails") });
        let cannot = cannot_judge(&CHECK, json!({ "roles": roles }));
        assert_eq!(cannot.permission.as_deref(), Some("iam:GetAccountAuthorizationDetails"));
    }
}
