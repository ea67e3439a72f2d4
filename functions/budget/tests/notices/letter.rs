//! What AWS Budgets writes, generated.

use budget::money::Money;
use budget::notice::{Alert, Claim};
use proptest::prelude::*;

use crate::{ACCOUNT, BUDGET};

/// What AWS Budgets writes.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    pub(crate) name: String,
    /// The name in the sentence, which may be another.
    pub(crate) called: String,
    pub(crate) alert: &'static str,
    pub(crate) limit: u64,
    pub(crate) threshold: u64,
    pub(crate) amount: u64,
    pub(crate) daily: bool,
    pub(crate) currency: &'static str,
    pub(crate) commas: bool,
    pub(crate) line_end: &'static str,
}

impl Default for Letter {
    fn default() -> Self {
        Self {
            name: BUDGET.to_owned(),
            called: BUDGET.to_owned(),
            alert: "ACTUAL",
            limit: 3_000,
            threshold: 2_400,
            amount: 3_669,
            daily: false,
            currency: "$",
            commas: true,
            line_end: "\n",
        }
    }
}

impl Letter {
    pub(crate) fn text(&self) -> String {
        let Self { name, called, alert, currency, .. } = self;
        let [limit, threshold, amount] = [self.limit, self.threshold, self.amount].map(|cents| {
            let money = Money::from_micros(cents * 10_000).to_string();
            format!("{currency}{}", if self.commas { money } else { money.replace(',', "") })
        });
        let over = if self.daily { "per day. Yesterday, the" } else { "for the current month. The" };
        let lines = format!(
            "AWS Budget Notification January 28, 2026\nAWS Account {ACCOUNT}\n\nDear AWS Customer,\n\nYou requested that we \
             alert you when the {alert} Cost associated with your {called} budget is greater than {threshold} {over} \
             {alert} Cost associated with this budget is {amount}. You can find additional details below and by accessing \
             the AWS Budgets dashboard [1].\n\nBudget Name: {name}\nBudget Type: Cost\nBudgeted Amount: {limit}\nAlert \
             Type: {alert}\nAlert Threshold: > {threshold}\n{alert} Amount: {amount}\n\n[1] \
             https://console.aws.amazon.com/costmanagement/home#/budgets\n"
        );
        lines.replace('\n', self.line_end)
    }

    pub(crate) fn claim(&self) -> Claim {
        let money = |cents: u64| Money::from_micros(cents * 10_000);
        Claim {
            budget: self.name.clone(),
            kind: if self.alert.eq_ignore_ascii_case("ACTUAL") { Alert::Actual } else { Alert::Forecasted },
            limit: money(self.limit),
            threshold: money(self.threshold),
            amount: money(self.amount),
            daily: self.daily,
            date: Some("2026-01-28".to_owned()),
            currency: self.currency.trim().to_owned(),
        }
    }
}

/// A name as AWS allows it, near to what the text itself says.
pub(crate) fn name() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just(" budget is greater than $9.99 for the current month. The ACTUAL"),
        Just(" Cost associated with this budget is $9.99."),
        Just("FORECASTED"),
        Just("Budget Name"),
        Just("AWS Account 111122223333"),
        Just("<b>"),
        Just("#"),
        Just("$1,200.00"),
        Just(" the "),
        Just("é"),
        Just("x"),
        Just("."),
    ];
    proptest::collection::vec(piece, 1..5).prop_map(|pieces| pieces.concat().trim().to_owned())
}

prop_compose! {
    pub(crate) fn letter()(
        name in name(), called in name(), alert in prop_oneof![Just("ACTUAL"), Just("FORECASTED"), Just("Actual")],
        limit in 0_u64..99_999_999_999, threshold in 0_u64..9_999_999, more in 0_u64..9_999_999, daily: bool,
        currency in prop_oneof![Just("$"), Just("€"), Just("USD ")], commas: bool,
        line_end in prop_oneof![Just("\n"), Just("\r\n")],
    ) -> Letter {
        Letter { name, called, alert, limit, threshold, amount: threshold + more, daily, currency, commas, line_end }
    }
}

/// The value after the last line that begins with a name, read without any of the code under test.
pub(crate) fn figure(text: &str, keys: &[&str]) -> Option<u64> {
    let value = text.lines().rev().find_map(|line| {
        let (key, value) = line.split_once(": ")?;
        keys.iter().any(|known| key.eq_ignore_ascii_case(known)).then_some(value)
    })?;
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    let cents = if value.contains('.') { digits } else { format!("{digits}00") };
    cents.parse::<u64>().ok()?.checked_mul(10_000)
}
