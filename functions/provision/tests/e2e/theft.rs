//! Keys in wrong hands: what a thief can do with them, and the steps that shut them off.

use aws_sdk_iot::types::{AutoRegistrationStatus, CaCertificateStatus, CertificateStatus};
use serde_json::json;

use crate::fleet::{FUNCTION, Fleet};

/// The steps are those of SECURITY.md, in its order.
#[tokio::test]
async fn a_stolen_ca_key_makes_new_names_only_and_none_once_it_is_shut_off() {
    let fleet = Fleet::start().await;
    let camera = fleet.ca.issue("cam-1");
    fleet.connect(&camera);
    fleet.assert_works("cam-1", &camera).await;
    // The thief is no other camera, but can be a new one, which reaches its own new stream.
    let double = fleet.ca.issue("cam-1");
    fleet.connect(&double);
    fleet.assert_powerless(&double).await;
    let intruder = fleet.ca.issue("intruder");
    fleet.connect(&intruder);
    fleet.assert_works("intruder", &intruder).await;
    let waiting = fleet.known(fleet.ca.issue("waiting"));

    // 1. AWS IoT takes no new certificate of this CA.
    let off = fleet.iot.update_ca_certificate().certificate_id(&fleet.ca.id);
    let off = off.new_status(CaCertificateStatus::Inactive);
    off.new_auto_registration_status(AutoRegistrationStatus::Disable).send().await.unwrap();
    let late = fleet.connect(&fleet.ca.issue("late"));
    assert!(!late.connected && !late.published && late.certificate_id.is_none(), "{late:?}");
    // 2. The stack allows the CA no more: what AWS IoT knew before stays out, too.
    fleet.control.restart(FUNCTION, &json!({ "ALLOWED_CA_CERTIFICATE_IDS": null })).unwrap();
    fleet.connect(&waiting);
    fleet.assert_powerless(&waiting).await;
    assert_eq!(fleet.logged("camera refused").pop().unwrap()["reason"], "ca-not-allowed");
    // 3. What the thief has already is revoked, and stays so.
    let revoke = fleet.iot.update_certificate().certificate_id(&intruder.id).new_status(CertificateStatus::Revoked);
    revoke.send().await.unwrap();
    assert!(!fleet.connect(&intruder).connected);
    assert_eq!(fleet.invoke(&[intruder.event()]), [0; 0]);
    assert_eq!(fleet.status(&intruder).await, "REVOKED");
    // The fleet goes on.
    fleet.assert_works("cam-1", &camera).await;
}

#[tokio::test]
async fn a_stolen_camera_is_out_when_its_certificate_is_revoked_and_its_key_opens_no_other_name() {
    let fleet = Fleet::start().await;
    let (stolen, other) = (fleet.ca.issue("cam-1"), fleet.ca.issue("cam-2"));
    fleet.connect(&stolen);
    fleet.connect(&other);
    // Its own event, with another's certificate or name in it, gives it nothing.
    let mut forged = stolen.event();
    forged["certificateId"] = json!(other.id);
    forged["thingName"] = json!("cam-2");
    assert_eq!(fleet.invoke(&[forged]), [0; 0]);
    fleet.assert_works("cam-1", &stolen).await;
    fleet.assert_works("cam-2", &other).await;
    let revoke = fleet.iot.update_certificate().certificate_id(&stolen.id).new_status(CertificateStatus::Revoked);
    revoke.send().await.unwrap();
    assert!(!fleet.connect(&stolen).connected);
    assert_eq!(fleet.invoke(&[stolen.event(), stolen.event()]), [0; 0]);
    assert_eq!(fleet.status(&stolen).await, "REVOKED");
    fleet.assert_works("cam-2", &other).await;
}
