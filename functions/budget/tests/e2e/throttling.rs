//! What gives way, and how it comes back.

use budget::camera::{Standing, Target};
use serde_json::{Value, json};

use crate::fleet::Fleet;

const NORMAL: [Target; 3] = [Target::Normal; 3];

#[tokio::test]
async fn the_least_important_gives_way_first_and_all_comes_back_with_the_new_period() {
    let fleet = Fleet::start().await;
    let (reports, throttles) = (fleet.told("BudgetReportTopicArn").await, fleet.told("ThrottleTopicArn").await);
    fleet.spend_silently("799.99", "799.99");
    fleet.tick();
    assert_eq!(fleet.three().await, NORMAL);
    assert_eq!(reports.read(), []);

    fleet.spend_silently("800", "800");
    fleet.tick();
    assert_eq!(fleet.three().await, [Target::Reduced, Target::Normal, Target::Normal], "exactly at a rung is over it");
    let desired = fleet.desired("low-1").await;
    assert_eq!(desired["maximumBitrateKbps"], 500, "{desired}");
    let [(text, attributes)] = reports.read().try_into().unwrap();
    assert!(text.contains("low-1") && text.contains("800.00"), "{text}");
    let value: Value = serde_json::from_str(&attributes["report"]).unwrap();
    assert_eq!((&value["changed"][0]["to"], &value["streams"]["reduced"]), (&json!("reduced"), &json!(1)), "{value}");
    let [(_, attributes)] = throttles.read().try_into().unwrap();
    let attribute = |name: &str| attributes[name].as_str();
    assert_eq!((attribute("stream"), attribute("priority")), ("low-1", "low"));
    assert_eq!((attribute("from"), attribute("to"), attribute("budget")), ("normal", "reduced", fleet.budget()));

    fleet.spend("960");
    assert_eq!(fleet.three().await, [Target::Stopped, Target::Normal, Target::Normal]);
    assert_eq!(fleet.tags("low-1").await["kvs-warden:throttle"], "stopped");
    fleet.spend("1100");
    assert_eq!(fleet.three().await, [Target::Stopped, Target::Reduced, Target::Normal]);
    assert_eq!(throttles.read().len(), 2);

    // Five weeks go by, and nobody tells that a new period has begun.
    fleet.control.age(35 * 86_400).unwrap();
    fleet.new_period("3");
    reports.read();
    fleet.tick();
    assert_eq!(fleet.three().await, NORMAL);
    assert_eq!((fleet.desired("low-1").await, fleet.desired("standard-1").await), (Value::Null, Value::Null));
    let [(text, _)] = reports.read().try_into().unwrap();
    assert!(text.contains("Back to normal: 2") && text.contains("Video that is missing: 1"), "{text}");

    // Video comes again, and nothing of it all is left but the report of the gap.
    fleet.control.age(3 * 3_600).unwrap();
    fleet.tick();
    for stream in ["low-1", "standard-1"] {
        assert_eq!(fleet.standing(stream).await, Standing::Free(None), "{stream}");
    }
    let [(text, _)] = reports.read().try_into().unwrap();
    assert!(text.contains("low-1: from ") && text.contains(" to "), "{text}");
    let mark = fleet.control.mark().unwrap();
    fleet.tick();
    assert_eq!(fleet.deeds_after(mark), [""; 0]);
}

#[tokio::test]
async fn a_look_after_all_is_done_changes_and_tells_nothing() {
    let fleet = Fleet::start().await;
    fleet.spend_silently("1100", "1500");
    fleet.tick();
    let before = fleet.three().await;
    let mark = fleet.control.mark().unwrap();
    for _ in 0..3 {
        fleet.tick();
    }
    assert_eq!(fleet.deeds_after(mark), [""; 0]);
    assert_eq!(fleet.three().await, before);
    // The same figures need no new measuring, which costs.
    let measured = fleet.calls_after(mark).iter().filter(|call| call.operation == "GetMetricData").count();
    assert!(measured <= 1, "{measured}");
}

