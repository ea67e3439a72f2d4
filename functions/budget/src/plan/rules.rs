//! Each rule of a plan, by an example.

use fleet::Priority::{Critical, Low, Standard};

use super::testing::{BUDGET, HOUR, NOW, PERIOD, START, Scene, dollars, mark, stream, throttled};
use super::{Decision, Kept};
use crate::camera::Target::{Normal, Reduced, Stopped};
use crate::camera::{Mark, Marked, Standing, Stream};
use crate::money::Money;

/// Ten days are left: a stopped stream saves ten times its GB per day, but for the 45 minutes of an open connection.
const NEEDED: &str =
    "rungs: [{ at: 100, of: forecast, low: stopped, standard: stopped, asNeeded: true }]\nminimumHours: 0";

fn kept(scene: &Scene) -> Option<Kept> {
    scene.plan().decisions[0].kept
}

fn saving(stream: &Stream) -> Money {
    Scene::new(0, 0, vec![stream.clone()])
        .ladder("rungs: [{ at: 1, of: forecast, low: stopped }]\nhysteresis: 0")
        .plan_saving()
}

impl Scene {
    /// What the first stream saves when all low streams are stopped.
    fn plan_saving(mut self) -> Money {
        self.figures.forecast = Some(dollars(5_000));
        self.plan().decisions[0].saving.unwrap()
    }
}

#[test]
fn critical_streams_are_never_touched() {
    let scene = Scene::new(5_000, 5_000, vec![stream("gate", Critical, 9)]);
    assert_eq!(scene.targets(), [Normal]);
    assert_eq!(scene.because(), "critical streams are never touched");
    assert_eq!(kept(&scene), Some(Kept::Untouchable));
}

#[test]
fn a_stream_that_became_critical_comes_back_at_once() {
    let gate = throttled("gate", Critical, 9, Marked::Stopped, 0);
    let unreadable = Stream { priority: Err("it is `Low`".to_owned()), ..gate.clone() };
    let scene = Scene::new(5_000, 5_000, vec![gate, unreadable]);
    assert_eq!(scene.targets(), [Normal, Normal]);
    assert_eq!(kept(&scene), None);
    assert_eq!(
        scene.plan().decisions[1].reason.to_string(),
        "its priority cannot be read, so it counts as critical: it is `Low`"
    );
}

#[test]
fn what_is_held_stays_as_it_is_even_when_it_became_critical() {
    let of = |stream: Stream| Stream { held: true, ..stream };
    let scene = Scene::new(
        5_000,
        5_000,
        vec![
            of(stream("a", Low, 9)),
            of(throttled("b", Critical, 9, Marked::Stopped, 90)),
            of(throttled("c", Low, 9, Marked::Reduced, 90)),
        ],
    );
    assert_eq!(scene.targets(), [Normal, Stopped, Reduced]);
    assert_eq!((scene.because().as_str(), kept(&scene)), ("held by an operator", Some(Kept::Untouchable)));
    assert_eq!(Scene::new(0, 0, scene.streams).targets(), [Normal, Stopped, Reduced]);
}

#[test]
fn what_was_marked_by_hand_stays_as_it_is() {
    for priority in [Low, Critical] {
        let standing = Standing::ByHand("there is no mark".to_owned());
        let scene = Scene::new(5_000, 5_000, vec![Stream { standing, ..stream("a", priority, 9) }]);
        let [decision]: [Decision; 1] = scene.plan().decisions.try_into().unwrap();
        assert!(!decision.changes());
        assert_eq!(
            (decision.saving, decision.reason.to_string()),
            (None, "marked by hand: there is no mark".to_owned())
        );
    }
}

#[test]
fn a_stream_that_is_not_ours_is_touched_only_if_the_ladder_says_so_and_its_priority_can_be_read() {
    let foreign = Stream { thing: None, ..stream("a", Low, 9) };
    let unreadable = Stream { priority: Err("there is no tag".to_owned()), ..foreign.clone() };
    let scene = Scene::new(960, 0, vec![foreign, unreadable]);
    assert_eq!(scene.targets(), [Normal, Normal]);
    assert_eq!(scene.because(), "not made by kvs-warden");
    assert_eq!(scene.ladder("unmanaged: throttle").targets(), [Stopped, Normal]);
}

