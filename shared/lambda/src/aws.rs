//! The AWS configuration that all clients share: which errors are tried again, how long a call may take, and how many
//! calls were made.

use std::cell::Cell;
use std::future::Future;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{BeforeTransmitInterceptorContextRef, InterceptorContext};
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction, RetryClassifierPriority};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use crate::connections;
use crate::settings::{self, Reader, SettingsError};

/// Tries of one call, the first included.
const ATTEMPTS: u32 = 5;

/// How long one try of a call may take, in milliseconds, when `CALL_TIMEOUT_MS` does not say otherwise.
const TRY_MS: u32 = 8_000;

/// Loads credentials, region and endpoint as AWS's tools do, with our bounds on retries and time.
///
/// A call is tried 5 times over some seconds; whoever calls bounds it by the time that is left. The environment variable
/// `CALL_TIMEOUT_MS`, which the template does not set, says how long one try may take, 8,000 by default; the pauses
/// between tries are longer and shorter with it. Who tries every fault on every call has it short.
pub async fn config() -> Result<SdkConfig, SettingsError> {
    let a_try = a_try(settings::env)?;
    let part = |parts: u32| a_try.checked_div(parts).unwrap_or(a_try);
    let retries =
        RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(part(25)).with_max_backoff(part(2));
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(3).min(a_try))
        .operation_attempt_timeout(a_try)
        .build();
    let loader = aws_config::defaults(BehaviorVersion::latest()).retry_config(retries).timeout_config(timeouts);
    let loader = match connections::shared() {
        Some(http) => loader.http_client(http),
        None => loader,
    };
    Ok(loader.load().await)
}

/// How long one try of a call may take, by the environment.
fn a_try(lookup: impl Fn(&str) -> Option<String>) -> Result<Duration, SettingsError> {
    let mut reader = Reader::new(lookup);
    let milliseconds = reader.optional("CALL_TIMEOUT_MS", |text| settings::whole(text, 100, 60_000));
    reader.finish(|| Some(Duration::from_millis(milliseconds.unwrap_or(TRY_MS).into())))
}

/// A client of this SDK's that counts its calls, and knows the throttles that the SDK takes for final.
#[macro_export]
macro_rules! client {
    ($sdk:ident, $shared:expr) => {
        $sdk::Client::from_conf(
            $sdk::config::Builder::from($shared)
                .retry_classifier($crate::aws::QuotaClassifier)
                .interceptor($crate::aws::CountCalls)
                .build(),
        )
    };
}

/// Knows the throttles that the SDK takes for final.
///
/// Kinesis Video Streams answers `ClientLimitExceededException` when it throttles, and
/// `AccountStreamLimitExceededException` when the account has no stream left; both pass with time. IoT's
/// `ThrottlingException` the SDK knows, though it comes with status 400. What comes with status 429 is a throttle whatever
/// its code, such as SNS's `Throttled`. SQS puts its old namespace before the code, in a header of its own, and with it the
/// SDK knows the code no more: `AWS.SimpleQueueService.RequestThrottled`.
///
/// <https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/API_CreateStream.html#API_CreateStream_Errors>
#[derive(Debug, Clone, Copy)]
pub struct QuotaClassifier;

/// The codes of [`QuotaClassifier`], `LimitExceededException` left out: IoT says so of limits that time does not lift.
pub const QUOTA_CODES: [&str; 2] = ["ClientLimitExceededException", "AccountStreamLimitExceededException"];

/// The status of a throttle, in HTTP's own words.
///
/// <https://www.rfc-editor.org/rfc/rfc6585#section-4>
pub(crate) const TOO_MANY: u16 = 429;

impl ClassifyRetry for QuotaClassifier {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(response) = context.response() else { return RetryAction::NoActionIndicated };
        let code = response.headers().get("x-amzn-errortype");
        // The header may go on after a colon with a namespace.
        let code = code.and_then(|value| value.split(':').next()).unwrap_or_default();
        let of_sqs = response.headers().get("x-amzn-query-error");
        let of_sqs = of_sqs.and_then(|value| value.split(';').next()).unwrap_or_default();
        let throttled = QUOTA_CODES.contains(&code) || of_sqs.ends_with(".RequestThrottled");
        if response.status().as_u16() == TOO_MANY || throttled {
            RetryAction::throttling_error()
        } else {
            RetryAction::NoActionIndicated
        }
    }

    fn name(&self) -> &'static str {
        "quota"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::modeled_as_retryable_classifier())
    }
}

tokio::task_local! {
    static CALLS: Cell<u32>;
}

/// Runs `work` and tells how many requests its AWS calls sent, retries included.
///
/// Counts what clients with [`CountCalls`] send from within `work` itself, not from tasks that it spawns.
pub async fn counting_calls<F: Future>(work: F) -> (F::Output, u32) {
    CALLS
        .scope(Cell::new(0), async {
            let output = work.await;
            (output, CALLS.with(Cell::get))
        })
        .await
}

/// Counts each request for [`counting_calls`].
#[derive(Debug, Clone, Copy)]
pub struct CountCalls;

impl Intercept for CountCalls {
    fn name(&self) -> &'static str {
        "CountCalls"
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // Outside of `counting_calls` nobody asks for the count.
        CALLS.try_with(|calls| calls.set(calls.get().saturating_add(1))).unwrap_or_default();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::client::interceptors::context::Input;
    use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn classified(status: u16, error_type: &str) -> RetryAction {
        classified_by("x-amzn-errortype", status, error_type)
    }

    fn classified_by(header: &'static str, status: u16, value: &str) -> RetryAction {
        let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::empty());
        response.headers_mut().insert(header, value.to_owned());
        let mut context = InterceptorContext::new(Input::doesnt_matter());
        context.set_response(response);
        QuotaClassifier.classify_retry(&context)
    }

    #[test]
    fn a_try_takes_eight_seconds_unless_the_environment_says_otherwise() {
        let set = |value: &str| {
            let value = value.to_owned();
            a_try(move |name| (name == "CALL_TIMEOUT_MS").then(|| value.clone()))
        };
        assert_eq!(a_try(|_| None), Ok(Duration::from_secs(8)));
        assert_eq!(set("500"), Ok(Duration::from_millis(500)));
        assert_eq!(
            set("0").unwrap_err().to_string(),
            "environment variable `CALL_TIMEOUT_MS` is `0`: expected a whole number from 100 to 60000"
        );
    }

    #[test]
    fn used_up_quotas_are_tried_again_and_other_errors_are_left_to_the_sdk() {
        for code in QUOTA_CODES {
            assert_eq!(classified(400, code), RetryAction::throttling_error());
            assert_eq!(
                classified(400, &format!("{code}:http://internal.amazon.com/")),
                RetryAction::throttling_error()
            );
        }
        let of_sqs =
            |code: &str| classified_by("x-amzn-query-error", 403, &format!("AWS.SimpleQueueService.{code};Sender"));
        assert_eq!(of_sqs("RequestThrottled"), RetryAction::throttling_error());
        assert_eq!(of_sqs("AccessDenied"), RetryAction::NoActionIndicated);
        for other in ["ResourceInUseException", "LimitExceededException", ""] {
            assert_eq!(classified(400, other), RetryAction::NoActionIndicated);
            assert_eq!(classified(429, other), RetryAction::throttling_error());
        }
    }
}
