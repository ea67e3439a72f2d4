//! The text that AWS Budgets writes for people when a cost is over a threshold.
//!
//! It is taken as a claim only when it stands there exactly as known, and when the sentence says the same as the fields.

use jiff::civil::Date;

use super::amount::{self, Amount};
use super::fields::{ALERT, AMOUNT, Block, Fields, LIMIT, THRESHOLD, alert_of};
use super::sentence::{self, Sentence, after};
use super::{Alert, Claim, Expected, Kind, Refusal, Said, Understood, shown};

const FIRST: &str = "AWS Budget Notification ";
const SECOND: &str = "AWS Account ";

/// Reads a text that is no JSON object.
pub(super) fn read(text: &str, expected: &Expected<'_>) -> Result<Understood, Refusal> {
    let lines = lines(text);
    let heading = lines.first().and_then(|line| after(line, FIRST));
    // Only as the second line: a budget's name may have lines, and such a one among them.
    let account = lines.get(1).and_then(|line| after(line, SECOND)).filter(|number| is_account(number));
    let fields = Fields::find(&lines);
    if let Some(number) = account {
        expected.is_account(number)?;
    }
    if heading.is_none() && fields.are_none() {
        let doubts = vec!["The text is none that AWS Budgets is known to write.".to_owned()];
        return Ok(Understood { kind: Kind::Unrecognized, said: vec![Said::new("Message", text)], doubts });
    }
    let mut doubts = Vec::new();
    check_name(&fields, &lines, expected, &mut doubts)?;
    let said = fields.all().into_iter().filter_map(|(key, slot)| Some(Said::new(key, slot.once()?.value))).collect();
    let claim = claimed(&lines, heading, account, &fields, expected, &mut doubts);
    // With a doubt about anything but the day, no figure is claimed.
    let kind = claim.map_or(Kind::Unrecognized, Kind::Budget);
    Ok(Understood { kind, said, doubts })
}

fn claimed(
    lines: &[&str],
    heading: Option<&str>,
    account: Option<&str>,
    fields: &Fields<'_>,
    expected: &Expected<'_>,
    doubts: &mut Vec<String>,
) -> Option<Claim> {
    if let Some(kind) = fields.kind.once().filter(|kind| !kind.value.trim().eq_ignore_ascii_case("Cost")) {
        doubts.push(format!("The budget's type is `{}`: only budgets of cost are read.", shown(kind.value)));
        return None;
    }
    if heading.is_none() {
        doubts.push(format!("The first line does not say `{}` and a day.", FIRST.trim_end()));
    }
    if account.is_none() {
        doubts.push(format!("The second line does not say `{}` and 12 digits.", SECOND.trim_end()));
    }
    let block = fields.block(doubts)?;
    if let Err(doubt) = block.are_placed(lines) {
        doubts.push(doubt);
    }
    let figures = Figures::read(&block, doubts);
    let daily = match prose(lines, &block) {
        None => {
            doubts.push("Before the sentence does not stand `Dear AWS Customer,` between empty lines.".to_owned());
            None
        }
        Some(text) => match sentence::read(&text) {
            Ok(said) => {
                if let Some(figures) = &figures {
                    figures.compare(&said, doubts);
                }
                Some(said.daily)
            }
            Err(expected) => {
                doubts.push(format!("The sentence is not as AWS Budgets writes it: expected `{}`.", expected.trim()));
                None
            }
        },
    };
    let (Some(figures), Some(daily), true) = (figures, daily, doubts.is_empty()) else { return None };
    let date = heading.and_then(day);
    if date.is_none() {
        doubts.push(format!("The first line has no day: `{}`.", shown(heading.unwrap_or_default())));
    }
    if figures.amount.money < figures.threshold.money {
        doubts.push(format!("`{AMOUNT}` is below `{THRESHOLD}`: there was nothing to alert of."));
    }
    Some(Claim {
        budget: expected.budget.to_owned(),
        kind: figures.alert,
        limit: figures.limit.money,
        threshold: figures.threshold.money,
        amount: figures.amount.money,
        daily,
        date,
        currency: figures.amount.currency.to_owned(),
    })
}

/// What the fields say.
struct Figures<'t> {
    alert: Alert,
    limit: Amount<'t>,
    threshold: Amount<'t>,
    amount: Amount<'t>,
}

