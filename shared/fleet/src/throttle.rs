//! How far a stream has given way.

use std::fmt;

use crate::Fault;

/// What a stream has been asked to do with less. A stream without the tag is not throttled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Throttle {
    /// The camera is asked to send less.
    Reduced,
    /// The camera may not send.
    Stopped,
}

impl Throttle {
    /// Takes `reduced` or `stopped`, in lower case.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        match text {
            "reduced" => Ok(Self::Reduced),
            "stopped" => Ok(Self::Stopped),
            other => Err(Fault::new(other, "one of `reduced`, `stopped`")),
        }
    }

    /// The word as it stands in the tag.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reduced => "reduced",
            Self::Stopped => "stopped",
        }
    }
}

impl fmt::Display for Throttle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_throttle_reads_back() {
        for t in [Throttle::Reduced, Throttle::Stopped] {
            assert_eq!(Throttle::parse(t.as_str()), Ok(t));
        }
        assert!(Throttle::parse("STOPPED").is_err());
    }
}
