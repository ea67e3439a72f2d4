//! Reading policy documents.

mod element;
mod error;
pub(crate) mod json;

use std::borrow::Cow;

use json::Json;

use crate::document::{Document, Effect, Statement, Version};
use element::{actions, conditions, principal, resources};
pub use error::{ParseError, Path, Problem};

/// What kind of policy a document is: that decides which elements it must and must not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Attached to a user, group or role; also a permissions boundary and a session policy. Has no `Principal`.
    Identity,
    /// A service control policy. Has no `Principal`.
    ServiceControl,
    /// Attached to a resource; also the trust policy of a role and a resource control policy. Has a `Principal`, and may
    /// leave out `Resource`, as trust policies must: it then means what it is attached to.
    Resource,
    /// Of a VPC endpoint. May have a `Principal`, and concerns everyone without.
    Endpoint,
    /// A policy of AWS IoT, attached to certificates and thing groups. Has no `Principal`.
    Iot,
}

impl Kind {
    fn takes_principal(self) -> bool {
        matches!(self, Self::Resource | Self::Endpoint)
    }
}

impl Document {
    /// Reads a document: JSON, or percent-encoded JSON as IAM's API returns it.
    ///
    /// Read as AWS documents it: one statement or a list of them; a text or a list of texts for `Action`, `Resource`,
    /// principals and condition values; numbers and booleans without quotes as condition values. Empty lists have no
    /// effect. A `Sid` is any text: uniqueness and characters differ between services and mean nothing here.
    ///
    /// What AWS forbids or does not document is an error rather than a guess: unknown elements and operators, other
    /// versions, an element or a condition key that stands twice, malformed variables. What it stores although it can
    /// have no effect is read, and told in [`Document::doubts`].
    ///
    /// Rules: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
    ///
    /// ```
    /// use policy::{Document, Kind};
    ///
    /// let error = Document::parse(Kind::Identity, r#"{"Statement": {"Effect": "Allow", "Actions": "s3:*"}}"#);
    /// assert_eq!(
    ///     error.unwrap_err().to_string(),
    ///     "`Statement[0]`: there is no element `Actions`: expected one of Sid, Effect, Action, NotAction, Resource, \
    ///      NotResource, Condition"
    /// );
    /// ```
    pub fn parse(kind: Kind, text: &str) -> Result<Self, ParseError> {
        let text = decoded(text)?;
        let json = serde_json::from_str(&text).map_err(|error| Path::Document.error(Problem::not_json(&error)))?;
        document(kind, &json)
    }
}

/// Documents begin with a brace, percent-encoded ones with `%7B`.
fn decoded(text: &str) -> Result<Cow<'_, str>, ParseError> {
    if !text.trim_start().starts_with('%') {
        return Ok(Cow::Borrowed(text));
    }
    let decoded = percent_encoding::percent_decode_str(text.trim()).decode_utf8();
    decoded.ok().ok_or_else(|| Path::Document.error(Problem::NotUtf8))
}

fn document(kind: Kind, json: &Json) -> Result<Document, ParseError> {
    let path = Path::Document;
    let members = object(&path, json, "an object with `Statement`")?;
    known(&path, members, &["Version", "Id", "Statement"])?;
    let version = match member(members, "Version") {
        None => Version::V2008,
        Some(Json::Text(version)) if version == "2012-10-17" => Version::V2012,
        Some(Json::Text(version)) if version == "2008-10-17" => Version::V2008,
        Some(other) => return Err(path.member("Version").error(Problem::version(other))),
    };
    let id = member(members, "Id").map(|id| text(&path.member("Id"), id).map(str::to_owned)).transpose()?;
    let list = member(members, "Statement").ok_or_else(|| path.error(Problem::Missing("`Statement`")))?;
    let (mut statements, mut doubts) = (Vec::new(), Vec::new());
    for (index, one) in list.items().iter().enumerate() {
        statements.push(statement(kind, version, &Path::Statement(index), one, &mut doubts)?);
    }
    Ok(Document { id, version, statements, doubts })
}

