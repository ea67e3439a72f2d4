//! What a message of the budget's queue says. It only rings: what is true, the Budgets API is asked.
//!
//! No figure from here decides anything. The text is read for the report, and to notice when it and AWS's own figures do
//! not agree. What is not written exactly as AWS Budgets writes it is still a reason to look, with what is doubted.

mod adjusted;
mod alarm;
mod amount;
mod anomaly;
mod claim;
mod disagreement;
mod envelope;
mod fields;
mod machine;
mod sentence;
mod shown;

use crate::money::Money;
pub use disagreement::disagreement;
use envelope::{Body, Delivery};
use shown::{shown, shown_up_to};

/// What may arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected<'e> {
    /// The ARN of the topic that AWS Budgets publishes to.
    pub topic: &'e str,
    /// The account's 12 digits.
    pub account: &'e str,
    /// The name of the configured budget.
    pub budget: &'e str,
}

/// What becomes of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// A reason to look, and what the message claims.
    Look(Notice),
    /// Not for this function, which does nothing.
    Refused {
        /// `foreign-topic`, `foreign-account`, `other-budget` or `subscription`.
        reason: &'static str,
        /// A sentence for people.
        why: String,
    },
    /// Neither of the two words of our own nor what an SNS topic delivers: it belongs with the dead letters. A sentence
    /// says what was expected.
    Malformed(String),
}

/// A reason to look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// SNS's id of the message; empty for our own words.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// What it says in its own words, for the report: each on one line and cut.
    pub said: Vec<Said>,
    /// Sentences on what is not as AWS writes it. A message of AWS Budgets with doubts about its figures is
    /// [`Kind::Unrecognized`].
    pub doubts: Vec<String>,
}

/// One thing that a message says, in its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What AWS calls it, such as `Alert Threshold`.
    pub what: &'static str,
    /// At most 120 characters, what is not printable escaped.
    pub text: String,
}

/// What rings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The schedule.
    Schedule,
    /// The function itself, to go on.
    Continue,
    /// AWS Budgets: the cost is over a threshold.
    Budget(Claim),
    /// AWS Budgets adjusted the limit of a budget by itself. The limits are as it writes them, cut.
    Adjusted {
        /// The budget, when it is named.
        budget: Option<String>,
        /// The limit before.
        before: String,
        /// The limit now.
        after: String,
    },
    /// A CloudWatch alarm changed its state.
    Alarm {
        /// Its name, cut.
        name: String,
        /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
        state: String,
        /// When, in seconds since 1970 UTC; None when that cannot be read.
        at: Option<i64>,
    },
    /// AWS Cost Anomaly Detection found something.
    Anomaly {
        /// Its id, cut.
        id: String,
        /// What it is about, such as a service; cut.
        of: Option<String>,
        /// How much more was spent than expected.
        impact: Option<Money>,
    },
    /// Anything else.
    Unrecognized,
}

/// What AWS Budgets' text claims. Never acted on.
///
/// <https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The budget's name: the configured one.
    pub budget: String,
    /// Whether the cost is there or to come.
    pub kind: Alert,
    /// The budget's limit.
    pub limit: Money,
    /// What the cost is over, rounded to cents: a threshold in percent arrives as an amount.
    pub threshold: Money,
    /// The cost, of yesterday when `daily`.
    pub amount: Money,
    /// Whether the budget is one of days.
    pub daily: bool,
    /// The day on the message, such as `2026-01-28`; None when that is no day.
    pub date: Option<String>,
    /// What stands before the amounts, or after them: a sign such as `$` or a code such as `USD`.
    pub currency: String,
}

/// Which cost an alert is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alert {
    /// What was spent.
    Actual,
    /// What AWS expects to be spent by the end of the period.
    Forecasted,
}

impl Alert {
    /// AWS's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Actual => "ACTUAL",
            Self::Forecasted => "FORECASTED",
        }
    }

    /// Takes AWS's word in any case.
    fn parse(text: &str) -> Option<Self> {
        [Self::Actual, Self::Forecasted].into_iter().find(|alert| text.eq_ignore_ascii_case(alert.as_str()))
    }
}

/// What a text is understood as.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Understood {
    kind: Kind,
    said: Vec<Said>,
    doubts: Vec<String>,
}

/// Why a text is not for this function.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Refusal {
    reason: &'static str,
    why: String,
}

/// Reads the body of an SQS message. Any text has an answer, in time that grows with its length and no faster.
pub fn read(body: &str, expected: &Expected<'_>) -> Reading {
    let delivery = match envelope::open(body) {
        Ok(Body::Word(kind)) => {
            return Reading::Look(Notice { id: String::new(), kind, said: Vec::new(), doubts: Vec::new() });
        }
        Ok(Body::Delivered(delivery)) => delivery,
        Err(why) => return Reading::Malformed(why),
    };
    match understood(&delivery, expected) {
        Ok(Understood { kind, said, doubts }) => {
            let about = [("Subject", &delivery.subject), ("Timestamp", &delivery.timestamp)];
            let about = about.into_iter().filter_map(|(what, text)| text.as_deref().map(|text| Said::new(what, text)));
            let said = about.chain(said).collect();
            Reading::Look(Notice { id: shown(&delivery.id), kind, said, doubts })
        }
        Err(Refusal { reason, why }) => Reading::Refused { reason, why },
    }
}

