//! A CA certificate ends soon, or has ended.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::expiry::{End, end};
use crate::inventory::CaCertificate;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "ca-certificate-expiring",
    group: Group::Certificates,
    severity: Severity::Medium,
    title: "A CA certificate ends soon, or has ended",
    why: "Behind its end, cameras whose certificates it signed cannot register by connecting any more.",
    remedy: "Register the CA's successor (`aws iot register-ca-certificate --ca-certificate file://ca.pem \
             --verification-certificate file://verification.pem --set-as-active --allow-auto-registration`), sign new \
             cameras with it, and then switch this one off: `aws iot update-ca-certificate --certificate-id <id> \
             --new-status INACTIVE`.",
    reference: "https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-ca-cert-approaching-expiration.html",
    frameworks: &["FSBP ACM.1"],
    judge: Judge::CaCertificate(judge),
};

fn judge(world: &World<'_>, certificate: &CaCertificate) -> Judged {
    if !certificate.is_active() {
        return Ok(None);
    }
    let end = end(world, certificate.not_after, "iot:DescribeCACertificate")?;
    let id = &certificate.certificate_id;
    Ok(end.map(|end| match end {
        End::Past(at) => Problem::new(format!("CA certificate `{id}` ended at {at}: its new cameras cannot register"))
            .proven(format!("notAfter: {at}, status `{}`", certificate.status)),
        End::Near(at) => Problem::new(format!("CA certificate `{id}` ends at {at}"))
            .proven(format!("notAfter: {at}, status `{}`", certificate.status)),
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, certificate, fine, problem, problem_as};

    fn inventory(certificate: &Value) -> Value {
        json!({ "taken": { "at": "2026-11-01T00:00:00Z" }, "caCertificates": { "items": [certificate] } })
    }

    #[test]
    fn one_that_ends_next_week_is_told() {
        let problem = problem(&CHECK, inventory(&certificate(json!({ "notAfter": "2026-11-08T00:00:00Z" }))));
        assert_eq!(problem.sentence, "CA certificate `1f2e` ends at 2026-11-08T00:00:00Z");
    }

    #[test]
    fn one_that_has_ended_keeps_cameras_out() {
        let problem = problem(&CHECK, inventory(&certificate(json!({ "notAfter": "2026-10-31T00:00:00Z" }))));
        assert!(problem.sentence.ends_with("its new cameras cannot register"), "{problem:?}");
    }

    #[test]
    fn one_with_a_day_more_than_is_expected_is_left_alone() {
        let next_month = inventory(&certificate(json!({ "notAfter": "2026-12-02T00:00:00Z" })));
        fine(&CHECK, next_month.clone());
        problem_as(&CHECK, next_month, json!({ "expiryDays": 31 }));
    }

    #[test]
    fn without_its_end_nothing_can_be_said() {
        let cannot = cannot_judge(&CHECK, inventory(&certificate(json!({}))));
        assert_eq!(cannot.permission.as_deref(), Some("iot:DescribeCACertificate"));
    }
}
