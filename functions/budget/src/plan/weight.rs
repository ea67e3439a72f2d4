//! What a stream saves by giving way, and what of that the figures show already.

use super::history::History;
use crate::camera::{Marked, Standing, Stream, Target, Traffic};
use crate::forecast::Costs;
use crate::money::Money;

/// What a stream saves, to the end of the period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Weight {
    reduced: Option<Money>,
    stopped: Option<Money>,
    /// What AWS's forecast is lower for it, because the stream gives way or did until a short while ago.
    pub(super) held_back: Money,
}

impl Weight {
    /// Weighs a stream. What it saves counts from now on, or from when it gave way if the figures do not know of that: they
    /// say what would be spent without it, and a plan must not look for more only because time has passed.
    pub(super) fn of(stream: &Stream, history: &History<'_>) -> Self {
        let Some(before) = history.before(stream) else { return Self::default() };
        let world = history.world;
        let costs = Costs { prices: world.prices, end: world.figures.period.end };
        let price = |after: Traffic, from: i64| {
            costs.saving(before, after, stream.retention_hours, stream.tier, from.min(world.now)).ok()
        };
        let less = before.reduced_to(world.ladder.reduced().maximum_bitrate_kbps);
        let throttle = history.throttle(stream);
        let unknown = |moment: i64| (!history.known(moment)).then_some(moment);
        let first = throttle.and_then(|mark| unknown(mark.first)).unwrap_or(world.now);
        let stopped = throttle.filter(|mark| mark.state == Marked::Stopped);
        let since = stopped.and_then(|mark| unknown(mark.since)).unwrap_or(world.now);
        let held_back = history.mark(stream).and_then(|mark| {
            let after = if history.known(mark.since) {
                match (&stream.standing, mark.state) {
                    (Standing::Free(_) | Standing::ByHand(_), _) | (_, Marked::Restored) => None,
                    (Standing::Ours(_), Marked::Reduced) => Some(less),
                    (Standing::Ours(_), Marked::Stopped) => Some(Traffic::ZERO),
                }
            } else if history.known(mark.first) {
                // It was changed after what the figures know. What it was then shows in what was measured of it.
                Some(stream.traffic.unwrap_or(if mark.state == Marked::Reduced { less } else { Traffic::ZERO }))
            } else {
                None
            };
            price(after?, world.now)
        });
        Self {
            reduced: price(less, first),
            stopped: price(Traffic::ZERO, since),
            held_back: held_back.unwrap_or_default(),
        }
    }

    /// What the stream saves when it is so; None when its traffic or the price is not known.
    pub(super) fn saving(&self, target: Target) -> Option<Money> {
        match target {
            Target::Normal => Some(Money::ZERO),
            Target::Reduced => self.reduced,
            Target::Stopped => self.stopped,
        }
    }
}
