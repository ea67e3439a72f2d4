//! What nobody meant to send.

use serde_json::{Value, json};

use crate::account::{ACCOUNT, Account};
use crate::change::record;

#[tokio::test]
async fn events_that_name_nothing_known_are_passed_over() {
    let account = Account::start().await;
    let mark = account.control.mark().unwrap();
    let mut stripped = record("stripped", "TagStream", &Value::Null);
    stripped["detail"]["eventSource"] = json!("kinesisvideo.amazonaws.com");
    for field in ["userIdentity", "sourceIPAddress", "responseElements"] {
        stripped["detail"].as_object_mut().unwrap().remove(field);
    }
    let mut without_id = record("x", "PutRolePolicy", &json!({ "roleName": "r" }));
    without_id["detail"].as_object_mut().unwrap().remove("eventID");
    let mut failed = record("failed", "PutRolePolicy", &json!({ "roleName": "r" }));
    failed["detail"]["errorCode"] = json!("MalformedPolicyDocument");
    let huge = record("huge", "PutRolePolicy", &json!({ "roleName": "r", "policyDocument": "x".repeat(250_000) }));
    for event in
        [record("unknown", "FrobnicateRole", &json!({ "roleName": "nobody" })), stripped, without_id, failed, huge]
    {
        account.send(&event.to_string()).await;
    }
    assert_eq!(account.metric("Malformed"), 0);
    assert_eq!(account.dead_letters(), 0);
    assert_eq!(account.found().await, [""; 0]);
    assert!(!account.calls_after(mark).iter().any(|call| call.operation == "Publish"));
}

#[tokio::test]
async fn a_document_so_large_that_cloudtrail_leaves_it_out_hides_nothing() {
    let account = Account::start().await;
    account.control.settings(&json!({ "trail": false })).unwrap();
    account.widen_camera_role().await;
    let omitted = json!({ "omitted": true, "originalSize": 110_000, "reason": "requestParameters is too large" });
    account.send(&record("padded", "PutRolePolicy", &omitted).to_string()).await;
    assert!(account.found().await.contains(&"camera-role-reaches-other-streams".to_owned()));
    // The same of parameters that are not as they should be.
    account.narrow_camera_role().await;
    account.send(&record("odd", "DeleteRolePolicy", &json!({ "roleName": { "a": [1] } })).to_string()).await;
    assert!(!account.found().await.contains(&"camera-role-reaches-other-streams".to_owned()));
}

#[tokio::test]
async fn bodies_that_are_none_of_ours_end_in_the_dead_letters() {
    let account = Account::start().await;
    let mut foreign = record("foreign", "PutRolePolicy", &json!({ "roleName": "r" }));
    foreign["account"] = json!("999999999999");
    let bodies = ["{", "[]", "7", r#"{"continue": {"sweep": "x"}}"#, r#"{"hello": "world"}"#, &foreign.to_string()];
    for body in bodies {
        account.send(body).await;
    }
    // A sweep of which nothing was kept is none either.
    let lost = json!({ "continue": { "sweep": 1, "part": 3, "source": "streams", "calls": 1 } });
    account.send(&lost.to_string()).await;
    for _ in 0..5 {
        account.control.redeliver().unwrap();
        account.control.settle().unwrap();
    }
    assert_eq!(account.dead_letters(), bodies.len() + 1);
    assert!(account.logged("messages handed back").iter().all(|line| line["reason"] == "lost"));
}

#[tokio::test]
async fn an_audit_yaml_that_cannot_be_read_stops_the_judging_and_says_where() {
    let account = Account::start().await;
    account.configure("suppress:\n- check: no-such-check\n").await;
    account.widen_camera_role().await;
    assert_eq!(account.found().await, [""; 0]);
    let said = account.logged("messages handed back");
    assert!(!said.is_empty());
    let detail = said[0]["detail"].as_str().unwrap();
    assert!(detail.contains("`audit.yaml`") && detail.contains("no-such-check"), "{detail}");
    // It is mended, and nothing was lost.
    account.configure("").await;
    account.control.redeliver().unwrap();
    account.control.settle().unwrap();
    assert!(account.found().await.contains(&"camera-role-reaches-other-streams".to_owned()));
}

#[tokio::test]
async fn a_policy_that_is_none_is_a_finding_of_its_own() {
    let account = Account::start().await;
    // AWS would refuse it; what the audit reads it must survive all the same.
    account
        .control
        .corrupt(&account.camera_role(), r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Perhaps"}]}"#)
        .unwrap();
    account.control.event(&record("corrupt", "PutRolePolicy", &json!({ "roleName": account.camera_role() }))).unwrap();
    account.control.settle().unwrap();
    let findings = account.findings().await;
    let [finding] = findings["unreadable-policy"].as_slice() else { panic!("{findings:?}") };
    assert_eq!(finding.resource, format!("arn:aws:iam::{ACCOUNT}:role/{}", account.camera_role()));
    assert!(account.logged("could not check").iter().any(|line| line["check"] == "camera-role-reaches-other-streams"));
}

#[tokio::test]
async fn what_a_permission_or_a_failing_page_keeps_it_from_reading_is_told_and_never_passes() {
    let account = Account::start().await;
    account.put_role_policy(&account.camera_role(), "oops", crate::account::ALL_OF_VIDEO).await;
    account.iot.create_policy().policy_name("p").policy_document(crate::account::ALL_OF_VIDEO).send().await.unwrap();
    account.control.settle().unwrap();
    let before = account.findings().await;
    assert!(before.contains_key("camera-role-reaches-other-streams"));
    // IAM is denied, IoT policies fail for good, and the rest answers.
    let faults = json!([
        { "service": "iam", "operation": "GetAccountAuthorizationDetails", "times": 1,
          "error": { "code": "AccessDenied", "status": 403, "message": "made by the fault proxy" } },
        { "service": "iot", "operation": "ListPolicies", "times": 9,
          "error": { "code": "InternalFailureException", "status": 500, "message": "made by the fault proxy" } },
    ]);
    account.cloud.fault(&faults).unwrap();
    account.sweep();
    let unchecked = account.logged("could not check");
    let because = |check: &str| {
        let line = unchecked.iter().find(|line| line["check"] == check).unwrap_or_else(|| panic!("{check}"));
        line["because"].as_str().unwrap().to_owned()
    };
    let denied = because("camera-role-reaches-other-streams");
    assert!(denied.contains("permission `iam:GetAccountAuthorizationDetails` is missing"), "{denied}");
    let failed = because("iot-policy-any-action");
    assert!(failed.contains("`iot:ListPolicies` failed"), "{failed}");
    // What was open stays open, and nothing is called right.
    let after = account.findings().await;
    assert!(before.keys().all(|check| after.contains_key(check)), "{before:?} {after:?}");
    assert_eq!(account.archived().await, Vec::new());
    assert!(account.object("reports/latest.html").await.contains("iam:GetAccountAuthorizationDetails"));
}
