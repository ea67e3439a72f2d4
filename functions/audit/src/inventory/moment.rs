//! A moment, as AWS's APIs and tools write it.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment, written as `2026-11-22T10:00:00Z`. Read from that, and from seconds since 1970 as older AWS tools print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub Timestamp);

impl Moment {
    /// The beginning of 1970.
    pub const EPOCH: Self = Self(Timestamp::UNIX_EPOCH);

    /// Seconds since 1970. What no calendar has becomes the nearest that it has.
    pub fn from_seconds(seconds: i64) -> Self {
        Self(Timestamp::from_second(seconds).unwrap_or(if seconds < 0 { Timestamp::MIN } else { Timestamp::MAX }))
    }

    /// Thousandths of a second since 1970, in the same way.
    pub fn from_milliseconds(milliseconds: i64) -> Self {
        let end = if milliseconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
        Self(Timestamp::from_millisecond(milliseconds).unwrap_or(end))
    }

    /// Whole days since the beginning of 1970, in UTC; 0 before it.
    pub fn day(self) -> u64 {
        u64::try_from(self.0.as_second() / (24 * 3_600)).unwrap_or_default()
    }

    /// So many whole days later, or earlier when negative.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        self.plus_hours(days.saturating_mul(24))
    }

    /// So many hours later, or earlier when negative.
    #[must_use]
    pub fn plus_hours(self, hours: i64) -> Self {
        let end = if hours < 0 { Timestamp::MIN } else { Timestamp::MAX };
        Self(self.0.checked_add(SignedDuration::from_hours(hours)).unwrap_or(end))
    }

    /// Whole days from this to a later moment; negative when that is earlier.
    pub fn days_until(self, later: Self) -> i64 {
        self.0.duration_until(later.0).as_hours() / 24
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl Visitor<'_> for Written {
            type Value = Moment;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a moment such as `2026-11-22T10:00:00Z`, or seconds since 1970")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Moment, E> {
                text.parse().map(Moment).map_err(|_fault| E::invalid_value(serde::de::Unexpected::Str(text), &self))
            }

            fn visit_i64<E>(self, seconds: i64) -> Result<Moment, E> {
                Ok(Moment::from_seconds(seconds))
            }

            fn visit_u64<E>(self, seconds: u64) -> Result<Moment, E> {
                Ok(Moment::from_seconds(i64::try_from(seconds).unwrap_or(i64::MAX)))
            }

            #[expect(clippy::cast_possible_truncation, reason = "a cast of a float stops at the ends of the range")]
            fn visit_f64<E>(self, seconds: f64) -> Result<Moment, E> {
                Ok(Moment::from_seconds(seconds as i64))
            }
        }
        deserializer.deserialize_any(Written)
    }
}