#[test]
fn a_throttled_stream_that_is_not_ours_any_more_comes_back_unless_it_is_held() {
    let stray = Stream { thing: None, ..throttled("a", Low, 9, Marked::Stopped, 90) };
    let held = Stream { held: true, ..stray.clone() };
    let scene = Scene::new(990, 0, vec![stray, held]);
    assert_eq!(scene.targets(), [Normal, Stopped]);
    assert_eq!(scene.because(), "not made by kvs-warden");
    assert_eq!(scene.ladder("unmanaged: throttle").targets(), [Stopped, Stopped]);
}

#[test]
fn the_strongest_of_the_rungs_that_are_reached_counts_and_exactly_there_is_reached() {
    let streams = vec![stream("a", Low, 1), stream("b", Standard, 1)];
    for (actual, targets) in [
        (799, [Normal, Normal]),
        (800, [Reduced, Normal]),
        (949, [Reduced, Normal]),
        (950, [Stopped, Normal]),
        (1_000, [Stopped, Reduced]),
    ] {
        assert_eq!(Scene::new(actual, 0, streams.clone()).targets(), targets, "{actual}");
    }
    let scene = Scene::new(960, 0, streams);
    assert_eq!(scene.because(), "95% of the limit is reached: actual 960.00 of 1,000.00 USD");
    assert_eq!(scene.plan().rungs, ["80% of actual spend", "95% of actual spend"]);
}

#[test]
fn a_share_is_compared_exactly_and_not_as_it_is_rounded() {
    let mut scene =
        Scene::new(0, 0, vec![stream("a", Low, 1)]).ladder("rungs: [{ at: 66.67, of: actual, low: stopped }]");
    scene.figures.limit = Money::from_micros(3_000_000);
    for (micros, target) in [(2_000_099, Normal), (2_000_100, Stopped)] {
        scene.figures.actual = Money::from_micros(micros);
        assert_eq!(scene.targets(), [target]);
    }
}

#[test]
fn a_rung_is_left_only_below_the_hysteresis() {
    for (actual, targets) in
        [(950, [Stopped]), (949, [Stopped]), (900, [Stopped]), (899, [Reduced]), (750, [Reduced]), (749, [Normal])]
    {
        let state = if actual > 899 { Marked::Stopped } else { Marked::Reduced };
        let scene = Scene::new(actual, 0, vec![throttled("a", Low, 0, state, 90)]);
        assert_eq!(scene.targets(), targets, "{actual}");
    }
    let scene = Scene::new(760, 0, vec![throttled("a", Low, 0, Marked::Reduced, 90), stream("b", Low, 1)]);
    assert_eq!(scene.targets(), [Reduced, Normal], "who did not give way is not asked to by a rung that is being left");
    assert_eq!(
        (scene.because().as_str(), kept(&scene)),
        ("kept: 76.00% is not yet below 75.00%", Some(Kept::Hysteresis))
    );
}

#[test]
fn a_stream_is_relaxed_no_further_than_the_rung_that_is_not_left() {
    let scene = Scene::new(760, 0, vec![throttled("a", Low, 0, Marked::Stopped, 90)]);
    assert_eq!(scene.targets(), [Reduced]);
}

#[test]
fn a_stream_is_relaxed_only_after_the_minimum_time_and_tightened_at_any_time() {
    let of = |actual: u64, seconds: i64| {
        let mut stream = throttled("a", Low, 0, Marked::Reduced, 0);
        let Standing::Ours(mark) = &mut stream.standing else { panic!() };
        (mark.since, mark.first) = (NOW - seconds, NOW - seconds);
        Scene::new(actual, 0, vec![stream])
    };
    assert_eq!(of(0, 2 * HOUR).targets(), [Normal]);
    assert_eq!(of(0, 2 * HOUR - 1).targets(), [Reduced]);
    assert_eq!(of(0, 2_400).because(), "kept: changed 40 minutes ago, at least 2 hours in a state");
    assert_eq!(kept(&of(0, 2_400)), Some(Kept::MinimumTime));
    assert_eq!(of(950, 1).targets(), [Stopped]);
}

#[test]
fn on_figures_of_the_period_before_only_what_became_critical_comes_back() {
    let streams = vec![
        stream("a", Low, 1),
        throttled("b", Low, 1, Marked::Stopped, 90),
        throttled("c", Critical, 1, Marked::Stopped, 90),
    ];
    for actual in [0, 5_000] {
        let mut scene = Scene::new(actual, actual, streams.clone());
        scene.figures.updated = START - 1;
        assert_eq!(scene.targets(), [Normal, Stopped, Normal]);
        assert_eq!(
            (scene.because().as_str(), kept(&scene)),
            ("the figures are those of the period before", Some(Kept::Stale))
        );
        let plan = scene.plan();
        assert_eq!((plan.rungs.len(), plan.remarks.len()), (0, 1));
    }
}

