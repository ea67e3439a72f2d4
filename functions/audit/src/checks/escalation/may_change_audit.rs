//! Somebody may blind or mislead this audit.

use policy::{Reach, reach};

use crate::check::{CannotJudge, Check, Group, Judge, Judged, Severity};
use crate::identity::Identity;
use crate::power::{Powers, Things, on, on_any};
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "may-change-audit",
    group: Group::Escalation,
    severity: Severity::High,
    title: "Somebody may blind or mislead this audit",
    why: "Whoever may stop the trail, the rules, the queue or the function, write the table of findings, or replace \
          `audit.yaml` can do everything else unseen.",
    remedy: "Leave these actions to administrators and to the role that deploys kvs-warden. Name those who are meant to \
             have them under `administrators` in `audit.yaml`, or deny them to all others with a service control policy.",
    reference: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html",
    frameworks: &["NIST.800-53.r5 AU-9"],
    judge: Judge::Identity(judge),
};

/// What blinds or misleads the audit, by the kind of its part.
const ON_PARTS: [(&str, &[&str]); 8] = [
    (
        "rule",
        &["events:DisableRule", "events:DeleteRule", "events:PutRule", "events:RemoveTargets", "events:PutTargets"],
    ),
    ("schedule", &["scheduler:UpdateSchedule", "scheduler:DeleteSchedule"]),
    (
        "function",
        &[
            "lambda:UpdateFunctionCode",
            "lambda:UpdateFunctionConfiguration",
            "lambda:DeleteFunction",
            "lambda:PutFunctionConcurrency",
        ],
    ),
    ("queue", &["sqs:PurgeQueue", "sqs:DeleteQueue", "sqs:SetQueueAttributes"]),
    (
        "table",
        &[
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            "dynamodb:DeleteItem",
            "dynamodb:BatchWriteItem",
            "dynamodb:PartiQLInsert",
            "dynamodb:PartiQLUpdate",
            "dynamodb:PartiQLDelete",
            "dynamodb:DeleteTable",
        ],
    ),
    ("bucket-object", &["s3:PutObject", "s3:DeleteObject"]),
    ("alarm", &["cloudwatch:DeleteAlarms", "cloudwatch:DisableAlarmActions", "cloudwatch:PutMetricAlarm"]),
    ("topic", &["sns:DeleteTopic", "sns:SetTopicAttributes", "sns:Unsubscribe"]),
];

/// What cuts a function off from its queue. Asked for on any mapping whose function is the audit's.
const ON_MAPPINGS: [&str; 2] = ["lambda:DeleteEventSourceMapping", "lambda:UpdateEventSourceMapping"];

/// What stops a trail, or makes it record less.
const ON_TRAILS: [&str; 4] =
    ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail", "cloudtrail:PutEventSelectors"];

fn judge(world: &World<'_>, identity: &Identity<'_>) -> Judged {
    let Some(own) = &identity.reach else { return Ok(None) };
    if identity.is_administrator() || identity.is_named_by(&world.expect.administrators) {
        return Ok(None);
    }
    let (parts, trails) = (&world.inventory.own_parts, &world.inventory.trails);
    // What the audit runs as has to write its table.
    if parts.items.iter().any(|part| part.kind == "own-role" && part.arn == identity.arn) {
        return Ok(None);
    }
    let mut powers = Powers::default();
    // A trail of the organization is out of reach for those in a member account.
    let of_account = |arn: &&str| arn.split(':').nth(4) == Some(world.account());
    for trail in trails.items.iter().map(|trail| trail.trail_arn.as_str()).filter(of_account) {
        for action in ON_TRAILS {
            powers.add(action, on(own, action, trail));
        }
    }
    for part in &parts.items {
        let actions = ON_PARTS.iter().find(|(kind, _)| *kind == part.kind).map_or(&[][..], |(_, actions)| actions);
        for action in actions {
            powers.add(action, on(own, action, &part.arn));
        }
        if part.kind == "function" {
            on_mappings(world, own, &part.arn, &mut powers);
        }
    }
    // Most may do none of it to anything, so that it does not matter which parts and trails there are.
    let may_any = |mut actions: std::slice::Iter<'_, &str>| actions.any(|it| own.allowing(it).next().is_some());
    let of_parts = || ON_PARTS.iter().any(|(_, actions)| may_any(actions.iter())) || may_any(ON_MAPPINGS.iter());
    let missing = parts.missing.as_ref().filter(|_| of_parts());
    let missing = missing.or_else(|| trails.missing.as_ref().filter(|_| may_any(ON_TRAILS.iter())));
    match (powers.problem(&format!("{} may blind or mislead this audit", identity.title())), missing) {
        (None, Some(missing)) => Err(CannotJudge::from(missing)),
        (problem, _) => Ok(problem),
    }
}

