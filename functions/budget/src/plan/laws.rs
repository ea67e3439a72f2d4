//! What holds for every plan.

use fleet::{Priority, StorageTier};
use proptest::prelude::*;

use super::testing::{BUDGET, DAY, HOUR, NOW, PERIOD, START, Scene};
use super::{Decision, Plan};
use crate::budget::{Figures, Of, Period};
use crate::camera::{Mark, Marked, Standing, Stream, Target, Traffic};
use crate::ladder::tests::ladders;
use crate::ladder::{Ladder, Unmanaged};
use crate::money::Money;
use crate::prices::Prices;

/// What a stream has behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Past {
    /// Anything that tags can say.
    Any,
    /// Nothing: it was never throttled.
    None,
    /// What this budget did in this period.
    OfNow,
}

fn bytes() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), 1_u64..40_000_000_000, (1_u64..20).prop_map(|gb| gb << 30)]
}

fn traffic() -> impl Strategy<Value = Traffic> {
    (bytes(), 0_u64..90_000).prop_map(|(bytes_per_day, fragments_per_day)| Traffic { bytes_per_day, fragments_per_day })
}

fn marks(past: Past) -> impl Strategy<Value = Mark> {
    let state = prop::sample::select(vec![Marked::Reduced, Marked::Stopped, Marked::Restored]);
    (state, 0..3 * DAY, 0..2 * DAY, any::<bool>(), 0..8_u8, traffic()).prop_map(
        move |(state, ago, before, same, odd, traffic)| {
            let since = NOW - ago;
            let of_now = past == Past::OfNow || odd > 1;
            Mark {
                state,
                since,
                period: if of_now || odd == 0 { PERIOD } else { "2026-10-01" }.to_owned(),
                budget: if of_now || odd == 1 { BUDGET } else { "00000000" }.to_owned(),
                before: traffic,
                first: if same { since } else { since - before },
                stopped: (state == Marked::Stopped).then_some(since),
                leaving: past == Past::Any && state != Marked::Restored && odd == 7,
            }
        },
    )
}

fn standing(past: Past) -> BoxedStrategy<Standing> {
    let ours = marks(past).prop_map(|mark| match mark.state {
        Marked::Restored => Standing::Free(Some(mark)),
        Marked::Reduced | Marked::Stopped => Standing::Ours(mark),
    });
    let hand = Just(Standing::ByHand("somebody did".to_owned()));
    match past {
        Past::None => Just(Standing::Free(None)).boxed(),
        Past::Any => prop_oneof![2 => Just(Standing::Free(None)), 5 => ours, 1 => hand].boxed(),
        Past::OfNow => prop_oneof![2 => Just(Standing::Free(None)), 5 => ours].boxed(),
    }
}

fn stream(past: Past) -> impl Strategy<Value = Stream> {
    let priority = prop_oneof![
        4 => Just(Ok(Priority::Low)),
        3 => Just(Ok(Priority::Standard)),
        1 => Just(Ok(Priority::Critical)),
        1 => Just(Err("it is `Low`".to_owned())),
    ];
    let tier = prop_oneof![5 => Just(StorageTier::Hot), 1 => Just(StorageTier::Warm)];
    let now = prop_oneof![6 => traffic().prop_map(Some), 1 => Just(None)];
    let odd = (0..8_u8, 0..8_u8);
    (priority, standing(past), now, odd, 0_u32..800, tier, any::<bool>()).prop_map(
        |(priority, standing, traffic, (not_ours, held), retention_hours, tier, _)| Stream {
            arn: String::new(),
            name: String::new(),
            thing: (not_ours > 0).then(|| "thing".to_owned()),
            priority,
            held: held == 0,
            standing,
            traffic,
            retention_hours,
            tier,
        },
    )
}

/// Ladders without a minimum time too, and of one kind of rung if so wished.
fn ladder(kind: impl Fn(bool) -> bool + 'static) -> impl Strategy<Value = Ladder> {
    (ladders(true), any::<bool>()).prop_filter_map("no rung is left", move |(ladder, at_once)| {
        let yaml = ladder.to_yaml();
        let lines = yaml.lines().filter(|line| !line.starts_with("  - ") || kind(line.contains("asNeeded")));
        let yaml: Vec<_> = lines
            .map(|line| if at_once && line.starts_with("minimumHours") { "minimumHours: 0" } else { line })
            .collect();
        Ladder::parse(&yaml.join("\n")).ok()
    })
}

