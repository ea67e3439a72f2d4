//! `audit.yaml`: what the people who run the fleet expect, and what they mean to be as it is.

use std::fmt;

use fleet::shown;
use jiff::civil::Date;
use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::checks;
use crate::expectations::{DENIALS_MOST, Expectations};
use crate::suppression::Suppression;

/// Characters of a value that are shown.
const VALUE_MOST: usize = 80;

/// Characters of the YAML reader's own words that are shown: names of keys may be among them.
const WORDS_MOST: usize = 300;

/// What `audit.yaml` says. Everything may be left out; `docs/audit.example.yaml` shows all there is.
///
/// ```yaml
/// expect:
///   retentionHoursMin: 24
/// suppress:
///   - check: camera-role-does-more       # or "*"
///     resource: "arn:aws:iam::*:role/lab-*"
///     reason: The lab's cameras are simulated.
///     owner: lab@example.com
///     expires: 2027-03-31                # the last day that it counts, in UTC
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFile {
    /// What is expected beside what is always expected.
    pub expect: Expectations,
    /// What is meant to be as it is, in the order of the file.
    pub suppress: Vec<Suppression>,
}

/// Everything that is wrong with `audit.yaml`. When its form is wrong, only the first place of that: the rest cannot be
/// read then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`audit.yaml` is not as it should be: {}", .faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct AuditFileError {
    /// Never empty, in the order of the file.
    pub faults: Vec<Fault>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The line, from 1; None when it is no single one.
    pub line: Option<u64>,
    /// What is wrong and what was expected.
    pub text: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.text),
            None => f.write_str(&self.text),
        }
    }
}

impl AuditFile {
    /// Reads the text of the file. Empty is as if everything was left out.
    pub fn parse(text: &str) -> Result<Self, AuditFileError> {
        let options = serde_saphyr::options! { with_snippet: false };
        let written: Option<Written> = serde_saphyr::from_str_with_options(text, options)
            .map_err(|error| AuditFileError { faults: vec![form(&error)] })?;
        let Written { expect, suppress } = written.unwrap_or_default();
        let mut faults = Vec::new();
        let expect = match expect {
            Some(Spanned { value, referenced, .. }) => {
                expectation_faults(&value, referenced.line(), &mut faults);
                value
            }
            None => Expectations::default(),
        };
        let mut entries = Vec::new();
        for Spanned { value, referenced, .. } in suppress.unwrap_or_default() {
            entries.extend(value.checked(referenced.line(), &mut faults));
        }
        faults.sort_by_key(|fault| fault.line.unwrap_or(u64::MAX));
        if faults.is_empty() { Ok(Self { expect, suppress: entries }) } else { Err(AuditFileError { faults }) }
    }
}

/// The file as it is written, before its values are judged.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    expect: Option<Spanned<Expectations>>,
    suppress: Option<Vec<Spanned<Entry>>>,
}

/// An entry of `suppress:` as it is written. What is left out is told together with what else is wrong.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    check: Option<Spanned<String>>,
    resource: Option<Spanned<String>>,
    reason: Option<Spanned<String>>,
    owner: Option<Spanned<String>>,
    expires: Option<Spanned<String>>,
}

impl Entry {
    fn checked(self, line: u64, faults: &mut Vec<Fault>) -> Option<Suppression> {
        let mut given = |key: &str, value: Option<Spanned<String>>, expected: &str| {
            let (at, text) = value.map_or((line, String::new()), |value| {
                let at = value.referenced.line();
                (at, value.value.trim().to_owned())
            });
            if text.is_empty() {
                let text = format!("a suppression without `{key}`: expected {expected}");
                faults.push(Fault { line: Some(at), text });
                return None;
            }
            Some((at, text))
        };
        let check = given("check", self.check, "a check's id, or `*`");
        let resource = given("resource", self.resource, "an ARN, in which `*` stands for any text");
        let reason = given("reason", self.reason, "why it is meant");
        let owner = given("owner", self.owner, "who says so");
        let expires = given("expires", self.expires, "the last day that it counts, such as `2027-03-31`");
        let check = check.and_then(|(at, check)| known(check).map_err(|text| faults.push(at_line(at, text))).ok());
        let expires = expires.and_then(|(at, text)| date(&text).map_err(|text| faults.push(at_line(at, text))).ok());
        Some(Suppression {
            check: check?,
            resource: resource?.1,
            reason: reason?.1,
            owner: owner?.1,
            expires: expires?,
            line,
        })
    }
}

