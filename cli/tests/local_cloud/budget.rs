//! `warden budget`.

use serde_json::json;

use crate::account::Account;

/// One camera of each priority, which send 1,000 kbit/s, and what is spent of 1,000 USD.
async fn account(actual: &str) -> Account {
    let account = Account::with_budget().await;
    for (name, priority) in [("yard-1", "low"), ("lobby", "standard"), ("gate", "critical")] {
        let stream = account.streams.create_stream().stream_name(name).data_retention_in_hours(24);
        stream.tags("kvs-warden:thing", name).tags("kvs-warden:priority", priority).send().await.unwrap();
    }
    let control = account.cloud.control();
    control.traffic(&json!({ "default": { "kbps": 1000, "fragmentSeconds": 2 }, "streams": {} })).unwrap();
    control.age(30 * 3_600).unwrap();
    let budget = account.cloud.output("BudgetName").unwrap();
    let spend = json!({ "budget": budget, "actual": actual, "forecast": actual, "publish": false });
    control.spend(&spend).unwrap();
    account
}

#[tokio::test]
async fn a_plan_shows_what_would_give_way_and_why_and_changes_nothing() {
    let account = account("100").await;
    let mark = account.cloud.control().mark().unwrap();
    let now = account.warden(&["budget", "plan"]).well();
    assert!(now.contains("100.00 of 1,000.00 USD spent (10.00%)") && now.contains("No stream would change."), "{now}");
    let then = account.warden(&["budget", "plan", "--spend", "950"]).well();
    let row = |name: &str| then.lines().find(|line| line.contains(name)).map(str::to_owned);
    let yard = row("yard-1").unwrap();
    for said in ["low", "normal", "stopped", "95% of the limit is reached"] {
        assert!(yard.contains(said), "{said}: {then}");
    }
    assert_eq!((row("lobby"), row("gate")), (None, None), "{then}");
    assert!(then.contains("2 normal, 0 reduced, 1 stopped"), "{then}");
    let all = account.warden(&["budget", "plan", "--spend", "950", "--all"]).well();
    assert!(all.contains("lobby") && all.contains("gate"), "{all}");
    // A forecast alone stops as many as needed.
    let expected = account.warden(&["budget", "plan", "--forecast", "1000.10"]).well();
    assert!(expected.contains("as many as needed") && expected.contains("1 stopped"), "{expected}");
    let calls = account.cloud.control().calls(mark).unwrap();
    let changing = ["TagStream", "UntagStream", "UpdateThingShadow", "PutItem", "UpdateItem", "Publish"];
    assert!(!calls.iter().any(|call| changing.contains(&call.operation.as_str())), "{calls:?}");
}

#[tokio::test]
async fn a_stream_that_gave_way_is_shown_released_and_left_alone() {
    let account = account("960").await;
    let control = account.cloud.control();
    let well = account.warden(&["budget", "status"]).well();
    assert!(well.contains("All 3 streams are as they should be."), "{well}");
    let tags = |stream: &'static str| {
        let call = account.streams.list_tags_for_stream().stream_name(stream);
        async { call.send().await.unwrap().tags.unwrap_or_default() }
    };
    assert!(control.tick("BudgetSchedule").unwrap().delivered);
    control.settle().unwrap();
    assert_eq!(tags("yard-1").await["kvs-warden:throttle"], "stopped");
    let status = account.warden(&["budget", "status"]).well();
    let yard = status.lines().find(|line| line.contains("yard-1")).unwrap();
    assert!(yard.contains("low") && yard.contains("stopped") && yard.contains("not known yet"), "{status}");
    assert!(status.contains("2 others are as they should be."), "{status}");

    let said = account.warden(&["budget", "release", "yard-1"]).well();
    assert!(said.contains("yard-1 was stopped") && said.contains("untag-stream"), "{said}");
    let now = tags("yard-1").await;
    assert!(!now.contains_key("kvs-warden:throttle") && now.contains_key("kvs-warden:hold"), "{now:?}");
    // Whatever is spent.
    assert!(control.tick("BudgetSchedule").unwrap().delivered);
    control.settle().unwrap();
    assert!(!tags("yard-1").await.contains_key("kvs-warden:throttle"));
    let again = account.warden(&["budget", "release", "yard-1"]).well();
    assert!(again.contains("yard-1 was normal"), "{again}");
}

#[tokio::test]
async fn what_is_not_there_or_not_ours_is_said() {
    let account = account("960").await;
    let said = account.warden(&["budget", "release", "nowhere"]).failed();
    assert!(said.contains("no stream of this name"), "{said}");
    let call = account.streams.tag_stream().stream_name("yard-1").tags("kvs-warden:throttle", "stopped");
    call.send().await.unwrap();
    let said = account.warden(&["budget", "release", "yard-1"]).failed();
    assert!(said.contains("by hand"), "{said}");
    let status = account.warden(&["budget", "status"]).well();
    assert!(status.lines().any(|line| line.contains("yard-1") && line.contains("by hand")), "{status}");
    for wrong in ["-5", "much", "9,5"] {
        let ended = account.warden(&["budget", "plan", "--spend", wrong]);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{wrong}: {}", ended.error);
        assert!(ended.error.contains("--spend"), "{}", ended.error);
    }
}

#[tokio::test]
async fn a_stack_without_a_budget_is_said_to_have_none() {
    let account = Account::new().await;
    for command in [&["budget", "plan"][..], &["budget", "status"], &["budget", "release", "yard-1"]] {
        let said = account.warden(command).failed();
        assert!(said.contains("has none") && said.contains("BudgetLimit"), "{said}");
    }
}
