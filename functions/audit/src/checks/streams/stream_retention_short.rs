//! A stream keeps its video for too short a time.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::Stream;
use crate::retention::{hours, limits};
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "stream-retention-short",
    group: Group::Streams,
    severity: Severity::Medium,
    title: "A stream keeps its video for too short a time",
    why: "What happened is often asked for only days later. Video that is older than the retention of its stream is \
          gone for good.",
    remedy: "Run `aws kinesisvideo update-data-retention --stream-name <name> --current-version <version> --operation \
             INCREASE_DATA_RETENTION --data-retention-change-in-hours <hours more>`, or change the limits in \
             audit.yaml.",
    reference: "https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/API_UpdateDataRetention.html",
    frameworks: &["NIST.800-53.r5 SI-12"],
    judge: Judge::Stream(judge),
};

fn judge(world: &World<'_>, stream: &Stream) -> Judged {
    let limits = limits(world, stream)?;
    let kept = stream.data_retention_in_hours;
    if kept == 0 || kept >= limits.min {
        return Ok(None);
    }
    let (is, limit) = (hours(kept), hours(limits.min));
    let sentence = format!("stream `{}` keeps video for {is}: at least {limit} expected {limits}", stream.stream_name);
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
    fn one_hour_less_is_too_short() {
        let problem = problem_as(&CHECK, stream(23), json!({ "retentionHoursMin": 24 }));
        let expected = "stream `gate` keeps video for 23 hours: at least 24 hours expected of all streams";
        assert_eq!(problem.sentence, expected);
        let lobby = json!([{ "tag": "site", "value": "lobby", "min": 24, "max": 48 }]);
        let problem = problem_as(&CHECK, stream(23), json!({ "retentionByTag": lobby }));
        assert!(problem.sentence.ends_with("of streams tagged `site` = `lobby`"), "{problem:?}");
    }

    #[test]
    fn the_limit_itself_is_fine_and_keeping_nothing_is_for_another_check() {
        fine_as(&CHECK, stream(24), json!({ "retentionHoursMin": 24 }));
        fine_as(&CHECK, stream(0), json!({ "retentionHoursMin": 24 }));
    }

    #[test]
    fn where_tags_decide_they_have_to_be_read() {
        let mut inventory = stream(12);
        inventory["streamTags"] = json!({ "items": [], "couldNotCheck": denied("tag:GetResources") });
        let classes = json!([{ "tag": "site", "value": "lobby", "min": 24, "max": 48 }]);
        let cannot = cannot_judge_as(&CHECK, inventory, json!({ "retentionByTag": classes }));
        assert_eq!(cannot.permission.as_deref(), Some("tag:GetResources"));
    }
}
