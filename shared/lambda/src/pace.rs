//! Keeping under a rate of calls.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

/// Lets calls through at an even rate, one at a time: there is no burst, since the quota is shared with others.
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
        Self(RateLimiter::direct(one.unwrap_or_else(|| Quota::per_second(NonZeroU32::MIN))))
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
    fn a_worker_takes_its_share_and_no_burst() {
        let two = NonZeroU32::new(2).unwrap();
        let pacer = Pacer::shared(NonZeroU32::new(8).unwrap(), two);
        assert!(pacer.0.check().is_ok());
        let wait = pacer.0.check().unwrap_err();
        assert_eq!(wait.quota().replenish_interval(), Duration::from_millis(250));
    }
}