fn understood(delivery: &Delivery, expected: &Expected<'_>) -> Result<Understood, Refusal> {
    if delivery.topic != expected.topic {
        let why = format!(
            "The message comes from the topic `{}`, but only `{}` rings here: unsubscribe the queue from it, and let the \
             queue's policy take messages of that one topic only.",
            shown(&delivery.topic),
            shown(expected.topic)
        );
        return Err(Refusal { reason: "foreign-topic", why });
    }
    if delivery.is_confirmation {
        let why = "The topic asks to confirm a subscription or the end of one, which is never done here: a queue of the \
                   same account is confirmed without; see who subscribed or unsubscribed it.";
        return Err(Refusal { reason: "subscription", why: why.to_owned() });
    }
    // Only a machine's text begins so: the one for people has its own first line.
    if delivery.message.trim_start().starts_with('{') {
        machine::read(&delivery.message, expected)
    } else {
        claim::read(&delivery.message, expected)
    }
}

impl Expected<'_> {
    /// Whether an account's number is this account's.
    fn is_account(&self, found: &str) -> Result<(), Refusal> {
        if found == self.account {
            return Ok(());
        }
        let why = format!(
            "The message is about the account `{}`, but this function looks after `{}`: let only AWS Budgets publish to \
             the topic, and only for this account (`aws:SourceAccount` in the topic's policy).",
            shown(found),
            shown(self.account)
        );
        Err(Refusal { reason: "foreign-account", why })
    }

    fn other_budget(&self, found: &str) -> Refusal {
        let why = format!(
            "The message is about the budget `{}`, but this function follows `{}`: give the other budget a topic of its \
             own, or name it in the configuration.",
            shown(found),
            shown(self.budget)
        );
        Refusal { reason: "other-budget", why }
    }
}

impl Said {
    fn new(what: &'static str, text: &str) -> Self {
        Self { what, text: shown(text) }
    }
}

impl Notice {
    /// One line for the report.
    pub fn in_short(&self) -> String {
        match &self.kind {
            Kind::Schedule => "The schedule says that it is time to look".to_owned(),
            Kind::Continue => "The function goes on with what it had begun".to_owned(),
            Kind::Budget(claim) => claim.in_short(),
            Kind::Adjusted { budget, before, after } => {
                let of = budget.as_ref().map(|name| format!(" of `{}`", shown(name))).unwrap_or_default();
                format!("AWS Budgets says that it adjusted the limit{of} from {before} to {after}")
            }
            Kind::Alarm { name, state, .. } => format!("CloudWatch says that the alarm `{name}` is now {state}"),
            Kind::Anomaly { of, impact, .. } => {
                let of = of.as_ref().map(|of| format!(" of `{of}`")).unwrap_or_default();
                let by = impact.map(|more| format!(": {more} more than expected")).unwrap_or_default();
                format!("AWS Cost Anomaly Detection says that the cost{of} is unusual{by}")
            }
            Kind::Unrecognized => {
                let about = self.said.first().map(|said| format!(" ({}: `{}`)", said.what, said.text));
                format!("The topic delivered a message that is not recognized{}", about.unwrap_or_default())
            }
        }
    }
}

impl Claim {
    fn in_short(&self) -> String {
        let Self { kind, limit, threshold, amount, daily, .. } = self;
        let (yesterday, a_day) = if *daily { (" yesterday", " a day") } else { ("", "") };
        format!(
            "AWS Budgets says that the {} cost of `{}`{yesterday} is {}, over {} of {}{a_day}",
            kind.as_str(),
            shown(&self.budget),
            self.worth(*amount),
            self.worth(*threshold),
            self.worth(*limit)
        )
    }

    /// An amount in the claim's currency.
    fn worth(&self, money: Money) -> String {
        let space = if amount::is_code(&self.currency) { " " } else { "" };
        format!("{}{space}{money}", self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(kind: Kind) -> Notice {
        Notice { id: String::new(), kind, said: vec![Said::new("Subject", "a\nb")], doubts: Vec::new() }
    }

    fn claim(daily: bool, currency: &str) -> Kind {
        Kind::Budget(Claim {
            budget: "fleet".to_owned(),
            kind: Alert::Actual,
            limit: Money::from_micros(30_000_000),
            threshold: Money::from_micros(24_000_000),
            amount: Money::from_micros(1_236_690_000),
            daily,
            date: None,
            currency: currency.to_owned(),
        })
    }

    #[test]
    fn what_a_message_says_is_one_line() {
        let long = "x\n".repeat(500);
        let kinds = [
            Kind::Schedule,
            Kind::Continue,
            claim(false, "$"),
            claim(true, "USD"),
            Kind::Adjusted { budget: Some(long.clone()), before: "20".to_owned(), after: "25".to_owned() },
            Kind::Adjusted { budget: None, before: "20".to_owned(), after: "25".to_owned() },
            Kind::Alarm { name: "traffic".to_owned(), state: "OK".to_owned(), at: None },
            Kind::Anomaly {
                id: "1".to_owned(),
                of: Some("Amazon EC2".to_owned()),
                impact: Some(Money::from_micros(1_001_000_000)),
            },
            Kind::Anomaly { id: "1".to_owned(), of: None, impact: None },
            Kind::Unrecognized,
        ];
        let lines: Vec<_> = kinds.map(|kind| notice(kind).in_short()).into();
        assert!(lines.iter().all(|line| !line.contains('\n') && line.chars().count() < 400));
        insta::assert_snapshot!(lines.join("\n"));
    }
}
