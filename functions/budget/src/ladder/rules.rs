//! What rungs that are right one by one can be wrong in together.

use fleet::Priority;

use super::{Decimal, Rung};
use crate::budget::Of;
use crate::camera::Target;

/// What is wrong, each with the place of the rung that it is said of, in the order of the rungs.
pub(super) fn faults(rungs: &[Rung], hysteresis: u32) -> impl Iterator<Item = (usize, String)> {
    let of_one = move |(place, rung): (usize, Rung)| {
        let fault = needless(rung).or_else(|| never_left(rung, hysteresis));
        let fault = fault.or_else(|| twice(rung, rungs.get(..place).unwrap_or_default()));
        fault.or_else(|| without_effect(rung, rungs)).map(|text| (place, text))
    };
    rungs.iter().copied().enumerate().filter_map(of_one)
}

fn needless(rung: Rung) -> Option<String> {
    (rung.as_needed && rung.of == Of::Actual).then(|| {
        "`asNeeded` with `of: actual`: expected `of: forecast`, as what is spent cannot be saved any more; write that, or \
         remove `asNeeded`"
            .to_owned()
    })
}

fn never_left(rung: Rung, hysteresis: u32) -> Option<String> {
    (hysteresis >= rung.at).then(|| {
        let (at, hysteresis) = (Decimal(rung.at), Decimal(hysteresis));
        format!(
            "`at` is `{at}` and `hysteresis` is `{hysteresis}`: expected `hysteresis` to be less, as no spend would be low \
             enough to leave the rung; write a smaller `hysteresis`"
        )
    })
}

fn twice(rung: Rung, before: &[Rung]) -> Option<String> {
    before.iter().any(|other| other.at == rung.at && same_kind(*other, rung)).then(|| {
        format!(
            "`{}` is there twice: expected one rung for it; remove one, or write what both ask for into one",
            rung.name()
        )
    })
}

/// Rungs of a kind are reached one after the other, so a higher one has an effect only by what it asks for beyond them.
fn without_effect(rung: Rung, rungs: &[Rung]) -> Option<String> {
    // What it asks for, and the lower rung that asks most of the same streams.
    let asked =
        [Priority::Low, Priority::Standard].into_iter().filter(|priority| rung.asks(*priority) > Target::Normal);
    let beside: Vec<(Priority, Option<&Rung>)> = asked
        .map(|priority| {
            let lower = rungs.iter().filter(|other| other.at < rung.at && same_kind(**other, rung));
            (priority, lower.max_by_key(|other| other.asks(priority)))
        })
        .collect();
    for (priority, lower) in &beside {
        let (Some(lower), asked) = (lower, rung.asks(*priority)) else { continue };
        let before = lower.asks(*priority);
        if asked < before {
            return Some(format!(
                "`{}` asks {priority} streams to be `{asked}`, and `{}` asks them to be `{before}` before: expected a higher \
                 rung not to ask for less; write `{priority}: {before}`, or remove `{priority}`",
                rung.name(),
                lower.name()
            ));
        }
    }
    let adds = |(priority, lower): &(Priority, Option<&Rung>)| {
        lower.is_none_or(|lower| lower.asks(*priority) < rung.asks(*priority))
    };
    if beside.iter().any(adds) {
        return None;
    }
    let lower = beside.iter().find_map(|(_, lower)| *lower)?;
    Some(format!(
        "`{}` asks for nothing that `{}` does not ask for before: expected a higher rung to ask for more; remove one of them",
        rung.name(),
        lower.name()
    ))
}

fn same_kind(one: Rung, other: Rung) -> bool {
    one.of == other.of && one.as_needed == other.as_needed
}
