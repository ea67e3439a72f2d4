//! Texts from outside in what is said.

/// The most characters of a text that are shown.
const MOST: usize = 120;

/// The beginning of a text, without secrets, what is not printable escaped: it stays one short line.
pub(super) fn shown(text: &str) -> String {
    shown_up_to(text, MOST)
}

/// The same with another length.
pub(super) fn shown_up_to(text: &str, most: usize) -> String {
    fleet::shown(text, most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_text_is_short_and_on_one_line() {
        assert_eq!(shown("Bob's \"fleet\"\0\n\u{202e}é"), "Bob's \"fleet\"\\0\\n\\u{202e}é");
        let long = shown(&"\n".repeat(300_000));
        assert_eq!(long, format!("{}…", "\\n".repeat(120)));
        assert_eq!(shown_up_to("abc", 3), "abc");
        assert_eq!(shown_up_to("abc", 2), "ab…");
    }
}
