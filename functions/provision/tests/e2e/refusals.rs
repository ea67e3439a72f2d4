//! Cameras that may not join: acknowledged, told once, left without power.

use aws_sdk_iot::types::CertificateStatus;
use rcgen::DnType;
use serde_json::{Value, json};

use crate::fleet::{Ca, Device, Fleet, subject};

impl Fleet {
    /// The event is refused for this reason, acknowledged, counted, and logged with a detail that says this.
    fn assert_refused(&self, event: &Value, reason: &str, says: &str) {
        let before = self.metric("Refused", Some(reason));
        assert_eq!(self.invoke(std::slice::from_ref(event)), [0; 0], "a refusal is acknowledged: {reason}");
        let line = self.logged("camera refused").pop().unwrap_or_else(|| panic!("nothing was refused: {reason}"));
        assert_eq!(line["reason"], reason, "{line}");
        assert!(line["detail"].as_str().unwrap().contains(says), "{line}");
        assert_eq!(line["level"], "WARN");
        assert_eq!(self.metric("Refused", Some(reason)), before + 1);
    }
}

fn changed(device: &Device, field: &str, value: impl Into<Value>) -> Value {
    let mut event = device.event();
    event[field] = value.into();
    event
}

#[tokio::test]
async fn an_event_that_disagrees_is_refused_with_its_reason() {
    let fleet = Fleet::start().await;
    let camera = fleet.known(fleet.ca.issue("cam-1"));
    let other = "d".repeat(64);
    fleet.assert_refused(&changed(&camera, "topicCaCertificateId", other.clone()), "ca-mismatch", "its topic names");
    fleet.assert_refused(&changed(&camera, "awsAccountId", "000000000000"), "other-account", "`000000000000`");
    let unknown = changed(&camera, "certificateId", other);
    fleet.assert_refused(&unknown, "certificate-unknown", "AWS IoT knows no certificate");
    fleet.assert_powerless(&camera).await;
    // All that was refused had not spoilt the true event.
    assert_eq!(fleet.invoke(&[camera.event()]), [0; 0]);
    fleet.assert_works("cam-1", &camera).await;
}

#[tokio::test]
async fn a_certificate_of_another_ca_than_the_event_says_is_refused() {
    let other = Ca::new("Other CA");
    let fleet = Fleet::start().await;
    fleet.register(&other).await;
    let camera = fleet.known(other.issue("cam-1"));
    let mut event = changed(&camera, "caCertificateId", fleet.ca.id.clone());
    event["topicCaCertificateId"] = fleet.ca.id.clone().into();
    fleet.assert_refused(&event, "ca-mismatch", "AWS IoT's description names");
    fleet.assert_powerless(&camera).await;
}

#[tokio::test]
async fn a_camera_of_a_ca_that_is_not_allowed_is_refused_without_looking_at_it() {
    let foreign = Ca::new("Foreign CA");
    let fleet = Fleet::start().await;
    fleet.register(&foreign).await;
    let camera = foreign.issue("cam-1");
    assert!(fleet.connect(&camera).published);
    assert_eq!(fleet.metric("Refused", Some("ca-not-allowed")), 1);
    assert_eq!(fleet.calls(), ["PutItem", "Publish", "UpdateItem"], "only the telling costs calls");
    fleet.assert_powerless(&camera).await;
}

#[tokio::test]
async fn an_empty_allow_list_refuses_everything() {
    let fleet = Fleet::with(&[("AllowedCaCertificateIds", "")]).await;
    let camera = fleet.ca.issue("cam-1");
    fleet.connect(&camera);
    assert_eq!(fleet.metric("Refused", Some("ca-not-allowed")), 1);
    fleet.assert_powerless(&camera).await;
}

#[tokio::test]
async fn what_was_deactivated_or_revoked_is_never_activated_again() {
    let fleet = Fleet::start().await;
    for (name, status) in [("cam-1", CertificateStatus::Inactive), ("cam-2", CertificateStatus::Revoked)] {
        let camera = fleet.known(fleet.ca.issue(name));
        let call = fleet.iot.update_certificate().certificate_id(&camera.id).new_status(status.clone());
        call.send().await.unwrap();
        fleet.assert_refused(&camera.event(), "certificate-not-pending", status.as_str());
        assert_eq!(fleet.status(&camera).await, status.as_str());
        fleet.assert_powerless(&camera).await;
    }
}

