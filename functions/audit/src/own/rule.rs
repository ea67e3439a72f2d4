//! A rule that sends events to the audit's queue: whether it is as it was deployed.

use serde_json::Value;

use super::pattern;
use super::settings::gives_up_early;

/// A rule, as far as it matters here.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rule {
    /// Such as `ENABLED`.
    pub(crate) state: String,
    /// Its event pattern, as JSON.
    pub(crate) pattern: String,
    /// Whom it sends to.
    pub(crate) targets: Vec<Target>,
}

/// A target of a rule.
#[derive(Debug, Clone, Default)]
pub(crate) struct Target {
    /// Whose ARN it is.
    pub(crate) arn: String,
    /// Which of `Input`, `InputPath` and `InputTransformer` it has: with one of them it does not get the event itself.
    pub(crate) shaped_by: Option<&'static str>,
    /// The ARN of the queue for what cannot be sent.
    pub(crate) dead_letters: Option<String>,
    /// The ARN of the role that sends; none was deployed.
    pub(crate) role: Option<String>,
    /// The tries of its retry policy.
    pub(crate) tries: Option<i32>,
    /// The seconds of its retry policy.
    pub(crate) seconds: Option<i32>,
}

/// A rule must be on, select what it was deployed to select, and send it as it is to the queue. Other targets, of
/// somebody else, may stand beside.
pub(crate) fn faults(rule: &Rule, deployed: &Value, queue: &str, dead_letters: &str) -> Vec<String> {
    let mut faults = Vec::new();
    // Every state that begins so is one in which events are matched.
    if !rule.state.starts_with("ENABLED") {
        faults.push("is disabled".to_owned());
    }
    let places = pattern::differences(&rule.pattern, deployed);
    if !places.is_empty() {
        let places: Vec<_> = places.iter().map(|place| format!("`{place}`")).collect();
        faults.push(format!("selects by another pattern than was deployed, in {}", places.join(", ")));
    }
    let ours = rule.targets.iter().filter(|target| target.arn == queue);
    // One that is right is enough.
    match ours.map(|target| target.faults(dead_letters)).min_by_key(Vec::len) {
        None => faults.push(format!("does not send to `{queue}`")),
        Some(of_target) => faults.extend(of_target),
    }
    faults
}

impl Target {
    fn faults(&self, dead_letters: &str) -> Vec<String> {
        let shaped = self.shaped_by.map(|by| format!("sends something else than the event, by `{by}`"));
        let kept = self.dead_letters.as_deref() == Some(dead_letters);
        let lost = (!kept).then(|| format!("does not keep what it cannot send in `{dead_letters}`"));
        let role = self.role.as_ref().map(|role| format!("sends as `{role}`"));
        shaped.into_iter().chain(lost).chain(role).chain(gives_up_early(self.tries, self.seconds)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUEUE: &str = "arn:aws:sqs:us-east-1:123456789012:audit";
    const DEAD: &str = "arn:aws:sqs:us-east-1:123456789012:dead";

    fn target() -> Target {
        Target { arn: QUEUE.to_owned(), dead_letters: Some(DEAD.to_owned()), ..Target::default() }
    }

    fn told(state: &str, targets: &[Target]) -> Vec<String> {
        let deployed = pattern::deployed("DenialRule", &[]).unwrap();
        let rule = Rule { state: state.to_owned(), pattern: deployed.to_string(), targets: targets.to_vec() };
        faults(&rule, &deployed, QUEUE, DEAD)
    }

    #[test]
    fn a_rule_as_it_was_deployed_has_no_faults() {
        let other = Target { arn: "arn:aws:sqs:us-east-1:123456789012:other".to_owned(), ..Target::default() };
        assert_eq!(told("ENABLED", &[other, target()]), [""; 0]);
        assert_eq!(told("ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS", &[target()]), [""; 0]);
    }

    #[test]
    fn a_rule_that_is_off_or_sends_elsewhere_says_so() {
        assert_eq!(told("DISABLED", &[target()]), ["is disabled"]);
        assert_eq!(told("ENABLED", &[]), [format!("does not send to `{QUEUE}`")]);
    }

    #[test]
    fn a_target_that_gets_something_else_or_loses_it_is_told() {
        let lost = format!("does not keep what it cannot send in `{DEAD}`");
        for (target, fault) in [
            (Target { shaped_by: Some("Input"), ..target() }, "sends something else than the event, by `Input`"),
            (Target { dead_letters: None, ..target() }, lost.as_str()),
            (Target { dead_letters: Some(QUEUE.to_owned()), ..target() }, lost.as_str()),
            (Target { role: Some("arn:eve".to_owned()), ..target() }, "sends as `arn:eve`"),
            (Target { tries: Some(0), ..target() }, "gives up after 0 tries or 86400 seconds"),
        ] {
            assert_eq!(told("ENABLED", std::slice::from_ref(&target)), [fault]);
            // A second one that is right sends all the same.
            assert_eq!(told("ENABLED", &[target, self::target()]), [""; 0]);
        }
    }

    #[test]
    fn another_pattern_is_told_with_the_place() {
        let deployed = pattern::deployed("DenialRule", &[]).unwrap();
        let narrow = r#"{"source": ["aws.nothing"]}"#.to_owned();
        let rule = Rule { state: "ENABLED".to_owned(), pattern: narrow, targets: vec![target()] };
        let fault = "selects by another pattern than was deployed, in `detail`, `detail-type`, `source`";
        assert_eq!(faults(&rule, &deployed, QUEUE, DEAD), [fault]);
    }
}
