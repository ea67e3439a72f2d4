//! A trail's logs can be changed unseen.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::Trail;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "trail-without-validation",
    group: Group::Watch,
    severity: Severity::Low,
    title: "A trail's log files can be changed without a trace",
    why: "With log file validation, CloudTrail signs a digest of its log files each hour. Without, whoever may write \
          to the bucket can take a line out of the record of who watched, and nobody can tell.",
    remedy: "Run `aws cloudtrail update-trail --name <trail> --enable-log-file-validation`.",
    reference: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html",
    frameworks: &["NIST.800-53.r5 AU-9", "NIST.800-53.r5 SI-7", "CIS AWS 3.0 3.2", "FSBP CloudTrail.4"],
    judge: Judge::Trail(judge),
};

#[expect(clippy::unnecessary_wraps, reason = "as all judges answer")]
fn judge(_world: &World<'_>, trail: &Trail) -> Judged {
    if trail.log_file_validation_enabled {
        return Ok(None);
    }
    let problem = Problem::new(format!("trail `{}` writes no digests of its log files", trail.name));
    Ok(Some(problem.proven("`LogFileValidationEnabled` is false")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, problem};

    #[test]
    fn a_trail_without_digests_is_told() {
        let trail = json!({ "Name": "all", "TrailARN": "arn:aws:cloudtrail:us-east-1:123456789012:trail/all" });
        let problem = problem(&CHECK, json!({ "trails": { "items": [trail] } }));
        assert_eq!(problem.sentence, "trail `all` writes no digests of its log files");
    }

    #[test]
    fn a_trail_with_digests_is_fine() {
        let trail = json!({ "Name": "all", "LogFileValidationEnabled": true });
        fine(&CHECK, json!({ "trails": { "items": [trail] } }));
    }

    #[test]
    fn without_the_list_of_trails_nothing_can_be_said() {
        let denied = denied("cloudtrail:DescribeTrails");
        let cannot = cannot_judge(&CHECK, json!({ "trails": { "items": [], "couldNotCheck": denied } }));
        assert_eq!(cannot.permission.as_deref(), Some("cloudtrail:DescribeTrails"));
    }
}
