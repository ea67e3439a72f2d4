//! kvs-warden's own parts: whether they are as they should be.

use aws_sdk_cloudwatch::types::MetricAlarm;
use aws_sdk_eventbridge::types::Target;
use aws_sdk_scheduler::operation::get_schedule::GetScheduleOutput;
use aws_sdk_sns::types::Subscription as Listed;

use super::Aws;
use super::answer::{answer, failed, moment, present, seen};
use super::messaging::subscriptions;
use crate::inventory::{DocumentText, Inventory, Missing, OwnPart, Taken};
use crate::own::alarm::{self, Alarm};
use crate::own::rule::{self, Rule};
use crate::own::schedule::{self, Schedule};
use crate::own::settings::Settings;
use crate::own::topic::{self, Subscription, Topic};
use crate::own::{logical, pattern};

/// Subscriptions to a topic that are looked at one by one.
const MOST_SUBSCRIPTIONS: usize = 20;

/// What is wrong with a part, or why nobody knows.
type Faults = Result<Vec<String>, Missing>;

impl Aws {
    /// Rules, the schedule, alarms and topics are asked about. The rest stands by its ARN, for the checks of who could
    /// change it.
    ///
    /// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeRule.html>
    pub(super) async fn own_parts(&self, into: &mut Inventory) -> Result<(), Missing> {
        let (own, taken) = (&self.own, &into.taken);
        let mut parts = Vec::new();
        for (id, name) in &own.rules {
            let arn = taken.arn("events", &format!("rule/{name}"));
            parts.push(part("rule", id, arn, self.faults_of_rule(id, name, taken).await));
        }
        if !own.schedule.is_empty() {
            let arn = taken.arn("scheduler", &format!("schedule/default/{}", own.schedule));
            parts.push(part("schedule", "", arn, self.faults_of_schedule(taken).await));
        }
        parts.extend(self.own_alarms(taken).await);
        for (id, name) in &own.topics {
            let arn = taken.arn("sns", name);
            let faults = self.faults_of_topic(id, &arn, taken).await;
            parts.push(part("topic", id, arn, faults));
        }
        let bare = [
            ("function", &own.function, taken.arn("lambda", &format!("function:{}", own.function))),
            ("table", &own.table, taken.arn("dynamodb", &format!("table/{}", own.table))),
            ("bucket-object", &own.bucket, format!("arn:{}:s3:::{}/audit.yaml", taken.partition, own.bucket)),
        ];
        let bare = bare.into_iter().filter(|(_, name, _)| !name.is_empty()).map(|(kind, _, arn)| (kind, "", arn));
        let queues = [("queue", logical::AUDIT_QUEUE), ("dead-letter-queue", logical::AUDIT_DEAD_LETTER_QUEUE)];
        let queues = queues.into_iter().filter(|(_, id)| own.queues.contains_key(*id));
        let queues = queues.map(|(kind, id)| (kind, id, self.own_queue(id, taken)));
        let roles = own.roles.keys().map(|id| ("own-role", id.as_str(), self.own_role(id, taken)));
        parts.extend(bare.chain(queues).chain(roles).map(|(kind, id, arn)| part(kind, id, arn, Ok(Vec::new()))));
        into.own_parts.items.extend(parts);
        Ok(())
    }

    /// The ARN of one of the stack's roles, by its logical id; empty when it is not known.
    pub(super) fn own_role(&self, id: &str, taken: &Taken) -> String {
        self.own.roles.get(id).map_or_else(String::new, |name| taken.iam_arn(&format!("role/{name}")))
    }

    /// The ARNs of the roles whose calls no rule sends.
    pub(super) fn quiet_roles(&self, taken: &Taken) -> Vec<String> {
        let ids = logical::QUIET_ROLES.into_iter().filter(|id| self.own.roles.contains_key(*id));
        ids.map(|id| self.own_role(id, taken)).collect()
    }

    /// The ARN of one of the stack's queues, by its logical id; empty when it is not known.
    fn own_queue(&self, id: &str, taken: &Taken) -> String {
        self.own.queues.get(id).map_or_else(String::new, |name| taken.arn("sqs", name))
    }

    /// Where what cannot be sent to the audit's queue is kept.
    fn dead_letters(&self, taken: &Taken) -> String {
        self.own_queue(logical::AUDIT_DEAD_LETTER_QUEUE, taken)
    }

