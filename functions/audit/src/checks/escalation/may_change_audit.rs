//! Somebody may blind or mislead this audit.

use policy::{Reach, reach};

use crate::check::{CannotJudge, Check, Group, Judge, Judged, Severity};
use crate::identity::Identity;
use crate::own::logical::{AUDIT_ROLE, SWEEP_SCHEDULE_ROLE};
use crate::power::{Powers, Things, on, on_any, tagged, to_role};
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
///
/// Not here: `cloudwatch:PutMetricData`, which every machine with CloudWatch's agent has, and `sns:Subscribe`, which
/// tells more and not less.
const ON_PARTS: [(&str, &[&str]); 9] = [
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
            // Tells it of events that did not happen, or lets others do so.
            "lambda:InvokeFunction",
            "lambda:AddPermission",
        ],
    ),
    ("queue", &ON_QUEUES),
    ("dead-letter-queue", &ON_QUEUES),
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
            "dynamodb:UpdateTable",
            "dynamodb:UpdateTimeToLive",
            "dynamodb:PutResourcePolicy",
        ],
    ),
    ("bucket-object", &["s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"]),
    (
        "alarm",
        &[
            "cloudwatch:DeleteAlarms",
            "cloudwatch:DisableAlarmActions",
            "cloudwatch:PutMetricAlarm",
            "cloudwatch:SetAlarmState",
        ],
    ),
    (
        "topic",
        &[
            "sns:DeleteTopic",
            "sns:SetTopicAttributes",
            "sns:Unsubscribe",
            // A filter of a subscription that lets nothing through.
            "sns:SetSubscriptionAttributes",
            "sns:AddPermission",
            "sns:RemovePermission",
        ],
    ),
];

/// What loses events on their way, invents them, or lets others do so.
const ON_QUEUES: [&str; 6] = [
    "sqs:PurgeQueue",
    "sqs:DeleteQueue",
    "sqs:SetQueueAttributes",
    "sqs:AddPermission",
    "sqs:RemovePermission",
    "sqs:SendMessage",
];

/// What takes events off a queue before the function sees them, for whoever may fetch them.
const WITH_RECEIVE: [&str; 2] = ["sqs:DeleteMessage", "sqs:ChangeMessageVisibility"];
/// What fetches them.
const RECEIVE: &str = "sqs:ReceiveMessage";

/// What takes the audit's powers away, or gives them and more to others.
const ON_ROLES: [&str; 6] = [
    "iam:PutRolePolicy",
    "iam:DeleteRolePolicy",
    "iam:AttachRolePolicy",
    "iam:DetachRolePolicy",
    "iam:UpdateAssumeRolePolicy",
    "iam:DeleteRole",
];
/// The same by a boundary. The condition key is the new one.
const BOUND_ROLE: &str = "iam:PutRolePermissionsBoundary";

/// What takes `audit.yaml` away with its bucket's settings.
const ON_BUCKET: [&str; 5] = [
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "s3:PutLifecycleConfiguration",
    "s3:PutReplicationConfiguration",
    "s3:DeleteBucket",
];

/// What cuts a function off from its queue, or feeds it from another. Asked for on any mapping whose function is the
/// audit's.
const ON_MAPPINGS: [&str; 3] =
    ["lambda:DeleteEventSourceMapping", "lambda:UpdateEventSourceMapping", "lambda:CreateEventSourceMapping"];

/// What stops a trail, or makes it record less.
const ON_TRAILS: [&str; 4] =
    ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail", "cloudtrail:PutEventSelectors"];

/// What the role of the audit itself needs: events fetched, sent and put off, findings written.
const OF_AUDIT_ROLE: [&str; 7] = [
    "sqs:SendMessage",
    "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibility",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem",
];

/// What the role of its schedule needs.
const OF_SCHEDULE_ROLE: [&str; 1] = ["sqs:SendMessage"];

