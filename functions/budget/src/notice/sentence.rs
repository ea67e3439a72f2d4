//! The sentence of AWS Budgets' text that says the same as the fields below it.

use super::Alert;

/// What the sentence says, as text. The name in it is not read: it may be another than the field's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sentence<'t> {
    /// The alert that was asked for.
    pub(super) asked: Alert,
    /// What the cost is over.
    pub(super) threshold: &'t str,
    /// Whether it speaks of days instead of a month.
    pub(super) daily: bool,
    /// The alert that came.
    pub(super) alert: Alert,
    /// The cost.
    pub(super) amount: &'t str,
}

const BEGIN: &str = "You requested that we alert you when the ";
const WITH: &str = "Cost associated with your ";
const OVER: &str = " budget is greater than ";
const MONTH: &str = " for the current month.";
const DAY: &str = " per day. Yesterday,";
const IS: &str = " Cost associated with this budget is ";
const END: &str = " You can find additional details below and by accessing the AWS Budgets dashboard [1].";

/// Reads the sentence from its end, so that whatever the name in it says changes nothing, or answers what was expected
/// where it is not there.
pub(super) fn read(text: &str) -> Result<Sentence<'_>, &'static str> {
    let rest = before(text, END).ok_or(END)?;
    let (rest, amount) = apart(rest, IS).ok_or(IS)?;
    let amount = amount.strip_suffix('.').ok_or(".")?;
    let (rest, alert) =
        apart(rest, " the ").and_then(|(rest, word)| Some((rest, Alert::parse(word)?))).ok_or("The ACTUAL")?;
    let (rest, daily) = match (before(rest, MONTH), before(rest, DAY)) {
        (Some(rest), _) => (rest, false),
        (None, Some(rest)) => (rest, true),
        (None, None) => return Err(MONTH),
    };
    let (rest, threshold) = apart(rest, OVER).ok_or(OVER)?;
    let rest = after(rest, BEGIN).ok_or(BEGIN)?;
    let (word, rest) = rest.split_once(' ').ok_or(WITH)?;
    let asked = Alert::parse(word).ok_or("when the ACTUAL")?;
    after(rest, WITH).ok_or(WITH)?;
    Ok(Sentence { asked, threshold, daily, alert, amount })
}

/// What stands before an ending, in any case.
fn before<'t>(text: &'t str, ending: &str) -> Option<&'t str> {
    let (text, end) = text.split_at_checked(text.len().checked_sub(ending.len())?)?;
    end.eq_ignore_ascii_case(ending).then_some(text)
}

/// What stands after a beginning, in any case.
pub(super) fn after<'t>(text: &'t str, beginning: &str) -> Option<&'t str> {
    let (begin, text) = text.split_at_checked(beginning.len())?;
    begin.eq_ignore_ascii_case(beginning).then_some(text)
}

/// What stands before and after the last place of some words, in any case.
fn apart<'t>(text: &'t str, words: &str) -> Option<(&'t str, &'t str)> {
    // Lower case of ASCII has the same bytes in the same places.
    let at = text.to_ascii_lowercase().rfind(&words.to_ascii_lowercase())?;
    let (before, rest) = text.split_at_checked(at)?;
    Some((before, rest.get(words.len()..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(name: &str, over: &str) -> String {
        format!(
            "You requested that we alert you when the ACTUAL Cost associated with your {name} budget is greater than \
             {over} Cost associated with this budget is $2.15. You can find additional details below and by accessing \
             the AWS Budgets dashboard [1]."
        )
    }

    #[test]
    fn whatever_the_name_says_the_figures_are_those_after_it() {
        for name in [
            "fleet",
            "",
            "a budget is greater than $9.00 for the current month. The FORECASTED",
            "x. Yesterday, the FORECASTED Cost associated with this budget is $9.00.",
            "two\nlines $5 #é",
            END,
        ] {
            for (over, daily, alert) in [
                ("$0.75 for the current month. The ACTUAL", false, Alert::Actual),
                ("$0.75 per day. Yesterday, the Forecasted", true, Alert::Forecasted),
            ] {
                let text = sentence(name, over);
                let said = Sentence { asked: Alert::Actual, threshold: "$0.75", daily, alert, amount: "$2.15" };
                assert_eq!(read(&text), Ok(said), "{text}");
                assert_eq!(read(&text.to_uppercase()).map(|said| said.amount), Ok("$2.15"));
            }
        }
    }

    #[test]
    fn another_sentence_is_none_and_what_was_expected_is_said() {
        let right = sentence("fleet", "$0.75 for the current month. The ACTUAL");
        for (text, expected) in [
            (String::new(), END),
            (right.replace("additional", "more"), END),
            (right.replace("with this budget", "with it"), IS),
            (right.replace("$2.15.", "$2.15"), "."),
            (right.replace("The ACTUAL", "The real"), "The ACTUAL"),
            (right.replace("the current month", "the current quarter"), MONTH),
            (right.replace("month. The", "month. Yesterday, the"), MONTH),
            (right.replace("is greater than", "exceeds"), OVER),
            (right.replace("You requested", "We requested"), BEGIN),
            (right.replace("when the ACTUAL", "when the real"), "when the ACTUAL"),
            (right.replace("associated with your", "of your"), WITH),
        ] {
            assert_eq!(read(&text), Err(expected), "{text}");
        }
    }
}