#[tokio::test]
async fn a_certificate_outside_of_its_time_is_refused() {
    let fleet = Fleet::start().await;
    let named =
        |params: &mut rcgen::CertificateParams| params.distinguished_name = subject(&[(DnType::CommonName, "cam-1")]);
    let early = fleet.ca.issue_with(|params| {
        named(params);
        params.not_before = rcgen::date_time_ymd(2098, 1, 1);
        params.not_after = rcgen::date_time_ymd(2099, 1, 1);
    });
    let early = fleet.known(early);
    fleet.assert_refused(&early.event(), "not-yet-valid", "2098-01-01T00:00:00Z");
    let late = fleet.ca.issue_with(|params| {
        named(params);
        params.not_before = rcgen::date_time_ymd(2001, 1, 1);
        params.not_after = rcgen::date_time_ymd(2002, 1, 1);
    });
    let late = fleet.known(late);
    fleet.assert_refused(&late.event(), "expired", "2002-01-01T00:00:00Z");
    fleet.assert_powerless(&early).await;
    fleet.assert_powerless(&late).await;
}

#[tokio::test]
async fn a_subject_without_one_allowed_name_is_refused() {
    let fleet = Fleet::start().await;
    let long = "a".repeat(129);
    for (parts, reason, says) in [
        (vec![(DnType::OrganizationName, "x")], "no-common-name", "no common name"),
        (vec![(DnType::CommonName, "gate north")], "name-not-allowed", "`gate north`: expected 1 to 128"),
        (vec![(DnType::CommonName, "gate:north")], "name-not-allowed", "`gate:north`"),
        (vec![(DnType::CommonName, "gate.north")], "name-not-allowed", "`gate.north`"),
        (vec![(DnType::CommonName, "../../etc")], "name-not-allowed", "`../../etc`"),
        (vec![(DnType::CommonName, "kamera-süd")], "name-not-allowed", "expected 1 to 128"),
        (vec![(DnType::CommonName, long.as_str())], "name-not-allowed", "expected 1 to 128"),
        // The second CN by its object identifier: a subject keeps one value a type otherwise.
        (
            vec![(DnType::CommonName, "cam-1"), (DnType::CustomDnType(vec![2, 5, 4, 3]), "cam-2")],
            "several-common-names",
            "2 common names",
        ),
    ] {
        let camera = fleet.known(fleet.ca.issue_with(|params| params.distinguished_name = subject(&parts)));
        fleet.assert_refused(&camera.event(), reason, says);
        fleet.assert_powerless(&camera).await;
    }
}

#[tokio::test]
async fn a_certificate_whose_fingerprint_is_not_its_id_is_refused() {
    let fleet = Fleet::start().await;
    let camera = fleet.ca.issue("cam-1");
    // An AWS IoT that keeps another certificate under this id.
    let other = fleet.ca.issue("cam-1");
    let camera = fleet.known(camera);
    fleet.control.settings(&json!({ "certificatePem": { camera.id.as_str(): other.pem } })).unwrap();
    fleet.assert_refused(&camera.event(), "fingerprint-mismatch", &other.id);
    fleet.assert_powerless(&camera).await;
    fleet.control.settings(&json!({ "certificatePem": { camera.id.as_str(): "no certificate" } })).unwrap();
    fleet.assert_refused(&camera.event(), "certificate-unreadable", "cannot be read");
}

#[tokio::test]
async fn a_refusal_is_told_once_for_each_certificate_and_reason() {
    let fleet = Fleet::start().await;
    let alerts = fleet.alerts().await;
    let camera = fleet.ca.issue_with(|params| params.distinguished_name = subject(&[(DnType::CommonName, "a b")]));
    for _ in 0..3 {
        assert!(fleet.connect(&camera).published, "a refused camera stays PENDING_ACTIVATION and may try again");
    }
    assert_eq!(fleet.metric("Refused", Some("name-not-allowed")), 3);
    let told = alerts.read();
    assert_eq!(told.len(), 1, "{told:?}");
    let (kind, reason, text) = &told[0];
    assert_eq!((kind.as_str(), reason.as_str()), ("refusal", "name-not-allowed"));
    assert!(text.contains("`a b`") && text.contains(&camera.id), "{text}");

    fleet.assert_refused(&changed(&camera, "awsAccountId", "000000000000"), "other-account", "");
    let second = fleet.ca.issue_with(|params| params.distinguished_name = subject(&[(DnType::CommonName, "a b")]));
    fleet.connect(&second);
    let told: Vec<_> = alerts.read().into_iter().map(|(_, reason, _)| reason).collect();
    assert_eq!(told, ["other-account", "name-not-allowed"], "another reason and another certificate are told");
}
