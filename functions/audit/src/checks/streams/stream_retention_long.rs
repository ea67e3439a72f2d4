//! A stream keeps its video for too long.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::Stream;
use crate::retention::{hours, limits};
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "stream-retention-long",
    group: Group::Streams,
    severity: Severity::Medium,
    title: "A stream keeps its video for too long",
    why: "Video of people that nobody needs any more can still be stolen, may break the law, and is paid for every \
          month.",
    remedy: "Run `aws kinesisvideo update-data-retention --stream-name <name> --current-version <version> --operation \
             DECREASE_DATA_RETENTION --data-retention-change-in-hours <hours less>`, or change the limits in \
             audit.yaml.",
    reference: "https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/API_UpdateDataRetention.html",
    frameworks: &["NIST.800-53.r5 SI-12"],
    judge: Judge::Stream(judge),
};

fn judge(world: &World<'_>, stream: &Stream) -> Judged {
    let limits = limits(world, stream)?;
    let kept = stream.data_retention_in_hours;
    if kept <= limits.max {
        return Ok(None);
    }
    let (is, limit) = (hours(kept), hours(limits.max));
    let sentence = format!("stream `{}` keeps video for {is}: at most {limit} expected {limits}", stream.stream_name);
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
    fn one_hour_more_is_too_long() {
        let problem = problem_as(&CHECK, stream(8_761), json!({}));
        let expected = "stream `gate` keeps video for 8761 hours: at most 8760 hours expected of all streams";
        assert_eq!(problem.sentence, expected);
    }

    #[test]
    fn the_limit_itself_is_fine_and_a_class_goes_before_all() {
        fine_as(&CHECK, stream(8_760), json!({}));
        let lobby = json!([{ "tag": "site", "value": "lobby", "max": 48 }]);
        fine_as(&CHECK, stream(48), json!({ "retentionHoursMax": 24, "retentionByTag": lobby }));
    }

    #[test]
    fn where_tags_decide_they_have_to_be_read() {
        let mut inventory = stream(1000);
        inventory["streamTags"] = json!({ "items": [], "couldNotCheck": denied("tag:GetResources") });
        let classes = json!([{ "tag": "site", "value": "lobby", "min": 24, "max": 48 }]);
        let cannot = cannot_judge_as(&CHECK, inventory, json!({ "retentionByTag": classes }));
        assert_eq!(cannot.permission.as_deref(), Some("tag:GetResources"));
    }
}
