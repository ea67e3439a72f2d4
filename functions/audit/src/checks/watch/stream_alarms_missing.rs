//! Nobody is told when video does not arrive, although that is expected.

use std::collections::BTreeSet;

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::Alarm;
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "stream-alarms-missing",
    group: Group::Watch,
    severity: Severity::Low,
    title: "No alarm tells of a stream's errors",
    why: "A camera whose fragments are refused or late is found out when somebody looks for footage that is not there. \
          An alarm on CloudWatch's metrics tells at once. Asked for only with `streamAlarms: true` in `audit.yaml`.",
    remedy: "Make one alarm for all streams by a Metrics Insights query, with somebody to tell: `aws cloudwatch \
             put-metric-alarm` with `SELECT SUM(\"PutMedia.ErrorAckCount\") FROM SCHEMA(\"AWS/KinesisVideo\", \
             StreamName)` as its expression, or one alarm for each stream.",
    reference: "https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/monitoring-cloudwatch.html",
    frameworks: &["NIST.800-53.r5 SI-4"],
    judge: Judge::Account(judge),
};

/// The metrics that tell of errors or lateness.
const TELLING: [&str; 11] = [
    "PutMedia.BufferingAckLatency",
    "PutMedia.ConnectionErrors",
    "PutMedia.ErrorAckCount",
    "PutMedia.FragmentIngestionLatency",
    "PutMedia.FragmentPersistLatency",
    "PutMedia.PersistedAckLatency",
    "PutMedia.ReceivedAckLatency",
    "PutMedia.Success",
    "GetMedia.ConnectionErrors",
    "GetMedia.MillisBehindNow",
    "GetMedia.Success",
];

fn judge(world: &World<'_>) -> Judged {
    if !world.expect.stream_alarms {
        return Ok(None);
    }
    let (streams, alarms) = (&world.inventory.streams, &world.inventory.alarms);
    let telling: Vec<&Alarm> = alarms.items.iter().filter(|alarm| tells(alarm)).collect();
    if telling.iter().any(|alarm| alarm.dimensions.is_empty()) {
        return Ok(None);
    }
    let watched: BTreeSet<&str> = telling
        .iter()
        .flat_map(|alarm| &alarm.dimensions)
        .filter_map(|dimension| dimension.strip_prefix("StreamName="))
        .collect();
    let live: Vec<&str> = streams
        .items
        .iter()
        .filter(|stream| stream.status != "DELETING")
        .map(|stream| stream.stream_name.as_str())
        .collect();
    let without: Vec<&str> = live.iter().copied().filter(|name| !watched.contains(name)).collect();
    if without.is_empty() {
        streams.whole()?;
        return Ok(None);
    }
    // One that was not listed might be about them.
    alarms.whole()?;
    let sentence = match (without.as_slice(), live.len()) {
        ([one], _) => format!("no alarm tells of errors of stream `{one}`"),
        (_, all) => format!("no alarm tells of errors of {} of {all} streams: {}", without.len(), some(&without)),
    };
    Ok(Some(Problem::new(sentence).proven(match telling.len() {
        0 => "no alarm with enabled actions looks at errors or latency in `AWS/KinesisVideo`".to_owned(),
        some => format!("{some} alarms look at errors or latency, each at streams by name, and at none of these"),
    })))
}

/// Whether somebody is told when it goes off, and it is about errors or lateness.
fn tells(alarm: &Alarm) -> bool {
    let telling =
        |metric: &String| metric.strip_prefix("AWS/KinesisVideo ").is_some_and(|name| TELLING.contains(&name));
    alarm.actions_enabled && !alarm.alarm_actions.is_empty() && alarm.metrics.iter().any(telling)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge_as, denied, fine, fine_as, problem_as};

    fn inventory(alarms: &Value) -> Value {
        json!({
            "streams": { "items": [{ "StreamName": "gate" }, { "StreamName": "yard" }] },
            "alarms": { "items": alarms },
        })
    }

    fn alarm(dimensions: &[&str]) -> Value {
        json!({
            "AlarmName": "errors", "Metrics": ["AWS/KinesisVideo PutMedia.ErrorAckCount"],
            "Dimensions": dimensions, "ActionsEnabled": true,
            "AlarmActions": ["arn:aws:sns:us-east-1:123456789012:alerts"],
        })
    }

    fn expected() -> Value {
        json!({ "streamAlarms": true })
    }

    #[test]
    fn a_stream_that_no_alarm_names_is_told() {
        let problem = problem_as(&CHECK, inventory(&json!([alarm(&["StreamName=gate"])])), expected());
        assert_eq!(problem.sentence, "no alarm tells of errors of stream `yard`");
        let none = problem_as(&CHECK, inventory(&json!([])), expected());
        assert_eq!(none.sentence, "no alarm tells of errors of 2 of 2 streams: `gate`, `yard`");
        fine(&CHECK, inventory(&json!([])));
    }

    #[test]
    fn an_alarm_over_all_streams_is_enough() {
        fine_as(&CHECK, inventory(&json!([alarm(&[])])), expected());
        let each = json!([alarm(&["StreamName=gate"]), alarm(&["StreamName=yard"])]);
        fine_as(&CHECK, inventory(&each), expected());
    }

    #[test]
    fn without_all_alarms_nothing_can_be_said() {
        let mut unread = inventory(&json!([alarm(&["StreamName=gate"])]));
        unread["alarms"]["couldNotCheck"] = denied("cloudwatch:DescribeAlarms");
        let cannot = cannot_judge_as(&CHECK, unread, expected());
        assert_eq!(cannot.permission.as_deref(), Some("cloudwatch:DescribeAlarms"));
    }
}
