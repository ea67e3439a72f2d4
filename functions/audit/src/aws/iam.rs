//! All of IAM at once, in AWS's pages.

use aws_sdk_iam::types::{
    AttachedPermissionsBoundary, AttachedPolicy as SdkAttachedPolicy, EntityType, GroupDetail, ManagedPolicyDetail,
    PolicyDetail, RoleDetail, Tag as SdkTag, UserDetail,
};

use super::Aws;
use super::answer::{account_of, answer, name_of, present, token};
use crate::inventory::{
    AttachedPolicy, Boundary, DocumentText, Group, InlinePolicy, Inventory, ManagedPolicy, Missing, PolicyVersion,
    Role, Tag, User,
};

impl Aws {
    /// 1000 entries a page. Of managed policies only what is in force stays, and only those that somebody has.
    ///
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html>
    pub(super) async fn authorization(
        &self,
        marker: Option<String>,
        into: &mut Inventory,
    ) -> Result<Option<String>, Missing> {
        let kinds = [
            EntityType::User,
            EntityType::Role,
            EntityType::Group,
            EntityType::LocalManagedPolicy,
            EntityType::AwsManagedPolicy,
        ];
        let call = self.iam.get_account_authorization_details().set_filter(Some(kinds.to_vec())).max_items(1000);
        let page = answer("iam:GetAccountAuthorizationDetails", call.set_marker(marker).send().await)?;
        into.roles.items.extend(page.role_detail_list.unwrap_or_default().into_iter().map(role));
        into.users.items.extend(page.user_detail_list.unwrap_or_default().into_iter().map(user));
        into.groups.items.extend(page.group_detail_list.unwrap_or_default().into_iter().map(group));
        let policies = page.policies.unwrap_or_default().into_iter().filter(in_use).map(managed_policy);
        into.managed_policies.items.extend(policies);
        Ok(token(page.marker).filter(|_marker| page.is_truncated))
    }

    /// How long the sessions of a role may be, which only `GetRole` tells: noted at the role, if the inventory has it
    /// and does not know. A role of another account is let be.
    pub(super) async fn longest_session(&self, role_arn: &str, into: &mut Inventory) -> Result<(), Missing> {
        let Some(role) = into.roles.items.iter_mut().find(|role| role.arn == role_arn) else { return Ok(()) };
        if role.max_session_duration.is_some() || account_of(role_arn) != into.taken.account {
            return Ok(());
        }
        let looked = self.iam.get_role().role_name(name_of(role_arn)).send().await;
        if let Some(answer) = present("iam:GetRole", looked)? {
            role.max_session_duration = answer.role.and_then(|role| role.max_session_duration);
        } else {
            into.roles.items.retain(|role| role.arn != role_arn);
            into.gone.insert(role_arn.to_owned());
        }
        Ok(())
    }
}

/// Whether it is attached to something, or bounds something. What AWS does not tell counts as in use.
fn in_use(policy: &ManagedPolicyDetail) -> bool {
    policy.attachment_count != Some(0) || policy.permissions_boundary_usage_count.is_some_and(|count| count > 0)
}

fn role(role: RoleDetail) -> Role {
    Role {
        arn: role.arn.unwrap_or_default(),
        role_name: role.role_name.unwrap_or_default(),
        assume_role_policy_document: document(role.assume_role_policy_document),
        role_policy_list: inline(role.role_policy_list),
        attached_managed_policies: attached(role.attached_managed_policies),
        permissions_boundary: boundary(role.permissions_boundary),
        max_session_duration: None,
        tags: tags(role.tags),
    }
}

fn user(user: UserDetail) -> User {
    User {
        arn: user.arn.unwrap_or_default(),
        user_name: user.user_name.unwrap_or_default(),
        user_policy_list: inline(user.user_policy_list),
        group_list: user.group_list.unwrap_or_default(),
        attached_managed_policies: attached(user.attached_managed_policies),
        permissions_boundary: boundary(user.permissions_boundary),
        tags: tags(user.tags),
    }
}

fn group(group: GroupDetail) -> Group {
    Group {
        arn: group.arn.unwrap_or_default(),
        group_name: group.group_name.unwrap_or_default(),
        group_policy_list: inline(group.group_policy_list),
        attached_managed_policies: attached(group.attached_managed_policies),
    }
}

fn managed_policy(policy: ManagedPolicyDetail) -> ManagedPolicy {
    let versions = policy.policy_version_list.unwrap_or_default().into_iter();
    ManagedPolicy {
        arn: policy.arn.unwrap_or_default(),
        policy_name: policy.policy_name.unwrap_or_default(),
        policy_version_list: versions
            .filter(|version| version.is_default_version)
            .map(|version| PolicyVersion {
                document: document(version.document),
                version_id: version.version_id.unwrap_or_default(),
                is_default_version: true,
            })
            .collect(),
    }
}

fn inline(policies: Option<Vec<PolicyDetail>>) -> Vec<InlinePolicy> {
    let policies = policies.unwrap_or_default().into_iter();
    policies
        .map(|policy| InlinePolicy {
            policy_name: policy.policy_name.unwrap_or_default(),
            policy_document: document(policy.policy_document),
        })
        .collect()
}

pub(super) fn document(text: Option<String>) -> DocumentText {
    DocumentText::new(&text.unwrap_or_default())
}

pub(super) fn attached(policies: Option<Vec<SdkAttachedPolicy>>) -> Vec<AttachedPolicy> {
    let policies = policies.unwrap_or_default().into_iter();
    policies
        .map(|policy| AttachedPolicy {
            policy_name: policy.policy_name.unwrap_or_default(),
            policy_arn: policy.policy_arn.unwrap_or_default(),
        })
        .collect()
}

pub(super) fn boundary(boundary: Option<AttachedPermissionsBoundary>) -> Option<Boundary> {
    boundary?.permissions_boundary_arn.map(|permissions_boundary_arn| Boundary { permissions_boundary_arn })
}

pub(super) fn tags(tags: Option<Vec<SdkTag>>) -> Vec<Tag> {
    tags.unwrap_or_default().into_iter().map(|tag| Tag { key: tag.key, value: tag.value }).collect()
}

#[cfg(test)]
mod tests {
    use aws_sdk_iam::types::PolicyVersion as SdkVersion;

    use super::*;

    #[test]
    fn only_the_version_in_force_of_a_managed_policy_stays_and_is_decoded() {
        let version = |id: &str, default: bool| {
            SdkVersion::builder().version_id(id).is_default_version(default).document("%7B%7D").build()
        };
        let detail = ManagedPolicyDetail::builder().arn("arn:aws:iam::123456789012:policy/p").attachment_count(1);
        let detail = detail.policy_version_list(version("v1", false)).policy_version_list(version("v2", true)).build();
        let policy = managed_policy(detail);
        let [kept] = policy.policy_version_list.as_slice() else { panic!("{policy:?}") };
        assert_eq!((kept.version_id.as_str(), kept.document.as_str()), ("v2", "{}"));
    }

    #[test]
    fn a_managed_policy_that_nobody_has_is_left_out_and_a_boundary_is_not() {
        let detail = || ManagedPolicyDetail::builder().attachment_count(0);
        assert!(!in_use(&detail().build()));
        assert!(!in_use(&detail().permissions_boundary_usage_count(0).build()));
        assert!(in_use(&detail().permissions_boundary_usage_count(1).build()));
        assert!(in_use(&ManagedPolicyDetail::builder().build()));
    }
}
