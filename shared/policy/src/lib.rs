//! The IAM and IoT policy languages: parsed, evaluated as AWS does, and reasoned about.
//!
//! | to | use |
//! |---|---|
//! | read a policy document | [`Document::parse`] |
//! | decide one request by the policies that have a say in it | [`evaluate`], on a [`Request`] and [`Policies`] |
//! | see why nothing allowed it | [`near_misses`] |
//! | read a request and its policies from JSON | [`Question::parse`] |
//! | find what a principal could ever do | [`reach`], then [`Reach::may`], [`Reach::allowing`], [`Reach::covering`] |
//! | find what it could do beyond what it needs, with a request that shows it | [`Reach::beyond`], by an [`Allowance`] |
//! | get a request that a grant allows | [`Reach::witness`] |
//! | follow a device certificate over its role alias to its role | [`follow`] |
//! | compare wildcard patterns | [`Pattern::contained_in`], [`Pattern::overlap`], [`search`] |
//! | know AWS's actions, their levels, resources and condition keys | [`catalogue`] |
//!
//! A slip in a camera's role, and the request that shows it:
//!
//! ```
//! use policy::{Allowance, Document, Kind, Known, Outcome, Policies, Policy, evaluate, reach};
//!
//! // A camera's role, with a slip: whoever is named `gate` may also write `gate-north`.
//! let document = Document::parse(
//!     Kind::Identity,
//!     r#"{"Version": "2012-10-17", "Statement": {
//!         "Effect": "Allow",
//!         "Action": "kinesisvideo:PutMedia",
//!         "Resource": "arn:aws:kinesisvideo:*:*:stream/${credentials-iot:ThingName}*"
//!     }}"#,
//! )?;
//! let policies = Policies::of_identity([Policy { name: "camera".into(), document }]);
//! let camera = "arn:aws:sts::111122223333:assumed-role/camera/1f2e".parse()?;
//! let own = Allowance::about(&["kinesisvideo:*"])?.with(
//!     &["kinesisvideo:PutMedia"],
//!     &["arn:aws:kinesisvideo:*:*:stream/${credentials-iot:ThingName}/*"],
//! )?;
//!
//! let known = Known::default().with("credentials-iot:ThingName", "gate");
//! let reach = reach(&camera, &policies, &known);
//! let beyond = reach.beyond(&own);
//! let witness = beyond[0].witness().unwrap();
//! assert!(witness.request.resource().contains("stream/gate") && !witness.request.resource().contains("stream/gate/"));
//! assert_eq!(evaluate(&witness.request, &policies).outcome, Outcome::Allowed);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Deliberately, it does no I/O, reads no clock, knows no AWS SDK, keeps nothing between calls, and panics on no input.
//! It checks neither sizes nor the characters of names: AWS does, before it stores a policy. Where AWS's pages do not
//! say what AWS does, the documentation here says so and what this crate does. Everything was checked against these
//! pages and against the policies that AWS publishes; nothing was run against AWS.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "of JSON, a pattern's pieces and callers one kind is looked at, and all others are alike"
)]

pub mod catalogue;
mod chain;
mod condition;
mod context;
mod document;
mod evaluate;
mod parse;
mod pattern;
mod principal;
mod question;
mod reach;
mod request;
mod shown;

pub use chain::{Chain, Device, Link, Role, follow};
pub use condition::{Condition, Family, Operator, OperatorFault, Quantifier, ValueFault};
pub use context::{Context, Key, Values};
pub use document::{ActionFault, ActionPattern, Document, Effect, Matcher, ResourcePattern, Statement, Version};
pub use evaluate::{
    Decision, Layer, Miss, Missing, NearMiss, Outcome, Policies, Policy, Reason, StatementRef, evaluate, near_misses,
    these,
};
pub use parse::{Kind, ParseError, Path, Problem};
pub use pattern::{Pattern, Search, Syntax, Variable, VariableFault, search};
pub use principal::{Caller, Named, Principal, PrincipalElement, PrincipalEntry, PrincipalFault};
pub use question::{Question, QuestionError};
pub use reach::{Allowance, AllowanceFault, Excess, Grant, Known, May, Reach, Term, Witness, reach};
pub use request::Request;
