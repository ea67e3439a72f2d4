//! An AWS call that failed, with what a caller can do about it.

use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use fleet::secret::without_secrets;

use crate::aws::{QUOTA_CODES, TOO_MANY};

/// What a caller can do about a failed call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// AWS throttles or a quota is used up: later it may work.
    Throttled,
    /// AWS or the way to it failed: later it may work.
    Unavailable,
    /// AWS will not, as things stand: a permission, a setting or our mistake.
    Failed,
}

impl Class {
    /// The word for logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Throttled => "throttled",
            Self::Unavailable => "unavailable",
            Self::Failed => "failed",
        }
    }
}

/// A failed call, after the SDK's own retries.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{operation}` {}: {cause}", .class.as_str())]
pub struct CallError {
    /// The AWS operation.
    pub operation: &'static str,
    /// What can be done about it.
    pub class: Class,
    /// AWS's code of the error, such as `AccessDeniedException`; empty when AWS did not answer with one.
    pub code: String,
    /// The code and the message of AWS, or the chain of causes below.
    pub cause: String,
}

/// How the codes begin by which AWS refuses for want of a permission; EC2 puts `Client.` before it.
///
/// Each service has its own word: `AccessDenied` (IAM, STS), `AccessDeniedException` (most), `AuthorizationError` (SNS),
/// `NotAuthorizedException` (Kinesis Video Streams), `UnauthorizedException` (IoT), `UnauthorizedOperation` (EC2).
pub const DENIED: [&str; 4] = ["AccessDenied", "AuthorizationError", "NotAuthorized", "Unauthorized"];

/// Whether an error's code, in an answer or in a record of CloudTrail's, is one of [`DENIED`].
pub fn says_denied(code: &str) -> bool {
    DENIED.iter().any(|word| code.contains(word))
}

impl CallError {
    /// A request that the SDK would not build: it was never sent.
    pub fn unbuilt(operation: &'static str, error: &dyn Error) -> Self {
        Self { operation, class: Class::Failed, code: String::new(), cause: chain(error) }
    }

    /// Whether AWS refuses for want of a permission. Credentials that AWS does not know at all are another matter.
    pub fn is_denied(&self) -> bool {
        says_denied(&self.code)
    }

    /// Whether AWS says that what was asked about does not exist: `NoSuchEntity` (IAM), `QueueDoesNotExist` and
    /// `NonExistentQueue` (SQS), `NotFound` in all others.
    pub fn is_absent(&self) -> bool {
        let words = ["NotFound", "NoSuchEntity", "QueueDoesNotExist", "NonExistentQueue"];
        words.iter().any(|word| self.code.contains(word))
    }

    /// Puts an SDK error into words. The SDK's own text stops at "service error".
    pub fn new<E>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let code = error.code().unwrap_or_default();
        let status = error.raw_response().map(|response| response.status().as_u16());
        let throttled = QUOTA_CODES.contains(&code) || code.contains("Throttl") || code == "TooManyRequestsException";
        let class = match (throttled, status) {
            (true, _) | (_, Some(TOO_MANY)) => Class::Throttled,
            (_, None | Some(500..)) => Class::Unavailable,
            (_, Some(_)) => Class::Failed,
        };
        let cause = match (code, error.message()) {
            ("", _) => chain(error),
            (code, Some(message)) => format!("{code}: {message}"),
            (code, None) => code.to_owned(),
        };
        // Where a signature does not match, AWS repeats the request that it was made for, with the session's token.
        let cause = without_secrets(&cause).into_owned();
        Self { operation, class, code: code.to_owned(), cause }
    }
}

/// An error and its causes, joined by colons, each said once.
pub fn chain(error: &dyn Error) -> String {
    let mut said: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        if !said.iter().any(|before| before.contains(&text)) {
            said.push(text);
        }
        next = error.source();
    }
    said.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Link {
        text: &'static str,
        #[source]
        cause: Option<Box<Link>>,
    }

    #[test]
    fn refusals_and_absences_are_known_by_every_service_s_word() {
        let coded = |code: &str| CallError {
            operation: "Get",
            class: Class::Failed,
            code: code.to_owned(),
            cause: String::new(),
        };
        for denied in ["AccessDenied", "AuthorizationErrorException", "NotAuthorizedException", "UnauthorizedOperation"]
        {
            assert!(coded(denied).is_denied() && !coded(denied).is_absent(), "{denied}");
        }
        for absent in
            ["NoSuchEntity", "ResourceNotFoundException", "NotFound", "AWS.SimpleQueueService.NonExistentQueue"]
        {
            assert!(coded(absent).is_absent() && !coded(absent).is_denied(), "{absent}");
        }
        for other in ["", "Throttling", "InvalidClientTokenId", "LimitExceeded"] {
            assert!(!coded(other).is_absent() && !coded(other).is_denied(), "{other}");
        }
    }

    #[test]
    fn a_chain_says_each_cause_once() {
        let link = |text, cause: Option<Link>| Link { text, cause: cause.map(Box::new) };
        let error = link("cannot connect", Some(link("io error: refused", Some(link("refused", None)))));
        assert_eq!(chain(&error), "cannot connect: io error: refused");
    }
}