#[test]
fn a_mark_of_another_period_or_budget_holds_nothing_back() {
    for (period, budget) in [("2026-10-01", BUDGET), (PERIOD, "00000000")] {
        let mut stream = throttled("a", Low, 0, Marked::Reduced, 1);
        let Standing::Ours(mark) = &mut stream.standing else { panic!() };
        (mark.period, mark.budget) = (period.to_owned(), budget.to_owned());
        let scene = Scene::new(760, 0, vec![stream]);
        assert_eq!(scene.targets(), [Normal]);
        assert_eq!(scene.plan().remarks.len(), usize::from(budget != BUDGET));
    }
}

#[test]
fn a_limit_of_nothing_is_over_every_rung() {
    let mut scene = Scene::new(0, 0, vec![stream("a", Low, 1), stream("b", Standard, 1), stream("c", Critical, 1)]);
    scene.figures.limit = Money::ZERO;
    assert_eq!(scene.targets(), [Stopped, Reduced, Normal]);
}

#[test]
fn as_many_give_way_as_bring_the_forecast_back() {
    let scene = Scene::new(
        0,
        1_120,
        vec![stream("a", Low, 5), stream("b", Low, 10), stream("c", Low, 4), stream("d", Standard, 50)],
    );
    assert_eq!(scene.targets(), [Stopped, Stopped, Normal, Normal]);
    let plan = scene.plan();
    assert_eq!((plan.forecast, plan.need, plan.short), (dollars(1_120), dollars(120), Money::ZERO));
    assert_eq!(plan.rungs, ["100% of forecast spend, as many as needed"]);
    assert_eq!(scene.because(), "as many as needed: the forecast 1,120.00 is 120.00 over the limit, this saves 49.84");
    assert_eq!(
        plan.decisions[2].reason.to_string(),
        "no rung asks anything of it: actual 0.00, forecast 1,120.00 of 1,000.00 USD"
    );
}

#[test]
fn standard_streams_give_way_only_when_all_low_ones_are_not_enough() {
    let streams = vec![stream("a", Low, 5), stream("b", Standard, 50), stream("c", Low, 5), stream("d", Standard, 1)];
    assert_eq!(Scene::new(0, 1_099, streams.clone()).ladder(NEEDED).targets(), [Stopped, Normal, Stopped, Normal]);
    assert_eq!(Scene::new(0, 1_120, streams).ladder(NEEDED).targets(), [Stopped, Stopped, Stopped, Normal]);
}

#[test]
fn what_is_missing_when_all_have_given_way_is_told() {
    let scene = Scene::new(0, 1_500, vec![stream("a", Low, 5), stream("b", Low, 0)]).ladder(NEEDED);
    assert_eq!(scene.targets(), [Stopped, Normal], "who saves nothing does not give way");
    let plan = scene.plan();
    assert_eq!(plan.short, dollars(500).minus(saving(&scene.streams[0])));
    let remarks = plan.all_remarks();
    assert!(remarks[0].starts_with("All that the ladder lets give way is 450.16 short"), "{remarks:?}");
}

#[test]
fn a_stream_of_unknown_traffic_or_price_is_no_candidate_and_is_counted() {
    let unknown = Stream { traffic: None, ..stream("a", Low, 90) };
    let no_price = Stream { tier: fleet::StorageTier::Warm, ..stream("b", Low, 90) };
    let scene = Scene::new(0, 1_010, vec![unknown, no_price, stream("c", Low, 5)]).ladder(NEEDED);
    assert_eq!(scene.targets(), [Normal, Normal, Stopped]);
    assert!(scene.plan().remarks[0].starts_with("2 stream(s) were not weighed"), "{:?}", scene.plan().remarks);
    let calm = Scene { figures: Scene::new(0, 990, vec![]).figures, ..scene };
    assert_eq!(calm.plan().remarks, Vec::<String>::new());
}

#[test]
fn what_other_rungs_save_counts_first() {
    let streams = vec![stream("a", Low, 20), stream("b", Standard, 20)];
    let both = "rungs:
- { at: 80, of: actual, low: stopped }
- { at: 100, of: forecast, standard: stopped, asNeeded: true }";
    assert_eq!(Scene::new(800, 1_150, streams.clone()).ladder(both).targets(), [Stopped, Normal]);
    assert_eq!(Scene::new(800, 1_250, streams.clone()).ladder(both).targets(), [Stopped, Stopped]);
    assert_eq!(Scene::new(0, 1_150, streams).ladder(both).targets(), [Normal, Stopped]);
}

