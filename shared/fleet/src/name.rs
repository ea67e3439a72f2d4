//! The one name of a camera.

use std::fmt;

use crate::Fault;

/// A camera's name: of its thing, of its stream, and the CN of its certificate.
///
/// The alphabet is what both services take: thing names are `[a-zA-Z0-9:_-]{1,128}`, stream names
/// `[a-zA-Z0-9_.-]{1,256}`, so `[a-zA-Z0-9_-]{1,128}` is left. Case counts.
///
/// <https://docs.aws.amazon.com/iot/latest/apireference/API_CreateThing.html>,
/// <https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/API_CreateStream.html>
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ThingName(String);

impl ThingName {
    /// The longest name, in characters.
    pub const MOST: usize = 128;

    /// Takes the name as it is: nothing is trimmed, folded or replaced.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let letters = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        if (1..=Self::MOST).contains(&text.len()) && text.bytes().all(letters) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Fault::new(text, "1 to 128 of the characters a-z, A-Z, 0-9, `_` and `-`"))
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ThingName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_that_one_of_the_services_would_refuse_are_refused() {
        for bad in ["", " ", "cam 1", "cam:1", "cam.1", "cam/1", "cam\n", "kamera-ü", "\u{0}", &"a".repeat(129)] {
            assert!(ThingName::parse(bad).is_err(), "{bad:?}");
        }
        for good in ["a", "-", "cam_1-B", &"a".repeat(128)] {
            assert_eq!(ThingName::parse(good).map(|n| n.to_string()).as_deref(), Ok(good));
        }
    }

    proptest! {
        #[test]
        fn a_name_is_taken_exactly_when_both_services_take_it(text in "\\PC{0,140}|[a-zA-Z0-9_:.-]{0,140}") {
            let thing = (1..=128).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || ":_-".contains(c));
            let stream = (1..=256).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c));
            prop_assert_eq!(ThingName::parse(&text).is_ok(), thing && stream);
        }
    }
}