fn at_line(line: u64, text: String) -> Fault {
    Fault { line: Some(line), text }
}

fn known(check: String) -> Result<String, String> {
    if check == "*" || checks::by_id(&check).is_some() {
        return Ok(check);
    }
    let hint = nearest(&check, checks::all().map(|check| check.id));
    let hint = hint.map_or("expected a check's id, or `*`".to_owned(), |near| format!("did you mean `{near}`?"));
    Err(format!("no check is named `{}`: {hint}", shown(&check, VALUE_MOST)))
}

fn date(text: &str) -> Result<Date, String> {
    let wrong =
        || format!("`expires` is `{}`: expected a day that there is, such as `2027-03-31`", shown(text, VALUE_MOST));
    // The parser also takes week dates and times, which nobody expects to count as days here.
    if text.len() != 10 || !text.chars().all(|c| c.is_ascii_digit() || c == '-') {
        return Err(wrong());
    }
    text.parse().map_err(|_error| wrong())
}

fn expectation_faults(expect: &Expectations, line: u64, faults: &mut Vec<Fault>) {
    let mut range = |min: u32, max: u32, what: &str| {
        if min > max {
            let text = format!("{what} at least {min} and at most {max} hours: expected the least not to be the more");
            faults.push(at_line(line, text));
        }
    };
    range(expect.retention_hours_min, expect.retention_hours_max, "`expect` says that streams keep");
    range(expect.data_retention_hours_min, expect.data_retention_hours_max, "`expect` says that data streams keep");
    for class in &expect.retention_by_tag {
        let tag = format!("{}={}", shown(&class.tag, VALUE_MOST), shown(&class.value, VALUE_MOST));
        range(class.min, class.max, &format!("`retentionByTag` says that `{tag}` keeps"));
    }
    if !(1..=DENIALS_MOST).contains(&expect.denials) {
        let text = format!("`denials` is {}: expected a whole number from 1 to {DENIALS_MOST}", expect.denials);
        faults.push(at_line(line, text));
    }
    for account in &expect.trusted_accounts {
        if account.len() != 12 || !account.chars().all(|c| c.is_ascii_digit()) {
            let account = shown(account, VALUE_MOST);
            let text = format!("`trustedAccounts` has `{account}`: expected an account's number, 12 digits in quotes");
            faults.push(at_line(line, text));
        }
    }
}

/// A fault of the file's form, in our words where they say more.
fn form(error: &serde_saphyr::Error) -> Fault {
    let line = error.location().map(|location| location.line()).filter(|line| *line > 0);
    let text = if let serde_saphyr::Error::SerdeUnknownField { field, expected, .. } = error.without_snippet() {
        let listed = || expected.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        let hint = nearest(field, expected.iter().copied());
        let hint = hint.map_or_else(|| format!("expected {}", listed()), |near| format!("did you mean `{near}`?"));
        format!("unknown key `{}`: {hint}", shown(field, VALUE_MOST))
    } else {
        let options = serde_saphyr::render_options! { snippets: serde_saphyr::SnippetMode::Off };
        let text = error.render_with_options(options);
        // The place is said by us.
        match text.split(" at line ").next().unwrap_or(&text) {
            "invalid u32" => format!("expected a whole number from 0 to {}", u32::MAX),
            "invalid boolean" => "expected `true` or `false`".to_owned(),
            "expected sequence start" => "expected a list".to_owned(),
            "expected mapping start" => "expected keys with values".to_owned(),
            text => shown(text.split(", set DuplicateKeyPolicy").next().unwrap_or(text), WORDS_MOST),
        }
    };
    Fault { line, text }
}

/// What somebody may have meant: the nearest by letters, when it is near. What is longer than any name is near to none.
fn nearest<'a>(written: &str, all: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if written.len() > VALUE_MOST {
        return None;
    }
    let plain = |text: &str| text.replace(['_', '-'], "").to_lowercase();
    let written = plain(written);
    let near = all.map(|one| (distance(&written, &plain(one)), one)).min_by_key(|(distance, _)| *distance);
    near.filter(|(distance, one)| distance.saturating_mul(3) <= one.len()).map(|(_, one)| one)
}