    async fn faults_of_rule(&self, id: &str, name: &str, taken: &Taken) -> Faults {
        let Some(deployed) = pattern::deployed(id, &self.quiet_roles(taken)) else {
            return Err(failed("events:DescribeRule", &format!("this version knows no rule `{id}`")));
        };
        let described = present("events:DescribeRule", self.eventbridge.describe_rule().name(name).send().await)?;
        let Some(described) = described else { return Ok(gone()) };
        let call = self.eventbridge.list_targets_by_rule().rule(name).limit(100);
        let targets = answer("events:ListTargetsByRule", call.send().await)?.targets.unwrap_or_default();
        let rule = Rule {
            state: described.state.as_ref().map_or_else(String::new, |state| state.as_str().to_owned()),
            pattern: described.event_pattern.unwrap_or_default(),
            targets: targets.into_iter().map(of_target).collect(),
        };
        let queue = self.own_queue(logical::AUDIT_QUEUE, taken);
        Ok(rule::faults(&rule, &deployed, &queue, &self.dead_letters(taken)))
    }

    async fn faults_of_schedule(&self, taken: &Taken) -> Faults {
        let described = self.scheduler.get_schedule().name(&self.own.schedule).send().await;
        let Some(described) = present("scheduler:GetSchedule", described)? else { return Ok(gone()) };
        let deployed = schedule::deployed(
            &self.own.sweep_schedule,
            &self.own_queue(logical::AUDIT_QUEUE, taken),
            &self.own_role(logical::SWEEP_SCHEDULE_ROLE, taken),
            &self.dead_letters(taken),
        );
        Ok(schedule::faults(&of_schedule(&described), &deployed, taken.at))
    }

    /// One call for up to 100 alarms.
    async fn own_alarms(&self, taken: &Taken) -> Vec<OwnPart> {
        let all: Vec<(&String, &String)> = self.own.alarms.iter().collect();
        let topic = self.own.topics.get(logical::ALERT_TOPIC).map_or_else(String::new, |name| taken.arn("sns", name));
        let mut parts = Vec::new();
        for some in all.chunks(100) {
            let names = some.iter().map(|(_, name)| (*name).clone()).collect();
            let call = self.cloudwatch.describe_alarms().set_alarm_names(Some(names)).max_records(100);
            let alarms = answer("cloudwatch:DescribeAlarms", call.send().await);
            let alarms = alarms.map(|answer| answer.metric_alarms.unwrap_or_default());
            for (id, name) in some {
                let faults = match (&alarms, alarm::deployed(id, &self.own)) {
                    (Err(missing), _) => Err(missing.clone()),
                    (Ok(_), None) => {
                        Err(failed("cloudwatch:DescribeAlarms", &format!("this version knows no alarm `{id}`")))
                    }
                    (Ok(alarms), Some(deployed)) => {
                        let found = alarms.iter().find(|alarm| alarm.alarm_name() == Some(name.as_str()));
                        Ok(alarm::faults(found.map(of_alarm).as_ref(), &deployed, &topic))
                    }
                };
                parts.push(part("alarm", id, taken.arn("cloudwatch", &format!("alarm:{name}")), faults));
            }
        }
        parts
    }

    /// Two calls, and one for each subscription of this account.
    ///
    /// <https://docs.aws.amazon.com/sns/latest/api/API_GetSubscriptionAttributes.html>
    async fn faults_of_topic(&self, id: &str, arn: &str, taken: &Taken) -> Faults {
        let described = self.sns.get_topic_attributes().topic_arn(arn).send().await;
        let Some(described) = present("sns:GetTopicAttributes", described)? else { return Ok(gone()) };
        let mut attributes = described.attributes.unwrap_or_default();
        let listed = subscriptions(&self.sns, arn).await?;
        if listed.len() > MOST_SUBSCRIPTIONS {
            let because = format!("the topic has {} subscriptions, and no more than 20 are looked at", listed.len());
            return Err(failed("sns:GetSubscriptionAttributes", &because));
        }
        let mut subscriptions = Vec::new();
        for subscription in listed {
            subscriptions.push(self.own_subscription(subscription, &taken.account).await?);
        }
        let topic = Topic {
            policy: DocumentText::new(&attributes.remove("Policy").unwrap_or_default()),
            key: attributes.remove("KmsMasterKeyId"),
            subscriptions,
        };
        topic::faults(&topic, id, &self.own, taken).map_err(|because| failed("sns:GetTopicAttributes", &because))
    }

