//! The items in the order of what they lose per saving, what the order alone proves, and the answer it suggests.

use std::cmp::Ordering;

/// An item with a saving above zero, in the units of its [`Ranking`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// Never above the need: what is saved beyond it counts for nothing.
    pub(crate) saving: u64,
    pub(crate) loss: u64,
    /// Where the item stood in what the ranking was made of.
    pub(crate) place: usize,
}

/// Candidates by rising loss per saving; of equal ones the larger first, then the one at the lower place.
///
/// Losses are divided by their greatest common divisor, and so are savings and, rounded up, the need. No sum of savings
/// lies between the need and its rounding, so the answers stay the same, and whole losses tell more.
#[derive(Debug)]
pub(crate) struct Ranking {
    pub(crate) candidates: Vec<Candidate>,
    pub(crate) need: u64,
    /// What losses were divided by.
    pub(crate) unit: u64,
}

/// The answer of the problem in which an item may give way in part: all candidates before one rank, and as much of the
/// one there as the need asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Relaxed {
    pub(crate) split: usize,
    /// Of the candidates before the split: less than the need.
    pub(crate) saving: u128,
    /// Of the candidates before the split.
    pub(crate) loss: u128,
    /// No answer loses less.
    pub(crate) floor: u128,
}

/// A set of ranks that saves the need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cover {
    /// By rank, whether the candidate gives way.
    pub(crate) chosen: Vec<bool>,
    pub(crate) loss: u128,
}

impl Ranking {
    /// Ranks candidates that together save a need above zero.
    pub(crate) fn new(mut candidates: Vec<Candidate>, need: u64) -> Self {
        let unit = common(candidates.iter().map(|one| one.loss));
        let step = common(candidates.iter().map(|one| one.saving));
        let need = need.div_ceil(step);
        for one in &mut candidates {
            one.loss = one.loss.checked_div(unit).unwrap_or(one.loss);
            one.saving = one.saving.checked_div(step).unwrap_or(one.saving).min(need);
        }
        candidates.sort_unstable_by(by_ratio);
        Self { candidates, need, unit }
    }

    /// Where the need is reached in the order of the ranking, and the least loss that this proves.
    pub(crate) fn relaxed(&self) -> Relaxed {
        let need = u128::from(self.need);
        let mut relaxed = Relaxed { split: 0, saving: 0, loss: 0, floor: 0 };
        for (rank, one) in self.candidates.iter().enumerate() {
            relaxed.split = rank;
            let saving = relaxed.saving.saturating_add(one.saving.into());
            if saving >= need {
                let part = need.saturating_sub(relaxed.saving).saturating_mul(one.loss.into());
                relaxed.floor = relaxed.loss.saturating_add(part.div_ceil(u128::from(one.saving.max(1))));
                break;
            }
            relaxed.saving = saving;
            relaxed.loss = relaxed.loss.saturating_add(one.loss.into());
        }
        relaxed
    }

    /// An answer that loses at most twice the least possible.
    ///
    /// Goes through the ranking, takes what does not reach the need yet, and tries what would reach it as the last one.
    /// An answer has a first such last one, `b`. What was taken before `b` is the cheapest that there is besides those
    /// which the answer goes without, and saves less than the need: it loses no more than the answer. Nor does `b`.
    pub(crate) fn greedy(&self) -> Cover {
        let need = u128::from(self.need);
        let reaches = |saving: u128, one: &Candidate| saving.saturating_add(one.saving.into()) >= need;
        let (mut saving, mut loss) = (0_u128, 0_u128);
        let (mut least, mut final_rank) = (u128::MAX, 0);
        for (rank, one) in self.candidates.iter().enumerate() {
            let with = loss.saturating_add(one.loss.into());
            if !reaches(saving, one) {
                saving = saving.saturating_add(one.saving.into());
                loss = with;
            } else if with < least {
                (least, final_rank) = (with, rank);
            }
        }
        let mut saving = 0_u128;
        let taken = self.candidates.iter().enumerate().map(|(rank, one)| {
            let before = rank < final_rank && !reaches(saving, one);
            if before {
                saving = saving.saturating_add(one.saving.into());
            }
            before || rank == final_rank
        });
        Cover { chosen: taken.collect(), loss: least }
    }