fn statement(
    kind: Kind,
    version: Version,
    path: &Path,
    json: &Json,
    doubts: &mut Vec<ParseError>,
) -> Result<Statement, ParseError> {
    let members = object(path, json, "a statement")?;
    if let Some((name, _)) = members.iter().find(|(name, _)| PRINCIPALS.contains(&name.as_str()))
        && !kind.takes_principal()
    {
        return Err(path.member(name).error(Problem::PrincipalInIdentityPolicy));
    }
    known(path, members, if kind.takes_principal() { &WITH_PRINCIPAL } else { &WITHOUT_PRINCIPAL })?;
    let sid = member(members, "Sid").map(|sid| text(&path.member("Sid"), sid).map(str::to_owned)).transpose()?;
    let effect = match member(members, "Effect") {
        Some(Json::Text(effect)) if effect == "Allow" => Effect::Allow,
        Some(Json::Text(effect)) if effect == "Deny" => Effect::Deny,
        Some(other) => return Err(path.member("Effect").error(Problem::effect(other))),
        None => return Err(path.error(Problem::Missing("`Effect`"))),
    };
    let variables = version == Version::V2012;
    let principal = one_of(path, members, PRINCIPALS, principal)?;
    if kind == Kind::Resource && principal.is_none() {
        return Err(path.error(Problem::Missing("`Principal`")));
    }
    let actions = one_of(path, members, ["Action", "NotAction"], actions)?;
    let read = |path: &Path, negated: bool, json: &Json| resources(path, negated, json, variables, kind);
    let resources = one_of(path, members, ["Resource", "NotResource"], read)?;
    if kind != Kind::Resource && resources.is_none() {
        return Err(path.error(Problem::Missing("`Resource` or `NotResource`")));
    }
    let conditions = match member(members, "Condition") {
        None => Vec::new(),
        Some(block) => conditions(&path.member("Condition"), block, variables, doubts)?,
    };
    let actions = actions.ok_or_else(|| path.error(Problem::Missing("`Action` or `NotAction`")))?;
    Ok(Statement { sid, effect, principal, actions, resources, conditions })
}

const PRINCIPALS: [&str; 2] = ["Principal", "NotPrincipal"];
const WITHOUT_PRINCIPAL: [&str; 7] = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"];
const WITH_PRINCIPAL: [&str; 9] =
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

/// Reads the one of two elements that stands there; both together are an error.
fn one_of<T>(
    path: &Path,
    members: &[(String, Json)],
    [plain, negated]: [&'static str; 2],
    read: impl Fn(&Path, bool, &Json) -> Result<T, ParseError>,
) -> Result<Option<T>, ParseError> {
    match (member(members, plain), member(members, negated)) {
        (Some(_), Some(_)) => Err(path.error(Problem::Both(plain, negated))),
        (Some(json), None) => read(&path.member(plain), false, json).map(Some),
        (None, Some(json)) => read(&path.member(negated), true, json).map(Some),
        (None, None) => Ok(None),
    }
}

fn member<'j>(members: &'j [(String, Json)], name: &str) -> Option<&'j Json> {
    members.iter().find(|(other, _)| other == name).map(|(_, value)| value)
}

/// The members of an object, none of which stands twice.
fn object<'j>(path: &Path, json: &'j Json, expected: &'static str) -> Result<&'j [(String, Json)], ParseError> {
    let Json::Object(members) = json else { return Err(path.error(Problem::expected(expected, json))) };
    let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| matches!(pair, [a, b] if a == b)) {
        Some([twice, ..]) => Err(path.error(Problem::Twice((*twice).to_owned()))),
        _ => Ok(members),
    }
}

fn known(path: &Path, members: &[(String, Json)], names: &'static [&'static str]) -> Result<(), ParseError> {
    match members.iter().find(|(name, _)| !names.contains(&name.as_str())) {
        Some((name, _)) => Err(path.error(Problem::Unknown { name: name.clone(), known: names })),
        None => Ok(()),
    }
}

fn text<'j>(path: &Path, json: &'j Json) -> Result<&'j str, ParseError> {
    match json {
        Json::Text(text) => Ok(text),
        other => Err(path.error(Problem::expected("a string", other))),
    }
}

/// A text or a list of texts, each with its path.
fn texts<'j>(path: &Path, json: &'j Json) -> Result<Vec<(Path, &'j str)>, ParseError> {
    match json {
        Json::List(items) => {
            let each = items.iter().enumerate().map(|(index, item)| {
                let path = path.item(index);
                text(&path, item).map(|text| (path, text))
            });
            each.collect()
        }
        Json::Text(text) => Ok(vec![(path.clone(), text)]),
        other => Err(path.error(Problem::expected("a string or a list of strings", other))),
    }
}
