//! JSON lines on standard output.
//!
//! Each line has a `timestamp` and a `level` at its top, which Lambda's JSON log format reads; without the level it
//! files errors as INFO. Messages are constant, data stands in fields.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html>

use tracing_subscriber::EnvFilter;

/// Starts logging. The level comes from `AWS_LAMBDA_LOG_LEVEL`, which Lambda sets, and is INFO otherwise.
pub fn init() {
    let filter = EnvFilter::builder()
        .with_env_var("AWS_LAMBDA_LOG_LEVEL")
        .with_default_directive(tracing::Level::INFO.into())
        .from_env_lossy();
    tracing_subscriber::fmt().json().flatten_event(true).with_span_list(false).with_env_filter(filter).init();
}
