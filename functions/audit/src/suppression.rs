//! What somebody said is meant, for how long, and why.

use jiff::civil::Date;
use jiff::tz::Offset;

use crate::finding::{Finding, State, Suppressed};
use crate::inventory::Moment;

/// So many days before its end a suppression is told about.
const SOON: i32 = 14;

/// An entry of `suppress:` in `audit.yaml`. A finding that it covers stays in every report, marked as suppressed, and is
/// no longer news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// A check's id, or `*` for any.
    pub check: String,
    /// An ARN in which `*` stands for any text. Case counts.
    pub resource: String,
    /// Why it is meant.
    pub reason: String,
    /// Who says so.
    pub owner: String,
    /// The last day that it counts, to its end in UTC.
    pub expires: Date,
    /// The line of `audit.yaml` that it begins on, from 1.
    pub line: u64,
}

impl Suppression {
    /// Whether it is about a finding, be it in force or not.
    pub fn covers(&self, finding: &Finding) -> bool {
        (self.check == "*" || self.check == finding.check) && fits(&self.resource, &finding.resource)
    }

    /// Whether it counts at a moment: until the end of its last day in UTC.
    pub fn counts_at(&self, now: Moment) -> bool {
        day(now) <= self.expires
    }

    fn title(&self) -> String {
        let check = if self.check == "*" { "every check".to_owned() } else { format!("`{}`", self.check) };
        format!("The suppression of {check} for `{}` (audit.yaml, line {}; {})", self.resource, self.line, self.owner)
    }

    fn suppressed(&self) -> Suppressed {
        let Self { check: _, resource: _, reason, owner, expires, line: _ } = self;
        Suppressed { reason: reason.clone(), owner: owner.clone(), expires: expires.to_string() }
    }
}

/// Marks what is covered as suppressed, by the first entry that counts, and what no longer is as open. What was resolved
/// stays so.
pub fn apply(findings: &mut [Finding], suppressions: &[Suppression], now: Moment) {
    for finding in findings.iter_mut().filter(|finding| finding.state != State::Resolved) {
        let by = suppressions.iter().find(|one| one.counts_at(now) && one.covers(finding));
        finding.state = if by.is_some() { State::Suppressed } else { State::Open };
        finding.suppressed = by.map(Suppression::suppressed);
    }
}

/// What to say of suppressions, in full sentences: of those that end within two weeks, that have ended, and, when all
/// there is was looked at (`whole`), that match nothing. The findings are those that [`apply`] went over.
pub fn notices(suppressions: &[Suppression], findings: &[Finding], now: Moment, whole: bool) -> Vec<String> {
    suppressions.iter().filter_map(|one| notice(one, findings, now, whole)).collect()
}

fn notice(one: &Suppression, findings: &[Finding], now: Moment, whole: bool) -> Option<String> {
    let covered = || findings.iter().filter(|finding| one.covers(finding));
    let title = one.title();
    let days = day(now).until(one.expires).map_or(0, |span| span.get_days());
    if days < 0 {
        let back = covered().filter(|finding| finding.state == State::Open).count();
        let back = match back {
            0 => "Nothing came back: remove it.".to_owned(),
            1 => "1 finding is open again.".to_owned(),
            more => format!("{more} findings are open again."),
        };
        return Some(format!("{title} ended on {}. {back}", one.expires));
    }
    if whole && covered().all(|finding| finding.state == State::Resolved) {
        return Some(format!("{title} matches nothing: remove it, or mend its pattern."));
    }
    let when = match days {
        0 => "at the end of today (UTC)".to_owned(),
        1 => format!("tomorrow, {}", one.expires),
        days if days <= SOON => format!("in {days} days, on {}", one.expires),
        _ => return None,
    };
    Some(format!("{title} ends {when}. Its reason was: {}.", one.reason.trim_end_matches('.')))
}

/// The day of a moment in UTC.
fn day(moment: Moment) -> Date {
    Offset::UTC.to_datetime(moment.0).date()
}

