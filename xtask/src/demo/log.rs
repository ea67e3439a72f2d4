//! What the function wrote about each camera.

use serde::Deserialize;

/// How a registration ended, as a line of the log tells it. Other lines are no concern of ours.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "message")]
pub(super) enum End {
    #[serde(rename = "camera provisioned")]
    Joined(Joined),
    #[serde(rename = "camera refused")]
    Refused(Refused),
}

/// A camera that works.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Joined {
    /// Its name.
    pub(super) thing: String,
    /// From the registration of its certificate to ACTIVE.
    #[serde(rename = "time_to_active_ms")]
    pub(super) total_ms: u64,
    steps: String,
}

/// A camera that may not join.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Refused {
    /// The stable word.
    pub(super) reason: String,
    /// The sentence.
    pub(super) detail: String,
}

impl Joined {
    /// The operations and their milliseconds, in their order.
    pub(super) fn steps(&self) -> Vec<(&str, &str)> {
        self.steps.split(", ").filter_map(|step| step.trim_end_matches(" ms").split_once(' ')).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_read_and_other_lines_are_passed_over() {
        let log = r#"{"level":"INFO","message":"something else","thing":"x"}
{"_aws":{},"Provisioned":1}
no JSON
{"level":"INFO","message":"camera provisioned","thing":"cam-1","aws_calls":8,"time_to_active_ms":90,"steps":"CreateThing 12 ms, UpdateCertificate 5 ms"}
{"level":"WARN","message":"camera refused","certificate_id":"ab","reason":"expired","detail":"it expired","aws_calls":1}
"#;
        let ends: Vec<End> = log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let [End::Joined(joined), End::Refused(refused)] = ends.as_slice() else { panic!("{ends:?}") };
        assert_eq!((joined.thing.as_str(), joined.total_ms), ("cam-1", 90));
        assert_eq!(joined.steps(), [("CreateThing", "12"), ("UpdateCertificate", "5")]);
        assert_eq!((refused.reason.as_str(), refused.detail.as_str()), ("expired", "it expired"));
    }
}
