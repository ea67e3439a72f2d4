//! What a look came to, for people and for other systems.

mod body;
mod throttle;

use fleet::Priority;
use serde_json::{Value, json};

pub use throttle::ThrottleMessage;

use crate::aws::Alert;
use crate::budget::Figures;
use crate::camera::Target;
use crate::money::Money;
use crate::tags::Second;

/// The most bytes that body and attribute have together. SNS takes 262,144 with the attribute's name and type.
pub const BYTES: usize = 250_000;
/// Of each kind, so many streams are told one by one.
pub const MANY: usize = 50;
/// The most bytes of the attribute.
const ATTRIBUTE_BYTES: usize = 150_000;

/// What a look came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The account.
    pub account: String,
    /// The budget's name.
    pub budget: String,
    /// Its figures; None when there were none to go by, which a remark explains.
    pub figures: Option<Figures>,
    /// The budget's notifications at AWS.
    pub alerts: Vec<Alert>,
    /// The rungs that spend or forecast is on.
    pub rungs: Vec<String>,
    /// What is saved until the period's end by all that gives way now.
    pub saving: Money,
    /// What changed and was not told before.
    pub changed: Vec<Changed>,
    /// What should have changed and could not, or had no effect.
    pub failed: Vec<Failed>,
    /// Video that is not recorded, or was not.
    pub gaps: Vec<Gap>,
    /// How many streams are at what.
    pub counts: Counts,
    /// How many of those that are not normal, or came back, are not as they should be; also of those told before.
    pub without_effect: usize,
    /// Full sentences on what else to know.
    pub remarks: Vec<String>,
    /// What led to the look, and what is odd about that.
    pub notices: Vec<String>,
    /// What is odd about that: it disagrees with AWS, or with itself.
    pub doubts: Vec<String>,
    /// Changes that are still to be made: another invocation goes on.
    pub left: usize,
    /// When it looked, in seconds since 1970.
    pub at: i64,
    /// When it looks again.
    pub next: i64,
    /// Whether it only says what would be done.
    pub dry_run: bool,
}

/// A stream that is otherwise than was last told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The stream's name.
    pub stream: String,
    /// Its ARN.
    pub arn: String,
    /// The camera.
    pub thing: Option<String>,
    /// How much it matters; None when that cannot be read.
    pub priority: Option<Priority>,
    /// What it was told to be.
    pub from: Target,
    /// What it is.
    pub to: Target,
    /// Why, with the figures: a fragment.
    pub reason: String,
    /// What that saves until the period's end.
    pub saving: Option<Money>,
}

/// A stream that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// The stream's name.
    pub stream: String,
    /// What it should be.
    pub to: Target,
    /// What keeps it from that, and what to do.
    pub because: String,
}

/// Video that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The stream's name.
    pub stream: String,
    /// From when on nothing had to be recorded. An open connection may have gone on for up to 45 minutes.
    pub from: i64,
    /// When video came again; None as long as it does not.
    pub to: Option<i64>,
}

/// How many streams are at what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// As they should be.
    pub normal: usize,
    /// Asked for less.
    pub reduced: usize,
    /// Not recorded.
    pub stopped: usize,
}

/// What people are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// ASCII, and fewer than 100 characters of it.
    pub subject: String,
    /// For people, in plain text.
    pub body: String,
    /// The same for machines: JSON. `left` in it says how many streams had no room.
    pub attribute: String,
}

impl Report {
    /// Whether something has changed.
    pub fn is_news(&self) -> bool {
        !self.changed.is_empty() || self.gaps.iter().any(|gap| gap.to.is_some())
    }

    /// The report as a message.
    pub fn message(&self) -> Message {
        let attribute = self.attribute();
        let body = body::body(self, BYTES.saturating_sub(attribute.len()));
        Message { subject: self.subject(), body, attribute }
    }

    /// Each change as a message of its own.
    pub fn throttles(&self) -> Vec<ThrottleMessage> {
        self.changed.iter().map(|changed| ThrottleMessage::of(self, changed)).collect()
    }

