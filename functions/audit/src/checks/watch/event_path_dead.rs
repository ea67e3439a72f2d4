//! Changes that CloudTrail recorded do not reach kvs-warden.

use jiff::SignedDuration;

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::{Moment, Pulse, RecordedEvent};
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "event-path-dead",
    group: Group::Watch,
    severity: Severity::High,
    title: "Changes do not reach kvs-warden",
    why: "CloudTrail recorded a change that the function should have been told of within minutes, and it never was. \
          Until that is mended, a mistake stands until the next sweep finds it.",
    remedy: "Follow the event: whether a trail logs (`aws cloudtrail get-trail-status`), whether the rule is enabled \
             and has its target (`aws events describe-rule`, `aws events list-targets-by-rule`), and whether messages \
             wait in the dead-letter queue. Then deploy the stack again with `sam deploy`.",
    reference: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html",
    frameworks: &["NIST.800-53.r5 SI-4", "NIST.800-53.r5 AU-5"],
    judge: Judge::Account(judge),
};

/// How long an event may be on its way, and how far out of order events may come.
const ON_ITS_WAY: SignedDuration = SignedDuration::from_mins(15);

fn judge(world: &World<'_>) -> Judged {
    let (events, pulse) = (&world.inventory.recorded_events, world.inventory.pulse.get()?);
    let missed = events.items.iter().filter(|event| is_missed(event, pulse, world.now()));
    let Some(event) = missed.max_by_key(|event| event.event_time) else {
        events.whole()?;
        return Ok(None);
    };
    let RecordedEvent { event_id, event_name, event_source, event_time } = event;
    let last = pulse.last_event.map_or("none yet".to_owned(), |last| format!("the last of {last}"));
    let account = world.account();
    let what = format!("`{event_name}` of {event_time} did not, and it has seen {last}");
    let sentence = format!("events of account `{account}` do not reach kvs-warden: {what}");
    let because =
        format!("CloudTrail recorded `{event_name}` of `{event_source}` as event `{event_id}` at {event_time}");
    Ok(Some(Problem::new(sentence).proven(because)))
}

/// Whether the function should have seen it by now, and has seen nothing as late.
fn is_missed(event: &RecordedEvent, pulse: &Pulse, now: Moment) -> bool {
    let at = event.event_time;
    is_long(at, now) && at > pulse.since && pulse.last_event.is_none_or(|last| is_long(last, at))
}

fn is_long(from: Moment, to: Moment) -> bool {
    to.0.duration_since(from.0) > ON_ITS_WAY
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, problem};

    fn inventory(event: &str, last: &Value) -> Value {
        json!({
            "taken": { "at": "2026-03-01T12:00:00Z" },
            "pulse": { "lastEvent": last, "since": "2026-02-01T00:00:00Z" },
            "recordedEvents": { "items": [{
                "EventId": "1f2e", "EventName": "UpdateDataRetention",
                "EventSource": "kinesisvideo.amazonaws.com", "EventTime": event,
            }] },
        })
    }

    #[test]
    fn an_event_that_never_came_is_told_with_its_id() {
        let problem = problem(&CHECK, inventory("2026-03-01T11:00:00Z", &json!("2026-03-01T08:00:00Z")));
        let sentence = "events of account `123456789012` do not reach kvs-warden: `UpdateDataRetention` of \
                        2026-03-01T11:00:00Z did not, and it has seen the last of 2026-03-01T08:00:00Z";
        assert_eq!(problem.sentence, sentence);
        assert!(problem.proofs[0].because.contains("as event `1f2e`"), "{problem:?}");
    }

    #[test]
    fn an_event_may_be_on_its_way_for_a_quarter_of_an_hour() {
        fine(&CHECK, inventory("2026-03-01T11:45:00Z", &json!("2026-03-01T08:00:00Z")));
        fine(&CHECK, inventory("2026-03-01T11:00:00Z", &json!("2026-03-01T10:45:00Z")));
        problem(&CHECK, inventory("2026-03-01T11:44:59Z", &json!(null)));
    }

    #[test]
    fn nothing_recorded_is_nothing_missed() {
        let mut quiet = inventory("2026-03-01T11:00:00Z", &json!(null));
        quiet["recordedEvents"]["items"] = json!([]);
        fine(&CHECK, quiet);
    }

    #[test]
    fn without_its_pulse_or_what_was_recorded_nothing_can_be_said() {
        let mut unread = inventory("2026-03-01T11:00:00Z", &json!(null));
        unread["pulse"] = json!({ "couldNotCheck": denied("dynamodb:GetItem") });
        assert_eq!(cannot_judge(&CHECK, unread).permission.as_deref(), Some("dynamodb:GetItem"));
        let mut unread = inventory("2026-03-01T11:50:00Z", &json!("2026-01-01T00:00:00Z"));
        unread["recordedEvents"]["couldNotCheck"] = denied("cloudtrail:LookupEvents");
        assert_eq!(cannot_judge(&CHECK, unread).permission.as_deref(), Some("cloudtrail:LookupEvents"));
    }
}
