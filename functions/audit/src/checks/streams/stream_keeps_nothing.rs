//! A stream keeps no video.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::Stream;
use crate::retention::{hours, limits};
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "stream-keeps-nothing",
    group: Group::Streams,
    severity: Severity::Low,
    title: "A stream keeps no video",
    why: "With a retention of 0 hours a stream hands video on to whoever watches at that moment, and stores none: what \
          nobody watched is gone.",
    remedy: "Run `aws kinesisvideo update-data-retention --stream-name <name> --current-version <version> --operation \
             INCREASE_DATA_RETENTION --data-retention-change-in-hours 24`, or give its class a least of 0 hours in \
             audit.yaml.",
    reference: "https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/API_UpdateDataRetention.html",
    frameworks: &["NIST.800-53.r5 SI-12"],
    judge: Judge::Stream(judge),
};

fn judge(world: &World<'_>, stream: &Stream) -> Judged {
    let limits = limits(world, stream)?;
    let kept = stream.data_retention_in_hours;
    if kept != 0 || limits.min == 0 {
        return Ok(None);
    }
    let sentence =
        format!("stream `{}` keeps no video: at least {} expected {limits}", stream.stream_name, hours(limits.min));
    let setting = format!("its `DataRetentionInHours` is {kept}");
    Ok(Some(Problem::new(sentence).proven(setting)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge_as, denied, fine_as, problem_as};

    fn stream(hours: i64) -> Value {
        json!({
            "streams": { "items": [{ "StreamName": "gate", "StreamARN": "arn:gate", "DataRetentionInHours": hours }] },
            "streamTags": { "items": [{ "ResourceARN": "arn:gate", "Tags": [{ "Key": "site", "Value": "lobby" }] }] },
        })
    }

    #[test]
    fn nothing_is_less_than_an_hour() {
        let problem = problem_as(&CHECK, stream(0), json!({}));
        assert_eq!(problem.sentence, "stream `gate` keeps no video: at least 1 hour expected of all streams");
    }

    #[test]
    fn nothing_is_fine_where_nothing_is_expected() {
        fine_as(&CHECK, stream(0), json!({ "retentionHoursMin": 0 }));
        let lobby = json!([{ "tag": "site", "value": "lobby", "max": 48 }]);
        fine_as(&CHECK, stream(0), json!({ "retentionByTag": lobby }));
        fine_as(&CHECK, stream(1), json!({ "retentionHoursMin": 24 }));
    }

    #[test]
    fn where_tags_decide_they_have_to_be_read() {
        let mut inventory = stream(0);
        inventory["streamTags"] = json!({ "items": [], "couldNotCheck": denied("tag:GetResources") });
        let classes = json!([{ "tag": "site", "value": "lobby", "min": 24, "max": 48 }]);
        let cannot = cannot_judge_as(&CHECK, inventory, json!({ "retentionByTag": classes }));
        assert_eq!(cannot.permission.as_deref(), Some("tag:GetResources"));
    }
}
