//! An access key of a user puts or gets video.

use policy::Allowance;

use super::{Owner, owner, title};
use crate::check::{CannotJudge, Check, Group, Judge, Judged, Problem, Severity};
use crate::footage::FOOTAGE;
use crate::identity::proofs;
use crate::inventory::AccessKey;
use crate::wording::some;
use crate::world::World;

/// The action that sends video.
const SENDING: &str = "kinesisvideo:PutMedia";

pub(super) const CHECK: Check = Check {
    id: "user-key-touches-video",
    group: Group::LongTermKeys,
    severity: Severity::High,
    title: "An access key that never ends can put or get video",
    why: "An access key works until somebody deactivates it, for whoever has a copy: out of a camera, a script or a \
          repository. Cameras get credentials for an hour by a role alias, and people and programs by a role.",
    remedy: "Let cameras use a role alias and programs a role. Then deactivate the key with `aws iam update-access-key \
             --user-name <user> --access-key-id <id> --status Inactive`, see that nothing breaks, and delete it.",
    reference: "https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/security-best-practices.html",
    frameworks: &[],
    judge: Judge::AccessKey(judge),
};

fn judge(world: &World<'_>, key: &AccessKey) -> Judged {
    if !key.active {
        return Ok(None);
    }
    let owner = owner(world, key)?;
    let mut actions: Vec<&str> = vec![SENDING];
    actions.extend(FOOTAGE);
    let Owner::User(user) = &owner else {
        let problem = Problem::new(format!("{} can do everything, with video too{}", title(key, &owner), used(key)));
        return Ok(Some(problem.proven("the root user needs no policy")));
    };
    let identity = user.identity();
    let Some(reach) = &identity.reach else { return Ok(None) };
    let none = Allowance::about(&actions).map_err(|fault| CannotJudge::new(fault.to_string()))?;
    let beyond = reach.beyond(&none);
    if beyond.is_empty() {
        return Ok(None);
    }
    let mut can: Vec<&str> = beyond.iter().map(|excess| excess.action.as_str()).collect();
    // What sends comes first, though it is last in the alphabet.
    can.sort_by_key(|action| (*action != SENDING, *action));
    can.dedup();
    let sentence = format!("{} can put or get video{}: {}", title(key, &owner), used(key), some(&can));
    Ok(Some(Problem::new(sentence).with(proofs(&beyond))))
}

/// When and for what it was last used, where that is known.
fn used(key: &AccessKey) -> String {
    match (&key.last_used, &key.last_used_service) {
        (Some(at), Some(service)) => format!(", and was last used at {at} for `{service}`"),
        (Some(at), None) => format!(", and was last used at {at}"),
        (None, _) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{access_key, cannot_judge, denied, fine, problem, user};

    fn inventory(statement: Value) -> Value {
        json!({ "users": { "items": [user("eve", statement)] }, "accessKeys": { "items": [access_key("eve")] } })
    }

    #[test]
    fn a_key_that_sends_video_is_told_with_its_last_use() {
        let mut inventory = inventory(json!({ "Effect": "Allow", "Action": "kinesisvideo:PutMedia", "Resource": "*" }));
        let key = &mut inventory["accessKeys"]["items"][0];
        key["LastUsed"] = json!("2026-01-02T03:04:05Z");
        key["LastUsedService"] = json!("kinesisvideo");
        let problem = problem(&CHECK, inventory);
        assert_eq!(
            problem.sentence,
            "access key 1 of user `eve` can put or get video, and was last used at 2026-01-02T03:04:05Z for \
             `kinesisvideo`: `kinesisvideo:PutMedia`"
        );
        assert_eq!(problem.proofs[0].request.as_ref().unwrap()["action"], "kinesisvideo:PutMedia");
    }

    #[test]
    fn administrators_can_watch_too() {
        let problem = problem(&CHECK, inventory(json!({ "Effect": "Allow", "Action": "*", "Resource": "*" })));
        assert!(problem.sentence.contains("video: `kinesisvideo:PutMedia`"), "{problem:?}");
    }

    #[test]
    fn the_root_users_key_can_do_everything() {
        let mut key = access_key("root");
        key["UserArn"] = json!("arn:aws:iam::123456789012:root");
        let problem = problem(&CHECK, json!({ "accessKeys": { "items": [key] } }));
        assert!(problem.sentence.starts_with("access key 1 of the root user can do everything"), "{problem:?}");
    }

    #[test]
    fn to_list_streams_is_neither_to_put_nor_to_get() {
        let listing = json!(["kinesisvideo:ListStreams", "kinesisvideo:DescribeStream"]);
        fine(&CHECK, inventory(json!({ "Effect": "Allow", "Action": listing, "Resource": "*" })));
    }

    #[test]
    fn without_the_users_policies_nothing_can_be_said() {
        let mut inventory = inventory(json!([]));
        inventory["users"] = json!({ "items": [], "couldNotCheck": denied("iam:GetAccountAuthorizationDetails") });
        let cannot = cannot_judge(&CHECK, inventory);
        assert_eq!(cannot.permission.as_deref(), Some("iam:GetAccountAuthorizationDetails"));
    }

    #[test]
    fn a_user_that_is_not_listed_cannot_be_judged() {
        let mut inventory = inventory(json!([]));
        inventory["accessKeys"]["items"][0] = access_key("adam");
        assert!(cannot_judge(&CHECK, inventory).because.contains("user/adam"));
    }
}
