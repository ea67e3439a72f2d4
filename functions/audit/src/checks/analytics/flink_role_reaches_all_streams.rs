//! A Flink application may read every stream.

use crate::any_stream::on_any;
use crate::check::{CannotJudge, Check, Group, Judge, Judged, Problem, Severity};
use crate::footage::FOOTAGE;
use crate::identity::Gathered;
use crate::inventory::FlinkApplication;
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "flink-role-reaches-all-streams",
    group: Group::Analytics,
    severity: Severity::Medium,
    title: "A Flink application may read every stream",
    why: "An application that counts people at one gate needs the streams of that gate. One whose role may read all of \
          them gives everything away when its code, or a library in it, is not what it seems.",
    remedy: "In the policies of the application's role, name the streams that it reads in `Resource` in place of `*`, \
             such as `arn:aws:kinesisvideo:<region>:<account>:stream/gate-*/*` and \
             `arn:aws:kinesis:<region>:<account>:stream/<name>`.",
    reference: "https://docs.aws.amazon.com/managed-flink/latest/java/security-best-practices.html",
    frameworks: &["NIST.800-53.r5 AC-6"],
    judge: Judge::FlinkApplication(judge),
};

/// The actions that read data streams.
const RECORDS: [&str; 2] = ["kinesis:GetRecords", "kinesis:SubscribeToShard"];

fn judge(world: &World<'_>, application: &FlinkApplication) -> Judged {
    let arn = application.service_execution_role.as_str();
    let Some(role) = world.role(arn) else {
        let missing = world.inventory.roles.missing.as_ref().map(CannotJudge::from);
        return Err(missing.unwrap_or_else(|| CannotJudge::new(format!("its role `{arn}` was not read"))));
    };
    let gathered = Gathered::of_role(world.inventory, role);
    let identity = gathered.identity();
    if let Some(missing) = identity.missing {
        return Err(missing.clone());
    }
    if let Some((name, fault)) = identity.faults.first() {
        return Err(CannotJudge::new(format!("policy `{name}` of its role cannot be read: {fault}")));
    }
    if identity.is_administrator() {
        return Ok(None);
    }
    let reading: Vec<&str> = FOOTAGE.into_iter().chain(RECORDS).collect();
    let found = on_any(world, &identity, &reading)?;
    if found.actions.is_empty() {
        return Ok(None);
    }
    let (name, title) = (&application.application_name, identity.title());
    let (streams, actions) = (if found.only_most { "most streams" } else { "every stream" }, some(&found.actions));
    let sentence = format!("Flink application `{name}` runs as {title}, which may read {streams}: {actions}");
    Ok(Some(Problem::new(sentence).with(found.proofs)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, problem, role};

    fn application(roles: &Value) -> Value {
        let role = "arn:aws:iam::123456789012:role/counter";
        let application =
            json!({ "ApplicationName": "counter", "ApplicationARN": "arn:counter", "ServiceExecutionRole": role });
        json!({ "flinkApplications": { "items": [application] }, "roles": roles })
    }

    fn with(action: &str, resource: &str) -> Value {
        let statement = json!({ "Effect": "Allow", "Action": action, "Resource": resource });
        application(&json!({ "items": [role("counter", "kinesisanalytics.amazonaws.com", statement)] }))
    }

    #[test]
    fn a_star_is_every_stream() {
        let problem = problem(&CHECK, with("kinesis:*", "*"));
        let expected = "Flink application `counter` runs as role `counter`, which may read every stream: \
                        `kinesis:GetRecords`, `kinesis:SubscribeToShard`";
        assert_eq!(problem.sentence, expected);
        assert_eq!(problem.proofs[0].request.as_ref().unwrap()["action"], "kinesis:GetRecords");
    }

    #[test]
    fn streams_by_name_and_what_shows_no_footage_are_fine() {
        fine(&CHECK, with("kinesisvideo:Get*", "arn:aws:kinesisvideo:us-east-1:123456789012:stream/gate-*"));
        fine(&CHECK, with("kinesisvideo:ListStreams", "*"));
    }

    #[test]
    fn without_its_role_nothing_can_be_said() {
        let roles = json!({ "items": [], "couldNotCheck": denied("iam:GetAccountAuthorizationDetails") });
        let cannot = cannot_judge(&CHECK, application(&roles));
        assert_eq!(cannot.permission.as_deref(), Some("iam:GetAccountAuthorizationDetails"));
        let cannot = cannot_judge(&CHECK, application(&json!({ "items": [] })));
        assert!(cannot.because.ends_with("was not read"), "{cannot:?}");
    }
}
