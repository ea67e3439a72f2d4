//! The ladder: at which share of the budget which video gives way, and how far.

mod fault;
mod rules;
mod written;

use std::fmt::{self, Write as _};

use fleet::{Priority, Throttle};

use crate::budget::Of;
use crate::camera::Target;

pub use fault::{Fault, LadderError};

/// All of a limit, in hundredths of a percent.
pub const WHOLE: u32 = 10_000;

/// What gives way when, as the operator wrote it.
///
/// ```yaml
/// reduced: { maximumBitrateKbps: 500, frameRate: 5 }   # what `reduced` asks of a camera
/// rungs:
///   - { at: 80, of: actual, low: reduced }
///   - { at: 100, of: forecast, low: stopped, asNeeded: true }
///   - { at: 95, of: actual, low: stopped }
///   - { at: 100, of: actual, low: stopped, standard: reduced }
/// hysteresis: 5          # percentage points
/// minimumHours: 2        # the least time in a state before it is relaxed
/// unmanaged: leave       # or throttle: streams without the tag `kvs-warden:thing`
/// ```
///
/// This is also [`Ladder::default`]. AWS works out what is spent up to three times a day, and later than it is spent. So
/// low streams send less from 80% on, which loses no moment of video, and stop at 95%, before the limit and not at it. When
/// the forecast is over the limit, only as many of them stop as bring it back. Standard streams are touched only when the
/// limit is reached, and are never stopped. Five points are more than the figures move from one update to the next without
/// cause, and two hours are more than AWS takes to end an open connection and to measure the hour after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ladder {
    reduced: Reduced,
    rungs: Vec<Rung>,
    hysteresis: u32,
    minimum_hours: u32,
    unmanaged: Unmanaged,
}

/// What a camera is asked for when its stream is reduced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reduced {
    /// The most that it sends, in thousands of bits per second.
    pub maximum_bitrate_kbps: u32,
    /// Pictures per second.
    pub frame_rate: u32,
}

/// What becomes of streams that kvs-warden did not make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unmanaged {
    /// They are left alone.
    Leave,
    /// They give way like others, by their tag `kvs-warden:priority`.
    Throttle,
}

/// One rung: a share of the limit, and what it asks for from there on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rung {
    /// The share of the limit in hundredths of a percent. Exactly there counts as reached.
    pub at: u32,
    /// What is held against the limit.
    pub of: Of,
    /// Only as many streams give way as bring the forecast back to the share.
    pub as_needed: bool,
    /// What low streams do; none: what they do anyway.
    pub low: Option<Throttle>,
    /// What standard streams do.
    pub standard: Option<Throttle>,
}

impl Ladder {
    /// Reads the text of a ladder. Every key may be left out but `at` and `of` of a rung and one of its `low` and
    /// `standard`: what is left out is as in [`Ladder::default`].
    pub fn parse(text: &str) -> Result<Self, LadderError> {
        written::read(text)
    }

    /// What a camera is asked for when its stream is reduced.
    pub fn reduced(&self) -> Reduced {
        self.reduced
    }

    /// The rungs as they were written; never none.
    pub fn rungs(&self) -> &[Rung] {
        &self.rungs
    }

    /// How far spend has to fall below a rung before it is left, in hundredths of a percent of the limit. Less than every
    /// rung's `at`.
    pub fn hysteresis(&self) -> u32 {
        self.hysteresis
    }

    /// How long a stream stays as it was made before it is relaxed.
    pub fn minimum_hours(&self) -> u32 {
        self.minimum_hours
    }

    /// The same in seconds.
    pub(crate) fn minimum_seconds(&self) -> i64 {
        i64::from(self.minimum_hours).saturating_mul(3_600)
    }

    /// What becomes of streams that kvs-warden did not make.
    pub fn unmanaged(&self) -> Unmanaged {
        self.unmanaged
    }

    /// The ladder as text, with every key. [`Ladder::parse`] reads the same ladder from it.
    pub fn to_yaml(&self) -> String {
        self.to_string()
    }
}

