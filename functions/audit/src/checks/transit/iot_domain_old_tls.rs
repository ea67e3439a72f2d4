//! A domain of AWS IoT has a security policy of the time of TLS 1.0.

use crate::check::{CannotJudge, Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::DomainConfiguration;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "iot-domain-old-tls",
    group: Group::Transit,
    severity: Severity::Medium,
    title: "A domain of AWS IoT has a security policy for TLS below 1.2",
    why: "The name of a security policy tells the newest and the oldest version of TLS that it was made for: those of \
          2015 and 2016 go down to 1.0, whose connections can be read on the way. AWS's table lists TLS 1.2 for them \
          today, but only a newer policy rules out the rest for good.",
    remedy: "Run `aws iot update-domain-configuration --domain-configuration-name <name> --tls-config \
             securityPolicy=IoTSecurityPolicy_TLS13_1_2_2022_10` once all cameras speak TLS 1.2.",
    reference: "https://docs.aws.amazon.com/iot/latest/developerguide/transport-security.html",
    frameworks: &["NIST.800-53.r5 SC-8"],
    judge: Judge::DomainConfiguration(judge),
};

/// The policies that AWS lists, without `IotSecurityPolicy_`, and whether they are for TLS 1.2 and later alone.
const POLICIES: [(&str, bool); 5] = [
    ("TLS13_1_3_2022_10", true),
    ("TLS13_1_2_2022_10", true),
    ("TLS12_1_2_2022_10", true),
    ("TLS12_1_0_2016_01", false),
    ("TLS12_1_0_2015_01", false),
];

fn judge(_world: &World<'_>, domain: &DomainConfiguration) -> Judged {
    if domain.domain_configuration_status == "DISABLED" {
        return Ok(None);
    }
    let policy = domain.security_policy.as_deref().ok_or_else(|| CannotJudge::new("AWS tells no security policy"))?;
    // AWS's own pages write the prefix in two ways.
    let short = policy.split_once('_').filter(|(prefix, _)| prefix.eq_ignore_ascii_case("IotSecurityPolicy"));
    let known = POLICIES.iter().find(|(name, _)| short.is_some_and(|(_, short)| short.eq_ignore_ascii_case(name)));
    let (_, new) = known.ok_or_else(|| CannotJudge::new(format!("security policy `{policy}` is not known")))?;
    if *new {
        return Ok(None);
    }
    let name = &domain.domain_configuration_name;
    let problem =
        Problem::new(format!("domain configuration `{name}` has a security policy that was made for TLS 1.0"));
    Ok(Some(problem.proven(format!("the security policy of `{}` is `{policy}`", domain.domain_name))))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, problem};

    fn domain(status: &str, policy: Option<&str>) -> Value {
        json!({ "domainConfigurations": { "items": [{
            "domainConfigurationName": "iot:Data-ATS", "domainConfigurationStatus": status,
            "domainName": "a1-ats.iot.us-east-1.amazonaws.com", "securityPolicy": policy,
        }] } })
    }

    #[test]
    fn a_policy_of_2016_is_told() {
        let problem = problem(&CHECK, domain("ENABLED", Some("IotSecurityPolicy_TLS12_1_0_2016_01")));
        let sentence = "domain configuration `iot:Data-ATS` has a security policy that was made for TLS 1.0";
        assert_eq!(problem.sentence, sentence);
    }

    #[test]
    fn tls_1_2_is_new_enough_and_a_disabled_domain_serves_nobody() {
        fine(&CHECK, domain("ENABLED", Some("IoTSecurityPolicy_TLS12_1_2_2022_10")));
        fine(&CHECK, domain("DISABLED", Some("IotSecurityPolicy_TLS12_1_0_2015_01")));
    }

    #[test]
    fn a_policy_that_is_unknown_or_not_told_cannot_be_judged() {
        let cannot = cannot_judge(&CHECK, domain("ENABLED", Some("IotSecurityPolicy_TLS14_1_0_2031_01")));
        assert_eq!(cannot.because, "security policy `IotSecurityPolicy_TLS14_1_0_2031_01` is not known");
        cannot_judge(&CHECK, domain("ENABLED", None));
        let denied = denied("iot:ListDomainConfigurations");
        let cannot = cannot_judge(&CHECK, json!({ "domainConfigurations": { "items": [], "couldNotCheck": denied } }));
        assert_eq!(cannot.permission.as_deref(), Some("iot:ListDomainConfigurations"));
    }
}
