//! A Flink application runs outside of any VPC.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::FlinkApplication;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "flink-outside-vpc",
    group: Group::Analytics,
    severity: Severity::Low,
    title: "A Flink application runs outside of any VPC",
    why: "An application outside of a VPC reaches the whole internet, and so does whatever gets into it: no security \
          group and no endpoint policy limits where it may send what it sees.",
    remedy: "Run `aws kinesisanalyticsv2 add-application-vpc-configuration --application-name <name> \
             --vpc-configuration SubnetIds=<subnets>,SecurityGroupIds=<groups>`, with endpoints for the services that \
             it needs.",
    reference: "https://docs.aws.amazon.com/managed-flink/latest/java/vpc.html",
    frameworks: &["NIST.800-53.r5 SC-7"],
    judge: Judge::FlinkApplication(judge),
};

#[expect(clippy::unnecessary_wraps, reason = "every check may be unable to judge")]
fn judge(_: &World<'_>, application: &FlinkApplication) -> Judged {
    if !application.subnets.is_empty() {
        return Ok(None);
    }
    let sentence = format!("Flink application `{}` runs outside of any VPC", application.application_name);
    Ok(Some(Problem::new(sentence).proven("it has no VPC configuration")))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, problem};

    fn application(values: &[&str]) -> Value {
        let application = json!({ "ApplicationName": "counter", "ApplicationARN": "arn:counter", "Subnets": values });
        json!({ "flinkApplications": { "items": [application] } })
    }

    #[test]
    fn none_is_found() {
        assert_eq!(problem(&CHECK, application(&[])).sentence, "Flink application `counter` runs outside of any VPC");
    }

    #[test]
    fn one_is_fine() {
        fine(&CHECK, application(&["subnet-1"]));
    }

    #[test]
    fn applications_that_were_not_read_cannot_be_judged() {
        let applications = json!({ "items": [], "couldNotCheck": denied("kinesisanalytics:DescribeApplication") });
        let cannot = cannot_judge(&CHECK, json!({ "flinkApplications": applications }));
        assert_eq!(cannot.permission.as_deref(), Some("kinesisanalytics:DescribeApplication"));
    }
}
