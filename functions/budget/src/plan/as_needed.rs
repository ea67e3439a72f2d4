//! As many as needed: which streams of one priority give way so that the forecast comes back.

use std::cmp::Reverse;

use crate::money::Money;
use crate::selection::{Item, select};

/// A stream that may give way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate<'s> {
    /// Its place among all streams.
    pub(super) place: usize,
    /// Streams that save the same are told apart by it, so that their order in a list means nothing.
    pub(super) arn: &'s str,
    /// What it saves; not nothing.
    pub(super) saving: Money,
    pub(super) now: Now,
}

/// Whether a candidate gives way as far as asked already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Now {
    /// It does not.
    Free,
    /// It does, since an earlier period or for another budget: it stays no longer than it is needed.
    OfBefore,
    /// It does, and stays until the forecast is far enough below the rung.
    Gives,
}

/// What is to be covered, in millionths of the currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Demand {
    /// How far the forecast is over the rung; below nothing when it is under it.
    pub(super) over: i128,
    /// How far under it the forecast has to be before streams come back.
    pub(super) margin: Money,
    /// What it means to lose one of these streams.
    pub(super) loss: u64,
}

/// The candidates that give way.
///
/// Those that do already go on, and as many others as are missing join them: cameras do not change places for a slightly
/// better choice. When there is room, those that save least come back first, which are the most that can.
///
/// So whatever part of the answer is carried out, the next answer completes it, and then nothing more changes: of the streams
/// that join, none could be left out, and of those that stay, none could come back.
pub(super) fn choose(candidates: Vec<Candidate<'_>>, demand: Demand) -> Vec<Candidate<'_>> {
    let Demand { mut over, margin, loss } = demand;
    let (mut joining, mut giving, mut of_before) = (Vec::new(), Vec::new(), Vec::new());
    for one in candidates {
        match one.now {
            Now::Free => joining.push(one),
            Now::OfBefore => of_before.push(one),
            Now::Gives => giving.push(one),
        }
    }
    for one in giving.iter().chain(&of_before) {
        over = over.saturating_sub(one.saving.micros().into());
    }
    let lack = u64::try_from(over.max(0)).unwrap_or(u64::MAX);
    let items: Vec<Item> = joining.iter().map(|one| Item { saving: one.saving.micros(), loss }).collect();
    // All lose the same, so what loses least is what takes fewest. Which these are among others as few is for us to say:
    // those that save most.
    let fewest = select(&items, lack).map_or(joining.len(), |places| places.len());
    by_saving(&mut joining);
    joining.truncate(fewest);
    for one in &joining {
        over = over.saturating_sub(one.saving.micros().into());
    }
    // Of very many streams `select` may take one in a hundred too many.
    release(&mut joining, &mut over, 0);
    release(&mut of_before, &mut over, 0);
    release(&mut giving, &mut over, i128::from(margin.micros()).saturating_neg());
    joining.extend(of_before);
    joining.extend(giving);
    joining
}

/// What saves most first.
fn by_saving(candidates: &mut [Candidate<'_>]) {
    candidates.sort_unstable_by_key(|one| (Reverse(one.saving), one.arn));
}

/// Lets those go that save least, as long as the forecast is not over `most` without them.
fn release(candidates: &mut Vec<Candidate<'_>>, over: &mut i128, most: i128) {
    by_saving(candidates);
    while let Some(last) = candidates.last() {
        let without = over.saturating_add(last.saving.micros().into());
        if without > most {
            break;
        }
        *over = without;
        candidates.pop();
    }
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]
mod tests {
    use super::*;

    const ARNS: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

    fn candidates(now: Now, savings: &[u64], from: usize) -> Vec<Candidate<'static>> {
        let all = savings.iter().enumerate();
        all.map(|(at, saving)| Candidate {
            place: from + at,
            arn: ARNS[from + at],
            saving: Money::from_micros(*saving),
            now,
        })
        .collect()
    }

    fn chosen(free: &[u64], of_before: &[u64], giving: &[u64], over: i128) -> Vec<u64> {
        let mut all = candidates(Now::Free, free, 0);
        all.extend(candidates(Now::OfBefore, of_before, free.len()));
        all.extend(candidates(Now::Gives, giving, free.len() + of_before.len()));
        let demand = Demand { over, margin: Money::from_micros(5), loss: 1_000 };
        let mut savings: Vec<_> = choose(all, demand).iter().map(|one| one.saving.micros()).collect();
        savings.sort_unstable();
        savings
    }

    #[test]
    fn as_few_give_way_as_can_and_all_when_all_are_not_enough() {
        assert_eq!(chosen(&[1, 10, 4, 7], &[], &[], 0), [0_u64; 0]);
        assert_eq!(chosen(&[1, 10, 4, 7], &[], &[], -3), [0_u64; 0]);
        assert_eq!(chosen(&[1, 10, 4, 7], &[], &[], 3), [10]);
        assert_eq!(chosen(&[1, 10, 4, 7], &[], &[], 11), [7, 10]);
        assert_eq!(chosen(&[1, 10, 4, 7], &[], &[], 22), [1, 4, 7, 10]);
        assert_eq!(chosen(&[1, 10, 4, 7], &[], &[], 23), [1, 4, 7, 10]);
    }

    #[test]
    fn those_that_give_way_go_on_and_others_join_them_for_what_is_missing() {
        assert_eq!(chosen(&[10, 100], &[], &[3, 3], 6), [3, 3]);
        assert_eq!(chosen(&[2, 3], &[], &[4, 4], 10), [3, 4, 4]);
    }

    #[test]
    fn those_come_back_that_are_not_needed_for_the_margin_and_the_least_saving_first() {
        assert_eq!(chosen(&[], &[], &[1, 2, 30], 25), [30], "30 are 5 more than 25");
        assert_eq!(chosen(&[], &[], &[1, 2, 30], 26), [2, 30]);
        assert_eq!(chosen(&[], &[], &[1, 2, 30], -4), [30]);
        assert_eq!(chosen(&[], &[], &[1, 2, 30], -5), [0_u64; 0]);
        assert_eq!(chosen(&[100], &[], &[1, 2], 20), [100], "what joins makes room");
    }

    #[test]
    fn those_of_a_period_before_come_back_as_soon_as_they_are_not_needed() {
        assert_eq!(chosen(&[50], &[1, 2, 30], &[], 28), [30]);
        assert_eq!(chosen(&[50], &[1, 2, 30], &[], 0), [0_u64; 0]);
        assert_eq!(chosen(&[50], &[1, 2, 30], &[], 33), [1, 2, 30]);
    }

    #[test]
    fn of_streams_that_save_the_same_the_order_of_names_decides() {
        let demand = Demand { over: 5, margin: Money::ZERO, loss: 1_000 };
        let mut all = candidates(Now::Free, &[5, 5, 5], 0);
        all.reverse();
        let names: Vec<_> = choose(all, demand).iter().map(|one| one.arn).collect();
        assert_eq!(names, ["a"]);
    }
}
