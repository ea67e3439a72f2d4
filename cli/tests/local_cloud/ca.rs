//! `warden ca`.

use std::fs;

use aws_sdk_iot::types::{AutoRegistrationStatus, CaCertificateStatus};

use crate::account::Account;

impl Account {
    /// Whether the CA is active, and whether it registers automatically.
    async fn ca(&self, id: &str) -> (CaCertificateStatus, AutoRegistrationStatus) {
        let answer = self.iot.describe_ca_certificate().certificate_id(id).send().await.unwrap();
        let description = answer.certificate_description.unwrap();
        (description.status.unwrap(), description.auto_registration_status.unwrap())
    }
}

#[tokio::test]
async fn a_ca_is_registered_once_and_a_second_time_changes_nothing() {
    let account = Account::new().await;
    let id = account.with_ca();
    assert_eq!(account.ca(&id).await, (CaCertificateStatus::Active, AutoRegistrationStatus::Enable));

    let said = account.warden(&["ca", "register", "--ca", "ca.pem"]).well();
    assert!(said.contains("nothing to change"), "{said}");
    assert!(said.ends_with(&format!("AllowedCaCertificateIds={id}\n")), "{said}");
    let all = account.iot.list_ca_certificates().send().await.unwrap();
    assert_eq!(all.certificates.unwrap().len(), 1);
}

#[tokio::test]
async fn a_ca_that_was_turned_off_is_brought_back_without_its_key() {
    let account = Account::new().await;
    let id = account.with_ca();
    let off = account.iot.update_ca_certificate().certificate_id(&id).new_status(CaCertificateStatus::Inactive);
    off.new_auto_registration_status(AutoRegistrationStatus::Disable).send().await.unwrap();
    assert_eq!(account.ca(&id).await, (CaCertificateStatus::Inactive, AutoRegistrationStatus::Disable));

    fs::remove_file(account.path("ca.key")).unwrap();
    let said = account.warden(&["ca", "register", "--ca", "ca.pem"]).well();
    assert!(said.contains("made it active and turned automatic registration on"), "{said}");
    assert_eq!(account.ca(&id).await, (CaCertificateStatus::Active, AutoRegistrationStatus::Enable));
}

#[tokio::test]
async fn a_new_ca_without_its_key_is_not_registered() {
    let account = Account::new().await;
    account.warden(&["ca", "create"]).well();
    fs::rename(account.path("ca.key"), account.path("elsewhere.key")).unwrap();
    let error = account.warden(&["ca", "register", "--ca", "ca.pem"]).failed();
    assert!(error.contains("takes its private key (`--key`)") && error.contains("ca.key"), "{error}");
    assert!(account.iot.list_ca_certificates().send().await.unwrap().certificates.unwrap_or_default().is_empty());

    account.warden(&["ca", "register", "--ca", "ca.pem", "--key", "elsewhere.key"]).well();
}
