//! `warden status`.

use std::collections::BTreeSet;

use aws_sdk_iot::types::{AttributePayload, CertificateStatus};
use fleet::{CERTIFICATE_ATTRIBUTE, PRIORITY_TAG, THING_TAG};
use rcgen::{CertificateParams, KeyPair};
use serde_json::json;
use tokio::task::JoinSet;

use crate::account::Account;

impl Account {
    /// Makes cameras that work, many at once.
    async fn fill(&self, names: impl IntoIterator<Item = String>) {
        let key = KeyPair::generate().unwrap();
        let mut open = JoinSet::new();
        for name in names {
            let pem = CertificateParams::new(vec![name.clone()]).unwrap().self_signed(&key).unwrap().pem();
            let (iot, streams, thing_type) = (self.iot.clone(), self.streams.clone(), self.thing_type().to_owned());
            open.spawn(async move {
                let call = iot.register_certificate_without_ca().certificate_pem(pem).status(CertificateStatus::Active);
                let id = call.send().await.unwrap().certificate_id.unwrap();
                let attributes = AttributePayload::builder().attributes(CERTIFICATE_ATTRIBUTE, id).build();
                let call = iot.create_thing().thing_name(&name).thing_type_name(thing_type);
                call.attribute_payload(attributes).send().await.unwrap();
                let call = streams.create_stream().stream_name(&name).tags(THING_TAG, &name);
                call.tags(PRIORITY_TAG, "low").send().await.unwrap();
            });
            if open.len() >= 16 {
                open.join_next().await.unwrap().unwrap();
            }
        }
        while let Some(one) = open.join_next().await {
            one.unwrap();
        }
    }
}

#[tokio::test]
async fn every_camera_is_listed_however_many_pages_they_fill() {
    let account = Account::new().await;
    // Beyond a page of things and of certificates, which is 250, and beyond two of tagged streams, which are 100.
    let names: BTreeSet<String> = (0..260).map(|n| format!("cam-{n:03}")).collect();
    account.fill(names.iter().cloned()).await;

    let (code, status) = account.status(&[]);
    let cameras = status["cameras"].as_array().unwrap();
    let listed: BTreeSet<String> = cameras.iter().map(|camera| camera["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!((code, listed), (0, names.clone()));
    for camera in cameras {
        assert_eq!(camera["ready"], true, "{camera}");
        assert_eq!(camera["certificate"]["status"], "ACTIVE", "{camera}");
        assert_eq!((&camera["stream"], &camera["priority"]), (&json!("ACTIVE"), &json!("low")), "{camera}");
    }

    let calls = account.cloud.control().calls(0).unwrap();
    let pages = |operation: &str| calls.iter().filter(|call| call.operation == operation).count();
    assert_eq!((pages("ListThings"), pages("ListCertificates"), pages("GetResources")), (2, 2, 3));

    let table = account.warden(&["status"]).well();
    for name in &names {
        assert!(table.lines().any(|line| line.starts_with(&format!("{name} "))), "{name}: {table}");
    }
    assert!(table.ends_with("260 cameras, 260 ready\n"), "{table}");
}

#[tokio::test]
async fn a_name_that_no_camera_has_is_amiss() {
    let account = Account::new().await;
    account.fill(["gate".to_owned(), "yard".to_owned()]).await;
    account.warden(&["status", "gate"]).well();

    let table = account.warden(&["status", "gate", "roof"]).amiss();
    assert!(table.contains("2 cameras, 1 ready, 1 not ready: unknown name (1)"), "{table}");
    let (code, status) = account.status(&["roof", "gate"]);
    assert_eq!(code, 1);
    let ready: Vec<_> = status["cameras"].as_array().unwrap().iter().map(|one| (&one["name"], &one["ready"])).collect();
    assert_eq!(ready, [(&json!("gate"), &json!(true)), (&json!("roof"), &json!(false))]);
}

#[tokio::test]
async fn a_camera_whose_certificate_was_revoked_is_not_ready() {
    let account = Account::new().await;
    account.fill(["gate".to_owned(), "yard".to_owned()]).await;
    let (_, status) = account.status(&["gate"]);
    let id = status["cameras"][0]["certificate"]["id"].as_str().unwrap();
    let call = account.iot.update_certificate().certificate_id(id).new_status(CertificateStatus::Revoked);
    call.send().await.unwrap();
    let table = account.warden(&["status"]).amiss();
    assert!(table.contains("2 cameras, 1 ready, 1 not ready: certificate REVOKED (1)"), "{table}");
}

#[tokio::test]
async fn an_account_without_cameras_says_how_to_begin() {
    let account = Account::new().await;
    let said = account.warden(&["status"]).well();
    assert!(said.contains("warden device issue NAME"), "{said}");

    for arguments in [&["status"][..], &["status", "--json"], &["status", "gate"]] {
        let error = account.warden(&[arguments, &["--stack", "nosuch"]].concat()).failed();
        assert!(error.contains("there is no stack `nosuch` in Region"), "{error}");
    }
}