fn scene(past: Past, kind: impl Fn(bool) -> bool + 'static) -> impl Strategy<Value = Scene> {
    let money = || prop_oneof![1 => Just(0), 8 => 0_u64..3_000_000_000].prop_map(Money::from_micros);
    let figures = (money(), money(), prop::option::weighted(0.8, money()), 0..2 * DAY);
    let prices = (1_u64..2_000_000, 0_u64..100_000, prop::option::of(1_u64..10_000));
    (prop::collection::vec(stream(past), 0..12), ladder(kind), figures, prices).prop_map(
        |(mut streams, ladder, (limit, actual, forecast, age), (ingest, store, warm))| {
            let updated = NOW - age;
            let known = |moment: i64| moment + DAY <= updated;
            for (at, stream) in streams.iter_mut().enumerate() {
                // Not in the order of the places.
                stream.arn = format!("arn:{}", (at * 7) % 12);
                stream.name = stream.arn.clone();
                // What was measured is what the figures know of.
                let less = |mark: &Mark| mark.before.reduced_to(ladder.reduced().maximum_bitrate_kbps);
                let Some(mark) = stream.standing.mark().filter(|mark| known(mark.first)) else { continue };
                stream.traffic = match (known(mark.since), mark.state) {
                    (true, Marked::Restored) => continue,
                    (true, Marked::Stopped) => Some(Traffic::ZERO),
                    (false, _) if at % 2 == 0 => Some(Traffic::ZERO),
                    (true, Marked::Reduced) | (false, _) => Some(less(mark)),
                };
            }
            Scene {
                figures: Figures {
                    name: "fleet".to_owned(),
                    currency: "USD".to_owned(),
                    limit,
                    actual,
                    forecast,
                    period: Period { start: START, end: START + 30 * DAY },
                    updated,
                },
                ladder,
                prices: Prices {
                    ingest_gb: Money::from_micros(ingest),
                    store_gb_month: Money::from_micros(store),
                    warm_ingest_1000_fragments: warm.map(Money::from_micros),
                    warm_store_gb_month: warm.map(Money::from_micros),
                },
                streams,
                now: NOW,
            }
        },
    )
}

fn any_scene() -> impl Strategy<Value = Scene> {
    scene(Past::Any, |_needed| true)
}

fn targets(plan: &Plan) -> Vec<Target> {
    plan.decisions.iter().map(|decision| decision.to).collect()
}

/// What share of the limit the hysteresis is.
fn margin(scene: &Scene) -> u64 {
    scene.figures.limit.times(scene.ladder.hysteresis().into(), 10_000).micros()
}

