//! How long a video stream should keep its video.

use std::fmt;

use crate::check::CannotJudge;
use crate::expectations::RetentionClass;
use crate::inventory::Stream;
use crate::world::{World, tag};

/// The limits that hold for a stream. Both ends are within.
#[derive(Debug, Clone, Copy)]
pub struct Limits<'e> {
    /// The least, in hours; with 0 a stream may keep nothing.
    pub min: i64,
    /// The most, in hours.
    pub max: i64,
    class: Option<&'e RetentionClass>,
}

/// The limits of the first class whose tag the stream has, or those of all streams. Its tags are needed only where
/// there are classes.
pub fn limits<'e>(world: &World<'e>, stream: &Stream) -> Result<Limits<'e>, CannotJudge> {
    let expect = world.expect;
    let classes = &expect.retention_by_tag;
    let tags = if classes.is_empty() { &[] } else { world.inventory.tags_of(&stream.stream_arn)? };
    let class = classes.iter().find(|class| tag(tags, &class.tag) == Some(&class.value));
    let (min, max) = class.map_or((expect.retention_hours_min, expect.retention_hours_max), |it| (it.min, it.max));
    Ok(Limits { min: min.into(), max: max.into(), class })
}

/// Hours in words.
pub fn hours(count: i64) -> String {
    if count == 1 { "1 hour".to_owned() } else { format!("{count} hours") }
}

/// Whose limits they are, as a phrase after "expected".
impl fmt::Display for Limits<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.class {
            Some(class) => write!(f, "of streams tagged `{}` = `{}`", class.tag, class.value),
            None => f.write_str("of all streams"),
        }
    }
}
