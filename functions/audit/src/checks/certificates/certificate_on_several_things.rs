//! One certificate is attached to several things.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::CertificateDetail;
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "certificate-on-several-things",
    group: Group::Certificates,
    severity: Severity::High,
    title: "A certificate belongs to several things",
    why: "Whoever holds the certificate may connect as each of the things, and gets credentials for the stream of \
          each. When one camera is stolen, its certificate cannot be revoked without cutting off the others.",
    remedy: "Give each camera a certificate of its own, then detach this one from all but one thing: `aws iot \
             detach-thing-principal --thing-name <thing> --principal <certificate ARN>`.",
    reference: "https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-device-cert-shared.html",
    frameworks: &["NIST.800-53.r5 IA-3"],
    judge: Judge::CertificateDetail(judge),
};

fn judge(_world: &World<'_>, certificate: &CertificateDetail) -> Judged {
    // Nobody connects with one that is switched off.
    if ["INACTIVE", "REVOKED"].contains(&certificate.status.as_str()) {
        return Ok(None);
    }
    let things = certificate.things.get()?;
    if things.len() < 2 {
        return Ok(None);
    }
    let (id, status) = (&certificate.certificate_id, &certificate.status);
    let sentence = format!("certificate `{id}` is attached to {} things: {}", things.len(), some(things));
    Ok(Some(Problem::new(sentence).proven(format!("status `{status}`, things: {}", some(things)))))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{cannot_judge, certificate, denied, fine, problem};

    #[test]
    fn two_cameras_with_one_certificate_are_told() {
        let certificate = certificate(json!({ "things": ["gate-north", "gate-south"] }));
        let problem = problem(&CHECK, json!({ "certificateDetails": { "items": [certificate] } }));
        assert_eq!(problem.sentence, "certificate `1f2e` is attached to 2 things: `gate-north`, `gate-south`");
    }

    #[test]
    fn one_thing_is_as_it_should_be() {
        let certificate = certificate(json!({ "things": ["gate-north"] }));
        fine(&CHECK, json!({ "certificateDetails": { "items": [certificate] } }));
    }

    #[test]
    fn without_its_things_nothing_can_be_said() {
        let certificate = certificate(json!({ "things": { "couldNotCheck": denied("iot:ListPrincipalThings") } }));
        let cannot = cannot_judge(&CHECK, json!({ "certificateDetails": { "items": [certificate] } }));
        assert_eq!(cannot.permission.as_deref(), Some("iot:ListPrincipalThings"));
    }
}
