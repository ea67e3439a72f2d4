//! How much a camera's video matters.

use std::fmt;

use crate::Fault;

/// What gives way first when money runs short. `low` goes before `standard`, `critical` never goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Priority {
    /// Gives way first.
    Low,
    /// Gives way after every low one.
    #[default]
    Standard,
    /// Is never touched.
    Critical,
}

impl Priority {
    /// Takes `low`, `standard` or `critical`, in lower case.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        match text {
            "low" => Ok(Self::Low),
            "standard" => Ok(Self::Standard),
            "critical" => Ok(Self::Critical),
            other => Err(Fault::new(other, "one of `critical`, `standard`, `low`")),
        }
    }

    /// The word as it stands in the tag and in the registry.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Standard => "standard",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_priority_reads_back_and_low_comes_first() {
        for p in [Priority::Low, Priority::Standard, Priority::Critical] {
            assert_eq!(Priority::parse(p.as_str()), Ok(p));
        }
        assert!(Priority::Low < Priority::Standard && Priority::Standard < Priority::Critical);
        assert!(Priority::parse("Critical").is_err() && Priority::parse("").is_err());
    }
}
