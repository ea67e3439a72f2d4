//! Reading patterns from text.

use super::{Pattern, Piece, Variable};
use crate::context::Key;
use crate::shown::shown;

/// What is special in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Syntax {
    /// `*` and `?` are wildcards.
    pub wildcards: bool,
    /// `${…}` is a variable, and `${*}`, `${?}`, `${$}` are the characters themselves. Only in policies of version
    /// 2012-10-17.
    pub variables: bool,
}

impl Syntax {
    /// Wildcards and variables.
    pub const FULL: Self = Self { wildcards: true, variables: true };
    /// Wildcards only: actions, and everything in a policy of version 2008-10-17.
    pub const WILDCARDS: Self = Self { wildcards: true, variables: false };
}

/// A `${…}` that is no variable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{shown}` is no policy variable: expected `${{key}}`, `${{key, 'default'}}`, `${{*}}`, `${{?}}` or `${{$}}`; a dollar sign before a brace is written `${{$}}`"
)]
pub struct VariableFault {
    shown: String,
}

impl Pattern {
    /// Reads a pattern. With neither wildcards nor variables every text is a literal.
    pub fn parse(text: &str, syntax: Syntax) -> Result<Self, VariableFault> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(found) = rest.find(|c| (syntax.wildcards && matches!(c, '*' | '?')) || c == '$') {
            let (before, special) = rest.split_at_checked(found).unwrap_or((rest, ""));
            pieces.push(Piece::Text(before.into()));
            let mut after = special.chars();
            match after.next() {
                Some('*') => pieces.push(Piece::Any),
                Some('?') => pieces.push(Piece::One),
                _ if syntax.variables && special.starts_with("${") => {
                    let (piece, length) = variable(special)?;
                    pieces.push(piece);
                    rest = special.get(length..).unwrap_or_default();
                    continue;
                }
                _ => pieces.push(Piece::Text("$".into())),
            }
            rest = after.as_str();
        }
        pieces.push(Piece::Text(rest.into()));
        Ok(Self::from_pieces(pieces))
    }

    /// Reads the ARN of a `Resource`: wildcards anywhere, variables only behind the fifth colon. One that stands
    /// earlier is no variable: its text stays as it is, and so matches no ARN.
    pub(crate) fn parse_resource(text: &str, variables: bool) -> Result<Self, VariableFault> {
        let fifth = colons(text).nth(4);
        let (head, tail) = fifth.and_then(|at| text.split_at_checked(at)).unwrap_or(("", text));
        let head = Self::parse(head, Syntax::WILDCARDS)?;
        let tail = Self::parse(tail, Syntax { wildcards: true, variables })?;
        Ok(Self::from_pieces(head.0.into_iter().chain(tail.0)))
    }
}

/// The places of the colons that are not inside a variable.
pub(crate) fn colons(text: &str) -> impl Iterator<Item = usize> {
    let mut inside = false;
    let mut before = ' ';
    text.char_indices().filter_map(move |(at, character)| {
        match character {
            '{' if before == '$' => inside = true,
            '}' => inside = false,
            _ => {}
        }
        before = character;
        (character == ':' && !inside).then_some(at)
    })
}

/// The six parts of an ARN, cut at the first five colons that are not inside a variable.
pub(crate) fn parts(arn: &str) -> Option<[&str; 6]> {
    let mut rest = arn;
    let mut parts = [""; 6];
    let (last, five) = parts.split_last_mut()?;
    for part in five {
        let at = colons(rest).next()?;
        *part = rest.get(..at)?;
        rest = rest.get(at..)?.strip_prefix(':')?;
    }
    *last = rest;
    Some(parts)
}

/// The variable at the beginning of the text, and how long it is.
fn variable(text: &str) -> Result<(Piece, usize), VariableFault> {
    let fault = || VariableFault { shown: shown(text) };
    // A default may hold a brace.
    let (inside, default, end) = match text.find(['}', '\'']).map(|at| (at, text.get(at..).unwrap_or_default())) {
        Some((at, rest)) if rest.starts_with('}') => (text.get(2..at).unwrap_or_default(), None, at.saturating_add(1)),
        Some((at, rest)) => {
            let quoted = rest.get(1..).unwrap_or_default();
            let (default, behind) = quoted.split_once('\'').ok_or_else(fault)?;
            let closing = behind.len().saturating_sub(behind.trim_start().strip_prefix('}').ok_or_else(fault)?.len());
            let end = at.saturating_add(default.len()).saturating_add(2).saturating_add(closing);
            let key = text.get(2..at).unwrap_or_default().trim_end().strip_suffix(',').ok_or_else(fault)?;
            (key, Some(default.into()), end)
        }
        None => return Err(fault()),
    };
    let piece = match (inside, &default) {
        (special @ ("*" | "?" | "$"), None) => Piece::Text(special.into()),
        (key, _) if key.is_empty() || key.contains(|c: char| c.is_whitespace() || "*?${,\"".contains(c)) => {
            return Err(fault());
        }
        (key, _) => Piece::Variable(Variable { key: Key::new(key), default }),
    };
    Ok((piece, end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Context;

    fn full(text: &str) -> Pattern {
        Pattern::parse(text, Syntax::FULL).unwrap()
    }

    #[test]
    fn what_is_written_comes_back() {
        for text in ["", "*", "a?*b", "arn:aws:s3:::x/${aws:username}/*", "${a:b, 'c}d'}x", "${*}${?}${$}{", "$x$"] {
            assert_eq!(full(&full(text).to_string()), full(text), "{text}");
            assert_eq!(full(text).to_string(), text);
        }
        assert_eq!(full("**?*").to_string(), "?*");
    }

    #[test]
    fn a_malformed_variable_is_an_error_that_shows_it() {
        for text in ["${", "${}", "x${a", "${a,'b}", "${a 'b'}", "${a, b}", "${a${b}}", "${a*}", "${ a:b}", "${a:b }"] {
            let fault = Pattern::parse(text, Syntax::FULL).unwrap_err().to_string();
            assert!(fault.starts_with("`${") && fault.contains("expected `${key}`"), "{text}: {fault}");
            assert!(Pattern::parse(text, Syntax::WILDCARDS).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_default_stands_in_for_an_absent_key_only() {
        let pattern = full("team/${aws:PrincipalTag/team, 'company-wide'}/*");
        let of = |values: &[&str]| Context::new([("aws:principaltag/TEAM", values.to_vec())]);
        assert!(pattern.matches("team/company-wide/x", &Context::default()));
        assert!(pattern.matches("team/red/x", &of(&["red"])) && !pattern.matches("team/company-wide/x", &of(&["red"])));
        assert!(!pattern.matches("team/red/x", &of(&["red", "blue"])), "a key with two values has none");
    }

    #[test]
    fn variables_before_the_fifth_colon_are_text() {
        let pattern = Pattern::parse_resource("arn:aws:s3:${a:r}::b/${a:r}", true).unwrap();
        let context = Context::new([("a:r", "x")]);
        assert!(!pattern.matches("arn:aws:s3:x::b/x", &context));
        assert!(pattern.matches("arn:aws:s3:${a:r}::b/x", &context));
    }

    #[test]
    fn an_arn_has_six_parts_and_a_variable_is_none_of_its_colons() {
        assert_eq!(parts("arn:aws:s3:::b:c"), Some(["arn", "aws", "s3", "", "", "b:c"]));
        assert_eq!(parts("arn:aws:s3:${a:b}:x"), None);
    }
}
