//! What every stream shall be. Pure: the budget's figures, the ladder and the streams come in, a decision on each comes out.
//!
//! A plan that was carried out, wholly or in part, and made again from the same figures, comes to the same end.

mod as_needed;
mod history;
#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]
mod laws;
mod levels;
mod reason;
mod row;
#[cfg(test)]
mod rules;
#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]
mod testing;
mod weight;

use fleet::Priority;

pub use reason::{Kept, Reason, Spend};

use crate::budget::{Figures, Of};
use crate::camera::{Mark, Marked, Standing, Stream, Target};
use crate::ladder::{Ladder, Rung, Unmanaged, WHOLE};
use crate::money::Money;
use crate::prices::Prices;
use as_needed::{Candidate, Demand};
use history::History;
use levels::{Level, Spent};
use row::{Row, Touch, touch};

/// So many streams are named in a remark.
const SHOWN: usize = 10;

/// What stopping a stream means, to be held against what reducing one means.
const STOPPED_LOSS: u64 = 1_000;
/// What reducing a stream means.
const REDUCED_LOSS: u64 = 400;

/// All that a plan is made from.
#[derive(Debug, Clone, Copy)]
pub struct World<'w> {
    /// The budget as AWS tells of it.
    pub figures: &'w Figures,
    /// What gives way when.
    pub ladder: &'w Ladder,
    /// What video costs.
    pub prices: &'w Prices,
    /// All streams, in any order, each once.
    pub streams: &'w [Stream],
    /// Now, in seconds since 1970.
    pub now: i64,
    /// The budget: 8 hexadecimal digits.
    pub budget_id: &'w str,
}

/// What every stream shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The rungs that are reached, by name, the lowest first. None as long as the figures are of the period before.
    pub rungs: Vec<String>,
    /// What is expected to be spent: AWS's forecast, or ours where it has none.
    pub forecast: Money,
    /// What the lowest rung that is reached of those that take as many as needed needs saved, by all streams together.
    pub need: Money,
    /// What is missing of that after all that gives way.
    pub short: Money,
    /// The rung that it is missing for; empty when nothing is.
    pub short_of: String,
    /// What all that gives way saves together, to the end of the period.
    pub saving: Money,
    /// One for each stream, in the order of the streams.
    pub decisions: Vec<Decision>,
    /// What else to know, in sentences. See [`Plan::all_remarks`].
    pub remarks: Vec<String>,
}

/// What one stream shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What it is now.
    pub from: Target,
    /// What it shall be. Nothing is to be done when that is the same.
    pub to: Target,
    /// Why.
    pub reason: Reason,
    /// What that saves against being normal, to the end of the period. None when its traffic or the price is not known.
    pub saving: Option<Money>,
    /// What keeps it from being what the rungs alone would have it.
    pub kept: Option<Kept>,
}

impl Decision {
    /// Whether anything is to be done.
    pub fn changes(&self) -> bool {
        self.from != self.to
    }
}

impl World<'_> {
    /// The mark that a change leaves on a stream, for the plans to come: made with the streams that the plan was made from.
    pub fn mark(&self, stream: &Stream, to: Target) -> Mark {
        History::of(self).next(stream, to)
    }
}

/// What becomes of the streams when there is no budget any more: whatever gave way comes back, but for what is not ours to
/// touch.
pub fn release(streams: &[Stream], unmanaged: Unmanaged) -> Plan {
    let mut plan = Plan::keep(streams, unmanaged);
    for (decision, stream) in plan.decisions.iter_mut().zip(streams) {
        if !stream.held && matches!(stream.standing, Standing::Ours(_)) {
            *decision =
                Decision { to: Target::Normal, reason: Reason::NoBudget, saving: None, kept: None, ..decision.clone() };
        }
    }
    plan
}

/// The mark that coming back leaves on a stream when there is no budget any more.
pub fn released(stream: &Stream, now: i64) -> Mark {
    let before = stream.standing.mark();
    Mark {
        state: Marked::Restored,
        since: now,
        period: before.map_or_else(|| "none".to_owned(), |before| before.period.clone()),
        budget: before.map_or_else(|| "none".to_owned(), |before| before.budget.clone()),
        before: before.map(|before| before.before).or(stream.traffic).unwrap_or_default(),
        first: before.map_or(now, |before| before.first),
        stopped: history::stopped(stream, Target::Normal, now),
        leaving: false,
    }
}

