//! One stream on its way through a plan.

use fleet::Priority;

use super::Decision;
use super::as_needed::Now;
use super::history::History;
use super::levels::{Level, Spent};
use super::reason::{Reason, Spend};
use super::weight::Weight;
use crate::budget::Of;
use crate::camera::{Standing, Stream, Target};
use crate::ladder::{Rung, Unmanaged, WHOLE};
use crate::money::Money;

/// A stream, and what is decided of it so far.
#[derive(Debug)]
pub(super) struct Row<'w> {
    pub(super) stream: &'w Stream,
    /// Its priority if it may give way.
    pub(super) open: Option<Priority>,
    from: Target,
    pub(super) to: Target,
    pub(super) reason: Reason,
    weight: Weight,
    /// Its mark is of this period, for this budget, and the way back is not begun.
    marked: bool,
    /// How far it has to go on to give way, and why.
    floor: Option<(Target, Reason)>,
    /// The rung for which it is one of as many as needed, and what it saves for that.
    needed: Option<(&'w Rung, Money)>,
}

impl<'w> Row<'w> {
    pub(super) fn of(stream: &'w Stream, history: &History<'w>) -> Self {
        let from = stream.standing.target();
        let (open, to, reason) = match touch(stream, history.world.ladder.unmanaged()) {
            Touch::Open(priority) => (Some(priority), from, Reason::Stale),
            Touch::Free(reason) => (None, Target::Normal, reason),
            Touch::Leave(reason) => (None, from, reason),
        };
        let weight = Weight::of(stream, history);
        Self {
            stream,
            open,
            from,
            to,
            reason,
            weight,
            marked: history.throttle(stream).is_some_and(|mark| !mark.leaving),
            floor: None,
            needed: None,
        }
    }

    /// What AWS's forecast is lower for it. What stays as it is whatever the plan says holds nothing back.
    pub(super) fn held_back(&self) -> Money {
        let stays = self.stream.held || matches!(self.stream.standing, Standing::ByHand(_));
        if stays { Money::ZERO } else { self.weight.held_back }
    }

    /// Takes what the rungs ask for that take every stream of its priority.
    pub(super) fn settle(&mut self, level: Level<'_>, spent: &Spent, history: &History<'_>) {
        let asked = |rung: Option<&Rung>| self.open.and_then(|open| Some(rung?.asks(open))).unwrap_or_default();
        self.to = asked(level.reached);
        self.reason = match level.reached {
            Some(rung) => Reason::Reached { at: rung.at, spend: spent.spend(rung.of).clone() },
            None => Reason::Clear { actual: spent.actual.clone(), forecast: spent.forecast.clone() },
        };
        let ladder = history.world.ladder;
        let kept = self.from.min(asked(level.not_left));
        self.floor = if let Some(seconds) = history.recent(self.stream) {
            Some((self.from, Reason::Recent { seconds, hours: ladder.minimum_hours() }))
        } else if let Some(rung) = level.not_left.filter(|_rung| self.marked) {
            let against = spent.spend(rung.of);
            let below = rung.at.saturating_sub(ladder.hysteresis());
            Some((kept, Reason::Margin { share: against.amount.share_of(against.limit), below }))
        } else {
            None
        };
    }

    /// How far it has to go on to give way, whatever the figures are.
    pub(super) fn floor(&self) -> Target {
        self.floor.as_ref().map(|(floor, _)| *floor).unwrap_or_default()
    }

    /// Has it go on to give way as far as it has to, but no further than this. Tells what that saves more.
    pub(super) fn hold(&mut self, most: Target) -> Money {
        let held = self.floor().min(most);
        let Some((_, reason)) = self.floor.as_ref().filter(|_floor| held > self.to) else { return Money::ZERO };
        let saving = self.more(held).unwrap_or_default();
        self.to = held;
        self.reason = reason.clone();
        saving
    }

    /// What it saves by what is decided so far, in millionths. Nothing where it is not decided here.
    pub(super) fn saved(&self) -> i128 {
        let saving = self.open.and_then(|_priority| self.weight.saving(self.to));
        saving.unwrap_or_default().micros().into()
    }

    /// What it would save beyond that; None when that is not known.
    pub(super) fn more(&self, asked: Target) -> Option<Money> {
        Some(self.weight.saving(asked)?.minus(self.weight.saving(self.to)?))
    }

    /// Whether it gives way as far as asked already.
    pub(super) fn now(&self, asked: Target) -> Now {
        match (self.from >= asked, self.marked) {
            (false, _) => Now::Free,
            (true, false) => Now::OfBefore,
            (true, true) => Now::Gives,
        }
    }

    /// Takes it as one of as many as needed.
    pub(super) fn take(&mut self, asked: Target, rung: &'w Rung, saving: Money) {
        self.to = asked;
        self.needed = Some((rung, saving));
    }

    /// Says why it is one of as many as needed, now that it is known what is left of the forecast after all.
    pub(super) fn explain(&mut self, rungs: &[&'w Rung], left: i128, spent: &Spent, hysteresis: u32) {
        let stays = matches!(self.reason, Reason::Recent { .. } | Reason::Margin { .. });
        let asks = |rung: &&&Rung| self.open.is_some_and(|priority| rung.asks(priority) >= self.to);
        // What stays as it is for now may be needed as well, which says more.
        let also = || Some((*rungs.iter().find(asks).filter(|_rung| stays)?, self.weight.saving(self.to)?));
        let Some((rung, saving)) = self.needed.or_else(also) else { return };
        let Spend { limit, amount, .. } = spent.forecast;
        let line = limit.times(rung.at.into(), WHOLE.into());
        let without = left.saturating_add(saving.micros().into());
        if without > line.micros().into() {
            let over = amount.minus(line);
            self.reason = Reason::AsNeeded { at: rung.at, forecast: spent.spend(Of::Forecast).clone(), over, saving };
        } else if !stays {
            self.reason = Reason::MarginAsNeeded { below: rung.at.saturating_sub(hysteresis), saving };
        }
    }

    pub(super) fn decision(self) -> Decision {
        let kept = self.reason.kept().filter(|_| self.open.is_some() || self.from == self.to);
        let by_hand = matches!(self.stream.standing, Standing::ByHand(_));
        let saving = if by_hand { None } else { self.weight.saving(self.to) };
        Decision { from: self.from, to: self.to, reason: self.reason, saving, kept }
    }
}

/// What may be done with a stream.
pub(super) enum Touch {
    /// It gives way by its priority.
    Open(Priority),
    /// It is normal, at once.
    Free(Reason),
    /// It stays as it is.
    Leave(Reason),
}

/// Whose wish counts first: that it is not ours, the hand that marked it, the hold, the priority. What we throttled and is
/// not ours any more comes back.
pub(super) fn touch(stream: &Stream, unmanaged: Unmanaged) -> Touch {
    if stream.thing.is_none() && unmanaged == Unmanaged::Leave {
        let throttled = matches!(stream.standing, Standing::Ours(_)) && !stream.held;
        return if throttled { Touch::Free(Reason::NotOurs) } else { Touch::Leave(Reason::NotOurs) };
    }
    if let Standing::ByHand(why) = &stream.standing {
        return Touch::Leave(Reason::ByHand(why.clone()));
    }
    if stream.held {
        return Touch::Leave(Reason::Held);
    }
    match &stream.priority {
        Ok(Priority::Critical) => Touch::Free(Reason::Critical),
        Ok(priority @ (Priority::Low | Priority::Standard)) => Touch::Open(*priority),
        Err(why) => Touch::Free(Reason::Unreadable(why.clone())),
    }
}
