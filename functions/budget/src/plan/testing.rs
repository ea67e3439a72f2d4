//! A world to plan in.

use fleet::{Priority, StorageTier};

use super::{Plan, World, plan};
use crate::budget::{Figures, Period};
use crate::camera::{Mark, Marked, Standing, Stream, Target, Traffic};
use crate::ladder::Ladder;
use crate::money::Money;
use crate::prices::{GB, Prices};

pub(super) const HOUR: i64 = 3_600;
pub(super) const DAY: i64 = 24 * HOUR;
/// The first of November 2026.
pub(super) const START: i64 = 1_793_491_200;
/// Ten days before December.
pub(super) const NOW: i64 = START + 20 * DAY;
pub(super) const PERIOD: &str = "2026-11-01";
pub(super) const BUDGET: &str = "3fa9c1d2";

/// All that a plan is made from, to be changed.
#[derive(Debug, Clone)]
pub(super) struct Scene {
    pub(super) figures: Figures,
    pub(super) ladder: Ladder,
    pub(super) prices: Prices,
    pub(super) streams: Vec<Stream>,
    pub(super) now: i64,
}

pub(super) fn dollars(dollars: u64) -> Money {
    Money::from_micros(dollars * 1_000_000)
}

/// So many GB per day: a dollar each.
pub(super) fn traffic(gb: u64) -> Traffic {
    Traffic { bytes_per_day: gb * GB, fragments_per_day: 43_200 }
}

/// A stream that takes in so many GB per day, and keeps none.
pub(super) fn stream(name: &str, priority: Priority, gb: u64) -> Stream {
    Stream {
        arn: format!("arn:aws:kinesisvideo:eu-west-1:123456789012:stream/{name}/1700000000000"),
        name: name.to_owned(),
        thing: Some(name.to_owned()),
        priority: Ok(priority),
        held: false,
        standing: Standing::Free(None),
        traffic: Some(traffic(gb)),
        retention_hours: 0,
        tier: StorageTier::Hot,
    }
}

/// A mark of this period and budget, from so many hours ago.
pub(super) fn mark(state: Marked, hours: i64, gb: u64) -> Mark {
    let since = NOW - hours * HOUR;
    let (period, budget) = (PERIOD.to_owned(), BUDGET.to_owned());
    Mark {
        state,
        since,
        period,
        budget,
        before: traffic(gb),
        first: since,
        stopped: (state == Marked::Stopped).then_some(since),
        leaving: false,
    }
}

/// A stream that gives way since so many hours.
pub(super) fn throttled(name: &str, priority: Priority, gb: u64, state: Marked, hours: i64) -> Stream {
    let standing = Standing::Ours(mark(state, hours, gb));
    Stream { standing, traffic: Some(Traffic::ZERO), ..stream(name, priority, gb) }
}

impl Scene {
    /// A limit of 1,000 USD, and what is spent and expected of it.
    pub(super) fn new(actual: u64, forecast: u64, streams: Vec<Stream>) -> Self {
        let figures = Figures {
            name: "fleet".to_owned(),
            currency: "USD".to_owned(),
            limit: dollars(1_000),
            actual: dollars(actual),
            forecast: Some(dollars(forecast)),
            period: Period { start: START, end: START + 30 * DAY },
            updated: NOW - HOUR,
        };
        let prices = Prices { ingest_gb: dollars(1), store_gb_month: Money::ZERO, ..Prices::default() };
        Self { figures, ladder: Ladder::default(), prices, streams, now: NOW }
    }

    pub(super) fn ladder(mut self, yaml: &str) -> Self {
        self.ladder = Ladder::parse(yaml).unwrap();
        self
    }

    pub(super) fn world(&self) -> World<'_> {
        World {
            figures: &self.figures,
            ladder: &self.ladder,
            prices: &self.prices,
            streams: &self.streams,
            now: self.now,
            budget_id: BUDGET,
        }
    }

    pub(super) fn plan(&self) -> Plan {
        plan(&self.world())
    }

    /// What every stream shall be.
    pub(super) fn targets(&self) -> Vec<Target> {
        self.plan().decisions.iter().map(|decision| decision.to).collect()
    }

    /// Why the first stream shall be what it shall be.
    pub(super) fn because(&self) -> String {
        self.plan().decisions[0].reason.to_string()
    }

    /// Carries the plan out, and dies where a stream at one of these places comes back: its mark says so, its throttle stands.
    pub(super) fn half(&self, plan: &Plan, on: impl Fn(usize) -> bool) -> Self {
        let mut after = self.clone();
        for (place, decision) in plan.decisions.iter().enumerate().filter(|(place, one)| one.changes() && on(*place)) {
            if decision.to == Target::Normal {
                let mark = self.world().mark(&self.streams[place], decision.to);
                after.streams[place].standing =
                    Standing::Ours(Mark { state: decision.from.into(), leaving: true, ..mark });
            }
        }
        after
    }

    /// Carries the plan out on the streams at these places.
    pub(super) fn apply(&self, plan: &Plan, on: impl Fn(usize) -> bool) -> Self {
        let mut after = self.clone();
        for (place, decision) in plan.decisions.iter().enumerate().filter(|(place, one)| one.changes() && on(*place)) {
            let mark = self.world().mark(&self.streams[place], decision.to);
            let standing = &mut after.streams[place].standing;
            *standing = if decision.to == Target::Normal { Standing::Free(Some(mark)) } else { Standing::Ours(mark) };
        }
        after
    }
}
