//! What a stream's tags say of it, and what is written there.
//!
//! All that has to be known to undo a throttle stands on the stream itself: nothing else has to be kept.

use std::collections::BTreeMap;
use std::fmt;

use fleet::{HOLD_TAG, MARK_TAG, PRIORITY_TAG, Priority, THING_TAG, THROTTLE_TAG, Throttle, shown};
use jiff::Timestamp;

use crate::camera::{Mark, Marked, Standing, Traffic};

/// A stream's tags.
pub type Tags = BTreeMap<String, String>;

/// What the tags say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The thing whose video it is; None on a stream that kvs-warden did not make.
    pub thing: Option<String>,
    /// How much it matters, or why that cannot be read.
    pub priority: Result<Priority, String>,
    /// Whether an operator froze it.
    pub held: bool,
    /// What was done to it.
    pub standing: Standing,
}

impl Said {
    /// Reads a stream's tags.
    pub fn of(tags: &Tags) -> Self {
        let priority = match tags.get(PRIORITY_TAG) {
            None => Err(format!("the stream has no tag `{PRIORITY_TAG}`")),
            Some(text) => Priority::parse(text).map_err(|fault| format!("`{PRIORITY_TAG}` is {fault}")),
        };
        Self {
            thing: tags.get(THING_TAG).cloned(),
            priority,
            held: tags.contains_key(HOLD_TAG),
            standing: standing(tags),
        }
    }
}

/// What was done to a stream, by whom.
fn standing(tags: &Tags) -> Standing {
    let mark = tags.get(MARK_TAG).map(|text| (text, read(text)));
    match (tags.get(THROTTLE_TAG), mark) {
        (None, None) => Standing::Free(None),
        (None, Some((_, Some(mark)))) if mark.state == Marked::Restored => Standing::Free(Some(mark)),
        // The throttle was taken away by hand, which stands, and the mark is of no more use.
        (None, Some((_, Some(mark)))) => {
            Standing::ByHand(format!("`{THROTTLE_TAG}` was removed, and `{MARK_TAG}` says {}", mark.state.as_str()))
        }
        (None, Some((text, None))) => {
            Standing::ByHand(format!("`{MARK_TAG}` is `{}`, which is not ours", shown(text, 80)))
        }
        (Some(throttle), None) => {
            Standing::ByHand(format!("`{THROTTLE_TAG}` is `{}`, and there is no `{MARK_TAG}`", shown(throttle, 80)))
        }
        (Some(throttle), Some((text, None))) => Standing::ByHand(format!(
            "`{THROTTLE_TAG}` is `{}`, and `{MARK_TAG}` is `{}`, which is not ours",
            shown(throttle, 80),
            shown(text, 80)
        )),
        (Some(throttle), Some((_, Some(mark)))) => match (Throttle::parse(throttle), mark.state) {
            (Ok(Throttle::Reduced), Marked::Reduced) | (Ok(Throttle::Stopped), Marked::Stopped) => Standing::Ours(mark),
            // The way back was begun, and not ended.
            (Ok(Throttle::Reduced), Marked::Restored) => Standing::Ours(half_back(mark, Marked::Reduced)),
            (Ok(Throttle::Stopped), Marked::Restored) => Standing::Ours(half_back(mark, Marked::Stopped)),
            (_, Marked::Reduced | Marked::Stopped) | (Err(_), Marked::Restored) => Standing::ByHand(format!(
                "`{THROTTLE_TAG}` is `{}`, and `{MARK_TAG}` says {}",
                shown(throttle, 80),
                mark.state.as_str()
            )),
        },
    }
}

fn half_back(mark: Mark, state: Marked) -> Mark {
    Mark { state, leaving: true, ..mark }
}

/// The words of a mark, in their order, between its values.
const WORDS: [&str; 7] = ["since", "first", "stopped", "period", "budget", "bytes", "fragments"];

/// Of a stream that is not stopped.
const NEVER: &str = "-";

/// Reads a mark as [`written`] writes it. None for any other text.
fn read(text: &str) -> Option<Mark> {
    let mut parts = text.split(' ');
    let state = match parts.next()? {
        "reduced" => Marked::Reduced,
        "stopped" => Marked::Stopped,
        "restored" => Marked::Restored,
        _ => return None,
    };
    let mut values = Vec::with_capacity(WORDS.len());
    for word in WORDS {
        if parts.next()? != word {
            return None;
        }
        values.push(parts.next()?);
    }
    let [since, first, stopped, period, budget, bytes, fragments] = values.try_into().ok()?;
    let moment = |text: &str| text.parse::<Timestamp>().ok().map(Timestamp::as_second);
    let mark = Mark {
        state,
        since: moment(since)?,
        first: moment(first)?,
        stopped: if stopped == NEVER { None } else { Some(moment(stopped)?) },
        leaving: false,
        period: period.to_owned(),
        budget: budget.to_owned(),
        before: Traffic { bytes_per_day: bytes.parse().ok()?, fragments_per_day: fragments.parse().ok()? },
    };
    // Times and numbers may be written in other ways. Whoever did so is not us.
    (written(&mark) == text).then_some(mark)
}