/// Whether a text is what a pattern says, in which `*` stands for any text.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for piece in middle.split('*') {
        let Some((_, after)) = text.split_once(piece) else { return false };
        text = after;
    }
    text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::example::{finding, moment};

    fn suppression(check: &str, resource: &str, expires: &str) -> Suppression {
        Suppression {
            check: check.to_owned(),
            resource: resource.to_owned(),
            reason: "The lab has no cameras".to_owned(),
            owner: "lab@example.com".to_owned(),
            expires: expires.parse().unwrap(),
            line: 3,
        }
    }

    fn state(suppressions: &[Suppression], now: &str) -> State {
        let mut findings = [finding("camera-role-does-more", "arn:aws:iam::111122223333:role/lab-1")];
        apply(&mut findings, suppressions, moment(now));
        assert_eq!(findings[0].state == State::Suppressed, findings[0].suppressed.is_some());
        findings[0].state
    }

    #[test]
    fn the_last_day_counts_to_its_end_in_utc() {
        let lab = [suppression("camera-role-does-more", "*:role/lab-*", "2027-03-31")];
        assert_eq!(state(&lab, "2027-03-31T00:00:00Z"), State::Suppressed);
        assert_eq!(state(&lab, "2027-03-31T23:59:59.999999999Z"), State::Suppressed);
        assert_eq!(state(&lab, "2027-04-01T00:00:00Z"), State::Open);
        // The same instant on a clock that is ahead of UTC.
        assert_eq!(state(&lab, "2027-04-01T01:59:59+02:00"), State::Suppressed);
    }

    #[test]
    fn the_first_that_counts_is_taken() {
        let old = suppression("*", "arn:aws:iam::*", "2026-01-01");
        let mut new = suppression("camera-role-does-more", "arn:aws:iam::111122223333:role/lab-1", "2028-01-01");
        new.owner = "second".to_owned();
        let mut findings = [finding("camera-role-does-more", "arn:aws:iam::111122223333:role/lab-1")];
        apply(&mut findings, &[old, new], moment("2027-01-01T00:00:00Z"));
        assert_eq!(findings[0].suppressed.as_ref().unwrap().owner, "second");
    }

    #[test]
    fn what_is_resolved_stays_so_and_what_is_no_longer_covered_opens() {
        let lab = suppression("*", "*:role/lab-*", "2027-03-31");
        let mut resolved = finding("camera-role-does-more", "arn:aws:iam::111122223333:role/lab-1");
        resolved.state = State::Resolved;
        let mut other = finding("camera-role-does-more", "arn:aws:iam::111122223333:role/door");
        other.state = State::Suppressed;
        other.suppressed = Some(lab.suppressed());
        let mut findings = [resolved.clone(), other];
        apply(&mut findings, &[lab], moment("2027-01-01T00:00:00Z"));
        assert_eq!(findings[0], resolved);
        assert_eq!((findings[1].state, &findings[1].suppressed), (State::Open, &None));
    }

    #[test]
    fn a_pattern_is_held_against_the_whole_text() {
        for (pattern, text, fit) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("a", "a", true),
            ("a", "A", false),
            ("a*", "abc", true),
            ("*c", "abc", true),
            ("a*c", "abc", true),
            ("a*b", "abc", false),
            ("ab*bc", "abc", false),
            ("a*b*c", "a-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("*b*b*", "abc", false),
            ("a**c", "ac", true),
            ("*ü*", "für", true),
        ] {
            assert_eq!(fits(pattern, text), fit, "{pattern} {text}");
        }
    }

    #[test]
    fn an_end_is_told_two_weeks_before_until_two_weeks_are_left() {
        let lab = [suppression("camera-role-does-more", "*:role/lab-*", "2027-03-31")];
        let mut told = Vec::new();
        for now in [
            "2027-03-16T23:59:59Z",
            "2027-03-17T00:00:00Z",
            "2027-03-30T12:00:00Z",
            "2027-03-31T23:59:59Z",
            "2027-04-01T00:00:00Z",
        ] {
            let mut findings = [
                finding("camera-role-does-more", "arn:aws:iam::111122223333:role/lab-1"),
                finding("camera-role-does-more", "arn:aws:iam::111122223333:role/lab-2"),
            ];
            apply(&mut findings, &lab, moment(now));
            told.push((now, notices(&lab, &findings, moment(now), true)));
        }
        insta::assert_debug_snapshot!(told);
    }

    #[test]
    fn matching_nothing_is_told_only_when_all_was_looked_at() {
        let lab = [suppression("camera-role-does-more", "*:role/lab-*", "2027-03-31")];
        let now = moment("2026-11-22T10:00:00Z");
        assert!(notices(&lab, &[], now, false).is_empty());
        assert_eq!(
            notices(&lab, &[], now, true),
            ["The suppression of `camera-role-does-more` for `*:role/lab-*` (audit.yaml, line 3; lab@example.com) \
              matches nothing: remove it, or mend its pattern."]
        );
        let mut findings = [finding("camera-role-does-more", "arn:aws:iam::111122223333:role/lab-1")];
        apply(&mut findings, &lab, now);
        assert!(notices(&lab, &findings, now, true).is_empty());
    }

    /// The same, by trying every way.
    fn fits_slowly(pattern: &[char], text: &[char]) -> bool {
        match (pattern, text) {
            ([], []) => true,
            (['*', rest @ ..], _) => (0..=text.len()).any(|skip| fits_slowly(rest, &text[skip..])),
            ([p, rest @ ..], [t, more @ ..]) => p == t && fits_slowly(rest, more),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn a_pattern_fits_what_it_fits_when_every_way_is_tried(pattern in "[ab*]{0,8}", text in "[ab]{0,8}") {
            let (p, t): (Vec<_>, Vec<_>) = (pattern.chars().collect(), text.chars().collect());
            prop_assert_eq!(fits(&pattern, &text), fits_slowly(&p, &t));
        }

        #[test]
        fn applying_twice_is_applying_once_and_time_only_ends_them(seconds in 0_i64..4_000_000_000, later in 0_i64..4_000_000_000) {
            let lab = [suppression("*", "*lab*", "2027-03-31")];
            let mut findings = [finding("a", "lab"), finding("b", "lab"), finding("c", "door")];
            apply(&mut findings, &lab, Moment::from_seconds(seconds));
            let once = findings.clone();
            apply(&mut findings, &lab, Moment::from_seconds(seconds));
            prop_assert_eq!(&once, &findings);
            apply(&mut findings, &lab, Moment::from_seconds(seconds.saturating_add(later)));
            for (before, after) in once.iter().zip(&findings) {
                prop_assert!(before.state == after.state || before.state == State::Suppressed);
            }
        }
    }
}
