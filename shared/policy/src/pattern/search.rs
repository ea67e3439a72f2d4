//! A text that some patterns match and others do not.

use std::cell::Cell;
use std::collections::HashSet;

use super::{Pattern, Piece};

/// The answer of [`search`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Search {
    /// Such a text.
    Found(String),
    /// There is none.
    Nothing,
    /// More steps would have been needed than were allowed.
    GaveUp,
}

impl Search {
    /// The text, when one was found.
    pub fn found(self) -> Option<String> {
        match self {
            Self::Found(text) => Some(text),
            Self::Nothing | Self::GaveUp => None,
        }
    }
}

/// A shortest text that every pattern of `inside` matches and none of `outside`. Exact, unless it gives up: the
/// question is a hard one for some sets of patterns, so at most `steps` prefixes are looked at. A pattern with an
/// unbound variable matches nothing here.
///
/// ```
/// use policy::{Pattern, Search, Syntax, search};
///
/// let pattern = |text| Pattern::parse(text, Syntax::FULL).unwrap();
/// let (all, own) = (pattern("stream/*/*"), pattern("stream/gate-north/*"));
/// assert_eq!(search(&[&all], &[&own], 10_000), Search::Found("stream//".into()));
/// assert_eq!(search(&[&own], &[&all], 10_000), Search::Nothing);
/// ```
pub fn search(inside: &[&Pattern], outside: &[&Pattern], steps: usize) -> Search {
    Budget::new(steps).search(inside, outside)
}

/// Steps that several searches share, so that a question that needs many of them ends.
#[derive(Debug)]
pub(crate) struct Budget(Cell<usize>);

impl Budget {
    pub(crate) fn new(steps: usize) -> Self {
        Self(Cell::new(steps))
    }

    /// Takes some steps; false when there are not so many left.
    pub(crate) fn take(&self, steps: usize) -> bool {
        let left = self.0.get().checked_sub(steps);
        self.0.set(left.unwrap_or_default());
        left.is_some()
    }

    /// Does something that may take so many steps of these.
    pub(crate) fn share<T>(&self, most: usize, work: impl FnOnce(&Self) -> T) -> T {
        let share = Self::new(most.min(self.0.get()));
        self.0.set(self.0.get().saturating_sub(share.0.get()));
        let done = work(&share);
        self.0.set(self.0.get().saturating_add(share.0.get()));
        done
    }

    /// A search that takes a step for each prefix.
    pub(crate) fn search(&self, inside: &[&Pattern], outside: &[&Pattern]) -> Search {
        // Most of what is asked is seen at once. What is far from one of `inside` keeps nothing out.
        let near = outside.iter().filter(|outside| !inside.iter().any(|inside| inside.ends_differ(outside)));
        let outside: Vec<&Pattern> = near.copied().collect();
        if let Some(text) = inside.iter().find_map(|inside| inside.as_literal()) {
            let matches = |pattern: &&Pattern| pattern.matches_plainly(text) == Some(true);
            let found = inside.iter().all(matches) && !outside.iter().any(matches);
            return if found { Search::Found(text.to_owned()) } else { Search::Nothing };
        }
        if outside.iter().any(|outside| inside.iter().any(|inside| self.lies_in(inside, outside))) {
            return Search::Nothing;
        }
        // What another of them lies in asks for nothing more.
        let wider = |at: usize, one: &Pattern| {
            let mut others = inside.iter().enumerate().filter(|(other, _)| *other != at);
            others.any(|(other, pattern)| self.lies_in(pattern, one) && (other < at || !self.lies_in(one, pattern)))
        };
        let inside: Vec<&Pattern> =
            inside.iter().enumerate().filter(|(at, one)| !wider(*at, one)).map(|(_, one)| *one).collect();
        match inside.as_slice() {
            [one] if outside.is_empty() && one.variables().next().is_none() => {
                one.witness().as_literal().map_or(Search::Nothing, |text| Search::Found(text.to_owned()))
            }
            inside => seek(inside, &outside, self),
        }
    }

    /// Whether one pattern lies in another; no when that takes more steps than there are.
    fn lies_in(&self, one: &Pattern, other: &Pattern) -> bool {
        let dear = || one.length().saturating_mul(other.length()).div_euclid(COMPARED);
        !one.ends_differ(other) && self.take(dear()) && one.contained_in(other)
    }
}

