//! `warden device issue`, up to the camera's first connect.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::account::Account;

#[tokio::test]
async fn a_camera_with_an_issued_certificate_is_known_after_its_first_connect() {
    let account = Account::new().await;
    let ca = account.with_ca();
    account.warden(&["setup"]).well();
    let said = account.warden(&["device", "issue", "cam-1", "cam-2", "--out", "certs"]).well();
    assert!(said.contains("2 cameras issued"), "{said}");

    let control = account.cloud.control();
    let first = control.connect(&account.read("certs/cam-1.pem")).unwrap();
    assert!(!first.connected && first.published, "{first:?}");
    assert_eq!(first.status.as_deref(), Some("PENDING_ACTIVATION"));
    let id = first.certificate_id.unwrap();
    let described = account.iot.describe_certificate().certificate_id(&id).send().await.unwrap();
    let described = described.certificate_description.unwrap();
    assert_eq!(described.status.unwrap().as_str(), "PENDING_ACTIVATION");
    assert_eq!(described.ca_certificate_id.as_deref(), Some(ca.as_str()));

    // No function runs here, so the certificate waits, and only that of the camera that connected.
    let (code, status) = account.status(&[]);
    assert_eq!((code, &status["cameras"], &status["pendingCertificates"]), (0, &[(); 0].into(), &[id].into()));
}

#[tokio::test]
async fn keys_are_for_their_owner_only_and_never_overwritten() {
    let account = Account::new().await;
    account.warden(&["ca", "create"]).well();
    account.warden(&["device", "issue", "cam-1"]).well();
    for key in ["ca.key", "cam-1.key"] {
        let mode = fs::metadata(account.path(key)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{key}");
    }
    for certificate in ["ca.pem", "cam-1.pem"] {
        assert!(!account.read(certificate).contains("PRIVATE"), "{certificate}");
    }

    let before = (account.read("ca.key"), account.read("cam-1.key"));
    account.warden(&["ca", "create"]).failed();
    account.warden(&["device", "issue", "cam-2", "cam-1"]).failed();
    assert_eq!((account.read("ca.key"), account.read("cam-1.key")), before);
    assert!(!account.path("cam-2.key").exists(), "either all files are written or none");
}

#[tokio::test]
async fn a_camera_of_a_ca_that_is_not_registered_stays_unknown() {
    let account = Account::new().await;
    account.warden(&["setup"]).well();
    account.warden(&["ca", "create"]).well();
    account.warden(&["device", "issue", "cam-1"]).well();
    let connect = account.cloud.control().connect(&account.read("cam-1.pem")).unwrap();
    assert!(!connect.connected && !connect.published && connect.certificate_id.is_none(), "{connect:?}");
}
