//! How long it takes to choose what gives way, for fleets of many kinds.
//!
//! The numbers are drawn anew, but always the same. One kind alone: `cargo bench --bench selection -- four-losses`.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a benchmark with a wrong number fails by panicking"
)]

use std::hint::black_box;
use std::time::Duration;

use budget::selection::{Item, select};
use criterion::{Criterion, criterion_group, criterion_main};

/// So many streams are a large fleet.
const MANY: u64 = 100_000;

/// Numbers without a pattern that matters here (Steele and others' `SplitMix64`).
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next().checked_rem(end).unwrap_or_default()
    }
}

/// Items of one kind, from a draw and their place.
type Kind = fn(&mut Draw, u64) -> (u64, u64);

const KINDS: [(&str, Kind); 11] = [
    ("uniform", |draw, _| (1 + draw.below(5_000_000), 1 + draw.below(1_000_000))),
    ("four-losses", |draw, _| {
        (1 + draw.below(5_000_000), [1_000, 999, 700, 699][usize::try_from(draw.below(4)).unwrap_or_default()])
    }),
    ("strongly-correlated", |draw, _| {
        let saving = 1 + draw.below(1_000_000);
        (saving, saving + 100_000)
    }),
    ("inversely-correlated", |draw, _| {
        let loss = 1 + draw.below(1_000_000);
        (loss + 100_000, loss)
    }),
    ("all-equal", |_, _| (1_234_567, 1_000)),
    (
        "one-huge",
        |draw, place| if place == 0 { (1 << 50, 1 << 40) } else { (1 + draw.below(1_000), 1 + draw.below(1_000)) },
    ),
    ("heavy-tailed", |draw, _| (heavy(draw), heavy(draw))),
    ("subset-sum", |draw, _| {
        let saving = 1 + draw.below(1 << 40);
        (saving, saving)
    }),
    ("even-subset-sum", |draw, _| {
        let saving = (1 + draw.below(1 << 30)) * 2;
        (saving, saving)
    }),
    ("a-tenth-each", |draw, _| {
        let saving = 10_000_000 + draw.below(50_000);
        (saving, saving + draw.below(1_000))
    }),
    ("largest-numbers", |draw, _| (draw.next(), draw.next())),
];

fn heavy(draw: &mut Draw) -> u64 {
    1_000_000_000_000 / (1 + draw.below(1_000_000))
}

fn selects(c: &mut Criterion) {
    for (name, kind) in KINDS {
        let mut draw = Draw(7);
        let items: Vec<Item> =
            (0..MANY).map(|place| kind(&mut draw, place)).map(|(saving, loss)| Item { saving, loss }).collect();
        let all = items.iter().map(|item| u128::from(item.saving)).sum::<u128>();
        let of_all = |share: u128| u64::try_from(all * share / 100_000).unwrap_or(u64::MAX);
        // A third of all, and what about ten streams save.
        for (share, need) in [("third", of_all(33_333)), ("ten", of_all(9))] {
            c.bench_function(&format!("{name}-{share}"), |b| {
                b.iter(|| select(black_box(&items), black_box(need)));
            });
        }
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(1));
    targets = selects
}
criterion_main!(benches);
