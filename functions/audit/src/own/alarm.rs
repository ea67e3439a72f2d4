//! The stack's alarms: whether they are as they were deployed.

use super::Own;
use super::settings::{Settings, differences};

/// An alarm, as far as it matters here.
#[derive(Debug, Clone, Default)]
pub(crate) struct Alarm {
    /// Whether it tells anybody.
    pub(crate) actions_enabled: bool,
    /// Whom it tells.
    pub(crate) actions: Vec<String>,
    /// What is compared with what was deployed, by AWS's names.
    pub(crate) settings: Settings,
}

/// What an alarm looks at.
#[derive(Debug, Clone, Copy)]
enum Of {
    /// A queue, by its logical id.
    Queue(&'static str),
    /// A function, by what follows the stack's name in its own.
    Function(&'static str),
}

/// How the template makes an alarm.
#[derive(Debug, Clone, Copy)]
struct Deployed {
    id: &'static str,
    namespace: &'static str,
    metric: &'static str,
    of: Of,
    statistic: &'static str,
    period: u32,
    periods: u32,
    /// Of the periods.
    to_alarm: u32,
    threshold: u32,
    comparison: &'static str,
    missing: &'static str,
}

const SQS: &str = "AWS/SQS";
const LAMBDA: &str = "AWS/Lambda";
const OURS: &str = "KvsWarden";
const VISIBLE: &str = "ApproximateNumberOfMessagesVisible";

/// One message in a queue in which there should be none.
const fn any_message(id: &'static str, queue: &'static str) -> Deployed {
    Deployed { statistic: "Maximum", ..any(id, SQS, VISIBLE, Of::Queue(queue)) }
}

/// One of something in a minute.
const fn any(id: &'static str, namespace: &'static str, metric: &'static str, of: Of) -> Deployed {
    Deployed {
        id,
        namespace,
        metric,
        of,
        statistic: "Sum",
        period: 60,
        periods: 1,
        to_alarm: 1,
        threshold: 1,
        comparison: "GreaterThanOrEqualToThreshold",
        missing: "notBreaching",
    }
}

const ALARMS: [Deployed; 10] = [
    any_message("DeadLetterAlarm", "RegistrationDeadLetterQueue"),
    any_message("RuleErrorAlarm", "RegistrationRuleErrorQueue"),
    any_message("AuditDeadLetterAlarm", "AuditDeadLetterQueue"),
    any_message("BudgetDeadLetterAlarm", "BudgetDeadLetterQueue"),
    any("ProvisionErrorAlarm", LAMBDA, "Errors", Of::Function("provision")),
    Deployed {
        periods: 5,
        to_alarm: 3,
        ..any("ProvisionThrottleAlarm", LAMBDA, "Throttles", Of::Function("provision"))
    },
    Deployed {
        statistic: "Maximum",
        periods: 3,
        to_alarm: 3,
        threshold: 900,
        ..any("OldestRegistrationAlarm", SQS, "ApproximateAgeOfOldestMessage", Of::Queue("RegistrationQueue"))
    },
    Deployed {
        period: 300,
        threshold: 100,
        comparison: "GreaterThanThreshold",
        ..any("RefusalAlarm", OURS, "Refused", Of::Function("provision"))
    },
    Deployed {
        period: 86_400,
        comparison: "LessThanThreshold",
        missing: "breaching",
        ..any("SweepMissingAlarm", OURS, "Sweeps", Of::Function("audit"))
    },
    Deployed {
        period: 86_400,
        comparison: "LessThanThreshold",
        missing: "breaching",
        ..any("LookMissingAlarm", OURS, "Looks", Of::Function("budget"))
    },
];

/// The settings that an alarm was deployed with, by its logical id; None for one that the template does not have.
pub(crate) fn deployed(id: &str, own: &Own) -> Option<Settings> {
    let alarm = ALARMS.iter().find(|alarm| alarm.id == id)?;
    let (dimension, of) = match alarm.of {
        Of::Queue(id) => ("QueueName", own.queues.get(id).cloned().unwrap_or_default()),
        Of::Function(end) => ("FunctionName", format!("{}-{end}", own.stack)),
    };
    Some(Settings::from([
        ("ComparisonOperator", alarm.comparison.to_owned()),
        ("DatapointsToAlarm", alarm.to_alarm.to_string()),
        ("Dimensions", format!("{dimension}={of}")),
        ("EvaluationPeriods", alarm.periods.to_string()),
        ("MetricName", alarm.metric.to_owned()),
        ("Namespace", alarm.namespace.to_owned()),
        ("Period", alarm.period.to_string()),
        ("Statistic", alarm.statistic.to_owned()),
        ("Threshold", alarm.threshold.to_string()),
        ("TreatMissingData", alarm.missing.to_owned()),
    ]))
}

/// An alarm must be there, look at what it was deployed to look at, and tell the alert topic; whom else does not matter.
pub(crate) fn faults(alarm: Option<&Alarm>, deployed: &Settings, topic: &str) -> Vec<String> {
    let Some(alarm) = alarm else { return vec!["does not exist".to_owned()] };
    let mut faults = Vec::new();
    if !alarm.actions_enabled {
        faults.push("has its actions disabled".to_owned());
    }
    if alarm.actions.is_empty() {
        faults.push("tells nobody".to_owned());
    } else if !alarm.actions.iter().any(|action| action == topic) {
        faults.push(format!("does not tell `{topic}`"));
    }
    faults.extend(differences(&alarm.settings, deployed));
    faults
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::own::{logical, template};

    const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:alerts";

    fn own() -> Own {
        let name = |id: &str| (id.to_owned(), format!("{id}.QueueName"));
        let queues = template::of_type("AWS::SQS::Queue").keys().map(|id| name(id)).collect();
        Own { stack: "yard".to_owned(), queues, ..Own::default() }
    }

    fn text(value: &Value) -> String {
        value.as_str().map_or_else(|| value.to_string(), str::to_owned)
    }

    /// Whoever changes an alarm in the template changes it here too, or every stack would be told to be tampered with.
    #[test]
    fn the_alarms_are_those_of_the_template() {
        let alarms = template::of_type("AWS::CloudWatch::Alarm");
        assert_eq!(alarms.len(), ALARMS.len());
        for (id, mut properties) in alarms {
            let properties = properties.as_object_mut().unwrap();
            properties.remove("AlarmDescription").unwrap();
            let actions = properties.remove("AlarmActions").unwrap();
            assert_eq!(actions, serde_json::json!([logical::ALERT_TOPIC]), "{id}");
            let [dimension] = properties.remove("Dimensions").unwrap().as_array().unwrap().clone().try_into().unwrap();
            let name = text(&dimension["Value"]);
            let name = name.replace("ProvisionFunction", "yard-provision").replace("${AWS::StackName}", "yard");
            let periods = properties["EvaluationPeriods"].clone();
            properties.entry("DatapointsToAlarm").or_insert(periods);
            let mut deployed = deployed(&id, &own()).unwrap_or_else(|| panic!("{id} is not here"));
            assert_eq!(deployed.remove("Dimensions").unwrap(), format!("{}={name}", text(&dimension["Name"])), "{id}");
            let properties: Vec<_> = properties.iter().map(|(name, value)| (name.as_str(), text(value))).collect();
            assert_eq!(deployed.into_iter().collect::<Vec<_>>(), properties, "{id}");
        }
    }

    fn alarm() -> Alarm {
        let settings = deployed("SweepMissingAlarm", &own()).unwrap();
        Alarm { actions_enabled: true, actions: vec!["arn:x".to_owned(), TOPIC.to_owned()], settings }
    }

    fn told(alarm: Option<&Alarm>) -> Vec<String> {
        faults(alarm, &deployed("SweepMissingAlarm", &own()).unwrap(), TOPIC)
    }

    #[test]
    fn an_alarm_must_be_there_and_tell_the_alert_topic() {
        assert_eq!(told(Some(&alarm())), [""; 0]);
        assert_eq!(told(None), ["does not exist"]);
        assert_eq!(told(Some(&Alarm { actions: Vec::new(), ..alarm() })), ["tells nobody"]);
        let elsewhere = Alarm { actions: vec!["arn:x".to_owned()], ..alarm() };
        assert_eq!(told(Some(&elsewhere)), [format!("does not tell `{TOPIC}`")]);
        assert_eq!(told(Some(&Alarm { actions_enabled: false, ..alarm() })), ["has its actions disabled"]);
    }

    #[test]
    fn an_alarm_that_cannot_go_off_is_told_with_what_was_changed() {
        for (name, value) in [
            ("Threshold", "0"),
            ("TreatMissingData", "notBreaching"),
            ("MetricName", "Errors"),
            ("Dimensions", "FunctionName=another"),
            ("Period", "10"),
            ("Unit", "Bytes"),
        ] {
            let mut changed = alarm();
            changed.settings.insert(name, value.to_owned());
            let told = told(Some(&changed));
            assert!(told.len() == 1 && told[0].starts_with(&format!("has `{name}` `{value}` where ")), "{told:?}");
        }
        let mut math = alarm();
        math.settings.remove("MetricName");
        assert_eq!(told(Some(&math)), ["has no `MetricName` where `Sweeps` was deployed"]);
    }
}
