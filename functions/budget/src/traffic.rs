//! What a stream takes in.

/// Seconds of an hour.
pub(crate) const HOUR: i64 = 3_600;

/// So many hours are looked back at: light and night move a camera's bitrate by more than twice, so a shorter look at an old
/// stream would say too little.
const WINDOW_HOURS: i64 = 24;

/// What a stream takes in per day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Traffic {
    /// Bytes of media (`PutMedia.IncomingBytes`).
    pub bytes_per_day: u64,
    /// Fragments (`PutMedia.IncomingFragments`).
    pub fragments_per_day: u64,
}

impl Traffic {
    /// Nothing comes in.
    pub const ZERO: Self = Self { bytes_per_day: 0, fragments_per_day: 0 };

    /// The hours to measure a stream over, as seconds since 1970 from the first to just before the second: the last 24
    /// whole hours before `now`, or fewer when the stream was `created` since. The hour that it was created in does not
    /// count. The two are the same when there is no whole hour yet.
    pub fn window(created: i64, now: i64) -> (i64, i64) {
        let until = hour_of(now);
        let from = next_hour(created).max(until.saturating_sub(HOUR.saturating_mul(WINDOW_HOURS)));
        (from.min(until), until)
    }

    /// The traffic of a window of whole hours, `from` to just before `until` in seconds since 1970, scaled to a day and
    /// rounded down; parts of an hour at either end are left out. None when no whole hour is left.
    ///
    /// `sums` and `fragments` are sums per hour with the second that each hour begins at, in any order, as CloudWatch tells
    /// them; hours outside the window are passed over. CloudWatch has no point for an hour in which nothing came: it counts
    /// as 0.
    ///
    /// <https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/monitoring-cloudwatch.html>
    pub fn of_hours(sums: &[(i64, u64)], fragments: &[(i64, u64)], from: i64, until: i64) -> Option<Self> {
        let (from, until) = (next_hour(from), hour_of(until));
        let hours = u128::try_from(until.checked_sub(from)? / HOUR).ok().filter(|hours| *hours > 0)?;
        let per_day = |sums: &[(i64, u64)]| {
            let inside = sums.iter().filter(|(start, _)| from <= *start && *start < until);
            let sum = inside.fold(0_u128, |sum, (_, more)| sum.saturating_add(u128::from(*more)));
            sum.saturating_mul(24).checked_div(hours).and_then(|day| u64::try_from(day).ok()).unwrap_or(u64::MAX)
        };
        Some(Self { bytes_per_day: per_day(sums), fragments_per_day: per_day(fragments) })
    }

    /// The same under a limit on the bitrate, in thousands of bits per second. Fragments are cut by time, so there are as
    /// many as before. What takes in less than the limit stays as it is.
    #[must_use]
    pub fn reduced_to(self, kilobits_per_second: u32) -> Self {
        // 1,000 bits, 8 in a byte, for 86,400 seconds.
        let most = u64::from(kilobits_per_second).saturating_mul(10_800_000);
        Self { bytes_per_day: self.bytes_per_day.min(most), ..self }
    }

    /// What this has more than the other; nothing where it has less.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self {
            bytes_per_day: self.bytes_per_day.saturating_sub(other.bytes_per_day),
            fragments_per_day: self.fragments_per_day.saturating_sub(other.fragments_per_day),
        }
    }
}

/// The beginning of the hour that a moment is in.
pub(crate) fn hour_of(moment: i64) -> i64 {
    moment.saturating_sub(moment.rem_euclid(HOUR))
}

