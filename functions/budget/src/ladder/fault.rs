//! What is wrong with the text of a ladder, and where.

use std::fmt;

use fleet::shown;
use serde_saphyr::Location;

/// Characters of a value that are shown.
pub(super) const VALUE_MOST: usize = 80;

/// Characters of the YAML reader's own words that are shown: names of anchors and tags may be among them.
const WORDS_MOST: usize = 300;

/// Everything that is wrong with a ladder. When its form is wrong, only the first place of that: the rest cannot be read
/// then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the ladder is not as it should be: {}", .faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct LadderError {
    /// Never empty, in the order of the text.
    pub faults: Vec<Fault>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line and column, from 1; None when it is no single place.
    pub place: Option<(u64, u64)>,
    /// What is wrong, what was expected, and what to do.
    pub text: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some((line, column)) => write!(f, "line {line}, column {column}: {}", self.text),
            None => f.write_str(&self.text),
        }
    }
}

pub(super) fn place(at: Location) -> Option<(u64, u64)> {
    (at.line() > 0).then(|| (at.line(), at.column()))
}

/// A fault of the text's form, in our words where they say more.
pub(super) fn form(error: &serde_saphyr::Error) -> Fault {
    let text = if let serde_saphyr::Error::SerdeUnknownField { field, expected, .. } = error.without_snippet() {
        let keys: Vec<_> = expected.iter().filter(|key| **key != "critical").map(|key| format!("`{key}`")).collect();
        format!("unknown key `{}`: expected {}", shown(field, VALUE_MOST), keys.join(", "))
    } else {
        let options = serde_saphyr::render_options! { snippets: serde_saphyr::SnippetMode::Off };
        let text = error.render_with_options(options);
        // The place is said by us.
        let text = text.split(" at line ").next().unwrap_or(&text);
        let text = text.split(", set DuplicateKeyPolicy").next().unwrap_or(text);
        if let Some(key) = text.strip_prefix("duplicate mapping key: ") {
            let text = format!("`{}` is there twice: remove one of them", shown(key, VALUE_MOST));
            return Fault { place: error.location().and_then(place), text };
        }
        match text {
            "expected sequence start" => "expected a list".to_owned(),
            "expected mapping start" => "expected keys with values".to_owned(),
            "expected string scalar" => "expected a single value".to_owned(),
            text => shown(text, WORDS_MOST),
        }
    };
    Fault { place: error.location().and_then(place), text }
}
