//! What a stream costs over a time, and what giving way saves of it.

use fleet::StorageTier;

use crate::money::Money;
use crate::prices::{GB, Ingest, MONTH_SECONDS, NoPrice, Prices};
use crate::traffic::Traffic;

/// The longest that an open connection goes on after a camera may not send any more, in seconds: AWS asks whether it may
/// when it connects, and ends every connection after 45 minutes.
///
/// <https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/limits.html>
pub const CONNECTION_SECONDS: i64 = 2_700;

/// Seconds of a day.
const DAY: u128 = 86_400;

/// Reckons costs of streams up to the end of a period. All amounts are rounded down, ingest and storage each for itself.
#[derive(Debug, Clone, Copy)]
pub struct Costs<'c> {
    /// What AWS asks for.
    pub prices: &'c Prices,
    /// The end of the period, in seconds since 1970.
    pub end: i64,
}

impl Costs<'_> {
    /// What a stream costs between two moments (seconds since 1970) if it goes on as it is: what comes in, and the storage of
    /// the last `retention_hours` of it. 0 when `to` is not after `from`; no storage for a retention of 0.
    ///
    /// It takes the stream to have filled its retention already: of a stream that is younger than that, the storage is told
    /// too dear. In the WARM tier, fragments are charged, not bytes, and video that is kept for less than 30 days is charged
    /// for 30 all the same: that is not counted, so the storage of a shorter retention is told too cheap there.
    ///
    /// <https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/tiered-storage.html>
    pub fn cost(
        &self,
        traffic: Traffic,
        retention_hours: u32,
        tier: StorageTier,
        from: i64,
        to: i64,
    ) -> Result<Money, NoPrice> {
        let span = span(from, to);
        // As much is kept as comes in during the retention, all the time.
        self.bill(traffic, tier, span, span.saturating_mul(seconds(retention_hours)).saturating_mul(2))
    }

    /// What is saved until the end of the period when a stream gives way at `from` (seconds since 1970) and takes in `after`
    /// instead of `before`, which is [`Traffic::ZERO`] when it is stopped. 0 where `after` is not less.
    ///
    /// Nothing is saved in the first 45 minutes ([`CONNECTION_SECONDS`]). What comes in is saved from then on. Storage is
    /// saved little by little, as old video ages out and less follows: `t` seconds later the storage of `t` seconds of
    /// traffic is saved, and no more than that of the retention. No recorded video is given up for it.
    ///
    /// In the WARM tier a lower bitrate saves storage only, as there are as many fragments as before. That AWS charges 30
    /// days for what is kept for less is not counted (see [`Costs::cost`]).
    pub fn saving(
        &self,
        before: Traffic,
        after: Traffic,
        retention_hours: u32,
        tier: StorageTier,
        from: i64,
    ) -> Result<Money, NoPrice> {
        let span = span(from.saturating_add(CONNECTION_SECONDS), self.end);
        let retention = seconds(retention_hours);
        // Twice the integral of min(t, retention) over the span: T² up to the retention, R(2T - R) beyond.
        let kept = if span <= retention {
            span.saturating_mul(span)
        } else {
            retention.saturating_mul(span.saturating_mul(2).saturating_sub(retention))
        };
        self.bill(before.minus(after), tier, span, kept)
    }

    /// The price of so much traffic for a span of seconds, of which so much is kept: `kept` is the double of the seconds of
    /// traffic in store, summed over the seconds of the span, so that it is whole.
    fn bill(&self, traffic: Traffic, tier: StorageTier, span: u128, kept: u128) -> Result<Money, NoPrice> {
        let prices = self.prices.of(tier)?;
        let (per_day, price, unit) = match prices.ingest {
            Ingest::Gb(price) => (traffic.bytes_per_day, price, u128::from(GB)),
            Ingest::ThousandFragments(price) => (traffic.fragments_per_day, price, 1_000),
        };
        let ingest = charge(per_day, span, price, unit);
        let gb_months = u128::from(GB).saturating_mul(u128::from(MONTH_SECONDS)).saturating_mul(2);
        let storage = charge(traffic.bytes_per_day, kept, prices.store_gb_month, gb_months);
        Ok(ingest.plus(storage))
    }
}

/// So much per day, for so many seconds, at a price for each `unit` of it. Divides last, so nothing is lost on the way; what
/// would not fit in between is the most there can be.
fn charge(per_day: u64, seconds: u128, price: Money, unit: u128) -> Money {
    let product =
        u128::from(per_day).checked_mul(seconds).and_then(|amount| amount.checked_mul(u128::from(price.micros())));
    let Some(product) = product else { return Money::from_micros(u64::MAX) };
    Money::from_wide(product.checked_div(unit.saturating_mul(DAY)).unwrap_or(0))
}

