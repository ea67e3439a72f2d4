//! What a stream's mark says of what was done before, and the mark that a change leaves.

use super::World;
use crate::camera::{Mark, Marked, Standing, Stream, Target, Traffic};

/// What is used comes into the budget's figures within a day.
///
/// <https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html>
const DAY: i64 = 86_400;

/// Reads marks, at one moment of one period of one budget.
#[derive(Debug)]
pub(super) struct History<'w> {
    pub(super) world: &'w World<'w>,
    period: String,
}

impl<'w> History<'w> {
    pub(super) fn of(world: &'w World<'w>) -> Self {
        Self { world, period: world.figures.period.key() }
    }

    /// The stream's mark if it is of this period and for this budget. Another one says nothing of these figures.
    pub(super) fn mark<'s>(&self, stream: &'s Stream) -> Option<&'s Mark> {
        stream.standing.mark().filter(|mark| mark.period == self.period && mark.budget == self.world.budget_id)
    }

    /// The same of a stream that is throttled now.
    pub(super) fn throttle<'s>(&self, stream: &'s Stream) -> Option<&'s Mark> {
        self.mark(stream).filter(|_mark| matches!(stream.standing, Standing::Ours(_)))
    }

    /// Whether the figures know what was done at a moment.
    pub(super) fn known(&self, moment: i64) -> bool {
        moment.saturating_add(DAY) <= self.world.figures.updated
    }

    /// How long ago, in seconds, a stream was throttled that has to stay so for longer.
    pub(super) fn recent(&self, stream: &Stream) -> Option<i64> {
        let mark = self.throttle(stream).filter(|mark| !mark.leaving)?;
        let ago = self.world.now.saturating_sub(mark.since);
        (ago < self.world.ladder.minimum_seconds()).then_some(ago)
    }

    /// What a stream takes in when it is normal. Of one that gives way, or came back less than a day ago, its mark tells;
    /// what is measured of it would be too little.
    pub(super) fn before(&self, stream: &Stream) -> Option<Traffic> {
        match &stream.standing {
            Standing::Ours(mark) => Some(mark.before),
            Standing::Free(Some(mark)) if !self.known(mark.since) => Some(mark.before),
            Standing::Free(_) | Standing::ByHand(_) => stream.traffic,
        }
    }

    /// The mark that a change leaves on a stream.
    pub(super) fn next(&self, stream: &Stream, to: Target) -> Mark {
        let now = self.world.now;
        let ours = matches!(stream.standing, Standing::Ours(_));
        // A stream that came back and goes again before the figures know of it has not been normal as they see it.
        let goes_on = |mark: &&Mark| ours || (self.known(mark.first) && !self.known(mark.since));
        Mark {
            state: Marked::from(to),
            since: now,
            period: self.period.clone(),
            budget: self.world.budget_id.to_owned(),
            before: self.before(stream).unwrap_or_default(),
            first: self.mark(stream).filter(goes_on).map_or(now, |mark| mark.first),
            stopped: stopped(stream, to, now),
            leaving: false,
        }
    }
}

/// Since when nothing is recorded on a stream that goes on to this.
pub(super) fn stopped(stream: &Stream, to: Target, now: i64) -> Option<i64> {
    let before = match &stream.standing {
        Standing::Ours(mark) => mark.stopped,
        Standing::Free(_) | Standing::ByHand(_) => None,
    };
    match to {
        Target::Normal | Target::Reduced => before,
        Target::Stopped => before.or(Some(now)),
    }
}

#[cfg(test)]
mod tests {
    use fleet::Priority::Low;

    use super::super::testing::{BUDGET, HOUR, NOW, PERIOD, Scene, mark, stream, throttled, traffic};
    use super::*;
    use crate::camera::Target::{Normal, Reduced, Stopped};

    #[test]
    fn a_gap_begins_when_a_stream_is_stopped_and_is_known_until_it_is_normal_again() {
        let free = stream("a", Low, 7);
        assert_eq!((stopped(&free, Reduced, NOW), stopped(&free, Stopped, NOW)), (None, Some(NOW)));
        let gone = throttled("a", Low, 7, Marked::Stopped, 3);
        let since = Some(NOW - 3 * HOUR);
        assert_eq!((stopped(&gone, Stopped, NOW), stopped(&gone, Normal, NOW)), (since, since));
        assert_eq!(stopped(&gone, Reduced, NOW), since);
        assert_eq!(stopped(&throttled("a", Low, 7, Marked::Reduced, 3), Normal, NOW), None);
    }

    #[test]
    fn a_mark_keeps_what_was_before_and_since_when_it_is_not_normal() {
        let scene = Scene::new(0, 0, vec![]);
        let world = scene.world();
        let free = world.mark(&stream("a", Low, 7), Reduced);
        assert_eq!((free.state, free.since, free.first, free.before), (Marked::Reduced, NOW, NOW, traffic(7)));
        assert_eq!((free.period.as_str(), free.budget.as_str()), (PERIOD, BUDGET));
        let further = world.mark(&throttled("a", Low, 7, Marked::Reduced, 5), Stopped);
        assert_eq!(
            (further.state, further.since, further.first, further.before),
            (Marked::Stopped, NOW, NOW - 5 * HOUR, traffic(7))
        );
        let back = world.mark(&throttled("a", Low, 7, Marked::Stopped, 5), Normal);
        assert_eq!(
            (back.state, back.since, back.first, back.before),
            (Marked::Restored, NOW, NOW - 5 * HOUR, traffic(7))
        );
        let unmeasured = world.mark(&Stream { traffic: None, ..stream("a", Low, 7) }, Stopped);
        assert_eq!(unmeasured.before, Traffic::ZERO);
    }

    #[test]
    fn a_mark_of_another_period_begins_anew() {
        let mut old = throttled("a", Low, 7, Marked::Reduced, 5);
        let Standing::Ours(mark) = &mut old.standing else { panic!() };
        mark.period = "2026-10-01".to_owned();
        let next = Scene::new(0, 0, vec![]).world().mark(&old, Stopped);
        assert_eq!((next.first, next.before), (NOW, traffic(7)));
    }

    #[test]
    fn one_that_came_back_and_goes_again_within_a_day_keeps_what_was_before() {
        let restored = |days: i64| {
            let mut stream = stream("a", Low, 1);
            let since = NOW - days * DAY;
            let restored = Mark { since, ..mark(Marked::Restored, 24 * 9, 7) };
            stream.standing = Standing::Free(Some(restored));
            Scene::new(0, 0, vec![]).world().mark(&stream, Stopped)
        };
        assert_eq!((restored(0).before, restored(0).first), (traffic(7), NOW - 9 * DAY));
        assert_eq!((restored(3).before, restored(3).first), (traffic(1), NOW));
    }
}
