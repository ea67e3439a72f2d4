//! Search for the least loss that begins where greed and need part, and turns items ever farther from there.
//!
//! Few items around that point decide: far from it, what gives way in the relaxed answer gives way in the best one too.
//! After D. Pisinger, "A minimal algorithm for the 0-1 knapsack problem", Operations Research 45 (1997).

use super::front::{Change, Front, State};
use super::ranking::{Cover, Ranking};

/// When a search may end before the least loss is proven.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// A loss that is small enough.
    pub(crate) enough: u128,
    /// So many sets may be looked at in all.
    pub(crate) effort: usize,
    /// So many sets may be kept at a time.
    pub(crate) width: usize,
}

/// What a search came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) best: Cover,
    /// No answer loses less. The search is over when this is the best one's loss.
    pub(crate) floor: u128,
}

/// Looks for the cover with the least loss, at first among those that greed suggests.
pub(crate) fn search(ranking: &Ranking, limits: Limits) -> Outcome {
    let relaxed = ranking.relaxed();
    let greedy = ranking.greedy();
    let mut least = greedy.loss;
    // What the best cover has otherwise than the relaxed answer; greed is best until there is such.
    let mut best: Option<Vec<usize>> = None;
    let enough = limits.enough.max(relaxed.floor);
    let mut front = Front::new(relaxed.saving, relaxed.loss);
    let (mut left, mut right) = (relaxed.split, relaxed.split);
    let end = ranking.candidates.len();
    let mut effort = 0_usize;
    let is_over = loop {
        if least <= enough || front.states().is_empty() || (left == 0 && right == end) {
            break true;
        }
        if effort > limits.effort || front.states().len() > limits.width {
            break false;
        }
        // By turns, so that both ends of what is open move apart at one pace.
        let moved = (relaxed.split.saturating_sub(left), right.saturating_sub(relaxed.split));
        let joins = right < end && (left == 0 || moved.1 <= moved.0);
        let (rank, change) = if joins { (right, Change::Join) } else { (left.saturating_sub(1), Change::Leave) };
        if joins {
            right = right.saturating_add(1);
        } else {
            left = rank;
        }
        if ranking.is_fixed(&relaxed, rank, least) {
            continue;
        }
        effort = effort.saturating_add(front.states().len());
        if let Some(better) = turn(ranking, &mut front, (rank, change), (left, right), least) {
            least = better.loss;
            best = Some(std::iter::once(rank).chain(front.turned(&better)).collect());
        }
    };
    let floor = if !is_over {
        let leaves = left.checked_sub(1).and_then(|rank| ranking.candidates.get(rank));
        let joins = ranking.candidates.get(right);
        let floors = front.states().iter().map(|state| ranking.floor(state.saving, state.loss, leaves, joins));
        floors.min().unwrap_or(least).clamp(relaxed.floor, least)
    } else if least > enough {
        least
    } else {
        relaxed.floor
    };
    let Some(turned) = best else { return Outcome { best: greedy, floor } };
    let mut chosen: Vec<bool> = (0..end).map(|rank| rank < relaxed.split).collect();
    for rank in turned {
        if let Some(chosen) = chosen.get_mut(rank) {
            *chosen = !*chosen;
        }
    }
    Outcome { best: Cover { chosen, loss: least }, floor }
}

/// Turns one item and drops what cannot come to less than the least loss any more. Gives a new cover that does.
fn turn(
    ranking: &Ranking,
    front: &mut Front,
    (rank, change): (usize, Change),
    (left, right): (usize, usize),
    mut least: u128,
) -> Option<State> {
    let item = ranking.candidates.get(rank)?;
    let leaves = left.checked_sub(1).and_then(|rank| ranking.candidates.get(rank));
    let joins = ranking.candidates.get(right);
    let mut better = None;
    front.turn(rank, (item.saving, item.loss), change, |state, is_new| {
        if is_new && state.loss < least && state.saving >= ranking.need.into() {
            least = state.loss;
            better = Some(*state);
        }
        !ranking.is_hopeless(state.saving, state.loss, leaves, joins, least)
    });
    better
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test with a wrong sum fails by panicking")]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::selection::exhaustive::least_by_sets;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn a_search_without_limits_finds_the_least_loss_and_proves_it(
            values in vec((1..50_u64, 1..50_u64), 1..13), need in 1..300_u64,
        ) {
            let Some(ranking) = Ranking::of(&values, need) else { return Ok(()) };
            let outcome = search(&ranking, Limits { enough: 0, effort: usize::MAX, width: usize::MAX });
            let least = least_by_sets(&values, need).unwrap() / u128::from(ranking.unit);
            prop_assert!(ranking.holds(&outcome.best));
            prop_assert_eq!((outcome.best.loss, outcome.floor), (least, least));
        }

        #[test]
        fn a_search_that_ends_early_has_the_least_loss_between_its_floor_and_its_best(
            values in vec((1..50_u64, 1..50_u64), 1..13),
            need in 1..300_u64, effort in 0..20_usize, width in 1..9_usize, enough in 0..200_u128,
        ) {
            let Some(ranking) = Ranking::of(&values, need) else { return Ok(()) };
            let outcome = search(&ranking, Limits { enough, effort, width });
            let least = least_by_sets(&values, need).unwrap() / u128::from(ranking.unit);
            prop_assert!(ranking.holds(&outcome.best));
            prop_assert!(outcome.floor <= least && least <= outcome.best.loss, "{least} {outcome:?}");
        }
    }
}