#[test]
fn a_stream_that_is_reduced_by_one_rung_is_stopped_by_another_for_what_that_saves_more() {
    let streams = vec![stream("a", Low, 20), stream("b", Low, 30)];
    let ladder =
        "rungs: [{ at: 80, of: actual, low: reduced }, { at: 100, of: forecast, low: stopped, asNeeded: true }]";
    // Reduced to 5.03 GB per day each, they save 399: another 50 are missing.
    let scene = Scene::new(800, 1_420, streams).ladder(ladder);
    assert_eq!(scene.targets(), [Stopped, Reduced]);
    assert!(
        scene.plan().decisions[0].reason.to_string().ends_with("this saves 50.13"),
        "{}",
        scene.plan().decisions[0].reason
    );
}

#[test]
fn a_higher_rung_that_asks_for_more_is_used_when_the_lower_is_not_enough() {
    let ladder = "rungs: [{ at: 100, of: forecast, low: reduced, asNeeded: true }, { at: 110, of: forecast, low: stopped, asNeeded: true }]";
    let streams = vec![stream("a", Low, 10), stream("b", Low, 10)];
    for (forecast, targets) in [
        (1_040, [Reduced, Normal]),
        (1_080, [Reduced, Reduced]),
        (1_150, [Reduced, Reduced]),
        (1_220, [Stopped, Reduced]),
    ] {
        assert_eq!(Scene::new(0, forecast, streams.clone()).ladder(ladder).targets(), targets, "{forecast}");
    }
}

#[test]
fn those_that_give_way_do_not_come_back_because_the_forecast_fell_by_them() {
    let streams = vec![throttled("a", Low, 10, Marked::Stopped, 48), stream("b", Low, 10), stream("c", Low, 1)];
    // 1,080 without it; the forecast knows of it since yesterday.
    let scene = Scene::new(0, 980, streams).ladder(NEEDED);
    assert_eq!(scene.targets(), [Stopped, Normal, Normal]);
    assert_eq!(
        scene.because(),
        "as many as needed: the forecast 1,079.69 is 79.69 over the limit (99.69 of it is held back now), this saves 99.69"
    );
    let fallen = Scene { figures: Scene::new(0, 849, vec![]).figures, ..scene };
    assert_eq!(fallen.targets(), [Normal, Normal, Normal]);
}

#[test]
fn nobody_else_gives_way_because_the_forecast_does_not_know_yet_or_time_has_passed() {
    for (asked, word, forecast) in [(Stopped, "stopped", 1_099), (Reduced, "reduced", 1_049)] {
        let streams = vec![stream("a", Low, 10), stream("b", Low, 10)];
        let mut scene = Scene::new(0, forecast, streams).ladder(&NEEDED.replace("stopped", word));
        let plan = scene.plan();
        scene = scene.apply(&plan, |_| true);
        for hours in 0..20 {
            scene.now = NOW + hours * HOUR;
            assert_eq!(scene.targets(), [asked, Normal], "{hours}");
        }
    }
}

#[test]
fn a_standard_stream_that_has_to_stay_a_while_spares_no_low_one() {
    let ladder = NEEDED.replace("minimumHours: 0", "minimumHours: 2");
    let streams = vec![stream("a", Low, 5), throttled("b", Standard, 50, Marked::Stopped, 1)];
    let scene = Scene::new(0, 1_040, streams.clone()).ladder(&ladder);
    assert_eq!(scene.targets(), [Stopped, Stopped]);
    assert_eq!(scene.plan().decisions[1].kept, Some(Kept::MinimumTime));
    let both = format!("{ladder}\n").replace("rungs: [", "rungs: [{ at: 95, of: actual, standard: stopped }, ");
    assert_eq!(Scene::new(940, 1_040, streams).ladder(&both).targets(), [Stopped, Stopped]);
}

#[test]
fn others_join_when_those_that_give_way_do_not_bring_the_forecast_down() {
    // Known for long, and the forecast is over the limit all the same.
    let streams = vec![throttled("a", Low, 10, Marked::Reduced, 48), stream("b", Low, 10)];
    let ladder = "rungs: [{ at: 100, of: forecast, low: reduced, asNeeded: true }]";
    assert_eq!(Scene::new(0, 1_020, streams.clone()).ladder(ladder).targets(), [Reduced, Reduced]);
    assert_eq!(Scene::new(0, 1_000, streams).ladder(ladder).targets(), [Reduced, Normal]);
}