/// Pairs of characters of two patterns that are compared in the time of a step.
const COMPARED: usize = 1_000;

/// Goes through all texts, shorter ones first, but those that can only go on like one before.
fn seek(inside: &[&Pattern], outside: &[&Pattern], budget: &Budget) -> Search {
    let track = Track::of(inside, outside);
    let Some(other) = track.a_character_that_none_names() else { return Search::GaveUp };
    let Some(start) = track.start() else { return Search::Nothing };
    let mut seen = HashSet::from([start.clone()]);
    // Each prefix that was reached: its last character, and of which prefix it is the continuation.
    let mut prefixes: Vec<(State, Option<(usize, char)>)> = vec![(start, None)];
    let mut at = 0_usize;
    while let Some((state, _)) = prefixes.get(at) {
        let state = state.clone();
        if track.accepts(&state) {
            return Search::Found(spell(&prefixes, at));
        }
        for character in track.characters(&state, other) {
            let Some(next) = track.step(&state, character) else { continue };
            if seen.insert(next.clone()) {
                // Long lists of places are dearer to walk on from.
                if !budget.take(next.len().div_euclid(8).saturating_add(1)) {
                    return Search::GaveUp;
                }
                prefixes.push((next, Some((at, character))));
            }
        }
        at = at.saturating_add(1);
    }
    Search::Nothing
}

fn spell(prefixes: &[(State, Option<(usize, char)>)], end: usize) -> String {
    let mut word = Vec::new();
    let mut at = end;
    while let Some((_, Some((before, character)))) = prefixes.get(at) {
        word.push(*character);
        at = *before;
    }
    word.iter().rev().collect()
}

/// The places on a [`Track`] at which a text so far may stand, in order.
type State = Vec<usize>;

/// All patterns, one behind the other, walked character by character at once.
struct Track {
    signs: Vec<Sign>,
    /// The places where the patterns end that have to match, and after them of those that must not.
    inside: Vec<usize>,
    outside: Vec<usize>,
}

#[derive(Clone, Copy, PartialEq)]
enum Sign {
    Char(char),
    One,
    Any,
    /// An unbound variable: nothing comes past it.
    Wall,
    End,
}

impl Track {
    fn of(inside: &[&Pattern], outside: &[&Pattern]) -> Self {
        let mut signs = Vec::new();
        let mut add = |pattern: &&Pattern| {
            for piece in pattern.pieces() {
                match piece {
                    Piece::Text(text) => signs.extend(text.chars().map(Sign::Char)),
                    Piece::One => signs.push(Sign::One),
                    Piece::Any => signs.push(Sign::Any),
                    Piece::Variable(_) => signs.push(Sign::Wall),
                }
            }
            signs.push(Sign::End);
            signs.len().saturating_sub(1)
        };
        let (inside, outside) = (inside.iter().map(&mut add).collect(), outside.iter().map(&mut add).collect());
        Self { signs, inside, outside }
    }

    fn sign(&self, place: usize) -> Option<Sign> {
        self.signs.get(place).copied()
    }

    fn start(&self) -> Option<State> {
        let ends = || self.inside.iter().chain(&self.outside);
        let mut begins = std::iter::once(0).chain(ends().map(|end| end.saturating_add(1)));
        self.walk(|_, from, state| {
            if let Some(begin) = begins.next() {
                self.enter(begin, from, state);
            }
        })
    }

    /// Where a text stands with one character more. None when no continuation can be right.
    fn step(&self, state: &[usize], character: char) -> Option<State> {
        let mut places = state.iter().copied().peekable();
        self.walk(|end, from, next| {
            while let Some(place) = places.next_if(|place| *place <= end) {
                match self.sign(place) {
                    Some(Sign::Any) => self.enter(place, from, next),
                    Some(Sign::One) => self.enter(place.saturating_add(1), from, next),
                    Some(Sign::Char(own)) if own == character => self.enter(place.saturating_add(1), from, next),
                    Some(Sign::Char(_) | Sign::Wall | Sign::End) | None => {}
                }
            }
        })
    }