fn judge(world: &World<'_>, identity: &Identity<'_>) -> Judged {
    let Some(own) = &identity.reach else { return Ok(None) };
    if identity.is_administrator() || identity.is_named_by(&world.expect.administrators) {
        return Ok(None);
    }
    let (parts, trails) = (&world.inventory.own_parts, &world.inventory.trails);
    let is = |role: &str| world.is_own_role(identity.arn, role) == Ok(true);
    let needed: &[&str] = match (is(AUDIT_ROLE), is(SWEEP_SCHEDULE_ROLE)) {
        (true, _) => &OF_AUDIT_ROLE,
        (false, true) => &OF_SCHEDULE_ROLE,
        (false, false) => &[],
    };
    let counts = |action: &&&str| !needed.contains(*action);
    let mut powers = Powers::default();
    // A trail of the organization is out of reach for those in a member account.
    let of_account = |arn: &&str| arn.split(':').nth(4) == Some(world.account());
    for trail in trails.items.iter().map(|trail| trail.trail_arn.as_str()).filter(of_account) {
        for action in ON_TRAILS {
            powers.add(action, on(own, action, trail));
        }
    }
    let may_any = |mut actions: std::slice::Iter<'_, &str>| actions.any(|it| own.allowing(it).next().is_some());
    let of_roles = may_any(ON_ROLES.iter()) || may_any([BOUND_ROLE].iter());
    for part in &parts.items {
        for action in on_part(&part.kind).iter().filter(counts) {
            powers.add(action, on(own, action, &part.arn));
        }
        match part.kind.as_str() {
            "function" => on_mappings(world, own, &part.arn, &mut powers),
            "own-role" if of_roles => on_role(world, own, &part.arn, &mut powers),
            "queue" | "dead-letter-queue" if on(own, RECEIVE, &part.arn).is_some() => {
                for action in WITH_RECEIVE.iter().filter(counts) {
                    powers.add(action, on(own, action, &part.arn));
                }
            }
            "bucket-object" => {
                let bucket = part.arn.split_once('/').map_or(part.arn.as_str(), |(bucket, _)| bucket);
                for action in ON_BUCKET {
                    powers.add(action, on(own, action, bucket));
                }
            }
            _ => {}
        }
    }
    // Most may do none of it to anything, so that it does not matter which parts and trails there are.
    let of_parts = || {
        ON_PARTS.iter().any(|(_, actions)| may_any(actions.iter()))
            || of_roles
            || [&ON_MAPPINGS[..], &ON_BUCKET].iter().any(|actions| may_any(actions.iter()))
            || (may_any([RECEIVE].iter()) && may_any(WITH_RECEIVE.iter()))
    };
    let missing = parts.missing.as_ref().filter(|_| of_parts());
    let missing = missing.or_else(|| trails.missing.as_ref().filter(|_| may_any(ON_TRAILS.iter())));
    match (powers.problem(&format!("{} may blind or mislead this audit", identity.title())), missing) {
        (None, Some(missing)) => Err(CannotJudge::from(missing)),
        (problem, _) => Ok(problem),
    }
}

/// What blinds or misleads the audit by a part of this kind itself.
fn on_part(kind: &str) -> &'static [&'static str] {
    ON_PARTS.iter().find(|(of, _)| *of == kind).map_or(&[], |(_, actions)| actions)
}

