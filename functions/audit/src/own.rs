//! The parts of kvs-warden itself that the audit looks after, and how each of them was deployed.

pub(crate) mod alarm;
pub(crate) mod pattern;
pub(crate) mod rule;
pub(crate) mod schedule;
pub(crate) mod settings;
#[cfg(test)]
pub(crate) mod template;
pub(crate) mod topic;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Names by the logical ids of `template.yaml`, such as `ChangeRule`.
pub type Names = BTreeMap<String, String>;

/// What was deployed: by the function's settings, or by the stack that `warden` asks.
///
/// Names and no ARNs: all settings of a function together may have 4 KB.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Own {
    /// The stack's name.
    pub stack: String,
    /// The rules that send events to the audit's queue, on the default bus.
    pub rules: Names,
    /// The name of the schedule of the sweep.
    pub schedule: String,
    /// When it runs, such as `rate(1 day)`.
    pub sweep_schedule: String,
    /// The name of the audit function.
    pub function: String,
    /// The roles that kvs-warden itself runs as. None of them has a path.
    pub roles: Names,
    /// The name of the table of findings.
    pub table: String,
    /// The bucket of reports and of `audit.yaml`.
    pub bucket: String,
    /// The stack's alarms.
    pub alarms: Names,
    /// The stack's topics.
    pub topics: Names,
    /// The stack's queues.
    pub queues: Names,
    /// The address that is subscribed to the topics; empty when none is.
    pub mail: String,
    /// The ARNs of topics that AWS Budgets publishes to.
    pub budget_topics: Vec<String>,
}

/// The logical ids that are asked for by name.
pub(crate) mod logical {
    pub(crate) const ALERT_TOPIC: &str = "AlertTopic";
    pub(crate) const AUDIT_QUEUE: &str = "AuditQueue";
    pub(crate) const AUDIT_DEAD_LETTER_QUEUE: &str = "AuditDeadLetterQueue";
    pub(crate) const AUDIT_ROLE: &str = "AuditRole";
    pub(crate) const BUDGET_REPORT_TOPIC: &str = "BudgetReportTopic";
    pub(crate) const BUDGET_ROLE: &str = "BudgetRole";
    pub(crate) const FINDING_TOPIC: &str = "FindingTopic";
    pub(crate) const PROVISION_ROLE: &str = "ProvisionRole";
    pub(crate) const SWEEP_SCHEDULE_ROLE: &str = "SweepScheduleRole";
    pub(crate) const THROTTLE_TOPIC: &str = "ThrottleTopic";

    /// What these do is in no event that reaches the audit, since they check the same before they act.
    pub(crate) const QUIET_ROLES: [&str; 2] = [PROVISION_ROLE, BUDGET_ROLE];
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever of the template has a name of its own in the settings.
    #[test]
    fn the_template_names_every_part_by_its_logical_id() {
        let own: Own = serde_json::from_str(&template::own_parts()).unwrap();
        for (names, kind, suffix) in [
            (&own.rules, "AWS::Events::Rule", ""),
            (&own.alarms, "AWS::CloudWatch::Alarm", ""),
            (&own.topics, "AWS::SNS::Topic", ".TopicName"),
            (&own.queues, "AWS::SQS::Queue", ".QueueName"),
        ] {
            let named: Vec<_> = names.iter().map(|(id, name)| (id.clone(), name.clone())).collect();
            // What rings for the budget is another topic of AWS Budgets.
            let all = template::of_type(kind).into_keys().filter(|id| id != "BudgetTopic");
            let expected: Vec<_> = all.map(|id| (id.clone(), format!("${{{id}{suffix}}}"))).collect();
            assert_eq!(named, expected);
        }
        // The cameras' own role is looked at by nearly every check.
        let mut roles = template::of_type("AWS::IAM::Role");
        roles.remove("CameraRole").unwrap();
        assert!(
            own.roles.iter().eq(&roles.into_keys().map(|id| (id.clone(), format!("${{{id}}}"))).collect::<Names>())
        );
        let roles = [logical::AUDIT_ROLE, logical::PROVISION_ROLE, logical::BUDGET_ROLE, logical::SWEEP_SCHEDULE_ROLE];
        for id in roles {
            assert!(own.roles.contains_key(id), "{id}");
        }
        for id in [logical::AUDIT_QUEUE, logical::AUDIT_DEAD_LETTER_QUEUE] {
            assert!(own.queues.contains_key(id), "{id}");
        }
        let topics =
            [logical::ALERT_TOPIC, logical::BUDGET_REPORT_TOPIC, logical::FINDING_TOPIC, logical::THROTTLE_TOPIC];
        assert!(own.topics.keys().eq(topics));
        assert_eq!((own.schedule.as_str(), own.sweep_schedule.as_str()), ("${SweepSchedulePlan}", "${SweepSchedule}"));
        assert_eq!(own.mail, "${AlertEmail}");
    }

    #[test]
    fn the_variables_of_the_function_fit_into_4_kb() {
        let stack = "kvs-warden-of-the-northern-yard";
        let budgets = format!("\"arn:aws:sns:ap-southeast-2:123456789012:{}\"", "b".repeat(64));
        let made = |name: &str| match name.split('.').next().unwrap() {
            "AWS::StackName" => stack.to_owned(),
            "AWS::Region" => "ap-southeast-2".to_owned(),
            "SweepSchedule" => "cron(30 3 ? * MON,TUE,WED,THU,FRI,SAT,SUN *)".to_owned(),
            "AlertEmail" => "somebody.of.operations@monitoring.example.com".to_owned(),
            "BudgetTopics" => format!("{budgets}, {budgets}"),
            // As CloudFormation names what has no name of its own.
            id => format!("{stack}-{id}-1A2B3C4D5E6F"),
        };
        let own = template::substituted(&template::own_parts(), made);
        assert!(own.len() < 2_900, "{} bytes: {own}", own.len());
        // The queue's URL, the topic's ARN, and what is shorter.
        let others = template::variables("AuditFunction").len() * 60;
        assert!(own.len() + others < 4_096, "{} and {others} bytes", own.len());
    }
}