impl Plan {
    /// Everything stays as it is, but for what gives way and became critical.
    pub fn keep(streams: &[Stream], unmanaged: Unmanaged) -> Self {
        let decision = |stream: &Stream| {
            let from = stream.standing.target();
            let (to, reason) = match touch(stream, unmanaged) {
                Touch::Free(reason) => (Target::Normal, reason),
                Touch::Open(_) => (from, Reason::Stale),
                Touch::Leave(reason) => (from, reason),
            };
            let kept = reason.kept().filter(|_| from == to);
            Decision { from, to, reason, saving: None, kept }
        };
        Self {
            rungs: Vec::new(),
            forecast: Money::ZERO,
            need: Money::ZERO,
            short: Money::ZERO,
            short_of: String::new(),
            saving: Money::ZERO,
            decisions: streams.iter().map(decision).collect(),
            remarks: Vec::new(),
        }
    }

    /// What to know, with what is missing.
    pub fn all_remarks(&self) -> Vec<String> {
        let short = (self.short > Money::ZERO).then(|| {
            let (short, rung) = (self.short, &self.short_of);
            format!("All that the ladder lets give way is {short} short of what the rung `{rung}` needs.")
        });
        short.into_iter().chain(self.remarks.iter().cloned()).collect()
    }

    /// When something that is kept only for a time has been kept for long enough: then the same figures may call for
    /// something else. In seconds since 1970.
    pub fn waits_until(&self, streams: &[Stream], ladder: &Ladder) -> Option<i64> {
        let least = ladder.minimum_seconds();
        let kept = streams.iter().zip(&self.decisions).filter(|(_, it)| it.kept == Some(Kept::MinimumTime));
        kept.filter_map(|(stream, _)| Some(stream.standing.mark()?.since.saturating_add(least))).min()
    }
}

/// Decides on every stream.
///
/// Streams that may not be touched stay as they are; only one of ours that gives way and became critical is normal at once.
/// Of the others each is what the rungs ask of its priority that are reached, and as many as are needed beyond that. What
/// gives way in this period is relaxed only when spend has fallen below a rung by the hysteresis and the minimum time is
/// over. On figures of the period before nothing gives way or comes back, but for what became critical.
pub fn plan(world: &World<'_>) -> Plan {
    let history = History::of(world);
    let mut rows: Vec<Row<'_>> = world.streams.iter().map(|stream| Row::of(stream, &history)).collect();
    let (forecast, ours) = world.figures.forecast_or_own();
    let mut made = Plan {
        rungs: Vec::new(),
        forecast,
        need: Money::ZERO,
        short: Money::ZERO,
        short_of: String::new(),
        saving: Money::ZERO,
        decisions: Vec::new(),
        remarks: Vec::new(),
    };
    if world.figures.is_of() {
        let spent = spent(world.figures, forecast, ours, &rows);
        made.rungs = reached(world.ladder, &spent);
        levels(&mut rows, world.ladder, &spent, &history);
        needed(&mut rows, world.ladder, &spent, &mut made);
        if ours && world.ladder.rungs().iter().any(|rung| rung.of == Of::Forecast) {
            made.remarks
                .push("AWS has no forecast for this budget yet: what is spent so far was extrapolated.".to_owned());
        }
    } else {
        made.remarks.push(
            "The figures are those of the period before: nothing gives way or comes back until AWS has new ones."
                .to_owned(),
        );
    }
    made.remarks.extend(left_behind(world, &rows));
    made.decisions = rows.into_iter().map(Row::decision).collect();
    made.saving = made.decisions.iter().filter_map(|decision| decision.saving).sum();
    made
}

