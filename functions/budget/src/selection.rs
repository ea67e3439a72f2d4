//! Which streams give way: enough to save what is needed, for the least loss.
//!
//! This is the minimum knapsack problem. No known method solves every case of it in bearable time, so there are four
//! steps, each taken only if those before did not do:
//!
//! 1. [`core`] searches for the least loss around the point where the best items by loss per saving reach the need.
//! 2. [`halves`] finds it whenever at most [`halves::OPEN`] items are still open, whatever their values.
//! 3. For up to [`FEW`] items `core` goes on for up to a second or so.
//! 4. [`coarse`] rounds losses such that a search ends. It is skipped when `core` came close enough by its own proof.
//!
//! What holds for the answer:
//!
//! - Its loss is at most 101/100 of the least possible loss, always: proven by `core`'s lower bound or by how `coarse`
//!   rounds.
//! - Its loss is the least for up to [`halves::OPEN`] items, whatever their values: no half has more than 2^18 sets.
//! - Its loss is the least for up to [`FEW`] items if they have at most five different losses, or if all losses together,
//!   divided by their greatest common divisor, are below [`WIDTH`]. `core` keeps one set for each sum of losses. Five
//!   losses of 60 items have at most 13^5 sums, and 60 times as many are fewer than [`PATIENCE`].
//! - Otherwise it is the least whenever `core` comes to its end. Losses in proportion to savings that are large and differ
//!   at random may keep it from that.
//!
//! Where both losses are the least, more need never means less loss.

mod coarse;
mod core;
#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "sums of tests are small")]
mod exhaustive;
mod front;
mod halves;
mod ranking;

use std::cmp::Reverse;

use self::core::Limits;
use self::ranking::{Candidate, Ranking};

/// Up to so many items with a saving and a loss, the search for the least loss gets [`PATIENCE`].
pub const FEW: usize = 60;

/// How many sets the first search looks at: some hundredths of a second.
const FIRST: usize = 1 << 18;

/// How many sets the search for few items looks at. It mostly ends or grows too wide within half a second.
const PATIENCE: usize = 1 << 26;

/// How many sets either may keep at a time. With what is made of them before the next look, below 200 MB.
const WIDTH: usize = 1 << 19;

/// One stream that may give way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// What giving way saves to the end of the period, in millionths.
    pub saving: u64,
    /// What is lost by it: any unit, the same for all.
    pub loss: u64,
}

/// The places of the items that give way, ascending; `None` when all of them together do not save `need`.
///
/// They save at least the need, and what they lose is at most 101/100 of the least possible loss, and the least for few
/// items (see the module). None of them could be left out. An item that saves nothing is never among them. Items that
/// lose nothing are taken first, the largest saving first, and dropped again from the smallest on when those that lose
/// something save enough without them. Of equal items those at the lower places give way. Equal items and need always
/// come to the same answer.
pub fn select(items: &[Item], need: u64) -> Option<Vec<usize>> {
    let all: u128 = items.iter().map(|item| u128::from(item.saving)).sum();
    if all < need.into() {
        return None;
    }
    let candidates = items.iter().enumerate().filter(|(_, item)| item.saving > 0);
    let candidates = candidates.map(|(place, item)| Candidate { saving: item.saving, loss: item.loss, place });
    let (mut free, paid): (Vec<_>, Vec<_>) = candidates.partition(|one| one.loss == 0);

    free.sort_unstable_by_key(|one| (Reverse(one.saving), one.place));
    let mut lack = need;
    let mut chosen = Vec::new();
    for one in free {
        if lack == 0 {
            break;
        }
        lack = lack.saturating_sub(one.saving);
        chosen.push(one.place);
    }
    if lack > 0 {
        chosen.extend(paid_for(paid, lack));
    }
    Some(trimmed(items, chosen, need))
}

/// The places of candidates that all lose something, and together save a need above zero.
fn paid_for(candidates: Vec<Candidate>, need: u64) -> Vec<usize> {
    let ranking = Ranking::new(candidates, need);
    let mut found = core::search(&ranking, Limits { enough: 0, effort: FIRST, width: WIDTH });
    if found.best.loss > found.floor {
        if let Some(best) = halves::search(&ranking, &found.best) {
            return ranking.places(&best);
        }
        if ranking.candidates.len() <= FEW {
            found = core::search(&ranking, Limits { enough: 0, effort: PATIENCE, width: WIDTH });
        }
    }
    let is_close = found.best.loss.saturating_mul(100) <= found.floor.saturating_mul(101);
    let best = if is_close { found.best } else { coarse::search(&ranking, &found.best, found.floor) };
    ranking.places(&best)
}

