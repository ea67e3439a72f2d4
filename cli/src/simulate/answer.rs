//! What is said to a line.

use std::io::{self, Write};

use policy::{NearMiss, Outcome, Policies, Question, Reason, StatementRef, catalogue, evaluate, near_misses};
use serde::Serialize;
use serde_json::Value;

/// The answer to a line.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Answer {
    Decided {
        name: Option<String>,
        decision: String,
        because: Vec<Because>,
        #[serde(skip)]
        question: String,
    },
    Unreadable {
        name: Option<String>,
        line: u64,
        error: String,
    },
}

/// One thing that a decision rests on.
#[derive(Debug, Default, Serialize)]
pub(super) struct Because {
    /// A sentence.
    text: String,
    /// The kind of policy that decided, or that would have had to allow.
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    /// The statement's place in it, counted from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    statement: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    effect: Option<String>,
    /// Statements that came near.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    near: Vec<Because>,
}

impl Answer {
    pub(super) fn of(bytes: &[u8], file: Option<&str>, number: u64) -> Self {
        let question = match std::str::from_utf8(bytes) {
            Ok(text) => Question::parse(text).map_err(|error| error.to_string()),
            Err(_) => Err("not UTF-8".to_owned()),
        };
        match question {
            Ok(question) => Self::decide(question),
            Err(error) => {
                let place = file.map_or_else(String::new, |file| format!("`{file}`, "));
                Self::Unreadable { name: name(bytes), line: number, error: format!("{place}line {number}: {error}") }
            }
        }
    }

    fn decide(question: Question) -> Self {
        let Question { name, request, policies } = question;
        let decision = evaluate(&request, &policies);
        let near =
            if decision.outcome == Outcome::ImplicitlyDenied { near_misses(&request, &policies) } else { Vec::new() };
        let mut because: Vec<_> = decision.because.iter().map(|reason| Because::of(reason, &near)).collect();
        because.extend(unknown_action(request.action()));
        because.extend(doubts(&policies));
        let question = format!("{} on {}, asked by {}", request.action(), request.resource(), request.principal());
        Self::Decided { name, decision: decision.outcome.to_string(), because, question }
    }

    /// For a person.
    pub(super) fn explain(&self, out: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Decided { name, decision, because, question } => {
                let name = name.as_deref().map_or_else(String::new, |name| format!("{name}: "));
                writeln!(out, "{name}{decision}\n  {question}")?;
                for because in because {
                    writeln!(out, "  - {}", because.text)?;
                    for near in &because.near {
                        writeln!(out, "      {}", near.text)?;
                    }
                }
                writeln!(out)
            }
            Self::Unreadable { name, error, .. } => {
                let name = name.as_deref().map_or_else(String::new, |name| format!("{name}: "));
                writeln!(out, "{name}cannot be read\n  - {error}\n")
            }
        }
    }
}

impl Because {
    fn of(reason: &Reason<'_>, near: &[NearMiss<'_>]) -> Self {
        let text = reason.to_string();
        match reason {
            Reason::Statement(at) => Self { text, ..Self::at(at) },
            Reason::Missing(missing) => {
                let layer = missing.layer();
                let near = near.iter().filter(|near| Some(near.statement.layer) == layer);
                let near = near.map(|near| Self { text: near.to_string(), ..Self::at(&near.statement) }).collect();
                Self { text, layer: layer.map(|layer| layer.to_string()), near, ..Self::default() }
            }
            Reason::NeedsNoPermission | Reason::RootUser => Self { text, ..Self::default() },
        }
    }

    fn at(at: &StatementRef<'_>) -> Self {
        Self {
            layer: Some(at.layer.to_string()),
            policy: Some(at.policy.name.clone()).filter(|name| !name.is_empty()),
            statement: Some(at.index),
            sid: at.statement.sid.clone(),
            effect: Some(at.statement.effect.to_string()),
            ..Self::default()
        }
    }
}

/// A word on what stands in a document and has no effect there.
fn doubts(policies: &Policies) -> impl Iterator<Item = Because> {
    policies.documents().flat_map(|(layer, policy)| {
        let each = policy.document.doubts.iter();
        each.map(move |doubt| Because {
            text: format!("note: in {layer} `{}`, {doubt}, so the condition is never met", policy.name),
            layer: Some(layer.to_string()),
            policy: Some(policy.name.clone()),
            statement: doubt.path.statement(),
            ..Because::default()
        })
    })
}

/// The name of a request that cannot be read as a whole, where at least that can.
fn name(bytes: &[u8]) -> Option<String> {
    let line: Value = serde_json::from_slice(bytes).ok()?;
    line.get("name")?.as_str().map(str::to_owned)
}

/// A word on an action that its service does not have: no request for it ever comes.
fn unknown_action(action: &str) -> Option<Because> {
    let (prefix, name) = action.split_once(':')?;
    let service = catalogue::service(prefix).filter(|service| service.complete && service.action(name).is_none())?;
    let text = format!("note: {} has no action `{name}`, so nobody is ever asked for it", service.name);
    Some(Because { text, ..Because::default() })
}