impl<'t> Figures<'t> {
    /// None when a field cannot be read, or when two do not agree.
    fn read(block: &Block<'t>, doubts: &mut Vec<String>) -> Option<Self> {
        let alert = Alert::parse(block.alert.value.trim());
        if alert.is_none() {
            doubts.push(format!("`{ALERT}` is `{}`: expected ACTUAL or FORECASTED.", shown(block.alert.value)));
        }
        let threshold = block.threshold.value.trim().strip_prefix('>');
        if threshold.is_none() {
            doubts.push(format!("`{THRESHOLD}` is `{}`: expected `>` and an amount.", shown(block.threshold.value)));
        }
        let mut read = |key: &str, text: &'t str| {
            let amount = amount::read(text);
            amount.map_err(|fault| doubts.push(format!("`{key}` is `{}`: {fault}.", shown(text.trim())))).ok()
        };
        let limit = read(LIMIT, block.limit.value);
        let threshold = threshold.and_then(|text| read(THRESHOLD, text));
        let amount = read(block.amount.key, block.amount.value);
        let figures = Self { alert: alert?, limit: limit?, threshold: threshold?, amount: amount? };
        let of_amount = alert_of(block.amount.key);
        if of_amount != Some(figures.alert) {
            doubts.push(format!(
                "`{ALERT}` is {}, but the cost stands under `{}`.",
                figures.alert.as_str(),
                shown(block.amount.key)
            ));
        }
        let currencies = [figures.limit.currency, figures.threshold.currency, figures.amount.currency];
        if currencies.iter().any(|currency| *currency != figures.limit.currency) {
            doubts.push(format!("The amounts are in several currencies: `{}`.", currencies.join("`, `")));
        }
        Some(figures)
    }

    /// Doubts what the sentence says otherwise.
    fn compare(&self, said: &Sentence<'_>, doubts: &mut Vec<String>) {
        for alert in [said.asked, said.alert] {
            if alert != self.alert {
                let (alert, field) = (alert.as_str(), self.alert.as_str());
                doubts.push(format!("The sentence says {alert}, but `{ALERT}` is {field}."));
            }
        }
        for (key, text, field) in [(THRESHOLD, said.threshold, self.threshold), (AMOUNT, said.amount, self.amount)] {
            if amount::read(text) != Ok(field) {
                let (currency, money) = (field.currency, field.money);
                let text = shown(text);
                doubts.push(format!("The sentence says `{text}`, but the field `{key}` says {money} in `{currency}`."));
            }
        }
    }
}

/// Refuses a text for another budget. A name may have lines; one that only looks longer because something unknown stands
/// below it is not refused.
fn check_name(
    fields: &Fields<'_>,
    lines: &[&str],
    expected: &Expected<'_>,
    doubts: &mut Vec<String>,
) -> Result<(), Refusal> {
    let Some(name) = fields.name.once() else { return Ok(()) };
    let more = lines.iter().skip(name.line.saturating_add(1)).take_while(|line| !line.contains(':'));
    let mut whole = name.value.to_owned();
    for line in more {
        whole.push('\n');
        whole.push_str(line);
    }
    if whole == expected.budget.replace("\r\n", "\n") {
        return Ok(());
    }
    if name.value.trim() == expected.budget.trim() || whole.trim() == expected.budget.trim() {
        doubts.push(format!("The budget's name is `{}`, with more around it than in AWS.", shown(&whole)));
        return Ok(());
    }
    Err(expected.other_budget(&whole))
}

/// The text between the salutation and the fields.
fn prose(lines: &[&str], block: &Block<'_>) -> Option<String> {
    let above = lines.get(2..block.name.line)?;
    let ["", salutation, "", prose @ .., ""] = above else { return None };
    salutation.eq_ignore_ascii_case("Dear AWS Customer,").then(|| prose.join("\n"))
}

fn lines(text: &str) -> Vec<&str> {
    text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect()
}

fn is_account(number: &str) -> bool {
    number.len() == 12 && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// `January 28, 2026` as `2026-01-28`.
fn day(text: &str) -> Option<String> {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let (month, rest) = text.trim().split_once(' ')?;
    let (day, year) = rest.split_once(", ")?;
    let digits = |text: &str, most: usize| text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(day, 2) || !digits(year, 4) {
        return None;
    }
    let month = MONTHS.iter().position(|name| name.eq_ignore_ascii_case(month))?;
    let month = i8::try_from(month.saturating_add(1)).ok()?;
    Date::new(year.parse().ok()?, month, day.parse().ok()?).ok().map(|date| date.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_only_when_there_is_one() {
        for (text, expected) in [
            ("January 28, 2026", Some("2026-01-28")),
            ("july 05, 2021", Some("2021-07-05")),
            ("February 29, 2028", Some("2028-02-29")),
            ("February 29, 2026", None),
            ("Janvier 28, 2026", None),
            ("January +8, 2026", None),
            ("January 28 2026", None),
            ("January 28, 20260", None),
            ("January , ", None),
            ("", None),
        ] {
            assert_eq!(day(text).as_deref(), expected, "{text}");
        }
    }
}
