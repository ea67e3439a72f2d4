//! A burst of events, each of them twice.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use local::storm::{Table, dice};
use serde_json::{Value, json};

use crate::account::{ACCOUNT, ALL_OF_VIDEO, Account};
use crate::change::{of_service, record};

/// Longer than a burst takes on a machine that has much else to do.
const MOST: Duration = Duration::from_hours(1);
const EVENTS: usize = 500;
/// What the events are about.
const ROLES: usize = 80;
const STREAMS: usize = 80;
const POLICIES: usize = 40;

/// What is wrong, and nobody was told of.
async fn make(account: &Account) {
    let trust = json!({ "Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": { "Service": "ec2.amazonaws.com" }, "Action": "sts:AssumeRole" } });
    for n in 0..ROLES {
        let name = format!("viewer-{n}");
        let call = account.iam.create_role().role_name(&name).assume_role_policy_document(trust.to_string());
        call.send().await.unwrap();
        account.put_role_policy(&name, "watch", ALL_OF_VIDEO).await;
    }
    for n in 0..STREAMS {
        let call = account.kinesisvideo.create_stream().stream_name(format!("yard-{n}"));
        call.data_retention_in_hours(0).send().await.unwrap();
    }
    let open = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iot:*", "Resource": "*"}}"#;
    for n in 0..POLICIES {
        account.iot.create_policy().policy_name(format!("open-{n}")).policy_document(open).send().await.unwrap();
    }
}

/// The n-th event: who did it, and what it touched.
fn event(n: usize) -> Value {
    let all = ROLES + STREAMS + POLICIES;
    let id = format!("burst-{n}");
    let mut event = match n % all {
        role if role < ROLES => record(&id, "PutRolePolicy", &json!({ "roleName": format!("viewer-{role}") })),
        stream if stream < ROLES + STREAMS => {
            let request = json!({ "streamName": format!("yard-{}", stream - ROLES) });
            of_service(record(&id, "CreateStream", &request), "kinesisvideo")
        }
        policy => {
            let request = json!({ "policyName": format!("open-{}", policy - ROLES - STREAMS) });
            of_service(record(&id, "CreatePolicy", &request), "iot")
        }
    };
    event["detail"]["userIdentity"]["arn"] = json!(format!("arn:aws:iam::{ACCOUNT}:user/operator-{}", n % 7));
    event
}

/// Whether a resource is one that the burst is about.
fn is_ours(resource: &str) -> bool {
    ["role/viewer-", "stream/yard-", "policy/open-"].iter().any(|ours| resource.contains(ours))
}

/// The findings that stand of what the burst is about: their ids, with their checks.
async fn standing(account: &Account) -> BTreeMap<String, String> {
    let findings = account.findings().await.into_values().flatten();
    let ours = findings.filter(|finding| is_ours(&finding.resource));
    ours.map(|finding| (finding.id.to_string(), finding.check)).collect()
}

/// The ids of the findings of what the burst is about that messages tell of as `new` or `resolved`.
fn told_of(messages: &[(String, Value)], part: &str) -> Vec<String> {
    let all = messages.iter().flat_map(|(_, value)| value[part].as_array().unwrap());
    let ours = all.filter(|finding| is_ours(finding["resource"].as_str().unwrap()));
    ours.map(|finding| finding["id"].as_str().unwrap().to_owned()).collect()
}

/// How many of these stand.
fn known(ids: &BTreeSet<String>, standing: &BTreeMap<String, String>) -> usize {
    ids.iter().filter(|id| standing.contains_key(*id)).count()
}

#[tokio::test]
async fn a_burst_of_events_each_of_them_twice_announces_each_finding_once() {
    let (mut dice, seed) = dice().unwrap();
    let account = Account::start().await;
    // Nothing but our own events shall tell of it.
    account.control.settings(&json!({ "trail": false })).unwrap();
    let told = account.told().await;
    make(&account).await;
    let mut events: Vec<Value> = (0..EVENTS).map(event).flat_map(|event| [event.clone(), event]).collect();
    dice.shuffle(&mut events);
    let mark = account.control.mark().unwrap();
    for event in &events {
        account.control.event(event).unwrap();
    }
    account.control.settle_within(MOST).unwrap();
    let mut again = 0;
    while account.asked() > 0 && again < 5 {
        again += 1;
        account.control.redeliver().unwrap();
        account.control.settle_within(MOST).unwrap();
    }

    let messages = told.read();
    let (new, resolved) = (told_of(&messages, "new"), told_of(&messages, "resolved"));
    let announced: BTreeSet<_> = new.iter().cloned().collect();
    let found = standing(&account).await;
    let calls = account.calls_after(mark).len();
    // A sweep judges all of it afresh, and resolves what it does not find.
    assert!(account.control.tick("SweepSchedulePlan").unwrap().delivered);
    account.control.settle_within(MOST).unwrap();
    let mut afresh = standing(&account).await;
    // What takes other resources to judge, a change cannot tell.
    let checks: BTreeSet<_> = found.values().cloned().collect();
    let swept = afresh.len();
    afresh.retain(|_, check| checks.contains(check));
    let swept_only = swept - afresh.len();
    let again_told = told.read();
    let again_told: Vec<_> = ["new", "resolved"].into_iter().flat_map(|part| told_of(&again_told, part)).collect();
    let again_told = again_told.iter().filter(|id| announced.contains(*id)).count();

    let title = format!(
        "{EVENTS} events of CloudTrail's about {ROLES} roles, {STREAMS} streams and {POLICIES} policies in a burst, each of \
         them twice and all of them shuffled (seed {seed})."
    );
    let mut table = Table::new("2-audit", &title);
    table.held(
        "findings",
        "at least one of each resource",
        &found.len().to_string(),
        found.len() >= ROLES + STREAMS + POLICIES,
    );
    table.exactly("announcements", &found.len(), &new.len());
    table.exactly("findings that were announced", &found.len(), &announced.len());
    table.exactly("of them that stand in the table", &found.len(), &known(&announced, &found));
    table.exactly("announced as resolved", &0, &resolved.len());
    table.exactly("findings that stand when a sweep has judged all of it afresh", &found.len(), &afresh.len());
    table.exactly("of them that the burst found", &found.len(), &known(&announced, &afresh));
    table.exactly("of them that the sweep announced once more, or as resolved", &0, &again_told);
    table.figure("findings that only a sweep can judge", &swept_only);
    table.exactly("dead letters", &0, &account.dead_letters());
    table.figure("messages on the topic", &messages.len());
    table.figure("duplicates that cost no look", &account.metric("Duplicate"));
    table.figure("times that what was handed back came again", &again);
    table.figure("AWS calls", &calls);
    table.tell().unwrap();
}
