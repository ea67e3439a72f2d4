//! A camera's role reaches streams whose names begin or end as its own.

use crate::camera_sessions::actions_of;
use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::identity::{Identity, proofs};
use crate::own_streams::{Look, looks};
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "camera-role-prefix-collision",
    group: Group::Producers,
    severity: Severity::High,
    title: "A camera's role reaches streams whose names begin or end as its own",
    why: "The stream's name has a wildcard beside the name of the camera. So the camera `gate` may send video into \
          the stream of the camera `gate-north`, without anybody having meant it.",
    remedy: "End the name of the stream with a slash: `stream/${credentials-iot:ThingName}/*`, not \
             `stream/${credentials-iot:ThingName}*`. Give a camera one stream, whose name has the thing's name in it \
             and no wildcard.",
    reference: "https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/how-iam.html",
    frameworks: &["NIST.800-53.r5 AC-6", "NIST.800-53.r5 AC-3"],
    judge: Judge::VideoRole(judge),
};

fn judge(world: &World<'_>, role: &Identity<'_>) -> Judged {
    let looks = looks(world, role)?;
    // A role that reaches any stream is told of by another check.
    if looks.all.iter().any(Look::goes_far) {
        return Ok(None);
    }
    for look in &looks.all {
        let beyond = look.beyond_own();
        if !beyond.is_empty() {
            let actions = some(&actions_of(&beyond));
            let sentence =
                format!("{} lets a camera act on streams that have its name in theirs: {actions}", role.title());
            return Ok(Some(Problem::new(sentence).with(proofs(&beyond))));
        }
    }
    looks.whole.map(|()| None)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{camera_role, cannot_judge, denied, fine, problem};

    fn on(name: &str) -> Value {
        let arn = format!("arn:aws:kinesisvideo:*:*:stream/{name}");
        let role = camera_role(json!({ "Effect": "Allow", "Action": "kinesisvideo:PutMedia", "Resource": arn }));
        json!({ "roles": { "items": [role] } })
    }

    #[test]
    fn a_star_right_behind_the_name_lets_others_in() {
        let problem = problem(&CHECK, on("${credentials-iot:ThingName}*"));
        let request = problem.proofs[0].request.as_ref().unwrap();
        let stream = request["resource"].as_str().unwrap();
        assert!(stream.contains("stream/camera-1") && !stream.contains("stream/camera-1/"), "{stream}");
    }

    #[test]
    fn a_star_behind_the_slash_does_not() {
        fine(&CHECK, on("${credentials-iot:ThingName}/*"));
    }

    #[test]
    fn what_reaches_any_stream_is_not_told_twice() {
        fine(&CHECK, on("*"));
    }

    #[test]
    fn roles_that_were_not_read_cannot_be_judged() {
        let roles = json!({ "items": [], "couldNotCheck": denied("iam:GetAccountAuthorizationDetails") });
        let cannot = cannot_judge(&CHECK, json!({ "roles": roles }));
        assert_eq!(cannot.permission.as_deref(), Some("iam:GetAccountAuthorizationDetails"));
    }
}