/// What is held against the limit. AWS's forecast is lower by what streams hold back that give way, or did until a short
/// while ago: without adding that, they would come back for having worked.
fn spent(figures: &Figures, forecast: Money, ours: bool, rows: &[Row<'_>]) -> Spent {
    let held_back: Money = rows.iter().map(Row::held_back).sum();
    let of = |of: Of, amount: Money, ours: bool, held_back: Money| Spend {
        of,
        amount,
        limit: figures.limit,
        currency: figures.currency.clone(),
        ours,
        held_back,
    };
    Spent {
        actual: of(Of::Actual, figures.actual, false, Money::ZERO),
        forecast: of(Of::Forecast, forecast.plus(held_back), ours, held_back),
    }
}

fn reached(ladder: &Ladder, spent: &Spent) -> Vec<String> {
    let mut rungs: Vec<&Rung> = ladder.rungs().iter().filter(|rung| spent.reaches(rung.of, rung.at)).collect();
    rungs.sort_by_key(|rung| (rung.at, rung.of, rung.as_needed));
    rungs.into_iter().map(Rung::name).collect()
}

/// What the rungs ask for that take every stream of a priority.
fn levels(rows: &mut [Row<'_>], ladder: &Ladder, spent: &Spent, history: &History<'_>) {
    let low = Level::of(ladder, spent, Priority::Low);
    let standard = Level::of(ladder, spent, Priority::Standard);
    for row in rows {
        let level = match row.open {
            Some(Priority::Low) => low,
            Some(Priority::Standard) => standard,
            Some(Priority::Critical) | None => continue,
        };
        row.settle(level, spent, history);
    }
}

/// What the rungs ask for beyond that which take as many as needed, the lowest rung first, and low streams before standard
/// ones.
fn needed<'w>(rows: &mut [Row<'w>], ladder: &'w Ladder, spent: &Spent, made: &mut Plan) {
    let mut rungs: Vec<&Rung> = ladder.rungs().iter().filter(|rung| rung.as_needed).collect();
    rungs.sort_by_key(|rung| rung.at);
    // What no such rung asks for does not depend on them, so it counts first. All else counts when its turn comes, as it did
    // when the stream was chosen: a standard stream that has to stay a while must not spare a low one.
    for row in rows.iter_mut() {
        let asked = row.open.and_then(|priority| rungs.iter().map(|rung| rung.asks(priority)).max());
        if row.floor() > asked.unwrap_or_default() {
            row.hold(Target::Stopped);
        }
    }
    let Some(lowest) = rungs.first() else { return };
    let limit = spent.forecast.limit;
    let margin = limit.times(ladder.hysteresis().into(), WHOLE.into());
    let line = |rung: &Rung| i128::from(limit.times(rung.at.into(), WHOLE.into()).micros());
    made.need = spent.forecast.amount.minus(limit.times(lowest.at.into(), WHOLE.into()));
    let mut left =
        rows.iter().fold(i128::from(spent.forecast.amount.micros()), |left, row| left.saturating_sub(row.saved()));
    let mut unknown = 0_usize;
    for rung in &rungs {
        for priority in [Priority::Low, Priority::Standard] {
            let asked = rung.asks(priority);
            let loss = match asked {
                Target::Normal => continue,
                Target::Reduced => REDUCED_LOSS,
                Target::Stopped => STOPPED_LOSS,
            };
            for row in rows.iter_mut().filter(|row| row.open == Some(priority)) {
                left = left.saturating_sub(row.hold(asked).micros().into());
            }
            let open = || rows.iter().enumerate().filter(|(_, row)| row.open == Some(priority) && row.to < asked);
            unknown = unknown.max(open().filter(|(_, row)| row.more(asked).is_none()).count());
            let candidates = open().filter_map(|(place, row)| {
                let saving = row.more(asked).filter(|saving| *saving > Money::ZERO)?;
                Some(Candidate { place, arn: &row.stream.arn, saving, now: row.now(asked) })
            });
            let demand = Demand { over: left.saturating_sub(line(rung)), margin, loss };
            for one in as_needed::choose(candidates.collect(), demand) {
                left = left.saturating_sub(one.saving.micros().into());
                if let Some(row) = rows.get_mut(one.place) {
                    row.take(asked, rung, one.saving);
                }
            }
        }
    }
    for row in rows {
        row.explain(&rungs, left, spent, ladder.hysteresis());
    }
    made.short = Money::from_micros(u64::try_from(left.saturating_sub(line(lowest)).max(0)).unwrap_or(u64::MAX));
    if made.short > Money::ZERO {
        made.short_of = lowest.name();
    }
    if made.need > Money::ZERO && unknown > 0 {
        made.remarks.push(format!(
            "{unknown} stream(s) were not weighed for `{}`: what they take in was not measured, or its price is not set.",
            lowest.name()
        ));
    }
}

/// The first of many.
fn some(all: &mut [String]) -> String {
    all.sort();
    let shown = all.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown}, and {more} more"),
    }
}

/// What people may have forgotten.
fn left_behind(world: &World<'_>, rows: &[Row<'_>]) -> Vec<String> {
    let ours = |row: &&Row<'_>| matches!(row.stream.standing, Standing::Ours(_));
    let mut remarks = Vec::new();
    let mut by_hand: Vec<_> = rows
        .iter()
        .filter_map(|row| {
            let Reason::ByHand(why) = &row.reason else { return None };
            Some(format!("`{}` ({why})", row.stream.name))
        })
        .collect();
    if !by_hand.is_empty() {
        remarks.push(format!("Marked by hand, and left alone: {}.", some(&mut by_hand)));
    }
    let mut unreadable: Vec<_> = rows
        .iter()
        .filter_map(|row| {
            let Reason::Unreadable(why) = &row.reason else { return None };
            Some(format!("`{}` ({why})", row.stream.name))
        })
        .collect();
    if !unreadable.is_empty() {
        remarks.push(format!("Taken for critical, since their priority cannot be read: {}.", some(&mut unreadable)));
    }
    let other = |row: &&Row<'_>| row.stream.standing.mark().is_some_and(|mark| mark.budget != world.budget_id);
    let others = rows.iter().filter(ours).filter(other).count();
    if others > 0 {
        remarks.push(format!("{others} stream(s) were throttled for another budget: they are judged by this one now."));
    }
    remarks
}
