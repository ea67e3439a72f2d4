//! What is said to a line.

use std::io::{self, Write};

use policy::{
    Effect, Missing, NearMiss, Outcome, Policies, Question, Reason, Request, StatementRef, catalogue, evaluate,
    near_misses, these,
};
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
        /// For a person: the line, who asks, for what, on what.
        #[serde(skip)]
        line: u64,
        #[serde(skip)]
        asked: [String; 3],
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
    kind: Kind,
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

/// What a reason is.
#[derive(Debug, Default, Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    /// A statement that decided, or that came near.
    Statement,
    /// What would have had to allow.
    Missing,
    /// A rule that no policy changes.
    Rule,
    /// What decided nothing, and is worth a look.
    #[default]
    Note,
}

impl Answer {
    pub(super) fn of(bytes: &[u8], file: Option<&str>, number: u64) -> Self {
        let question = match std::str::from_utf8(bytes) {
            Ok(text) => Question::parse(text).map_err(|error| error.to_string()),
            Err(_) => Err("not UTF-8".to_owned()),
        };
        match question {
            Ok(question) => Self::decide(question, number),
            Err(error) => {
                let place = file.map_or_else(String::new, |file| format!("`{file}`, "));
                Self::Unreadable { name: name(bytes), line: number, error: format!("{place}line {number}: {error}") }
            }
        }
    }

    fn decide(question: Question, line: u64) -> Self {
        let Question { name, request, policies } = question;
        let decision = evaluate(&request, &policies);
        let near =
            if decision.outcome == Outcome::ImplicitlyDenied { near_misses(&request, &policies) } else { Vec::new() };
        let reasons = decision.because.iter();
        let mut because: Vec<_> = reasons.map(|reason| Because::of(reason, &request, &policies, &near)).collect();
        because.extend(notes_on_action(request.action()));
        because.extend(notes_on_documents(&policies));
        let asked = [request.principal().to_string(), request.action().to_owned(), request.resource().to_owned()];
        Self::Decided { name, decision: decision.outcome.to_string(), because, line, asked }
    }

    /// For a person.
    pub(super) fn explain(&self, out: &mut impl Write) -> io::Result<()> {
        let title = |name: &Option<String>, line| name.as_deref().map_or_else(|| format!("line {line}"), plain);
        match self {
            Self::Decided { name, decision, because, line, asked } => {
                let [who, what, on] = asked.each_ref().map(|text| plain(text));
                writeln!(out, "{}: {decision}\n  who  {who}\n  what {what}\n  on   {on}", title(name, line))?;
                for because in because {
                    writeln!(out, "  - {}", because.text)?;
                    for near in &because.near {
                        writeln!(out, "    - {}", near.text)?;
                    }
                }
                writeln!(out)
            }
            Self::Unreadable { name, error, line } => {
                writeln!(out, "{}: cannot be read\n  - {error}\n", title(name, line))
            }
        }
    }
}

/// A text for a terminal: control characters in it do nothing.
fn plain(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_control() { c.escape_debug().collect() } else { vec![c] }).collect()
}

impl Because {
    fn of(reason: &Reason<'_>, request: &Request, policies: &Policies, near: &[NearMiss<'_>]) -> Self {
        let text = reason.to_string();
        match reason {
            Reason::Statement(at) => Self { text: format!("{text}{}", conditions_met(at, request)), ..Self::at(at) },
            Reason::Missing(missing) => {
                let layer = missing.layer();
                let near = near.iter().filter(|near| Some(near.statement.layer) == layer);
                Self {
                    kind: Kind::Missing,
                    text: format!("{text}{}", whose(*missing, request, policies)),
                    layer: layer.map(|layer| layer.to_string()),
                    near: near.map(|near| Self { text: near.to_string(), ..Self::at(&near.statement) }).collect(),
                    ..Self::default()
                }
            }
            Reason::NeedsNoPermission | Reason::RootUser => Self { kind: Kind::Rule, text, ..Self::default() },
        }
    }

    fn at(at: &StatementRef<'_>) -> Self {
        Self {
            kind: Kind::Statement,
            layer: Some(at.layer.to_string()),
            policy: Some(at.policy.name.clone()).filter(|name| !name.is_empty()),
            statement: Some(at.index),
            sid: at.statement.sid.clone(),
            effect: Some(at.statement.effect.to_string()),
            ..Self::default()
        }
    }

    fn note(text: &str) -> Self {
        Self { text: format!("note: {text}"), ..Self::default() }
    }
}

/// Why a statement with conditions denies: often the request lacks a key.
fn conditions_met(at: &StatementRef<'_>, request: &Request) -> String {
    let met = at.statement.conditions.iter().map(|condition| {
        let values = request.context().get(condition.key()).unwrap_or_default();
        format!("{condition} is met: the request has {}", these(values))
    });
    let met: Vec<_> = met.collect();
    if met.is_empty() || at.statement.effect == Effect::Allow {
        String::new()
    } else {
        format!(", since {}", met.join("; "))
    }
}

/// Why the policy of the resource has to allow, and whether the request brings one.
fn whose(missing: Missing, request: &Request, policies: &Policies) -> String {
    if !matches!(missing, Missing::ResourceAllow | Missing::OnlyResourceCould) {
        return String::new();
    }
    let accounts = request.resource_account().zip(request.principal().account());
    let accounts = accounts
        .filter(|(owner, caller)| owner != caller)
        .map_or_else(String::new, |(owner, caller)| format!(": it belongs to account {owner}, the caller to {caller}"));
    let brings = if policies.resource.is_none() { ", and the request brings no `resourcePolicy`" } else { "" };
    format!("{accounts}{brings}")
}

fn notes_on_action(action: &str) -> Option<Because> {
    let (prefix, name) = action.split_once(':')?;
    let service = catalogue::service(prefix).filter(|service| service.complete)?;
    match service.action(name) {
        None => Some(Because::note(&format!(
            "{} has no action `{}`, so nobody is ever asked for it",
            service.name,
            plain(name)
        ))),
        Some(action) if !action.takes_resource() => {
            Some(Because::note(&format!("`{action}` takes no resource: it is asked for, and granted, on `*` only")))
        }
        Some(_) => None,
    }
}

/// What stands in a document and has no effect there.
fn notes_on_documents(policies: &Policies) -> Vec<Because> {
    let mut notes = Vec::new();
    for (layer, policy) in policies.documents() {
        let of = |statement: Option<usize>, text: String| Because {
            layer: Some(layer.to_string()),
            policy: Some(policy.name.clone()),
            statement,
            ..Because::note(&format!("in {layer} `{}`, {text}", plain(&policy.name)))
        };
        let doubts = policy.document.doubts.iter();
        notes
            .extend(doubts.map(|doubt| of(doubt.path.statement(), format!("{doubt}, so this value is never matched"))));
        for (index, statement) in policy.document.statements.iter().enumerate() {
            for action in &statement.actions.patterns {
                if let Some(service) = catalogue::lacking(action) {
                    let text = format!(
                        "statement {index} names `{}`, which {} does not have",
                        plain(action.as_str()),
                        service.name
                    );
                    notes.push(of(Some(index), text));
                }
            }
        }
    }
    notes
}

/// The name of a request that cannot be read as a whole, where at least that can.
fn name(bytes: &[u8]) -> Option<String> {
    let line: Value = serde_json::from_slice(bytes).ok()?;
    line.get("name")?.as_str().map(str::to_owned)
}
