//! A device certificate ends soon, or has ended.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::expiry::{End, end};
use crate::inventory::CertificateDetail;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "device-certificate-expiring",
    group: Group::Certificates,
    severity: Severity::Medium,
    title: "A device certificate ends soon, or has ended",
    why: "Behind its end the camera cannot connect and gets no credentials: it stops sending video, and mostly nobody \
          is near who could give it another certificate.",
    remedy: "Give the camera a new certificate while it can still connect. With `CertificateRotation=same-ca`, a camera \
             of kvs-warden connects with one of the same CA and subject, and all is done. For any other, attach the new \
             certificate's policy (`aws iot attach-policy`) and thing (`aws iot attach-thing-principal`), and see it \
             connect. Only then switch the old one off: `aws iot update-certificate --certificate-id <id> --new-status \
             INACTIVE`.",
    reference: "https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-device-cert-approaching-expiration.html",
    frameworks: &["FSBP ACM.1"],
    judge: Judge::CertificateDetail(judge),
};

fn judge(world: &World<'_>, certificate: &CertificateDetail) -> Judged {
    if !certificate.is_active() {
        return Ok(None);
    }
    let end = end(world, certificate.not_after, "iot:DescribeCertificate")?;
    let id = &certificate.certificate_id;
    Ok(end.map(|end| match end {
        End::Past(at) => Problem::new(format!("certificate `{id}` ended at {at}: its camera cannot connect"))
            .proven(format!("notAfter: {at}, status `{}`", certificate.status)),
        End::Near(at) => Problem::new(format!("certificate `{id}` ends at {at}"))
            .proven(format!("notAfter: {at}, status `{}`", certificate.status)),
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, certificate, fine, problem};

    fn inventory(certificate: &Value) -> Value {
        json!({ "taken": { "at": "2026-11-01T00:00:00Z" }, "certificateDetails": { "items": [certificate] } })
    }

    #[test]
    fn one_that_ends_exactly_at_the_limit_is_told() {
        let problem = problem(&CHECK, inventory(&certificate(json!({ "notAfter": "2026-12-01T00:00:00Z" }))));
        assert_eq!(problem.sentence, "certificate `1f2e` ends at 2026-12-01T00:00:00Z");
    }

    #[test]
    fn one_that_has_ended_cuts_its_camera_off() {
        let problem = problem(&CHECK, inventory(&certificate(json!({ "notAfter": "2026-10-31T00:00:00Z" }))));
        assert!(problem.sentence.ends_with("its camera cannot connect"), "{problem:?}");
    }

    #[test]
    fn one_that_ends_a_second_behind_the_limit_is_left_alone() {
        fine(&CHECK, inventory(&certificate(json!({ "notAfter": "2026-12-01T00:00:01Z" }))));
    }

    #[test]
    fn without_its_end_nothing_can_be_said() {
        let cannot = cannot_judge(&CHECK, inventory(&certificate(json!({}))));
        assert_eq!(cannot.permission.as_deref(), Some("iot:DescribeCertificate"));
    }
}
