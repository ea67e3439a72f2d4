//! Questions as JSON: a request that brings along the policies that decide it.

use std::collections::HashSet;
use std::fmt;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::context::{Context, Key};
use crate::document::Document;
use crate::evaluate::{Policies, Policy};
use crate::parse::{Kind, ParseError, Path};
use crate::principal::{Caller, Principal, PrincipalFault};
use crate::request::Request;
use crate::shown::{shown, shown_up_to};

/// The fields of a line. Documents stay as they were written, so that an element that stands twice is seen.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Line {
    name: Option<String>,
    #[serde(deserialize_with = "Option::deserialize")]
    principal: Option<String>,
    action: String,
    resource: String,
    resource_account: Option<String>,
    context: Option<Keys>,
    identity_policies: Option<Vec<Box<RawValue>>>,
    resource_policy: Option<Box<RawValue>>,
    permissions_boundaries: Option<Vec<Box<RawValue>>>,
    session_policy: Option<Box<RawValue>>,
    service_control_policies: Option<Vec<Vec<Box<RawValue>>>>,
    resource_control_policies: Option<Vec<Vec<Box<RawValue>>>>,
    endpoint_policies: Option<Vec<Box<RawValue>>>,
}

/// The context keys in their order, also those that stand twice.
struct Keys(Vec<(String, Values)>);

/// The values of a context key.
struct Values(Vec<String>);

/// A policy that brings its name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named<'l> {
    name: Option<String>,
    #[serde(borrow)]
    document: &'l RawValue,
}

/// A request with the policies that have a say in it.
///
/// As JSON, an object with these fields; those marked `?` may be left out or be null:
///
/// | field | |
/// |---|---|
/// | `name`? | what to call the question |
/// | `principal` | an ARN, the name of a service, or null for an anonymous caller; see [`Principal`] |
/// | `action` | `service:Name` |
/// | `resource` | an ARN, or `*` for actions that take none |
/// | `resourceAccount`? | whose the resource is, where its ARN does not say |
/// | `context`? | the condition keys, each with a value or a list of values: strings, numbers, booleans |
/// | `identityPolicies`? | a list of policies; those of a certificate are IoT policies |
/// | `resourcePolicy`? | a policy; also a role's trust policy and a KMS key's policy |
/// | `permissionsBoundaries`?, `endpointPolicies`? | lists of policies |
/// | `sessionPolicy`? | a policy |
/// | `serviceControlPolicies`?, `resourceControlPolicies`? | for each level, from the root down, a list of policies |
///
/// A policy is an object `{"name"?, "document"}`, or the document itself, or what `aws iam get-role-policy` prints; a
/// document is a JSON object or the text of one, plain or percent-encoded. A policy without a name is called by its
/// field.
///
/// ```
/// use policy::{Outcome, Question, evaluate};
///
/// let question = Question::parse(
///     r#"{"principal": null, "action": "sns:Publish", "resource": "arn:aws:sns:eu-west-1:111122223333:alerts",
///         "resourcePolicy": {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sns:*", "Resource": "*"}}}"#,
/// )?;
/// assert_eq!(evaluate(&question.request, &question.policies).outcome, Outcome::Allowed);
/// # Ok::<(), policy::QuestionError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// What to call it.
    pub name: Option<String>,
    /// What is asked.
    pub request: Request,
    /// What decides.
    pub policies: Policies,
}

/// A policy as `aws iam get-role-policy` and its sisters print it, with the user, group or role that it belongs to.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Printed<'l> {
    policy_name: Option<String>,
    #[serde(borrow)]
    policy_document: &'l RawValue,
}

