//! How long it takes to decide on a large fleet.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a benchmark with a wrong number fails by panicking"
)]

use std::hint::black_box;
use std::time::Duration;

use budget::budget::{Figures, Period};
use budget::camera::{Mark, Marked, Standing, Stream, Target, Traffic};
use budget::ladder::Ladder;
use budget::money::Money;
use budget::plan::{World, plan};
use budget::prices::Prices;
use criterion::{Criterion, criterion_group, criterion_main};
use fleet::{Priority, StorageTier};

/// So many streams are a large fleet.
const MANY: u64 = 100_000;
const DAY: i64 = 86_400;
/// The first of November 2026.
const START: i64 = 1_793_491_200;
/// Ten days before December.
const NOW: i64 = START + 20 * DAY;

/// What stands before the plan.
#[derive(Clone, Copy)]
enum Before {
    /// Nothing gives way.
    Nothing,
    /// Every other stream that may give way does since yesterday.
    Half,
}

fn streams(before: Before) -> Vec<Stream> {
    (0..MANY)
        .map(|place| {
            let priority = match place % 10 {
                0 => Priority::Critical,
                1..5 => Priority::Standard,
                _ => Priority::Low,
            };
            // From 1 to 17 GB a day, without a pattern.
            let drawn = place.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
            let traffic = Traffic { bytes_per_day: 1_000_000_000 + drawn * 1_000, fragments_per_day: 43_200 };
            let mark = |state| Mark {
                state,
                since: NOW - DAY,
                period: "2026-11-01".to_owned(),
                budget: "3fa9c1d2".to_owned(),
                before: traffic,
                first: NOW - DAY,
                stopped: (state == Marked::Stopped).then_some(NOW - DAY),
                leaving: false,
            };
            let standing = match (before, place % 4, priority) {
                (Before::Half, 0, Priority::Low | Priority::Standard) => Standing::Ours(mark(Marked::Reduced)),
                (Before::Half, 1, Priority::Low | Priority::Standard) => Standing::Ours(mark(Marked::Stopped)),
                _ => Standing::Free(None),
            };
            Stream {
                arn: format!("arn:aws:kinesisvideo:eu-west-1:123456789012:stream/camera-{place}/1700000000000"),
                name: format!("camera-{place}"),
                thing: Some(format!("camera-{place}")),
                priority: Ok(priority),
                held: false,
                standing,
                traffic: Some(traffic),
                retention_hours: 24 * (1 + u32::try_from(place % 30).unwrap()),
                tier: StorageTier::Hot,
            }
        })
        .collect()
}

fn plans(c: &mut Criterion) {
    let ladder = Ladder::default();
    let prices = Prices::default();
    // A limit that the forecast is over by an eighth, so that as many as needed are chosen.
    let figures = Figures {
        name: "fleet".to_owned(),
        currency: "USD".to_owned(),
        limit: Money::from_micros(400_000_000_000),
        actual: Money::from_micros(300_000_000_000),
        forecast: Some(Money::from_micros(450_000_000_000)),
        period: Period { start: START, end: START + 30 * DAY },
        updated: NOW - 3_600,
    };
    for (name, before) in [("plan-at-first", Before::Nothing), ("plan-later", Before::Half)] {
        let streams = streams(before);
        let world = World {
            figures: &figures,
            ladder: &ladder,
            prices: &prices,
            streams: &streams,
            now: NOW,
            budget_id: "3fa9c1d2",
        };
        // What is measured is a plan that chooses.
        let first = plan(&world);
        assert!(first.decisions.iter().any(|decision| decision.to == Target::Stopped), "{:?}", first.remarks);
        assert!(first.decisions.iter().any(|decision| decision.to == Target::Normal), "{:?}", first.remarks);
        c.bench_function(name, |b| b.iter(|| plan(black_box(&world))));
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3));
    targets = plans
}
criterion_main!(benches);
