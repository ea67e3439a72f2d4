//! The plan of a sweep: what is read now, what next, and what has its turn another day.

use serde::{Deserialize, Serialize};

use crate::source::Source;

/// Where a sweep goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Checkpoint {
    /// The sweep: the moment that it began, in seconds since 1970.
    pub sweep: i64,
    /// How often it went on. What was read lies beside the reports under both.
    pub part: u32,
    /// What is read next.
    pub source: Source,
    /// AWS's token of the next page.
    #[serde(default)]
    pub token: Option<String>,
    /// AWS calls so far.
    pub calls: u32,
}

/// Sources that each need a call for so many streams, and so grow with the fleet.
const PAGES: [(Source, u64); 3] = [(Source::StreamTags, 100), (Source::Things, 250), (Source::Certificates, 250)];

/// What is kept for everything else when it is decided whether a fleet is too large for one sweep.
const OTHER_CALLS: u64 = 150;

/// The sources that have no turn in the sweep of this day, since all of them would take more calls than a sweep has.
///
/// Tags have every second day, things and certificates the other: each is then read to its end, and what was found
/// before stays as it is until its next turn. `day` counts days since 1970.
pub fn without_turn(streams: u64, calls: u64, day: u64) -> Vec<Source> {
    let needed: u64 = PAGES.iter().map(|(_, page)| streams.div_ceil(*page)).sum();
    if needed.saturating_add(OTHER_CALLS) <= calls {
        return Vec::new();
    }
    match day % 2 {
        0 => vec![Source::Things, Source::Certificates, Source::CertificateDetails],
        _ => vec![Source::StreamTags],
    }
}

impl Checkpoint {
    /// The name of what was read so far.
    pub fn key(&self) -> String {
        format!("sweeps/{}/{}.json", self.sweep, self.part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_fleet_is_read_whole_every_day() {
        for day in [0, 1] {
            assert_eq!(without_turn(50, 1_200, day), []);
            assert_eq!(without_turn(58_000, 1_200, day), []);
        }
    }

    #[test]
    fn a_large_fleet_takes_turns_and_everything_has_one() {
        let (even, odd) = (without_turn(100_000, 1_200, 20_000), without_turn(100_000, 1_200, 20_001));
        assert!(!even.is_empty() && !odd.is_empty());
        assert!(even.iter().all(|source| !odd.contains(source)), "{even:?} {odd:?}");
    }
}