/// Seconds from one moment to another; 0 when the other is not after it.
fn span(from: i64, to: i64) -> u128 {
    u128::try_from(i128::from(to).saturating_sub(i128::from(from))).unwrap_or(0)
}

fn seconds(hours: u32) -> u128 {
    u128::from(hours).saturating_mul(3_600)
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;

    const HOUR: i64 = 3_600;
    const MONTH: i64 = 30 * 24 * HOUR;
    const MB: u64 = 1 << 20;

    /// Prices of both tiers, WARM ones made up.
    const PRICES: Prices = Prices {
        ingest_gb: Money::from_micros(8_500),
        store_gb_month: Money::from_micros(23_000),
        warm_ingest_1000_fragments: Some(Money::from_micros(10_000)),
        warm_store_gb_month: Some(Money::from_micros(5_000)),
    };
    const COSTS: Costs<'static> = Costs { prices: &PRICES, end: MONTH };

    /// 1.211 Mbit/s around the clock, in fragments of two seconds.
    const CAMERA: Traffic = Traffic { bytes_per_day: 13_078_800_000, fragments_per_day: 43_200 };

    fn month(traffic: Traffic, retention_hours: u32, tier: StorageTier) -> u64 {
        COSTS.cost(traffic, retention_hours, tier, 0, MONTH).unwrap().micros()
    }

    fn bytes(bytes_per_day: u64) -> Traffic {
        Traffic { bytes_per_day, fragments_per_day: 0 }
    }

    #[track_caller]
    fn within(amount: u64, low: u64, high: u64) {
        assert!((low..=high).contains(&amount), "{amount} is not from {low} to {high}");
    }

    #[test]
    fn thirty_days_of_7000_mb_come_in_for_1_74_because_awss_page_says_so() {
        let ingest = month(bytes(7_000 * MB), 0, StorageTier::Hot);
        assert_eq!(Money::from_micros(ingest).to_string(), "1.74");
        // 30 x 7,000 / 1,024 x 0.0085 = 1.743164…
        assert_eq!(ingest, 1_743_164);
    }

    #[test]
    fn a_day_of_7000_mb_is_kept_for_a_month_for_0_16_because_awss_page_says_so() {
        let traffic = bytes(7_000 * MB);
        let storage = month(traffic, 24, StorageTier::Hot) - month(traffic, 0, StorageTier::Hot);
        assert_eq!(Money::from_micros(storage).to_string(), "0.16");
        assert_eq!(storage, 157_226);
    }

    #[test]
    fn a_camera_of_1_211_mbps_costs_about_3_94_a_month_because_one_was_measured_with_gigabytes_of_a_thousand_megabytes()
    {
        let all = month(CAMERA, 48, StorageTier::Hot);
        // A GB of 2^30 bytes is 7.4 % more than one of 10^9, for the same price.
        within(all, 3_600_000, 3_940_000);
        within(u64::try_from(u128::from(all) * u128::from(GB) / 1_000_000_000).unwrap(), 3_920_000, 3_960_000);
        let storage = all - month(CAMERA, 0, StorageTier::Hot);
        within(storage * 100 / all, 14, 18);
    }

    #[test]
    fn what_stopping_saves_begins_when_the_open_connection_has_ended() {
        let stop = |from| COSTS.saving(CAMERA, Traffic::ZERO, 0, StorageTier::Hot, from).unwrap();
        assert_eq!(stop(MONTH - 45 * 60), Money::ZERO);
        assert_eq!(stop(MONTH - 45 * 60 - 1), Money::from_micros(1));
        assert_eq!(stop(MONTH), Money::ZERO);
        // A whole day is left after that: 12.18 GB for 0.0085 each.
        assert_eq!(stop(MONTH - 86_400 - CONNECTION_SECONDS), Money::from_micros(103_534));
    }

    #[test]
    fn storage_is_saved_as_old_video_ages_out_and_then_in_full() {
        let gb = bytes(GB);
        let saved = |days: i64, retention| {
            let saving = |retention| {
                COSTS.saving(gb, Traffic::ZERO, retention, StorageTier::Hot, MONTH - days * 86_400 - CONNECTION_SECONDS)
            };
            saving(retention).unwrap().micros() - saving(0).unwrap().micros()
        };
        // GB-days: 2 x 2 / 2 within the retention, 10 x 2 - 2 x 2 / 2 beyond; 0.023 / 30 for each.
        assert_eq!(saved(2, 48), 2 * 23_000 / 30);
        assert_eq!(saved(2, 87_600), saved(2, 48));
        assert_eq!(saved(10, 48), 18 * 23_000 / 30);
        assert_eq!(saved(10, 0), 0);
    }

    #[test]
    fn in_the_warm_tier_a_lower_bitrate_saves_storage_only() {
        let from = MONTH - 10 * 86_400 - CONNECTION_SECONDS;
        let saving = |after, retention| COSTS.saving(CAMERA, after, retention, StorageTier::Warm, from).unwrap();
        assert_eq!(saving(CAMERA.reduced_to(0), 0), Money::ZERO);
        assert!(saving(CAMERA.reduced_to(0), 48) > Money::ZERO);
        // 432 times 1,000 fragments for 0.01 each.
        assert_eq!(saving(Traffic::ZERO, 0), Money::from_micros(4_320_000));
        assert_eq!(saving(Traffic::ZERO, 48).minus(saving(CAMERA.reduced_to(0), 48)), saving(Traffic::ZERO, 0));
    }

    #[test]
    fn a_warm_stream_without_a_price_is_an_error_whatever_it_takes_in() {
        let prices = Prices::default();
        let costs = Costs { prices: &prices, end: MONTH };
        let cost = costs.cost(Traffic::ZERO, 0, StorageTier::Warm, 0, 0).unwrap_err();
        let saving = costs.saving(CAMERA, CAMERA, 24, StorageTier::Warm, MONTH).unwrap_err();
        assert_eq!(cost, saving);
        assert!(cost.to_string().contains("set `warmIngest1000Fragments` and `warmStoreGbMonth`"), "{cost}");
        assert!(costs.cost(CAMERA, 24, StorageTier::Hot, 0, MONTH).is_ok());
    }

    #[test]
    fn amounts_beyond_all_reason_are_the_most_there_can_be() {
        let traffic = Traffic { bytes_per_day: u64::MAX, fragments_per_day: u64::MAX };
        let prices = Prices { ingest_gb: Money::from_micros(u64::MAX), ..PRICES };
        let costs = Costs { prices: &prices, end: i64::MAX };
        let most = Ok(Money::from_micros(u64::MAX));
        assert_eq!(costs.cost(traffic, u32::MAX, StorageTier::Hot, i64::MIN, i64::MAX), most);
        assert_eq!(costs.saving(traffic, Traffic::ZERO, u32::MAX, StorageTier::Hot, i64::MIN), most);
    }

    /// Bills a stream hour by hour from what it holds, which is a queue of hours: millionths, once ingest and storage
    /// are together. From the hour `cut` on it takes in `after`.
    fn hour_by_hour(before: u64, after: u64, retention: usize, hours: usize, cut: usize) -> u64 {
        let mut held: VecDeque<u64> = std::iter::repeat_n(before, retention).collect();
        let (mut ingested, mut held_twice) = (0_u128, 0_u128);
        for hour in 0..hours {
            let stock = |held: &VecDeque<u64>| held.iter().map(|bytes| u128::from(*bytes)).sum::<u128>();
            let incoming = if hour < cut { before } else { after };
            held_twice += stock(&held);
            held.push_back(incoming);
            held.pop_front();
            held_twice += stock(&held);
            ingested += u128::from(incoming);
        }
        let millionths = ingested * 8_500 * 1_440 + held_twice * 23_000;
        u64::try_from(millionths / (u128::from(GB) * 1_440)).unwrap()
    }

    fn tier() -> impl Strategy<Value = StorageTier> {
        proptest::sample::select(vec![StorageTier::Hot, StorageTier::Warm])
    }

    /// Up to a hundred Mbit/s and five fragments a second.
    fn traffic() -> impl Strategy<Value = Traffic> {
        (0_u64..1_080_000_000_000, 0_u64..432_000)
            .prop_map(|(bytes_per_day, fragments_per_day)| Traffic { bytes_per_day, fragments_per_day })
    }

    fn plus(a: Traffic, b: Traffic) -> Traffic {
        Traffic {
            bytes_per_day: a.bytes_per_day + b.bytes_per_day,
            fragments_per_day: a.fragments_per_day + b.fragments_per_day,
        }
    }

    proptest! {
        #[test]
        fn the_saving_is_what_an_hour_by_hour_bill_says(
            before in 0_u64..45_000_000_000,
            less in 0_u64..=100,
            retention in 0_usize..100,
            hours in 1_usize..200,
            cut in 0_usize..200,
        ) {
            let after = before / 100 * less;
            let slow = hour_by_hour(before, before, retention, hours, cut) - hour_by_hour(before, after, retention, hours, cut);
            let costs = Costs { prices: &PRICES, end: i64::try_from(hours).unwrap() * HOUR };
            let from = i64::try_from(cut).unwrap() * HOUR - CONNECTION_SECONDS;
            let retention = u32::try_from(retention).unwrap();
            let fast = costs.saving(bytes(before * 24), bytes(after * 24), retention, StorageTier::Hot, from).unwrap().micros();
            // Each bill rounds two amounts down.
            prop_assert!(fast.abs_diff(slow) <= slow / 1_000 + 4, "{} {}", fast, slow);
        }

        #[test]
        fn the_cost_is_what_an_hour_by_hour_bill_says(before in 0_u64..45_000_000_000, retention in 0_usize..100, hours in 1_usize..200) {
            let slow = hour_by_hour(before, before, retention, hours, hours);
            let (retention, to) = (u32::try_from(retention).unwrap(), i64::try_from(hours).unwrap() * HOUR);
            let fast = COSTS.cost(bytes(before * 24), retention, StorageTier::Hot, 0, to).unwrap().micros();
            prop_assert!(fast.abs_diff(slow) <= slow / 1_000 + 2, "{} {}", fast, slow);
        }

        #[test]
        fn nothing_is_saved_in_the_last_45_minutes_and_nothing_where_nothing_changes(
            a in traffic(), b in traffic(), retention in 0_u32..=87_600, tier in tier(), late in -CONNECTION_SECONDS..MONTH, early in 0..MONTH,
        ) {
            prop_assert_eq!(COSTS.saving(a, b, retention, tier, MONTH + late), Ok(Money::ZERO));
            prop_assert_eq!(COSTS.saving(a, a, retention, tier, early), Ok(Money::ZERO));
            prop_assert_eq!(COSTS.saving(a, plus(a, b), retention, tier, early), Ok(Money::ZERO));
        }

        #[test]
        fn more_is_saved_the_earlier_the_more_comes_in_and_the_longer_it_is_kept(
            traffic in traffic(), more in traffic(), retention in 0_u32..=87_600, longer in 0_u32..10_000, tier in tier(),
            from in 0..MONTH, earlier in 0..MONTH,
        ) {
            let saving = |traffic, retention, from| COSTS.saving(traffic, Traffic::ZERO, retention, tier, from).unwrap();
            let base = saving(traffic, retention, from);
            prop_assert!(saving(traffic, retention, from - earlier) >= base);
            prop_assert!(saving(plus(traffic, more), retention, from) >= base);
            prop_assert!(saving(traffic, retention + longer, from) >= base);
        }

        #[test]
        fn two_steps_save_what_one_does_and_each_further_one_saves_more(
            rest in traffic(), second in traffic(), first in traffic(), retention in 0_u32..=87_600, tier in tier(), from in 0..MONTH,
        ) {
            let (after, before) = (plus(rest, second), plus(plus(rest, second), first));
            let saving = |before, after| COSTS.saving(before, after, retention, tier, from).unwrap().micros();
            prop_assert!(saving(before, rest) >= saving(before, after));
            prop_assert!(saving(before, rest) >= saving(after, rest));
            // Both are rounded down, ingest and storage each.
            let steps = saving(before, after) + saving(after, rest);
            prop_assert!(saving(before, rest).abs_diff(steps) <= 2);
        }

        #[test]
        fn no_more_is_saved_than_the_rest_of_the_period_costs(
            before in traffic(), after in traffic(), retention in 0_u32..=87_600, tier in tier(), from in 0..MONTH,
        ) {
            let saving = COSTS.saving(before, after, retention, tier, from).unwrap();
            let rest = COSTS.cost(before, retention, tier, from + CONNECTION_SECONDS, MONTH).unwrap();
            prop_assert!(saving <= rest, "{} {}", saving, rest);
            prop_assert!(rest <= COSTS.cost(before, retention, tier, from, MONTH).unwrap());
        }

        #[test]
        fn what_two_spans_cost_is_what_both_together_do(
            traffic in traffic(), retention in 0_u32..=87_600, tier in tier(), from in 0..MONTH, first in 0..MONTH, second in 0..MONTH,
        ) {
            let cost = |from, to| COSTS.cost(traffic, retention, tier, from, to).unwrap().micros();
            let (middle, to) = (from + first, from + first + second);
            prop_assert!(cost(from, to).abs_diff(cost(from, middle) + cost(middle, to)) <= 2);
            prop_assert_eq!(cost(to, from), 0);
        }

        #[test]
        fn any_values_have_a_cost_and_a_saving_without_a_panic(
            a: u64, b: u64, c: u64, d: u64, price: u64, retention: u32, tier in tier(), from: i64, to: i64,
        ) {
            let price = Money::from_micros(price);
            let prices = Prices {
                ingest_gb: price,
                store_gb_month: price,
                warm_ingest_1000_fragments: Some(price),
                warm_store_gb_month: Some(price),
            };
            let costs = Costs { prices: &prices, end: to };
            let before = Traffic { bytes_per_day: a, fragments_per_day: b };
            let after = Traffic { bytes_per_day: c, fragments_per_day: d };
            let saving = costs.saving(before, after, retention, tier, from).unwrap();
            prop_assert!(saving <= costs.cost(before, retention, tier, from, to).unwrap());
        }
    }
}
