//! AWS fails, and the function dies.

use budget::camera::Target;
use serde_json::{Value, json};

use crate::fleet::{FUNCTION, Fleet};

/// At 1,000 of 1,000 USD.
const OVER: [Target; 3] = [Target::Stopped, Target::Reduced, Target::Normal];

/// What changes something, and what is read before.
const CALLS: [(&str, &str); 12] = [
    ("budgets", "DescribeBudget"),
    ("budgets", "DescribeNotificationsForBudget"),
    ("kinesisvideo", "ListStreams"),
    ("resourcegroupstaggingapi", "GetResources"),
    ("cloudwatch", "GetMetricData"),
    ("kinesisvideo", "ListTagsForStream"),
    ("iot-data", "GetThingShadow"),
    ("iot-data", "UpdateThingShadow"),
    ("kinesisvideo", "TagStream"),
    ("sns", "PublishBatch"),
    ("sns", "Publish"),
    ("dynamodb", "BatchWriteItem"),
];

/// Time goes by until all that was cut off was done again, and the three first cameras are at this.
async fn converge(fleet: &Fleet, to: [Target; 3], after: &str) {
    for _ in 0..6 {
        fleet.lease(0).await;
        fleet.control.redeliver().unwrap();
        fleet.control.settle().unwrap();
        fleet.tick();
        if fleet.three().await == to {
            return;
        }
    }
    let log = fleet.cloud.log(FUNCTION).unwrap().text().unwrap();
    let last: Vec<_> = log.lines().rev().take(30).collect();
    panic!("{after}: {:?}\n{}", fleet.three().await, last.join("\n"));
}

#[tokio::test]
async fn dying_after_any_call_on_the_way_down_and_back_costs_only_time() {
    let fleet = Fleet::start().await;
    let critical = fleet.tags("critical-1").await;
    for (_, operation) in CALLS {
        fleet.control.crash_after(FUNCTION, operation).unwrap();
        fleet.spend("1000");
        converge(&fleet, OVER, operation).await;
        // The period resets, and the way back is cut off as well.
        for operation in [operation, "UntagStream"] {
            fleet.control.crash_after(FUNCTION, operation).unwrap();
        }
        fleet.control.age(35 * 86_400).unwrap();
        fleet.new_period("1");
        fleet.tick();
        converge(&fleet, [Target::Normal; 3], operation).await;
        assert_eq!((fleet.desired("low-1").await, fleet.desired("standard-1").await), (Value::Null, Value::Null));
        fleet.new_period("2");
    }
    assert_eq!(fleet.tags("critical-1").await, critical);
    assert_eq!(fleet.dead_letters(), [""; 0]);
}

#[tokio::test]
async fn each_call_that_fails_in_each_way_is_made_good() {
    let fleet = Fleet::start().await;
    let critical = fleet.tags("critical-1").await;
    let error =
        |code: &str, status: u16| json!({ "code": code, "status": status, "message": "made by the fault proxy" });
    let mut fired = 0;
    for (service, operation) in CALLS {
        for fault in [
            json!({ "error": error("ThrottlingException", 400) }),
            json!({ "error": error("InternalFailure", 500) }),
            json!({ "reset": true }),
        ] {
            let mut rule = json!({ "service": service, "operation": operation, "times": 5 });
            rule.as_object_mut().unwrap().extend(fault.as_object().unwrap().clone());
            fleet.cloud.fault(&json!([rule])).unwrap();
            fleet.spend("1000");
            converge(&fleet, OVER, &rule.to_string()).await;
            fired += 5;
            assert_eq!(fleet.cloud.fired().unwrap(), fired, "{rule}");
            fleet.control.age(35 * 86_400).unwrap();
            fleet.new_period("1");
            converge(&fleet, [Target::Normal; 3], &rule.to_string()).await;
            fleet.new_period("2");
        }
    }
    assert_eq!(fleet.tags("critical-1").await, critical);
    assert_eq!(fleet.dead_letters(), [""; 0]);
}

#[tokio::test]
async fn answers_that_do_not_come_in_time_cost_only_time() {
    let fleet = Fleet::start().await;
    // Longer than the function waits for one.
    let late = |(service, operation): &(&str, &str)| json!({ "service": service, "operation": operation, "times": 1, "latency": 8_500 });
    let mut fired = 0;
    // All in one look would take longer than a test waits.
    for half in CALLS.chunks(CALLS.len() / 2) {
        fleet.cloud.fault(&half.iter().map(late).collect()).unwrap();
        fleet.spend("1000");
        converge(&fleet, OVER, "late answers").await;
        fired += half.len() as u64;
        assert_eq!(fleet.cloud.fired().unwrap(), fired);
        fleet.control.age(35 * 86_400).unwrap();
        fleet.new_period("1");
        converge(&fleet, [Target::Normal; 3], "late answers").await;
        fleet.new_period("2");
    }
    assert_eq!(fleet.dead_letters(), [""; 0]);
}

