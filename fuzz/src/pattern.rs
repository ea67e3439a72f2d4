//! Two patterns and a text, over few characters so that they often meet.

use ::policy::{Context, Pattern, Search, Syntax, search};

use super::Read;

/// Of a line no more is looked at, so that thousands of them are tried in a second.
const LENGTH: usize = 64;
/// How far [`search`] may go.
const STEPS: usize = 150;
/// The only variable.
const KEY: &str = "v:v";

/// Four lines: a pattern, another, a text, and the value of the variable, which has none without that line. For the
/// characters of a line see [`sign`]; in a text and a value, wildcards are characters and `v` is `x`.
///
/// # Panics
///
/// When something does not hold.
pub fn check(data: &[u8]) -> Read {
    let mut lines = data.split(|byte| *byte == b'\n').map(signs);
    let mut line = || lines.next().unwrap_or_default();
    let (one, other, text) = (Written::new(line()), Written::new(line()), plain(&line()));
    let value = lines.next().map(|signs| plain(&signs));
    let context = Context::new(value.iter().map(|value| (KEY, value.as_str())));
    for written in [&one, &other] {
        let matches = written.pattern.matches(&text, &context);
        assert_eq!(matches, written.is(&text, value.as_deref()), "{} matches {text:?} or not", written.pattern);
        stands_for_itself(&written.pattern);
    }
    containment_and_overlap_agree(&one.pattern, &other.pattern);
    containment_and_overlap_agree(&other.pattern, &one.pattern);
    // What may be said without a value has to be true with it.
    let (Some(one), Some(other)) =
        (Bound::new(&one.pattern, value.as_deref()), Bound::new(&other.pattern, value.as_deref()))
    else {
        return Ok(());
    };
    for bound in [&one, &other] {
        let Bound { free, pattern } = bound;
        assert_eq!(free.matches(&text, &context), pattern.matches(&text, Context::EMPTY), "{free} is not {pattern}");
        has_a_shortest_witness(bound, value.as_deref(), &text);
    }
    for (one, other) in [(&one, &other), (&other, &one)] {
        containment_is_kept(one, other, &text);
        difference_is_exact(&one.pattern, &other.pattern, &text);
    }
    overlap_is_matched_by_both(&one, &other, value.as_deref());
    overlap_is_exact(&one.pattern, &other.pattern, &text);
    Ok(())
}

fn stands_for_itself(pattern: &Pattern) {
    let written = pattern.to_string();
    assert_eq!(Pattern::parse(&written, Syntax::FULL).as_ref(), Ok(pattern), "{written} is read as something else");
    assert!(pattern.contained_in(pattern), "{written} is not within itself");
    assert!(pattern.contained_in(&Pattern::any()), "{written} is not within *");
    assert!(pattern.overlaps(pattern), "{written} does not meet itself");
    let witness = pattern.witness();
    assert!(witness.contained_in(pattern), "{written}: its witness {witness} is not within it");
}

fn containment_and_overlap_agree(one: &Pattern, other: &Pattern) {
    let both = one.overlap(other);
    assert_eq!(both.is_some(), other.overlaps(one), "{one} and {other} meet in one order only");
    assert!(both.is_some() || !one.contained_in(other), "{one} in {other}, and they do not meet");
    if let Some(both) = both {
        assert!(both.contained_in(one) && both.contained_in(other), "{both} is not within {one} and {other}");
    }
}

/// A pattern with the variable, and the same with its value.
struct Bound<'p> {
    free: &'p Pattern,
    pattern: Pattern,
}

impl<'p> Bound<'p> {
    /// None without a value for a variable in it. By the text, which is another way than the engine's.
    fn new(free: &'p Pattern, value: Option<&str>) -> Option<Self> {
        let variable = format!("${{{KEY}}}");
        let mut text = free.to_string();
        if text.contains(&variable) {
            let value = value?.replace('*', "${*}").replace('?', "${?}");
            text = text.replace(&variable, &value);
        }
        Pattern::parse(&text, Syntax::FULL).ok().map(|pattern| Self { free, pattern })
    }
}

/// The one text that a pattern without wildcards matches.
fn literal(pattern: &Pattern, value: Option<&str>) -> Option<String> {
    Bound::new(pattern, value)?.pattern.as_literal().map(str::to_owned)
}

fn has_a_shortest_witness(Bound { free, pattern }: &Bound<'_>, value: Option<&str>, text: &str) {
    let shortest = literal(&free.witness(), value);
    let is_matched = shortest.as_ref().is_some_and(|text| pattern.matches(text, Context::EMPTY));
    assert!(is_matched, "{free} does not match its witness {shortest:?}");
    let is_shorter = text.chars().count() < shortest.iter().flat_map(|text| text.chars()).count();
    assert!(!is_shorter || !pattern.matches(text, Context::EMPTY), "{free}: {shortest:?} is longer than {text:?}");
    if let Some(only) = pattern.as_literal() {
        assert_eq!(pattern.matches(text, Context::EMPTY), text == only, "{free} matches {text:?} or not");
    }
}

fn containment_is_kept(inner: &Bound<'_>, outer: &Bound<'_>, text: &str) {
    if inner.free.contained_in(outer.free) {
        assert!(inner.pattern.contained_in(&outer.pattern), "{} in {}, not when bound", inner.free, outer.free);
    }
    let (inner, outer) = (&inner.pattern, &outer.pattern);
    if inner.contained_in(outer) && inner.matches(text, Context::EMPTY) {
        assert!(outer.matches(text, Context::EMPTY), "{inner} in {outer}, not with {text:?}");
    }
}

