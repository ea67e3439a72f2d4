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

/// Tries of one call, the first included.
const ATTEMPTS: u32 = 5;

/// Loads credentials, region and endpoint as AWS's tools do, with our bounds on retries and time.
///
/// A call is tried 5 times over some seconds; whoever calls bounds it by the time that is left.
pub async fn config() -> SdkConfig {
    let retries = RetryConfig::standard()
        .with_max_attempts(ATTEMPTS)
        .with_initial_backoff(Duration::from_millis(300))
        .with_max_backoff(Duration::from_secs(4));
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(3))
        .operation_attempt_timeout(Duration::from_secs(8))
        .build();
    aws_config::defaults(BehaviorVersion::latest()).retry_config(retries).timeout_config(timeouts).load().await
}

/// A client of this SDK's that counts its calls; with `quotas`, one that knows the throttles that the SDK takes for final.
#[macro_export]
macro_rules! client {
    ($sdk:ident, $shared:expr) => {
        $sdk::Client::from_conf($sdk::config::Builder::from($shared).interceptor($crate::aws::CountCalls).build())
    };
    ($sdk:ident, $shared:expr, quotas) => {
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
/// `ThrottlingException` the SDK knows, though it comes with status 400.
///
/// <https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/API_CreateStream.html#API_CreateStream_Errors>
#[derive(Debug, Clone, Copy)]
pub struct QuotaClassifier;

/// The codes of [`QuotaClassifier`], `LimitExceededException` left out: IoT says so of limits that time does not lift.
pub const QUOTA_CODES: [&str; 2] = ["ClientLimitExceededException", "AccountStreamLimitExceededException"];

impl ClassifyRetry for QuotaClassifier {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let code = context.response().and_then(|response| response.headers().get("x-amzn-errortype"));
        // The header may go on after a colon with a namespace.
        let code = code.and_then(|value| value.split(':').next()).unwrap_or_default();
        if QUOTA_CODES.contains(&code) { RetryAction::throttling_error() } else { RetryAction::NoActionIndicated }
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

    fn classified(error_type: &str) -> RetryAction {
        let mut response = HttpResponse::new(400.try_into().unwrap(), SdkBody::empty());
        response.headers_mut().insert("x-amzn-errortype", error_type.to_owned());
        let mut context = InterceptorContext::new(Input::doesnt_matter());
        context.set_response(response);
        QuotaClassifier.classify_retry(&context)
    }

    #[test]
    fn used_up_quotas_are_tried_again_and_other_errors_are_left_to_the_sdk() {
        for code in QUOTA_CODES {
            assert_eq!(classified(code), RetryAction::throttling_error());
            assert_eq!(classified(&format!("{code}:http://internal.amazon.com/")), RetryAction::throttling_error());
        }
        for other in ["ResourceInUseException", "LimitExceededException", ""] {
            assert_eq!(classified(other), RetryAction::NoActionIndicated);
        }
    }
}
