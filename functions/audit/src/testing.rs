//! How the tests of checks are written: an inventory as JSON, one check, one answer.

use serde_json::{Value, json};

use crate::check::{CannotJudge, Check, Problem};
use crate::expectations::Expectations;
use crate::inventory::Inventory;
use crate::judge::{Judgement, Open, judge_by};
use crate::world::World;

/// What a check says of an inventory in its saved form, by the expectations that hold when nobody says otherwise.
pub(crate) fn judge(check: &'static Check, inventory: Value) -> Judgement {
    judge_as(check, inventory, json!({}))
}

/// The same by other expectations, as in `audit.yaml`.
pub(crate) fn judge_as(check: &'static Check, inventory: Value, expect: Value) -> Judgement {
    let mut inventory: Inventory = serde_json::from_value(inventory).unwrap();
    inventory.sort();
    let expect: Expectations = serde_json::from_value(expect).unwrap();
    judge_by(&World { inventory: &inventory, expect: &expect }, &Open::default(), std::iter::once(check))
}

/// The one problem that the check finds. Its sentence must name the subject and must not end with a full stop.
pub(crate) fn problem(check: &'static Check, inventory: Value) -> Problem {
    only_problem(judge(check, inventory))
}

/// The same by other expectations.
pub(crate) fn problem_as(check: &'static Check, inventory: Value, expect: Value) -> Problem {
    only_problem(judge_as(check, inventory, expect))
}

fn only_problem(judgement: Judgement) -> Problem {
    assert!(judgement.unjudged.is_empty(), "{:?}", judgement.unjudged);
    let problems: Vec<_> = judgement.problems.into_values().collect();
    let [problem] = problems.try_into().unwrap();
    assert!(!problem.sentence.ends_with('.'), "{}", problem.sentence);
    problem
}

/// The check judges something and finds nothing wrong.
pub(crate) fn fine(check: &'static Check, inventory: Value) {
    only_fine(check, &judge(check, inventory));
}

/// The same by other expectations.
pub(crate) fn fine_as(check: &'static Check, inventory: Value, expect: Value) {
    only_fine(check, &judge_as(check, inventory, expect));
}

fn only_fine(check: &Check, judgement: &Judgement) {
    assert!(judgement.problems.is_empty(), "{:?}", judgement.problems);
    assert!(judgement.unjudged.is_empty(), "{:?}", judgement.unjudged);
    assert!(judgement.judged.contains_key(check.id), "nothing was judged");
}

/// The check finds nothing, since something that it needs was not read.
pub(crate) fn cannot_judge(check: &'static Check, inventory: Value) -> CannotJudge {
    cannot_judge_as(check, inventory, json!({}))
}

/// The same by other expectations.
pub(crate) fn cannot_judge_as(check: &'static Check, inventory: Value, expect: Value) -> CannotJudge {
    let judgement = judge_as(check, inventory, expect);
    assert!(judgement.problems.is_empty(), "{:?}", judgement.problems);
    judgement.unjudged.into_values().next().unwrap()
}

/// `{"denied": …}` as it stands under `couldNotCheck`.
pub(crate) fn denied(permission: &str) -> Value {
    json!({ "denied": { "permission": permission } })
}

/// A role named `camera` that AWS IoT's credentials provider may give to cameras, with one inline policy of one
/// statement or a list of them.
pub(crate) fn camera_role(statement: Value) -> Value {
    role("camera", "credentials.iot.amazonaws.com", statement)
}

/// A role that a service may assume, with one inline policy.
pub(crate) fn role(name: &str, service: &str, statement: Value) -> Value {
    json!({
        "Arn": format!("arn:aws:iam::123456789012:role/{name}"),
        "RoleName": name,
        "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole",
            "Condition": { "StringEquals": { "aws:SourceAccount": "123456789012" } },
        } },
        "RolePolicyList": [{ "PolicyName": "inline", "PolicyDocument": document(statement) }],
    })
}

/// A user with one inline policy.
pub(crate) fn user(name: &str, statement: Value) -> Value {
    json!({
        "Arn": format!("arn:aws:iam::123456789012:user/{name}"),
        "UserName": name,
        "UserPolicyList": [{ "PolicyName": "inline", "PolicyDocument": document(statement) }],
    })
}

/// A policy document of these statements.
#[expect(clippy::needless_pass_by_value, reason = "what `json!` makes is passed on, as to the other builders")]
pub(crate) fn document(statement: Value) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statement })
}

/// An IoT policy named `camera`, attached to one certificate, of one version with these statements.
pub(crate) fn iot_policy(statement: Value) -> Value {
    json!({
        "policyName": "camera",
        "policyArn": "arn:aws:iot:us-east-1:123456789012:policy/camera",
        "versions": [{ "versionId": "1", "isDefaultVersion": true, "policyDocument": document(statement) }],
        "targets": ["arn:aws:iot:us-east-1:123456789012:cert/1f2e"],
    })
}

/// A role alias that points to the role `camera`.
pub(crate) fn role_alias(name: &str) -> Value {
    json!({
        "roleAlias": name,
        "roleAliasArn": format!("arn:aws:iot:us-east-1:123456789012:rolealias/{name}"),
        "roleArn": "arn:aws:iam::123456789012:role/camera",
        "credentialDurationSeconds": 3_600,
    })
}

/// The first access key of a user: active, made when 2026 began, and not known to have been used.
pub(crate) fn access_key(user: &str) -> Value {
    json!({
        "UserArn": format!("arn:aws:iam::123456789012:user/{user}"),
        "Number": 1,
        "Active": true,
        "Created": "2026-01-01T00:00:00Z",
    })
}

/// The active certificate `1f2e`, device's or CA's, with this in it as well.
pub(crate) fn certificate(more: Value) -> Value {
    let mut certificate = json!({
        "certificateId": "1f2e",
        "certificateArn": "arn:aws:iot:us-east-1:123456789012:cert/1f2e",
        "status": "ACTIVE",
    });
    let Value::Object(more) = more else { panic!("{more}") };
    certificate.as_object_mut().unwrap().extend(more);
    certificate
}

/// The thing of a camera that kvs-warden registered.
pub(crate) fn camera_thing(name: &str) -> Value {
    json!({
        "thingName": name,
        "thingArn": format!("arn:aws:iot:us-east-1:123456789012:thing/{name}"),
        "attributes": { "certificateId": "1f2e" },
    })
}

/// A video stream.
pub(crate) fn stream(name: &str) -> Value {
    json!({
        "StreamName": name,
        "StreamARN": format!("arn:aws:kinesisvideo:us-east-1:123456789012:stream/{name}/1700000000000"),
        "Status": "ACTIVE",
        "DataRetentionInHours": 24,
    })
}
