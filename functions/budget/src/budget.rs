//! The budget as AWS tells of it, and the turn that it is in.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;

use crate::money::Money;

/// The least part of a period that our own forecast goes by, in seconds.
const FORECAST_SECONDS_MIN: i64 = 3_600;

/// How often a budget begins anew.
///
/// <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeUnit {
    /// At 00:00 UTC of every day. Allowed, but hardly of use: AWS updates the figures of a budget up to three times a day
    /// and hours late, so what gives way for a day's spend mostly does so when the day is over, and comes back at once.
    Daily,
    /// On the first of every month.
    Monthly,
    /// On the first of January, April, July and October.
    Quarterly,
    /// On the first of January.
    Annually,
}

/// Why a budget has no period to act in. Fits after "cannot go by the budget:".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BudgetFault {
    /// It runs once.
    #[error(
        "it is a custom budget, which does not renew, so what gives way for it would never come back: take one that renews daily, monthly, quarterly or annually"
    )]
    Custom,
    /// A time unit that this version does not know.
    #[error("time unit is `{}`: expected one of `DAILY`, `MONTHLY`, `QUARTERLY`, `ANNUALLY`", fleet::shown(.value, 80))]
    TimeUnit {
        /// As it came.
        value: String,
    },
    /// It lies in the future.
    #[error("it has not begun: its first period begins at {}", instant(*.begin))]
    NotBegun {
        /// When it does.
        begin: i64,
    },
    /// A moment beyond the years -9999 to 9999.
    #[error("{moment} is no moment of the calendar, in seconds since 1970")]
    OffCalendar {
        /// In seconds since 1970.
        moment: i64,
    },
}

impl TimeUnit {
    /// Takes AWS's words, in upper case: `DAILY`, `MONTHLY`, `QUARTERLY`, `ANNUALLY`. `CUSTOM` is an error of its own: such
    /// a budget ends once, is deleted then, and nothing that gave way for it would come back.
    pub fn parse(text: &str) -> Result<Self, BudgetFault> {
        match text {
            "DAILY" => Ok(Self::Daily),
            "MONTHLY" => Ok(Self::Monthly),
            "QUARTERLY" => Ok(Self::Quarterly),
            "ANNUALLY" => Ok(Self::Annually),
            "CUSTOM" => Err(BudgetFault::Custom),
            other => Err(BudgetFault::TimeUnit { value: other.to_owned() }),
        }
    }

    /// The word as AWS writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Daily => "DAILY",
            Self::Monthly => "MONTHLY",
            Self::Quarterly => "QUARTERLY",
            Self::Annually => "ANNUALLY",
        }
    }

    /// The first day of the turn that a day is in, and the first day of the next; None beyond the calendar.
    fn turn(self, day: Date) -> Option<(Date, Date)> {
        let (first, last) = match self {
            Self::Daily => (day, day),
            Self::Monthly => (day.first_of_month(), day.last_of_month()),
            Self::Quarterly => {
                let into = day.month().saturating_sub(1) % 3;
                let month = day.month().saturating_sub(into);
                let first = Date::new(day.year(), month, 1).ok()?;
                (first, Date::new(day.year(), month.saturating_add(2), 1).ok()?.last_of_month())
            }
            Self::Annually => (day.first_of_year(), day.last_of_year()),
        };
        Some((first, last.tomorrow().ok()?))
    }
}

/// One turn of the budget, in seconds since 1970: from `start` to just before `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    /// Its first second.
    pub start: i64,
    /// The first second of the next.
    pub end: i64,
}

impl Period {
    /// The turn that `now` is in: a day, month, quarter or year of the calendar, in UTC. Exactly at 00:00:00 the new one
    /// holds.
    ///
    /// `begin` is where the budget's `TimePeriod` starts. It does not move the turns: a budget that was made on the 24th
    /// has the calendar month as its first period. An error when `now` is before it.
    ///
    /// <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_TimePeriod.html>
    pub fn at(unit: TimeUnit, begin: i64, now: i64) -> Result<Self, BudgetFault> {
        if now < begin {
            return Err(BudgetFault::NotBegun { begin });
        }
        day(now)
            .and_then(|day| unit.turn(day))
            .and_then(|(first, next)| Some(Self { start: midnight(first)?, end: midnight(next)? }))
            .ok_or(BudgetFault::OffCalendar { moment: now })
    }

    /// Its first day in UTC, `2026-11-01`: tells it from every other turn of the same budget. A start beyond the calendar,
    /// which [`Period::at`] never makes, is told in seconds.
    pub fn key(&self) -> String {
        day(self.start).map_or_else(|| self.start.to_string(), |day| day.to_string())
    }

