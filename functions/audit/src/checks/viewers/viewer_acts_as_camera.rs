//! Somebody who watches may also send video in the name of any camera.

use crate::any_stream::on_any;
use crate::camera_sessions::allowance;
use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::footage::{SENDING, pictures};
use crate::identity::Identity;
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "viewer-acts-as-camera",
    group: Group::Viewers,
    severity: Severity::Medium,
    title: "Who watches may also send video as any camera",
    why: "Whoever watches and sends can see what a camera shows and put something else in its place. What was recorded \
          then proves nothing.",
    remedy: "Take `kinesisvideo:PutMedia` and `kinesisvideo:ConnectAsMaster` away from those who watch. Name the actions \
             that read video instead of `kinesisvideo:*`.",
    reference: "https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/security-best-practices.html",
    frameworks: &["NIST.800-53.r5 AC-5", "NIST.800-53.r5 AC-6"],
    judge: Judge::Identity(judge),
};

fn judge(world: &World<'_>, identity: &Identity<'_>) -> Judged {
    let Some(reach) = identity.reach.as_ref().filter(|_| !identity.is_camera() && !identity.is_administrator()) else {
        return Ok(None);
    };
    let found = on_any(world, identity, &SENDING)?;
    if found.actions.is_empty() || !reach.is_beyond(&allowance(&pictures(), &[])?) {
        return Ok(None);
    }
    let camera = if found.only_most { "most cameras" } else { "any camera" };
    let (title, actions) = (identity.title(), some(&found.actions));
    let sentence = format!("{title} watches video and may send it as {camera}: {actions}");
    Ok(Some(Problem::new(sentence).with(found.proofs)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, fine, problem, user};

    fn may(actions: &Value) -> Value {
        let user = user("alice", json!({ "Effect": "Allow", "Action": actions, "Resource": "*" }));
        json!({ "roles": { "items": [] }, "users": { "items": [user] } })
    }

    #[test]
    fn who_watches_a_channel_and_serves_it_acts_as_a_camera() {
        let problem = problem(&CHECK, may(&json!(["kinesisvideo:ConnectAsViewer", "kinesisvideo:ConnectAsMaster"])));
        assert!(problem.sentence.ends_with("as any camera: `kinesisvideo:ConnectAsMaster`"), "{problem:?}");
        let request = problem.proofs[0].request.as_ref().unwrap();
        assert_eq!(request["resource"], "arn:aws:kinesisvideo:us-east-1:123456789012:channel/kvs-warden/1700000000000");
    }

    #[test]
    fn who_only_sends_does_not_watch() {
        fine(&CHECK, may(&json!(["kinesisvideo:PutMedia", "kinesisvideo:ListFragments"])));
    }

    #[test]
    fn without_its_managed_policy_nothing_can_be_said() {
        let mut inventory = may(&json!("kinesisvideo:*"));
        inventory["users"]["items"][0]["AttachedManagedPolicies"] =
            json!([{ "PolicyName": "p", "PolicyArn": "arn:aws:iam::123456789012:policy/p" }]);
        cannot_judge(&CHECK, inventory);
    }
}