/// Why a text is no question. Names the field, but for one that is missing or unknown at the top, which the sentence
/// itself names.
#[derive(Debug, thiserror::Error)]
pub enum QuestionError {
    /// No JSON at all.
    #[error("not JSON: {0}{more}", more = joined(.0))]
    NotJson(serde_json::Error),
    /// A value that its field cannot have.
    #[error("`{field}`: {fault}")]
    Field {
        /// Its path, such as `identityPolicies[0]`.
        field: String,
        /// What is wrong with it.
        fault: String,
    },
    /// No object, or one with a field that is missing or unknown.
    #[error("{0}")]
    Shape(String),
    /// No principal.
    #[error("`principal`: {0}")]
    Principal(#[from] PrincipalFault),
    /// A document that cannot be read.
    #[error("{}", in_field(field, fault))]
    Policy {
        /// The path of the document, such as `identityPolicies[0].document`.
        field: String,
        /// What is wrong with it, and where in it.
        fault: ParseError,
    },
}

impl QuestionError {
    fn field(field: impl Into<String>, fault: impl fmt::Display) -> Self {
        Self::Field { field: shown(&field.into()), fault: shown_up_to(&fault.to_string(), SENTENCE) }
    }
}

impl Question {
    /// Reads a question.
    pub fn parse(text: &str) -> Result<Self, QuestionError> {
        serde_json::from_str::<IgnoredAny>(text).map_err(QuestionError::NotJson)?;
        if !text.trim_start().starts_with('{') {
            return Err(QuestionError::Shape(
                "expected an object with `principal`, `action` and `resource`".to_owned(),
            ));
        }
        let mut json = serde_json::Deserializer::from_str(text);
        let line: Line = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let field = error.path().to_string();
            let fault = without_place(error.inner());
            // The message itself names a field that is missing or unknown.
            if field == "." || fault.starts_with("unknown field") {
                QuestionError::Shape(fault)
            } else if field.contains("ControlPolicies") && fault.ends_with("expected a list") {
                QuestionError::field(
                    field,
                    "expected a list of policies for each level, in a list of levels from the root",
                )
            } else {
                QuestionError::field(field, fault)
            }
        })?;
        line.question()
    }
}

/// The remedy for what ends too early: most likely it stands on several lines.
fn joined(error: &serde_json::Error) -> &'static str {
    if error.is_eof() { "; a question stands on one line: `jq -c .` joins one that does not" } else { "" }
}

/// A fault of the document as a whole has no place in it to tell.
fn in_field(field: &str, fault: &ParseError) -> String {
    let field = shown(field);
    if fault.path == Path::Document { format!("`{field}`: {}", fault.problem) } else { format!("`{field}`: {fault}") }
}

/// The most characters of what is wrong with a field that are shown.
const SENTENCE: usize = 400;

/// The sentence alone: the place within the text says less than the field.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let sentence = text.rsplit_once(" at line ").map_or(text.as_str(), |(sentence, _)| sentence);
    // JSON's words for what a library calls by its own.
    let sentence = sentence.replace("type: map", "type: object").replace("type: sequence", "type: list");
    shown_up_to(&sentence.replace("expected a sequence", "expected a list"), SENTENCE)
}

