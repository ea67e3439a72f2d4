//! Wildcard patterns: what `Action`, `Resource` and string conditions are written in.

mod algebra;
mod search;
mod syntax;

use std::borrow::Cow;
use std::fmt;

use crate::context::{Context, Key};

pub(crate) use search::Budget;
pub use search::{Search, search};
pub use syntax::{Syntax, VariableFault};
pub(crate) use syntax::{colons, parts};

/// A pattern over text: literal text, `?` (any one character), `*` (any text, also none) and policy variables.
///
/// A variable stands for one value of the request, taken literally: a `*` in that value is a star character, never a
/// wildcard. A variable without a value matches nothing at all.
///
/// Patterns are compared by what they are written as after joining neighbours (`**` is `*`, `*?` is `?*`), so two
/// equal patterns match the same texts; the question whether one lies within another is [`Pattern::contained_in`].
///
/// Rules: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html> and
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>.
///
/// ```
/// use policy::{Context, Pattern, Syntax};
///
/// let own = Pattern::parse("stream/${credentials-iot:ThingName}/*", Syntax::FULL)?;
/// let camera = Context::new([("credentials-iot:ThingName", "gate-north")]);
/// assert!(own.matches("stream/gate-north/1700000000000", &camera));
/// assert!(!own.matches("stream/gate-south/1700000000000", &camera));
/// assert!(!own.matches("stream/gate-north/1700000000000", &Context::default()));
/// # Ok::<(), policy::VariableFault>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pattern(Box<[Piece]>);

/// A part of a pattern. Neighbouring texts are one, neighbouring wildcards are as few as say the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Piece {
    Text(Box<str>),
    /// `?`
    One,
    /// `*`
    Any,
    Variable(Variable),
}

/// A policy variable, `${key}` or `${key, 'default'}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Variable {
    key: Key,
    default: Option<Box<str>>,
}

impl Variable {
    /// The context key whose value it stands for.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Its value in a request: of a key with exactly one value, or the default when the key is absent. An attribute of a
    /// device certificate may have several: the variable is the first, and with a number behind it another, counted from
    /// `.1`, the second.
    ///
    /// <https://docs.aws.amazon.com/iot/latest/developerguide/cert-policy-variables.html>
    fn value<'a>(&'a self, context: &'a Context) -> Option<&'a str> {
        match context.get(&self.key) {
            Some([one]) => Some(one),
            Some([first, ..]) if self.key.is_of_certificate() => Some(first),
            Some(_) => None,
            None => self.numbered(context).or(self.default.as_deref()),
        }
    }

    fn numbered<'a>(&self, context: &'a Context) -> Option<&'a str> {
        let (attribute, number) = self.key.numbered()?;
        context.get(&attribute)?.get(number).map(String::as_str)
    }
}

impl Pattern {
    /// The pattern that matches everything, `*`.
    pub fn any() -> Self {
        Self(Box::new([Piece::Any]))
    }

    /// The pattern that matches just this text.
    pub fn literal(text: &str) -> Self {
        Self::from_pieces([Piece::Text(text.into())])
    }

    /// Joins what can be joined, and puts the characters of a gap before its star.
    pub(crate) fn from_pieces(pieces: impl IntoIterator<Item = Piece>) -> Self {
        let mut joined: Vec<Piece> = Vec::new();
        let mut text = String::new();
        for piece in pieces {
            if let Piece::Text(more) = &piece {
                text.push_str(more);
                continue;
            }
            if !text.is_empty() {
                joined.push(Piece::Text(std::mem::take(&mut text).into()));
            }
            match (joined.last_mut(), piece) {
                (Some(Piece::Any), Piece::Any) => {}
                (Some(last @ Piece::Any), Piece::One) => {
                    *last = Piece::One;
                    joined.push(Piece::Any);
                }
                (_, piece) => joined.push(piece),
            }
        }
        if !text.is_empty() {
            joined.push(Piece::Text(text.into()));
        }
        Self(joined.into())
    }

    pub(crate) fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// Whether the pattern matches the whole text in a request's context. Case counts.
    pub fn matches(&self, text: &str, context: &Context) -> bool {
        let mut pieces = self.pieces();
        let mut text = text;
        // Where to go on when what follows the last star does not fit: the star takes one character more.
        let mut retry: Option<(&[Piece], &str)> = None;
        loop {
            match pieces.split_first() {
                None if text.is_empty() => return true,
                Some((Piece::Any, [])) => return true,
                Some((Piece::Any, rest)) => {
                    let Some(from) = next_place(rest, text) else { return false };
                    retry = Some((rest, from));
                    (pieces, text) = (rest, from);
                    continue;
                }
                Some((piece, rest)) => {
                    if let Some(left) = piece.strip(text, context) {
                        (pieces, text) = (rest, left);
                        continue;
                    }
                }
                None => {}
            }
            let Some((rest, from)) = retry else { return false };
            let mut left = from.chars();
            if left.next().is_none() {
                return false;
            }
            let Some(from) = next_place(rest, left.as_str()) else { return false };
            retry = Some((rest, from));
            (pieces, text) = (rest, from);
        }
    }

