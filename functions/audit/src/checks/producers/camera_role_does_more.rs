//! A camera's role may do more with video than send it.

use super::camera_role_changes_streams::changes;
use super::camera_role_writes_and_reads::sends;
use crate::camera_sessions::{actions_of, allowance, expected_actions, refs, sessions};
use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::footage::FOOTAGE;
use crate::identity::{Identity, proofs};
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "camera-role-does-more",
    group: Group::Producers,
    severity: Severity::High,
    title: "A camera's role may do more with video than send it",
    why: "A camera needs `kinesisvideo:PutMedia`, `kinesisvideo:GetDataEndpoint` and `kinesisvideo:DescribeStream`. \
          Whoever opens one camera has its certificate, and with it whatever else its role allows.",
    remedy: "Allow the three actions by name, on \
             `arn:aws:kinesisvideo:*:*:stream/${credentials-iot:ThingName}/*`, and nothing else of `kinesisvideo`.",
    reference: "https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/security-best-practices.html",
    frameworks: &["NIST.800-53.r5 AC-6"],
    judge: Judge::VideoRole(judge),
};

fn judge(world: &World<'_>, role: &Identity<'_>) -> Judged {
    let (sessions, expected) = (sessions(role), expected_actions(world)?);
    // What changes streams is for another check to say; so is footage, when the role sends video.
    let changes = changes();
    let footage: &[&str] = if sends(&sessions) { &FOOTAGE } else { &[] };
    // Where it may do them is for other checks to say.
    let any: &[&str] = &["*"];
    let allowance = allowance(&["kinesisvideo:*"], &[(&refs(&expected), any), (&refs(&changes), any), (footage, any)])?;
    let beyond = sessions.first_beyond(&allowance)?;
    if beyond.is_empty() {
        return Ok(None);
    }
    let sentence = format!("{} gives cameras more than sending video: {}", role.title(), some(&actions_of(&beyond)));
    Ok(Some(Problem::new(sentence).with(proofs(&beyond))))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{camera_role, cannot_judge, fine, problem, role_alias};

    #[test]
    fn a_wildcard_is_more_than_three_actions() {
        let role = camera_role(json!({ "Effect": "Allow", "Action": "kinesisvideo:*", "Resource": "*" }));
        let problem = problem(&CHECK, json!({ "roles": { "items": [role] } }));
        assert!(problem.sentence.starts_with("role `camera` gives cameras more than sending video"), "{problem:?}");
        let request = problem.proofs[0].request.as_ref().unwrap();
        assert!(request["action"].as_str().unwrap().starts_with("kinesisvideo:"), "{request}");
    }

    #[test]
    fn a_role_that_a_role_alias_names_is_a_cameras_whomever_it_trusts() {
        let mut role = camera_role(json!({ "Effect": "Allow", "Action": "kinesisvideo:*", "Resource": "*" }));
        role["AssumeRolePolicyDocument"]["Statement"] =
            json!({ "Effect": "Allow", "Principal": { "AWS": "222222222222" }, "Action": "sts:AssumeRole" });
        let mut inventory = json!({ "roles": { "items": [role] }, "roleAliases": { "items": [] } });
        fine(&CHECK, inventory.clone());
        inventory["roleAliases"]["items"] = json!([role_alias("camera")]);
        problem(&CHECK, inventory.clone());
        inventory["roleAliases"]["items"] = json!([]);
        inventory["roles"]["items"][0]["AssumeRolePolicyDocument"]["Statement"]["Principal"] = json!({ "AWS": "*" });
        problem(&CHECK, inventory);
    }

    fn if_named(condition: &Value) -> Value {
        let role = camera_role(json!([
            { "Effect": "Allow", "Action": "kinesisvideo:PutMedia", "Resource": "*" },
            { "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition },
        ]));
        json!({ "roles": { "items": [role] } })
    }

    #[test]
    fn a_name_that_is_compared_as_a_number_or_a_date_is_a_name() {
        for (operator, value) in [
            ("NumericLessThan", "5"),
            ("NumericGreaterThanEqualsIfExists", "5"),
            ("ForAnyValue:NumericNotEquals", "5"),
            ("DateLessThan", "2020-01-01T00:00:00Z"),
            ("ForAnyValue:DateGreaterThanIfExists", "2020"),
        ] {
            let mut condition = json!({ operator: { "credentials-iot:ThingName": value } });
            condition["Null"] = json!({ "credentials-iot:ThingName": "false" });
            let problem = problem(&CHECK, if_named(&condition));
            let request = problem.proofs[0].request.as_ref().unwrap();
            assert!(request["context"]["credentials-iot:ThingName"].is_string(), "{operator}: {request}");
        }
    }

    #[test]
    fn a_name_behind_many_others_is_found() {
        let decoys: Vec<String> = (0..100).map(|number| format!("!d{number:02}")).collect();
        let mut inventory = if_named(&json!({ "StringEquals": { "credentials-iot:ThingName": "zz-evil" } }));
        inventory["roles"]["items"][0]["RolePolicyList"][0]["PolicyDocument"]["Statement"][0]["Condition"] =
            json!({ "StringNotEquals": { "credentials-iot:ThingName": decoys } });
        problem(&CHECK, inventory);
    }

    #[test]
    fn a_name_that_several_conditions_together_let_through_is_found() {
        problem(
            &CHECK,
            if_named(&json!({
                "StringLike": { "credentials-iot:ThingName": "ab*" },
                "StringLikeIfExists": { "credentials-iot:ThingName": "*yz" },
            })),
        );
    }

    #[test]
    fn a_role_that_tells_too_many_cameras_apart_cannot_be_judged() {
        let nothing: Vec<Value> = (0..100)
            .map(|number| {
                json!({ "Effect": "Allow", "Action": "kinesisvideo:PutMedia", "Resource": "*",
                "Condition": { "StringEquals": { "credentials-iot:ThingName": format!("gate-{number}") } } })
            })
            .collect();
        let cannot = cannot_judge(&CHECK, json!({ "roles": { "items": [camera_role(json!(nothing))] } }));
        assert!(cannot.because.contains("`credentials-iot:ThingName`"), "{cannot:?}");
    }

    #[test]
    fn the_three_actions_are_what_a_camera_needs() {
        let actions = json!(["kinesisvideo:PutMedia", "kinesisvideo:GetDataEndpoint", "kinesisvideo:DescribeStream"]);
        let role = camera_role(json!({ "Effect": "Allow", "Action": actions, "Resource": "*" }));
        fine(&CHECK, json!({ "roles": { "items": [role] } }));
    }

    #[test]
    fn reading_alone_is_more_than_sending() {
        let role = camera_role(json!({ "Effect": "Allow", "Action": "kinesisvideo:GetMedia", "Resource": "*" }));
        problem(&CHECK, json!({ "roles": { "items": [role] } }));
    }

    #[test]
    fn without_its_managed_policy_nothing_can_be_said() {
        let mut role = camera_role(json!({ "Effect": "Allow", "Action": "kinesisvideo:PutMedia", "Resource": "*" }));
        role["AttachedManagedPolicies"] =
            json!([{ "PolicyName": "p", "PolicyArn": "arn:aws:iam::123456789012:policy/p" }]);
        let denied = json!({ "denied": { "permission": "iam:GetAccountAuthorizationDetails" } });
        let policies = json!({ "items": [], "couldNotCheck": denied });
        let cannot = cannot_judge(&CHECK, json!({ "roles": { "items": [role] }, "managedPolicies": policies }));
        assert_eq!(cannot.permission.as_deref(), Some("iam:GetAccountAuthorizationDetails"));
    }
}