    /// A state of what is told for each pattern: by its end, and the length of the state before it. None when what must
    /// match cannot any more, or what must not match always will.
    fn walk(&self, mut tell: impl FnMut(usize, usize, &mut State)) -> Option<State> {
        let mut state = State::new();
        for end in &self.inside {
            let from = state.len();
            tell(*end, from, &mut state);
            if state.len() == from {
                return None;
            }
        }
        for end in &self.outside {
            let from = state.len();
            tell(*end, from, &mut state);
            if let Some([star, last]) = state.get(from..)
                && last == end
                && self.sign(*star) == Some(Sign::Any)
            {
                return None;
            }
        }
        Some(state)
    }

    /// Adds a place of the pattern whose places begin `from` there, with the one behind a star. An entered star makes
    /// those before it needless: whatever they could still match, it can match too. So only the first may be one, and
    /// none comes twice.
    fn enter(&self, place: usize, from: usize, state: &mut State) {
        if self.sign(place) == Some(Sign::Any) {
            state.truncate(from);
            state.extend([place, place.saturating_add(1)]);
        } else {
            state.push(place);
        }
    }

    fn accepts(&self, state: &[usize]) -> bool {
        let stands_at = |end: &usize| state.binary_search(end).is_ok();
        self.inside.iter().all(stands_at) && !self.outside.iter().any(stands_at)
    }

    /// The characters to go on with: those that a pattern that has to match names next, and one that none names. Others
    /// only bring those that must not match further.
    fn characters(&self, state: &[usize], other: char) -> Vec<char> {
        let last = self.inside.last().copied().unwrap_or_default();
        let named = state.iter().take_while(|place| **place <= last).filter_map(|place| match self.sign(*place) {
            Some(Sign::Char(own)) => Some(own),
            _ => None,
        });
        let mut characters: Vec<char> = named.chain([other]).collect();
        // Readable ones first: of two texts of one length the first that is found is the answer.
        characters
            .sort_unstable_by_key(|character| (*character != other, !character.is_ascii_alphanumeric(), *character));
        characters.dedup();
        characters
    }

    /// None when the patterns name every character there is.
    fn a_character_that_none_names(&self) -> Option<char> {
        let characters = self.signs.iter().filter_map(|sign| match sign {
            Sign::Char(character) => Some(*character),
            Sign::One | Sign::Any | Sign::Wall | Sign::End => None,
        });
        let mut named: Vec<char> = characters.collect();
        named.sort_unstable();
        let readable = "x".chars().chain('a'..='z').chain('0'..='9').chain(['-']);
        readable.chain('\u{a1}'..=char::MAX).find(|character| named.binary_search(character).is_err())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::Syntax;

    fn pattern(text: &str) -> Pattern {
        Pattern::parse(text, Syntax::FULL).unwrap()
    }

    #[test]
    fn what_is_left_of_a_pattern_without_others_is_found_or_told_to_be_nothing() {
        for (inside, outside, expected) in [
            (vec!["a*"], vec!["ab*"], Search::Found("a".into())),
            (vec!["a?*"], vec!["ab*", "a?"], Search::Found("axx".into())),
            (vec!["*"], vec!["?*", ""], Search::Nothing),
            (vec!["?"], vec!["*"], Search::Nothing),
            (vec!["a*", "*b"], vec!["ab"], Search::Found("axb".into())),
            (vec!["${v}"], vec![], Search::Nothing),
            (vec!["a"], vec!["${v}"], Search::Found("a".into())),
        ] {
            let inside: Vec<_> = inside.into_iter().map(pattern).collect();
            let outside: Vec<_> = outside.into_iter().map(pattern).collect();
            let found = search(&inside.iter().collect::<Vec<_>>(), &outside.iter().collect::<Vec<_>>(), 1_000);
            assert_eq!(found, expected, "{inside:?} {outside:?}");
        }
    }

    #[test]
    fn a_pattern_that_was_made_to_be_slow_ends() {
        let slow = pattern(&format!("*a{}", "?".repeat(60)));
        let found = search(&[&pattern("*b")], &[&slow, &pattern(&format!("*b{}", "?".repeat(60)))], 5_000);
        assert!(matches!(found, Search::GaveUp | Search::Found(_)));
    }
}