impl Default for Ladder {
    fn default() -> Self {
        let rung = |at: u32, of: Of| Rung { at, of, as_needed: false, low: Some(Throttle::Stopped), standard: None };
        Self {
            reduced: Reduced { maximum_bitrate_kbps: 500, frame_rate: 5 },
            rungs: vec![
                Rung { low: Some(Throttle::Reduced), ..rung(8_000, Of::Actual) },
                Rung { as_needed: true, ..rung(WHOLE, Of::Forecast) },
                rung(9_500, Of::Actual),
                Rung { standard: Some(Throttle::Reduced), ..rung(WHOLE, Of::Actual) },
            ],
            hysteresis: 500,
            minimum_hours: 2,
            unmanaged: Unmanaged::Leave,
        }
    }
}

impl Rung {
    /// What streams of a priority are to be by it. Critical ones are always normal.
    pub fn asks(&self, priority: Priority) -> Target {
        let throttle = match priority {
            Priority::Low => self.low,
            Priority::Standard => self.standard,
            Priority::Critical => None,
        };
        throttle.map(Target::from).unwrap_or_default()
    }

    /// As people call it: `80% of actual spend`.
    pub fn name(&self) -> String {
        let needed = if self.as_needed { ", as many as needed" } else { "" };
        format!("{} of {} spend{needed}", Percent(self.at), word(self.of))
    }
}

/// The word of what is held against the limit, as it is written.
fn word(of: Of) -> &'static str {
    match of {
        Of::Actual => "actual",
        Of::Forecast => "forecast",
    }
}

/// A share in hundredths of a percent, as people read it: `80%`, `80.25%`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Percent(pub(crate) u32);

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", Decimal(self.0))
    }
}

/// Hundredths as they are written: `80`, `80.5`, `80.25`.
struct Decimal(u32);

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 100, self.0 % 100);
        match (rest / 10, rest % 10) {
            (0, 0) => write!(f, "{whole}"),
            (tenths, 0) => write!(f, "{whole}.{tenths}"),
            (tenths, hundredths) => write!(f, "{whole}.{tenths}{hundredths}"),
        }
    }
}

impl fmt::Display for Ladder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Reduced { maximum_bitrate_kbps, frame_rate } = self.reduced;
        writeln!(f, "reduced: {{ maximumBitrateKbps: {maximum_bitrate_kbps}, frameRate: {frame_rate} }}")?;
        writeln!(f, "rungs:")?;
        for rung in &self.rungs {
            let mut line = format!("  - {{ at: {}, of: {}", Decimal(rung.at), word(rung.of));
            for (key, throttle) in [("low", rung.low), ("standard", rung.standard)] {
                if let Some(throttle) = throttle {
                    write!(line, ", {key}: {throttle}")?;
                }
            }
            let needed = if rung.as_needed { ", asNeeded: true" } else { "" };
            writeln!(f, "{line}{needed} }}")?;
        }
        writeln!(f, "hysteresis: {}", Decimal(self.hysteresis))?;
        writeln!(f, "minimumHours: {}", self.minimum_hours)?;
        let unmanaged = match self.unmanaged {
            Unmanaged::Leave => "leave",
            Unmanaged::Throttle => "throttle",
        };
        writeln!(f, "unmanaged: {unmanaged}")
    }
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    const SHOWN: &str = "reduced: { maximumBitrateKbps: 500, frameRate: 5 }   # what `reduced` asks of a camera
rungs:
  - { at: 80, of: actual, low: reduced }
  - { at: 100, of: forecast, low: stopped, asNeeded: true }
  - { at: 95, of: actual, low: stopped }
  - { at: 100, of: actual, low: stopped, standard: reduced }
