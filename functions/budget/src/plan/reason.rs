//! Why a stream shall be what it shall be, with the figures that say so.

use std::fmt;

use crate::budget::Of;
use crate::ladder::Percent;
use crate::money::{Hundredths, Money};

/// Why a stream is to be what a plan says. Written out it is a phrase that fits after "because" or a colon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// No rung asks anything of it.
    Clear {
        /// What is spent.
        actual: Spend,
        /// What is expected to be.
        forecast: Spend,
    },
    /// A rung is reached that asks for it.
    Reached {
        /// Where the rung is, in hundredths of a percent of the limit.
        at: u32,
        /// What reaches it.
        spend: Spend,
    },
    /// It is one of as many as have to give way.
    AsNeeded {
        /// Where the rung is, in hundredths of a percent of the limit.
        at: u32,
        /// What is expected to be spent.
        forecast: Spend,
        /// How much that is over the rung.
        over: Money,
        /// What this stream saves of it, beyond what other rungs ask of it.
        saving: Money,
    },
    /// A rung is not reached any more, and not yet left: spend has to fall further first.
    Margin {
        /// The share of the limit now, in hundredths of a percent.
        share: u32,
        /// The share below which the rung is left.
        below: u32,
    },
    /// It is not needed to keep the forecast below the rung, but to keep it far enough below.
    MarginAsNeeded {
        /// The share below which the rung is left, in hundredths of a percent.
        below: u32,
        /// What this stream saves.
        saving: Money,
    },
    /// It was changed a short while ago.
    Recent {
        /// How long ago, in seconds.
        seconds: i64,
        /// How many hours it has to stay at least.
        hours: u32,
    },
    /// The figures say nothing of this period yet.
    Stale,
    /// There is no budget any more.
    NoBudget,
    /// Its priority is critical.
    Critical,
    /// Its priority cannot be read, for this.
    Unreadable(String),
    /// It is none of kvs-warden's streams.
    NotOurs,
    /// An operator holds it.
    Held,
    /// Somebody else than kvs-warden throttled it, as this tells.
    ByHand(String),
}

/// An amount that is held against the limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spend {
    /// What it is. A forecast is what would be spent if no stream gave way.
    pub of: Of,
    /// How much it is.
    pub amount: Money,
    /// The limit.
    pub limit: Money,
    /// Their currency.
    pub currency: String,
    /// It is a forecast of ours, as AWS has none.
    pub ours: bool,
    /// How much of a forecast is not in AWS's own figure, as streams that give way hold it back.
    pub held_back: Money,
}

/// Why a stream is left as it is although something asks for a change, or might.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kept {
    /// It is none that kvs-warden may change.
    Untouchable,
    /// The figures are of the period before.
    Stale,
    /// Spend has to fall further below the rung first.
    Hysteresis,
    /// It was changed a short while ago.
    MinimumTime,
}

impl Reason {
    /// What keeps the stream, for a reason that keeps it.
    pub fn kept(&self) -> Option<Kept> {
        match self {
            Self::Clear { .. } | Self::Reached { .. } | Self::AsNeeded { .. } | Self::NoBudget => None,
            Self::Margin { .. } | Self::MarginAsNeeded { .. } => Some(Kept::Hysteresis),
            Self::Recent { .. } => Some(Kept::MinimumTime),
            Self::Stale => Some(Kept::Stale),
            Self::Critical | Self::Unreadable(_) | Self::NotOurs | Self::Held | Self::ByHand(_) => {
                Some(Kept::Untouchable)
            }
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clear { actual, forecast } => {
                write!(f, "no rung asks anything of it: {} {}, {forecast}", actual.name(), actual.amount)
            }
            Self::Reached { at, spend } => write!(f, "{} of the limit is reached: {spend}", Percent(*at)),
            Self::AsNeeded { at, forecast, over, saving } => {
                let rung = if *at == crate::ladder::WHOLE { String::new() } else { format!("{} of ", Percent(*at)) };
                write!(f, "as many as needed: the {} {} is ", forecast.name(), forecast.amount)?;
                write!(f, "{over} over {rung}the limit{}, this saves {saving}", forecast.held())
            }
            Self::Margin { share, below } => {
                write!(f, "kept: {} is not yet below {}", Hundredths(*share), Hundredths(*below))
            }
            Self::MarginAsNeeded { below, saving } => {
                write!(
                    f,
                    "kept: without the {saving} that it saves the forecast is not yet below {}",
                    Hundredths(*below)
                )
            }
            Self::Recent { seconds, hours } => {
                write!(
                    f,
                    "kept: changed {} ago, at least {} in a state",
                    ago(*seconds),
                    count(i64::from(*hours), "hour")
                )
            }
            Self::Stale => f.write_str("the figures are those of the period before"),
            Self::NoBudget => f.write_str("there is no budget any more"),
            Self::Critical => f.write_str("critical streams are never touched"),
            Self::Unreadable(why) => write!(f, "its priority cannot be read, so it counts as critical: {why}"),
            Self::NotOurs => f.write_str("not made by kvs-warden"),
            Self::Held => f.write_str("held by an operator"),
            Self::ByHand(why) => write!(f, "marked by hand: {why}"),
        }
    }
}

