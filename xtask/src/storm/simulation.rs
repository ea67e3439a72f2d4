//! The same million cameras, message by message: a shuffled queue, workers that take ten at a time, and their paces.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::model::{BATCH, BATCH_MS, CAMERA_MS, LOOKS, Outcome, Plan};

/// Lets one through in each interval, and as many as `burst` at once after it had nothing to do.
#[derive(Clone, Copy)]
struct Pace {
    interval: u64,
    burst: u64,
    next: u64,
}

impl Pace {
    fn new(interval: u64, burst: u64) -> Self {
        Self { interval, burst, next: 0 }
    }

    /// The next place at `now` or later. All times are in microseconds.
    fn place(&self, now: u64) -> u64 {
        now.max(self.next.saturating_sub((self.burst - 1) * self.interval))
    }

    /// Takes that place.
    fn took(&mut self, place: u64) {
        self.next = self.next.max(place) + self.interval;
    }
}

/// What a worker does.
struct Worker<'a> {
    pace: Pace,
    /// What is left of its batch.
    left: &'a [u32],
    /// When the batch began, and when what it has done so far ends.
    began: u64,
    end: u64,
    /// The number of its batch.
    batch: u64,
}

/// Runs the queue dry. `seed` shuffles it.
pub(crate) fn run(plan: &Plan, cameras: u32, seed: u64) -> Outcome {
    let mut dice = fastrand::Rng::with_seed(seed);
    let mut queue: Vec<u32> = Vec::new();
    for camera in 0..cameras {
        queue.extend(std::iter::repeat_n(camera, dice.usize(1..=4)));
    }
    dice.shuffle(&mut queue);
    let mut batches = queue.chunks(usize::try_from(BATCH).unwrap_or(usize::MAX));
    let mut quotas: Vec<Pace> = plan.quotas().iter().map(|(_, rate)| Pace::new(1_000_000 / rate, *rate)).collect();
    let of_worker = || Pace::new(plan.interval_ms() * 1_000, plan.burst());
    let new = |_| Worker { pace: of_worker(), left: &[], began: 0, end: 0, batch: 0 };
    let mut workers: Vec<Worker<'_>> = (0..plan.workers).map(new).collect();
    // When a camera works, or will, and by which batch.
    let mut works: Vec<Option<(u64, u64)>> = (0..cameras).map(|_| None).collect();
    // Who has its next turn when.
    let mut turns: BinaryHeap<Reverse<(u64, usize)>> = (0..workers.len()).map(|worker| Reverse((0, worker))).collect();
    let (mut time, mut busy, mut invocations, mut wasted) = (0_u64, 0_u64, 0_u64, 0_u64);
    while let Some(Reverse((now, number))) = turns.pop() {
        let Some(worker) = workers.get_mut(number) else { break };
        let Some((camera, left)) = worker.left.split_first() else {
            if worker.batch > 0 {
                busy += worker.end - worker.began;
                time = time.max(worker.end);
            }
            let Some(batch) = batches.next() else { continue };
            invocations += 1;
            *worker = Worker { left: batch, began: now, end: now + BATCH_MS * 1_000, batch: invocations, ..*worker };
            turns.push(Reverse((now, number)));
            continue;
        };
        let known = usize::try_from(*camera).ok().and_then(|camera| works.get_mut(camera));
        // Remembered when the batch began, or in it twice; whom another worker has at the moment is looked at once more.
        let free = known
            .as_ref()
            .is_none_or(|known| known.is_some_and(|(since, by)| since <= worker.began || by == worker.batch));
        if free {
            worker.left = left;
            turns.push(Reverse((if left.is_empty() { worker.end } else { now }, number)));
            continue;
        }
        let place = worker.pace.place(now);
        if place > now {
            turns.push(Reverse((place, number)));
            continue;
        }
        worker.pace.took(place);
        wasted += LOOKS - 1_000;
        if wasted >= 1_000 {
            wasted -= 1_000;
            worker.pace.took(place);
        }
        let begins = quotas.iter_mut().fold(place, |begins, quota| {
            let at = quota.place(begins);
            quota.took(at);
            at
        });
        let done = begins + CAMERA_MS * 1_000;
        if let Some(known) = known {
            *known = Some((known.map_or(done, |(other, _)| other.min(done)), worker.batch));
        }
        worker.end = worker.end.max(done + BATCH_MS * 1_000);
        worker.left = left;
        turns.push(Reverse((if left.is_empty() { worker.end } else { now }, number)));
    }
    let messages = u64::try_from(queue.len()).unwrap_or(u64::MAX);
    Outcome { time_ms: time / 1_000, busy_ms: busy / 1_000, invocations, messages }
}
