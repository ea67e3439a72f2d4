//! What a message of the audit's queue says. It only tells where to look: what is there, AWS is asked.

use lambda::call::says_denied;
use serde::Deserialize;
use serde_json::Value;

use crate::finding::Actor;
use crate::inventory::Moment;
use crate::scope::{Call, FOOTAGE_CALLS};
use crate::sweep::Checkpoint;
use crate::touched::Touched;

/// What a message asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// To look at what a call changed.
    Change(Box<Change>),
    /// To count a call that was denied.
    Denial(Box<Denial>),
    /// To look at everything.
    Sweep,
    /// To go on with a sweep.
    Continue(Checkpoint),
    /// Nothing, and why.
    Nothing(&'static str),
}

/// A call that changed something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Who, from where, when, with which call.
    pub actor: Actor,
    /// What it touched.
    pub touched: Vec<Touched>,
}

/// A call that AWS denied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// Who, from where, when, with which call.
    pub actor: Actor,
    /// Whose tries are counted together: the caller's ARN, of a session that of its role. A session's name is up to who
    /// takes it.
    pub caller: String,
    /// `footage` or `policies`.
    pub of: &'static str,
}

/// A message that is none of ours. Its text may be hostile and long: little of it is repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// No JSON object.
    #[error("the body is no JSON object: {0}")]
    NotJson(String),
    /// Neither an event nor an order.
    #[error("the body is neither an event of EventBridge nor `{{\"sweep\": …}}` nor `{{\"continue\": …}}`: {0}")]
    Unknown(String),
    /// An event of another account.
    #[error("the event is of account `{0}`, which is not this one: does another account's bus forward here?")]
    OtherAccount(String),
}

/// EventBridge's envelope, as far as it is needed.
///
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html>
#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "detail-type")]
    detail_type: String,
    account: String,
    detail: Record,
}

/// CloudTrail's record, as far as it is needed. Everything may be missing or null.
///
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Record {
    #[serde(rename = "eventID")]
    event_id: Option<String>,
    event_name: Option<String>,
    event_source: Option<String>,
    event_time: Option<Moment>,
    #[serde(rename = "sourceIPAddress")]
    source_ip_address: Option<String>,
    user_identity: Option<Value>,
    request_parameters: Value,
    response_elements: Value,
    error_code: Option<String>,
}

/// `detail-type` of CloudTrail's events, in China the second.
const DETAIL_TYPES: [&str; 2] = ["AWS API Call via CloudTrail", "Amazon API Call via CloudTrail"];

impl Message {
    /// Reads a message's body, for the account with this number.
    pub fn parse(body: &str, account: &str) -> Result<Self, Malformed> {
        let shown = |error: serde_json::Error| fleet::shown(&error.to_string(), 200);
        let value: Value = serde_json::from_str(body).map_err(|error| Malformed::NotJson(shown(error)))?;
        let Some(object) = value.as_object() else {
            return Err(Malformed::NotJson("it is another kind of value".to_owned()));
        };
        if object.contains_key("sweep") {
            return Ok(Self::Sweep);
        }
        if let Some(checkpoint) = object.get("continue") {
            let unknown = |error| Malformed::Unknown(shown(error));
            return Checkpoint::deserialize(checkpoint).map(Self::Continue).map_err(unknown);
        }
        let envelope: Envelope = serde_path_to_error::deserialize(&value).map_err(|error| {
            Malformed::Unknown(fleet::shown_at(&error.path().to_string(), &error.inner().to_string()))
        })?;
        if envelope.account != account {
            return Err(Malformed::OtherAccount(fleet::shown(&envelope.account, 12)));
        }
        if !DETAIL_TYPES.contains(&envelope.detail_type.as_str()) {
            return Ok(Self::Nothing("no call"));
        }
        Ok(envelope.detail.message())
    }
}

/// Whether a record of CloudTrail's is of a change that reaches the function: in scope, carried out, and not by the role
/// with this ARN, which the rules leave out.
pub fn is_change(record: &str, quiet: &[String]) -> bool {
    let Ok(record) = serde_json::from_str::<Record>(record) else { return false };
    let quiet = issuer(record.user_identity.as_ref()).is_some_and(|issuer| quiet.iter().any(|role| *role == issuer));
    !quiet && matches!(record.message(), Message::Change(_))
}