    /// Whether the pattern is the whole text `*`: it matches everything.
    pub fn is_any(&self) -> bool {
        matches!(self.pieces(), [Piece::Any])
    }

    /// About how long it is written.
    pub(crate) fn length(&self) -> usize {
        let pieces = self.pieces().iter().map(|piece| if let Piece::Text(text) = piece { text.len() } else { 1 });
        pieces.fold(0, usize::saturating_add)
    }

    /// The text, when it is the only one that the pattern matches.
    pub fn as_literal(&self) -> Option<&str> {
        match self.pieces() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The variables in it, in the order in which they stand.
    pub fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.pieces().iter().filter_map(|piece| match piece {
            Piece::Variable(variable) => Some(variable),
            Piece::Text(_) | Piece::One | Piece::Any => None,
        })
    }

    /// The texts right before and right behind the first variable of a key; empty where there is something else.
    pub(crate) fn beside(&self, key: &Key) -> (&str, &str) {
        let is_own = |piece: &Piece| matches!(piece, Piece::Variable(variable) if variable.key == *key);
        let at = self.pieces().iter().position(is_own);
        let text = |at: Option<usize>| match at.and_then(|at| self.pieces().get(at)) {
            Some(Piece::Text(text)) => &**text,
            _ => "",
        };
        (text(at.and_then(|at| at.checked_sub(1))), text(at.and_then(|at| at.checked_add(1))))
    }

    /// The pattern with the variables replaced whose keys are known: by the value of a key in `present`, by the default
    /// where the key is in `absent`; others stay. None when one of the known ones has no value: a key with several
    /// values, or an absent one without a default. The pattern then matches nothing.
    pub fn bind(&self, present: &Context, absent: &[Key]) -> Option<Self> {
        let present_or_numbered = |key: &Key| {
            present.get(key).is_some() || key.numbered().is_some_and(|(attribute, _)| present.get(&attribute).is_some())
        };
        // Of a certificate's attribute that is absent by its number, the attribute itself may have that value.
        let surely_absent =
            |key: &Key| absent.contains(key) && key.numbered().is_none_or(|(attribute, _)| absent.contains(&attribute));
        let pieces = self.pieces().iter().map(|piece| match piece {
            Piece::Variable(variable) if surely_absent(&variable.key) || present_or_numbered(&variable.key) => {
                variable.value(present).map(|value| Piece::Text(value.into()))
            }
            _ => Some(piece.clone()),
        });
        pieces.collect::<Option<Vec<_>>>().map(Self::from_pieces)
    }

    /// The pattern with a `*` in place of each variable: all that it may come to match.
    #[must_use]
    pub fn widened(&self) -> Cow<'_, Self> {
        if self.variables().next().is_none() {
            return Cow::Borrowed(self);
        }
        let pieces = self.pieces().iter().map(|piece| match piece {
            Piece::Variable(_) => Piece::Any,
            _ => piece.clone(),
        });
        Cow::Owned(Self::from_pieces(pieces))
    }

    /// The pattern as a request sees it: every variable replaced. None when one of them has no value.
    pub(crate) fn resolved(&self, context: &Context) -> Option<Self> {
        let pieces = self.pieces().iter().map(|piece| match piece {
            Piece::Variable(variable) => variable.value(context).map(|value| Piece::Text(value.into())),
            _ => Some(piece.clone()),
        });
        pieces.collect::<Option<Vec<_>>>().map(Self::from_pieces)
    }
}

/// The first place at which the pieces after a star can begin at all.
fn next_place<'t>(rest: &[Piece], text: &'t str) -> Option<&'t str> {
    match rest.first() {
        Some(Piece::Text(wanted)) => text.get(text.find(&**wanted)?..),
        _ => Some(text),
    }
}

impl Piece {
    /// What is left of the text behind this piece, when the text begins with it. Not for `*`.
    fn strip<'t>(&self, text: &'t str, context: &Context) -> Option<&'t str> {
        match self {
            Self::Text(wanted) => text.strip_prefix(&**wanted),
            Self::One => {
                let mut left = text.chars();
                left.next().map(|_| left.as_str())
            }
            Self::Variable(variable) => text.strip_prefix(variable.value(context)?),
            Self::Any => None,
        }
    }
}

/// As in a policy of version 2012-10-17: special characters that are meant literally are written `${*}`.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in self.pieces() {
            match piece {
                Piece::Text(text) => {
                    for (index, character) in text.char_indices() {
                        let follows = text.get(index..).is_some_and(|rest| rest.starts_with("${"));
                        match character {
                            '*' => f.write_str("${*}")?,
                            '?' => f.write_str("${?}")?,
                            '$' if follows => f.write_str("${$}")?,
                            other => write!(f, "{other}")?,
                        }
                    }
                }
                Piece::One => f.write_str("?")?,
                Piece::Any => f.write_str("*")?,
                Piece::Variable(variable) => write!(f, "{variable}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.default {
            Some(default) => write!(f, "${{{}, '{default}'}}", self.key),
            None => write!(f, "${{{}}}", self.key),
        }
    }
}
