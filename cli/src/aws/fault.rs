//! What went wrong with a call, in a line that a person can act on.

use std::error::Error;
use std::fmt;

use anyhow::anyhow;
use aws_sdk_iot::error::{ProvideErrorMetadata, SdkError};
use lambda::call::chain;

/// Where the calls go.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) region: String,
    pub(super) endpoint: Option<String>,
}

/// The service answered, and the answer is no: another call may still be answered.
#[derive(Debug)]
pub(crate) struct Refused(String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Refused {}

impl Place {
    /// Turns a failed call into an error that reads well after "cannot".
    pub(super) fn failed<E>(&self, what: impl Into<String>, error: &SdkError<E>) -> anyhow::Error
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let what = what.into();
        if let Some(answer) = error.as_service_error() {
            let status = error.raw_response().map_or(0, |response| response.status().as_u16());
            return anyhow!(Refused(answered(status, answer.code(), answer.message(), &self.region))).context(what);
        }
        let failure = if let SdkError::DispatchFailure(failure) = error { Some(failure) } else { None };
        let unreachable =
            matches!(error, SdkError::TimeoutError(_)) || failure.is_some_and(|f| f.is_io() || f.is_timeout());
        let cause = failure.and_then(|f| f.as_connector_error()).map_or_else(|| chain(error), |e| chain(e));
        let remedy = match (&self.endpoint, unreachable) {
            (Some(endpoint), true) => {
                format!(": is something listening at `{endpoint}`, which AWS_ENDPOINT_URL names?")
            }
            (None, true) => format!(": check the network, and that AWS has a Region `{}`", self.region),
            (_, false) => String::new(),
        };
        anyhow!("{what}: {cause}{remedy}")
    }
}

/// The service's own words, and what to do where they do not say it.
fn answered(status: u16, code: Option<&str>, message: Option<&str>, region: &str) -> String {
    let Some(code) = code else { return format!("HTTP status {status} without an error code") };
    let remedy = match code {
        "ExpiredToken"
        | "ExpiredTokenException"
        | "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "RequestExpired" => {
            ": sign in again with `aws sso login` or `aws login`, and check this machine's clock".to_owned()
        }
        "SubscriptionRequiredException" | "OptInRequired" => format!(": turn the service on in Region `{region}`"),
        _ => String::new(),
    };
    match message {
        Some(message) => format!("{code}: {}{remedy}", message.trim_end_matches('.')),
        None => format!("{code}{remedy}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_says_what_to_do_when_the_service_does_not() {
        let denied =
            answered(400, Some("AccessDeniedException"), Some("User: x is not authorized to perform: y."), "eu-west-1");
        assert_eq!(denied, "AccessDeniedException: User: x is not authorized to perform: y");
        let expired = answered(400, Some("ExpiredTokenException"), Some("The security token is expired"), "eu-west-1");
        assert!(expired.contains("sign in again"), "{expired}");
        assert_eq!(answered(404, None, None, "eu-west-1"), "HTTP status 404 without an error code");
    }
}
