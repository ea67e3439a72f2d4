//! The schedule of the sweep: whether it is as it was deployed.

use super::settings::{Settings, differences, gives_up_early};
use crate::event::Message;
use crate::inventory::Moment;

/// A schedule, as far as it matters here.
#[derive(Debug, Clone, Default)]
pub(crate) struct Schedule {
    /// Such as `ENABLED`.
    pub(crate) state: String,
    /// What is compared with what was deployed, by AWS's names. Of its times the begin is not among them.
    pub(crate) settings: Settings,
    /// Before it, the schedule does not run.
    pub(crate) begins: Option<Moment>,
    /// What it sends.
    pub(crate) input: String,
    /// The tries of its retry policy.
    pub(crate) tries: Option<i32>,
    /// The seconds of its retry policy.
    pub(crate) seconds: Option<i32>,
}

/// The settings that it was deployed with. An empty `expression` is one that is not known, and is not compared.
pub(crate) fn deployed(expression: &str, queue: &str, role: &str, dead_letters: &str) -> Settings {
    let all = [
        ("DeadLetterConfig", dead_letters),
        ("FlexibleTimeWindow", "OFF"),
        ("RoleArn", role),
        ("ScheduleExpression", expression),
        ("ScheduleExpressionTimezone", "UTC"),
        ("Target", queue),
    ];
    all.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, value.to_owned())).collect()
}

/// A schedule must be on, now and without an end, and ask the audit's queue for a sweep when it was deployed to.
pub(crate) fn faults(schedule: &Schedule, deployed: &Settings, now: Moment) -> Vec<String> {
    let mut settings = schedule.settings.clone();
    if !deployed.contains_key("ScheduleExpression") {
        settings.remove("ScheduleExpression");
    }
    let off = (schedule.state != "ENABLED").then(|| "is disabled".to_owned());
    let later = schedule.begins.filter(|begins| *begins > now).map(|begins| format!("does not run before {begins}"));
    let asks = matches!(Message::parse(&schedule.input, ""), Ok(Message::Sweep));
    let other = (!asks).then(|| "does not ask for a sweep: its `Input` is another".to_owned());
    let faults = off.into_iter().chain(later).chain(other).chain(gives_up_early(schedule.tries, schedule.seconds));
    faults.chain(differences(&settings, deployed)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::own::template;

    const NOW: i64 = 1_800_000_000;

    fn meant() -> Settings {
        deployed("rate(1 day)", "arn:queue", "arn:role", "arn:dead")
    }

    fn schedule() -> Schedule {
        let input = r#"{"sweep": {"scheduledAt": "<aws.scheduler.scheduled-time>"}}"#.to_owned();
        Schedule { state: "ENABLED".to_owned(), settings: meant(), input, ..Schedule::default() }
    }

    fn told(schedule: &Schedule) -> Vec<String> {
        faults(schedule, &meant(), Moment::from_seconds(NOW))
    }

    fn with(name: &'static str, value: &str) -> Schedule {
        let mut schedule = schedule();
        schedule.settings.insert(name, value.to_owned());
        schedule
    }

    #[test]
    fn it_is_the_template_s() {
        let properties = template::properties("SweepSchedulePlan");
        let target = &properties["Target"];
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let settings = Settings::from([
            ("DeadLetterConfig", text(&target["DeadLetterConfig"]["Arn"])),
            ("FlexibleTimeWindow", text(&properties["FlexibleTimeWindow"]["Mode"])),
            ("RoleArn", text(&target["RoleArn"])),
            ("ScheduleExpression", text(&properties["ScheduleExpression"])),
            ("ScheduleExpressionTimezone", text(&properties["ScheduleExpressionTimezone"])),
            ("Target", text(&target["Arn"])),
        ]);
        let (state, input) = (text(&properties["State"]), text(&target["Input"]));
        let schedule = Schedule { state, settings, input, ..Schedule::default() };
        let names = ["SweepSchedule", "AuditQueue.Arn", "SweepScheduleRole.Arn", "AuditDeadLetterQueue.Arn"];
        let deployed = deployed(names[0], names[1], names[2], names[3]);
        assert_eq!(faults(&schedule, &deployed, Moment::from_seconds(NOW)), [""; 0]);
        // Nothing else of it is set there.
        assert_eq!((properties.as_object().unwrap().len(), target.as_object().unwrap().len()), (6, 4));
    }

    #[test]
    fn one_that_runs_once_a_year_or_ends_is_told() {
        let yearly = with("ScheduleExpression", "cron(0 0 1 1 ? *)");
        let fault = "has `ScheduleExpression` `cron(0 0 1 1 ? *)` where `rate(1 day)` was deployed";
        assert_eq!(told(&yearly), [fault]);
        assert_eq!(told(&with("EndDate", "2026-01-01T00:00:00Z")).len(), 1);
        assert_eq!(told(&with("KmsKeyArn", "arn:key")).len(), 1);
        // Without the parameter nobody can say.
        let unknown = deployed("", "arn:queue", "arn:role", "arn:dead");
        assert_eq!(faults(&yearly, &unknown, Moment::from_seconds(NOW)), [""; 0]);
    }

    #[test]
    fn one_that_begins_later_is_told_and_one_that_began_is_not() {
        let at = |seconds| Schedule { begins: Some(Moment::from_seconds(seconds)), ..schedule() };
        assert!(told(&at(NOW + 1))[0].starts_with("does not run before 20"));
        assert_eq!(told(&at(NOW)), [""; 0]);
    }

    #[test]
    fn one_that_is_off_or_asks_for_something_else_or_elsewhere_is_told() {
        assert_eq!(told(&schedule()), [""; 0]);
        assert_eq!(told(&Schedule { state: "DISABLED".to_owned(), ..schedule() }), ["is disabled"]);
        for input in ["", "{}", r#"["sweep"]"#, r#"{"sleep": {}}"#] {
            let fault = "does not ask for a sweep: its `Input` is another";
            assert_eq!(told(&Schedule { input: input.to_owned(), ..schedule() }), [fault], "{input}");
        }
        assert_eq!(told(&Schedule { tries: Some(0), ..schedule() }), ["gives up after 0 tries or 86400 seconds"]);
        for name in ["DeadLetterConfig", "FlexibleTimeWindow", "RoleArn", "ScheduleExpressionTimezone", "Target"] {
            assert_eq!(told(&with(name, "another")).len(), 1, "{name}");
            let mut without = schedule();
            without.settings.remove(name);
            assert_eq!(told(&without).len(), 1, "{name}");
        }
    }
}
