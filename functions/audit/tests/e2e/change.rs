//! Something changes, and the audit says so: from the call over CloudTrail, rule and queue to the finding.

use audit::check::Severity;
use aws_sdk_iam::types::Tag;
use serde_json::{Value, json};

use crate::account::{ACCOUNT, Account, FUNCTION};

#[tokio::test]
async fn a_camera_role_that_becomes_too_wide_is_told_with_who_did_it_and_its_mending_too() {
    let account = Account::start().await;
    let told = account.told().await;
    account.widen_camera_role().await;

    let findings = account.findings().await;
    let [finding] = findings["camera-role-reaches-other-streams"].as_slice() else { panic!("{findings:?}") };
    assert_eq!(finding.severity(), Severity::Critical);
    assert_eq!(finding.resource, account.cloud.output("CameraRoleArn").unwrap());
    let actor = finding.actor.as_ref().unwrap();
    assert_eq!(
        (actor.who.as_str(), actor.call.as_str()),
        (&*format!("arn:aws:iam::{ACCOUNT}:user/operator"), "iam:PutRolePolicy")
    );
    let request = finding.proofs.iter().find_map(|proof| proof.request.as_ref()).unwrap();
    assert!(request["action"].as_str().unwrap().starts_with("kinesisvideo:"), "{request}");
    let messages = told.read();
    let [(text, value)] = messages.as_slice() else { panic!("{messages:?}") };
    assert!(text.contains("user/operator") && text.contains("camera-role-reaches-other-streams"), "{text}");
    assert_eq!(value["new"].as_array().unwrap().len(), findings.values().map(Vec::len).sum::<usize>());

    let before = account.found().await;
    account.narrow_camera_role().await;
    assert_eq!(account.found().await, [""; 0]);
    let (new, resolved) = told.checks();
    assert_eq!((new, resolved), (Vec::new(), before.clone()));
    let archived = account.archived().await;
    assert_eq!(archived.len(), before.len());
    assert!(archived.iter().all(|finding| finding.resolved_by.as_ref().unwrap().call == "iam:DeleteRolePolicy"));
}

#[tokio::test]
async fn an_event_that_comes_again_does_no_work_and_is_told_once() {
    let account = Account::start().await;
    let told = account.told().await;
    let role = account.camera_role();
    account.widen_camera_role().await;
    let (new, _) = told.checks();
    assert!(!new.is_empty());
    // The same record once more, as CloudTrail may deliver it: by its id.
    let id = account.findings().await.into_values().flatten().find_map(|finding| finding.actor).unwrap().event_id;
    let mark = account.control.mark().unwrap();
    account.control.events(&record(&id, "PutRolePolicy", &json!({ "roleName": role })), 3).unwrap();
    account.control.settle().unwrap();
    let calls: Vec<_> = account.calls_after(mark).into_iter().map(|call| call.operation).collect();
    assert!(!calls.is_empty() && calls.iter().all(|call| call == "BatchGetItem"), "{calls:?}");
    assert!(account.metric("Duplicate") >= 3);
    assert_eq!(told.read().len(), 0);
}

#[tokio::test]
async fn a_burst_of_doubled_events_is_looked_at_together_and_told_once_each() {
    let account = Account::start().await;
    let told = account.told().await;
    let mut roles = Vec::new();
    for n in 0..12 {
        let name = format!("viewer-{n}");
        let trust = json!({ "Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Principal": { "Service": "ec2.amazonaws.com" }, "Action": "sts:AssumeRole" } });
        let call = account.iam.create_role().role_name(&name).assume_role_policy_document(trust.to_string());
        call.send().await.unwrap();
        account.put_role_policy(&name, "watch", crate::account::ALL_OF_VIDEO).await;
        roles.push(name);
    }
    account.control.settle().unwrap();
    let first = account.findings().await;
    assert_eq!(first["footage-of-all-streams"].len(), roles.len());
    for n in 0..60 {
        let name = &roles[n % roles.len()];
        account.control.events(&record(&format!("burst-{n}"), "TagRole", &json!({ "roleName": name })), 2).unwrap();
    }
    account.control.settle().unwrap();
    assert_eq!(account.findings().await, first, "nothing but what was there");
    let (mut new, resolved) = told.checks();
    new.retain(|check| check == "footage-of-all-streams");
    assert_eq!((new.len(), resolved.len()), (roles.len(), 0));
}

/// Mallory's n-th try to watch, which is denied.
fn denied(n: u32) -> Value {
    let event = record(&format!("denied-{n}"), "GetMedia", &json!({ "streamName": "gate" }));
    let mut event = of_service(event, "kinesisvideo");
    event["detail"]["errorCode"] = json!("AccessDenied");
    event
}

