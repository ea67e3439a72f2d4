//! Keeping under a rate of calls.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

/// Lets calls through at an even rate.
#[derive(Debug)]
pub struct Pacer(DefaultDirectRateLimiter);

impl Pacer {
    /// A worker's share of `calls_per_second`, which `workers` of them keep together: one at a time, since the quota is shared
    /// with others.
    pub fn shared(calls_per_second: NonZeroU32, workers: NonZeroU32) -> Self {
        Self::new(calls_per_second, workers, NonZeroU32::MIN)
    }

    /// The same, for a worker that may make up for a time in which it had nothing to call for, by its calls of a second at
    /// most: while it waits for the last camera of a batch it would lose those places, and AWS counts by the second, too.
    pub fn making_up(calls_per_second: NonZeroU32, workers: NonZeroU32) -> Self {
        let of_a_second = calls_per_second.get().checked_div(workers.get()).and_then(NonZeroU32::new);
        Self::new(calls_per_second, workers, of_a_second.unwrap_or(NonZeroU32::MIN))
    }

    fn new(calls_per_second: NonZeroU32, workers: NonZeroU32, at_once: NonZeroU32) -> Self {
        let between = Duration::from_secs(1)
            .saturating_mul(workers.get())
            .checked_div(calls_per_second.get())
            .unwrap_or(Duration::from_secs(1));
        let one = Quota::with_period(between.max(Duration::from_nanos(1)));
        let one = one.unwrap_or_else(|| Quota::per_second(NonZeroU32::MIN));
        Self(RateLimiter::direct(one.allow_burst(at_once)))
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
    fn a_worker_takes_its_share_and_at_once_one_or_that_of_a_second() {
        for (calls, workers, at_once, interval_ms) in
            [(8, 2, 4, 250), (8, 8, 1, 1_000), (3, 2, 1, 666), (2, 8, 1, 4_000)]
        {
            let of = |number| NonZeroU32::new(number).unwrap();
            let (calls, workers) = (of(calls), of(workers));
            for (pacer, at_once) in [(Pacer::shared(calls, workers), 1), (Pacer::making_up(calls, workers), at_once)] {
                for _ in 0..at_once {
                    assert!(pacer.0.check().is_ok(), "{calls} of {workers}");
                }
                let wait = pacer.0.check().unwrap_err();
                assert_eq!(wait.quota().replenish_interval().as_millis(), interval_ms);
            }
        }
    }
}