#[test]
fn one_that_came_back_is_missed_until_the_figures_know() {
    // Both were stopped for long, one came back just now: the forecast is still lower by both.
    let mut back = throttled("b", Low, 10, Marked::Stopped, 48);
    back.standing = Standing::Free(Some(Mark { since: NOW, ..mark(Marked::Restored, 48, 10) }));
    let scene = Scene::new(0, 870, vec![throttled("a", Low, 10, Marked::Stopped, 48), back]).ladder(NEEDED);
    assert_eq!(scene.targets(), [Stopped, Normal]);
    assert_eq!(scene.plan().decisions[1].saving, Some(Money::ZERO));
}

#[test]
fn one_that_is_needed_only_for_the_margin_says_so() {
    let scene = Scene::new(0, 890, vec![throttled("a", Low, 10, Marked::Stopped, 48)]).ladder(NEEDED);
    assert_eq!(scene.targets(), [Stopped]);
    assert_eq!(scene.because(), "kept: without the 99.69 that it saves the forecast is not yet below 95.00%");
    assert_eq!(kept(&scene), Some(Kept::Hysteresis));
}

#[test]
fn one_that_was_changed_a_short_while_ago_and_is_needed_says_what_for() {
    let ladder = NEEDED.replace("minimumHours: 0", "minimumHours: 2");
    let scene = Scene::new(0, 1_050, vec![throttled("a", Low, 10, Marked::Stopped, 1)]).ladder(&ladder);
    assert!(
        scene.because().starts_with("as many as needed: the forecast 1,050.00 is 50.00 over the limit, this saves")
    );
    let calm = Scene { figures: Scene::new(0, 900, vec![]).figures, ..scene };
    assert_eq!((calm.targets(), kept(&calm)), (vec![Stopped], Some(Kept::MinimumTime)));
}

#[test]
fn a_rung_of_the_forecast_does_not_let_go_because_it_worked() {
    let ladder = "rungs: [{ at: 100, of: forecast, low: stopped }]";
    let streams = vec![throttled("a", Low, 30, Marked::Stopped, 48)];
    assert_eq!(Scene::new(0, 720, streams.clone()).ladder(ladder).targets(), [Stopped]);
    assert_eq!(Scene::new(0, 600, streams).ladder(ladder).targets(), [Normal]);
}

#[test]
fn without_a_forecast_of_aws_ours_is_taken_and_that_is_told() {
    let mut scene = Scene::new(700, 0, vec![stream("a", Low, 30)]);
    scene.figures.forecast = None;
    let plan = scene.plan();
    assert!(plan.need > Money::ZERO && plan.forecast > dollars(1_000));
    assert!(scene.because().starts_with("as many as needed: the forecast (ours) 1,05"), "{}", scene.because());
    assert!(plan.remarks[0].starts_with("AWS has no forecast"));
}

#[test]
fn a_saving_counts_against_what_the_stream_took_in_before() {
    let scene = Scene::new(960, 0, vec![throttled("a", Low, 10, Marked::Stopped, 1), stream("b", Low, 10)]);
    let plan = scene.plan();
    assert!(plan.decisions[0].saving > plan.decisions[1].saving, "an hour more");
    assert_eq!(plan.decisions[1].saving, Some(saving(&stream("b", Low, 10))));
}

#[test]
fn a_stream_that_has_to_stay_stopped_spares_no_other_what_a_lower_rung_asks_for() {
    let ladder = "reduced: { maximumBitrateKbps: 4000 }
rungs: [{ at: 100, of: forecast, low: reduced, asNeeded: true }, { at: 110, of: forecast, low: stopped, asNeeded: true }]";
    let (free, other) = (stream("a", Low, 50), stream("b", Low, 50));
    assert_eq!(Scene::new(0, 1_300, vec![free, other.clone()]).ladder(ladder).targets(), [Stopped, Reduced]);
    let stopped = throttled("a", Low, 50, Marked::Stopped, 1);
    assert_eq!(Scene::new(0, 1_300, vec![stopped, other]).ladder(ladder).targets(), [Stopped, Reduced]);
}

#[test]
fn what_a_held_stream_holds_back_is_not_missed() {
    let held = Stream { held: true, ..throttled("a", Low, 10, Marked::Stopped, 48) };
    let scene = Scene::new(0, 990, vec![held, stream("b", Low, 10)]).ladder(NEEDED);
    assert_eq!(scene.targets(), [Stopped, Normal]);
}
