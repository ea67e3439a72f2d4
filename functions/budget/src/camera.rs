//! A camera's stream as it stands: what it takes in, what it matters, and what was asked of it.

use std::fmt;

use fleet::{Priority, StorageTier, Throttle};
use serde::{Deserialize, Serialize};

pub use crate::traffic::Traffic;

/// What a stream shall be. `Normal` comes first: what is greater gives way further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// Nothing is asked of it.
    #[default]
    Normal,
    /// Its camera is asked to send less.
    Reduced,
    /// Its camera may not send.
    Stopped,
}

impl Target {
    /// `normal`, `reduced` or `stopped`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Reduced => "reduced",
            Self::Stopped => "stopped",
        }
    }

    /// What its tag says; none when it is normal.
    pub fn throttle(self) -> Option<Throttle> {
        match self {
            Self::Normal => None,
            Self::Reduced => Some(Throttle::Reduced),
            Self::Stopped => Some(Throttle::Stopped),
        }
    }
}

impl From<Throttle> for Target {
    fn from(throttle: Throttle) -> Self {
        match throttle {
            Throttle::Reduced => Self::Reduced,
            Throttle::Stopped => Self::Stopped,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Our own mark on a stream that is throttled or was restored: a tag next to `kvs-warden:throttle`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mark {
    /// What was done last.
    pub state: Marked,
    /// When that was done, in seconds since 1970.
    pub since: i64,
    /// The key of the budget's period in which it was done.
    pub period: String,
    /// The budget for which it was done: 8 hexadecimal digits.
    pub budget: String,
    /// What the stream took in when it was last normal. Zero when that was not measured.
    pub before: Traffic,
    /// Since when it is not normal, in seconds since 1970: kept when a stream goes from one throttle to the other, when
    /// it is restored, and when it gives way again before the budget's figures know that it was restored.
    pub first: i64,
    /// Since when nothing is recorded, in seconds since 1970, on a stream that is stopped, and on one that was until it was
    /// restored.
    pub stopped: Option<i64>,
    /// The way back was begun and cut off: `since` is when.
    pub leaving: bool,
}

/// What a mark says was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Marked {
    /// The camera was asked to send less.
    Reduced,
    /// The camera was forbidden to send.
    Stopped,
    /// It is normal again, and watched until video comes.
    Restored,
}

impl Marked {
    /// `reduced`, `stopped` or `restored`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reduced => "reduced",
            Self::Stopped => "stopped",
            Self::Restored => "restored",
        }
    }

    /// What the stream is meant to be by it.
    pub fn target(self) -> Target {
        match self {
            Self::Reduced => Target::Reduced,
            Self::Stopped => Target::Stopped,
            Self::Restored => Target::Normal,
        }
    }
}

impl From<Target> for Marked {
    fn from(target: Target) -> Self {
        match target {
            Target::Normal => Self::Restored,
            Target::Reduced => Self::Reduced,
            Target::Stopped => Self::Stopped,
        }
    }
}

/// What a stream's tags tell of throttles.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Standing {
    /// No throttle tag, and no mark or one of having been restored.
    Free(Option<Mark>),
    /// Throttle tag and mark are there, are ours and agree.
    Ours(Mark),
    /// A throttle tag or a mark that we did not make so, and why, as a phrase.
    ByHand(String),
}

impl Standing {
    /// What stands now. Of what was marked by hand nothing is known: `Normal`.
    pub fn target(&self) -> Target {
        match self {
            Self::Free(_) | Self::ByHand(_) => Target::Normal,
            Self::Ours(mark) => mark.state.target(),
        }
    }

    /// Our mark, whatever it says.
    pub fn mark(&self) -> Option<&Mark> {
        match self {
            Self::Free(mark) => mark.as_ref(),
            Self::Ours(mark) => Some(mark),
            Self::ByHand(_) => None,
        }
    }
}

/// A stream and all that a plan has to know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    /// By which AWS knows it.
    pub arn: String,
    /// The name in it.
    pub name: String,
    /// The thing that it belongs to; `None`: it is not one of ours.
    pub thing: Option<String>,
    /// How much it matters, or why that cannot be read. Without the tag it cannot be read either.
    pub priority: Result<Priority, String>,
    /// An operator holds it as it is, by the tag `kvs-warden:hold`.
    pub held: bool,
    /// What its tags tell of throttles.
    pub standing: Standing,
    /// What it takes in now; `None`: not measured.
    pub traffic: Option<Traffic>,
    /// How long it keeps video.
    pub retention_hours: u32,
    /// Where its video lies.
    pub tier: StorageTier,
}

impl Stream {
    /// Whether it may give way at all, so that it is worth to know what it takes in.
    pub fn may_give_way(&self) -> bool {
        matches!(self.priority, Ok(Priority::Low | Priority::Standard)) && !self.held
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Target; 3] = [Target::Normal, Target::Reduced, Target::Stopped];

    #[test]
    fn what_is_greater_gives_way_further() {
        assert!(ALL.is_sorted() && ALL[0] < ALL[1] && ALL[1] < ALL[2]);
    }

    #[test]
    fn a_target_is_written_by_its_word_and_read_back() {
        for target in ALL {
            let text = serde_json::to_string(&target).unwrap();
            assert_eq!(text, format!("\"{target}\""));
            assert_eq!(serde_json::from_str::<Target>(&text).unwrap(), target);
        }
    }

    #[test]
    fn a_target_is_the_same_by_tag_and_by_mark() {
        for target in ALL {
            assert_eq!(target.throttle().map(Target::from).unwrap_or_default(), target);
            assert_eq!(Marked::from(target).target(), target);
        }
    }

    #[test]
    fn a_restored_stream_is_normal() {
        let mark = Mark {
            state: Marked::Restored,
            since: 0,
            period: String::new(),
            budget: String::new(),
            before: Traffic::default(),
            first: 0,
            stopped: None,
            leaving: false,
        };
        assert_eq!(Standing::Free(Some(mark)).target(), Target::Normal);
    }
}