    fn subject(&self) -> String {
        let count = |to: Target| self.changed.iter().filter(|changed| changed.to == to).count();
        let word = if self.dry_run { "would be " } else { "" };
        let parts = [(Target::Stopped, "stopped"), (Target::Reduced, "reduced"), (Target::Normal, "back to normal")];
        let mut parts: Vec<String> = parts
            .into_iter()
            .filter(|(to, _)| count(*to) > 0)
            .map(|(to, what)| format!("{} {word}{what}", count(to)))
            .collect();
        if !self.failed.is_empty() {
            parts.push(format!("{} not as they should be", self.failed.len()));
        }
        if parts.is_empty() {
            parts.push("to know".to_owned());
        }
        let spent = self.figures.as_ref().map(|figures| {
            let share = figures.actual.share_of(figures.limit) / 100;
            format!(" ({share}% of the budget)")
        });
        let text = format!("kvs-warden budget: {}{}", parts.join(", "), spent.unwrap_or_default());
        text.chars().filter(char::is_ascii).take(99).collect()
    }

    fn attribute(&self) -> String {
        let mut value = json!({
            "account": self.account,
            "budget": self.budget,
            "at": Second(self.at).to_string(),
            "next": Second(self.next).to_string(),
            "dryRun": self.dry_run,
            "rungs": self.rungs,
            "saving": self.saving,
            "streams": { "normal": self.counts.normal, "reduced": self.counts.reduced, "stopped": self.counts.stopped },
            "withoutEffect": self.without_effect,
            "toDo": self.left,
        });
        if let (Some(figures), Some(map)) = (&self.figures, value.as_object_mut()) {
            map.insert("currency".to_owned(), json!(figures.currency));
            map.insert("limit".to_owned(), json!(figures.limit));
            map.insert("actual".to_owned(), json!(figures.actual));
            map.insert("forecast".to_owned(), json!(figures.forecast));
            map.insert("period".to_owned(), json!(figures.period.key()));
        }
        let mut room = ATTRIBUTE_BYTES.saturating_sub(value.to_string().len());
        let mut left = 0_usize;
        let mut fitting = |name: &str, entries: Vec<Value>| {
            let mut kept = Vec::new();
            for entry in entries {
                let length = entry.to_string().len().saturating_add(1);
                if let Some(rest) = room.checked_sub(length) {
                    room = rest;
                    kept.push(entry);
                } else {
                    left = left.saturating_add(1);
                }
            }
            if let Some(map) = value.as_object_mut() {
                map.insert(name.to_owned(), Value::Array(kept));
            }
        };
        fitting("failed", self.failed.iter().map(failed).collect());
        fitting("changed", self.changed.iter().map(changed).collect());
        fitting("gaps", self.gaps.iter().map(gap).collect());
        if let Some(map) = value.as_object_mut() {
            map.insert("left".to_owned(), json!(left));
        }
        value.to_string()
    }
}

fn changed(changed: &Changed) -> Value {
    json!({
        "stream": changed.stream,
        "thing": changed.thing,
        "priority": changed.priority.map(Priority::as_str),
        "from": changed.from,
        "to": changed.to,
        "reason": changed.reason,
        "saving": changed.saving,
    })
}

fn failed(failed: &Failed) -> Value {
    json!({ "stream": failed.stream, "to": failed.to, "because": failed.because })
}

