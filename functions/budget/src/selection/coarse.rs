//! Losses rounded so that a search for the least of them ends, and comes within a hundredth of the true least.
//!
//! Let `floor` be a proven lower bound of the least loss `L`, and `grain` a 400th of it.
//!
//! 1. Items that lose less than a grain are bundled in the order of their loss per saving, until a bundle loses a grain;
//!    it loses less than two. What the best answer has of them can be swapped for the bundles from the first on that
//!    save as much, which costs at most one bundle more than it did: the best answer of bundles loses at most
//!    `L` + 2 grains ≤ `L` · 201/200.
//! 2. Losses are rounded down, each by less than a 205th of itself (the last bundle, which may be smaller, by less than a
//!    205th of a grain, `L` / 82 000). So the best answer by rounded losses truly loses at most
//!    (`L` · 201/200 + `L` / 82 000) · 205/204 < `L` · 1.00996.
//! 3. The rounded losses are few: multiples of a 205th of a grain, and ever coarser for larger items. No more sets are
//!    kept than there are sums of them, and of items with one rounded loss only so many as fit into an answer.

use super::core::{self, Limits};
use super::ranking::{Candidate, Cover, Ranking};

/// So many grains are the least loss.
const GRAINS: u128 = 400;

/// By at most so small a part of itself a loss is rounded.
const PARTS: u128 = 205;

/// What is turned as one.
#[derive(Debug, Default)]
struct Bundle {
    ranks: Vec<usize>,
    saving: u128,
    loss: u128,
}

/// A cover within a hundredth of the least loss. `known` is a cover that loses at most twice the least loss, and `floor`
/// a proven lower bound of it.
pub(crate) fn search(ranking: &Ranking, known: &Cover, floor: u128) -> Cover {
    let floor = floor.max(known.loss.div_ceil(2));
    let grain = floor.checked_div(GRAINS).unwrap_or_default();
    let bundles = bundled(ranking, grain, known.loss);
    let unit = grain.checked_div(PARTS).unwrap_or_default().max(1);

    let candidates = bundles.iter().enumerate().map(|(place, bundle)| Candidate {
        saving: u64::try_from(bundle.saving).unwrap_or(u64::MAX).min(ranking.need),
        loss: u64::try_from(rounded(bundle.loss, unit)).unwrap_or(u64::MAX),
        place,
    });
    let candidates = worth_having(candidates.collect(), known.loss.checked_div(unit).unwrap_or_default());
    // When bundles that save the need lose more than what is known, that is close enough: see 1.
    if candidates.iter().map(|one| u128::from(one.saving)).sum::<u128>() < ranking.need.into() {
        return known.clone();
    }
    let rounded = Ranking::new(candidates, ranking.need);

    // A hundredth above the floor is enough, less what the rounding may hide.
    let enough = floor.saturating_add(floor.checked_div(100).unwrap_or_default());
    let hidden = |loss: u128| loss.checked_div(PARTS).unwrap_or_default().saturating_add(1);
    let enough = enough.saturating_sub(hidden(enough)).checked_div(unit).unwrap_or_default().saturating_sub(1);
    let enough = enough.checked_div(rounded.unit.into()).unwrap_or_default();
    let found = core::search(&rounded, Limits { enough, effort: usize::MAX, width: usize::MAX }).best;

    let mut chosen = vec![false; ranking.candidates.len()];
    for rank in rounded.places(&found).into_iter().filter_map(|place| bundles.get(place)).flat_map(|one| &one.ranks) {
        if let Some(chosen) = chosen.get_mut(*rank) {
            *chosen = true;
        }
    }
    let losses = ranking.candidates.iter().zip(&chosen).filter(|(_, chosen)| **chosen);
    let loss = losses.map(|(one, _)| u128::from(one.loss)).sum();
    if loss < known.loss { Cover { chosen, loss } } else { known.clone() }
}

/// The items, by themselves or, small ones, together. Those that alone lose more than `most` are in no better answer.
fn bundled(ranking: &Ranking, grain: u128, most: u128) -> Vec<Bundle> {
    let mut bundles = Vec::new();
    let mut open = Bundle::default();
    for (rank, one) in ranking.candidates.iter().enumerate() {
        let (saving, loss) = (u128::from(one.saving), u128::from(one.loss));
        if loss >= grain {
            if loss <= most {
                bundles.push(Bundle { ranks: vec![rank], saving, loss });
            }
            continue;
        }
        open.ranks.push(rank);
        open.saving = open.saving.saturating_add(saving);
        open.loss = open.loss.saturating_add(loss);
        if open.loss >= grain {
            bundles.push(std::mem::take(&mut open));
        }
    }
    if !open.ranks.is_empty() {
        bundles.push(open);
    }
    bundles
}

