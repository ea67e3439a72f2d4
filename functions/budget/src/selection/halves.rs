//! Exact search for few open items, in bounded time whatever their values: all sets of each half, and the best pair.

use super::front::{Change, Front};
use super::ranking::{Cover, Ranking};

/// So many open items at most: a half has 2^18 sets then.
pub(crate) const OPEN: usize = 36;

/// The cover with the least loss, or the given one if none loses less. `None` when too many items are open: not to be
/// settled by what the relaxed answer proves.
pub(crate) fn search(ranking: &Ranking, best: &Cover) -> Option<Cover> {
    let relaxed = ranking.relaxed();
    let ranks = 0..ranking.candidates.len();
    let open: Vec<usize> = ranks
        .clone()
        .filter(|rank| !ranking.is_fixed(&relaxed, *rank, best.loss))
        .take(OPEN.saturating_add(1))
        .collect();
    if open.len() > OPEN {
        return None;
    }
    let mut chosen: Vec<bool> = ranks.map(|rank| rank < relaxed.split).collect();
    for rank in &open {
        if let Some(chosen) = chosen.get_mut(*rank) {
            *chosen = false;
        }
    }
    let fixed = || ranking.candidates.iter().zip(&chosen).filter(|(_, chosen)| **chosen).map(|(one, _)| one);
    let need = u128::from(ranking.need).saturating_sub(fixed().map(|one| u128::from(one.saving)).sum());
    let loss: u128 = fixed().map(|one| u128::from(one.loss)).sum();

    let half = |parity: usize| {
        let mut front = Front::new(0, 0);
        for rank in open.iter().skip(parity).step_by(2) {
            if let Some(one) = ranking.candidates.get(*rank) {
                let keeps = |with: u128| loss.saturating_add(with) < best.loss;
                front.turn(*rank, (one.saving, one.loss), Change::Join, |state, _| keeps(state.loss));
            }
        }
        front
    };
    let (one, other) = (half(0), half(1));
    let mut least = best.loss;
    let mut pair = None;
    // As the one falls, the other has to rise.
    let mut rising = other.states().iter().rev().peekable();
    for with in one.states() {
        while rising.next_if(|state| state.saving.saturating_add(with.saving) < need).is_some() {}
        let Some(state) = rising.peek() else { break };
        let sum = loss.saturating_add(with.loss).saturating_add(state.loss);
        if sum < least {
            least = sum;
            pair = Some((with, *state));
        }
    }
    let Some((with, state)) = pair else { return Some(best.clone()) };
    for rank in one.turned(with).chain(other.turned(state)) {
        if let Some(chosen) = chosen.get_mut(rank) {
            *chosen = true;
        }
    }
    Some(Cover { chosen, loss: least })
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
        fn the_best_pair_of_halves_has_the_least_loss(values in vec((1..50_u64, 1..50_u64), 1..13), need in 1..300_u64) {
            let Some(ranking) = Ranking::of(&values, need) else { return Ok(()) };
            let found = search(&ranking, &ranking.greedy()).unwrap();
            prop_assert!(ranking.holds(&found));
            prop_assert_eq!(found.loss, least_by_sets(&values, need).unwrap() / u128::from(ranking.unit));
        }
    }

    #[test]
    fn more_items_than_can_be_halved_are_not_searched() {
        // Losses equal to savings prove nothing about any of them.
        let values: Vec<(u64, u64)> = (0..=OPEN as u64).map(|place| (1_000 + place, 1_000 + place)).collect();
        let ranking = Ranking::of(&values, 5_500).unwrap();
        assert_eq!(search(&ranking, &ranking.greedy()), None);
    }
}
