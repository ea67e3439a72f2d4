//! A data stream keeps records for too short or too long a time.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::DataStream;
use crate::retention::hours;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "data-stream-retention",
    group: Group::DataStreams,
    severity: Severity::Medium,
    title: "A data stream keeps records for too short or too long a time",
    why: "Records that are older than the retention of their stream are gone, also those that no consumer has read \
          yet. Those that are kept for longer than needed can still be stolen, and are paid for.",
    remedy: "Run `aws kinesis increase-stream-retention-period --stream-name <name> --retention-period-hours <hours>` \
             or `decrease-stream-retention-period`, or change `dataRetentionHoursMin` and `dataRetentionHoursMax` \
             under `expect:` in audit.yaml.",
    reference: "https://docs.aws.amazon.com/streams/latest/dev/kinesis-extended-retention.html",
    frameworks: &["FSBP Kinesis.3", "NIST.800-53.r5 SI-12"],
    judge: Judge::DataStream(judge),
};

#[expect(clippy::unnecessary_wraps, reason = "every check may be unable to judge")]
fn judge(world: &World<'_>, stream: &DataStream) -> Judged {
    let kept = i64::from(stream.retention_period_hours);
    let (least, most) = (world.expect.data_retention_hours_min.into(), world.expect.data_retention_hours_max.into());
    let limit = match kept {
        short if short < least => format!("at least {}", hours(least)),
        long if long > most => format!("at most {}", hours(most)),
        _ => return Ok(None),
    };
    let (name, is) = (&stream.stream_name, hours(kept));
    let sentence = format!("data stream `{name}` keeps records for {is}: {limit} expected");
    Ok(Some(Problem::new(sentence).proven(format!("its `RetentionPeriodHours` is {kept}"))))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine_as, problem_as};

    fn stream(hours: i32) -> Value {
        let stream = json!({ "StreamName": "faces", "StreamARN": "arn:faces", "RetentionPeriodHours": hours });
        json!({ "dataStreams": { "items": [stream] } })
    }

    #[test]
    fn one_hour_less_or_more_is_found() {
        let problem = problem_as(&CHECK, stream(167), json!({ "dataRetentionHoursMin": 168 }));
        let expected = "data stream `faces` keeps records for 167 hours: at least 168 hours expected";
        assert_eq!(problem.sentence, expected);
        let problem = crate::testing::problem(&CHECK, stream(8_761));
        assert!(problem.sentence.ends_with("at most 8760 hours expected"), "{problem:?}");
    }

    #[test]
    fn both_limits_are_fine() {
        let limits = json!({ "dataRetentionHoursMin": 48, "dataRetentionHoursMax": 168 });
        fine_as(&CHECK, stream(48), limits.clone());
        fine_as(&CHECK, stream(168), limits);
    }

    #[test]
    fn data_streams_that_were_not_read_cannot_be_judged() {
        let streams = json!({ "items": [], "couldNotCheck": denied("kinesis:ListStreams") });
        let cannot = cannot_judge(&CHECK, json!({ "dataStreams": streams }));
        assert_eq!(cannot.permission.as_deref(), Some("kinesis:ListStreams"));
    }
}