fn on_role(world: &World<'_>, own: &Reach<'_>, arn: &str, powers: &mut Powers) {
    let role = world.role(arn);
    let tags = role.map_or(&[][..], |role| role.tags.as_slice());
    let boundary = role.and_then(|role| role.permissions_boundary.as_ref());
    let by_all = to_role(own, tags, boundary.map(|it| it.permissions_boundary_arn.as_str()));
    for action in ON_ROLES {
        powers.add(action, on(&by_all, action, arn));
    }
    let by_tags = reach(own.principal(), own.policies(), &tagged(own, tags));
    powers.add(BOUND_ROLE, on(&by_tags, BOUND_ROLE, arn));
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

    /// What eve may do to a part, and may not to others of its kind.
    fn on(kind: &str, arn: &str, action: &str) -> Value {
        let mut inventory = eve(json!({ "Effect": "Allow", "Action": action, "Resource": "*" }));
        inventory["ownParts"]["items"] = json!([{ "Kind": kind, "Arn": arn, "Faults": [] }]);
        inventory
    }

    #[test]
    fn every_part_may_be_turned_against_the_audit() {
        for (kind, arn, actions) in [
            ("own-role", "arn:aws:iam::123456789012:role/audit", [&ON_ROLES[..], &[BOUND_ROLE]].concat()),
            ("queue", "arn:aws:sqs:us-east-1:123456789012:audit", ON_QUEUES.to_vec()),
            ("dead-letter-queue", "arn:aws:sqs:us-east-1:123456789012:dead", ON_QUEUES.to_vec()),
            (
                "function",
                "arn:aws:lambda:us-east-1:123456789012:function:audit",
                [on_part("function"), &ON_MAPPINGS].concat(),
            ),
            ("topic", "arn:aws:sns:us-east-1:123456789012:findings", on_part("topic").to_vec()),
            ("alarm", "arn:aws:cloudwatch:us-east-1:123456789012:alarm:a", on_part("alarm").to_vec()),
            ("table", TABLE, on_part("table").to_vec()),
            ("bucket-object", "arn:aws:s3:::reports/audit.yaml", [on_part("bucket-object"), &ON_BUCKET].concat()),
        ] {
            for action in actions {
                let problem = problem(&CHECK, on(kind, arn, action));
                assert!(problem.sentence.ends_with(&format!("this audit: `{action}`")), "{problem:?}");
                assert!(problem.proofs[0].request.is_some(), "{problem:?}");
            }
        }
    }

    #[test]
    fn events_are_taken_off_a_queue_only_by_who_fetches_them() {
        let queue = "arn:aws:sqs:us-east-1:123456789012:audit";
        for action in WITH_RECEIVE {
            fine(&CHECK, on("queue", queue, action));
        }
        fine(&CHECK, on("queue", queue, RECEIVE));
        let mut inventory = on("queue", queue, "");
        inventory["users"]["items"][0]["UserPolicyList"][0]["PolicyDocument"]["Statement"]["Action"] =
            json!([RECEIVE, "sqs:DeleteMessage"]);
        assert!(problem(&CHECK, inventory).sentence.ends_with(": `sqs:DeleteMessage`"));
    }

    #[test]
    fn telling_more_is_not_telling_less() {
        fine(&CHECK, on("topic", "arn:aws:sns:us-east-1:123456789012:findings", "sns:Subscribe"));
        fine(&CHECK, on("alarm", "arn:aws:cloudwatch:us-east-1:123456789012:alarm:a", "cloudwatch:PutMetricData"));
    }

    #[test]
    fn an_own_role_that_may_do_more_than_it_needs_is_told() {
        let own =
            role("audit", "lambda.amazonaws.com", json!({ "Effect": "Allow", "Action": "iam:*", "Resource": "*" }));
        let mut inventory = on("own-role", "arn:aws:iam::123456789012:role/audit", "kms:*");
        inventory["roles"]["items"] = json!([own]);
        assert!(problem(&CHECK, inventory).sentence.starts_with("role `audit` may blind"));
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
        let arn = "arn:aws:iam::123456789012:role/audit";
        inventory["roles"]["items"] = json!([own]);
        assert!(problem(&CHECK, inventory.clone()).sentence.starts_with("role `audit`"));
        // The other roles of kvs-warden have nothing to write there.
        let part = |id: &str| json!({ "Kind": "own-role", "LogicalId": id, "Arn": arn, "Faults": [] });
        inventory["ownParts"]["items"][1] = part("ProvisionRole");
        assert!(problem(&CHECK, inventory.clone()).sentence.starts_with("role `audit`"));
        inventory["ownParts"]["items"][1] = part("AuditRole");
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
