//! One pattern against another: does it lie within, do they meet?
//!
//! Both answers take time and memory proportional to the product of the two lengths, also for patterns that somebody
//! wrote to make it slow. Without variables they are exact; with them a yes to "within" is certain.

use std::collections::VecDeque;

use super::{Pattern, Piece, Variable};
use crate::context::Context;

/// A pattern by characters. Next to a gap stands text or a variable, never `?`: those count towards the gap.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Sign<'a> {
    Char(char),
    One,
    Variable(&'a Variable),
    /// Any text of at least so many characters.
    Gap(usize),
}

/// The product of the lengths of two patterns up to which they are compared character by character.
const LONGEST: usize = 100_000_000;

impl Sign<'_> {
    /// How many characters it stands for at least. A variable's value may be empty.
    fn least(self) -> usize {
        match self {
            Sign::Char(_) | Sign::One => 1,
            Sign::Variable(_) => 0,
            Sign::Gap(least) => least,
        }
    }

    /// Whether all that this stands for is within what one sign, not a gap, stands for.
    fn within(self, other: Self) -> bool {
        self == other && !matches!(self, Sign::Gap(_)) || (other == Sign::One && matches!(self, Sign::Char(_)))
    }
}

fn signs(pattern: &Pattern) -> Vec<Sign<'_>> {
    let mut signs = Vec::new();
    // A run of wildcards: how many `?`, and whether there is a star among them.
    let (mut ones, mut star) = (0_usize, false);
    let end_run = |signs: &mut Vec<_>, ones: &mut usize, star: &mut bool| {
        if *star {
            signs.push(Sign::Gap(*ones));
        } else {
            signs.extend(std::iter::repeat_n(Sign::One, *ones));
        }
        (*ones, *star) = (0, false);
    };
    for piece in pattern.pieces() {
        match piece {
            Piece::One => ones = ones.saturating_add(1),
            Piece::Any => star = true,
            Piece::Text(text) => {
                end_run(&mut signs, &mut ones, &mut star);
                signs.extend(text.chars().map(Sign::Char));
            }
            Piece::Variable(variable) => {
                end_run(&mut signs, &mut ones, &mut star);
                signs.push(Sign::Variable(variable));
            }
        }
    }
    end_run(&mut signs, &mut ones, &mut star);
    signs
}

impl Pattern {
    /// Whether every text that this pattern matches is matched by the other too.
    ///
    /// A variable has the same value on both sides, whatever that is: it lies within itself and within a `*`, and
    /// nothing is known to lie within it but itself. Use [`Pattern::bind`] first for variables whose value is known.
    ///
    /// ```
    /// use policy::{Pattern, Syntax};
    ///
    /// let pattern = |text| Pattern::parse(text, Syntax::FULL).unwrap();
    /// assert!(pattern("stream/gate-?/*").contained_in(&pattern("stream/*/*")));
    /// assert!(!pattern("stream/*").contained_in(&pattern("stream/*/*")));
    /// assert!(pattern("stream/${aws:username}/*").contained_in(&pattern("stream/*/*")));
    /// ```
    pub fn contained_in(&self, other: &Self) -> bool {
        // Why this is exact: take the words of `self` in which each gap is either as short as it may be or long and
        // made of characters that `other` does not name. In the long ones a core of `other` (what stands between two
        // of its gaps) can only match inside one unbroken run of `self`, and in the short ones a match across a gap
        // begins too early to help. So `other` covers all words exactly if its cores can be placed, from left to
        // right and each as early as it may, in unbroken runs at the least distances.
        if other.is_any() {
            return true;
        }
        if self.ends_differ(other) {
            return false;
        }
        if let Some(matches) = self.as_literal().and_then(|text| other.matches_plainly(text)) {
            return matches;
        }
        let (own, theirs) = (signs(self), signs(other));
        let within = |own: &[Sign<'_>], core: &[Sign<'_>]| {
            own.len() == core.len() && own.iter().zip(core).all(|(own, theirs)| own.within(*theirs))
        };
        let mut gaps = theirs.iter().filter_map(|sign| if let Sign::Gap(least) = sign { Some(*least) } else { None });
        let mut cores = theirs.split(|sign| matches!(sign, Sign::Gap(_)));
        let first = cores.next().unwrap_or_default();
        let Some(last) = cores.next_back() else { return within(&own, first) };
        let Some((head, rest)) = own.split_at_checked(first.len()) else { return false };
        let Some((middle, tail)) = rest.len().checked_sub(last.len()).and_then(|at| rest.split_at_checked(at)) else {
            return false;
        };
        if !within(head, first) || !within(tail, last) {
            return false;
        }
        let mut left = middle;
        for core in cores {
            let Some(behind) = place(left, core, gaps.next().unwrap_or_default(), within) else { return false };
            left = behind;
        }
        length(left) >= gaps.next().unwrap_or_default()
    }

