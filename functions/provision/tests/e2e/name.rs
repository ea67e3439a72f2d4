//! Who has a camera's name.

use std::collections::HashMap;

use aws_sdk_iot::types::{AttributePayload, CertificateStatus, ThingPrincipalType};

use crate::fleet::{ACCOUNT, Ca, Device, Fleet};

fn arn(device: &Device) -> String {
    format!("arn:aws:iot:us-east-1:{ACCOUNT}:cert/{}", device.id)
}

#[tokio::test]
async fn a_second_certificate_with_the_name_of_a_camera_is_refused() {
    let fleet = Fleet::start().await;
    let alerts = fleet.alerts().await;
    let first = fleet.ca.issue("cam-1");
    fleet.connect(&first);
    let second = fleet.ca.issue("cam-1");
    fleet.connect(&second);
    fleet.assert_powerless(&second).await;
    fleet.assert_works("cam-1", &first).await;
    assert_eq!(fleet.metric("Refused", Some("name-taken")), 1);
    let (_, reason, text) = alerts.read().remove(0);
    assert!(reason == "name-taken" && text.contains(&first.id) && text.contains("`cam-1`"), "{text}");
}

#[tokio::test]
async fn of_two_certificates_that_race_for_a_name_one_wins_and_the_other_is_refused() {
    let fleet = Fleet::start().await;
    for n in 0..5 {
        let name = format!("cam-{n}");
        let both = [fleet.known(fleet.ca.issue(&name)), fleet.known(fleet.ca.issue(&name))];
        std::thread::scope(|scope| {
            for device in &both {
                scope.spawn(|| assert_eq!(fleet.invoke(&[device.event()]), [0; 0]));
            }
        });
        let mut active = Vec::new();
        for device in &both {
            if fleet.status(device).await == "ACTIVE" {
                active.push(device);
            } else {
                fleet.assert_powerless(device).await;
            }
        }
        assert_eq!(active.len(), 1, "{name}");
        fleet.assert_works(&name, active[0]).await;
    }
    assert_eq!(fleet.metric("Refused", Some("name-taken")), 5);
}

#[tokio::test]
async fn two_certificates_with_one_name_in_one_batch_end_the_same_way() {
    let fleet = Fleet::start().await;
    let both = [fleet.known(fleet.ca.issue("cam-1")), fleet.known(fleet.ca.issue("cam-1"))];
    assert_eq!(fleet.invoke(&[both[0].event(), both[1].event()]), [0; 0]);
    let statuses = [fleet.status(&both[0]).await, fleet.status(&both[1]).await];
    assert_eq!(statuses.iter().filter(|status| *status == "ACTIVE").count(), 1, "{statuses:?}");
}

#[tokio::test]
async fn a_successor_takes_over_when_rotation_is_on_and_the_old_certificate_is_named() {
    let fleet = Fleet::with(&[("CertificateRotation", "same-ca")]).await;
    let alerts = fleet.alerts().await;
    let old = fleet.ca.issue("cam-1");
    fleet.connect(&old);
    let new = fleet.ca.issue("cam-1");
    fleet.connect(&new);
    fleet.assert_works("cam-1", &new).await;
    assert_eq!(fleet.status(&old).await, "ACTIVE");
    let principals = fleet.iot.list_thing_principals().thing_name("cam-1").send().await.unwrap().principals.unwrap();
    assert_eq!(principals.len(), 2, "both stay attached");
    let told = alerts.read();
    assert_eq!(told.len(), 1);
    assert!(told[0].0 == "rotation" && told[0].2.contains(&old.id) && told[0].2.contains(&new.id), "{told:?}");
    let line = fleet.logged("camera provisioned").pop().unwrap();
    assert_eq!(line["previous_certificate_id"], old.id.as_str(), "{line}");
    let thing = fleet.iot.describe_thing().thing_name("cam-1").send().await.unwrap();
    assert_eq!(thing.attributes.unwrap()["previousCertificateId"], old.id);
}

#[tokio::test]
async fn a_certificate_of_another_ca_is_no_successor() {
    let second = Ca::new("Second CA");
    let fleet = Fleet::start().await;
    let allowed = format!("{},{}", fleet.ca.id, second.id);
    let changes = serde_json::json!({ "CERTIFICATE_ROTATION": "same-ca", "ALLOWED_CA_CERTIFICATE_IDS": allowed });
    fleet.control.restart(crate::fleet::FUNCTION, &changes).unwrap();
    fleet.register(&second).await;
    let first = fleet.ca.issue("cam-1");
    fleet.connect(&first);
    let other = second.issue("cam-1");
    fleet.connect(&other);
    fleet.assert_powerless(&other).await;
    let line = fleet.logged("camera refused").pop().unwrap();
    assert!(line["detail"].as_str().unwrap().contains("which another CA signed"), "{line}");
}

