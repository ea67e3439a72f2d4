//! The rim's clock. Decisions take `now` as a value; only this module reads it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// Milliseconds since 1970 UTC.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// When an invocation must have answered: Lambda's deadline, less `reserve` for writing the answer.
///
/// `deadline_ms` is the `Lambda-Runtime-Deadline-Ms` of the invocation. A deadline that has passed is now.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-next>
pub fn deadline(deadline_ms: u64, reserve: Duration) -> Instant {
    let left = Duration::from_millis(deadline_ms.saturating_sub(now_ms())).saturating_sub(reserve);
    let now = Instant::now();
    now.checked_add(left).unwrap_or(now)
}
