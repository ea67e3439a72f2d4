//! kvs-warden's own parts: whether they are as they should be.

use serde_json::Value;

use super::Aws;
use super::answer::{answer, present, seen};
use crate::inventory::{Inventory, Missing, OwnPart};

/// The `detail-type` of what CloudTrail tells EventBridge.
const FROM_CLOUDTRAIL: &str = "AWS API Call via CloudTrail";

impl Aws {
    /// Rules, the schedule and alarms are asked about. The rest stands by its ARN, for the checks of who could change
    /// it.
    ///
    /// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeRule.html>
    pub(super) async fn own_parts(&self, into: &mut Inventory) -> Result<(), Missing> {
        let (own, taken) = (&self.own, &into.taken);
        let mut parts = Vec::new();
        for rule in &own.rules {
            parts.push(part("rule", taken.arn("events", &format!("rule/{rule}")), self.faults_of_rule(rule).await));
        }
        if !own.schedule.is_empty() {
            let arn = taken.arn("scheduler", &format!("schedule/default/{}", own.schedule));
            parts.push(part("schedule", arn, self.faults_of_schedule().await));
        }
        parts.extend(self.own_alarms(into).await);
        let bare = [
            ("function", &own.function, taken.arn("lambda", &format!("function:{}", own.function))),
            ("queue", &own.queue, own.queue.clone()),
            ("table", &own.table, taken.arn("dynamodb", &format!("table/{}", own.table))),
            ("bucket-object", &own.bucket, format!("arn:{}:s3:::{}/audit.yaml", taken.partition, own.bucket)),
            ("own-role", &own.role, own.role.clone()),
        ];
        let bare = bare.into_iter().filter(|(_, name, _)| !name.is_empty()).map(|(kind, _, arn)| (kind, arn));
        let topics = own.topics.iter().map(|arn| ("topic", arn.clone()));
        parts.extend(bare.chain(topics).map(|(kind, arn)| part(kind, arn, Ok(Vec::new()))));
        into.own_parts.items.extend(parts);
        Ok(())
    }

    async fn faults_of_rule(&self, name: &str) -> Result<Vec<String>, Missing> {
        let described = present("events:DescribeRule", self.eventbridge.describe_rule().name(name).send().await)?;
        let Some(rule) = described else { return Ok(vec!["does not exist".to_owned()]) };
        let call = self.eventbridge.list_targets_by_rule().rule(name).limit(100);
        let targets = answer("events:ListTargetsByRule", call.send().await)?.targets.unwrap_or_default();
        let targets: Vec<&str> = targets.iter().map(|target| target.arn.as_str()).collect();
        let state = rule.state.as_ref().map_or("", |state| state.as_str());
        let pattern = rule.event_pattern.as_deref().unwrap_or_default();
        Ok(faults_of_rule(state, pattern, &targets, &self.own.queue))
    }

    async fn faults_of_schedule(&self) -> Result<Vec<String>, Missing> {
        let described = self.scheduler.get_schedule().name(&self.own.schedule).send().await;
        let Some(schedule) = present("scheduler:GetSchedule", described)? else {
            return Ok(vec!["does not exist".to_owned()]);
        };
        let state = schedule.state.as_ref().map_or("", |state| state.as_str());
        let targets: Vec<&str> = schedule.target.iter().map(|target| target.arn.as_str()).collect();
        Ok(faults(state, &targets, &self.own.queue))
    }

    /// One call for up to 100 alarms.
    async fn own_alarms(&self, inventory: &Inventory) -> Vec<OwnPart> {
        let mut parts = Vec::new();
        for names in self.own.alarms.chunks(100) {
            let call = self.cloudwatch.describe_alarms().set_alarm_names(Some(names.to_vec())).max_records(100);
            let alarms = answer("cloudwatch:DescribeAlarms", call.send().await);
            let alarms = alarms.map(|answer| answer.metric_alarms.unwrap_or_default());
            for name in names {
                let arn = inventory.taken.arn("cloudwatch", &format!("alarm:{name}"));
                let faults = alarms.as_ref().map_err(Clone::clone).map(|alarms| {
                    let found = alarms.iter().find(|alarm| alarm.alarm_name() == Some(name));
                    faults_of_alarm(found.map(|it| (it.actions_enabled() == Some(true), it.alarm_actions().len())))
                });
                parts.push(part("alarm", arn, faults));
            }
        }
        parts
    }
}

fn part(kind: &str, arn: String, faults: Result<Vec<String>, Missing>) -> OwnPart {
    OwnPart { arn, kind: kind.to_owned(), faults: seen(faults) }
}

/// A rule must be on, send to the queue, and select what CloudTrail tells.
fn faults_of_rule(state: &str, pattern: &str, targets: &[&str], queue: &str) -> Vec<String> {
    let mut faults = faults(state, targets, queue);
    let pattern: Value = serde_json::from_str(pattern).unwrap_or_default();
    let kinds = pattern.get("detail-type").and_then(Value::as_array);
    if !kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind == FROM_CLOUDTRAIL)) {
        faults.push(format!("does not select `{FROM_CLOUDTRAIL}`"));
    }
    faults
}

/// Every state that begins with `ENABLED` is one in which events are matched.
fn faults(state: &str, targets: &[&str], queue: &str) -> Vec<String> {
    let off = (!state.starts_with("ENABLED")).then(|| "is disabled".to_owned());
    let elsewhere = (!targets.contains(&queue)).then(|| format!("does not send to `{queue}`"));
    off.into_iter().chain(elsewhere).collect()
}

/// An alarm, by whether its actions are on and how many it has; None when there is no alarm.
fn faults_of_alarm(alarm: Option<(bool, usize)>) -> Vec<String> {
    match alarm {
        None => vec!["does not exist".to_owned()],
        Some((_, 0)) => vec!["tells nobody".to_owned()],
        Some((false, _)) => vec!["has its actions disabled".to_owned()],
        Some((true, _)) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUEUE: &str = "arn:aws:sqs:us-east-1:123456789012:audit";
    const PATTERN: &str = r#"{"source":["aws.iot"],"detail-type":["AWS API Call via CloudTrail"]}"#;

    #[test]
    fn a_rule_as_it_was_deployed_has_no_faults() {
        let other = "arn:aws:sqs:us-east-1:123456789012:other";
        assert!(faults_of_rule("ENABLED", PATTERN, &[other, QUEUE], QUEUE).is_empty());
        let all = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";
        assert!(faults_of_rule(all, PATTERN, &[QUEUE], QUEUE).is_empty());
    }

    #[test]
    fn a_rule_that_was_tampered_with_says_how() {
        assert_eq!(faults_of_rule("DISABLED", PATTERN, &[QUEUE], QUEUE), ["is disabled"]);
        assert_eq!(faults_of_rule("ENABLED", PATTERN, &[], QUEUE), [format!("does not send to `{QUEUE}`")]);
        for pattern in [r#"{"source":["aws.nothing"]}"#, "", r#"{"detail-type":"AWS API Call via CloudTrail"}"#] {
            let faults = faults_of_rule("ENABLED", pattern, &[QUEUE], QUEUE);
            assert_eq!(faults, ["does not select `AWS API Call via CloudTrail`"]);
        }
    }

    #[test]
    fn an_alarm_must_be_there_and_tell_somebody() {
        assert_eq!(faults_of_alarm(None), ["does not exist"]);
        assert_eq!(faults_of_alarm(Some((true, 0))), ["tells nobody"]);
        assert_eq!(faults_of_alarm(Some((false, 1))), ["has its actions disabled"]);
        assert!(faults_of_alarm(Some((true, 1))).is_empty());
    }
}
