//! What is wrong with a value from outside.

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

/// At most `most` characters of an outside text, control characters escaped: a log line stays a line.
pub fn shown(text: &str, most: usize) -> String {
    let escaped: String = text.chars().take(most).flat_map(char::escape_debug).collect();
    if text.chars().nth(most).is_some() { format!("{escaped}…") } else { escaped }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_or_binary_value_is_shown_short_and_on_one_line() {
        let fault = Fault::new(&"\n\u{7}x".repeat(200), "a name");
        let text = fault.to_string();
        assert!(text.len() < 500 && !text.contains('\n') && text.ends_with("…`: expected a name"), "{text}");
    }
}
