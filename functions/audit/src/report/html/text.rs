//! Texts and moments as they stand on the page.

use maud::{Markup, html};

use crate::inventory::Moment;

/// A text in which what stands between backticks is code.
pub(super) fn spans(text: &str) -> Markup {
    let pieces: Vec<&str> = text.split('`').collect();
    // Without its other half a backtick is one.
    let last = if pieces.len().is_multiple_of(2) { pieces.len().saturating_sub(1) } else { pieces.len() };
    html! {
        @for (at, piece) in pieces.iter().enumerate() {
            @if at == last { "`" (piece) } @else if !at.is_multiple_of(2) { code { (piece) } } @else { (piece) }
        }
    }
}

/// `2026-11-22`.
pub(super) fn day(moment: Moment) -> String {
    moment.0.strftime("%Y-%m-%d").to_string()
}

/// `22 November 2026, 10:00`.
pub(super) fn spoken(moment: Moment) -> String {
    moment.0.strftime("%-d %B %Y, %H:%M").to_string()
}

/// A number as people read it: `12,345`.
pub(super) fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len().saturating_sub(at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_backticks_is_code() {
        assert_eq!(spans("role `a` may `b`").into_string(), "role <code>a</code> may <code>b</code>");
        assert_eq!(spans("a ` b").into_string(), "a ` b");
        assert_eq!(spans("`a` `").into_string(), "<code>a</code> `");
        assert_eq!(spans("`<b>`").into_string(), "<code>&lt;b&gt;</code>");
        assert_eq!(spans("").into_string(), "");
    }

    #[test]
    fn numbers_have_commas() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
    }
}
