//! Somebody may lose the recorded video of all streams.

use crate::any_stream::on_any;
use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::footage::LOSING;
use crate::identity::Identity;
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "viewer-can-destroy",
    group: Group::Viewers,
    severity: Severity::Medium,
    title: "The recorded video of all streams may be lost",
    why: "Deleting a stream, keeping it for a shorter time, or changing how it is stored loses what was recorded. \
          Whoever does not administer streams needs none of it, and nothing brings the video back.",
    remedy: "Take `kinesisvideo:DeleteStream`, `kinesisvideo:UpdateDataRetention` and \
             `kinesisvideo:UpdateStreamStorageConfiguration` away, or allow them on named streams. Name who is meant to \
             do it under `administrators` in audit.yaml.",
    reference: "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesisvideostreams.html",
    frameworks: &["NIST.800-53.r5 AC-6"],
    judge: Judge::Identity(judge),
};

fn judge(world: &World<'_>, identity: &Identity<'_>) -> Judged {
    if identity.is_camera() || identity.is_administrator() || identity.is_named_by(&world.expect.administrators) {
        return Ok(None);
    }
    let found = on_any(world, identity, &LOSING)?;
    if found.actions.is_empty() {
        return Ok(None);
    }
    let (title, streams, actions) = (identity.title(), found.streams(), some(&found.actions));
    let sentence = format!("{title} may lose the recorded video of {streams}: {actions}");
    Ok(Some(Problem::new(sentence).with(found.proofs)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, fine, fine_as, problem, role};

    fn may(action: &str, resource: &str) -> Value {
        let role =
            role("jobs", "lambda.amazonaws.com", json!({ "Effect": "Allow", "Action": action, "Resource": resource }));
        json!({ "roles": { "items": [role] }, "users": { "items": [] } })
    }

    #[test]
    fn who_may_delete_any_stream_may_lose_its_video() {
        let problem = problem(&CHECK, may("kinesisvideo:*", "*"));
        assert!(problem.sentence.starts_with("role `jobs` may lose the recorded video of all streams"), "{problem:?}");
        assert_eq!(problem.proofs[0].request.as_ref().unwrap()["action"], "kinesisvideo:DeleteStream");
    }

    #[test]
    fn creating_streams_loses_none() {
        fine(&CHECK, may("kinesisvideo:CreateStream", "*"));
        fine(&CHECK, may("kinesisvideo:DeleteStream", "arn:aws:kinesisvideo:*:*:stream/trial-*"));
    }

    #[test]
    fn who_is_meant_to_administer_may() {
        fine_as(&CHECK, may("kinesisvideo:*", "*"), json!({ "administrators": ["*:role/jobs"] }));
    }

    #[test]
    fn without_its_managed_policy_nothing_can_be_said() {
        let mut inventory = may("kinesisvideo:*", "*");
        inventory["roles"]["items"][0]["AttachedManagedPolicies"] =
            json!([{ "PolicyName": "p", "PolicyArn": "arn:aws:iam::123456789012:policy/p" }]);
        cannot_judge(&CHECK, inventory);
    }
}