#[tokio::test]
async fn a_budget_that_is_gone_or_unhealthy_never_stops_anything() {
    let fleet = Fleet::start().await;
    let sick = json!({ "budget": fleet.budget(), "actual": "1000", "health": "FILTER_INVALID" });
    fleet.control.spend(&sick).unwrap();
    fleet.control.settle().unwrap();
    assert_eq!(fleet.three().await, [Target::Normal; 3]);
    let well = json!({ "budget": fleet.budget(), "actual": "1000", "health": "HEALTHY" });
    fleet.control.spend(&well).unwrap();
    fleet.tick();
    assert_eq!(fleet.three().await, OVER);
    // What is throttled stays so while nobody knows, and an edited budget's zero is no reason to come back.
    fleet.control.spend(&sick).unwrap();
    fleet.tick();
    assert_eq!(fleet.three().await, OVER);
    fleet.control.spend(&json!({ "budget": fleet.budget(), "actual": "0", "health": "HEALTHY" })).unwrap();
    fleet.tick();
    assert_eq!(fleet.three().await, OVER);
}

#[tokio::test]
async fn many_streams_are_changed_over_several_invocations() {
    let fleet = Fleet::start().await;
    fleet.control.load(&local::Load { streams: 600, things: 600, ..local::Load::default() }).unwrap();
    // Six seconds for changes in each, and AWS takes no more calls than it says.
    fleet.control.timeout(FUNCTION, 68).unwrap();
    let limits = json!({ "kinesisvideo:TagStream": 50, "kinesisvideo:ListTagsForStream": 50 });
    fleet.control.settings(&json!({ "callsPerSecond": limits })).unwrap();
    fleet.spend("1000");
    assert_eq!(fleet.three().await, OVER);
    let looks = fleet.logged("looked");
    assert!(looks.len() > 1, "{looks:?}");
    let changed: u64 = looks.iter().map(|look| look["changed"].as_u64().unwrap()).sum();
    let last = looks.last().unwrap();
    assert_eq!((last["failed"].as_u64(), last["left"].as_u64()), (Some(0), Some(0)), "{last}");
    assert_eq!(changed, last["reduced"].as_u64().unwrap() + last["stopped"].as_u64().unwrap());
    assert_eq!(fleet.dead_letters(), [""; 0]);
}

#[tokio::test]
async fn what_became_critical_comes_back_though_nothing_can_be_measured() {
    let fleet = Fleet::start().await;
    fleet.spend("1000");
    assert_eq!(fleet.three().await, OVER);
    let denied = |service: &str, operation: &str| {
        let error = json!({ "code": "AccessDeniedException", "status": 400, "message": "no" });
        json!({ "service": service, "operation": operation, "times": 1_000, "error": error })
    };
    let faults = [denied("cloudwatch", "GetMetricData"), denied("budgets", "DescribeNotificationsForBudget")];
    fleet.cloud.fault(&json!(faults)).unwrap();
    let critical = fleet.kinesisvideo.tag_stream().stream_name("low-1").tags("kvs-warden:priority", "critical");
    critical.send().await.unwrap();
    let looks = fleet.metric("Looks");
    fleet.spend("1001");
    assert_eq!(fleet.three().await, [Target::Normal, Target::Reduced, Target::Normal]);
    assert_eq!(fleet.metric("Looks"), looks, "a look that could not measure is none");
}

#[tokio::test]
async fn people_are_told_though_other_systems_cannot_be() {
    let fleet = Fleet::start().await;
    let reports = fleet.told("BudgetReportTopicArn").await;
    let error = json!({ "code": "AuthorizationError", "status": 403, "message": "no" });
    let denied = json!({ "service": "sns", "operation": "PublishBatch", "times": 1_000, "error": error });
    fleet.cloud.fault(&json!([denied])).unwrap();
    fleet.spend("1000");
    assert_eq!(fleet.three().await, OVER);
    let (text, _) = reports.read().pop().unwrap();
    assert!(text.contains("low-1") && text.contains("standard-1"), "{text}");
}

#[tokio::test]
async fn a_stream_that_aws_refuses_to_change_has_nothing_measured_again_for_hours() {
    let fleet = Fleet::start().await;
    let error = json!({ "code": "AccessDeniedException", "status": 400, "message": "no" });
    let denied = json!({ "service": "kinesisvideo", "operation": "TagStream", "times": 1_000, "error": error });
    fleet.cloud.fault(&json!([denied])).unwrap();
    let reports = fleet.told("BudgetReportTopicArn").await;
    fleet.spend("850");
    fleet.tick();
    assert_eq!(reports.read().len(), 1, "it is told once");
    let mark = fleet.control.mark().unwrap();
    fleet.tick();
    fleet.tick();
    let calls = fleet.calls_after(mark).into_iter().map(|call| call.operation);
    let costs: Vec<_> = calls.filter(|it| it == "GetMetricData" || it == "TagStream").collect();
    assert_eq!(costs, [""; 0]);
}