fn on_mappings(world: &World<'_>, own: &Reach<'_>, function: &str, powers: &mut Powers) {
    let Some(mappings) = Things::of(&world.arn("lambda", "event-source-mapping:")) else { return };
    let known = own.known().clone().with("lambda:FunctionArn", function);
    let of_function = reach(own.principal(), own.policies(), &known);
    for (action, proof) in on_any(&of_function, &ON_MAPPINGS, &mappings) {
        powers.add(action, Some(proof));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, fine_as, problem, role, user};

    const TABLE: &str = "arn:aws:dynamodb:us-east-1:123456789012:table/findings";
    const TRAIL: &str = "arn:aws:cloudtrail:us-east-1:123456789012:trail/all";

    fn eve(statement: Value) -> Value {
        json!({
            "users": { "items": [user("eve", statement)] },
            "roles": { "items": [] },
            "trails": { "items": [{ "Name": "all", "TrailARN": TRAIL }] },
            "ownParts": { "items": [
                { "Kind": "table", "Arn": TABLE, "Faults": [] },
                { "Kind": "function", "Arn": "arn:aws:lambda:us-east-1:123456789012:function:audit", "Faults": [] },
            ] },
        })
    }

    #[test]
    fn who_writes_every_table_writes_the_findings() {
        let statement = json!({ "Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": "*" });
        let problem = problem(&CHECK, eve(statement));
        assert_eq!(problem.sentence, "user `eve` may blind or mislead this audit: `dynamodb:PutItem`");
        assert_eq!(problem.proofs[0].request.as_ref().unwrap()["resource"], TABLE);
    }

    #[test]
    fn a_mapping_of_the_function_is_the_audits() {
        let of = |function: &str| {
            json!({ "Effect": "Allow", "Action": "lambda:*EventSourceMapping", "Resource": "*",
                "Condition": { "ArnEquals": { "lambda:FunctionArn": function } } })
        };
        assert!(problem(&CHECK, eve(of("arn:aws:lambda:*:*:function:audit"))).sentence.contains("DeleteEventSource"));
        fine(&CHECK, eve(of("arn:aws:lambda:*:*:function:web")));
    }

    #[test]
    fn other_tables_are_others_business() {
        let others = json!({ "Effect": "Allow", "Action": "dynamodb:*", "NotResource": TABLE });
        fine(&CHECK, eve(others));
    }

    #[test]
    fn the_role_that_the_audit_runs_as_writes_its_table() {
        let mut inventory = eve(json!([]));
        let own = role(
            "audit",
            "lambda.amazonaws.com",
            json!({ "Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": TABLE }),
        );
        let part = json!({ "Kind": "own-role", "Arn": "arn:aws:iam::123456789012:role/audit", "Faults": [] });
        inventory["roles"]["items"] = json!([own]);
        assert!(problem(&CHECK, inventory.clone()).sentence.starts_with("role `audit`"));
        inventory["ownParts"]["items"][0] = part;
        fine(&CHECK, inventory);
    }

    #[test]
    fn who_is_meant_to_is_not_told() {
        let statement = json!({ "Effect": "Allow", "Action": "cloudtrail:*", "Resource": "*" });
        fine_as(&CHECK, eve(statement), json!({ "administrators": ["*user/eve"] }));
    }

    #[test]
    fn who_may_do_nothing_of_it_is_fine_whatever_the_audit_is_made_of() {
        let mut inventory = eve(json!({ "Effect": "Allow", "Action": "kms:*", "Resource": "*" }));
        inventory["ownParts"] = json!({ "items": [], "couldNotCheck": denied("cloudformation:ListStackResources") });
        inventory["trails"] = json!({ "items": [], "couldNotCheck": denied("cloudtrail:DescribeTrails") });
        fine(&CHECK, inventory.clone());
        inventory["users"]["items"] =
            json!([user("eve", json!({ "Effect": "Allow", "Action": "*:Stop*", "Resource": "*" }))]);
        let cannot = cannot_judge(&CHECK, inventory);
        assert_eq!(cannot.permission.as_deref(), Some("cloudtrail:DescribeTrails"));
    }

    #[test]
    fn without_the_audits_own_parts_nothing_can_be_said() {
        let mut inventory = eve(json!({ "Effect": "Allow", "Action": "dynamodb:*", "Resource": "*" }));
        inventory["ownParts"] = json!({ "items": [], "couldNotCheck": denied("cloudformation:ListStackResources") });
        let cannot = cannot_judge(&CHECK, inventory);
        assert_eq!(cannot.permission.as_deref(), Some("cloudformation:ListStackResources"));
    }
}