#[tokio::test]
async fn denied_calls_become_a_finding_when_they_repeat() {
    let account = Account::start().await;
    for n in 0..4 {
        // Each comes twice, and counts once.
        account.control.events(&denied(n), 2).unwrap();
        account.control.settle().unwrap();
    }
    assert_eq!(account.found().await, [""; 0]);
    account.control.events(&denied(4), 1).unwrap();
    account.control.settle().unwrap();
    let findings = account.findings().await;
    let [finding] = findings["repeated-denials"].as_slice() else { panic!("{findings:?}") };
    assert_eq!(finding.resource, "arn:aws:iam::123456789012:user/mallory");
    assert!(finding.sentence.contains('5'), "{}", finding.sentence);
}

/// CloudTrail may leave out the fields that say what kind of event it is.
#[tokio::test]
async fn a_change_that_does_not_say_that_it_is_one_is_looked_at() {
    let account = Account::start().await;
    account.control.settings(&json!({ "trail": false })).unwrap();
    account.widen_camera_role().await;
    assert_eq!(account.found().await, [""; 0]);
    let mut event = record("terse", "PutRolePolicy", &json!({ "roleName": account.camera_role() }));
    let detail = event["detail"].as_object_mut().unwrap();
    detail.remove("readOnly").unwrap();
    detail.remove("managementEvent").unwrap();
    account.control.events(&event, 1).unwrap();
    account.control.settle().unwrap();
    assert!(account.found().await.contains(&"camera-role-reaches-other-streams".to_owned()));
}

#[tokio::test]
async fn denials_count_in_the_words_of_every_service() {
    let account = Account::start().await;
    let codes = [
        "NotAuthorizedException",
        "AccessDeniedException",
        "UnauthorizedException",
        "AuthorizationError",
        "AccessDenied",
    ];
    for (n, code) in (0..).zip(codes) {
        let mut event = denied(n);
        event["detail"]["errorCode"] = json!(code);
        account.control.events(&event, 1).unwrap();
        account.control.settle().unwrap();
    }
    let finding = account.only("repeated-denials").await;
    assert!(finding.sentence.contains('5'), "{}", finding.sentence);
}

#[tokio::test]
async fn whoever_is_denied_without_end_keeps_no_change_from_being_looked_at() {
    let account = Account::start().await;
    // Nothing but our own events shall tell of it.
    account.control.settings(&json!({ "trail": false })).unwrap();
    account.widen_camera_role().await;
    let change = record("after-all", "PutRolePolicy", &json!({ "roleName": account.camera_role() }));
    let events = (0..1_010).map(denied).chain([change]);
    let records: Vec<_> = events
        .enumerate()
        .map(|(n, event)| json!({ "messageId": n.to_string(), "body": event.to_string(), "eventSource": "aws:sqs" }))
        .collect();
    let answer = account.cloud.invoke(FUNCTION, &json!({ "Records": records })).unwrap();
    assert_eq!(answer["batchItemFailures"], json!([]));
    let findings = account.findings().await;
    assert!(findings.contains_key("camera-role-reaches-other-streams"), "{findings:?}");
    let [finding] = findings["repeated-denials"].as_slice() else { panic!("{findings:?}") };
    assert!(finding.sentence.contains("1000 times"), "{}", finding.sentence);
}

#[tokio::test]
async fn what_hangs_on_the_changed_thing_is_looked_at_too() {
    let account = Account::start().await;
    let document = crate::account::ALL_OF_VIDEO;
    let policy = account
        .iam
        .create_policy()
        .policy_name("shared")
        .policy_document(document.replace("kinesisvideo:*", "kinesisvideo:ListStreams"));
    let policy = policy.tags(Tag::builder().key("a").value("b").build().unwrap()).send().await.unwrap();
    let arn = policy.policy.unwrap().arn.unwrap();
    account.iam.attach_role_policy().role_name(account.camera_role()).policy_arn(&arn).send().await.unwrap();
    account.control.settle().unwrap();
    assert!(!account.found().await.contains(&"camera-role-reaches-other-streams".to_owned()));
    let version = account.iam.create_policy_version().policy_arn(&arn).policy_document(document).set_as_default(true);
    version.send().await.unwrap();
    account.control.settle().unwrap();
    let findings = account.findings().await;
    let finding = &findings["camera-role-reaches-other-streams"][0];
    assert_eq!(finding.actor.as_ref().unwrap().call, "iam:CreatePolicyVersion");

    // An IoT policy, a stream that keeps too little, and what is deleted takes its findings along.
    account
        .iot
        .create_policy()
        .policy_name("open")
        .policy_document(
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iot:*", "Resource": "*"}}"#,
        )
        .send()
        .await
        .unwrap();
    account.kinesisvideo.create_stream().stream_name("yard").data_retention_in_hours(0).send().await.unwrap();
    account.control.settle().unwrap();
    let found = account.found().await;
    for check in ["iot-policy-any-action", "stream-keeps-nothing", "stream-without-priority"] {
        assert!(found.iter().any(|one| one == check), "{check}: {found:?}");
    }
    account.iot.delete_policy().policy_name("open").send().await.unwrap();
    let stream = account.kinesisvideo.describe_stream().stream_name("yard").send().await.unwrap();
    let stream = stream.stream_info.unwrap().stream_arn.unwrap();
    account.kinesisvideo.delete_stream().stream_arn(stream).send().await.unwrap();
    account.control.settle().unwrap();
    let found = account.found().await;
    for check in ["iot-policy-any-action", "stream-keeps-nothing", "stream-without-priority"] {
        assert!(!found.iter().any(|one| one == check), "{check}: {found:?}");
    }
}

