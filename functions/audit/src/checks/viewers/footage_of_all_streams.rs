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
    let found = on_any(world, identity, &pictures())?;
    if found.actions.is_empty() {
        return Ok(None);
    }
    let sentence = format!("{} may watch the video of {}: {}", identity.title(), found.streams(), some(&found.actions));
    Ok(Some(Problem::new(sentence).with(found.proofs)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, fine_as, problem, stream, user};

    fn watching(resource: &Value) -> Value {
        let user = user("alice", json!({ "Effect": "Allow", "Action": "kinesisvideo:GetMedia", "Resource": resource }));
        json!({ "roles": { "items": [] }, "users": { "items": [user] }, "streams": { "items": [] },
            "streamTags": { "items": [] } })
    }

    fn watching_if(condition: &Value) -> Value {
        let mut inventory = watching(&json!("*"));
        inventory["users"]["items"][0]["UserPolicyList"][0]["PolicyDocument"]["Statement"]["Condition"] =
            condition.clone();
        inventory
    }

    /// `lobby-0` to `lobby-2`, and so many with other names.
    fn with_streams(mut inventory: Value, others: usize) -> Value {
        let names = (0..3).map(|number| format!("lobby-{number}"));
        let names = names.chain((0..others).map(|number| format!("yard-{number}")));
        inventory["streams"]["items"] = names.map(|name| stream(&name)).collect();
        inventory
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
    fn many_prefixes_together_and_one_that_fits_most_names_are_all_streams() {
        let letters = ('a'..='z').map(|letter| format!("arn:aws:kinesisvideo:*:*:stream/{letter}*"));
        problem(&CHECK, watching(&json!(letters.collect::<Vec<_>>())));
        problem(&CHECK, watching(&json!("arn:aws:kinesisvideo:*:*:stream/*-*")));
    }

    #[test]
    fn a_bound_that_more_than_half_of_the_streams_are_within_is_none() {
        let lobby = watching(&json!("arn:aws:kinesisvideo:*:*:stream/lobby-*"));
        let problem = problem(&CHECK, with_streams(lobby.clone(), 2));
        assert_eq!(problem.sentence, "user `alice` may watch the video of most streams: `kinesisvideo:GetMedia`");
        assert!(problem.proofs[0].request.as_ref().unwrap()["resource"].as_str().unwrap().contains("stream/lobby-"));
        fine(&CHECK, with_streams(lobby.clone(), 3));
        // Of three, two are few.
        fine(&CHECK, with_streams(lobby, 0));
    }

    #[test]
    fn a_tag_that_every_stream_has_is_no_bound() {
        problem(&CHECK, watching_if(&json!({ "StringLike": { "aws:ResourceTag/kvs-warden:thing": "*" } })));
        problem(&CHECK, watching_if(&json!({ "Null": { "aws:ResourceTag/kvs-warden:priority": "false" } })));
        fine(&CHECK, watching_if(&json!({ "StringEquals": { "aws:ResourceTag/kvs-warden:thing": "gate" } })));
        let mut inventory = with_streams(watching_if(&json!({ "StringEquals": { "aws:ResourceTag/view": "yes" } })), 1);
        fine(&CHECK, inventory.clone());
        let tagged = (0..3).map(|number| {
            json!({ "Tags": [{ "Key": "view", "Value": "yes" }], "ResourceARN":
            format!("arn:aws:kinesisvideo:us-east-1:123456789012:stream/lobby-{number}/1700000000000") })
        });
        inventory["streamTags"]["items"] = tagged.collect();
        problem(&CHECK, inventory);
    }

    #[test]
    fn a_tag_is_no_bound_for_who_may_put_it_there() {
        let view = json!({ "StringEquals": { "aws:ResourceTag/view": "yes" } });
        let tagging = |condition: &Value| {
            let mut inventory = watching_if(&view);
            inventory["users"]["items"][0]["UserPolicyList"][0]["PolicyDocument"]["Statement"] = json!([
                { "Effect": "Allow", "Action": "kinesisvideo:GetMedia", "Resource": "*", "Condition": view },
                { "Effect": "Allow", "Action": "kinesisvideo:TagStream", "Resource": "*", "Condition": condition },
            ]);
            inventory
        };
        problem(&CHECK, tagging(&json!({})));
        problem(&CHECK, tagging(&json!({ "ForAnyValue:StringEquals": { "aws:TagKeys": ["view", "site"] } })));
        fine(&CHECK, tagging(&json!({ "ForAllValues:StringEquals": { "aws:TagKeys": "site" } })));
    }

    #[test]
    fn without_the_streams_a_bound_that_some_names_are_within_cannot_be_judged() {
        let mut inventory =
            watching(&json!(["arn:aws:kinesisvideo:*:*:stream/a*", "arn:aws:kinesisvideo:*:*:stream/b*"]));
        fine(&CHECK, inventory.clone());
        inventory["streams"] = json!({ "items": [], "couldNotCheck": denied("kinesisvideo:ListStreams") });
        assert_eq!(cannot_judge(&CHECK, inventory).permission.as_deref(), Some("kinesisvideo:ListStreams"));
        let mut inventory = with_streams(watching_if(&json!({ "StringEquals": { "aws:ResourceTag/view": "yes" } })), 1);
        inventory["streamTags"] = json!({ "items": [], "couldNotCheck": denied("tag:GetResources") });
        assert_eq!(cannot_judge(&CHECK, inventory).permission.as_deref(), Some("tag:GetResources"));
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
