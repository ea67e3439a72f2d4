//! What is wrong with a document, and where.

use std::fmt;

use super::json::Json;
use crate::condition::{OperatorFault, ValueFault};
use crate::document::ActionFault;
use crate::pattern::VariableFault;
use crate::shown::shown;

/// Why a text is no policy document, and where: ``` `Statement[1].Action[0]`: `s3` is no action…```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{path}`: {problem}")]
pub struct ParseError {
    /// Where.
    pub path: Path,
    /// What.
    pub problem: Problem,
}

/// A place in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Path {
    /// The document itself.
    Document,
    /// A statement, counted from 0; also the only one when `Statement` is no list.
    Statement(usize),
    /// A member of an object.
    Member(Box<Path>, String),
    /// An item of a list, counted from 0.
    Item(Box<Path>, usize),
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// No JSON at all.
    #[error("not JSON: {0}")]
    NotJson(String),
    /// Percent-encoded bytes that are no text.
    #[error("not UTF-8 after percent-decoding")]
    NotUtf8,
    /// Another JSON type than may stand there.
    #[error("expected {expected}, found {found}")]
    Expected {
        /// What may stand there.
        expected: &'static str,
        /// What does.
        found: String,
    },
    /// An element that must be there is not.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// An element that AWS does not know there.
    #[error("there is no element `{}`: expected one of {}", shown(name), known.join(", "))]
    Unknown {
        /// Its name.
        name: String,
        /// Those that may stand there.
        known: &'static [&'static str],
    },
    /// A member that stands twice.
    #[error("`{}` stands twice: AWS allows each key once, so that nothing is overridden unseen", shown(.0))]
    Twice(String),
    /// An element and its negation.
    #[error("`{0}` and `{1}` exclude each other")]
    Both(&'static str, &'static str),
    /// `Principal` where none may stand.
    #[error(
        "remove it: such a policy already belongs to whom it is attached to, and only the policy of a resource names a principal"
    )]
    PrincipalInIdentityPolicy,
    /// A key of a condition block that is no operator.
    #[error(transparent)]
    Operator(#[from] OperatorFault),
    /// A condition value that is not of its operator's type.
    #[error(transparent)]
    Value(#[from] ValueFault),
    /// No action.
    #[error(transparent)]
    Action(#[from] ActionFault),
    /// A malformed policy variable.
    #[error(transparent)]
    Variable(#[from] VariableFault),
    /// A text that is none of those that may stand there.
    #[error("`{value}` is no {expected}")]
    Text {
        /// As it was written.
        value: String,
        /// A phrase that fits after "is no".
        expected: &'static str,
    },
}

impl Problem {
    pub(super) fn not_json(error: &serde_json::Error) -> Self {
        Self::NotJson(error.to_string())
    }

    pub(super) fn expected(expected: &'static str, found: &Json) -> Self {
        Self::Expected { expected, found: found.kind().to_owned() }
    }

    pub(super) fn text(value: &str, expected: &'static str) -> Self {
        Self::Text { value: shown(value), expected }
    }

    pub(super) fn version(json: &Json) -> Self {
        Self::fixed(json, "version of the policy language: expected `2012-10-17` or `2008-10-17`")
    }

    pub(super) fn effect(json: &Json) -> Self {
        Self::fixed(json, "effect: expected `Allow` or `Deny`, in this case of letters")
    }

    fn fixed(json: &Json, expected: &'static str) -> Self {
        match json {
            Json::Text(text) => Self::text(text, expected),
            other => Self::expected("a string", other),
        }
    }
}

impl Path {
    pub(super) fn error(&self, problem: Problem) -> ParseError {
        ParseError { path: self.clone(), problem }
    }

    pub(super) fn member(&self, name: &str) -> Self {
        // As much as is shown: thousands of faults of one long name would each keep it.
        Self::Member(Box::new(self.clone()), name.chars().take(200).collect())
    }

    pub(super) fn item(&self, index: usize) -> Self {
        Self::Item(Box::new(self.clone()), index)
    }

    /// The number of the statement that it is in, counted from 0.
    pub fn statement(&self) -> Option<usize> {
        match self {
            Self::Document => None,
            Self::Statement(index) => Some(*index),
            Self::Member(path, _) | Self::Item(path, _) => path.statement(),
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document => f.write_str("document"),
            Self::Statement(index) => write!(f, "Statement[{index}]"),
            Self::Member(path, name) => {
                if **path != Self::Document {
                    write!(f, "{path}.")?;
                }
                f.write_str(&shown(name))
            }
            Self::Item(path, index) => write!(f, "{path}[{index}]"),
        }
    }
}