#[tokio::test]
async fn a_name_is_free_again_when_its_certificate_is_revoked_and_detached_and_the_old_one_stays_out() {
    let fleet = Fleet::start().await;
    let first = fleet.ca.issue("cam-1");
    fleet.connect(&first);
    let second = fleet.ca.issue("cam-1");
    let revoke = fleet.iot.update_certificate().certificate_id(&first.id).new_status(CertificateStatus::Revoked);
    revoke.send().await.unwrap();
    fleet.connect(&second);
    fleet.assert_powerless(&second).await;
    let line = fleet.logged("camera refused").pop().unwrap();
    assert!(line["detail"].as_str().unwrap().contains("which is REVOKED: if the new one is to replace it"), "{line}");
    fleet.iot.detach_thing_principal().thing_name("cam-1").principal(arn(&first)).send().await.unwrap();
    fleet.connect(&second);
    fleet.assert_works("cam-1", &second).await;
    // The stolen camera tries again, and a copy of its event is sent.
    assert!(!fleet.connect(&first).connected);
    assert_eq!(fleet.invoke(&[first.event()]), [0; 0]);
    assert_eq!(fleet.status(&first).await, "REVOKED");
    fleet.assert_works("cam-1", &second).await;
}

#[tokio::test]
async fn a_rotation_is_told_even_when_the_function_is_killed_at_its_last_step() {
    for operation in ["UpdateCertificate", "PutItem"] {
        let fleet = Fleet::with(&[("CertificateRotation", "same-ca")]).await;
        let alerts = fleet.alerts().await;
        let old = fleet.ca.issue("cam-1");
        fleet.connect(&old);
        let new = fleet.ca.issue("cam-1");
        fleet.control.crash_after(crate::fleet::FUNCTION, operation).unwrap();
        fleet.connect(&new);
        if operation == "PutItem" {
            fleet.end_lease(&new, "rotation").await;
        }
        fleet.control.redeliver().unwrap();
        fleet.control.settle().unwrap();
        fleet.assert_works("cam-1", &new).await;
        let kinds: Vec<_> = alerts.read().into_iter().map(|(kind, ..)| kind).collect();
        assert_eq!(kinds, ["rotation"], "{operation}");
    }
}

#[tokio::test]
async fn a_thing_that_was_made_before_is_taken_with_its_attributes() {
    let fleet = Fleet::start().await;
    let attributes = AttributePayload::builder().attributes("site", "north").build();
    fleet.iot.create_thing().thing_name("cam-1").attribute_payload(attributes).send().await.unwrap();
    let camera = fleet.ca.issue("cam-1");
    fleet.connect(&camera);
    fleet.assert_works("cam-1", &camera).await;
    let thing = fleet.iot.describe_thing().thing_name("cam-1").send().await.unwrap();
    let attributes: HashMap<_, _> = thing.attributes.unwrap();
    assert_eq!(attributes["site"], "north");
}

#[tokio::test]
async fn a_thing_that_holds_a_certificate_without_saying_so_is_taken() {
    let fleet = Fleet::start().await;
    let first = fleet.known(fleet.ca.issue("cam-1"));
    fleet.iot.create_thing().thing_name("cam-1").send().await.unwrap();
    fleet.iot.attach_thing_principal().thing_name("cam-1").principal(arn(&first)).send().await.unwrap();
    let second = fleet.ca.issue("cam-1");
    fleet.connect(&second);
    fleet.assert_powerless(&second).await;
    assert_eq!(fleet.metric("Refused", Some("name-taken")), 1);
}

#[tokio::test]
async fn a_certificate_that_is_exclusively_another_things_is_refused() {
    let fleet = Fleet::start().await;
    let camera = fleet.known(fleet.ca.issue("cam-1"));
    fleet.iot.create_thing().thing_name("other").send().await.unwrap();
    let attach = fleet.iot.attach_thing_principal().thing_name("other").principal(arn(&camera));
    attach.thing_principal_type(ThingPrincipalType::ExclusiveThing).send().await.unwrap();
    assert_eq!(fleet.invoke(&[camera.event()]), [0; 0]);
    assert_eq!(fleet.metric("Refused", Some("attached-elsewhere")), 1);
    assert_eq!(fleet.status(&camera).await, "PENDING_ACTIVATION");
}
