//! The access keys of all users, from the credential report.

use std::time::Duration;

use aws_sdk_iam::types::ReportStateType;
use serde::Deserialize;

use super::Aws;
use super::answer::{answer, failed};
use crate::inventory::{AccessKey, Inventory, Missing, Moment};

/// How often is asked whether the report is ready, a second apart.
const TRIES: u32 = 10;

impl Aws {
    /// AWS makes a report at most every four hours: a key may be newer than it.
    ///
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html>
    pub(super) async fn access_keys(&self, into: &mut Inventory) -> Result<(), Missing> {
        let mut tries = TRIES;
        loop {
            let answer = answer("iam:GenerateCredentialReport", self.iam.generate_credential_report().send().await)?;
            if answer.state == Some(ReportStateType::Complete) {
                break;
            }
            tries = tries.saturating_sub(1);
            if tries == 0 {
                return Err(failed("iam:GenerateCredentialReport", "the report was not ready within ten seconds"));
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let report = answer("iam:GetCredentialReport", self.iam.get_credential_report().send().await)?;
        let content = report.content.map(aws_sdk_iam::primitives::Blob::into_inner).unwrap_or_default();
        let keys = keys(&content).map_err(|fault| failed("iam:GetCredentialReport", &fault))?;
        into.access_keys.items.extend(keys);
        Ok(())
    }
}

/// Of a user's row what is about access keys. Words such as `N/A` and `no_information` stand for nothing.
#[derive(Debug, Deserialize)]
struct Row {
    arn: String,
    access_key_1_active: String,
    access_key_1_last_rotated: String,
    access_key_1_last_used_date: String,
    access_key_1_last_used_service: String,
    access_key_2_active: String,
    access_key_2_last_rotated: String,
    access_key_2_last_used_date: String,
    access_key_2_last_used_service: String,
}

/// The keys of a report, which is CSV; those of the account itself (`<root_account>`) among them. A report that cannot be
/// read is an error, as a clause.
pub fn keys(report: &[u8]) -> Result<Vec<AccessKey>, String> {
    let mut keys = Vec::new();
    for row in csv::Reader::from_reader(report).deserialize() {
        let row: Row = row.map_err(|error| format!("the report cannot be read: {error}"))?;
        let first = key(
            &row.arn,
            &row.access_key_1_active,
            &row.access_key_1_last_rotated,
            &row.access_key_1_last_used_date,
            &row.access_key_1_last_used_service,
        )?;
        let second = key(
            &row.arn,
            &row.access_key_2_active,
            &row.access_key_2_last_rotated,
            &row.access_key_2_last_used_date,
            &row.access_key_2_last_used_service,
        )?;
        keys.extend(numbered(first.into_iter().chain(second).collect()));
    }
    Ok(keys)
}

/// The keys of one user, numbered by age: the report and `ListAccessKeys` agree on nothing else.
pub(super) fn numbered(mut keys: Vec<AccessKey>) -> Vec<AccessKey> {
    keys.sort_by_key(|key| key.created);
    for (number, key) in (1..).zip(&mut keys) {
        key.number = number;
    }
    keys
}

/// None when there is no such key: it is not active, and was never made.
fn key(arn: &str, active: &str, made: &str, used: &str, service: &str) -> Result<Option<AccessKey>, String> {
    let active = active == "true";
    let created = match (made.parse().map(Moment), active) {
        (Ok(created), _) => created,
        (Err(_), false) => return Ok(None),
        (Err(_), true) => {
            let (arn, made) = (fleet::shown(arn, 200), fleet::shown(made, 80));
            return Err(format!("a key of `{arn}` was made at `{made}`, which is no moment"));
        }
    };
    Ok(Some(AccessKey {
        user_arn: arn.to_owned(),
        number: 1,
        active,
        created,
        last_used: used.parse().ok().map(Moment),
        last_used_service: said(service).map(str::to_owned),
    }))
}

/// What is said, unless it is a word for nothing.
pub(super) fn said(text: &str) -> Option<&str> {
    (!matches!(text, "" | "N/A" | "no_information" | "not_supported")).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,\
        password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,\
        access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,\
        access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,\
        cert_1_last_rotated,cert_2_active,cert_2_last_rotated\n";

    fn report(rows: &str) -> Result<Vec<AccessKey>, String> {
        keys(format!("{HEAD}{rows}").as_bytes())
    }

    fn moment(text: &str) -> Moment {
        Moment(text.parse().unwrap())
    }

    #[test]
    fn a_user_has_the_keys_that_were_made_numbered_by_age() {
        let rows = "gate,arn:aws:iam::123456789012:user/gate,2020-01-01T00:00:00+00:00,false,N/A,N/A,N/A,false,\
            true,2024-05-01T10:00:00+00:00,2026-11-20T08:00:00+00:00,eu-west-1,kinesisvideo,\
            false,2021-05-01T10:00:00+00:00,N/A,N/A,N/A,false,N/A,false,N/A\n\
            nobody,arn:aws:iam::123456789012:user/nobody,2020-01-01T00:00:00+00:00,false,N/A,N/A,N/A,false,\
            false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n";
        let keys = report(rows).unwrap();
        let [older, newer] = keys.as_slice() else { panic!("{keys:?}") };
        assert_eq!((older.number, older.active, older.last_used), (1, false, None));
        assert_eq!(older.last_used_service, None);
        assert_eq!((newer.number, newer.active), (2, true));
        assert_eq!(newer.created, moment("2024-05-01T10:00:00Z"));
        assert_eq!(newer.last_used, Some(moment("2026-11-20T08:00:00Z")));
        assert_eq!(newer.last_used_service.as_deref(), Some("kinesisvideo"));
        assert_eq!(newer.arn(), "arn:aws:iam::123456789012:user/gate#2");
    }

    #[test]
    fn the_account_itself_may_have_keys() {
        let rows = "<root_account>,arn:aws:iam::123456789012:root,2020-01-01T00:00:00+00:00,not_supported,N/A,\
            not_supported,not_supported,true,true,2020-01-01T00:00:00+00:00,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,\
            N/A,false,N/A\n";
        let keys = report(rows).unwrap();
        assert_eq!(keys[0].user_arn, "arn:aws:iam::123456789012:root");
        assert!(keys[0].active);
    }

    #[test]
    fn a_report_that_cannot_be_read_is_no_empty_report() {
        assert!(keys(b"user,arn\ngate,arn:aws:iam::123456789012:user/gate\n").unwrap_err().contains("missing field"));
        let rows = "gate,arn:g,N/A,false,N/A,N/A,N/A,false,true,yesterday,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,\
            N/A,false,N/A\n";
        assert!(report(rows).unwrap_err().starts_with("a key of `arn:g` was made at `yesterday`"));
    }
}