fn overlap_is_matched_by_both(one: &Bound<'_>, other: &Bound<'_>, value: Option<&str>) {
    let Some(both) = one.free.overlap(other.free) else { return };
    let (one, other) = (&one.pattern, &other.pattern);
    let text = literal(&both, value);
    let is_matched = |pattern: &Pattern| text.as_ref().is_some_and(|text| pattern.matches(text, Context::EMPTY));
    assert!(is_matched(one) && is_matched(other), "{one} and {other} do not meet in {text:?}");
    assert!(one.overlaps(other), "{one} and {other} meet, not when bound");
}

fn difference_is_exact(inside: &Pattern, outside: &Pattern, text: &str) {
    let is_in = |text: &str| inside.matches(text, Context::EMPTY) && !outside.matches(text, Context::EMPTY);
    match search(&[inside], &[outside], STEPS) {
        Search::Found(found) => {
            assert!(is_in(&found), "{found:?} is not in {inside} without {outside}");
            assert!(!inside.contained_in(outside), "{inside} is said to be in {outside}, not with {found:?}");
            let is_shorter = text.chars().count() < found.chars().count();
            assert!(!is_shorter || !is_in(text), "{inside} without {outside}: {found:?} is longer than {text:?}");
        }
        Search::Nothing => {
            assert!(inside.contained_in(outside), "{inside} without {outside} is nothing, but not within");
            assert!(!is_in(text), "{text:?} is in {inside} without {outside}, which is said to be nothing");
        }
        Search::GaveUp => assert!(!inside.contained_in(outside) || !is_in(text), "{inside} in {outside}: {text:?}"),
    }
}

fn overlap_is_exact(one: &Pattern, other: &Pattern, text: &str) {
    let in_both = |text: &str| one.matches(text, Context::EMPTY) && other.matches(text, Context::EMPTY);
    let overlaps = one.overlaps(other);
    assert!(overlaps || !in_both(text), "{one} and {other} are said not to meet in {text:?}");
    match search(&[one, other], &[], STEPS) {
        Search::Found(found) => assert!(overlaps && in_both(&found), "{one} and {other} in {found:?}"),
        Search::Nothing => assert!(!overlaps, "{one} and {other} are found not to meet"),
        Search::GaveUp => {}
    }
}

/// What a pattern is made of here.
#[derive(Clone, Copy)]
enum Sign {
    Char(char),
    One,
    Any,
    Variable,
}

fn signs(line: &[u8]) -> Vec<Sign> {
    line.iter().take(LENGTH).map(|byte| sign(*byte)).collect()
}

fn sign(byte: u8) -> Sign {
    match byte {
        b'a' => Sign::Char('a'),
        b'b' => Sign::Char('b'),
        b':' => Sign::Char(':'),
        b'x' => Sign::Char('x'),
        // Of two bytes.
        b'o' => Sign::Char('ö'),
        // A star that is meant literally.
        b's' => Sign::Char('*'),
        b'?' => Sign::One,
        b'*' => Sign::Any,
        b'v' => Sign::Variable,
        other => [Sign::Any, Sign::Char('a'), Sign::Char('b'), Sign::One]
            .into_iter()
            .cycle()
            .nth(usize::from(other))
            .unwrap_or(Sign::Any),
    }
}

fn plain(signs: &[Sign]) -> String {
    let each = signs.iter().map(|sign| match sign {
        Sign::Char(character) => *character,
        Sign::One => '?',
        Sign::Any => '*',
        Sign::Variable => 'x',
    });
    each.collect()
}

/// A pattern and what it was made of.
struct Written {
    signs: Vec<Sign>,
    pattern: Pattern,
}

impl Written {
    fn new(signs: Vec<Sign>) -> Self {
        let each = signs.iter().map(|sign| match sign {
            Sign::Char('*') => "${*}".to_owned(),
            Sign::Char(character) => character.to_string(),
            Sign::One => "?".to_owned(),
            Sign::Any => "*".to_owned(),
            Sign::Variable => format!("${{{KEY}}}"),
        });
        let text: String = each.collect();
        let pattern = Pattern::parse(&text, Syntax::FULL);
        assert!(pattern.is_ok(), "{text} is no pattern: {pattern:?}");
        Self { signs, pattern: pattern.unwrap_or_else(|_| Pattern::any()) }
    }

    /// Whether it matches, told by what a pattern means rather than by how the engine goes about it.
    fn is(&self, text: &str, value: Option<&str>) -> bool {
        // For each place in the text, whether the signs so far match up to there.
        let mut places: Vec<bool> = std::iter::once(true).chain(text.chars().map(|_| false)).collect();
        for sign in &self.signs {
            places = match sign {
                Sign::Char(character) => after(&places, text, Some(*character)),
                Sign::One => after(&places, text, None),
                Sign::Any => {
                    let mut is_open = false;
                    let each = places.iter().map(|place| {
                        is_open |= place;
                        is_open
                    });
                    each.collect()
                }
                Sign::Variable => {
                    let Some(value) = value else { return false };
                    value.chars().fold(places, |places, character| after(&places, text, Some(character)))
                }
            };
        }
        places.last() == Some(&true)
    }
}

/// The places one character later, where it is the wanted one.
fn after(places: &[bool], text: &str, wanted: Option<char>) -> Vec<bool> {
    let fits = text.chars().map(|character| wanted.is_none_or(|wanted| wanted == character));
    std::iter::once(false).chain(places.iter().zip(fits).map(|(place, fits)| *place && fits)).collect()
}
