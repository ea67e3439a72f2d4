//! An access key of somebody in scope is old.

use policy::{Reach, catalogue};

use super::{Owner, owner, title};
use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::AccessKey;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "old-access-key",
    group: Group::LongTermKeys,
    severity: Severity::Medium,
    title: "An access key for video or cameras is old",
    why: "The older a key, the more places have had a copy of it. Told of keys whose users may do anything in \
          `kinesisvideo` or `iot`.",
    remedy: "Replace the key by a role where you can. Else make a second one, move its users over, and deactivate the \
             old one with `aws iam update-access-key --user-name <user> --access-key-id <id> --status Inactive`. Set \
             `keyAgeDays` in `audit.yaml` to the age that you allow.",
    reference: "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html",
    frameworks: &["CIS AWS 3.0 1.14", "FSBP IAM.3", "NIST.800-53.r5 AC-2(1)"],
    judge: Judge::AccessKey(judge),
};

fn judge(world: &World<'_>, key: &AccessKey) -> Judged {
    let most = world.expect.key_age_days;
    if !key.active || key.created.plus_days(i64::from(most)) >= world.now() {
        return Ok(None);
    }
    let owner = owner(world, key)?;
    let in_scope = match &owner {
        Owner::Root => true,
        Owner::User(user) => user.identity().reach.as_ref().is_some_and(has_business),
    };
    if !in_scope {
        return Ok(None);
    }
    let days = key.created.days_until(world.now());
    let sentence = format!("{} is {days} days old, and at most {most} are expected", title(key, &owner));
    Ok(Some(Problem::new(sentence).proven(format!("Created: {}", key.created))))
}

/// Whether somebody may do anything with video or cameras.
fn has_business(reach: &Reach<'_>) -> bool {
    let services = ["kinesisvideo", "iot"].into_iter().filter_map(catalogue::service);
    let mut actions = services.flat_map(|service| service.actions);
    actions.any(|action| reach.allowing(&action.to_string()).next().is_some())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{access_key, cannot_judge, denied, fine, problem, user};

    /// The builder's key was made at the beginning of 2026.
    fn inventory(at: &str, action: &str) -> Value {
        let statement = json!({ "Effect": "Allow", "Action": action, "Resource": "*" });
        json!({
            "taken": { "at": at },
            "users": { "items": [user("eve", statement)] },
            "accessKeys": { "items": [access_key("eve")] },
        })
    }

    #[test]
    fn a_key_of_a_hundred_days_is_told() {
        let problem = problem(&CHECK, inventory("2026-04-11T00:00:00Z", "iot:*"));
        assert_eq!(problem.sentence, "access key 1 of user `eve` is 100 days old, and at most 90 are expected");
    }

    #[test]
    fn ninety_days_are_not_more_than_ninety() {
        fine(&CHECK, inventory("2026-04-01T00:00:00Z", "iot:*"));
    }

    #[test]
    fn old_keys_of_other_services_are_others_business() {
        fine(&CHECK, inventory("2030-01-01T00:00:00Z", "s3:*"));
    }

    #[test]
    fn without_the_users_policies_nothing_can_be_said_of_an_old_key() {
        let mut inventory = inventory("2030-01-01T00:00:00Z", "iot:*");
        inventory["users"] = json!({ "items": [], "couldNotCheck": denied("iam:GetAccountAuthorizationDetails") });
        let cannot = cannot_judge(&CHECK, inventory);
        assert_eq!(cannot.permission.as_deref(), Some("iam:GetAccountAuthorizationDetails"));
    }
}
