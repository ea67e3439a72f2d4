//! Where a message's claim and AWS's own figures do not agree.

use super::{Alert, Claim, amount, shown};
use crate::money::Money;

/// Both are rounded to cents on their way into a message: less than one cent apart is the same.
const ROUNDING: Money = Money::from_micros(10_000);

/// Sentences on what a claim says otherwise than AWS's figures, in the currency with this code such as `USD`.
///
/// Costs only grow between a message and a look: one below AWS's is no disagreement. Of a budget of days the message
/// speaks of yesterday and the figures of today: they are not compared.
pub fn disagreement(
    claim: &Claim,
    currency: &str,
    limit: Money,
    actual: Money,
    forecast: Option<Money>,
) -> Vec<String> {
    let budget = shown(&claim.budget);
    if !amount::may_mean(&claim.currency, currency) {
        return vec![format!(
            "The message gives the amounts of `{budget}` in `{}`, but AWS's are in {currency}: they were not compared.",
            claim.currency
        )];
    }
    let mut sentences = Vec::new();
    if claim.limit.max(limit).minus(claim.limit.min(limit)) >= ROUNDING {
        sentences.push(format!(
            "The message says that the limit of `{budget}` is {}, but AWS says {}: it was changed since, or the message \
             is not AWS Budgets'.",
            claim.worth(claim.limit),
            claim.worth(limit)
        ));
    }
    let now = match (claim.daily, claim.kind) {
        (true, _) => return sentences,
        (false, Alert::Actual) => Some(actual),
        (false, Alert::Forecasted) => forecast,
    };
    let (word, claimed) = (claim.kind.as_str(), claim.worth(claim.amount));
    match now {
        None => sentences.push(format!(
            "The message says that the {word} cost of `{budget}` is {claimed}, but AWS has no forecast of it."
        )),
        Some(now) if claim.amount.minus(now) >= ROUNDING => sentences.push(format!(
            "The message says that the {word} cost of `{budget}` is {claimed}, but AWS says {}: it was \
             corrected or began anew since, or the message is not AWS Budgets'.",
            claim.worth(now)
        )),
        Some(_) => {}
    }
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(kind: Alert) -> Claim {
        Claim {
            budget: "fleet".to_owned(),
            kind,
            limit: cents(3_000),
            threshold: cents(2_400),
            amount: cents(3_669),
            daily: false,
            date: None,
            currency: "$".to_owned(),
        }
    }

    fn cents(cents: u64) -> Money {
        Money::from_micros(cents.saturating_mul(10_000))
    }

    #[test]
    fn figures_that_agree_but_for_rounding_are_no_disagreement() {
        let agree =
            |claim: &Claim, limit, actual, forecast| disagreement(claim, "USD", limit, actual, forecast).is_empty();
        let actual = claim(Alert::Actual);
        assert!(agree(&actual, cents(3_000), cents(3_669), None));
        assert!(agree(&actual, Money::from_micros(29_990_001), Money::from_micros(36_680_001), None));
        assert!(agree(&actual, Money::from_micros(30_009_999), cents(9_999), None));
        let forecast = claim(Alert::Forecasted);
        assert!(agree(&forecast, cents(3_000), Money::ZERO, Some(cents(3_669))));
        let daily = Claim { daily: true, ..claim(Alert::Actual) };
        assert!(agree(&daily, cents(3_000), Money::ZERO, None));
    }

    #[test]
    fn what_does_not_agree_is_told() {
        let actual = claim(Alert::Actual);
        let forecast = claim(Alert::Forecasted);
        let daily = Claim { daily: true, ..claim(Alert::Actual) };
        let euro = Claim { currency: "€".to_owned(), ..claim(Alert::Actual) };
        let told = [
            disagreement(&actual, "USD", cents(5_000), cents(3_668), None),
            disagreement(&actual, "USD", cents(2_999), cents(3_669), None),
            disagreement(&forecast, "USD", cents(3_000), cents(9_999), Some(cents(3_000))),
            disagreement(&forecast, "USD", cents(3_000), cents(9_999), None),
            disagreement(&daily, "USD", cents(3_001), Money::ZERO, None),
            disagreement(&euro, "USD", cents(1), cents(1), None),
        ];
        insta::assert_snapshot!(told.map(|sentences| sentences.join("\n")).join("\n---\n"));
    }
}