    /// A text that both match; None when there is none. Variables match only themselves, and stand in the answer where
    /// both have the same one, so the answer is a pattern without wildcards.
    ///
    /// ```
    /// use policy::{Pattern, Syntax};
    ///
    /// let pattern = |text| Pattern::parse(text, Syntax::FULL).unwrap();
    /// let both = pattern("stream/gate-*").overlap(&pattern("*/gate-?orth"));
    /// assert_eq!(both.unwrap().to_string(), "stream/gate-xorth");
    /// assert_eq!(pattern("a*").overlap(&pattern("b*")), None);
    /// ```
    pub fn overlap(&self, other: &Self) -> Option<Self> {
        let (own, theirs) = (characters(self), characters(other));
        let width = theirs.len().saturating_add(1);
        let place = |i: usize, j: usize| i.saturating_mul(width).saturating_add(j);
        // By which step each pair of positions was first reached.
        let mut reached: Vec<Option<Step>> = vec![None; place(own.len(), width)];
        let mut open = VecDeque::from([(0_usize, 0_usize)]);
        while let Some((i, j)) = open.pop_front() {
            for step in Step::from(own.get(i).copied(), theirs.get(j).copied()).into_iter().flatten() {
                let next = (i.saturating_add(step.own()), j.saturating_add(step.theirs()));
                if let Some(slot @ None) = reached.get_mut(place(next.0, next.1)) {
                    *slot = Some(step);
                    // A step over a gap writes nothing: it goes first, so that the answer stays short.
                    if step.writes() { open.push_back(next) } else { open.push_front(next) }
                }
            }
        }
        let (mut i, mut j) = (own.len(), theirs.len());
        let mut word = Vec::new();
        while (i, j) != (0, 0) {
            let step = (*reached.get(place(i, j))?)?;
            (i, j) = (i.checked_sub(step.own())?, j.checked_sub(step.theirs())?);
            word.push(match step {
                Step::OverOwnGap | Step::OverTheirGap => continue,
                Step::InTheirGap => own.get(i).copied()?,
                Step::InOwnGap => theirs.get(j).copied()?,
                Step::Both => own.get(i).copied().filter(|sign| *sign != Sign::One).or(theirs.get(j).copied())?,
            });
        }
        Some(Self::from_pieces(word.into_iter().rev().map(|sign| match sign {
            Sign::Char(character) => Piece::Text(character.to_string().into()),
            Sign::Variable(variable) => Piece::Variable(variable.clone()),
            Sign::One | Sign::Gap(_) => Piece::Text("x".into()),
        })))
    }

    /// Whether some text is matched by both. See [`Pattern::overlap`] for what variables do. Of two patterns that are
    /// longer together than AWS stores any, the answer is yes.
    pub fn overlaps(&self, other: &Self) -> bool {
        if self.is_any() || other.is_any() {
            return true;
        }
        if self.ends_differ(other) {
            return false;
        }
        let own = || self.as_literal().and_then(|text| other.matches_plainly(text));
        let theirs = || other.as_literal().and_then(|text| self.matches_plainly(text));
        let size = |pattern: &Self| characters(pattern).len();
        let is_long = || size(self).saturating_mul(size(other)) > LONGEST;
        own().or_else(theirs).unwrap_or_else(|| is_long() || self.overlap(other).is_some())
    }