/// The beginning of the first hour that is not before a moment.
pub(crate) fn next_hour(moment: i64) -> i64 {
    hour_of(moment.saturating_add(HOUR.saturating_sub(1)))
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 2026-11-22T10:00:00Z.
    const TEN: i64 = 1_795_341_600;

    #[test]
    fn a_whole_day_is_its_sum() {
        let hours: Vec<_> = (0..24).map(|hour| (TEN + hour * HOUR, 1_000_000)).collect();
        let fragments: Vec<_> = hours.iter().map(|(start, _)| (*start, 1_800)).collect();
        let traffic = Traffic::of_hours(&hours, &fragments, TEN, TEN + 24 * HOUR);
        assert_eq!(traffic, Some(Traffic { bytes_per_day: 24_000_000, fragments_per_day: 43_200 }));
    }

    #[test]
    fn hours_without_a_point_count_as_nothing_and_hours_outside_do_not_count() {
        let hours = [(TEN - HOUR, 7), (TEN, 100), (TEN + 5 * HOUR, 140), (TEN + 12 * HOUR, 9)];
        let traffic = Traffic::of_hours(&hours, &[], TEN, TEN + 12 * HOUR).unwrap();
        assert_eq!(traffic, Traffic { bytes_per_day: 480, fragments_per_day: 0 });
        assert_eq!(Traffic::of_hours(&[], &[], TEN, TEN + HOUR), Some(Traffic::ZERO));
    }

    #[test]
    fn a_young_stream_is_scaled_from_the_hours_there_are() {
        assert_eq!(Traffic::of_hours(&[(TEN, 10)], &[(TEN, 3)], TEN, TEN + HOUR).unwrap().bytes_per_day, 240);
        assert_eq!(Traffic::of_hours(&[(TEN, 10)], &[], TEN, TEN + 7 * HOUR).unwrap().bytes_per_day, 34);
    }

    #[test]
    fn less_than_a_whole_hour_is_not_measured() {
        for (from, until) in [
            (TEN, TEN),
            (TEN, TEN + HOUR - 1),
            (TEN + 1, TEN + HOUR),
            (TEN + 1, TEN + 2 * HOUR - 1),
            (TEN + HOUR, TEN),
            (i64::MIN, i64::MAX),
        ] {
            assert_eq!(Traffic::of_hours(&[(TEN, 10)], &[], from, until), None, "{from} {until}");
        }
        // Parts of an hour at the ends are left out, and with them what came in them.
        let hours = [(TEN, 10), (TEN + HOUR, 20), (TEN + 2 * HOUR, 30)];
        let traffic = Traffic::of_hours(&hours, &[], TEN + 1, TEN + 3 * HOUR - 1).unwrap();
        assert_eq!(traffic.bytes_per_day, 480);
    }

    #[test]
    fn the_window_is_a_day_of_whole_hours_or_what_there_is() {
        let now = TEN + 1_234;
        assert_eq!(Traffic::window(0, now), (TEN - 24 * HOUR, TEN));
        assert_eq!(Traffic::window(TEN - 24 * HOUR - 1, now), (TEN - 24 * HOUR, TEN));
        assert_eq!(Traffic::window(TEN - 24 * HOUR + 1, now), (TEN - 23 * HOUR, TEN));
        assert_eq!(Traffic::window(TEN - HOUR, now), (TEN - HOUR, TEN));
        for young in [TEN - HOUR + 1, TEN, TEN + 1_000, TEN + 9_999] {
            assert_eq!(Traffic::window(young, now), (TEN, TEN));
            assert_eq!(Traffic::of_hours(&[(TEN, 1)], &[], TEN, TEN), None);
        }
    }

    #[test]
    fn a_limit_on_the_bitrate_cuts_bytes_and_leaves_fragments() {
        let traffic = Traffic { bytes_per_day: 13_078_800_000, fragments_per_day: 43_200 };
        let reduced = traffic.reduced_to(500);
        assert_eq!(reduced, Traffic { bytes_per_day: 5_400_000_000, fragments_per_day: 43_200 });
        assert_eq!(traffic.reduced_to(1_211), traffic);
        assert_eq!(traffic.reduced_to(1_210).bytes_per_day, 13_068_000_000);
        assert_eq!(traffic.reduced_to(0), Traffic { bytes_per_day: 0, ..traffic });
    }

    proptest! {
        #[test]
        fn the_order_of_the_hours_does_not_matter_and_more_in_them_is_more(
            hours in proptest::collection::vec((-2_i64..30, any::<u64>()), 0..30),
            length in 1_i64..=24,
        ) {
            let hours: Vec<_> = hours.into_iter().map(|(hour, sum)| (TEN + hour * HOUR, sum)).collect();
            let back: Vec<_> = hours.iter().rev().copied().collect();
            let of = |hours: &[(i64, u64)]| Traffic::of_hours(hours, hours, TEN, TEN + length * HOUR).unwrap();
            prop_assert_eq!(of(&hours), of(&back));
            prop_assert_eq!(of(&hours).bytes_per_day, of(&hours).fragments_per_day);
            let less: Vec<_> = hours.iter().map(|(start, sum)| (*start, sum / 2)).collect();
            prop_assert!(of(&less).bytes_per_day <= of(&hours).bytes_per_day);
        }

        #[test]
        fn a_lower_limit_never_lets_more_through(bytes_per_day: u64, fragments_per_day: u64, low: u32, more: u32) {
            let traffic = Traffic { bytes_per_day, fragments_per_day };
            let (reduced, further) = (traffic.reduced_to(low.saturating_add(more)), traffic.reduced_to(low));
            prop_assert!(further.bytes_per_day <= reduced.bytes_per_day && reduced.bytes_per_day <= bytes_per_day);
            prop_assert_eq!(reduced.reduced_to(low), further);
            prop_assert_eq!(further.fragments_per_day, fragments_per_day);
        }

        #[test]
        fn any_moments_are_measured_or_not_without_a_panic(a: i64, b: i64, point: i64, sum: u64) {
            let (from, until) = Traffic::window(a, b);
            prop_assert!(from <= until && until <= b && until - from <= 24 * HOUR);
            let measured = Traffic::of_hours(&[(point, sum)], &[], from, until);
            prop_assert_eq!(measured.is_some(), until > from);
            if let Some(measured) = Traffic::of_hours(&[(point, sum)], &[], a, b) {
                prop_assert!(measured.bytes_per_day <= sum.saturating_mul(24));
            }
        }
    }
}