hysteresis: 5          # percentage points
minimumHours: 2        # the least time in a state before it is relaxed
unmanaged: leave       # or throttle: streams without the tag `kvs-warden:thing`
";

    fn throttle() -> impl Strategy<Value = Option<Throttle>> {
        prop::sample::select(vec![None, Some(Throttle::Reduced), Some(Throttle::Stopped)])
    }

    fn rung(as_needed: bool) -> impl Strategy<Value = Rung> {
        let at = prop_oneof![1_u32..=100_000, (60_u32..=120).prop_map(|percent| percent * 100)];
        (at, prop::sample::select(vec![Of::Actual, Of::Forecast]), any::<bool>(), throttle(), throttle()).prop_map(
            move |(at, of, needed, low, standard)| Rung {
                at,
                of,
                as_needed: as_needed && needed && of == Of::Forecast,
                low: if low.is_none() && standard.is_none() { Some(Throttle::Stopped) } else { low },
                standard,
            },
        )
    }

    /// Any ladder that may be written: rungs that would break a rule are left out.
    pub(crate) fn ladders(as_needed: bool) -> impl Strategy<Value = Ladder> {
        let rungs = prop::collection::vec(rung(as_needed), 1..6);
        let reduced = (1_u32..=100_000, 1_u32..=120)
            .prop_map(|(maximum_bitrate_kbps, frame_rate)| Reduced { maximum_bitrate_kbps, frame_rate });
        let hours = prop_oneof![Just(0_u32), 0_u32..=168];
        (rungs, reduced, 0_u32..1_000, hours, any::<bool>()).prop_map(|(all, reduced, hysteresis, hours, leave)| {
            let mut rungs = Vec::new();
            for rung in all {
                rungs.push(rung);
                if rules::faults(&rungs, 0).next().is_some() {
                    rungs.pop();
                }
            }
            let lowest = rungs.iter().map(|rung| rung.at).min().unwrap_or(1);
            Ladder {
                reduced,
                rungs,
                hysteresis: hysteresis.min(lowest - 1),
                minimum_hours: hours,
                unmanaged: if leave { Unmanaged::Leave } else { Unmanaged::Throttle },
            }
        })
    }

    #[test]
    fn what_is_documented_is_the_default_and_is_written_so() {
        assert_eq!(Ladder::parse(SHOWN).unwrap(), Ladder::default());
        let bare: String =
            SHOWN.lines().map(|line| line.split("  #").next().unwrap().trim_end()).collect::<Vec<_>>().join("\n");
        let bare: String =
            bare.lines().map(|line| line.split(" #").next().unwrap().trim_end().to_owned() + "\n").collect();
        assert_eq!(Ladder::default().to_yaml(), bare);
        let source = include_str!("ladder.rs");
        for line in SHOWN.lines() {
            assert!(source.contains(&format!("/// {line}\n")), "the doc does not have: {line}");
        }
    }

    #[test]
    fn a_rung_is_called_by_its_share_and_what_it_looks_at() {
        let names: Vec<_> = Ladder::default().rungs().iter().map(Rung::name).collect();
        assert_eq!(
            names,
            [
                "80% of actual spend",
                "100% of forecast spend, as many as needed",
                "95% of actual spend",
                "100% of actual spend"
            ]
        );
        for (hundredths, text) in [(1, "0.01%"), (10, "0.1%"), (8_050, "80.5%"), (8_025, "80.25%"), (100_000, "1000%")]
        {
            assert_eq!(Percent(hundredths).to_string(), text);
        }
    }

    #[test]
    fn no_rung_asks_anything_of_critical_streams() {
        for rung in Ladder::default().rungs() {
            assert_eq!(rung.asks(Priority::Critical), Target::Normal);
        }
        let last = Ladder::default().rungs()[3];
        assert_eq!((last.asks(Priority::Low), last.asks(Priority::Standard)), (Target::Stopped, Target::Reduced));
    }

    proptest! {
        #[test]
        fn every_ladder_reads_back_as_it_is_written(ladder in ladders(true)) {
            let text = ladder.to_yaml();
            prop_assert!(text.len() < 4_096);
            let read = Ladder::parse(&text);
            prop_assert_eq!(read.as_ref(), Ok(&ladder), "{}", text);
        }
    }
}