    /// What another account has subscribed, it filters as it likes, and tells nobody.
    async fn own_subscription(&self, listed: Listed, account: &str) -> Result<Subscription, Missing> {
        let mut subscription = Subscription {
            arn: listed.subscription_arn.unwrap_or_default(),
            protocol: listed.protocol.unwrap_or_default(),
            endpoint: listed.endpoint.unwrap_or_default(),
            filter: None,
        };
        if subscription.is_confirmed() && listed.owner.is_none_or(|owner| owner == account) {
            let call = self.sns.get_subscription_attributes().subscription_arn(&subscription.arn);
            // One that is gone by now is none.
            let Some(answer) = present("sns:GetSubscriptionAttributes", call.send().await)? else {
                subscription.arn.clear();
                return Ok(subscription);
            };
            subscription.filter = answer.attributes.unwrap_or_default().remove("FilterPolicy");
        }
        Ok(subscription)
    }
}

fn part(kind: &str, id: &str, arn: String, faults: Faults) -> OwnPart {
    OwnPart { arn, kind: kind.to_owned(), logical_id: id.to_owned(), faults: seen(faults) }
}

fn gone() -> Vec<String> {
    vec!["does not exist".to_owned()]
}

fn of_target(target: Target) -> rule::Target {
    let shapes = [
        ("Input", target.input.is_some()),
        ("InputPath", target.input_path.is_some()),
        ("InputTransformer", target.input_transformer.is_some()),
    ];
    let retry = target.retry_policy.as_ref();
    rule::Target {
        shaped_by: shapes.into_iter().find_map(|(name, is)| is.then_some(name)),
        tries: retry.and_then(|retry| retry.maximum_retry_attempts),
        seconds: retry.and_then(|retry| retry.maximum_event_age_in_seconds),
        arn: target.arn,
        dead_letters: target.dead_letter_config.and_then(|queue| queue.arn),
        role: target.role_arn,
    }
}

fn of_schedule(described: &GetScheduleOutput) -> Schedule {
    let target = described.target.as_ref();
    let retry = target.and_then(|target| target.retry_policy.as_ref());
    let window = described.flexible_time_window.as_ref().map(|window| match window.maximum_window_in_minutes {
        Some(minutes) => format!("{} of {minutes} minutes", window.mode.as_str()),
        None => window.mode.as_str().to_owned(),
    });
    let settings = [
        ("DeadLetterConfig", target.and_then(|target| target.dead_letter_config.as_ref()?.arn.clone())),
        ("EndDate", described.end_date.map(|end| moment(end).to_string())),
        ("FlexibleTimeWindow", window),
        ("KmsKeyArn", described.kms_key_arn.clone()),
        ("RoleArn", target.map(|target| target.role_arn.clone())),
        ("ScheduleExpression", described.schedule_expression.clone()),
        ("ScheduleExpressionTimezone", described.schedule_expression_timezone.clone()),
        ("Target", target.map(|target| target.arn.clone())),
    ];
    Schedule {
        state: described.state.as_ref().map_or_else(String::new, |state| state.as_str().to_owned()),
        settings: set(settings),
        begins: described.start_date.map(moment),
        input: target.and_then(|target| target.input.clone()).unwrap_or_default(),
        tries: retry.and_then(|retry| retry.maximum_retry_attempts),
        seconds: retry.and_then(|retry| retry.maximum_event_age_in_seconds),
    }
}

fn of_alarm(alarm: &MetricAlarm) -> Alarm {
    let dimensions = alarm.dimensions().iter();
    let dimensions: Vec<String> = dimensions
        .map(|dimension| format!("{}={}", dimension.name().unwrap_or_default(), dimension.value().unwrap_or_default()))
        .collect();
    let periods = alarm.evaluation_periods();
    let settings = [
        ("ComparisonOperator", alarm.comparison_operator().map(|it| it.as_str().to_owned())),
        // Where it is left out, it is all of them.
        ("DatapointsToAlarm", alarm.datapoints_to_alarm().or(periods).map(|it| it.to_string())),
        ("Dimensions", (!dimensions.is_empty()).then(|| dimensions.join(", "))),
        ("EvaluationPeriods", periods.map(|it| it.to_string())),
        ("MetricName", alarm.metric_name().map(str::to_owned)),
        ("Namespace", alarm.namespace().map(str::to_owned)),
        ("Period", alarm.period().map(|it| it.to_string())),
        ("Statistic", alarm.statistic().map(|it| it.as_str().to_owned())),
        // A whole number is written without a point.
        ("Threshold", alarm.threshold().map(|it| it.to_string())),
        // Where it is left out, it is this.
        ("TreatMissingData", Some(alarm.treat_missing_data().unwrap_or("missing").to_owned())),
        ("Unit", alarm.unit().map(|it| it.as_str().to_owned())),
    ];
    Alarm {
        actions_enabled: alarm.actions_enabled() == Some(true),
        actions: alarm.alarm_actions().to_vec(),
        settings: set(settings),
    }
}

