//! What is wrong with a value from outside.

use crate::secret::without_secrets;

/// A value that does not hold its rule. Reads well after the name of the field:
/// "`retentionHours` is `1e3`: expected a whole number of hours".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}`: expected {expected}", shown(.value, VALUE_MOST))]
pub struct Fault {
    /// The value as it came.
    pub value: String,
    /// The rule, as a phrase that fits after "expected".
    pub expected: &'static str,
}

impl Fault {
    pub(crate) fn new(value: &str, expected: &'static str) -> Self {
        Self { value: value.to_owned(), expected }
    }
}

/// Characters of a value that are shown.
const VALUE_MOST: usize = 80;

/// At most `most` characters of an outside text, without secrets, what is not printable escaped: a log line stays a line.
/// Quotes stay as they are, which people need for names.
pub fn shown(text: &str, most: usize) -> String {
    let text = without_secrets(text);
    let mut shown = String::new();
    let mut rest = text.chars();
    for character in rest.by_ref().take(most) {
        match character {
            '\'' | '"' => shown.push(character),
            other => shown.extend(other.escape_debug()),
        }
    }
    if rest.next().is_some() {
        shown.push('…');
    }
    shown
}

/// What is wrong with a document from outside, and at which place in it, both fit to show. `path` is as
/// `serde_path_to_error` tells it, whose `.` is the whole document.
pub fn shown_at(path: &str, why: &str) -> String {
    let why = shown(why, 200);
    if path == "." { why } else { format!("`{}`: {why}", shown(path, VALUE_MOST)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        assert_eq!(shown_at("a.b[1]", "no\nway"), "`a.b[1]`: no\\nway");
        assert_eq!(shown_at(".", "nothing at all"), "nothing at all");
        assert!(shown_at(&"x".repeat(500), &"y".repeat(500)).chars().count() < 290);
    }

    #[test]
    fn what_is_printable_stays_as_it_is_and_all_else_is_escaped() {
        assert_eq!(shown("Bob's \"fleet\"\0\n\u{202e}é", 80), "Bob's \"fleet\"\\0\\n\\u{202e}é");
        assert_eq!(shown("abc", 3), "abc");
        assert_eq!(shown("abc", 2), "ab…");
    }

    #[test]
    fn a_long_or_binary_value_is_shown_short_and_on_one_line() {
        let fault = Fault::new(&"\n\u{7}x".repeat(200), "a name");
        let text = fault.to_string();
        assert!(text.len() < 500 && !text.contains('\n') && text.ends_with("…`: expected a name"), "{text}");
    }

    #[test]
    fn a_key_in_the_place_of_a_value_is_not_shown() {
        let fault = Fault::new("-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49", "a name");
        assert_eq!(fault.to_string(), "`-----BEGIN [a private key was left out]`: expected a name");
    }
}