    /// Whether no answer that loses less than `least` treats a candidate otherwise than the relaxed answer does.
    pub(crate) fn is_fixed(&self, relaxed: &Relaxed, rank: usize, least: u128) -> bool {
        let (Some(one), Some(at)) = (self.candidates.get(rank), self.candidates.get(relaxed.split)) else {
            return true;
        };
        let (saving, loss) = if rank < relaxed.split {
            (relaxed.saving.saturating_sub(one.saving.into()), relaxed.loss.saturating_sub(one.loss.into()))
        } else {
            (relaxed.saving.saturating_add(one.saving.into()), relaxed.loss.saturating_add(one.loss.into()))
        };
        self.is_hopeless(saving, loss, Some(at), Some(at), least)
    }

    /// Whether what saves and loses so much cannot be made to save the need and lose less than `least`, when what can
    /// leave it loses at most as much per saving as `leaves`, and what can join it at least as much as `joins`.
    pub(crate) fn is_hopeless(
        &self,
        saving: u128,
        loss: u128,
        leaves: Option<&Candidate>,
        joins: Option<&Candidate>,
        least: u128,
    ) -> bool {
        let need = u128::from(self.need);
        // Products are compared, as division is slow. One that saturates is left as hope, or is as large as it need be.
        if let Some(lack) = need.checked_sub(saving).filter(|lack| *lack > 0) {
            let (Some(joins), Some(room)) = (joins, least.checked_sub(loss).and_then(|room| room.checked_sub(1)))
            else {
                return true;
            };
            lack.saturating_mul(joins.loss.into()) > room.saturating_mul(joins.saving.into())
        } else {
            let Some(over) = loss.checked_sub(least) else { return false };
            let Some(leaves) = leaves else { return true };
            let surplus = saving.saturating_sub(need);
            surplus.saturating_mul(leaves.loss.into()) < over.saturating_add(1).saturating_mul(leaves.saving.into())
        }
    }

    /// The least that what saves and loses so much can come to; the rest as in [`Self::is_hopeless`].
    pub(crate) fn floor(
        &self,
        saving: u128,
        loss: u128,
        leaves: Option<&Candidate>,
        joins: Option<&Candidate>,
    ) -> u128 {
        let need = u128::from(self.need);
        if saving < need {
            joins.map_or(u128::MAX, |joins| {
                let part = need.saturating_sub(saving).saturating_mul(joins.loss.into());
                loss.saturating_add(part.div_ceil(u128::from(joins.saving.max(1))))
            })
        } else {
            leaves.map_or(loss, |leaves| {
                let part = saving.saturating_sub(need).checked_mul(leaves.loss.into());
                let part = part.and_then(|part| part.checked_div(leaves.saving.into())).unwrap_or(u128::MAX);
                loss.saturating_sub(part)
            })
        }
    }

    /// The places of a cover's items; of equal items those at the lower places.
    pub(crate) fn places(&self, cover: &Cover) -> Vec<usize> {
        let mut chosen = cover.chosen.iter();
        let alike = self.candidates.chunk_by(|one, next| (one.saving, one.loss) == (next.saving, next.loss));
        let places = alike.flat_map(|alike| {
            let count = chosen.by_ref().take(alike.len()).filter(|chosen| **chosen).count();
            alike.iter().take(count).map(|one| one.place)
        });
        places.collect()
    }
}

fn by_ratio(one: &Candidate, other: &Candidate) -> Ordering {
    let product = |loss: u64, saving: u64| u128::from(loss).saturating_mul(saving.into());
    product(one.loss, other.saving)
        .cmp(&product(other.loss, one.saving))
        .then(other.saving.cmp(&one.saving))
        .then(one.place.cmp(&other.place))
}

