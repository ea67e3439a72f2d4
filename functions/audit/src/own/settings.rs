//! Settings as they are, held against those that were deployed.

use std::collections::BTreeMap;

/// Settings by the names that AWS gives them. What is not set is not there.
pub(crate) type Settings = BTreeMap<&'static str, String>;

/// What is otherwise than it was deployed: clauses, as [`crate::inventory::OwnPart::faults`] has them.
pub(crate) fn differences(are: &Settings, deployed: &Settings) -> Vec<String> {
    let changed = deployed.iter().filter_map(|(name, meant)| match are.get(name) {
        Some(is) if is == meant => None,
        Some(is) => Some(format!("has `{name}` `{is}` where `{meant}` was deployed")),
        None => Some(format!("has no `{name}` where `{meant}` was deployed")),
    });
    let added = are.iter().filter(|(name, _)| !deployed.contains_key(*name));
    changed.chain(added.map(|(name, is)| format!("has `{name}` `{is}` where none was deployed"))).collect()
}

/// That something is given up earlier than AWS does by itself: after 185 tries or a day, of rules as of schedules.
///
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html>
pub(crate) fn gives_up_early(tries: Option<i32>, seconds: Option<i32>) -> Option<String> {
    let (tries, seconds) = (tries.unwrap_or(185), seconds.unwrap_or(86_400));
    (tries < 185 || seconds < 86_400).then(|| format!("gives up after {tries} tries or {seconds} seconds"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_changed_added_or_taken_away_is_told() {
        let deployed = Settings::from([("Period", "60".to_owned()), ("Threshold", "1".to_owned())]);
        assert_eq!(differences(&deployed, &deployed), [""; 0]);
        let are = Settings::from([("Threshold", "0".to_owned()), ("Unit", "Bytes".to_owned())]);
        let told = [
            "has no `Period` where `60` was deployed",
            "has `Threshold` `0` where `1` was deployed",
            "has `Unit` `Bytes` where none was deployed",
        ];
        assert_eq!(differences(&are, &deployed), told);
    }

    #[test]
    fn only_fewer_tries_than_aws_s_own_are_too_few() {
        assert_eq!(gives_up_early(None, None), None);
        assert_eq!(gives_up_early(Some(185), Some(86_400)), None);
        assert_eq!(gives_up_early(Some(0), None).unwrap(), "gives up after 0 tries or 86400 seconds");
        assert_eq!(gives_up_early(None, Some(60)).unwrap(), "gives up after 185 tries or 60 seconds");
    }
}
