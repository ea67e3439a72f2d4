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
    let command = "next: sam deploy --stack-name local --resolve-s3 --capabilities CAPABILITY_IAM";
    let allowing = format!("\n{command} --parameter-overrides AllowedCaCertificateIds={id}\n");
    assert!(said.contains("does not allow this CA yet") && said.ends_with(&allowing), "{said}");
    let all = account.iot.list_ca_certificates().send().await.unwrap();
    assert_eq!(all.certificates.unwrap().len(), 1);
}

#[tokio::test]
async fn a_stack_that_allows_a_ca_needs_no_deployment_for_it_and_keeps_it_beside_another() {
    let stranger = "f".repeat(64);
    let (account, id) = Account::allowing_a_ca(&[&stranger]).await;
    let said = account.warden(&["ca", "register", "--ca", "ca.pem"]).well();
    assert!(said.ends_with(&format!("\nthe CA {id} is allowed by the stack local\n")), "{said}");
    assert!(!said.contains("sam deploy"), "{said}");

    let made = account.warden(&["ca", "create", "--out", "second"]).well();
    let said = account.warden(&["ca", "register", "--ca", "second/ca.pem"]).well();
    let ids = said.trim_end().rsplit_once("AllowedCaCertificateIds=").unwrap().1.split(',').collect::<Vec<_>>();
    assert_eq!(ids[..2], [id.as_str(), stranger.as_str()]);
    assert!(ids.len() == 3 && made.contains(ids[2]), "{said}");

    let said = account.warden(&["ca", "register", "--ca", "second/ca.pem", "--stack", "nosuch"]).well();
    assert!(said.contains("there is no stack `nosuch` yet"), "{said}");
    assert!(said.ends_with(&format!("--parameter-overrides AllowedCaCertificateIds={}\n", ids[2])), "{said}");
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
    assert!(
        error.contains("takes its private key") && error.contains("ca.key") && error.contains("`--key`"),
        "{error}"
    );
    assert!(account.iot.list_ca_certificates().send().await.unwrap().certificates.unwrap_or_default().is_empty());

    account.warden(&["ca", "register", "--ca", "ca.pem", "--key", "elsewhere.key"]).well();
}
