//! `warden setup`.

use aws_sdk_iot::types::{Configuration, EventType};
use serde_json::json;

use crate::account::Account;

impl Account {
    async fn event(&self, kind: EventType) -> bool {
        let answer = self.iot.describe_event_configurations().send().await.unwrap();
        answer.event_configurations.unwrap().get(&kind).is_some_and(|event| event.enabled)
    }
}

#[tokio::test]
async fn setup_turns_the_registration_events_on_and_leaves_the_others_as_they_are() {
    let account = Account::new().await;
    let on = Configuration::builder().enabled(true).build();
    account.iot.update_event_configurations().event_configurations(EventType::Job, on).send().await.unwrap();

    let said = account.warden(&["setup", "--check"]).amiss();
    assert!(said.contains("missing  registration events (CA_CERTIFICATE), off"), "{said}");
    assert!(!account.event(EventType::CaCertificate).await, "a check changes nothing");

    let said = account.warden(&["setup"]).well();
    assert!(said.contains("changed  registration events (CA_CERTIFICATE), turned on"), "{said}");
    assert!(account.event(EventType::CaCertificate).await);
    assert!(account.event(EventType::Job).await);
    assert!(!account.event(EventType::Thing).await);

    let said = account.warden(&["setup"]).well();
    assert!(said.contains("ok       registration events (CA_CERTIFICATE), on"), "{said}");
    assert!(account.event(EventType::CaCertificate).await);
}

#[tokio::test]
async fn a_check_passes_once_a_ca_is_registered_and_allowed_and_not_before() {
    let (account, id) = Account::allowing_a_ca(&[]).await;
    account.warden(&["setup"]).well();
    let said = account.warden(&["setup", "--check"]).amiss();
    let line = format!("missing  CA {} is in AllowedCaCertificateIds and not registered, or not active\n", &id[..8]);
    assert!(said.contains(&line) && said.contains("cannot register yet: 1 of 7"), "{said}");

    account.warden(&["ca", "register", "--ca", "ca.pem"]).well();
    let said = account.warden(&["setup", "--check"]).well();
    assert!(said.contains(&format!("ok       CA {}, allowed", &id[..8])), "{said}");
    assert!(said.ends_with("\ncameras can register\n"), "{said}");
    assert_eq!(said.lines().filter(|line| line.starts_with("ok ")).count(), 7, "{said}");

    account.warden(&["ca", "create", "--out", "second"]).well();
    account.warden(&["ca", "register", "--ca", "second/ca.pem"]).well();
    let said = account.warden(&["setup", "--check"]).well();
    assert!(said.contains("\nnote     CA ") && said.contains(&format!("AllowedCaCertificateIds={id},")), "{said}");
}

#[tokio::test]
async fn a_ca_that_is_registered_and_not_allowed_fails_the_check() {
    let account = Account::new().await;
    account.warden(&["setup"]).well();
    let said = account.warden(&["setup", "--check"]).amiss();
    assert!(said.contains("warden ca create") && said.contains("cannot register yet: 1 of 7"), "{said}");

    let id = account.with_ca();
    let said = account.warden(&["setup", "--check"]).amiss();
    let line = format!("missing  CA {} is registered and not in AllowedCaCertificateIds\n", &id[..8]);
    assert!(said.contains(&line) && said.contains("cannot register yet: 1 of 7"), "{said}");
    let command = "sam deploy --stack-name local --resolve-s3 --capabilities CAPABILITY_IAM";
    assert!(said.contains(&format!("`{command} --parameter-overrides AllowedCaCertificateIds={id}`")), "{said}");
}

#[tokio::test]
async fn who_may_not_read_the_stack_is_told_that_it_is_unknown_and_to_keep_what_is_allowed() {
    let (account, id) = Account::allowing_a_ca(&[]).await;
    account.warden(&["setup"]).well();
    account.warden(&["ca", "register", "--ca", "ca.pem"]).well();

    let proxy = account.cloud.proxy();
    let rule = json!([{ "service": "cloudformation", "operation": "DescribeStacks", "times": 9,
                        "error": { "code": "AccessDenied", "status": 403, "message": "made by the fault proxy" } }]);
    account.cloud.fault(&rule).unwrap();
    let denied = "cannot read the stack `local`: AccessDenied: made by the fault proxy";
    let through_proxy = [("AWS_ENDPOINT_URL", proxy)];

    let said = account.warden_where(&["setup", "--check"], through_proxy).amiss();
    let line = format!("unknown  CA {}, which the stack may not allow\n         {denied}\n", &id[..8]);
    assert!(said.contains(&line) && !said.contains("cameras can register"), "{said}");
    let said = account.warden_where(&["ca", "register", "--ca", "ca.pem"], through_proxy).well();
    assert!(said.contains(denied) && said.contains("must be kept"), "{said}");
    assert!(said.ends_with(&format!("AllowedCaCertificateIds=IDS-TO-KEEP,{id}\n")), "{said}");
    let said = account.warden_where(&["status"], through_proxy).well();
    assert!(said.contains("no camera of the stack local has registered yet"), "{said}");
}

#[tokio::test]
async fn a_stack_that_is_not_deployed_is_told_how_to_deploy_it() {
    let account = Account::new().await;
    account.with_ca();
    let said = account.warden(&["setup", "--stack", "warehouse"]).well();
    assert!(said.contains("missing  stack `warehouse`, which does not exist\n"), "{said}");
    assert!(said.contains("sam deploy --stack-name warehouse") && !said.contains("thing type"), "{said}");
    account.warden(&["setup", "--check", "--stack", "warehouse"]).amiss();
}

#[tokio::test]
async fn an_endpoint_that_is_no_url_is_named() {
    let account = Account::new().await;
    for command in [&["setup"][..], &["status"]] {
        let error = account.warden_where(command, [("AWS_ENDPOINT_URL", "nonsense")]).failed();
        let rule = "environment variable AWS_ENDPOINT_URL is `nonsense`: expected a URL such as http://";
        assert!(error.contains(rule), "{error}");
    }
}