/// How many letters have to be added, taken away or changed.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut left = at.saturating_add(1);
        let mut above_left = at;
        let mut next = vec![left];
        for (above, other) in row.iter().skip(1).zip(other.chars()) {
            let changed = above_left.saturating_add(usize::from(letter != other));
            left = changed.min(left.saturating_add(1)).min(above.saturating_add(1));
            above_left = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn faults(text: &str) -> String {
        AuditFile::parse(text).unwrap_err().to_string()
    }

    const ENTRY: &str = "suppress:
  - check: camera-role-does-more
    resource: arn:aws:iam::*:role/lab-*
    reason: The lab's cameras are simulated.
    owner: lab@example.com
    expires: 2027-03-31
";

    #[test]
    fn an_entry_is_read() {
        let file = AuditFile::parse(ENTRY).unwrap();
        let [one] = file.suppress.try_into().unwrap();
        assert_eq!(one.expires.to_string(), "2027-03-31");
        assert_eq!((one.line, one.resource.as_str()), (2, "arn:aws:iam::*:role/lab-*"));
    }

    #[test]
    fn nothing_written_is_nothing_asked_for() {
        for text in ["", "\n", "# later\n", "---\n", "expect:\nsuppress:\n", "expect: {}\nsuppress: []\n", "{}"] {
            assert_eq!(AuditFile::parse(text).unwrap(), AuditFile::default(), "{text:?}");
        }
    }

    #[test]
    fn what_is_expected_is_read() {
        let file = AuditFile::parse("expect: { keyAgeDays: 30, trustedAccounts: ['012345678901'] }").unwrap();
        assert_eq!(file.expect.key_age_days, 30);
        assert_eq!(file.expect.trusted_accounts, ["012345678901"]);
        assert_eq!(file.expect.denials, Expectations::default().denials);
    }

    #[test]
    fn the_example_is_as_it_should_be() {
        let text = include_str!("../../../docs/audit.example.yaml");
        let file = AuditFile::parse(text).unwrap();
        assert_eq!(file.expect, Expectations::default());
        assert!(!file.suppress.is_empty());
        let all = serde_json::to_value(Expectations::default()).unwrap();
        for key in all.as_object().unwrap().keys() {
            assert!(text.contains(&format!("  {key}:")), "`{key}` is not in the example");
        }
    }

    #[test]
    fn all_that_is_wrong_is_told_with_its_line() {
        let text = "expect:
  retentionHoursMin: 48
  retentionHoursMax: 24
  trustedAccounts: [12345]
  denials: 0
suppress:
  - check: camera-role-does-mor
    resource: '*'
    owner: ' '
    expires: 2027-02-30
  - resource: arn:aws:iam::111122223333:role/x
    reason: It is meant.
    owner: me
    expires: next year
  - check: nothing-like-it
    resource: '*'
    reason: It is meant.
    owner: me
    expires: 2027-W03-1
";
        insta::assert_snapshot!(faults(text).replace("; ", "\n"));
    }

    #[test]
    fn a_wrong_form_is_told_with_its_line() {
        let cases = [
            "expect:\n  keyAgeDay: 3\n",
            "expect:\n  key_age_days: 3\n",
            "expect:\n  wobble: 3\n",
            "expects:\n",
            "suppress:\n  - chek: x\n",
            "expect:\n  keyAgeDays: soon\n",
            "expect:\n  customerKeys: 7\n",
            "suppress: all\n",
            "expect: {\n",
            "expect:\n  keyAgeDays: 1\n  keyAgeDays: 2\n",
            "a: 1\n---\nb: 2\n",
            "- 1\n",
        ];
        let told: Vec<_> = cases.into_iter().map(|text| format!("{text}=> {}\n", faults(text))).collect();
        insta::assert_snapshot!(told.join("\n"));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(expect|suppress|check|expires|[-:{}\\[\\]&*! \n'\"a0])*") {
            drop(AuditFile::parse(&text));
        }

        #[test]
        fn a_day_is_read_back(day in 1_i8..=28, month in 1_i8..=12, year in 1970_i16..=9999) {
            let written = format!("{year:04}-{month:02}-{day:02}");
            prop_assert_eq!(date(&written).unwrap().to_string(), written);
        }
    }
}