/// The same event, of another service than IAM.
pub(crate) fn of_service(mut event: Value, service: &str) -> Value {
    event["source"] = json!(format!("aws.{service}"));
    event["detail"]["eventSource"] = json!(format!("{service}.amazonaws.com"));
    event
}

/// A CloudTrail record of a call of IAM's, as EventBridge delivers it.
pub(crate) fn record(id: &str, name: &str, request: &Value) -> Value {
    json!({
        "version": "0", "id": format!("e-{id}"), "detail-type": "AWS API Call via CloudTrail", "source": "aws.iam",
        "account": ACCOUNT, "time": "2026-11-22T10:00:00Z", "region": "us-east-1", "resources": [],
        "detail": {
            "eventVersion": "1.11",
            "userIdentity": { "type": "IAMUser", "arn": format!("arn:aws:iam::{ACCOUNT}:user/mallory"), "accountId": ACCOUNT },
            "eventTime": now(), "eventSource": "iam.amazonaws.com", "eventName": name, "awsRegion": "us-east-1",
            "sourceIPAddress": "192.0.2.7", "requestParameters": request, "responseElements": null, "eventID": id,
            "readOnly": false, "managementEvent": true, "eventType": "AwsApiCall", "recipientAccountId": ACCOUNT,
        },
    })
}

fn now() -> String {
    audit::read::now().to_string()
}

#[tokio::test]
async fn a_change_that_a_throttle_kept_from_being_read_is_looked_at_again() {
    let account = Account::start().await;
    // As often as the SDK tries.
    let throttle = json!([{ "service": "iam", "operation": "GetRole", "times": 5,
                            "error": { "code": "Throttling", "status": 400, "message": "made by the fault proxy" } }]);
    account.cloud.fault(&throttle).unwrap();
    account.widen_camera_role().await;
    assert_eq!(account.found().await, [""; 0]);
    let said = account.logged("messages handed back");
    assert_eq!(said[0]["reason"], "unread", "{said:?}");
    account.control.redeliver().unwrap();
    account.control.settle().unwrap();
    assert!(account.found().await.contains(&"camera-role-reaches-other-streams".to_owned()));
    assert_eq!(account.dead_letters(), 0);
}

#[tokio::test]
async fn what_becomes_worse_is_told_again_with_who_made_it_so() {
    let account = Account::start().await;
    let told = account.told().await;
    let allow = |action: &str| {
        let statement = json!({ "Effect": "Allow", "Action": action, "Resource": "*" });
        json!({ "Version": "2012-10-17", "Statement": statement }).to_string()
    };
    let role = account.camera_role();
    for (name, action) in [("first", "kinesisvideo:UpdateDataRetention"), ("second", "kinesisvideo:DeleteStream")] {
        account.put_role_policy(&role, name, &allow(action)).await;
        account.control.settle().unwrap();
        let (new, _) = told.checks();
        assert!(new.contains(&"camera-role-changes-streams".to_owned()), "{action}: {new:?}");
    }
    // What is no worse is no news.
    account.iam.delete_role_policy().role_name(&role).policy_name("first").send().await.unwrap();
    account.control.settle().unwrap();
    let (new, _) = told.checks();
    assert_eq!(new, [""; 0]);
}

#[tokio::test]
async fn what_is_none_of_cloudtrail_s_takes_no_change_along_and_sweeps_that_come_together_are_one() {
    let account = Account::start().await;
    account.control.settings(&json!({ "trail": false })).unwrap();
    account.widen_camera_role().await;
    let mut long = denied(1);
    long["detail"]["userIdentity"]["arn"] = json!("x".repeat(5_000));
    let role = json!({ "roleName": account.camera_role() });
    let ids = ["", &"y".repeat(2_000), "real"];
    let events =
        ids.into_iter().map(|id| record(id, "PutRolePolicy", &role)).chain([long]).map(|event| event.to_string());
    let sweeps = std::iter::repeat_n(r#"{"sweep": {}}"#.to_owned(), 3);
    let records: Vec<_> = events
        .chain(sweeps)
        .enumerate()
        .map(|(n, body)| json!({ "messageId": n.to_string(), "body": body, "eventSource": "aws:sqs" }))
        .collect();
    let answer = account.cloud.invoke(FUNCTION, &json!({ "Records": records })).unwrap();
    assert_eq!(answer["batchItemFailures"], json!([]));
    assert!(account.found().await.contains(&"camera-role-reaches-other-streams".to_owned()));
    assert_eq!(account.logged("sweep ended").len(), 1);
}