impl Spend {
    fn name(&self) -> &'static str {
        match (self.of, self.ours) {
            (Of::Actual, _) => "actual",
            (Of::Forecast, false) => "forecast",
            (Of::Forecast, true) => "forecast (ours)",
        }
    }

    fn held(&self) -> String {
        if self.held_back == Money::ZERO {
            String::new()
        } else {
            format!(" ({} of it is held back now)", self.held_back)
        }
    }
}

impl fmt::Display for Spend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { amount, limit, currency, .. } = self;
        write!(f, "{} {amount} of {limit} {currency}{}", self.name(), self.held())
    }
}

/// How long something took, in the largest whole unit of which there are at least two.
fn ago(seconds: i64) -> String {
    match seconds / 60 {
        i64::MIN..=0 => "less than a minute".to_owned(),
        minutes @ 1..=119 => count(minutes, "minute"),
        minutes => count(minutes / 60, "hour"),
    }
}

fn count(number: i64, unit: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spend(of: Of, millionths: u64) -> Spend {
        Spend {
            of,
            amount: Money::from_micros(millionths),
            limit: Money::from_micros(1_000_000_000),
            currency: "USD".to_owned(),
            ours: false,
            held_back: Money::ZERO,
        }
    }

    #[test]
    fn every_reason_says_what_it_comes_from() {
        let over = Money::from_micros(120_000_000);
        let saving = Money::from_micros(3_100_000);
        let forecast = spend(Of::Forecast, 1_120_000_000);
        let ours = Spend { ours: true, ..forecast.clone() };
        let held = Spend { held_back: Money::from_micros(45_000_000), ..forecast.clone() };
        let reasons = [
            Reason::Clear { actual: spend(Of::Actual, 512_000_000), forecast: spend(Of::Forecast, 800_000_000) },
            Reason::Reached { at: 8_000, spend: spend(Of::Actual, 812_000_000) },
            Reason::Reached { at: 9_050, spend: ours.clone() },
            Reason::Reached { at: 10_000, spend: held.clone() },
            Reason::AsNeeded { at: 10_000, forecast: forecast.clone(), over, saving },
            Reason::AsNeeded { at: 11_000, forecast: ours, over, saving },
            Reason::AsNeeded { at: 10_000, forecast: held, over, saving },
            Reason::Margin { share: 7_600, below: 7_500 },
            Reason::MarginAsNeeded { below: 9_500, saving },
            Reason::Recent { seconds: 2_400, hours: 2 },
            Reason::Recent { seconds: 59, hours: 1 },
            Reason::Recent { seconds: 60, hours: 2 },
            Reason::Recent { seconds: 7_199, hours: 2 },
            Reason::Recent { seconds: 10_000, hours: 24 },
            Reason::Recent { seconds: -5, hours: 2 },
            Reason::Stale,
            Reason::Critical,
            Reason::Unreadable("the stream has no tag `kvs-warden:priority`".to_owned()),
            Reason::NotOurs,
            Reason::Held,
            Reason::ByHand("`kvs-warden:throttle` is `stopped`, and there is no mark".to_owned()),
        ];
        let told: Vec<_> = reasons.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(told.join("\n"));
    }
}
