//! Texts from outside in what is said.

/// The most characters of a text that are shown.
const MOST: usize = 120;

/// The beginning of a text, what is not printable escaped: it stays one short line.
pub(super) fn shown(text: &str) -> String {
    shown_up_to(text, MOST)
}

/// The same with another length. Quotes stay as they are, which the report needs for names.
pub(super) fn shown_up_to(text: &str, most: usize) -> String {
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
