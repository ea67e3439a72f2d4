//! Somebody was denied footage or policies again and again.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::Denials;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "repeated-denials",
    group: Group::Escalation,
    severity: Severity::Medium,
    title: "Somebody is denied footage or policies again and again",
    why: "Somebody tries doors: a stolen key, a curious colleague, or a program that lacks a permission and that \
          somebody will soon give too much to make it work.",
    remedy: "Find the event in CloudTrail by its id, and ask who it was. A key that nobody knows of: deactivate it. A \
             program: give it the one action on its own stream that it needs.",
    reference: "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html",
    frameworks: &["CIS AWS 3.0 4.1"],
    judge: Judge::Denials(judge),
};

fn judge(world: &World<'_>, denials: &Denials) -> Judged {
    // A caller that was denied both stands twice, and is one finding.
    let of_caller = world.inventory.denials.items.iter().filter(|other| other.caller == denials.caller);
    let many: Vec<&Denials> = of_caller.filter(|other| other.count >= world.expect.denials).collect();
    if many.is_empty() {
        return Ok(None);
    }
    let times = many.iter().map(|many| {
        let Denials { count, of, source_address, first, last, .. } = many;
        let times = if *count == 1 { "once".to_owned() } else { format!("{count} times") };
        format!("{of} {times} from {source_address}, between {first} and {last}")
    });
    let times: Vec<String> = times.collect();
    let problem = Problem::new(format!("`{}` was denied {}", denials.caller, times.join(", and ")));
    let proofs = many.iter().map(|many| format!("{} was denied, event {}", many.call, many.event_id));
    Ok(Some(proofs.fold(problem, Problem::proven)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, problem, problem_as};

    fn denied_times(count: u32, of: &str) -> Value {
        json!({
            "caller": "arn:aws:iam::123456789012:user/eve", "of": of, "count": count, "call": "kinesisvideo:GetMedia",
            "eventId": "4f5e", "sourceAddress": "203.0.113.7", "first": "2026-01-01T00:00:00Z",
            "last": "2026-01-01T01:00:00Z",
        })
    }

    #[test]
    fn five_times_is_often() {
        let problem = problem(&CHECK, json!({ "denials": { "items": [denied_times(5, "footage")] } }));
        assert_eq!(
            problem.sentence,
            "`arn:aws:iam::123456789012:user/eve` was denied footage 5 times from 203.0.113.7, between \
             2026-01-01T00:00:00Z and 2026-01-01T01:00:00Z"
        );
        assert_eq!(problem.proofs[0].because, "kinesisvideo:GetMedia was denied, event 4f5e");
    }

    #[test]
    fn who_was_denied_both_is_one_finding() {
        let both = json!([denied_times(9, "footage"), denied_times(1, "policies")]);
        let only = problem(&CHECK, json!({ "denials": { "items": both } }));
        assert!(!only.sentence.contains("policies"), "{only:?}");
        let both = problem_as(&CHECK, json!({ "denials": { "items": both } }), json!({ "denials": 1 }));
        assert!(both.sentence.contains("footage 9 times") && both.sentence.contains("policies once"), "{both:?}");
    }

    #[test]
    fn four_times_happens() {
        fine(&CHECK, json!({ "denials": { "items": [denied_times(4, "footage")] } }));
    }

    #[test]
    fn without_the_table_nothing_can_be_said() {
        let denials = json!({ "items": [], "couldNotCheck": denied("dynamodb:Query") });
        let cannot = cannot_judge(&CHECK, json!({ "denials": denials }));
        assert_eq!(cannot.permission.as_deref(), Some("dynamodb:Query"));
    }
}
