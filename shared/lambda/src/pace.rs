//! Keeping under a rate of calls.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

/// Lets calls through at an even rate. Who had nothing to call for a while may make up for it, by the calls of a second at
/// most: a worker that waits for the last camera of its batch would lose those places, and AWS counts by the second, too.
#[derive(Debug)]
pub struct Pacer(DefaultDirectRateLimiter);

impl Pacer {
    /// A worker's share of `calls_per_second`, which `workers` of them keep together.
    pub fn shared(calls_per_second: NonZeroU32, workers: NonZeroU32) -> Self {
        let between = Duration::from_secs(1)
            .saturating_mul(workers.get())
            .checked_div(calls_per_second.get())
            .unwrap_or(Duration::from_secs(1));
        let one = Quota::with_period(between.max(Duration::from_nanos(1)));
        let one = one.unwrap_or_else(|| Quota::per_second(NonZeroU32::MIN));
        let of_a_second = calls_per_second.get().checked_div(workers.get()).and_then(NonZeroU32::new);
        Self(RateLimiter::direct(one.allow_burst(of_a_second.unwrap_or(NonZeroU32::MIN))))
    }

    /// Waits for the next place.
    pub async fn place(&self) {
        self.0.until_ready().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_takes_its_share_and_at_once_no_more_than_that_of_a_second() {
        for (calls, workers, at_once, interval_ms) in
            [(8, 2, 4, 250), (8, 8, 1, 1_000), (3, 2, 1, 666), (2, 8, 1, 4_000)]
        {
            let of = |number| NonZeroU32::new(number).unwrap();
            let pacer = Pacer::shared(of(calls), of(workers));
            for _ in 0..at_once {
                assert!(pacer.0.check().is_ok(), "{calls} of {workers}");
            }
            let wait = pacer.0.check().unwrap_err();
            assert_eq!(wait.quota().replenish_interval().as_millis(), interval_ms);
        }
    }
}