fn gap(gap: &Gap) -> Value {
    json!({ "stream": gap.stream, "from": Second(gap.from).to_string(), "to": gap.to.map(|to| Second(to).to_string()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Period;

    fn change(stream: &str, to: Target) -> Changed {
        Changed {
            stream: stream.to_owned(),
            arn: format!("arn:aws:kinesisvideo:eu-west-1:123456789012:stream/{stream}/1"),
            thing: Some(stream.to_owned()),
            priority: Some(Priority::Low),
            from: Target::Normal,
            to,
            reason: "95% of the limit is reached: actual 960.00 of 1,000.00 USD".to_owned(),
            saving: Some(Money::from_micros(3_100_000)),
        }
    }

    fn report() -> Report {
        Report {
            account: "123456789012".to_owned(),
            budget: "cams-video".to_owned(),
            figures: Some(Figures {
                name: "cams-video".to_owned(),
                currency: "USD".to_owned(),
                limit: Money::from_micros(1_000_000_000),
                actual: Money::from_micros(960_000_000),
                forecast: Some(Money::from_micros(1_120_000_000)),
                period: Period { start: 1_793_491_200, end: 1_796_083_200 },
                updated: 1_795_400_000,
            }),
            alerts: vec![Alert { what: "ACTUAL over 95%".to_owned(), alarm: true }],
            rungs: vec!["95% of actual spend".to_owned()],
            saving: Money::from_micros(3_100_000),
            changed: vec![change("yard-1", Target::Stopped), change("lobby", Target::Reduced)],
            failed: vec![Failed {
                stream: "dock".to_owned(),
                to: Target::Reduced,
                because: "`TagStream` throttled: ClientLimitExceededException".to_owned(),
            }],
            gaps: vec![Gap { stream: "yard-1".to_owned(), from: 1_795_410_000, to: None }],
            counts: Counts { normal: 3, reduced: 1, stopped: 1 },
            without_effect: 0,
            remarks: vec!["`by-hand` was marked by hand.".to_owned()],
            doubts: Vec::new(),
            notices: vec!["AWS Budgets says that the ACTUAL cost of `cams-video` is $960.00.".to_owned()],
            left: 0,
            at: 1_795_410_000,
            next: 1_795_411_800,
            dry_run: false,
        }
    }

    #[test]
    fn a_report_says_what_changed_why_and_what_is_missing() {
        let message = report().message();
        assert_eq!(
            message.subject,
            "kvs-warden budget: 1 stopped, 1 reduced, 1 not as they should be (96% of the budget)"
        );
        for said in [
            "spent     960.00 (96.00%)",
            "forecast  1,120.00 (112.00%)",
            "AWS says  ACTUAL over 95%",
            "Stopped: 1\n- yard-1 (low, was normal): 95% of the limit is reached: actual 960.00 of 1,000.00 USD; saves 3.10",
            "Not as they should be: 1\n- dock, which should be reduced: `TagStream` throttled",
            "Video that is missing: 1\n- yard-1: from 2026-11-23T05:00:00Z on",
            "It looks again at 2026-11-23T05:30:00Z.",
        ] {
            assert!(message.body.contains(said), "{said}\n{}", message.body);
        }
        let value: Value = serde_json::from_str(&message.attribute).unwrap();
        assert_eq!((&value["actual"], &value["left"]), (&json!("960"), &json!(0)));
    }

    #[test]
    fn many_changes_fit_into_one_message_and_those_without_room_are_counted() {
        let changed = (0..10_000).map(|n| change(&format!("camera-{n}"), Target::Stopped)).collect();
        let message = Report { changed, ..report() }.message();
        assert!(message.body.len() + message.attribute.len() <= BYTES);
        let value: Value = serde_json::from_str(&message.attribute).unwrap();
        let told = ["changed", "failed", "gaps"].map(|name| value[name].as_array().unwrap().len() as u64);
        assert_eq!(told.iter().sum::<u64>() + value["left"].as_u64().unwrap(), 10_000 + 2);
        assert!(told[0] > 100, "{told:?}");
        assert!(message.body.contains("- and 9950 more"), "{}", message.body);
    }

    #[test]
    fn each_change_is_a_message_with_what_others_filter_by() {
        let messages = report().throttles();
        let attribute = |name: &str| messages[0].attributes.iter().find(|(key, _)| *key == name).unwrap().1.as_str();
        assert_eq!((attribute("stream"), attribute("to"), attribute("budget")), ("yard-1", "stopped", "cams-video"));
        let nobody = Report {
            changed: vec![Changed { thing: None, priority: None, ..change("x", Target::Reduced) }],
            ..report()
        };
        let names: Vec<_> = nobody.throttles()[0].attributes.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["stream", "from", "to", "budget"]);
    }

    #[test]
    fn a_dry_run_says_would() {
        let message = Report { dry_run: true, ..report() }.message();
        assert!(message.subject.contains("1 would be stopped"), "{}", message.subject);
        assert!(message.body.contains("Would be stopped: 1"), "{}", message.body);
    }
}