impl Record {
    fn message(self) -> Message {
        let (Some(source), Some(name), Some(event_id), Some(at)) =
            (&self.event_source, &self.event_name, &self.event_id, self.event_time)
        else {
            return Message::Nothing("without name, source, id or time");
        };
        // What is kept under it has no room for more, and CloudTrail's are shorter.
        if event_id.is_empty() || event_id.len() > 128 {
            return Message::Nothing("with an id that is none of CloudTrail's");
        }
        let user = self.user_identity.as_ref().and_then(|identity| identity.get("userName")).and_then(Value::as_str);
        let (request, response) = (&self.request_parameters, &self.response_elements);
        let call = Call { source, name, request, response, user };
        let service = source.split('.').next().unwrap_or_default();
        let actor = Actor {
            who: who(self.user_identity.as_ref()),
            address: cut(self.source_ip_address.as_deref().unwrap_or("unknown")),
            call: cut(&format!("{service}:{name}")),
            event_id: event_id.clone(),
            at,
        };
        if let Some(code) = &self.error_code {
            let of = match (says_denied(code), service) {
                (true, "kinesisvideo") if FOOTAGE_CALLS.contains(&name.as_str()) => "footage",
                (true, _) if call.is_about_policies() => "policies",
                _ => return Message::Nothing("failed"),
            };
            let caller = issuer(self.user_identity.as_ref()).map_or_else(|| actor.who.clone(), cut);
            return Message::Denial(Box::new(Denial { actor, caller, of }));
        }
        match call.touched() {
            None => Message::Nothing("out of scope"),
            Some(touched) => Message::Change(Box::new(Change { actor, touched })),
        }
    }
}

/// The caller as people know it: the ARN; of a service its name.
///
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>
fn who(identity: Option<&Value>) -> String {
    let text = |name: &str| identity.and_then(|identity| identity.get(name)).and_then(Value::as_str);
    let who = text("arn")
        .or_else(|| text("invokedBy"))
        .or_else(|| text("principalId"))
        .or_else(|| text("userName"))
        .or_else(|| text("accountId"));
    cut(who.unwrap_or("unknown"))
}

/// The role whose session called.
fn issuer(identity: Option<&Value>) -> Option<&str> {
    identity?.pointer("/sessionContext/sessionIssuer/arn")?.as_str()
}

/// AWS's names are shorter, and hold no secrets. What is not AWS's must not fill a key of the table.
fn cut(name: &str) -> String {
    fleet::secret::without_secrets(name).chars().take(256).collect()
}

#[cfg(test)]
mod tests {
    use lambda::call::DENIED;
    use serde_json::json;

    use super::*;

    fn failed(source: &str, name: &str, code: &str) -> Message {
        let record = json!({
            "eventID": "1", "eventTime": "2026-11-22T10:00:00Z", "eventSource": format!("{source}.amazonaws.com"),
            "eventName": name, "errorCode": code, "requestParameters": {},
        });
        Record::deserialize(record).unwrap().message()
    }

    #[test]
    fn a_denial_is_known_by_every_service_s_word() {
        let codes = DENIED.map(str::to_owned).into_iter().chain(DENIED.map(|word| format!("{word}Exception")));
        for code in codes.chain(["Client.UnauthorizedOperation".to_owned()]) {
            for (source, name, of) in [
                ("kinesisvideo", "GetMedia", "footage"),
                ("iam", "PutRolePolicy", "policies"),
                ("iot", "AttachPolicy", "policies"),
            ] {
                let denial = failed(source, name, &code);
                assert!(matches!(&denial, Message::Denial(denial) if denial.of == of), "{code}: {denial:?}");
            }
        }
    }

    #[test]
    fn what_is_hostile_is_told_short_and_on_one_line() {
        let long = "\n\u{1b}[2J".repeat(10_000);
        let of_account = |account: &str| json!({ "detail-type": "x", "account": account, "detail": {} }).to_string();
        let checkpoint = |source: &str| json!({ "continue": { "sweep": 1, "part": 1, "source": source, "calls": 1 } });
        for body in
            [of_account(&long), checkpoint(&long).to_string(), json!({ "continue": { long.clone(): 1 } }).to_string()]
        {
            let error = Message::parse(&body, "123456789012").unwrap_err().to_string();
            assert!(error.len() < 2_000 && !error.contains(char::is_control), "{error}");
        }
    }

    #[test]
    fn who_called_from_where_and_what_fits_into_a_finding() {
        let long = "x".repeat(10_000);
        let record = json!({
            "eventID": "1", "eventTime": "2026-11-22T10:00:00Z", "eventSource": "iam.amazonaws.com",
            "eventName": format!("PutRolePolicy{long}"), "sourceIPAddress": long, "userIdentity": { "arn": long },
            "requestParameters": { "roleName": "r" },
        });
        let Message::Change(change) = Record::deserialize(record).unwrap().message() else { panic!("no change") };
        let Actor { who, address, call, .. } = &change.actor;
        assert_eq!([who.len(), address.len(), call.len()], [256; 3]);
    }

    #[test]
    fn other_failures_are_no_denials() {
        for code in ["ResourceNotFoundException", "ThrottlingException", "ValidationException", ""] {
            assert_eq!(failed("kinesisvideo", "GetMedia", code), Message::Nothing("failed"), "{code}");
        }
    }
}
