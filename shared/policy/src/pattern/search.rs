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
        if outside.iter().any(|outside| inside.iter().any(|inside| inside.contained_in(outside))) {
            return Search::Nothing;
        }
        // What another of them lies in asks for nothing more.
        let wider = |at: usize, one: &Pattern| {
            let mut others = inside.iter().enumerate().filter(|(other, _)| *other != at);
            others.any(|(other, pattern)| pattern.contained_in(one) && (other < at || !one.contained_in(pattern)))
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
}

fn seek(inside: &[&Pattern], outside: &[&Pattern], budget: &Budget) -> Search {
    let machines: Vec<Machine> =
        inside.iter().map(|one| (one, true)).chain(outside.iter().map(|one| (one, false))).map(Machine::new).collect();
    let Some(other) = a_character_that_none_names(&machines) else { return Search::GaveUp };
    let start: State = machines.iter().map(Machine::start).collect();
    let mut seen = HashSet::from([start.clone()]);
    // Each prefix that was reached: its last character, and of which prefix it is the continuation.
    let mut prefixes: Vec<(State, Option<(usize, char)>)> = vec![(start, None)];
    let mut at = 0_usize;
    while let Some((state, _)) = prefixes.get(at) {
        let state = state.clone();
        if machines.iter().zip(&state).all(|(machine, places)| machine.accepts(places) == machine.wanted) {
            return Search::Found(spell(&prefixes, at));
        }
        let mut characters: Vec<char> =
            machines.iter().zip(&state).flat_map(|(machine, places)| machine.named(places)).collect();
        // Readable ones first: of two texts of one length the first that is found is the answer.
        characters.push(other);
        characters
            .sort_unstable_by_key(|character| (*character != other, !character.is_ascii_alphanumeric(), *character));
        characters.dedup();
        for character in characters {
            let next: State =
                machines.iter().zip(&state).map(|(machine, places)| machine.step(places, character)).collect();
            let hopeless = machines.iter().zip(&next).any(|(machine, places)| machine.hopeless(places));
            if !hopeless && seen.insert(next.clone()) {
                // Long lists of places are dearer to walk on from.
                let places = next.iter().fold(0_usize, |sum, places| sum.saturating_add(places.len()));
                if !budget.take(places.div_euclid(8).saturating_add(1)) {
                    return Search::GaveUp;
                }
                prefixes.push((next, Some((at, character))));
            }
        }
        at = at.saturating_add(1);
    }
    Search::Nothing
}

/// For each pattern, the places in it at which a text so far may stand.
type State = Vec<Box<[usize]>>;

fn spell(prefixes: &[(State, Option<(usize, char)>)], end: usize) -> String {
    let mut word = Vec::new();
    let mut at = end;
    while let Some((_, Some((before, character)))) = prefixes.get(at) {
        word.push(*character);
        at = *before;
    }
    word.iter().rev().collect()
}

/// One pattern, walked character by character.
struct Machine {
    signs: Vec<Sign>,
    wanted: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Sign {
    Char(char),
    One,
    Any,
    /// An unbound variable: nothing comes past it.
    Wall,
}

impl Machine {
    fn new((pattern, wanted): (&&Pattern, bool)) -> Self {
        let mut signs = Vec::new();
        for piece in pattern.pieces() {
            match piece {
                Piece::Text(text) => signs.extend(text.chars().map(Sign::Char)),
                Piece::One => signs.push(Sign::One),
                Piece::Any => signs.push(Sign::Any),
                Piece::Variable(_) => signs.push(Sign::Wall),
            }
        }
        Self { signs, wanted }
    }

    fn start(&self) -> Box<[usize]> {
        self.settle(vec![0])
    }

    /// Adds the places behind stars, and drops those that an entered star makes needless: whatever an earlier place
    /// could still match, the last star that was entered can match too.
    fn settle(&self, mut places: Vec<usize>) -> Box<[usize]> {
        let mut index = 0;
        while let Some(place) = places.get(index).copied() {
            if self.signs.get(place) == Some(&Sign::Any) {
                places.push(place.saturating_add(1));
            }
            index = index.saturating_add(1);
        }
        places.sort_unstable();
        places.dedup();
        let star = places.iter().rposition(|place| self.signs.get(*place) == Some(&Sign::Any));
        places.split_off(star.unwrap_or_default()).into()
    }

    fn step(&self, places: &[usize], character: char) -> Box<[usize]> {
        let next = places.iter().filter_map(|place| match self.signs.get(*place)? {
            Sign::Any => Some(*place),
            Sign::One => Some(place.saturating_add(1)),
            Sign::Char(own) => (*own == character).then(|| place.saturating_add(1)),
            Sign::Wall => None,
        });
        self.settle(next.collect())
    }

    fn named<'m>(&'m self, places: &'m [usize]) -> impl Iterator<Item = char> + 'm {
        places.iter().filter_map(|place| match self.signs.get(*place) {
            Some(Sign::Char(own)) => Some(*own),
            _ => None,
        })
    }

    fn accepts(&self, places: &[usize]) -> bool {
        places.last() == Some(&self.signs.len())
    }

    /// Whether no continuation can be right: what must match cannot any more, or what must not match always will.
    fn hopeless(&self, places: &[usize]) -> bool {
        if self.wanted {
            return places.is_empty();
        }
        matches!(places, [star, end] if *end == self.signs.len() && self.signs.get(*star) == Some(&Sign::Any))
    }
}

/// None when the patterns name every character there is.
fn a_character_that_none_names(machines: &[Machine]) -> Option<char> {
    let signs = machines.iter().flat_map(|machine| &machine.signs);
    let named: HashSet<char> =
        signs.filter_map(|sign| if let Sign::Char(character) = sign { Some(*character) } else { None }).collect();
    let readable = "x".chars().chain('a'..='z').chain('0'..='9').chain(['-']);
    readable.chain('\u{a1}'..=char::MAX).find(|character| !named.contains(character))
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