impl Line {
    fn question(self) -> Result<Question, QuestionError> {
        let principal = self.principal.as_deref().map_or_else(|| Ok(Principal::anonymous()), str::parse)?;
        let whole = |(service, name): (&str, &str)| !service.is_empty() && !name.is_empty();
        if !self.action.split_once(':').is_some_and(whole)
            || self.action.contains(|c: char| matches!(c, '*' | '?') || c.is_whitespace())
        {
            let action = shown(&self.action);
            let fault = format!("`{action}`: expected one action, `service:Name`, such as `kinesisvideo:PutMedia`");
            return Err(QuestionError::field("action", fault));
        }
        if self.resource != "*" && !self.resource.starts_with("arn:") {
            return Err(QuestionError::field(
                "resource",
                format!("`{}`: expected an ARN or `*`", shown(&self.resource)),
            ));
        }
        let (mut context, mut seen) = (Context::default(), HashSet::new());
        for (name, Values(values)) in self.context.map(|Keys(keys)| keys).unwrap_or_default() {
            let key = Key::new(&name);
            if !seen.insert(key.clone()) {
                return Err(QuestionError::field(
                    "context",
                    format!("`{}` stands twice; case does not count", shown(&name)),
                ));
            }
            context.set(key, values);
        }
        let identity = match principal.caller() {
            Caller::Certificate { .. } => Kind::Iot,
            _ => Kind::Identity,
        };
        let levels = |kind, field: &str, levels: &Option<Vec<Vec<Box<RawValue>>>>| {
            let each =
                levels.iter().flatten().enumerate().map(|(at, level)| list(kind, &format!("{field}[{at}]"), level));
            each.collect::<Result<Vec<_>, _>>()
        };
        let policies = Policies {
            identity: list(identity, "identityPolicies", self.identity_policies.iter().flatten())?,
            resource: one(Kind::Resource, "resourcePolicy", self.resource_policy.as_deref())?,
            boundaries: list(Kind::Identity, "permissionsBoundaries", self.permissions_boundaries.iter().flatten())?,
            session: one(Kind::Identity, "sessionPolicy", self.session_policy.as_deref())?.into_iter().collect(),
            service_control: levels(Kind::ServiceControl, "serviceControlPolicies", &self.service_control_policies)?,
            resource_control: levels(Kind::Resource, "resourceControlPolicies", &self.resource_control_policies)?,
            endpoint: list(Kind::Endpoint, "endpointPolicies", self.endpoint_policies.iter().flatten())?,
        };
        let mut request = Request::new(principal, &self.action, &self.resource, context);
        if let Some(account) = &self.resource_account {
            if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(QuestionError::field(
                    "resourceAccount",
                    format!("`{}`: expected twelve digits", shown(account)),
                ));
            }
            request = request.in_account(account);
        }
        Ok(Question { name: self.name, request, policies })
    }
}

fn list<'l>(
    kind: Kind,
    field: &str,
    policies: impl IntoIterator<Item = &'l Box<RawValue>>,
) -> Result<Vec<Policy>, QuestionError> {
    policies.into_iter().enumerate().map(|(at, policy)| read_policy(kind, &format!("{field}[{at}]"), policy)).collect()
}

fn one(kind: Kind, field: &str, policy: Option<&RawValue>) -> Result<Option<Policy>, QuestionError> {
    policy.map(|policy| read_policy(kind, field, policy)).transpose()
}

/// A policy with its name, or just its document. One without a name is known by its field.
fn read_policy(kind: Kind, field: &str, raw: &RawValue) -> Result<Policy, QuestionError> {
    let value: Value = serde_json::from_str(raw.get()).map_err(|fault| QuestionError::field(field, fault))?;
    let has = |name| value.as_object().is_some_and(|object| object.contains_key(name));
    let own_name = || field.to_owned();
    let (name, document, field) = if has("PolicyDocument") {
        let named: Printed<'_> =
            serde_json::from_str(raw.get()).map_err(|fault| QuestionError::field(field, without_place(&fault)))?;
        (named.policy_name, named.policy_document, format!("{field}.PolicyDocument"))
    } else if has("document") || has("name") {
        let named: Named<'_> =
            serde_json::from_str(raw.get()).map_err(|fault| QuestionError::field(field, without_place(&fault)))?;
        (named.name, named.document, format!("{field}.document"))
    } else {
        (None, raw, field.to_owned())
    };
    // A document may also come as the text of it.
    let text: Option<String> = serde_json::from_str(document.get()).ok();
    let document = Document::parse(kind, text.as_deref().unwrap_or(document.get()));
    let document = document.map_err(|fault| QuestionError::Policy { field: field.clone(), fault })?;
    Ok(Policy { name: name.unwrap_or_else(own_name), document })
}

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> serde::de::Visitor<'de> for Reader {
            type Value = Keys;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of condition keys")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut members: A) -> Result<Keys, A::Error> {
                let mut keys = Vec::new();
                while let Some(member) = members.next_entry()? {
                    keys.push(member);
                }
                Ok(Keys(keys))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let items = match &value {
            Value::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        let texts = items.iter().map(|item| match item {
            Value::String(text) => Ok(text.clone()),
            Value::Bool(value) => Ok(value.to_string()),
            Value::Number(number) => Ok(number.to_string()),
            _ => Err(serde::de::Error::custom("expected a string, a number, a boolean, or a list of these")),
        });
        Ok(Self(texts.collect::<Result<_, _>>()?))
    }
}
