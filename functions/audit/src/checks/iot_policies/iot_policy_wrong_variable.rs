//! An IoT policy has variables or condition keys that AWS IoT does not have.

use policy::{Condition, Variable, catalogue};

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::device::Device;
use crate::inventory::IotPolicy;
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "iot-policy-wrong-variable",
    group: Group::IotPolicies,
    severity: Severity::Medium,
    title: "A variable that IoT policies do not have",
    why: "A variable without a value matches nothing: an Allow with it gives nothing, and a Deny with it keeps nobody \
          out. The `credentials-iot:` variables are for the IAM role behind a role alias.",
    remedy: "Write `${iot:Connection.Thing.ThingName}` for `${credentials-iot:ThingName}`, \
             `${iot:Connection.Thing.ThingTypeName}` for `${credentials-iot:ThingTypeName}`, and \
             `${iot:CertificateId}` for `${credentials-iot:AwsCertificateId}`.",
    reference: "https://docs.aws.amazon.com/iot/latest/developerguide/iot-policy-variables.html",
    frameworks: &[],
    judge: Judge::IotPolicy(judge),
};

/// The keys of AWS IoT in lower case, without those of a thing's attributes and of certificates.
///
/// <https://docs.aws.amazon.com/iot/latest/developerguide/basic-policy-variables.html>,
/// <https://docs.aws.amazon.com/iot/latest/developerguide/thing-policy-variables.html>,
/// <https://docs.aws.amazon.com/iot/latest/developerguide/connect-policy.html>
const KEYS: &[&str] = &[
    "iot:certificateid",
    "iot:clientid",
    "iot:connectattributes",
    "iot:connection.thing.isattached",
    "iot:connection.thing.thingname",
    "iot:connection.thing.thingtypename",
    "iot:domainname",
    "iot:certificate.serialnumber",
];

/// What is known of the issuer and the subject of a certificate.
///
/// <https://docs.aws.amazon.com/iot/latest/developerguide/cert-policy-variables.html>
const OF_CERTIFICATES: &[&str] = &[
    "distinguishednamequalifier",
    "country",
    "organization",
    "organizationalunit",
    "state",
    "commonname",
    "serialnumber",
    "title",
    "surname",
    "givenname",
    "initials",
    "pseudonym",
    "generationqualifier",
    "alternativename.rfc822name",
    "alternativename.dnsname",
    "alternativename.directoryname",
    "alternativename.uniformresourceidentifier",
    "alternativename.ipaddress",
];

fn judge(world: &World<'_>, policy: &IotPolicy) -> Judged {
    let device = Device::of(world, policy)?;
    let (mut wrong, mut proofs) = (Vec::new(), Vec::new());
    for at in device.statements() {
        let resources = at.statement.resources.iter().flat_map(|resources| &resources.patterns);
        let variables = resources.flat_map(|resource| resource.pattern().variables()).map(Variable::key);
        let keys = variables.chain(at.statement.conditions.iter().flat_map(Condition::keys));
        for key in keys.map(policy::Key::as_str).filter(|key| !is_known(key)) {
            if !wrong.contains(&key) {
                wrong.push(key);
            }
            let instead = instead(key).map_or_else(String::new, |right| format!("; the right one is `{right}`"));
            proofs.push(format!("`{key}` in {at}{instead}"));
        }
    }
    if wrong.is_empty() {
        return Ok(None);
    }
    proofs.dedup();
    let sentence = format!("IoT policy `{}` uses what AWS IoT does not have: {}", policy.policy_name, some(&wrong));
    Ok(Some(proofs.into_iter().take(5).fold(Problem::new(sentence), Problem::proven)))
}

/// Whether AWS IoT may have such a key. Of keys that are not AWS IoT's nothing is said.
fn is_known(key: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    if lower.starts_with("credentials-iot:") {
        return false;
    }
    let Some(name) = lower.strip_prefix("iot:") else { return true };
    if let Some(attribute) = ["certificate.issuer.", "certificate.subject."].iter().find_map(|it| name.strip_prefix(it))
    {
        // Of several values each has a number.
        let numbered = attribute.rsplit_once('.').filter(|(_, number)| number.parse::<u8>().is_ok());
        return OF_CERTIFICATES.contains(&numbered.map_or(attribute, |(attribute, _)| attribute));
    }
    let of_api = |own: &str| {
        let own = own.to_ascii_lowercase();
        own.split_once("${").map_or(own == lower, |(prefix, _)| lower.starts_with(prefix))
    };
    let services = ["iot", "iotjobsdata"].into_iter().filter_map(catalogue::service);
    KEYS.contains(&lower.as_str())
        || (name.starts_with("connection.thing.attributes[") && name.ends_with(']'))
        || services.flat_map(|service| service.conditions).any(|key| of_api(key.name))
}

/// What was meant, as far as the name tells.
fn instead(key: &str) -> Option<&'static str> {
    let lower = key.to_ascii_lowercase();
    let of = |part: &str| lower.contains(part);
    if of("thingtype") {
        Some("iot:Connection.Thing.ThingTypeName")
    } else if of("thingname") || of("thing.name") {
        Some("iot:Connection.Thing.ThingName")
    } else if of("certificateid") {
        Some("iot:CertificateId")
    } else if of("client") {
        Some("iot:ClientId")
    } else if of("attached") {
        Some("iot:Connection.Thing.IsAttached")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, iot_policy, problem};

    fn publish(topic: &str) -> Value {
        let topic = format!("arn:aws:iot:us-east-1:123456789012:topic/{topic}");
        let policy = iot_policy(json!({ "Effect": "Allow", "Action": "iot:Publish", "Resource": topic }));
        json!({ "iotPolicies": { "items": [policy] } })
    }

    #[test]
    fn a_variable_of_the_role_has_no_value_here() {
        let problem = problem(&CHECK, publish("${credentials-iot:ThingName}/*"));
        assert_eq!(
            problem.sentence,
            "IoT policy `camera` uses what AWS IoT does not have: `credentials-iot:ThingName`"
        );
        assert!(
            problem.proofs[0].because.ends_with("the right one is `iot:Connection.Thing.ThingName`"),
            "{problem:?}"
        );
    }

    #[test]
    fn the_variables_of_aws_iot_are_known_in_any_case() {
        for variable in [
            "iot:Connection.Thing.ThingName",
            "IOT:ClientId",
            "iot:Certificate.Subject.CommonName",
            "iot:Certificate.Subject.Country.1",
            "iot:Certificate.Issuer.AlternativeName.DNSName",
            "iot:Connection.Thing.Attributes[site]",
            "aws:SourceIp",
        ] {
            fine(&CHECK, publish(&format!("${{{variable}}}")));
        }
    }

    #[test]
    fn without_its_versions_nothing_can_be_said() {
        let mut policy = iot_policy(json!([]));
        policy["versions"] = json!({ "couldNotCheck": denied("iot:GetPolicyVersion") });
        let cannot = cannot_judge(&CHECK, json!({ "iotPolicies": { "items": [policy] } }));
        assert_eq!(cannot.permission.as_deref(), Some("iot:GetPolicyVersion"));
    }
}