/// A loss in units, rounded down to the largest power of two of them that is at most so small a part of it.
fn rounded(loss: u128, unit: u128) -> u128 {
    let part = loss.checked_div(PARTS.saturating_mul(unit)).unwrap_or_default();
    let step = part.checked_ilog2().and_then(|power| 1_u128.checked_shl(power)).unwrap_or(1);
    let units = loss.checked_div(unit).unwrap_or_default();
    units.saturating_sub(units.checked_rem(step).unwrap_or_default())
}

/// Without those that an answer has no room for: of equal losses so many as make up the most, those that save the most.
fn worth_having(mut candidates: Vec<Candidate>, most: u128) -> Vec<Candidate> {
    candidates.sort_unstable_by_key(|one| (one.loss, std::cmp::Reverse(one.saving), one.place));
    let equal = candidates.chunk_by(|one, other| one.loss == other.loss);
    let worth = equal.flat_map(|equal| {
        let loss = equal.first().map_or(0, |one| one.loss);
        let room = most.checked_div(loss.into()).and_then(|room| usize::try_from(room).ok());
        equal.iter().take(room.unwrap_or(usize::MAX)).copied()
    });
    worth.collect()
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test with a wrong sum fails by panicking")]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::selection::exhaustive::{least_by_sets, least_by_sums};

    /// Items alike in loss per saving, large ones and some of the size of a grain.
    fn alike() -> impl Strategy<Value = (u64, u64)> {
        let saving = prop_oneof![1..8_u64, 90..110_u64, 500..520_u64];
        (saving, 0..30_000_u64).prop_map(|(saving, more)| (saving, saving * 1_000_000 + more * saving / 8))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn the_loss_is_within_a_hundredth_of_the_least(values in vec(alike(), 1..60), need in 1..3_000_u64) {
            let Some(ranking) = Ranking::of(&values, need) else { return Ok(()) };
            let greedy = ranking.greedy();
            let found = search(&ranking, &greedy, ranking.relaxed().floor);
            let least = least_by_sums(&values, need).unwrap() / u128::from(ranking.unit);
            prop_assert!(ranking.holds(&found));
            prop_assert!(found.loss * 100 <= least * 101, "{} {least} {greedy:?}", found.loss);
        }

        #[test]
        fn the_loss_is_within_a_hundredth_of_the_least_whatever_the_values(
            values in vec((1..u64::MAX, 1..u64::MAX), 1..12), need in 1..u64::MAX,
        ) {
            let Some(ranking) = Ranking::of(&values, need) else { return Ok(()) };
            let found = search(&ranking, &ranking.greedy(), 0);
            let least = least_by_sets(&values, need).unwrap() / u128::from(ranking.unit);
            prop_assert!(ranking.holds(&found));
            prop_assert!(found.loss * 100 <= least * 101, "{} {least}", found.loss);
        }

        #[test]
        fn a_loss_is_rounded_down_by_less_than_its_205th(loss in 1..u128::from(u64::MAX), unit in 1..1_000_000_u128) {
            let rounded = rounded(loss, unit) * unit;
            prop_assert!(rounded <= loss);
            prop_assert!(loss - rounded < unit.max(loss.div_ceil(PARTS)), "{loss} {rounded}");
        }

        #[test]
        fn bundles_lose_a_grain_and_less_than_two_but_for_the_last(values in vec((1..50_u64, 1..50_u64), 1..40), grain in 1..60_u128) {
            let ranking = Ranking::of(&values, 1).unwrap();
            let bundles = bundled(&ranking, grain, u128::MAX);
            prop_assert_eq!(bundles.iter().map(|one| one.ranks.len()).sum::<usize>(), values.len());
            prop_assert!(bundles.iter().filter(|one| one.loss < grain).count() <= 1);
            prop_assert!(bundles.iter().all(|one| one.ranks.len() == 1 || one.loss < grain * 2));
        }
    }

    #[test]
    fn of_equal_losses_only_so_many_are_kept_as_an_answer_has_room_for() {
        let candidate = |(place, saving)| Candidate { saving, loss: 40, place };
        let kept = worth_having([3, 9, 5, 7].into_iter().enumerate().map(candidate).collect(), 100);
        assert_eq!(kept.iter().map(|one| one.place).collect::<Vec<_>>(), [1, 3]);
    }
}
