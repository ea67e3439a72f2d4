//! Which of AWS's figures may be gone by.

use crate::aws::Last;
use crate::budget::Figures;

const DAY: i64 = 86_400;

/// After so long AWS has figures.
const LATE: i64 = 2 * DAY;

/// The figures as they may be gone by, with the moment that they are of, or a sentence on why nothing may change by them.
///
/// AWS's word on when it last worked them out (`LastUpdatedTime`) may be that of the last edit. So figures that were seen to
/// change are of the moment when they were, and none are older than a day: AWS works them out up to three times a day.
///
/// Figures are the present period's when that word says so, when they were already taken for that, when they fell to half of
/// the period before or less, or when they are others than that period's and two days of this one have gone by (half of it, if
/// it is shorter than four). Until then
/// they are left as they are, which [`Figures::is_of`] tells. A spend that dropped to nothing within a period is what AWS
/// shows after somebody edited the budget, until it has new figures. When it still says so after two days, it is so: credits
/// and refunds count.
///
/// <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html>,
/// <https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html>
pub fn trusted(figures: Figures, last: &Last, now: i64) -> Result<Figures, String> {
    let same_period = last.period == figures.period.key();
    let fresh = now < last.seen.saturating_add(LATE);
    if same_period && figures.actual.micros() == 0 && last.actual.micros() > 0 && fresh {
        return Err(format!(
            "AWS says that nothing is spent where {} was: it does so after a budget was edited, until it has new figures. \
             Nothing changes until then, or for two days",
            last.actual
        ));
    }
    let known = !last.period.is_empty();
    let changed = known && figures.actual != last.actual;
    let fell = changed && figures.actual <= last.actual.times(1, 2);
    let half = figures.period.end.saturating_sub(figures.period.start) / 2;
    let late = changed && now >= figures.period.start.saturating_add(LATE.min(half));
    if !(figures.is_of() || same_period || fell || late) {
        return Ok(figures);
    }
    let seen = match (known, same_period && !changed) {
        (true, true) => last.seen,
        (true, false) => now,
        (false, _) => figures.updated,
    };
    let updated = figures.updated.max(seen).max(now.saturating_sub(DAY)).max(figures.period.start);
    Ok(Figures { updated, ..figures })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Period;
    use crate::money::Money;

    /// A period of thirty days, ten of which have gone by.
    const START: i64 = 1_000 * DAY;
    const NOW: i64 = START + 10 * DAY;
    const PERIOD: &str = "1972-09-27";
    const BEFORE: &str = "1972-08-28";

    fn figures(actual: u64, updated: i64) -> Figures {
        Figures {
            name: "fleet".to_owned(),
            currency: "USD".to_owned(),
            limit: Money::from_micros(100),
            actual: Money::from_micros(actual),
            forecast: None,
            period: Period { start: START, end: START + 30 * DAY },
            updated,
        }
    }

    fn last(period: &str, actual: u64, seen: i64) -> Last {
        Last { period: period.to_owned(), actual: Money::from_micros(actual), seen, ..Last::default() }
    }

    /// When the figures are of, if they may be gone by.
    fn of(figures: Figures, last: &Last, now: i64) -> Option<i64> {
        trusted(figures, last, now).ok().filter(Figures::is_of).map(|figures| figures.updated)
    }

    #[test]
    fn the_period_has_the_key_that_the_cases_say() {
        assert_eq!(figures(0, 0).period.key(), PERIOD);
    }

    #[test]
    fn figures_are_of_when_aws_says_or_when_they_were_seen_to_change() {
        let hour = NOW - 3_600;
        assert_eq!(of(figures(50, hour), &Last::default(), NOW), Some(hour));
        // AWS's word stays that of an edit long ago.
        let edit = START + 60;
        assert_eq!(of(figures(50, edit), &last(PERIOD, 40, START), NOW), Some(NOW));
        assert_eq!(of(figures(50, edit), &last(PERIOD, 50, hour), NOW), Some(hour));
        // A day is the most that AWS needs.
        assert_eq!(of(figures(50, edit), &last(PERIOD, 50, edit), NOW), Some(NOW - DAY));
        assert_eq!(of(figures(50, edit), &Last::default(), NOW), Some(NOW - DAY));
    }

    #[test]
    fn figures_of_the_period_before_are_not_gone_by_before_they_are_others() {
        let (edit, first) = (START - 20 * DAY, START + 1_800);
        for (last, now, taken) in [
            (last(BEFORE, 50, edit), NOW, false),
            (Last::default(), NOW, false),
            // Last month's bill is put right by some cents after its end.
            (last(BEFORE, 51, edit), first, false),
            (last(BEFORE, 49, edit), first, false),
            (last(BEFORE, 49, edit), START + 2 * DAY, true),
            (last(BEFORE, 100, edit), first, true),
            (last(PERIOD, 50, first), NOW, true),
        ] {
            assert_eq!(of(figures(50, edit), &last, now).is_some(), taken, "{last:?} {now}");
        }
    }

    #[test]
    fn what_was_taken_for_the_period_s_once_stays_so() {
        let edit = START - 20 * DAY;
        let mut memory = last(BEFORE, 900, edit);
        for (hour, actual) in [(1, 10), (9, 10), (17, 30), (40, 30)] {
            let now = START + hour * 3_600;
            let taken = trusted(figures(actual, edit), &memory, now).unwrap();
            assert!(taken.is_of(), "{hour}: {taken:?}");
            memory = last(PERIOD, actual, taken.updated);
        }
    }

    #[test]
    fn a_spend_that_drops_to_nothing_within_a_period_is_not_gone_by() {
        let hour = NOW - 3_600;
        let said = trusted(figures(0, hour), &last(PERIOD, 40, hour), NOW).unwrap_err();
        assert!(said.contains("edited"), "{said}");
        let of = |seen: i64| trusted(figures(0, hour), &last(PERIOD, 40, seen), NOW).is_ok();
        assert_eq!((of(NOW - 2 * DAY), of(NOW - 2 * DAY + 1)), (true, false));
        assert!(trusted(figures(0, hour), &last(PERIOD, 0, START), NOW).is_ok());
        assert!(trusted(figures(0, hour), &last(BEFORE, 40, START), NOW).is_ok());
    }
}