/// Drops what is not needed: first what loses the most, then what saves the least, then what is at the higher place.
fn trimmed(items: &[Item], mut chosen: Vec<usize>, need: u64) -> Vec<usize> {
    let item = |place: usize| items.get(place).copied().unwrap_or(Item { saving: 0, loss: 0 });
    let mut saved: u128 = chosen.iter().map(|place| u128::from(item(*place).saving)).sum();
    chosen.sort_unstable_by_key(|place| (Reverse(item(*place).loss), item(*place).saving, Reverse(*place)));
    chosen.retain(|place| {
        let without = saved.saturating_sub(item(*place).saving.into());
        let needed = without < need.into();
        if !needed {
            saved = without;
        }
        needed
    });
    chosen.sort_unstable();
    chosen
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test with a wrong sum fails by panicking")]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::exhaustive::{least_by_sets, least_by_sums};
    use super::*;

    fn items(values: &[(u64, u64)]) -> Vec<Item> {
        values.iter().map(|&(saving, loss)| Item { saving, loss }).collect()
    }

    fn total(values: impl Iterator<Item = u64>) -> u128 {
        values.map(u128::from).sum()
    }

    fn saved(items: &[Item], places: &[usize]) -> u128 {
        total(places.iter().map(|place| items[*place].saving))
    }

    fn lost(items: &[Item], places: &[usize]) -> u128 {
        total(places.iter().map(|place| items[*place].loss))
    }

    /// A choice that saves the need, of items that save something, none of which could be left out.
    fn checked(items: &[Item], need: u64) -> Option<Vec<usize>> {
        let chosen = select(items, need);
        assert_eq!(chosen, select(items, need), "the same items come to the same answer");
        let chosen = chosen?;
        assert!(chosen.is_sorted_by(|one, next| one < next), "{chosen:?}");
        let saved = saved(items, &chosen);
        assert!(saved >= need.into(), "{chosen:?} saves {saved}");
        for place in &chosen {
            assert!(items[*place].saving > 0, "{place} saves nothing");
            assert!(saved - u128::from(items[*place].saving) < need.into(), "{place} could be left out");
        }
        for (place, item) in items.iter().enumerate().filter(|(place, _)| !chosen.contains(place)) {
            let later = chosen.iter().find(|other| **other > place && items[**other] == *item);
            assert_eq!(later, None, "{place} is equal and at a lower place");
        }
        Some(chosen)
    }

    /// Where sums meet the need exactly or just miss it.
    fn around_sums(values: &[(u64, u64)], pick: usize, off: i64) -> u64 {
        let picked = values.iter().enumerate().filter(|(place, _)| pick >> (place % 60) & 1 == 1);
        let sum = u64::try_from(total(picked.map(|(_, value)| value.0))).unwrap_or(u64::MAX);
        sum.saturating_add_signed(off)
    }

    fn small() -> impl Strategy<Value = (u64, u64)> {
        let value = || prop_oneof![Just(0_u64), 1..4_u64, Just(10), 9..30_u64];
        (value(), value())
    }

    fn any_size() -> impl Strategy<Value = (u64, u64)> {
        let value = || {
            prop_oneof![
                Just(0_u64),
                1..4_u64,
                1_000_000..1_000_010_u64,
                any::<u64>(),
                Just(u64::MAX),
                Just(u64::MAX - 1)
            ]
        };
        prop_oneof![(value(), value()), value().prop_map(|both| (both, both))]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn no_set_of_up_to_fourteen_items_loses_less(
            values in vec(small(), 0..15), pick in any::<usize>(), off in -2..3_i64,
        ) {
            let (items, need) = (items(&values), around_sums(&values, pick, off));
            let chosen = checked(&items, need);
            prop_assert_eq!(chosen.map(|chosen| lost(&items, &chosen)), least_by_sets(&values, need));
        }

        #[test]
        fn no_set_loses_less_whatever_the_values(
            values in vec(any_size(), 0..12), pick in any::<usize>(), off in -2..3_i64,
        ) {
            let (items, need) = (items(&values), around_sums(&values, pick, off));
            let chosen = checked(&items, need);
            prop_assert_eq!(chosen.map(|chosen| lost(&items, &chosen)), least_by_sets(&values, need));
        }

        #[test]
        fn more_need_never_means_less_loss(values in vec(small(), 0..20), pick in any::<usize>()) {
            let (items, need) = (items(&values), around_sums(&values, pick, 0));
            let loss = |need| select(&items, need).map(|chosen| lost(&items, &chosen));
            let mut before = 0;
            for need in need.saturating_sub(5)..=need.saturating_add(5) {
                let Some(loss) = loss(need) else { break };
                prop_assert!(before <= loss, "{need} more loses {loss} instead of {before}");
                before = loss;
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn no_set_of_up_to_twenty_items_loses_less(
            values in vec(any_size(), 15..21), pick in any::<usize>(), off in -2..3_i64,
        ) {
            let (items, need) = (items(&values), around_sums(&values, pick, off));
            let chosen = checked(&items, need);
            prop_assert_eq!(chosen.map(|chosen| lost(&items, &chosen)), least_by_sets(&values, need));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn no_set_of_up_to_sixty_items_loses_less(
            values in vec((0..60_u64, 0..2_000_u64), 15..61), share in 0..101_u64,
        ) {
            let need = values.iter().map(|value| value.0).sum::<u64>() * share / 100;
            let items = items(&values);
            let chosen = checked(&items, need).unwrap();
            prop_assert_eq!(lost(&items, &chosen), least_by_sums(&values, need).unwrap());
        }

        #[test]
        fn of_sixty_items_that_differ_little_no_set_loses_less(
            values in vec((50..60_u64, 1_000..1_008_u64), 50..61), need in 1..3_000_u64,
        ) {
            let items = items(&values);
            let loss = checked(&items, need).map(|chosen| lost(&items, &chosen));
            prop_assert_eq!(loss, least_by_sums(&values, need));
        }

        #[test]
        fn the_order_of_items_does_not_change_the_loss(
            (values, shuffled) in vec(any_size(), 0..25).prop_flat_map(|values| (Just(values.clone()), Just(values).prop_shuffle())),
            pick in any::<usize>(),
        ) {
            let need = around_sums(&values, pick, 0);
            let (items, shuffled) = (items(&values), items(&shuffled));
            let loss = checked(&items, need).map(|chosen| lost(&items, &chosen));
            prop_assert_eq!(loss, checked(&shuffled, need).map(|chosen| lost(&shuffled, &chosen)));
        }

        #[test]
        fn of_many_items_no_set_loses_a_hundredth_less(
            values in vec((1..40_u64, 1..1_000_000_u64), 61..200), share in 0..101_u64, alike in any::<bool>(),
        ) {
            let values: Vec<_> = values.into_iter().map(|(saving, loss)| (saving, if alike { saving * 1_000_000 + loss / 9 } else { loss })).collect();
            let need = values.iter().map(|value| value.0).sum::<u64>() * share / 100;
            let items = items(&values);
            let chosen = checked(&items, need).unwrap();
            prop_assert!(lost(&items, &chosen) * 100 <= least_by_sums(&values, need).unwrap() * 101);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]

        /// Of items with one loss those that save the most are best, so that only their numbers are to be tried.
        #[test]
        fn of_sixty_items_with_five_losses_no_set_loses_less(
            losses in vec(1..1_000_000_000_000_u64, 5),
            savings in vec(1_000_000_000_000..1_100_000_000_000_u64, 60), share in 1..100_u64,
        ) {
            let values: Vec<_> = savings.iter().enumerate().map(|(place, saving)| (*saving, losses[place % 5])).collect();
            let need = savings.iter().sum::<u64>() / 100 * share;
            let mut sums = vec![(0, 0)];
            for (first, loss) in losses.iter().enumerate() {
                let mut alike: Vec<u64> = savings.iter().skip(first).step_by(5).copied().collect();
                alike.sort_unstable_by_key(|saving| Reverse(*saving));
                let counts = 0..=alike.len();
                let of_count = counts.map(|count| (alike[..count].iter().sum::<u64>(), loss * count as u64));
                let of_count: Vec<_> = of_count.collect();
                sums = sums.iter().flat_map(|sum| of_count.iter().map(|more| (sum.0 + more.0, sum.1 + more.1))).collect();
            }
            let least = sums.into_iter().filter(|sum| sum.0 >= need).map(|sum| sum.1).min();
            let items = items(&values);
            let chosen = checked(&items, need);
            prop_assert_eq!(chosen.map(|chosen| lost(&items, &chosen)), least.map(u128::from));
        }

        /// The answer of the problem with parts of items, reckoned anew, loses at least as much as its whole items do.
        #[test]
        fn a_large_fleet_loses_at_most_a_hundredth_more_than_parts_of_items_would(
            values in vec((1..1_000_000_u64, 1..1_000_u64), 3_000..6_000), share in 20..100_u64,
        ) {
            let need = values.iter().map(|value| value.0).sum::<u64>() * share / 100;
            let items = items(&values);
            let chosen = checked(&items, need).unwrap();
            let mut by_ratio = values;
            by_ratio.sort_by(|one, other| (one.1 * other.0).cmp(&(other.1 * one.0)));
            let (mut saving, mut loss) = (0, 0);
            for value in by_ratio {
                if saving + value.0 > need {
                    break;
                }
                saving += value.0;
                loss += u128::from(value.1);
            }
            prop_assert!(lost(&items, &chosen) * 100 <= (loss + 1_000) * 101, "{loss}");
        }
    }

    #[test]
    fn without_need_nothing_gives_way() {
        assert_eq!(select(&items(&[(5, 0), (0, 0), (7, 3)]), 0), Some(vec![]));
        assert_eq!(select(&[], 0), Some(vec![]));
    }

    #[test]
    fn a_need_that_all_together_do_not_save_has_no_answer() {
        assert_eq!(select(&items(&[(5, 1), (7, 1)]), 12), Some(vec![0, 1]));
        assert_eq!(select(&items(&[(5, 1), (7, 1)]), 13), None);
        assert_eq!(select(&[], 1), None);
    }

    #[test]
    fn what_loses_nothing_is_taken_first_the_largest_saving_first() {
        assert_eq!(select(&items(&[(2, 0), (9, 1), (5, 0), (4, 0)]), 9), Some(vec![2, 3]));
    }

    #[test]
    fn what_loses_nothing_is_dropped_again_from_the_smallest_on_when_it_is_not_needed() {
        // 12 are lacking without the last one, which alone saves 20.
        assert_eq!(select(&items(&[(2, 0), (5, 0), (4, 0), (20, 1)]), 23), Some(vec![1, 3]));
    }

    #[test]
    fn of_equal_streams_those_at_the_lower_places_give_way() {
        assert_eq!(select(&items(&[(3, 2); 9]), 10), Some(vec![0, 1, 2, 3]));
    }

    #[test]
    fn a_stream_that_is_throttled_already_is_preferred_to_one_that_is_not() {
        assert_eq!(select(&items(&[(70, 1_000), (70, 999), (70, 1_000), (70, 999)]), 140), Some(vec![1, 3]));
    }

    #[test]
    fn one_that_saves_all_is_better_than_many_that_lose_more() {
        assert_eq!(select(&items(&[(10, 4), (10, 4), (10, 4), (1_000, 11)]), 30), Some(vec![3]));
        assert_eq!(select(&items(&[(10, 4), (10, 4), (10, 4), (1_000, 13)]), 30), Some(vec![0, 1, 2]));
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        let items = items(&[(u64::MAX, u64::MAX); 500]);
        assert_eq!(select(&items, u64::MAX), Some(vec![0]));
    }

    /// Sizes that differ at random by a little, each lost as it is saved: neither the order by ratio nor the sums of
    /// losses tell much.
    fn resisting(count: usize) -> Vec<Item> {
        let mut random = 7_u64;
        let mut size = || {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (1 << 40) + (random >> 28)
        };
        (0..count).map(|_| size()).map(|size| Item { saving: size, loss: size }).collect()
    }

    /// Of resisting items any ten, but no nine, save the need.
    const BETWEEN_NINE_AND_TEN: u64 = 39 << 38;

    fn least_ten(items: &[Item]) -> u128 {
        let mut losses: Vec<u64> = items.iter().map(|item| item.loss).collect();
        losses.sort_unstable();
        total(losses.into_iter().take(10))
    }

    #[test]
    fn numbers_made_to_resist_are_searched_to_the_end_when_they_can_be_halved() {
        let items = resisting(halves::OPEN);
        let chosen = checked(&items, BETWEEN_NINE_AND_TEN).unwrap();
        assert_eq!(lost(&items, &chosen), least_ten(&items));
    }

    #[test]
    fn numbers_made_to_resist_come_within_a_hundredth_when_they_cannot() {
        for count in [FEW, 1_000] {
            let items = resisting(count);
            let chosen = checked(&items, BETWEEN_NINE_AND_TEN).unwrap();
            assert!(lost(&items, &chosen) * 100 <= least_ten(&items) * 101);
        }
    }
}
