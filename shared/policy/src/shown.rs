//! Texts from outside in messages.

/// The most characters of a value that are shown.
const MOST: usize = 120;

/// The beginning of a value, what is not printable escaped: a message stays one short line.
pub(crate) fn shown(text: &str) -> String {
    shown_up_to(text, MOST)
}

/// The same with more room, for sentences.
pub(crate) fn shown_up_to(text: &str, most: usize) -> String {
    let mut shown = String::new();
    for character in text.chars().take(most) {
        match character {
            '\'' | '"' | '\\' => shown.push(character),
            other => shown.extend(other.escape_debug()),
        }
    }
    if text.chars().nth(most).is_some() {
        shown.push('…');
    }
    shown
}
