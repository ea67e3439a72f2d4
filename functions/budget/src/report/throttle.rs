//! One stream's change, for systems that act on it.

use fleet::Priority;
use serde_json::json;

use super::{Changed, Report};
use crate::tags::Second;

/// A message of the throttle topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThrottleMessage {
    /// JSON: the attributes once more, and `reason`, `saving`, `at`, `dryRun`.
    pub body: String,
    /// What a subscription may filter by: `stream`, `thing`, `priority`, `from`, `to`, `budget`. What is not known is not
    /// there.
    pub attributes: Vec<(&'static str, String)>,
}

impl ThrottleMessage {
    /// A stream's change as a message.
    pub(super) fn of(report: &Report, changed: &Changed) -> Self {
        let priority = changed.priority.map(Priority::as_str);
        let attributes = [
            ("stream", Some(changed.stream.clone())),
            ("thing", changed.thing.clone()),
            ("priority", priority.map(str::to_owned)),
            ("from", Some(changed.from.as_str().to_owned())),
            ("to", Some(changed.to.as_str().to_owned())),
            ("budget", Some(report.budget.clone())),
        ];
        let body = json!({
            "stream": changed.stream,
            "arn": changed.arn,
            "thing": changed.thing,
            "priority": priority,
            "from": changed.from,
            "to": changed.to,
            "budget": report.budget,
            "reason": changed.reason,
            "saving": changed.saving,
            "at": Second(report.at).to_string(),
            "dryRun": report.dry_run,
        });
        // SNS takes no empty value.
        let attributes =
            attributes.into_iter().filter_map(|(name, value)| Some((name, value.filter(|v| !v.is_empty())?)));
        Self { body: body.to_string(), attributes: attributes.collect() }
    }
}
