//! Amounts as AWS Budgets writes them: a currency, and digits in which commas part thousands and a point parts cents.

use crate::money::Money;

/// Signs that are known, and the codes of the currencies that they may stand for. A code of three letters stands for
/// itself.
const SIGNS: [(&str, &[&str]); 8] = [
    ("$", &["USD"]),
    ("US$", &["USD"]),
    ("€", &["EUR"]),
    ("£", &["GBP"]),
    ("¥", &["CNY", "JPY"]),
    ("￥", &["CNY", "JPY"]),
    ("CN¥", &["CNY"]),
    ("₹", &["INR"]),
];

/// More digits before the point than these are no cost.
const MOST_DIGITS: usize = 13;

/// An amount with its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Amount<'t> {
    /// How much.
    pub(super) money: Money,
    /// The sign or the code, as it stands there.
    pub(super) currency: &'t str,
}

/// Why a text is no amount. Reads well after the text and a colon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum AmountFault {
    #[error("expected an amount such as `$1,200.00`")]
    NoAmount,
    #[error("it is a share, expected an amount such as `$1,200.00`")]
    Share,
    #[error("it is below zero")]
    BelowZero,
    #[error("its currency is not known")]
    UnknownCurrency,
    #[error("expected commas only before each three digits, as in `$1,200.00`")]
    Grouping,
    #[error("expected two decimals or none, as in `$1,200.00`")]
    Decimals,
    #[error("it is too large for a cost")]
    TooLarge,
}

/// Reads an amount, or says why it is none. What may mean two amounts, such as `€1.200`, is none.
pub(super) fn read(text: &str) -> Result<Amount<'_>, AmountFault> {
    let text = text.trim();
    let is_digit = |c: char| c.is_ascii_digit();
    let (Some(first), Some(last)) = (text.find(is_digit), text.rfind(is_digit)) else {
        return Err(AmountFault::NoAmount);
    };
    let before = text.get(..first).unwrap_or_default().trim();
    let digits = text.get(first..=last).unwrap_or_default();
    let after = text.get(last.saturating_add(1)..).unwrap_or_default().trim();
    let unsigned = before.trim_matches(['-', '−']).trim();
    if unsigned.len() != before.len() {
        return Err(AmountFault::BelowZero);
    }
    let currency = match (before, after) {
        (_, "%") => return Err(AmountFault::Share),
        (currency, "") | ("", currency) => currency,
        (_, _) => return Err(AmountFault::NoAmount),
    };
    if !is_code(currency) && !SIGNS.iter().any(|(sign, _)| *sign == currency) {
        return Err(AmountFault::UnknownCurrency);
    }
    Ok(Amount { money: money(digits)?, currency })
}

