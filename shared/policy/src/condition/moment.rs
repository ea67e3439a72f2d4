//! Dates in conditions.

use jiff::Timestamp;
use jiff::civil::DateTime;

/// A moment in one of W3C's forms of ISO 8601 (`2026`, `2026-11`, `2026-11-22`, `2026-11-22T10:00Z`, with seconds and
/// fractions, with an offset), or in seconds since 1970, in milliseconds where seconds would be beyond the year 9999. Without an offset it is in UTC; four digits are a year.
///
/// <https://www.w3.org/TR/NOTE-datetime>
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    if text.len() != 4 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let number = text.parse().ok()?;
        return Timestamp::from_second(number).or_else(|_| Timestamp::from_millisecond(number)).ok();
    }
    let whole = match text.len() {
        4 => format!("{text}-01-01T00:00Z"),
        7 => format!("{text}-01T00:00Z"),
        10 => format!("{text}T00:00Z"),
        _ => text.to_owned(),
    };
    let utc = |time: DateTime| time.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    whole.parse::<Timestamp>().ok().or_else(|| utc(whole.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read_and_nothing_else() {
        for (text, seconds) in [
            ("2026", Some(1_767_225_600)),
            ("2026-02", Some(1_769_904_000)),
            ("2026-02-01", Some(1_769_904_000)),
            ("2026-02-01T01:00Z", Some(1_769_907_600)),
            ("2026-02-01T01:00+01:00", Some(1_769_904_000)),
            ("2026-02-01T00:00:00.5Z", Some(1_769_904_000)),
            ("2026-02-01T00:00:00", Some(1_769_904_000)),
            ("1769904000", Some(1_769_904_000)),
            ("1769904000000", Some(1_769_904_000)),
            ("", None),
            ("2026-13", None),
            ("yesterday", None),
            ("2026-02-*", None),
        ] {
            assert_eq!(parse(text).map(Timestamp::as_second), seconds, "{text}");
        }
    }
}
