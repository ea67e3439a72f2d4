//! Small policies and requests over few letters, so that they meet often.

use policy::{Context, Document, Kind, Pattern, Policies, Policy, Principal, Request, Syntax};
use proptest::prelude::*;

const ACCOUNT: &str = "111122223333";

pub(crate) fn principal() -> Principal {
    format!("arn:aws:sts::{ACCOUNT}:assumed-role/camera/one").parse().unwrap()
}

pub(crate) fn role() -> Principal {
    format!("arn:aws:iam::{ACCOUNT}:role/camera").parse().unwrap()
}

/// A request, by what it is made of.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub(crate) action: String,
    pub(crate) resource: String,
    pub(crate) one: Option<String>,
    pub(crate) two: Option<String>,
}

impl Said {
    pub(crate) fn context(&self) -> Context {
        let keys = [("k:one", &self.one), ("k:two", &self.two)];
        Context::new(keys.into_iter().filter_map(|(key, value)| Some((key, value.as_deref()?))))
    }

    pub(crate) fn request(&self) -> Request {
        self.request_of(principal())
    }

    pub(crate) fn request_of(&self, principal: Principal) -> Request {
        Request::new(principal, &self.action, &self.resource, self.context())
    }
}

pub(crate) fn context_of(one: Option<&str>) -> Context {
    Context::new(one.map(|one| ("k:one", one)))
}

/// A short text.
pub(crate) fn text() -> impl Strategy<Value = String> {
    "[ab]{0,5}"
}

/// A pattern, with a variable at times.
pub(crate) fn pattern() -> impl Strategy<Value = Pattern> {
    let piece = prop_oneof![6 => "[ab]{1,2}", 3 => Just("*".to_owned()), 3 => Just("?".to_owned()), 1 => Just("${k:one}".to_owned())];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| Pattern::parse(&pieces.concat(), Syntax::FULL).unwrap())
}

fn stream(name: &str) -> String {
    format!("arn:aws:kinesisvideo:eu-west-1:{ACCOUNT}:stream/{name}")
}

fn resource_text() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => Just("*".to_owned()),
        1 => Just("arn:aws:kinesisvideo:*:*:stream/*".to_owned()),
        6 => prop_oneof![
            "[ab*?]{1,3}/[a*]{1,2}",
            "[ab*]{1,2}/\\*",
            Just("${k:one}/*".to_owned()),
            Just("${k:one, 'b'}/a".to_owned()),
            Just("a${k:two}*".to_owned()),
        ]
        .prop_map(|name| stream(&name)),
    ]
}

pub(crate) fn resource_pattern() -> impl Strategy<Value = Pattern> {
    resource_text().prop_map(|text| Pattern::parse(&text, Syntax::FULL).unwrap())
}

fn action_text() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "*",
        "kinesisvideo:*",
        "kinesisvideo:PutMedia",
        "kinesisvideo:putmedia",
        "kinesisvideo:GetMedia",
        "kinesisvideo:Get*",
        "kinesisvideo:*Media",
        "kinesisvideo:DeleteStream",
    ])
}

fn condition() -> impl Strategy<Value = String> {
    let operator = prop::sample::select(vec![
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLike",
        "StringEqualsIfExists",
        "StringLikeIfExists",
        "ForAnyValue:StringLike",
        "ForAllValues:StringEquals",
        "StringEqualsIgnoreCase",
    ]);
    let key = prop::sample::select(vec!["k:one", "K:Two"]);
    let value = prop_oneof![4 => "[ab*]{1,2}", 1 => Just("${k:one}".to_owned())];
    let compared = (operator, key.clone(), value).prop_map(|(o, k, v)| format!(r#""{o}": {{"{k}": "{v}"}}"#));
    let null = (key, any::<bool>()).prop_map(|(key, absent)| format!(r#""Null": {{"{key}": "{absent}"}}"#));
    prop_oneof![5 => compared, 1 => null]
}

pub(crate) fn statement() -> impl Strategy<Value = String> {
    let effect = prop::sample::select(vec!["Allow", "Allow", "Allow", "Deny"]);
    let actions = (prop::bool::weighted(0.1), prop::collection::vec(action_text(), 1..3));
    let resources = (prop::bool::weighted(0.15), prop::collection::vec(resource_text(), 1..3));
    (effect, actions, resources, prop::option::weighted(0.4, condition())).prop_map(
        |(effect, (not_action, actions), (not_resource, resources), condition)| {
            let not = |not: bool| if not { "Not" } else { "" };
            let condition = condition.map(|c| format!(r#", "Condition": {{{c}}}"#)).unwrap_or_default();
            let (actions, resources) = (list(&actions), list(&resources));
            format!(
                r#"{{"Effect": "{effect}", "{}Action": {actions}, "{}Resource": {resources}{condition}}}"#,
                not(not_action),
                not(not_resource)
            )
        },
    )
}

fn list(texts: &[impl AsRef<str>]) -> String {
    let quoted: Vec<_> = texts.iter().map(|text| format!("\"{}\"", text.as_ref())).collect();
    format!("[{}]", quoted.join(", "))
}

fn document(kind: Kind, most: usize) -> impl Strategy<Value = Policy> {
    prop::collection::vec(statement(), 1..=most).prop_map(move |statements| {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(", "));
        Policy { name: "generated".into(), document: Document::parse(kind, &text).unwrap() }
    })
}

pub(crate) fn identity() -> impl Strategy<Value = Policy> {
    document(Kind::Identity, 4)
}

/// Identity policies, and at times a boundary, a session policy and a level of SCPs.
pub(crate) fn policies() -> impl Strategy<Value = Policies> {
    (
        prop::collection::vec(identity(), 1..3),
        prop::option::weighted(0.2, identity()),
        prop::option::weighted(0.1, identity()),
        prop::option::weighted(0.2, document(Kind::ServiceControl, 3)),
    )
        .prop_map(|(identity, boundary, session, scp)| Policies {
            boundaries: boundary.into_iter().collect(),
            session: session.into_iter().collect(),
            service_control: scp.into_iter().map(|scp| vec![scp]).collect(),
            ..Policies::of_identity(identity)
        })
}

pub(crate) fn request() -> impl Strategy<Value = Said> {
    let action =
        prop::sample::select(vec!["kinesisvideo:PutMedia", "kinesisvideo:GetMedia", "kinesisvideo:DeleteStream"]);
    let value = || prop::option::weighted(0.6, "[ab]{1,2}");
    (action, "[ab]{1,3}/[a]{1,2}", value(), value()).prop_map(|(action, name, one, two)| Said {
        action: action.to_owned(),
        resource: stream(&name),
        one,
        two,
    })
}

pub(crate) fn requests() -> impl Strategy<Value = Vec<Said>> {
    prop::collection::vec(request(), 12)
}
