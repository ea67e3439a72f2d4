//! Amounts of money, without floats.

use std::fmt;
use std::iter::Sum;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Millionths in one.
const MICROS: u64 = 1_000_000;

/// An amount of the budget's currency, in millionths: from nothing to about 18 trillion. Never negative; sums saturate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(u64);

/// A text that is no amount. Reads well after the name of the field: "`limit` is `12,5`: expected an amount such as 36.69".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}`: expected an amount such as 36.69", fleet::shown(.value, 80))]
pub struct MoneyFault {
    /// The text as it came.
    pub value: String,
}

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// So many millionths.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// The millionths.
    pub const fn micros(self) -> u64 {
        self.0
    }

    /// Takes the decimal text that AWS writes: `1200`, `0.5`, `.5`, `36.69`, `1.2E-7`. What is finer than a millionth is
    /// rounded to the nearest one, half up. Credits can make a spend negative, which is nothing spent: `-3.2` is 0.
    ///
    /// An error for anything else: a `+`, separators, spaces, a currency, a point without digits after it, and amounts
    /// that do not fit.
    ///
    /// <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Spend.html>
    pub fn parse(text: &str) -> Result<Self, MoneyFault> {
        micros(text).map(Self).ok_or_else(|| MoneyFault { value: text.to_owned() })
    }

    /// Both together; the most there can be when they are more than that.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// What is left; nothing when the other is more.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// This many `numerator`ths of `denominator`, rounded down to a millionth; 0 for a denominator of 0, and the most there
    /// can be for what is more than that.
    #[must_use]
    pub fn times(self, numerator: u64, denominator: u64) -> Self {
        let whole = u128::from(self.0).saturating_mul(u128::from(numerator));
        Self::from_wide(whole.checked_div(u128::from(denominator)).unwrap_or(0))
    }

    /// This as a share of another, in hundredths of a percent (10,000 is all of it), rounded down. 0 of 0 is 0, more than 0
    /// of 0 is `u32::MAX`, and so is any share that does not fit.
    pub fn share_of(self, whole: Self) -> u32 {
        match u128::from(self.0).saturating_mul(10_000).checked_div(u128::from(whole.0)) {
            Some(share) => u32::try_from(share).unwrap_or(u32::MAX),
            None if self == Self::ZERO => 0,
            None => u32::MAX,
        }
    }

    /// So many millionths, or the most there can be.
    pub(crate) fn from_wide(micros: u128) -> Self {
        Self(u64::try_from(micros).unwrap_or(u64::MAX))
    }

    /// The exact amount without separators, as short as it can be: `1234.5`, `0.0085`, `36`.
    fn plain(self) -> String {
        let text = format!("{}.{:06}", self.0 / MICROS, self.0 % MICROS);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

/// A share in hundredths of a percent as people read it, always with two decimals: `95.50%`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hundredths(pub u32);

impl fmt::Display for Hundredths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}%", self.0 / 100, self.0 % 100)
    }
}

/// The millionths that a decimal text means; None when it is none or they do not fit.
fn micros(text: &str) -> Option<u64> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (decimal, exponent) = match unsigned.split_once(['E', 'e']) {
        Some((decimal, exponent)) => (decimal, power(exponent)?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = match decimal.split_once('.') {
        Some((whole, fraction)) if are_digits(fraction) && (whole.is_empty() || are_digits(whole)) => (whole, fraction),
        None if are_digits(decimal) => (decimal, ""),
        Some(_) | None => return None,
    };
    // So many digits stand before the point once the amount is in millionths.
    let places = i64::try_from(whole.len()).ok()?.checked_add(6)?.checked_add(i64::from(exponent))?;
    if text.starts_with('-') || places < 0 {
        return Some(0);
    }
    let mut digits = whole.chars().chain(fraction.chars()).filter_map(|digit| digit.to_digit(10)).map(u64::from);
    let mut micros = 0_u64;
    for _ in 0..places {
        let digit = digits.next();
        if digit.is_none() && micros == 0 {
            return Some(0);
        }
        micros = micros.checked_mul(10)?.checked_add(digit.unwrap_or(0))?;
    }
    if digits.next().is_some_and(|digit| digit >= 5) { micros.checked_add(1) } else { Some(micros) }
}

/// The exponent after an `E`.
fn power(text: &str) -> Option<i32> {
    are_digits(text.strip_prefix(['+', '-']).unwrap_or(text)).then(|| text.parse().ok()).flatten()
}

fn are_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// As people read it: two decimals, rounded half up, thousands separated by commas (`1,234.50`). What is above nothing and
/// would read as `0.00` has the decimals that its first digit needs, rounded to that digit (`0.0004`).
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (1..5_000, Some(magnitude)) = (self.0, self.0.checked_ilog10()) {
            let digit = 10_u64.saturating_pow(magnitude);
            let rounded = self.0.saturating_add(digit / 2).checked_div(digit).unwrap_or(0).saturating_mul(digit);
            return f.pad(&Self(rounded).plain());
        }
        let cents = u128::from(self.0).saturating_add(5_000) / 10_000;
        let whole = (cents / 100).to_string();
        let mut text = String::new();
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && whole.len().saturating_sub(place).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        f.pad(&format!("{text}.{:02}", cents % 100))
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Self::plus)
    }
}

