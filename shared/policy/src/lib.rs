//! The IAM and IoT policy languages: parsed, evaluated as AWS does, and reasoned about.

pub mod catalogue;
mod condition;
mod context;
mod document;
mod evaluate;
mod parse;
mod pattern;
mod principal;
mod question;
mod request;

pub use condition::{Condition, Family, Operator, OperatorFault, Quantifier, ValueFault};
pub use context::{Context, Key, Values};
pub use document::{ActionPattern, Document, Effect, Matcher, ResourcePattern, Statement, Version};
pub use evaluate::{
    Decision, Layer, Miss, Missing, NearMiss, Outcome, Policies, Policy, Reason, StatementRef, evaluate, near_misses,
};
pub use parse::{Kind, ParseError, Path, Problem};
pub use pattern::{Pattern, Search, Syntax, Variable, VariableFault, search};
pub use principal::{Caller, Named, Principal, PrincipalElement, PrincipalEntry, PrincipalFault};
pub use question::{Question, QuestionError};
pub use request::Request;
