//! What is wrong with a value from outside.

/// A value that does not hold its rule. Reads well after the name of the field:
/// "`retentionHours` is `1e3`: expected a whole number of hours".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}`: expected {expected}", shown(.value))]
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

/// At most 80 characters of an outside value, control characters escaped: a log line stays a line.
fn shown(value: &str) -> String {
    const MOST: usize = 80;
    let escaped: String = value.chars().take(MOST).flat_map(char::escape_debug).collect();
    if value.chars().nth(MOST).is_some() { format!("{escaped}…") } else { escaped }
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