impl<'m> Sum<&'m Self> for Money {
    fn sum<I: Iterator<Item = &'m Self>>(amounts: I) -> Self {
        amounts.copied().sum()
    }
}

/// A string with the exact amount and no separators: `"1234.5"`. A number would pass through a float on its way.
impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.plain())
    }
}

/// A string as [`Money::parse`] takes it, but not a negative one: only what AWS tells of a spend may be that.
impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Money;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an amount as a string, such as \"36.69\"")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Money, E> {
                if text.starts_with('-') {
                    return Err(E::custom(MoneyFault { value: text.to_owned() }));
                }
                Money::parse(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn micros(text: &str) -> u64 {
        Money::parse(text).unwrap().micros()
    }

    #[test]
    fn amounts_as_aws_writes_them_are_read_exactly() {
        for (text, expected) in [
            ("0", 0),
            ("1200", 1_200_000_000),
            ("0.5", 500_000),
            (".5", 500_000),
            ("36.69", 36_690_000),
            ("0036.690000", 36_690_000),
            ("1234.5678901", 1_234_567_890),
            ("2641.54800000000022919266484677791595458984375", 2_641_548_000),
            ("0.0000004", 0),
            ("0.0000005", 1),
            ("0.00000049999", 0),
            ("0.9999995", 1_000_000),
            ("1.2E-7", 0),
            ("5E-7", 1),
            ("0.5E-6", 1),
            ("4.9E-7", 0),
            ("1.2E-6", 1),
            ("1.2e-3", 1_200),
            ("1.2E3", 1_200_000_000),
            ("1.2345E+2", 123_450_000),
            ("9E-2000000000", 0),
            ("0E2000000000", 0),
            ("0.000E2000000000", 0),
            ("18446744073709.551615", u64::MAX),
        ] {
            assert_eq!(micros(text), expected, "{text}");
        }
    }

    #[test]
    fn credits_leave_nothing_spent() {
        for text in ["-3.2", "-0", "-0.0000001", "-1E30"] {
            assert_eq!(micros(text), 0, "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused_and_shown() {
        let short = [
            "", "-", ".", "5.", "-.", "+5", "--5", "1,200", "1 200", " 5", "5 ", "$5", "5 USD", "1.2.3", "1E", "E5",
            "1E+", "1E1.5", "1E--5", "0x10", "NaN", "inf", "١٢", "1_000", "1E14",
        ];
        for text in short.iter().chain(&["1E99999999999", "1E2000000000", "18446744073709.551616"]) {
            assert!(Money::parse(text).is_err(), "{text}");
        }
        let fault = Money::parse("1,200.00").unwrap_err();
        assert_eq!(fault.to_string(), "`1,200.00`: expected an amount such as 36.69");
    }

    #[test]
    fn people_read_two_decimals_with_commas_or_the_first_digit_of_what_is_less() {
        for (micros, text) in [
            (0, "0.00"),
            (1, "0.000001"),
            (14, "0.00001"),
            (95, "0.0001"),
            (400, "0.0004"),
            (999, "0.001"),
            (4_499, "0.004"),
            (4_999, "0.005"),
            (5_000, "0.01"),
            (14_999, "0.01"),
            (15_000, "0.02"),
            (36_690_000, "36.69"),
            (999_994_999, "999.99"),
            (999_995_000, "1,000.00"),
            (1_234_500_000, "1,234.50"),
            (123_456_000_000, "123,456.00"),
            (1_234_567_890_000, "1,234,567.89"),
            (u64::MAX, "18,446,744,073,709.55"),
        ] {
            assert_eq!(Money(micros).to_string(), text);
        }
        assert_eq!(format!("{:>8}|", Money(1_500_000)), "    1.50|");
    }

    #[test]
    fn a_part_is_rounded_down_and_of_nothing_it_is_nothing() {
        assert_eq!(Money(10).times(2, 3), Money(6));
        assert_eq!(Money(10).times(3, 2), Money(15));
        assert_eq!(Money(10).times(5, 0), Money::ZERO);
        assert_eq!(Money(u64::MAX).times(u64::MAX, u64::MAX), Money(u64::MAX));
        assert_eq!(Money(u64::MAX).times(2, 1), Money(u64::MAX));
    }

    #[test]
    fn a_share_is_in_hundredths_of_a_percent_and_rounded_down() {
        for (part, whole, share) in [
            (80, 100, 8_000),
            (100, 100, 10_000),
            (250, 100, 25_000),
            (79_999_999, 100_000_000, 7_999),
            (0, 5, 0),
            (0, 0, 0),
            (1, 0, u32::MAX),
            (u64::MAX, 1, u32::MAX),
        ] {
            assert_eq!(Money(part).share_of(Money(whole)), share, "{part} of {whole}");
        }
    }

    #[test]
    fn in_files_an_amount_is_a_string_and_never_negative() {
        assert_eq!(serde_json::to_string(&Money(1_234_500_000)).unwrap(), "\"1234.5\"");
        assert_eq!(serde_json::to_string(&Money(20_000_000)).unwrap(), "\"20\"");
        assert_eq!(serde_json::to_string(&Money::ZERO).unwrap(), "\"0\"");
        for bad in ["1234.5", "5", "\"-1\"", "\"-0\"", "\"x\"", "null"] {
            assert!(serde_json::from_str::<Money>(bad).is_err(), "{bad}");
        }
        let error = serde_json::from_str::<Money>("1234.5").unwrap_err().to_string();
        assert!(error.contains("expected an amount as a string, such as \"36.69\""), "{error}");
    }

    #[test]
    fn in_yaml_an_amount_needs_no_quotes() {
        let read = |text| serde_saphyr::from_str::<Money>(text).map_err(|error| error.to_string());
        for text in ["0.0085", "\"0.0085\"", "'0.0085'", "8.5E-3"] {
            assert_eq!(read(text), Ok(Money(8_500)), "{text}");
        }
        assert_eq!(read("12"), Ok(Money(12_000_000)));
        assert!(read("-1").is_err() && read("~").is_err() && read("[1]").is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(micros: u64) {
            let amount = Money(micros);
            prop_assert_eq!(Money::parse(&amount.plain()), Ok(amount));
            let json = serde_json::to_string(&amount).unwrap();
            prop_assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), amount);
        }

        #[test]
        fn what_people_read_is_within_half_a_cent_and_never_nothing_for_something(micros in prop_oneof![0_u64..20_000, any::<u64>()]) {
            let read = Money::parse(&Money(micros).to_string().replace(',', "")).map_or(u64::MAX, Money::micros);
            prop_assert!(read.abs_diff(micros) <= 5_000);
            prop_assert_eq!(read == 0, micros == 0);
        }

        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in prop_oneof![any::<String>(), "-?[0-9]{0,30}[.]?[0-9]{0,30}([eE][+-]?[0-9]{0,12})?"]) {
            if let Err(fault) = Money::parse(&text) {
                prop_assert_eq!(fault.value, text);
            }
        }

        #[test]
        fn moving_the_point_and_the_exponent_the_other_way_changes_nothing(whole in 0_u32.., fraction in "[0-9]{1,12}", exponent in -20_i32..3) {
            let plain = Money::parse(&format!("{whole}.{fraction}E{exponent}"));
            let moved = Money::parse(&format!("{whole}{fraction}E{}", exponent - i32::try_from(fraction.len()).unwrap()));
            prop_assert_eq!(plain, moved);
        }

        #[test]
        fn sums_saturate_and_what_is_taken_away_never_goes_below_nothing(a: u64, b: u64) {
            let (a, b) = (Money(a), Money(b));
            prop_assert_eq!(a.plus(b), b.plus(a));
            prop_assert!(a.plus(b) >= a.max(b));
            prop_assert!(a.minus(b) <= a);
            prop_assert_eq!(a.minus(b) == Money::ZERO, a <= b);
            if a.0.checked_add(b.0).is_some() {
                prop_assert_eq!(a.plus(b).minus(b), a);
            } else {
                prop_assert_eq!(a.plus(b), Money(u64::MAX));
            }
            prop_assert_eq!([a, b].iter().sum::<Money>(), [a, b].into_iter().sum::<Money>());
        }

        #[test]
        fn a_part_is_less_than_one_millionth_below_the_exact_one(amount: u32, numerator: u32, denominator in 1_u32..) {
            let part = u128::from(Money(amount.into()).times(numerator.into(), denominator.into()).0);
            let exact = u128::from(amount) * u128::from(numerator);
            prop_assert!(part * u128::from(denominator) <= exact);
            prop_assert!((part + 1) * u128::from(denominator) > exact);
        }

        #[test]
        fn a_share_grows_with_the_part_and_shrinks_with_the_whole(part: u64, more: u64, whole: u64) {
            let share = Money(part).share_of(Money(whole));
            prop_assert!(Money(part).plus(Money(more)).share_of(Money(whole)) >= share);
            prop_assert!(Money(part).share_of(Money(whole).plus(Money(more))) <= share);
            prop_assert_eq!(share >= 10_000, part >= whole && part > 0);
        }
    }
}
