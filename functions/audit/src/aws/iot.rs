//! AWS IoT: policies, role aliases, CA certificates, domains.

use super::Aws;
use super::answer::{answer, moment, present, seen, settle, token};
use crate::inventory::{
    CaCertificate, DocumentText, DomainConfiguration, Inventory, IotPolicy, IotPolicyVersion, Missing, RoleAlias,
};

/// What is asked about one by one is listed in small pages.
const PAGE_SIZE: i32 = 25;

impl Aws {
    /// 25 policies a page: each costs a list of versions, each version's text, and one page of targets.
    ///
    /// <https://docs.aws.amazon.com/iot/latest/apireference/API_ListPolicyVersions.html>
    pub(super) async fn iot_policies(
        &self,
        marker: Option<String>,
        into: &mut Inventory,
    ) -> Result<Option<String>, Missing> {
        let call = self.iot.list_policies().page_size(PAGE_SIZE).set_marker(marker);
        let page = answer("iot:ListPolicies", call.send().await)?;
        for policy in page.policies.unwrap_or_default() {
            let (name, arn) = (policy.policy_name.unwrap_or_default(), policy.policy_arn.unwrap_or_default());
            match self.iot_policy(name, arn.clone()).await {
                Some(policy) => into.iot_policies.items.push(policy),
                None => {
                    into.gone.insert(arn);
                }
            }
        }
        Ok(token(page.next_marker))
    }

    /// One policy, by name.
    pub(super) async fn look_iot_policy(&self, name: &str, into: &mut Inventory) {
        let arn = into.taken.arn("iot", &format!("policy/{name}"));
        let looked = self.iot_policy(name.to_owned(), arn.clone()).await;
        settle(&mut into.iot_policies, (&mut into.gone, arn), |policy| &policy.policy_arn, Ok(looked));
    }

    async fn iot_policy(&self, name: String, arn: String) -> Option<IotPolicy> {
        let versions = self.policy_versions(&name).await.transpose()?;
        let call = self.iot.list_targets_for_policy().policy_name(&name).page_size(250);
        let targets = present("iot:ListTargetsForPolicy", call.send().await).transpose()?;
        let targets = targets.map(|page| page.targets.unwrap_or_default());
        Some(IotPolicy { policy_name: name, policy_arn: arn, versions: seen(versions), targets: seen(targets) })
    }

    /// None when the policy is not there. A version that was deleted meanwhile is left out.
    async fn policy_versions(&self, name: &str) -> Result<Option<Vec<IotPolicyVersion>>, Missing> {
        let call = self.iot.list_policy_versions().policy_name(name);
        let Some(listed) = present("iot:ListPolicyVersions", call.send().await)? else { return Ok(None) };
        let mut versions = Vec::new();
        for version in listed.policy_versions.unwrap_or_default() {
            let version_id = version.version_id.unwrap_or_default();
            let call = self.iot.get_policy_version().policy_name(name).policy_version_id(&version_id);
            let Some(text) = present("iot:GetPolicyVersion", call.send().await)? else { continue };
            versions.push(IotPolicyVersion {
                version_id,
                is_default_version: version.is_default_version,
                policy_document: DocumentText::new(&text.policy_document.unwrap_or_default()),
            });
        }
        Ok(Some(versions))
    }

    /// 25 a page, each looked at, and its role's longest session asked for where the inventory has the role.
    pub(super) async fn role_aliases(
        &self,
        marker: Option<String>,
        into: &mut Inventory,
    ) -> Result<Option<String>, Missing> {
        let call = self.iot.list_role_aliases().page_size(PAGE_SIZE).set_marker(marker);
        let page = answer("iot:ListRoleAliases", call.send().await)?;
        // A role that cannot be looked at is no reason to know nothing of the other aliases.
        let mut unknown = None;
        for name in page.role_aliases.unwrap_or_default() {
            let looked =
                present("iot:DescribeRoleAlias", self.iot.describe_role_alias().role_alias(&name).send().await)?;
            let Some(alias) = looked.and_then(|answer| answer.role_alias_description) else {
                into.gone.insert(into.taken.arn("iot", &format!("rolealias/{name}")));
                continue;
            };
            let role_arn = alias.role_arn.unwrap_or_default();
            into.role_aliases.items.push(RoleAlias {
                role_alias: name,
                role_alias_arn: alias.role_alias_arn.unwrap_or_default(),
                role_arn: role_arn.clone(),
                credential_duration_seconds: alias.credential_duration_seconds.unwrap_or_default(),
            });
            if let Err(missing) = self.longest_session(&role_arn, into).await {
                unknown.get_or_insert(missing);
            }
        }
        unknown.map_or(Ok(token(page.next_marker)), Err)
    }

    /// 25 a page, each looked at.
    pub(super) async fn ca_certificates(
        &self,
        marker: Option<String>,
        into: &mut Inventory,
    ) -> Result<Option<String>, Missing> {
        let call = self.iot.list_ca_certificates().page_size(PAGE_SIZE).set_marker(marker);
        let page = answer("iot:ListCACertificates", call.send().await)?;
        for listed in page.certificates.unwrap_or_default() {
            let certificate_id = listed.certificate_id.unwrap_or_default();
            let call = self.iot.describe_ca_certificate().certificate_id(&certificate_id);
            let looked = present("iot:DescribeCACertificate", call.send().await)?;
            let Some(described) = looked.and_then(|answer| answer.certificate_description) else {
                into.gone.extend(listed.certificate_arn);
                continue;
            };
            into.ca_certificates.items.push(CaCertificate {
                certificate_id,
                certificate_arn: described.certificate_arn.unwrap_or_default(),
                status: described.status.map(|it| it.as_str().to_owned()).unwrap_or_default(),
                auto_registration_status: described
                    .auto_registration_status
                    .map(|it| it.as_str().to_owned())
                    .unwrap_or_default(),
                not_after: described.validity.and_then(|validity| validity.not_after).map(moment),
            });
        }
        Ok(token(page.next_marker))
    }

    /// 25 a page, each looked at.
    pub(super) async fn domain_configurations(
        &self,
        marker: Option<String>,
        into: &mut Inventory,
    ) -> Result<Option<String>, Missing> {
        let call = self.iot.list_domain_configurations().page_size(PAGE_SIZE).set_marker(marker);
        let page = answer("iot:ListDomainConfigurations", call.send().await)?;
        for listed in page.domain_configurations.unwrap_or_default() {
            let name = listed.domain_configuration_name.unwrap_or_default();
            let call = self.iot.describe_domain_configuration().domain_configuration_name(&name);
            let Some(domain) = present("iot:DescribeDomainConfiguration", call.send().await)? else {
                into.gone.extend(listed.domain_configuration_arn);
                continue;
            };
            into.domain_configurations.items.push(DomainConfiguration {
                domain_configuration_name: name,
                domain_configuration_arn: domain.domain_configuration_arn.unwrap_or_default(),
                domain_name: domain.domain_name.unwrap_or_default(),
                domain_configuration_status: domain
                    .domain_configuration_status
                    .map(|it| it.as_str().to_owned())
                    .unwrap_or_default(),
                service_type: domain.service_type.map(|it| it.as_str().to_owned()).unwrap_or_default(),
                security_policy: domain.tls_config.and_then(|tls| tls.security_policy),
            });
        }
        Ok(token(page.next_marker))
    }
}
