//! A part of kvs-warden is not as it was deployed.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::OwnPart;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "own-part-tampered",
    group: Group::Watch,
    severity: Severity::High,
    title: "A part of kvs-warden is switched off or changed",
    why: "Whoever wants to change a policy unseen first takes away what watches. A rule that is disabled or selects \
          nothing, an alarm that cannot go off, or a subscription that is filtered looks like peace.",
    remedy: "Confirm the mail of a subscription that still waits for it. Else find who changed it with `aws cloudtrail lookup-events --lookup-attributes \
             AttributeKey=ResourceName,AttributeValue=<name>`, then deploy the stack again with `sam deploy`. Where \
             CloudFormation sees nothing to change, put the setting back by hand; `aws cloudformation \
             detect-stack-drift` tells what differs.",
    reference: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html",
    frameworks: &["NIST.800-53.r5 AU-9", "NIST.800-53.r5 CM-3"],
    judge: Judge::OwnPart(judge),
};

fn judge(_world: &World<'_>, part: &OwnPart) -> Judged {
    let faults = part.faults.get()?;
    if faults.is_empty() {
        return Ok(None);
    }
    let problem = Problem::new(format!("kvs-warden's {} `{}` {}", kind(part), part.arn, faults.join(" and ")));
    Ok(Some(faults.iter().fold(problem, |problem, fault| problem.proven(format!("`{}` {fault}", part.arn)))))
}

/// What people call it.
fn kind(part: &OwnPart) -> String {
    match part.kind.as_str() {
        "own-role" => "role".to_owned(),
        "event-source" => "event source mapping".to_owned(),
        "bucket-object" => "object".to_owned(),
        other => other.replace('-', " "),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, problem};

    fn part(kind: &str, faults: &Value) -> Value {
        let arn = format!("arn:aws:x:us-east-1:123456789012:{kind}/kvs-warden");
        json!({ "ownParts": { "items": [{ "Arn": arn, "Kind": kind, "Faults": faults }] } })
    }

    #[test]
    fn a_disabled_rule_is_told_with_all_its_faults() {
        let problem = problem(&CHECK, part("rule", &json!(["is disabled", "has no target"])));
        let sentence = "kvs-warden's rule `arn:aws:x:us-east-1:123456789012:rule/kvs-warden` is disabled and has no \
                        target";
        assert_eq!(problem.sentence, sentence);
        assert_eq!(problem.proofs.len(), 2);
    }

    #[test]
    fn parts_are_called_what_people_call_them() {
        for (kind, called) in [("own-role", "role"), ("event-source", "event source mapping"), ("table", "table")] {
            let problem = problem(&CHECK, part(kind, &json!(["is gone"])));
            assert!(problem.sentence.starts_with(&format!("kvs-warden's {called} `arn:")), "{problem:?}");
        }
    }

    #[test]
    fn a_part_as_it_should_be_is_fine() {
        fine(&CHECK, part("rule", &json!([])));
    }

    #[test]
    fn a_part_that_was_not_read_is_not_taken_for_whole() {
        let missing = json!({ "couldNotCheck": denied("events:DescribeRule") });
        let cannot = cannot_judge(&CHECK, part("rule", &missing));
        assert_eq!(cannot.permission.as_deref(), Some("events:DescribeRule"));
    }
}
