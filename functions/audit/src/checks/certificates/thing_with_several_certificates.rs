//! Several active certificates are attached to one thing.

use crate::check::{CannotJudge, Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::Thing;
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "thing-with-several-certificates",
    group: Group::Certificates,
    severity: Severity::Medium,
    title: "Several active certificates belong to one thing",
    why: "Each of them lets its holder be this camera and write its stream. One that was left behind by a rotation, or \
          that somebody added, goes unnoticed as long as the camera works.",
    remedy: "Find out which certificate the camera uses, and switch off each other one: `aws iot update-certificate \
             --certificate-id <id> --new-status INACTIVE`, then `aws iot detach-thing-principal --thing-name <thing> \
             --principal <certificate ARN>`.",
    reference: "https://docs.aws.amazon.com/iot/latest/developerguide/security-best-practices.html",
    frameworks: &["NIST.800-53.r5 IA-3"],
    judge: Judge::Thing(judge),
};

fn judge(world: &World<'_>, thing: &Thing) -> Judged {
    let certificates: Vec<&str> =
        thing.principals.get()?.iter().map(String::as_str).filter(|principal| principal.contains(":cert/")).collect();
    if certificates.len() < 2 {
        return Ok(None);
    }
    let (mut active, mut unknown) = (Vec::new(), None);
    for arn in certificates {
        match world.certificate(arn) {
            Ok(Some(certificate)) if certificate.is_active() => active.push(arn),
            Ok(Some(_)) => {}
            Ok(None) => unknown = Some(CannotJudge::new(format!("`{arn}` is not in the list of certificates"))),
            Err(missing) => unknown = Some(missing.into()),
        }
    }
    match (active.as_slice(), unknown) {
        ([_, _, ..], _) => {
            let name = &thing.thing_name;
            let sentence = format!("thing `{name}` has {} active certificates: {}", active.len(), some(&active));
            Ok(Some(Problem::new(sentence).proven(format!("status `ACTIVE`: {}", some(&active)))))
        }
        // One that nobody knows may be the second.
        (_, Some(cannot)) => Err(cannot),
        (_, None) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, certificate, denied, fine, problem};

    const ONE: &str = "arn:aws:iot:us-east-1:123456789012:cert/1f2e";
    const OTHER: &str = "arn:aws:iot:us-east-1:123456789012:cert/3a4b";

    fn inventory(status_of_other: &str) -> Value {
        let thing = json!({ "thingName": "gate-north",
            "thingArn": "arn:aws:iot:us-east-1:123456789012:thing/gate-north",
            "principals": [ONE, OTHER] });
        let other = certificate(json!({ "certificateId": "3a4b", "certificateArn": OTHER, "status": status_of_other }));
        json!({ "things": { "items": [thing] }, "certificates": { "items": [other, certificate(json!({}))] } })
    }

    #[test]
    fn two_active_certificates_are_one_too_many() {
        let problem = problem(&CHECK, inventory("ACTIVE"));
        assert!(problem.sentence.starts_with("thing `gate-north` has 2 active certificates"), "{problem:?}");
    }

    #[test]
    fn one_that_is_switched_off_does_not_count() {
        fine(&CHECK, inventory("INACTIVE"));
    }

    #[test]
    fn one_whose_status_is_unknown_may_be_the_second() {
        let mut inventory = inventory("ACTIVE");
        inventory["certificates"]["items"].as_array_mut().unwrap().pop();
        let cannot = cannot_judge(&CHECK, inventory.clone());
        assert!(cannot.because.contains("is not in the list"), "{cannot:?}");
        inventory["certificates"]["couldNotCheck"] = denied("iot:ListCertificates");
        assert_eq!(cannot_judge(&CHECK, inventory).permission.as_deref(), Some("iot:ListCertificates"));
    }
}
