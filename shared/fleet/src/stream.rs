//! What a stream is made with.

use std::fmt;

use crate::Fault;

/// How long a stream keeps its video, in hours: 0 (nothing is kept) to 87,600 (ten years).
///
/// The service says "0 or greater than one hour" of the value, yet takes 1; so do we.
///
/// <https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/API_CreateStream.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RetentionHours(u32);

impl RetentionHours {
    /// Ten years.
    pub const MOST: u32 = 87_600;

    /// Takes plain digits: no sign, no exponent, no unit.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        match text.parse::<u32>() {
            Ok(hours) if digits && hours <= Self::MOST => Ok(Self(hours)),
            _ => Err(Fault::new(text, "a whole number of hours from 0 to 87600")),
        }
    }

    /// The hours.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl fmt::Display for RetentionHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The media types of a stream's tracks, such as `video/h264,audio/aac`: at most 128 characters.
///
/// <https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/API_CreateStream.html>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MediaType(String);

impl MediaType {
    /// Takes one or more `type/subtype`, comma between, no spaces.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let word =
            |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.+".contains(&b));
        let track = |track: &str| track.split_once('/').is_some_and(|(kind, subtype)| word(kind) && word(subtype));
        if text.len() <= 128 && text.split(',').all(track) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Fault::new(text, "media types such as `video/h264` or `video/h264,audio/aac`, at most 128 characters"))
        }
    }

    /// The types as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where a stream's video lies.
///
/// <https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/tiered-storage.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum StorageTier {
    /// Billed by bytes, read without delay.
    #[default]
    Hot,
    /// Billed by fragments, charged for at least 30 days.
    Warm,
}

impl StorageTier {
    /// Takes `HOT` or `WARM`, in upper case as the service does.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        match text {
            "HOT" => Ok(Self::Hot),
            "WARM" => Ok(Self::Warm),
            other => Err(Fault::new(other, "one of `HOT`, `WARM`")),
        }
    }

    /// The word as the service writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hot => "HOT",
            Self::Warm => "WARM",
        }
    }
}

impl fmt::Display for StorageTier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retention_is_digits_within_ten_years() {
        for (good, hours) in [("0", 0), ("1", 1), ("024", 24), ("87600", 87_600)] {
            assert_eq!(RetentionHours::parse(good).map(RetentionHours::get), Ok(hours));
        }
        for bad in ["", "-1", "+1", "1e3", "24h", "87601", " 1", "99999999999999999999"] {
            assert!(RetentionHours::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn media_types_follow_the_services_pattern() {
        for good in ["video/h264", "video/h264,audio/aac", "application/x.y+z-1_2"] {
            assert!(MediaType::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "video",
            "video/",
            "/h264",
            "video/h264,",
            "video/h264, audio/aac",
            "a/b/c",
            &format!("a/{}", "b".repeat(127)),
        ] {
            assert!(MediaType::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_tier_reads_back() {
        for t in [StorageTier::Hot, StorageTier::Warm] {
            assert_eq!(StorageTier::parse(t.as_str()), Ok(t));
        }
        assert!(StorageTier::parse("warm").is_err());
    }
}