#[tokio::test]
async fn a_forecast_over_the_limit_stops_as_many_as_needed_and_no_more() {
    let fleet = Fleet::start().await;
    for name in ["low-2", "low-3"] {
        fleet.camera(name, "low").await;
    }
    fleet.control.traffic(&json!({ "default": { "kbps": 1000, "fragmentSeconds": 2 }, "streams": {} })).unwrap();
    fleet.control.age(30 * 3_600).unwrap();
    // A tenth of a cent is less than any of them saves.
    fleet.spend_silently("500", "1000.001");
    fleet.tick();
    let streams = ["low-1", "low-2", "low-3", "standard-1", "critical-1"];
    let stopped = fleet.targets(streams).await.into_iter().filter(|target| *target == Target::Stopped).count();
    assert_eq!(stopped, 1);
    let all = fleet.targets(streams).await;
    assert_eq!((all[3], all[4]), (Target::Normal, Target::Normal));
    // Even all of them would not be enough: critical streams go on all the same, and what lacks is told.
    let reports = fleet.told("BudgetReportTopicArn").await;
    fleet.spend_silently("500", "5000");
    fleet.tick();
    let all = fleet.targets(streams).await;
    assert_eq!(all[..3], [Target::Stopped; 3]);
    assert_eq!((all[3], all[4]), (Target::Normal, Target::Normal));
    let (text, _) = reports.read().pop().unwrap();
    assert!(text.contains("To know"), "{text}");
}

#[tokio::test]
async fn what_an_operator_holds_or_marks_by_hand_is_left_alone_and_told() {
    let fleet = Fleet::start().await;
    fleet.camera("held", "low").await;
    fleet.camera("by-hand", "low").await;
    fleet.camera("misspelt", "Low").await;
    fleet.kinesisvideo.tag_stream().stream_name("held").tags("kvs-warden:hold", "court").send().await.unwrap();
    let by_hand = fleet.kinesisvideo.tag_stream().stream_name("by-hand").tags("kvs-warden:throttle", "stopped");
    by_hand.send().await.unwrap();
    fleet.kinesisvideo.create_stream().stream_name("foreign").tags("kvs-warden:priority", "low").send().await.unwrap();
    fleet.desire("standard-1", &json!({ "maximumBitrateKbps": 7 })).await;
    let mut before = Vec::new();
    for stream in ["held", "by-hand", "misspelt", "foreign", "critical-1"] {
        before.push(fleet.tags(stream).await);
    }
    let reports = fleet.told("BudgetReportTopicArn").await;
    fleet.spend("1200");
    let mut after = Vec::new();
    for stream in ["held", "by-hand", "misspelt", "foreign", "critical-1"] {
        after.push(fleet.tags(stream).await);
    }
    assert_eq!(before, after);
    assert_eq!(fleet.desired("standard-1").await, json!({ "maximumBitrateKbps": 7 }));
    assert_eq!(fleet.three().await, [Target::Stopped, Target::Normal, Target::Normal]);
    let (text, _) = reports.read().pop().unwrap();
    for said in ["by-hand", "misspelt", "standard-1", "edited by hand"] {
        assert!(text.contains(said), "{said}: {text}");
    }
}

#[tokio::test]
async fn what_becomes_critical_comes_back_at_once() {
    let fleet = Fleet::start().await;
    fleet.spend("1000");
    assert_eq!(fleet.three().await[0], Target::Stopped);
    let call = fleet.kinesisvideo.tag_stream().stream_name("low-1").tags("kvs-warden:priority", "critical");
    call.send().await.unwrap();
    fleet.tick();
    assert_eq!(fleet.three().await[0], Target::Normal);
}

#[tokio::test]
async fn a_throttle_without_effect_is_told_once() {
    let fleet = Fleet::start().await;
    let stubborn = json!({ "kbps": 1000, "fragmentSeconds": 2, "stays": "on" });
    fleet.control.traffic(&json!({ "streams": { "low-1": stubborn, "standard-1": stubborn } })).unwrap();
    fleet.spend("1000");
    assert_eq!(fleet.three().await, [Target::Stopped, Target::Reduced, Target::Normal]);
    let reports = fleet.told("BudgetReportTopicArn").await;
    // It is too early to say.
    fleet.tick();
    assert_eq!(reports.read(), []);
    fleet.control.age(4 * 3_600).unwrap();
    fleet.tick();
    let [(text, _)] = reports.read().try_into().unwrap();
    assert!(text.contains("Not as they should be: 2"), "{text}");
    assert!(text.contains("low-1, which should be stopped") && text.contains("the camera reports nothing"), "{text}");
    fleet.tick();
    assert_eq!(reports.read(), []);
}