    /// Whether a moment lies in it.
    pub fn holds(&self, moment: i64) -> bool {
        self.start <= moment && moment < self.end
    }
}

/// What is held against the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Of {
    /// What is spent.
    Actual,
    /// What AWS expects to be spent by the end of the period.
    Forecast,
}

/// The budget as AWS tells of it now.
///
/// <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_CalculatedSpend.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// The budget's name.
    pub name: String,
    /// The currency of all amounts, such as `USD`.
    pub currency: String,
    /// What may be spent in a period.
    pub limit: Money,
    /// What is spent of it. It drops to nothing when somebody changes the budget, until AWS has new figures.
    ///
    /// <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_UpdateBudget.html>
    pub actual: Money,
    /// What AWS expects to be spent by the end of the period, what is spent included. None when it does not say: it needs
    /// about five weeks of history.
    pub forecast: Option<Money>,
    /// The turn that the budget is in now.
    pub period: Period,
    /// When the budget was last updated (`LastUpdatedTime`), in seconds since 1970: taken to be when AWS last worked out
    /// the figures, or later.
    pub updated: i64,
}

impl Figures {
    /// What is spent, or what AWS expects to be, as a share of the limit in hundredths of a percent (10,000 is all of it).
    /// None for a forecast that AWS does not give; [`Figures::forecast_or_own`] has one always. See [`Money::share_of`] for a limit
    /// of 0.
    pub fn share(&self, of: Of) -> Option<u32> {
        match of {
            Of::Actual => Some(self.actual.share_of(self.limit)),
            Of::Forecast => self.forecast.map(|forecast| forecast.share_of(self.limit)),
        }
    }

    /// Whether the figures are of the present period. AWS updates them up to three times a day: for hours after a period
    /// has begun they are still the old one's, and nothing may give way or come back on them.
    ///
    /// <https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html>
    pub fn is_of(&self) -> bool {
        self.period.holds(self.updated)
    }

    /// AWS's forecast for the period, or our own where it has none; the second says whether it is ours.
    ///
    /// Ours takes what is left of the period to cost as much per hour as the part that the figures cover, of which the
    /// first hour is the least: never less than what is spent. It is what is spent when the figures are not of the present
    /// period (see [`Figures::is_of`]): a whole month's spend must not be taken for that of its first hour.
    pub fn forecast_or_own(&self) -> (Money, bool) {
        if let Some(forecast) = self.forecast {
            return (forecast, false);
        }
        if !self.is_of() {
            return (self.actual, true);
        }
        let covered = self.updated.saturating_sub(self.period.start).max(FORECAST_SECONDS_MIN);
        let whole = self.period.end.saturating_sub(self.period.start);
        let seconds = |span: i64| u64::try_from(span).unwrap_or(0);
        (self.actual.times(seconds(whole), seconds(covered)).max(self.actual), true)
    }
}

/// The day of a moment in UTC; None beyond the calendar.
fn day(moment: i64) -> Option<Date> {
    Some(Offset::UTC.to_datetime(Timestamp::from_second(moment).ok()?).date())
}

/// The first second of a day in UTC; None beyond the calendar.
fn midnight(day: Date) -> Option<i64> {
    Some(Offset::UTC.to_timestamp(day.to_datetime(Time::midnight())).ok()?.as_second())
}