/// Whether a currency is written as a code of three capital letters.
pub(super) fn is_code(currency: &str) -> bool {
    currency.len() == 3 && currency.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Whether what stands at amounts may mean the currency with this code.
pub(super) fn may_mean(currency: &str, code: &str) -> bool {
    currency == code || SIGNS.iter().any(|(sign, codes)| *sign == currency && codes.contains(&code))
}

fn money(digits: &str) -> Result<Money, AmountFault> {
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "00"));
    if decimals.len() != 2 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(AmountFault::Decimals);
    }
    let mut groups = whole.split(',');
    let head = groups.next().unwrap_or_default();
    let grouped = whole.len() != head.len();
    if (grouped && head.len() > 3) || !groups.all(|group| group.len() == 3) {
        return Err(AmountFault::Grouping);
    }
    let plain: String = whole.chars().filter(|c| *c != ',').collect();
    if plain.is_empty() || !plain.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(AmountFault::NoAmount);
    }
    if plain.len() > MOST_DIGITS {
        return Err(AmountFault::TooLarge);
    }
    Money::parse(&format!("{plain}.{decimals}")).map_err(|_fault| AmountFault::TooLarge)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_amount_is_read_with_its_currency() {
        for (text, cents, currency) in [
            ("$0.00", 0, "$"),
            ("$36.69", 3_669, "$"),
            ("$1,200.00", 120_000, "$"),
            ("$1200.00", 120_000, "$"),
            ("$1200", 120_000, "$"),
            ("$9,999,999,999,999.99", 999_999_999_999_999, "$"),
            ("US$12.00", 1_200, "US$"),
            ("USD 12.00", 1_200, "USD"),
            ("USD\u{a0}1,012.00", 101_200, "USD"),
            ("12.00 EUR", 1_200, "EUR"),
            ("12.00 €", 1_200, "€"),
            ("¥1,200", 120_000, "¥"),
            (" £0.05 ", 5, "£"),
        ] {
            let money = Money::from_micros(u64::saturating_mul(cents, 10_000));
            assert_eq!(read(text), Ok(Amount { money, currency }), "{text}");
        }
    }

    #[test]
    fn what_may_mean_another_amount_is_none() {
        let long = "$".to_owned() + &"9".repeat(300_000);
        for (text, fault) in [
            ("", AmountFault::NoAmount),
            ("$", AmountFault::NoAmount),
            ("NaN", AmountFault::NoAmount),
            ("$ 1 200.00", AmountFault::NoAmount),
            ("$1'200.00", AmountFault::NoAmount),
            ("$1e3", AmountFault::NoAmount),
            ("($5.00)", AmountFault::NoAmount),
            ("$5.00 USD", AmountFault::NoAmount),
            ("$0.5:", AmountFault::NoAmount),
            ("$1,2００.00", AmountFault::Grouping),
            ("$\u{661}\u{662}", AmountFault::NoAmount),
            ("80%", AmountFault::Share),
            ("-$5.00", AmountFault::BelowZero),
            ("$-5.00", AmountFault::BelowZero),
            ("−$5.00", AmountFault::BelowZero),
            ("12.00", AmountFault::UnknownCurrency),
            ("₿1.00", AmountFault::UnknownCurrency),
            ("usd 1.00", AmountFault::UnknownCurrency),
            ("100 GiB", AmountFault::UnknownCurrency),
            ("> $1.00", AmountFault::UnknownCurrency),
            ("$.50", AmountFault::UnknownCurrency),
            ("$1,23.00", AmountFault::Grouping),
            ("$1,2345.00", AmountFault::Grouping),
            ("$1234,567.00", AmountFault::Grouping),
            ("$12,,000.00", AmountFault::Grouping),
            ("€12,50", AmountFault::Grouping),
            ("€1.200,00", AmountFault::Decimals),
            ("€1.200", AmountFault::Decimals),
            ("$1.5", AmountFault::Decimals),
            ("$1.2.3", AmountFault::Decimals),
            ("$10,000,000,000,000.00", AmountFault::TooLarge),
            (&long, AmountFault::TooLarge),
        ] {
            assert_eq!(read(text), Err(fault), "{text:.40}");
        }
    }

    #[test]
    fn a_sign_means_its_currencies_and_a_code_itself() {
        for (currency, code, means) in [
            ("$", "USD", true),
            ("¥", "JPY", true),
            ("¥", "CNY", true),
            ("EUR", "EUR", true),
            ("€", "USD", false),
            ("$", "CAD", false),
            ("USD", "EUR", false),
        ] {
            assert_eq!(may_mean(currency, code), means, "{currency} {code}");
        }
    }

    proptest! {
        #[test]
        fn an_amount_reads_back_with_and_without_commas(cents in 0_u64..=999_999_999_999_999) {
            let money = Money::from_micros(u64::saturating_mul(cents, 10_000));
            let grouped = format!("${money}");
            for text in [&grouped, &grouped.replace(',', "")] {
                prop_assert_eq!(read(text), Ok(Amount { money, currency: "$" }));
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in "[-$€¥−0-9.,% A-Z\u{0}]{0,20}|\\PC*") {
            let _answer = read(&text).is_ok();
        }
    }
}
