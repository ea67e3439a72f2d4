//! Any text as the budget's ladder.

use budget::ladder::{Ladder, Rung};
use fleet::Priority;

use super::{Read, is_fit_to_show, text};

/// The bytes are the ladder.
///
/// # Panics
///
/// When something does not hold.
pub fn check(data: &[u8]) -> Read {
    let text = text(data);
    let lines = super::lines(&text);
    let ladder = match Ladder::parse(&text) {
        Ok(ladder) => ladder,
        Err(error) => {
            assert!(!error.faults.is_empty(), "refused for nothing");
            for fault in &error.faults {
                is_fit_to_show(fault);
                assert!(fault.place.is_none_or(|(line, _)| (1..=lines).contains(&line)), "{fault} of {lines} lines");
            }
            return Err(error.to_string());
        }
    };
    assert!(!ladder.rungs().is_empty(), "a ladder without rungs");
    for rung in ladder.rungs() {
        is_sound(*rung);
        assert!(ladder.hysteresis() < rung.at, "`{}` is never left", rung.name());
    }
    assert!((1..=100_000).contains(&ladder.reduced().maximum_bitrate_kbps), "{:?}", ladder.reduced());
    assert!((1..=120).contains(&ladder.reduced().frame_rate), "{:?}", ladder.reduced());
    assert!(ladder.minimum_hours() <= 168, "{} hours", ladder.minimum_hours());
    let written = ladder.to_yaml();
    assert_eq!(Ladder::parse(&written).as_ref(), Ok(&ladder), "{written} is read as something else");
    Ok(())
}

fn is_sound(rung: Rung) {
    assert!((1..=100_000).contains(&rung.at), "at {}", rung.at);
    assert!(rung.low.is_some() || rung.standard.is_some(), "`{}` asks for nothing", rung.name());
    assert!(rung.asks(Priority::Critical).throttle().is_none(), "`{}` throttles critical streams", rung.name());
}
