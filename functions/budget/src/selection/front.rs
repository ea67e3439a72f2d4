//! Sets of items of which none saves as much as another for less: the states of an exact search.

use std::mem;

/// Stands for the set that the search began with.
const ROOT: usize = usize::MAX;

/// With fewer steps than this in the trail it is not worth clearing up.
const CLUTTER: usize = 1 << 20;

/// A set, by what it saves and loses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct State {
    pub(crate) saving: u128,
    pub(crate) loss: u128,
    /// The last step of the trail that led here.
    step: usize,
}

/// What a step does with an item.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change {
    /// The item joins sets that are without it.
    Join,
    /// The item leaves sets that have it.
    Leave,
}

#[derive(Debug, Clone, Copy)]
struct Step {
    before: usize,
    rank: usize,
}

/// The states, by falling saving, and thereby by falling loss.
#[derive(Debug)]
pub(crate) struct Front {
    states: Vec<State>,
    spare: Vec<State>,
    trail: Vec<Step>,
}

impl Front {
    /// The one set that a search begins with.
    pub(crate) fn new(saving: u128, loss: u128) -> Self {
        Self { states: vec![State { saving, loss, step: ROOT }], spare: Vec::new(), trail: Vec::new() }
    }

    pub(crate) fn states(&self) -> &[State] {
        &self.states
    }

    /// Doubles the sets by one item, and keeps those that `keeps` wants and that no other matches in saving for as
    /// little loss. `keeps` is told whether the set is a new one, and must not want a set that saves less and loses more
    /// than one which it does not want.
    pub(crate) fn turn(
        &mut self,
        rank: usize,
        (saving, loss): (u64, u64),
        change: Change,
        mut keeps: impl FnMut(&State, bool) -> bool,
    ) {
        if self.trail.len() > CLUTTER.max(self.states.len().saturating_mul(2)) {
            self.clear_up();
        }
        let turned = |state: &State| match change {
            Change::Join => State {
                saving: state.saving.saturating_add(saving.into()),
                loss: state.loss.saturating_add(loss.into()),
                step: state.step,
            },
            Change::Leave => State {
                saving: state.saving.saturating_sub(saving.into()),
                loss: state.loss.saturating_sub(loss.into()),
                step: state.step,
            },
        };
        let mut next = mem::take(&mut self.spare);
        next.clear();
        let mut old = self.states.iter();
        let mut new = self.states.iter();
        let (mut first_old, mut first_new) = (old.next().copied(), new.next().map(turned));
        let mut least = u128::MAX;
        loop {
            let is_new = match (&first_old, &first_new) {
                (Some(one), Some(other)) => {
                    other.saving > one.saving || (other.saving == one.saving && other.loss < one.loss)
                }
                (None, Some(_)) => true,
                (Some(_), None) => false,
                (None, None) => break,
            };
            let state = if is_new {
                mem::replace(&mut first_new, new.next().map(turned))
            } else {
                mem::replace(&mut first_old, old.next().copied())
            };
            let Some(mut state) = state.filter(|state| state.loss < least) else { continue };
            least = state.loss;
            if keeps(&state, is_new) {
                if is_new {
                    let step = self.trail.len();
                    self.trail.push(Step { before: state.step, rank });
                    state.step = step;
                }
                next.push(state);
            }
        }
        self.spare = mem::replace(&mut self.states, next);
    }

    /// The ranks of the items that were turned on the way to a state, the last first. A state that [`Self::turn`] has
    /// just shown as new is on the way only as far as the state that it came from.
    pub(crate) fn turned(&self, state: &State) -> impl Iterator<Item = usize> {
        let mut step = self.trail.get(state.step);
        std::iter::from_fn(move || {
            let Step { before, rank } = *step?;
            step = self.trail.get(before);
            Some(rank)
        })
    }

    /// Forgets the steps that lead to no state any more.
    fn clear_up(&mut self) {
        let mut places = vec![ROOT; self.trail.len()];
        for state in &self.states {
            let mut step = state.step;
            // Any other value than `ROOT` marks a step as needed. Those before it are marked already then.
            while let Some(place) = places.get_mut(step).filter(|place| **place == ROOT) {
                *place = 0;
                step = self.trail.get(step).map_or(ROOT, |step| step.before);
            }
        }
        let mut kept = Vec::new();
        for (index, step) in self.trail.iter().enumerate() {
            if places.get(index) == Some(&ROOT) {
                continue;
            }
            let before = places.get(step.before).copied().unwrap_or(ROOT);
            if let Some(place) = places.get_mut(index) {
                *place = kept.len();
            }
            kept.push(Step { before, rank: step.rank });
        }
        self.trail = kept;
        for state in &mut self.states {
            state.step = places.get(state.step).copied().unwrap_or(ROOT);
        }
    }
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test with a wrong sum fails by panicking")]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn all_joined(values: &[(u64, u64)], clears_up: bool) -> Front {
        let mut front = Front::new(0, 0);
        for (rank, value) in values.iter().enumerate() {
            front.turn(rank, *value, Change::Join, |_, _| true);
            if clears_up {
                front.clear_up();
            }
        }
        front
    }

    proptest! {
        #[test]
        fn the_sets_kept_are_those_that_no_other_matches(values in vec((0..20_u64, 0..20_u64), 0..9)) {
            let mut sums = vec![(0_u128, 0_u128)];
            for value in &values {
                let with: Vec<_> = sums.iter().map(|sum| (sum.0 + u128::from(value.0), sum.1 + u128::from(value.1))).collect();
                sums.extend(with);
            }
            sums.sort_unstable();
            sums.dedup();
            let matched = |sum: &(u128, u128)| sums.iter().any(|other| other != sum && other.0 >= sum.0 && other.1 <= sum.1);
            let unmatched: Vec<_> = sums.iter().rev().filter(|sum| !matched(sum)).copied().collect();
            let front = all_joined(&values, false);
            prop_assert_eq!(front.states().iter().map(|state| (state.saving, state.loss)).collect::<Vec<_>>(), unmatched);
        }

        #[test]
        fn the_trail_tells_each_set_also_when_cleared_up(
            values in vec((0..20_u64, 0..20_u64), 0..12), clears_up in any::<bool>(),
        ) {
            let front = all_joined(&values, clears_up);
            for state in front.states() {
                let turned: Vec<usize> = front.turned(state).collect();
                prop_assert_eq!(turned.iter().map(|rank| u128::from(values[*rank].0)).sum::<u128>(), state.saving);
                prop_assert_eq!(turned.iter().map(|rank| u128::from(values[*rank].1)).sum::<u128>(), state.loss);
            }
        }
    }

    #[test]
    fn clearing_up_forgets_what_leads_nowhere() {
        let mut front = all_joined(&[(1, 1), (2, 2), (4, 4)], false);
        let before = front.trail.len();
        front.turn(3, (100, 0), Change::Join, |state, _| state.saving == 107);
        front.clear_up();
        assert_eq!((before, front.trail.len()), (7, 4));
    }

    #[test]
    fn an_item_leaves_the_sets_that_have_it() {
        let mut front = Front::new(10, 10);
        front.turn(0, (4, 3), Change::Leave, |_, _| true);
        assert_eq!(
            front.states().iter().map(|state| (state.saving, state.loss)).collect::<Vec<_>>(),
            [(10, 10), (6, 7)]
        );
    }
}