    /// Whether the two begin or end with different texts, so that nothing is matched by both. Most are told apart so.
    pub(crate) fn ends_differ(&self, other: &Self) -> bool {
        let texts =
            |one: Option<&'_ Piece>, other: Option<&'_ Piece>, within: fn(&str, &str) -> bool| match (one, other) {
                (Some(Piece::Text(one)), Some(Piece::Text(other))) => !within(one, other) && !within(other, one),
                _ => false,
            };
        let (own, theirs) = (self.pieces(), other.pieces());
        texts(own.first(), theirs.first(), |long, short| long.starts_with(short))
            || texts(own.last(), theirs.last(), |long, short| long.ends_with(short))
    }

    /// Whether it matches a text; None when variables decide.
    pub(super) fn matches_plainly(&self, text: &str) -> Option<bool> {
        self.variables().next().is_none().then(|| self.matches(text, Context::EMPTY))
    }

    /// The shortest text that the pattern matches, with `x` for each `?`; its variables stay.
    #[must_use]
    pub fn witness(&self) -> Self {
        Self::from_pieces(self.pieces().iter().filter_map(|piece| match piece {
            Piece::Any => None,
            Piece::One => Some(Piece::Text("x".into())),
            Piece::Text(_) | Piece::Variable(_) => Some(piece.clone()),
        }))
    }
}

/// One move of two patterns along the same text.
#[derive(Debug, Clone, Copy)]
enum Step {
    OverOwnGap,
    OverTheirGap,
    /// Our gap takes their sign.
    InOwnGap,
    /// Their gap takes our sign.
    InTheirGap,
    Both,
}

impl Step {
    fn from(own: Option<Sign<'_>>, theirs: Option<Sign<'_>>) -> [Option<Self>; 3] {
        let gap = |sign| matches!(sign, Some(Sign::Gap(_)));
        let both = match (own, theirs) {
            (Some(Sign::Gap(_)), Some(Sign::Gap(_))) | (None, _) | (_, None) => None,
            (Some(Sign::Gap(_)), Some(_)) => Some(Self::InOwnGap),
            (Some(_), Some(Sign::Gap(_))) => Some(Self::InTheirGap),
            (Some(own), Some(theirs)) => (own.within(theirs) || theirs.within(own)).then_some(Self::Both),
        };
        [gap(own).then_some(Self::OverOwnGap), gap(theirs).then_some(Self::OverTheirGap), both]
    }

    fn own(self) -> usize {
        usize::from(matches!(self, Self::OverOwnGap | Self::InTheirGap | Self::Both))
    }

    fn theirs(self) -> usize {
        usize::from(matches!(self, Self::OverTheirGap | Self::InOwnGap | Self::Both))
    }

    fn writes(self) -> bool {
        !matches!(self, Self::OverOwnGap | Self::OverTheirGap)
    }
}

/// A pattern by characters, with each `?` of a gap between stars: what a variable stands for may come before it or
/// behind.
fn characters(pattern: &Pattern) -> Vec<Sign<'_>> {
    let each = signs(pattern).into_iter().flat_map(|sign| match sign {
        Sign::Gap(least) => (0..=least.saturating_mul(2))
            .map(|at| if at.is_multiple_of(2) { Sign::Gap(0) } else { Sign::One })
            .collect(),
        sign => vec![sign],
    });
    each.collect()
}

/// What is left of a pattern behind the first place for a core, at least so many characters from its beginning.
fn place<'s, 'a>(
    from: &'s [Sign<'a>],
    core: &[Sign<'a>],
    least: usize,
    within: impl Fn(&[Sign<'a>], &[Sign<'a>]) -> bool,
) -> Option<&'s [Sign<'a>]> {
    let mut passed = 0_usize;
    let mut rest = from;
    loop {
        if passed >= least
            && let Some((here, behind)) = rest.split_at_checked(core.len())
            && within(here, core)
        {
            return Some(behind);
        }
        let (next, behind) = rest.split_first()?;
        passed = passed.saturating_add(next.least());
        rest = behind;
    }
}

fn length(signs: &[Sign<'_>]) -> usize {
    signs.iter().fold(0, |sum, sign| sum.saturating_add(sign.least()))
}
