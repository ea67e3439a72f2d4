//! Whether what was asked for came about.

use serde::{Deserialize, Serialize};

use crate::camera::{Mark, Marked};
use crate::ladder::Reduced;
use crate::traffic::{HOUR, hour_of, next_hour};

/// How long an open connection may go on after its permission is gone: AWS closes it then. With some time for the tag to
/// reach those who decide.
///
/// <https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/limits.html>
pub const SETTLING: i64 = 3_600;

/// Whether a stream is as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Effect {
    /// It is too early to say, or it was not measured.
    Waiting,
    /// It came about.
    Works,
    /// It did not: a stopped stream goes on, a reduced one sends as much as before, a restored one stays silent.
    Fails,
}

/// The last whole hour: its beginning.
pub fn last_hour(now: i64) -> i64 {
    hour_of(now).saturating_sub(HOUR)
}

/// When it can be said that a mark has had no effect: when an hour is over that began after the settling.
pub fn due(mark: &Mark) -> i64 {
    next_hour(mark.since.saturating_add(SETTLING)).saturating_add(HOUR)
}

/// What the last whole hour says of a mark. `bytes` is what came in within it; `silent` says that nothing came in since the
/// stream was stopped, so that something has to. An hour that began before the mark was made says nothing.
///
/// A tenth more than asked for is as good: bitrates are averages.
pub fn effect(mark: &Mark, bytes: u64, asked: Reduced, silent: bool, now: i64) -> Effect {
    if last_hour(now) < mark.since {
        return Effect::Waiting;
    }
    // 1,000 bits, 8 in a byte, for 3,600 seconds.
    let most = u64::from(asked.maximum_bitrate_kbps).saturating_mul(450_000);
    let came_about = match mark.state {
        Marked::Stopped => bytes == 0,
        Marked::Reduced => bytes <= most.saturating_add(most / 10) && !(silent && bytes == 0),
        Marked::Restored => bytes > 0,
    };
    match (came_about, now < due(mark)) {
        (true, _) => Effect::Works,
        (false, true) => Effect::Waiting,
        (false, false) => Effect::Fails,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::camera::Traffic;

    const FIVE: i64 = 1_795_410_000;

    fn mark(state: Marked) -> Mark {
        let before = Traffic { bytes_per_day: 24_000, fragments_per_day: 43_200 };
        Mark {
            state,
            since: FIVE + 600,
            first: FIVE,
            stopped: None,
            leaving: false,
            period: "2026-11-01".to_owned(),
            budget: "3fa9c1d2".to_owned(),
            before,
        }
    }

    fn at(state: Marked, bytes: u64, minutes: i64) -> Effect {
        let now = FIVE.saturating_add(minutes.saturating_mul(60));
        effect(&mark(state), bytes, Reduced { maximum_bitrate_kbps: 1, frame_rate: 5 }, false, now)
    }

    #[test]
    fn nothing_is_said_before_a_whole_hour_is_over() {
        for state in [Marked::Stopped, Marked::Reduced, Marked::Restored] {
            assert_eq!((at(state, 0, 119), at(state, 999, 119)), (Effect::Waiting, Effect::Waiting));
        }
    }

    #[test]
    fn what_came_about_is_said_as_soon_as_it_is_seen() {
        assert_eq!(at(Marked::Stopped, 0, 120), Effect::Works);
        assert_eq!(at(Marked::Reduced, 495_000, 120), Effect::Works);
        assert_eq!(at(Marked::Restored, 1, 120), Effect::Works);
    }

    #[test]
    fn one_that_was_stopped_has_to_send_something_again_when_it_may_send_less() {
        let asked = Reduced { maximum_bitrate_kbps: 1, frame_rate: 5 };
        let at = |bytes: u64| effect(&mark(Marked::Reduced), bytes, asked, true, FIVE + 180 * 60);
        assert_eq!((at(0), at(1)), (Effect::Fails, Effect::Works));
    }

    #[test]
    fn what_did_not_come_about_is_said_when_an_open_connection_must_have_ended() {
        // Made at 5:10, settled at 6:10, so the first hour that counts is that from 7:00 to 8:00.
        for (state, bytes) in [(Marked::Stopped, 1), (Marked::Reduced, 495_001), (Marked::Restored, 0)] {
            assert_eq!(at(state, bytes, 179), Effect::Waiting, "{state:?}");
            assert_eq!(at(state, bytes, 180), Effect::Fails, "{state:?}");
        }
    }
}