/// The greatest common divisor; 1 of nothing but zeros.
fn common(values: impl Iterator<Item = u64>) -> u64 {
    let divisor = values.fold(0_u64, |mut one, mut other| {
        while let Some(rest) = one.checked_rem(other) {
            (one, other) = (other, rest);
        }
        one
    });
    divisor.max(1)
}

#[cfg(test)]
impl Ranking {
    /// Of savings and losses; `None` when there is no need, or when it cannot be met.
    pub(super) fn of(values: &[(u64, u64)], need: u64) -> Option<Self> {
        let sum: u128 = values.iter().map(|value| u128::from(value.0)).sum();
        let candidates = values.iter().enumerate().filter(|(_, value)| value.0 > 0 && value.1 > 0);
        let candidates = candidates.map(|(place, &(saving, loss))| Candidate { saving, loss, place }).collect();
        (need > 0 && sum >= need.into()).then(|| Self::new(candidates, need))
    }

    /// Whether a cover saves the need, and loses what it says.
    pub(super) fn holds(&self, cover: &Cover) -> bool {
        let chosen = || self.candidates.iter().zip(&cover.chosen).filter(|(_, chosen)| **chosen).map(|(one, _)| one);
        cover.chosen.len() == self.candidates.len()
            && chosen().map(|one| u128::from(one.saving)).sum::<u128>() >= self.need.into()
            && chosen().map(|one| u128::from(one.loss)).sum::<u128>() == cover.loss
    }
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test with a wrong sum fails by panicking")]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::selection::exhaustive::least_by_sets;

    proptest! {
        #[test]
        fn greed_loses_at_most_twice_the_least_and_parts_of_items_at_most_the_least(
            values in vec((1..50_u64, 1..50_u64), 1..12), need in 1..200_u64,
        ) {
            let Some(ranking) = Ranking::of(&values, need) else { return Ok(()) };
            let least = least_by_sets(&values, need).unwrap() / u128::from(ranking.unit);
            let greedy = ranking.greedy();
            prop_assert!(ranking.holds(&greedy));
            prop_assert!(least <= greedy.loss && greedy.loss <= least * 2, "{greedy:?}");
            prop_assert!(ranking.relaxed().floor <= least);
        }

        #[test]
        fn what_is_hopeless_is_what_has_its_floor_at_the_least_or_above(
            values in vec((1..50_u64, 1..50_u64), 2..12),
            need in 1..200_u64, saving in 0..300_u128, loss in 0..300_u128, least in 1..300_u128,
        ) {
            let Some(ranking) = Ranking::of(&values, need) else { return Ok(()) };
            for (leaves, joins) in [(None, ranking.candidates.last()), (ranking.candidates.first(), None)] {
                let is_hopeless = ranking.is_hopeless(saving, loss, leaves, joins, least);
                prop_assert_eq!(is_hopeless, ranking.floor(saving, loss, leaves, joins) >= least);
            }
        }
    }

    #[test]
    fn common_divisors_are_taken_out_and_the_need_rounded_up() {
        let ranking = Ranking::of(&[(6, 100), (4, 50)], 7).unwrap();
        assert_eq!((ranking.need, ranking.unit), (4, 50));
        let values: Vec<_> = ranking.candidates.iter().map(|one| (one.saving, one.loss)).collect();
        assert_eq!(values, [(2, 1), (3, 2)]);
    }

    #[test]
    fn of_equal_items_those_at_the_lower_places_stand_for_those_chosen() {
        let ranking = Ranking::of(&[(1, 3), (5, 5), (5, 5), (5, 5)], 10).unwrap();
        let cover = Cover { chosen: vec![false, true, true, false], loss: 10 };
        assert_eq!(ranking.places(&cover), [1, 2]);
    }
}
