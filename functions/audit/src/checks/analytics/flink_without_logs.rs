//! A Flink application writes no log.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::FlinkApplication;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "flink-without-logs",
    group: Group::Analytics,
    severity: Severity::Low,
    title: "A Flink application writes no log",
    why: "What an application did with footage, and why it stopped, stands in its log only.",
    remedy: "Make a log group and a log stream, let the role of the application write to it, and run `aws \
             kinesisanalyticsv2 add-application-cloud-watch-logging-option --application-name <name> \
             --cloud-watch-logging-option LogStreamARN=<arn>`.",
    reference: "https://docs.aws.amazon.com/managed-flink/latest/java/cloudwatch-logs.html",
    frameworks: &["NIST.800-53.r5 AU-12"],
    judge: Judge::FlinkApplication(judge),
};

#[expect(clippy::unnecessary_wraps, reason = "every check may be unable to judge")]
fn judge(_: &World<'_>, application: &FlinkApplication) -> Judged {
    if !application.log_streams.is_empty() {
        return Ok(None);
    }
    let sentence = format!("Flink application `{}` writes no log", application.application_name);
    Ok(Some(Problem::new(sentence).proven("it has no CloudWatch logging option")))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, problem};

    fn application(values: &[&str]) -> Value {
        let application =
            json!({ "ApplicationName": "counter", "ApplicationARN": "arn:counter", "LogStreams": values });
        json!({ "flinkApplications": { "items": [application] } })
    }

    #[test]
    fn none_is_found() {
        assert_eq!(problem(&CHECK, application(&[])).sentence, "Flink application `counter` writes no log");
    }

    #[test]
    fn one_is_fine() {
        fine(&CHECK, application(&["arn:aws:logs:us-east-1:123456789012:log-group:counter:log-stream:x"]));
    }

    #[test]
    fn applications_that_were_not_read_cannot_be_judged() {
        let applications = json!({ "items": [], "couldNotCheck": denied("kinesisanalytics:DescribeApplication") });
        let cannot = cannot_judge(&CHECK, json!({ "flinkApplications": applications }));
        assert_eq!(cannot.permission.as_deref(), Some("kinesisanalytics:DescribeApplication"));
    }
}