/// Those that are set to something.
fn set<const N: usize>(settings: [(&'static str, Option<String>); N]) -> Settings {
    let set = settings.into_iter().filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)));
    set.collect()
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudwatch::types::{ComparisonOperator, Dimension, StandardUnit, Statistic};
    use aws_sdk_eventbridge::types::{DeadLetterConfig, InputTransformer, RetryPolicy};
    use aws_sdk_scheduler::primitives::DateTime;
    use aws_sdk_scheduler::types::{FlexibleTimeWindow, FlexibleTimeWindowMode, ScheduleState};

    use super::*;
    use crate::own::Own;

    fn sweep_missing() -> aws_sdk_cloudwatch::types::builders::MetricAlarmBuilder {
        MetricAlarm::builder()
            .actions_enabled(true)
            .alarm_actions("arn:alerts")
            .namespace("KvsWarden")
            .metric_name("Sweeps")
            .dimensions(Dimension::builder().name("FunctionName").value("yard-audit").build())
            .statistic(Statistic::Sum)
            .period(86_400)
            .evaluation_periods(1)
            .threshold(1.0)
            .comparison_operator(ComparisonOperator::LessThanThreshold)
            .treat_missing_data("breaching")
    }

    fn told(alarm: aws_sdk_cloudwatch::types::builders::MetricAlarmBuilder) -> Vec<String> {
        let own = Own { stack: "yard".to_owned(), ..Own::default() };
        let deployed = alarm::deployed("SweepMissingAlarm", &own).unwrap();
        alarm::faults(Some(&of_alarm(&alarm.build())), &deployed, "arn:alerts")
    }

    #[test]
    fn an_alarm_as_aws_describes_it_is_the_deployed_one() {
        assert_eq!(told(sweep_missing()), [""; 0]);
        assert_eq!(told(sweep_missing().datapoints_to_alarm(1)), [""; 0]);
        assert_eq!(told(sweep_missing().threshold(0.5)), ["has `Threshold` `0.5` where `1` was deployed"]);
        assert_eq!(told(sweep_missing().set_treat_missing_data(None)).len(), 1);
        assert_eq!(told(sweep_missing().unit(StandardUnit::Bytes)).len(), 1);
        assert_eq!(told(sweep_missing().set_dimensions(None)).len(), 1);
    }

    #[test]
    fn a_target_is_read_with_what_it_does_to_events() {
        let target = || Target::builder().id("audit").arn("arn:queue");
        let plain = of_target(target().build().unwrap());
        assert_eq!((plain.arn.as_str(), plain.shaped_by, plain.dead_letters), ("arn:queue", None, None));
        let transformer = InputTransformer::builder().input_template("1").build().unwrap();
        for (target, by) in [
            (target().input("{}"), "Input"),
            (target().input_path("$.id"), "InputPath"),
            (target().input_transformer(transformer), "InputTransformer"),
        ] {
            assert_eq!(of_target(target.build().unwrap()).shaped_by, Some(by));
        }
        let careful = target()
            .dead_letter_config(DeadLetterConfig::builder().arn("arn:dead").build())
            .retry_policy(RetryPolicy::builder().maximum_retry_attempts(3).build());
        let careful = of_target(careful.build().unwrap());
        assert_eq!(
            (careful.dead_letters.as_deref(), careful.tries, careful.seconds),
            (Some("arn:dead"), Some(3), None)
        );
    }

    #[test]
    fn a_schedule_is_read_with_all_that_keeps_it_from_running() {
        let target = aws_sdk_scheduler::types::Target::builder().arn("arn:queue").role_arn("arn:role").input("{}");
        let window = FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Flexible).maximum_window_in_minutes(9);
        let described = GetScheduleOutput::builder()
            .state(ScheduleState::Enabled)
            .schedule_expression("rate(1 day)")
            .flexible_time_window(window.build().unwrap())
            .end_date(DateTime::from_secs(0))
            .start_date(DateTime::from_secs(60))
            .target(target.build().unwrap())
            .build();
        let read = of_schedule(&described);
        assert_eq!((read.state.as_str(), read.input.as_str()), ("ENABLED", "{}"));
        assert_eq!(read.begins.unwrap().to_string(), "1970-01-01T00:01:00Z");
        let settings = [
            ("EndDate", "1970-01-01T00:00:00Z"),
            ("FlexibleTimeWindow", "FLEXIBLE of 9 minutes"),
            ("RoleArn", "arn:role"),
            ("ScheduleExpression", "rate(1 day)"),
            ("Target", "arn:queue"),
        ];
        let settings: Vec<_> = settings.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        assert_eq!(read.settings.into_iter().collect::<Vec<_>>(), settings);
    }
}
