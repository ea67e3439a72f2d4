//! A policy of a user, role or group cannot be read.

use policy::ParseError;

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::identity::{Gathered, Holder, Identity};
use crate::inventory::User;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "unreadable-policy",
    group: Group::Escalation,
    severity: Severity::Medium,
    title: "A policy that is no policy by AWS's grammar",
    why: "Nothing can be said about what its holder may do, so no check judges it. Either the policy does not do what \
          it was written for, or AWS has something new that kvs-warden does not know.",
    remedy: "Mend the policy at the place that is named, and try it with `aws accessanalyzer validate-policy \
             --policy-type IDENTITY_POLICY --policy-document file://policy.json`. If AWS takes it as it is, tell us.",
    reference: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html",
    frameworks: &[],
    judge: Judge::PolicyHolder(judge),
};

fn judge(world: &World<'_>, holder: &Identity<'_>) -> Judged {
    let faults: Vec<(String, ParseError)> = match holder.holder {
        _ if holder.faults.is_empty() => Vec::new(),
        // Of a group's policies the group is told, not each of its members.
        Holder::User(_) => world.user(holder.arn).map_or_else(Vec::new, |user| {
            let alone = User { group_list: Vec::new(), ..user.clone() };
            Gathered::of_user(world.inventory, &alone).identity().faults.to_vec()
        }),
        Holder::Role(_) | Holder::Group(_) => holder.faults.to_vec(),
    };
    let Some((name, fault)) = faults.first() else {
        // What was not read may be no policy either.
        return holder.missing.map_or(Ok(None), |missing| Err(missing.clone()));
    };
    let more = match faults.len().saturating_sub(1) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    let sentence = format!("{} cannot be judged: policy `{name}` is no policy at {fault}{more}", holder.title());
    let proofs = faults.iter().take(5).map(|(name, fault)| format!("policy `{name}`: {fault}"));
    Ok(Some(proofs.fold(Problem::new(sentence), Problem::proven)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{camera_role, cannot_judge, denied, fine, judge, problem, user};

    #[test]
    fn a_statement_without_an_effect_is_told_with_its_place() {
        let role = camera_role(json!({ "Action": "s3:GetObject", "Resource": "*" }));
        let problem = problem(&CHECK, json!({ "roles": { "items": [role] } }));
        assert_eq!(
            problem.sentence,
            "role `camera` cannot be judged: policy `inline` is no policy at `Statement[0]`: `Effect` is missing"
        );
    }

    #[test]
    fn a_groups_policy_is_told_of_the_group_only() {
        let mut eve = user("eve", json!([]));
        eve["GroupList"] = json!(["staff"]);
        let group = json!({ "Arn": "arn:aws:iam::123456789012:group/staff", "GroupName": "staff",
            "GroupPolicyList": [{ "PolicyName": "broken", "PolicyDocument": "{" }] });
        let judgement = judge(&CHECK, json!({ "users": { "items": [eve] }, "groups": { "items": [group] } }));
        let arns: Vec<_> = judgement.problems.into_keys().map(|(_, arn)| arn).collect();
        assert_eq!(arns, ["arn:aws:iam::123456789012:group/staff"]);
    }

    #[test]
    fn a_policy_that_allows_too_much_is_a_policy() {
        let everything = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
        let listed = json!({ "items": [] });
        let roles = json!({ "items": [camera_role(everything)] });
        fine(&CHECK, json!({ "roles": roles, "users": listed, "groups": listed }));
    }

    #[test]
    fn a_managed_policy_that_was_not_read_may_be_none() {
        let mut role = camera_role(json!([]));
        role["AttachedManagedPolicies"] =
            json!([{ "PolicyName": "p", "PolicyArn": "arn:aws:iam::123456789012:policy/p" }]);
        let policies = json!({ "items": [], "couldNotCheck": denied("iam:GetAccountAuthorizationDetails") });
        let cannot = cannot_judge(&CHECK, json!({ "roles": { "items": [role] }, "managedPolicies": policies }));
        assert_eq!(cannot.permission.as_deref(), Some("iam:GetAccountAuthorizationDetails"));
    }
}
