//! Somebody may watch all streams who is not expected to.

use crate::any_stream::on_any;
use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::footage::pictures;
use crate::identity::Identity;
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "footage-of-all-streams",
    group: Group::Viewers,
    severity: Severity::High,
    title: "The video of all streams may be watched",
    why: "Whoever gets hold of this identity sees what every camera sees, also of cameras that come later. Wide roles for \
          reading, such as AWS's `ReadOnlyAccess`, read video as well.",
    remedy: "Name the streams in the resource, as `arn:aws:kinesisvideo:*:*:stream/lobby-*`, or ask for a tag with \
             `aws:ResourceTag/…`. Name who is meant to watch everything under `viewers` in audit.yaml.",
    reference: "https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/how-iam.html",
    frameworks: &["NIST.800-53.r5 AC-6", "NIST.800-53.r5 AC-3"],
    judge: Judge::Identity(judge),
};

fn judge(world: &World<'_>, identity: &Identity<'_>) -> Judged {
    if identity.is_camera() || identity.is_administrator() || identity.is_named_by(&world.expect.viewers) {
        return Ok(None);
    }
    let (actions, proofs) = on_any(world, identity, &pictures());
    if actions.is_empty() {
        return Ok(None);
    }
    let sentence = format!("{} may watch the video of all streams: {}", identity.title(), some(&actions));
    Ok(Some(Problem::new(sentence).with(proofs)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, fine, fine_as, problem, user};

    fn watching(resource: &Value) -> Value {
        let user = user("alice", json!({ "Effect": "Allow", "Action": "kinesisvideo:GetMedia", "Resource": resource }));
        json!({ "roles": { "items": [] }, "users": { "items": [user] } })
    }

    #[test]
    fn a_star_is_all_streams() {
        let problem = problem(&CHECK, watching(&json!("*")));
        assert_eq!(problem.sentence, "user `alice` may watch the video of all streams: `kinesisvideo:GetMedia`");
        let request = problem.proofs[0].request.as_ref().unwrap();
        assert_eq!(request["resource"], "arn:aws:kinesisvideo:us-east-1:123456789012:stream/kvs-warden/1700000000000");
    }

    #[test]
    fn streams_of_a_prefix_are_not() {
        fine(&CHECK, watching(&json!("arn:aws:kinesisvideo:*:*:stream/lobby-*")));
        fine(&CHECK, watching(&json!("arn:aws:kinesisvideo:*:*:stream/${aws:username}-*")));
    }

    #[test]
    fn who_is_meant_to_watch_may() {
        let expect = json!({ "viewers": ["arn:aws:iam::*:user/alice"] });
        fine_as(&CHECK, watching(&json!("*")), expect);
    }

    #[test]
    fn without_its_managed_policy_nothing_can_be_said() {
        let mut inventory = watching(&json!("*"));
        inventory["users"]["items"][0]["AttachedManagedPolicies"] =
            json!([{ "PolicyName": "p", "PolicyArn": "arn:aws:iam::123456789012:policy/p" }]);
        cannot_judge(&CHECK, inventory);
    }
}
