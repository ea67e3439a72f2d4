//! Policy documents as values.

use std::fmt;

use crate::condition::Condition;
use crate::context::Context;
use crate::parse::ParseError;
use crate::pattern::Pattern;
use crate::principal::PrincipalElement;
use crate::shown::shown;

/// A policy document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// `Id`, which has no effect.
    pub id: Option<String>,
    /// What the document is written in.
    pub version: Version,
    /// In the order in which they stand, which has no effect.
    pub statements: Vec<Statement>,
    /// What was read and cannot mean what it was written for: condition values that are not of their operator's type.
    /// AWS stores such a document, and the value is never matched.
    pub doubts: Vec<ParseError>,
}

/// The version of the policy language.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// `2008-10-17`, also when there is none: policy variables are plain text.
    V2008,
    /// `2012-10-17`
    V2012,
}

/// One statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// `Sid`
    pub sid: Option<String>,
    /// `Effect`
    pub effect: Effect,
    /// `Principal` or `NotPrincipal`; only in policies of resources, RCPs and endpoint policies, and always there.
    pub principal: Option<PrincipalElement>,
    /// `Action` or `NotAction`
    pub actions: Matcher<ActionPattern>,
    /// `Resource` or `NotResource`; None in a resource's policy that means the resource that it is attached to.
    pub resources: Option<Matcher<ResourcePattern>>,
    /// `Condition`: all of them have to hold.
    pub conditions: Vec<Condition>,
}

/// What a statement does when it applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// It allows, unless something denies.
    Allow,
    /// It denies, whatever allows.
    Deny,
}

/// `Action` or `NotAction`, `Resource` or `NotResource`: any of the patterns, or none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matcher<T> {
    /// The `Not…` form.
    pub negated: bool,
    /// The patterns. None in the plain form matches nothing; none in the negated form matches everything.
    pub patterns: Vec<T>,
}

/// A pattern over actions, `service:Name`. Case does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionPattern {
    written: String,
    lower: Pattern,
}

/// A text that is no action.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no action: expected `service:Name`, such as `kinesisvideo:PutMedia`, or `*`")]
pub struct ActionFault(String);

impl ActionPattern {
    /// Reads a pattern: `service:Name` with wildcards, or `*`. A name that no action has, with a blank say, is taken:
    /// AWS does not look at names, and it matches nothing.
    pub fn parse(text: &str) -> Result<Self, ActionFault> {
        let fault = || ActionFault(shown(text));
        let all = !text.is_empty() && text.bytes().all(|byte| byte == b'*');
        let service = if all { text } else { text.split_once(':').ok_or_else(fault)?.0 };
        let prefix = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '*' | '?');
        if service.is_empty() || !service.chars().all(prefix) {
            return Err(fault());
        }
        let lower =
            Pattern::parse(&text.to_ascii_lowercase(), crate::pattern::Syntax::WILDCARDS).ok().ok_or_else(fault)?;
        Ok(Self { written: text.to_owned(), lower })
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The pattern over actions in lower case.
    pub fn lower(&self) -> &Pattern {
        &self.lower
    }

    /// Whether it matches an action, whatever its case.
    pub fn matches(&self, action: &str) -> bool {
        self.matches_lower(&action.to_ascii_lowercase())
    }

    pub(crate) fn matches_lower(&self, lower: &str) -> bool {
        self.lower.matches(lower, Context::EMPTY)
    }
}

/// A pattern over ARNs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourcePattern {
    written: String,
    pattern: Pattern,
}

impl ResourcePattern {
    pub(crate) fn new(written: &str, pattern: Pattern) -> Self {
        Self { written: written.to_owned(), pattern }
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The pattern that it stands for.
    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }
}

impl<T> Matcher<T> {
    pub(crate) fn matches(&self, matches: impl FnMut(&T) -> bool) -> bool {
        self.patterns.iter().any(matches) != self.negated
    }
}

impl Statement {
    /// Whether the statement is about this action; `lower` is its name in lower case.
    pub(crate) fn covers_action(&self, lower: &str) -> bool {
        self.actions.matches(|action| action.matches_lower(lower))
    }

    /// Whether it is about this resource.
    pub(crate) fn covers_resource(&self, resource: &str, context: &Context) -> bool {
        let covers = |resources: &Matcher<ResourcePattern>| {
            resources.matches(|pattern| pattern.pattern.matches(resource, context))
        };
        self.resources.as_ref().is_none_or(covers)
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        })
    }
}