/// A mark as it stands in the tag. Tags take letters, digits, spaces and `_.:/=+-@`, at most 256 of them.
///
/// <https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/API_TagStream.html>
pub fn written(mark: &Mark) -> String {
    let Mark { state, since, first, stopped, leaving: _, period, budget, before } = mark;
    let stopped = stopped.map_or_else(|| NEVER.to_owned(), |at| Second(at).to_string());
    format!(
        "{} since {} first {} stopped {stopped} period {period} budget {budget} bytes {} fragments {}",
        state.as_str(),
        Second(*since),
        Second(*first),
        before.bytes_per_day,
        before.fragments_per_day
    )
}

/// A moment in seconds since 1970, as people read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Second(pub i64);

impl fmt::Display for Second {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = if self.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
        Timestamp::from_second(self.0).unwrap_or(end).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mark(state: Marked) -> Mark {
        Mark {
            state,
            since: 1_795_410_000,
            first: 1_795_406_400,
            stopped: (state != Marked::Reduced).then_some(1_795_410_000),
            leaving: false,
            period: "2026-11-01".to_owned(),
            budget: "3fa9c1d2".to_owned(),
            before: Traffic { bytes_per_day: 12_345_678_901, fragments_per_day: 43_200 },
        }
    }

    fn tags(all: &[(&str, &str)]) -> Tags {
        all.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_mark_is_plain_text_that_tags_take() {
        let text = written(&mark(Marked::Stopped));
        assert_eq!(
            text,
            "stopped since 2026-11-23T05:00:00Z first 2026-11-23T04:00:00Z stopped \
             2026-11-23T05:00:00Z period 2026-11-01 budget 3fa9c1d2 bytes \
             12345678901 fragments 43200"
        );
        assert!(text.len() <= 256 && text.chars().all(|c| c.is_ascii_alphanumeric() || " _.:/=+-@".contains(c)));
    }

    #[test]
    fn a_stream_of_ours_says_what_it_is() {
        let said = Said::of(&tags(&[(THING_TAG, "gate"), (PRIORITY_TAG, "low"), ("owner", "me")]));
        assert_eq!(said.thing.as_deref(), Some("gate"));
        assert_eq!((said.priority, said.held, said.standing), (Ok(Priority::Low), false, Standing::Free(None)));
    }

    #[test]
    fn a_priority_that_is_missing_or_misspelt_cannot_be_read() {
        for (text, why) in [(None, "has no tag"), (Some("Low"), "is `Low`: expected one of"), (Some(""), "is ``")] {
            let tags = text.map(|text| tags(&[(PRIORITY_TAG, text)])).unwrap_or_default();
            let said = Said::of(&tags).priority.unwrap_err();
            assert!(said.contains(why), "{said}");
        }
    }

    #[test]
    fn throttle_and_mark_that_agree_are_ours_and_all_else_is_somebody_s() {
        let [reduced, stopped, restored] = [Marked::Reduced, Marked::Stopped, Marked::Restored].map(mark);
        let [r, s, b] = [&reduced, &stopped, &restored].map(written);
        let of = |throttle: Option<&str>, mark: Option<&str>| {
            let throttle = throttle.map(|text| (THROTTLE_TAG, text));
            let all: Vec<_> = throttle.into_iter().chain(mark.map(|text| (MARK_TAG, text))).collect();
            Said::of(&tags(&all)).standing
        };
        assert_eq!(of(Some("reduced"), Some(&r)), Standing::Ours(reduced.clone()));
        assert_eq!(of(Some("stopped"), Some(&s)), Standing::Ours(stopped.clone()));
        assert_eq!(of(None, Some(&b)), Standing::Free(Some(restored.clone())));
        // A crash between the two steps of the way back. The throttle is not as young as that mark.
        for (throttle, state) in [("stopped", Marked::Stopped), ("reduced", Marked::Reduced)] {
            let half = Mark { state, leaving: true, ..restored.clone() };
            assert_eq!(of(Some(throttle), Some(&b)), Standing::Ours(half));
        }
        // The same moment and the same number, and not as we write them.
        let [moment, number] = [r.replace("00Z", "00.000Z"), r.replace("43200", "+43200")];
        let by_hand = [
            (Some("reduced"), Some(moment.as_str())),
            (Some("reduced"), Some(number.as_str())),
            (Some("stopped"), None),
            (Some("stopped"), Some(r.as_str())),
            (Some("STOPPED"), Some(s.as_str())),
            (Some("half"), Some(b.as_str())),
            (Some("stopped"), Some("me")),
            (None, Some("me")),
            (None, Some(s.as_str())),
        ];
        for (throttle, mark) in by_hand {
            assert!(matches!(of(throttle, mark), Standing::ByHand(_)), "{throttle:?} {mark:?}");
        }
    }

    proptest! {
        #[test]
        fn every_mark_reads_back(since in 0_i64..4_000_000_000, first in 0_i64..4_000_000_000, bytes: u64, fragments: u64) {
            let before = Traffic { bytes_per_day: bytes, fragments_per_day: fragments };
            let mark = Mark { since, before, first, ..mark(Marked::Reduced) };
            prop_assert_eq!(read(&written(&mark)), Some(mark));
        }

        #[test]
        fn no_text_makes_it_panic(text in ".*") {
            read(&text);
        }
    }
}