/// A moment as people read it.
fn instant(moment: i64) -> String {
    Timestamp::from_second(moment).map_or_else(|_beyond| moment.to_string(), |at| at.to_string())
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const UNITS: [TimeUnit; 4] = [TimeUnit::Daily, TimeUnit::Monthly, TimeUnit::Quarterly, TimeUnit::Annually];

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_second()
    }

    fn figures(actual: u64, forecast: Option<u64>, updated: &str) -> Figures {
        let period = Period::at(TimeUnit::Monthly, 0, at("2026-11-15T00:00:00Z")).unwrap();
        Figures {
            name: "cameras".to_owned(),
            currency: "USD".to_owned(),
            limit: Money::from_micros(1_000),
            actual: Money::from_micros(actual),
            forecast: forecast.map(Money::from_micros),
            period,
            updated: at(updated),
        }
    }

    #[test]
    fn every_time_unit_that_renews_reads_back() {
        for unit in UNITS {
            assert_eq!(TimeUnit::parse(unit.as_str()), Ok(unit));
        }
    }

    #[test]
    fn a_budget_that_does_not_renew_and_a_unit_that_nobody_knows_are_refused_in_words() {
        assert_eq!(
            TimeUnit::parse("CUSTOM").unwrap_err().to_string(),
            "it is a custom budget, which does not renew, so what gives way for it would never come back: take one that \
             renews daily, monthly, quarterly or annually"
        );
        for bad in ["monthly", "", "WEEKLY", " MONTHLY"] {
            assert_eq!(TimeUnit::parse(bad), Err(BudgetFault::TimeUnit { value: bad.to_owned() }));
        }
        assert_eq!(
            TimeUnit::parse("WEEKLY").unwrap_err().to_string(),
            "time unit is `WEEKLY`: expected one of `DAILY`, `MONTHLY`, `QUARTERLY`, `ANNUALLY`"
        );
    }

    #[test]
    fn a_period_is_the_day_month_quarter_or_year_in_utc() {
        for (unit, now, start, end) in [
            (TimeUnit::Daily, "2026-11-22T10:00:00Z", "2026-11-22", "2026-11-23"),
            (TimeUnit::Daily, "2026-11-22T00:00:00Z", "2026-11-22", "2026-11-23"),
            (TimeUnit::Daily, "2026-12-31T23:59:59Z", "2026-12-31", "2027-01-01"),
            (TimeUnit::Daily, "2028-02-28T23:59:59Z", "2028-02-28", "2028-02-29"),
            (TimeUnit::Monthly, "2026-11-22T10:00:00Z", "2026-11-01", "2026-12-01"),
            (TimeUnit::Monthly, "2026-11-30T23:59:59Z", "2026-11-01", "2026-12-01"),
            (TimeUnit::Monthly, "2026-12-01T00:00:00Z", "2026-12-01", "2027-01-01"),
            (TimeUnit::Monthly, "2028-02-29T12:00:00Z", "2028-02-01", "2028-03-01"),
            (TimeUnit::Monthly, "2027-02-28T23:59:59Z", "2027-02-01", "2027-03-01"),
            // The first of December on a clock that is ahead of UTC.
            (TimeUnit::Monthly, "2026-12-01T01:59:59+02:00", "2026-11-01", "2026-12-01"),
            (TimeUnit::Quarterly, "2026-11-22T10:00:00Z", "2026-10-01", "2027-01-01"),
            (TimeUnit::Quarterly, "2026-12-31T23:59:59Z", "2026-10-01", "2027-01-01"),
            (TimeUnit::Quarterly, "2027-01-01T00:00:00Z", "2027-01-01", "2027-04-01"),
            (TimeUnit::Quarterly, "2028-03-31T23:59:59Z", "2028-01-01", "2028-04-01"),
            (TimeUnit::Quarterly, "2027-06-30T00:00:00Z", "2027-04-01", "2027-07-01"),
            (TimeUnit::Quarterly, "2027-08-15T00:00:00Z", "2027-07-01", "2027-10-01"),
            (TimeUnit::Annually, "2026-11-22T10:00:00Z", "2026-01-01", "2027-01-01"),
            (TimeUnit::Annually, "2027-01-01T00:00:00Z", "2027-01-01", "2028-01-01"),
            (TimeUnit::Annually, "2028-12-31T23:59:59Z", "2028-01-01", "2029-01-01"),
        ] {
            let period = Period::at(unit, 0, at(now)).unwrap();
            let midnight = |day: &str| at(&format!("{day}T00:00:00Z"));
            assert_eq!(period, Period { start: midnight(start), end: midnight(end) }, "{unit:?} {now}");
            assert_eq!(period.key(), start);
        }
    }

    #[test]
    fn where_the_budget_starts_does_not_move_its_periods_but_nothing_is_before_it() {
        let (begin, now) = (at("2026-11-20T00:00:00Z"), at("2026-11-22T10:00:00Z"));
        assert_eq!(Period::at(TimeUnit::Monthly, begin, now).unwrap().key(), "2026-11-01");
        assert_eq!(Period::at(TimeUnit::Monthly, begin, begin).unwrap().key(), "2026-11-01");
        let early = Period::at(TimeUnit::Monthly, begin, begin - 1).unwrap_err();
        assert_eq!(early, BudgetFault::NotBegun { begin });
        assert_eq!(early.to_string(), "it has not begun: its first period begins at 2026-11-20T00:00:00Z");
    }

    #[test]
    fn a_moment_beyond_the_calendar_is_refused() {
        for moment in [i64::MIN, i64::MAX, at("9999-12-30T12:00:00Z")] {
            let fault = Period::at(TimeUnit::Annually, i64::MIN, moment).unwrap_err();
            assert_eq!(fault, BudgetFault::OffCalendar { moment });
        }
        assert_eq!(Period { start: i64::MAX, end: i64::MAX }.key(), i64::MAX.to_string());
        assert!(BudgetFault::NotBegun { begin: i64::MAX }.to_string().ends_with("at 9223372036854775807"));
    }

    #[test]
    fn figures_of_the_old_period_are_not_of_this_one() {
        for (updated, present) in [
            ("2026-10-31T23:59:59Z", false),
            ("2026-11-01T00:00:00Z", true),
            ("2026-11-30T23:59:59Z", true),
            ("2026-12-01T00:00:00Z", false),
        ] {
            assert_eq!(figures(1, None, updated).is_of(), present, "{updated}");
        }
    }

    #[test]
    fn a_share_is_of_the_limit_and_there_is_none_of_a_forecast_that_aws_does_not_give() {
        let known = figures(800, Some(1_250), "2026-11-15T00:00:00Z");
        assert_eq!((known.share(Of::Actual), known.share(Of::Forecast)), (Some(8_000), Some(12_500)));
        let unknown = figures(800, None, "2026-11-15T00:00:00Z");
        assert_eq!((unknown.share(Of::Actual), unknown.share(Of::Forecast)), (Some(8_000), None));
    }

    #[test]
    fn our_forecast_is_linear_from_what_the_figures_cover_and_aws_goes_first() {
        let forecast = |actual, aws, updated| {
            let (money, own) = figures(actual, aws, updated).forecast_or_own();
            (money.micros(), own)
        };
        assert_eq!(forecast(800, Some(1_250), "2026-11-16T00:00:00Z"), (1_250, false));
        assert_eq!(forecast(800, None, "2026-11-16T00:00:00Z"), (1_600, true));
        assert_eq!(forecast(800, None, "2026-11-11T00:00:00Z"), (2_400, true));
        assert_eq!(forecast(800, None, "2026-11-30T23:59:59Z"), (800, true));
        // The first hour of 720 is the least: a minute's figures do not make a forecast of 43,200 times as much.
        assert_eq!(forecast(800, None, "2026-11-01T01:00:00Z"), (576_000, true));
        assert_eq!(forecast(800, None, "2026-11-01T00:00:00Z"), (576_000, true));
        // October's spend says nothing of November.
        assert_eq!(forecast(800, None, "2026-10-31T23:00:00Z"), (800, true));
        assert_eq!(forecast(800, None, "2026-12-01T00:00:00Z"), (800, true));
    }

    proptest! {
        #[test]
        fn periods_hold_now_and_follow_each_other_without_a_gap(unit in proptest::sample::select(UNITS.to_vec()), now in -10_000_000_000_i64..100_000_000_000) {
            let of = |moment| Period::at(unit, i64::MIN, moment).unwrap();
            let period = of(now);
            prop_assert!(period.holds(now));
            prop_assert_eq!(of(period.start), period);
            prop_assert_eq!(of(period.end - 1), period);
            prop_assert_eq!(of(period.end).start, period.end);
            prop_assert_eq!(of(period.start - 1).end, period.start);
            prop_assert!(of(period.end).key() > period.key() || now < 0);
            let days = match unit {
                TimeUnit::Daily => 1..=1,
                TimeUnit::Monthly => 28..=31,
                TimeUnit::Quarterly => 90..=92,
                TimeUnit::Annually => 365..=366,
            };
            prop_assert_eq!((period.end - period.start) % 86_400, 0);
            prop_assert!(days.contains(&((period.end - period.start) / 86_400)));
        }

        #[test]
        fn any_moments_give_a_period_or_an_error_without_a_panic(unit in proptest::sample::select(UNITS.to_vec()), begin: i64, now: i64) {
            if let Ok(period) = Period::at(unit, begin, now) {
                prop_assert!(period.holds(now) && begin <= now);
            }
        }

        #[test]
        fn our_forecast_is_never_less_than_what_is_spent_and_grows_with_it(actual: u64, more: u64, updated: i64, start: i64, end: i64) {
            let period = Period { start, end };
            let forecast = |actual| {
                let actual = Money::from_micros(actual);
                Figures { actual, period, updated, ..figures(0, None, "2026-11-15T00:00:00Z") }.forecast_or_own().0
            };
            prop_assert!(forecast(actual) >= Money::from_micros(actual));
            prop_assert!(forecast(actual.saturating_add(more)) >= forecast(actual));
        }
    }
}