#[tokio::test]
async fn a_dry_run_says_what_would_be_done_and_does_nothing() {
    let fleet = Fleet::with(&[("DryRun", "true")]).await;
    let reports = fleet.told("BudgetReportTopicArn").await;
    fleet.spend("1000");
    assert_eq!(fleet.three().await, NORMAL);
    let (text, _) = reports.read().pop().unwrap();
    assert!(text.contains("Nothing was changed") && text.contains("Would be stopped: 1"), "{text}");
    let calls = fleet.calls_after(0);
    assert!(!calls.iter().any(|call| ["TagStream", "UntagStream", "UpdateThingShadow"].contains(&&*call.operation)));
    fleet.tick();
    assert_eq!(reports.read(), [], "the same is not said again");
    fleet.spend_silently("1000.5", "1000.5");
    fleet.tick();
    assert_eq!(reports.read(), [], "nor when the figures are others, but what would be done is the same");
}

#[tokio::test]
async fn what_a_camera_is_asked_for_is_taken_back_even_when_nobody_remembers_it() {
    let fleet = Fleet::start().await;
    fleet.spend("850");
    assert_eq!(fleet.desired("low-1").await["maximumBitrateKbps"], 500);
    fleet.lose_note("low-1").await;
    fleet.spend("960");
    assert_eq!(fleet.three().await, [Target::Stopped, Target::Normal, Target::Normal]);
    fleet.lose_note("low-1").await;
    fleet.control.age(35 * 86_400).unwrap();
    fleet.new_period("3");
    fleet.tick();
    assert_eq!(fleet.three().await, NORMAL);
    assert_eq!(fleet.desired("low-1").await, Value::Null);
}

#[tokio::test]
async fn a_stream_that_is_made_anew_leaves_its_camera_asked_for_nothing() {
    let fleet = Fleet::start().await;
    fleet.spend("850");
    assert_eq!(fleet.desired("low-1").await["maximumBitrateKbps"], 500);
    let arn = fleet.kinesisvideo.describe_stream().stream_name("low-1").send().await.unwrap();
    let arn = arn.stream_info.unwrap().stream_arn.unwrap();
    fleet.kinesisvideo.delete_stream().stream_arn(arn).send().await.unwrap();
    let stream = fleet.kinesisvideo.create_stream().stream_name("low-1").data_retention_in_hours(24);
    let stream = stream.tags("kvs-warden:thing", "low-1").tags("kvs-warden:priority", "critical");
    stream.send().await.unwrap();
    fleet.tick();
    assert_eq!(fleet.desired("low-1").await, Value::Null);
}

#[tokio::test]
async fn another_camera_of_a_stream_is_asked_and_the_one_before_no_longer() {
    let fleet = Fleet::start().await;
    fleet.spend("850");
    assert_eq!(fleet.desired("low-1").await["maximumBitrateKbps"], 500);
    fleet.kinesisvideo.tag_stream().stream_name("low-1").tags("kvs-warden:thing", "spare").send().await.unwrap();
    fleet.tick();
    assert_eq!(fleet.desired("low-1").await, Value::Null);
    assert_eq!(fleet.desired("spare").await["maximumBitrateKbps"], 500);
}

#[tokio::test]
async fn who_is_held_or_critical_by_the_time_of_writing_is_neither_asked_nor_throttled() {
    let fleet = Fleet::start().await;
    fleet.spend("850");
    assert_eq!(fleet.three().await, [Target::Reduced, Target::Normal, Target::Normal]);
    // One is to be asked anew, and another to be throttled.
    fleet.lose_note("low-1").await;
    fleet.desire("low-1", &Value::Null).await;
    fleet.camera("low-2", "low").await;
    // Tags are listed before what comes in is measured, and streams are changed after that.
    let slow = json!({ "service": "cloudwatch", "operation": "GetMetricData", "times": 1, "latency": 4_000 });
    fleet.cloud.fault(&json!([slow])).unwrap();
    let mark = fleet.control.mark().unwrap();
    let spend = json!({ "budget": fleet.budget(), "actual": "851", "forecast": "851", "publish": false });
    fleet.control.spend(&spend).unwrap();
    fleet.control.tick("BudgetSchedule").unwrap();
    for _ in 0..500 {
        if fleet.calls_after(mark).iter().any(|call| call.operation == "ListStreams") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    fleet.kinesisvideo.tag_stream().stream_name("low-1").tags("kvs-warden:hold", "court").send().await.unwrap();
    fleet.kinesisvideo.tag_stream().stream_name("low-2").tags("kvs-warden:priority", "critical").send().await.unwrap();
    fleet.control.settle().unwrap();
    assert_eq!(fleet.cloud.fired().unwrap(), 1);
    assert_eq!(fleet.desired("low-1").await, Value::Null);
    assert_eq!((fleet.standing("low-2").await, fleet.desired("low-2").await), (Standing::Free(None), Value::Null));
    let left = fleet.logged("stream is not as it should be");
    assert_eq!(left.len(), 2, "{left:?}");
}
