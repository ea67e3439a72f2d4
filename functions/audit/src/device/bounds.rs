//! What AWS IoT itself sees to, whatever policies say.

use policy::{Document, Kind, Policy};
use serde_json::{Value, json};

use crate::check::CannotJudge;

/// What a device does at AWS IoT with its certificate, and on what.
///
/// <https://docs.aws.amazon.com/iot/latest/developerguide/iot-policy-actions.html>
pub(super) const ACTIONS: &[(&str, &str)] = &[
    ("iot:Connect", "client"),
    ("iot:Publish", "topic"),
    ("iot:RetainPublish", "topic"),
    ("iot:GetRetainedMessage", "topic"),
    ("iot:Receive", "topic"),
    ("iot:Subscribe", "topicfilter"),
    ("iot:GetThingShadow", "thing"),
    ("iot:UpdateThingShadow", "thing"),
    ("iot:DeleteThingShadow", "thing"),
    ("iot:ListNamedShadowsForThing", "thing"),
    ("iot:DescribeJobExecution", "thing"),
    ("iot:GetPendingJobExecutions", "thing"),
    ("iot:StartNextPendingJobExecution", "thing"),
    ("iot:UpdateJobExecution", "thing"),
    ("iot:AssumeRoleWithCertificate", "rolealias"),
];

/// The kinds of resources.
const KINDS: [&str; 5] = ["client", "topic", "topicfilter", "thing", "rolealias"];

/// What AWS IoT itself sees to: each action takes resources of its kind, in the certificate's account and region, and a
/// device connects as the client that it says it is.
pub(super) fn of(arn: &str) -> Result<Policy, CannotJudge> {
    let statements = KINDS.iter().map(|kind| {
        let of_kind = ACTIONS.iter().filter(|(_, other)| other == kind).map(|(action, _)| *action);
        // The jobs of a thing have actions of two names.
        let jobs = (*kind == "thing").then_some("iotjobsdata:*");
        let name = if *kind == "client" { "${iot:ClientId}" } else { "?*" };
        let actions: Vec<&str> = of_kind.chain(jobs).collect();
        json!({ "Effect": "Allow", "Action": actions, "Resource": format!("{arn}{kind}/{name}") })
    });
    let listed = json!({ "Effect": "Allow", "Action": "iot:ListRetainedMessages", "Resource": "*" });
    // The stars of `arn:aws:iot:*:*:topic/x` stand for a region and an account, not for the beginning of a name.
    let within: Vec<String> = KINDS.iter().map(|kind| format!("{arn}*:{kind}/*")).collect();
    let whole = json!({ "Effect": "Deny", "Action": "*", "Resource": within });
    let statements: Vec<Value> = statements.chain([listed, whole]).collect();
    let document = json!({ "Version": "2012-10-17", "Statement": statements });
    let document = Document::parse(Kind::Identity, &document.to_string())
        .map_err(|fault| CannotJudge::new(format!("where it was read: {fault}")))?;
    Ok(Policy { name: "what AWS IoT sees to".to_owned(), document })
}
