//! An active certificate is attached to no thing.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::CertificateDetail;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "certificate-without-thing",
    group: Group::Certificates,
    severity: Severity::Medium,
    title: "An active certificate belongs to no thing",
    why: "Whoever holds it may still connect, and nobody can tell which camera that is. Certificates of this kind are \
          left over when a camera is removed, or were made by hand.",
    remedy: "Switch it off if no camera uses it: `aws iot update-certificate --certificate-id <id> --new-status \
             INACTIVE`. If one does, attach it: `aws iot attach-thing-principal --thing-name <thing> --principal \
             <certificate ARN>`.",
    reference: "https://docs.aws.amazon.com/iot/latest/developerguide/thing-registry.html",
    frameworks: &["NIST.800-53.r5 IA-3"],
    judge: Judge::CertificateDetail(judge),
};

fn judge(_world: &World<'_>, certificate: &CertificateDetail) -> Judged {
    if !certificate.is_active() || !certificate.things.get()?.is_empty() {
        return Ok(None);
    }
    let sentence = format!("certificate `{}` is active and attached to no thing", certificate.certificate_id);
    Ok(Some(Problem::new(sentence).proven("status `ACTIVE`, things: none")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{cannot_judge, certificate, denied, fine, problem};

    #[test]
    fn one_that_is_left_over_is_told() {
        let certificate = certificate(json!({ "things": [] }));
        let problem = problem(&CHECK, json!({ "certificateDetails": { "items": [certificate] } }));
        assert_eq!(problem.sentence, "certificate `1f2e` is active and attached to no thing");
    }

    #[test]
    fn one_that_is_switched_off_is_left_alone() {
        let certificate = certificate(json!({ "status": "INACTIVE", "things": [] }));
        fine(&CHECK, json!({ "certificateDetails": { "items": [certificate] } }));
    }

    #[test]
    fn without_its_things_nothing_can_be_said() {
        let certificate = certificate(json!({ "things": { "couldNotCheck": denied("iot:ListPrincipalThings") } }));
        let cannot = cannot_judge(&CHECK, json!({ "certificateDetails": { "items": [certificate] } }));
        assert_eq!(cannot.permission.as_deref(), Some("iot:ListPrincipalThings"));
    }
}