fn loss(decision: &Decision) -> u64 {
    match decision.to {
        Target::Normal => 0,
        Target::Reduced => 400,
        Target::Stopped => 1_000,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn who_may_not_be_touched_stays_or_becomes_normal_when_it_became_critical(scene in any_scene()) {
        for (stream, decision) in scene.streams.iter().zip(scene.plan().decisions) {
            let stays = decision.to == decision.from;
            let ours = stream.thing.is_some() || scene.ladder.unmanaged() == Unmanaged::Throttle;
            if stream.held || matches!(stream.standing, Standing::ByHand(_)) {
                prop_assert!(stays, "{:?}", decision);
            } else if !ours || !matches!(stream.priority, Ok(Priority::Low | Priority::Standard)) {
                prop_assert_eq!(decision.to, Target::Normal);
            }
            prop_assert_eq!(decision.from, stream.standing.target());
        }
    }

    #[test]
    fn a_plan_after_a_plan_is_empty(scene in any_scene()) {
        let plan = scene.plan();
        let after = scene.apply(&plan, |_| true).plan();
        prop_assert!(!after.decisions.iter().any(Decision::changes), "{:#?}\n{:#?}", plan, after);
        prop_assert_eq!(targets(&after), targets(&plan));
    }

    #[test]
    fn a_plan_that_was_carried_out_in_part_is_completed_by_the_next(scene in any_scene(), part: u16) {
        let plan = scene.plan();
        let after = scene.apply(&plan, |place| part >> place & 1 == 1).plan();
        prop_assert_eq!(targets(&after), targets(&plan), "{:#?}\n{:#?}", plan, after);
        let after = scene.half(&plan, |place| part >> place & 1 == 1).plan();
        prop_assert_eq!(targets(&after), targets(&plan), "{:#?}\n{:#?}", plan, after);
    }

    #[test]
    fn however_often_it_looks_and_dies_the_end_is_the_same(
        scene in any_scene(),
        steps in prop::collection::vec((0_u64..2_000_000_000, 0_u64..3_000_000_000, prop::collection::vec(any::<u16>(), 0..4)), 1..5),
    ) {
        // One looks once at each step; the other looks more often, and dies in the middle each time but the last.
        let (mut once, mut often) = (scene.clone(), scene);
        for (hour, (actual, forecast, deaths)) in (1..).zip(steps) {
            for scene in [&mut once, &mut often] {
                scene.figures.actual = Money::from_micros(actual);
                scene.figures.forecast = Some(Money::from_micros(forecast.max(actual)));
                scene.now = NOW + hour * HOUR;
            }
            for part in deaths {
                let plan = often.plan();
                often = often.half(&plan, |place| part >> place & 1 == 1);
                often = often.apply(&often.plan(), |place| part >> (place + 4) & 1 == 1);
            }
            once = once.apply(&once.plan(), |_| true);
            often = often.apply(&often.plan(), |_| true);
            let again = often.plan();
            often = often.apply(&again, |_| true);
            prop_assert_eq!(targets(&once.plan()), targets(&often.plan()));
        }
        let standing = |scene: Scene| scene.streams.into_iter().map(|stream| stream.standing).collect::<Vec<_>>();
        prop_assert_eq!(standing(once), standing(often));
    }

    #[test]
    fn the_order_of_streams_means_nothing(scene in any_scene(), turn in 0_usize..12, back: bool) {
        let mut other = scene.clone();
        let places = other.streams.len().max(1);
        other.streams.rotate_left(turn % places);
        if back {
            other.streams.reverse();
        }
        let by_arn = |scene: &Scene| {
            let plan = scene.plan();
            let mut all: Vec<_> = scene.streams.iter().map(|stream| stream.arn.clone()).zip(plan.decisions).collect();
            all.sort_by(|one, other| one.0.cmp(&other.0));
            (all, plan.need, plan.short, plan.remarks)
        };
        prop_assert_eq!(by_arn(&scene), by_arn(&other));
    }

    #[test]
    fn more_spend_never_calls_for_less(scene in scene(Past::Any, |needed| !needed), more in 0_u64..1_000_000_000) {
        let mut dearer = scene.clone();
        dearer.figures.actual = scene.figures.actual.plus(Money::from_micros(more));
        for (less, more) in targets(&scene.plan()).into_iter().zip(targets(&dearer.plan())) {
            prop_assert!(less <= more);
        }
    }

    #[test]
    fn a_higher_forecast_never_loses_less(scene in scene(Past::None, |needed| needed), more in 0_u64..1_000_000_000) {
        let mut dearer = scene.clone();
        dearer.figures.forecast = Some(scene.plan().forecast.plus(Money::from_micros(more)));
        let lost = |scene: &Scene| scene.plan().decisions.iter().map(loss).sum::<u64>();
        prop_assert!(lost(&scene) <= lost(&dearer), "{:#?}\n{:#?}", scene.plan(), dearer.plan());
    }

    /// What joins makes room for what gave way before, so it is the money that counts.
    #[test]
    fn a_higher_forecast_never_holds_back_less_whatever_was_before(
        scene in scene(Past::Any, |needed| needed), more in 0_u64..1_000_000_000,
    ) {
        let mut scene = scene;
        // Low streams go before standard ones, whatever these save; a rung that stops takes what another reduced.
        for stream in &mut scene.streams {
            stream.priority = Ok(Priority::Low);
        }
        let mut rungs = scene.ladder.rungs().iter().filter(|rung| rung.asks(Priority::Low) > Target::Normal);
        prop_assume!(rungs.next().is_some() && rungs.next().is_none());
        let mut dearer = scene.clone();
        dearer.figures.forecast = Some(scene.figures.forecast_or_own().0.plus(Money::from_micros(more)));
        prop_assert!(scene.plan().saving <= dearer.plan().saving, "{:#?}\n{:#?}", scene.plan(), dearer.plan());
    }

    #[test]
    fn figures_that_fall_by_less_than_the_hysteresis_change_nothing(
        scene in scene(Past::None, |_needed| true), actual in 0_u64..=10_000, forecast in 0_u64..=10_000,
    ) {
        let mut scene = scene;
        scene.figures.forecast = Some(scene.plan().forecast);
        let plan = scene.plan();
        let mut after = scene.apply(&plan, |_| true);
        // Not held by the minimum time.
        after.ladder = Ladder::parse(&after.ladder.to_yaml().replace("minimumHours: ", "minimumHours: 0 # ")).unwrap();
        let fallen = |money: Money, part: u64| money.minus(Money::from_micros(margin(&scene)).times(part, 10_000));
        after.figures.actual = fallen(scene.figures.actual, actual);
        after.figures.forecast = Some(fallen(plan.forecast, forecast));
        let again = after.plan();
        prop_assert!(!again.decisions.iter().any(Decision::changes), "{:#?}\n{:#?}", plan, again);
    }

    #[test]
    fn what_came_back_does_not_go_again_before_figures_rise_by_the_hysteresis(
        scene in scene(Past::OfNow, |_needed| true), actual in 0_u64..=9_999, forecast in 0_u64..=9_999,
    ) {
        let mut scene = scene;
        scene.figures.forecast = Some(scene.plan().forecast);
        let plan = scene.plan();
        let mut after = scene.apply(&plan, |_| true);
        let risen = |money: Money, part: u64| money.plus(Money::from_micros(margin(&scene).saturating_sub(1)).times(part, 10_000));
        after.figures.actual = risen(scene.figures.actual, actual);
        after.figures.forecast = Some(risen(plan.forecast, forecast));
        for (stream, (first, second)) in scene.streams.iter().zip(plan.decisions.iter().zip(after.plan().decisions)) {
            // One that is reduced is not yet one of as many as are needed to stop.
            let priority = stream.priority.clone().unwrap_or_default();
            let further = scene.ladder.rungs().iter().any(|rung| rung.as_needed && rung.asks(priority) > first.from);
            prop_assert!(further || first.to >= first.from || second.to <= first.to, "{:#?}\n{:#?}", first, second);
        }
    }

    #[test]
    fn by_figures_of_the_period_before_only_what_became_critical_changes(scene in any_scene(), late in 1_i64..DAY) {
        let mut scene = scene;
        scene.figures.updated = START - late;
        let plan = scene.plan();
        for (stream, decision) in scene.streams.iter().zip(&plan.decisions) {
            let ours = stream.thing.is_some() || scene.ladder.unmanaged() == Unmanaged::Throttle;
            let free = !ours || !matches!(stream.priority, Ok(Priority::Low | Priority::Standard));
            prop_assert!(!decision.changes() || (free && decision.to == Target::Normal), "{:?}", decision);
            prop_assert!(decision.changes() || decision.kept.is_some(), "{:?}", decision);
        }
        // It is the same without any figures.
        let kept = Plan::keep(&scene.streams, scene.ladder.unmanaged());
        prop_assert_eq!(targets(&kept), targets(&plan));
    }

    #[test]
    fn a_new_period_that_costs_nothing_yet_brings_all_back(scene in scene(Past::Any, |_needed| true), hours in 0_i64..20) {
        let mut scene = scene;
        for stream in &mut scene.streams {
            if let Standing::Ours(mark) | Standing::Free(Some(mark)) = &mut stream.standing {
                mark.period = "2026-10-01".to_owned();
            }
        }
        scene.figures.limit = scene.figures.limit.plus(Money::from_micros(10_000));
        scene.figures.actual = Money::ZERO;
        scene.figures.forecast = Some(Money::ZERO);
        scene.figures.updated = NOW - hours * HOUR;
        for (stream, decision) in scene.streams.iter().zip(scene.plan().decisions) {
            let ours = stream.thing.is_some() || scene.ladder.unmanaged() == Unmanaged::Throttle;
            if ours && !stream.held {
                prop_assert_eq!(decision.to, Target::Normal, "{:?}", decision);
            }
        }
    }

    #[test]
    fn exactly_at_a_rung_is_over_it_and_just_below_is_not(scene in scene(Past::None, |needed| !needed), rung: u8, limit in 1_u64..1_000_000) {
        let mut scene = scene;
        let all = scene.ladder.rungs().to_vec();
        let rung = all[usize::from(rung) % all.len()];
        scene.figures.limit = Money::from_micros(limit * 10_000);
        let there = limit * u64::from(rung.at);
        let mut reached = |spend: u64| {
            scene.figures.actual = Money::from_micros(if rung.of == Of::Actual { spend } else { 0 });
            scene.figures.forecast = Some(Money::from_micros(if rung.of == Of::Forecast { spend } else { 0 }));
            let plan = scene.plan();
            let asked = scene.streams.iter().zip(&plan.decisions).all(|(stream, decision)| {
                let open = decision.kept.is_none() && stream.priority.is_ok();
                !open || decision.to >= stream.priority.clone().map(|priority| rung.asks(priority)).unwrap()
            });
            (plan.rungs.contains(&rung.name()), asked)
        };
        prop_assert_eq!(reached(there), (true, true));
        prop_assert!(!reached(there - 1).0);
    }

    #[test]
    fn under_a_limit_of_nothing_every_rung_is_reached(scene in scene(Past::Any, |_needed| true)) {
        let mut scene = scene;
        scene.figures.limit = Money::ZERO;
        prop_assert_eq!(scene.plan().rungs.len(), scene.ladder.rungs().len());
    }
}
