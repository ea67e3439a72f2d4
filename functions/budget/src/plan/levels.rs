//! What the rungs ask for that take every stream of a priority.

use std::cmp::Reverse;

use fleet::Priority;

use crate::budget::Of;
use crate::camera::Target;
use crate::ladder::{Ladder, Rung, WHOLE};
use crate::money::Money;

use super::reason::Spend;

/// What is held against the limit.
#[derive(Debug, Clone)]
pub(super) struct Spent {
    pub(super) actual: Spend,
    /// Without what streams hold back that give way.
    pub(super) forecast: Spend,
}

impl Spent {
    pub(super) fn spend(&self, of: Of) -> &Spend {
        match of {
            Of::Actual => &self.actual,
            Of::Forecast => &self.forecast,
        }
    }

    /// Whether a share of the limit is reached, and exactly there it is. A limit of nothing is reached by nothing.
    pub(super) fn reaches(&self, of: Of, at: u32) -> bool {
        let wide = |money: Money, share: u32| u128::from(money.micros()).saturating_mul(u128::from(share));
        let spend = self.spend(of);
        wide(spend.amount, WHOLE) >= wide(spend.limit, at)
    }
}

/// What is asked of streams of one priority.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Level<'l> {
    /// The rung that asks most of those that are reached.
    pub(super) reached: Option<&'l Rung>,
    /// The same of those that are reached or not yet left.
    pub(super) not_left: Option<&'l Rung>,
}

impl<'l> Level<'l> {
    pub(super) fn of(ladder: &'l Ladder, spent: &Spent, priority: Priority) -> Self {
        let most = |below: u32| {
            let rungs = ladder.rungs().iter().filter(|rung| !rung.as_needed && rung.asks(priority) > Target::Normal);
            rungs
                .filter(|rung| spent.reaches(rung.of, rung.at.saturating_sub(below)))
                .max_by_key(|rung| (rung.asks(priority), Reverse(rung.at)))
        };
        Self { reached: most(0), not_left: most(ladder.hysteresis()) }
    }
}
