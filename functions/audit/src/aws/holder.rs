//! One role, user, group or managed policy with what hangs on it.

use std::collections::BTreeSet;

use super::Aws;
use super::answer::{answer, moment, present, settle};
use super::credential_report::{numbered, said};
use super::iam::{attached, boundary, document, tags};
use crate::inventory::{
    AccessKey, AttachedPolicy, Boundary, Group, InlinePolicy, Inventory, ManagedPolicy, Missing, Moment, PolicyVersion,
    Role, User,
};

/// Members of a group, and holders of a policy, that are looked at.
const MOST_HOLDERS: i32 = 50;

impl Aws {
    /// A role with its policies and its boundary. Of one that is not there, nobody knows the path: the ARN without one
    /// is gone.
    pub(super) async fn look_role(&self, name: &str, into: &mut Inventory) {
        let looked = self.role(name).await;
        if let Ok(Some(role)) = &looked {
            self.managed_policies(&role.attached_managed_policies, role.permissions_boundary.as_ref(), into).await;
        }
        let gone = into.taken.iam_arn(&format!("role/{name}"));
        settle(&mut into.roles, (&mut into.gone, gone), |role| &role.arn, looked);
    }

    async fn role(&self, name: &str) -> Result<Option<Role>, Missing> {
        let looked = present("iam:GetRole", self.iam.get_role().role_name(name).send().await)?;
        let Some(role) = looked.and_then(|answer| answer.role) else { return Ok(None) };
        let names = self.iam.list_role_policies().role_name(name).into_paginator().items().send();
        let mut inline = Vec::new();
        for policy_name in answer("iam:ListRolePolicies", names.collect::<Result<Vec<_>, _>>().await)? {
            let call = self.iam.get_role_policy().role_name(name).policy_name(&policy_name);
            let Some(policy) = present("iam:GetRolePolicy", call.send().await)? else { continue };
            inline.push(InlinePolicy { policy_name, policy_document: document(Some(policy.policy_document)) });
        }
        let policies = self.iam.list_attached_role_policies().role_name(name).into_paginator().items().send();
        let policies = answer("iam:ListAttachedRolePolicies", policies.collect::<Result<Vec<_>, _>>().await)?;
        Ok(Some(Role {
            arn: role.arn,
            role_name: role.role_name,
            assume_role_policy_document: document(role.assume_role_policy_document),
            role_policy_list: inline,
            attached_managed_policies: attached(Some(policies)),
            permissions_boundary: boundary(role.permissions_boundary),
            max_session_duration: role.max_session_duration,
            tags: tags(role.tags),
        }))
    }

    /// A user with its policies, groups, boundary and access keys. Of one that is not there the keys are gone as well.
    pub(super) async fn look_user(&self, name: &str, into: &mut Inventory) {
        let looked = self.user(name, into).await;
        if let Ok(Some(user)) = &looked {
            self.managed_policies(&user.attached_managed_policies, user.permissions_boundary.as_ref(), into).await;
            self.look_access_keys(name, &user.arn, into).await;
        }
        let gone = into.taken.iam_arn(&format!("user/{name}"));
        if matches!(looked, Ok(None)) {
            keys_are(&gone, Vec::new(), into);
        }
        settle(&mut into.users, (&mut into.gone, gone), |user| &user.arn, looked);
    }

    async fn user(&self, name: &str, into: &mut Inventory) -> Result<Option<User>, Missing> {
        let looked = present("iam:GetUser", self.iam.get_user().user_name(name).send().await)?;
        let Some(user) = looked.and_then(|answer| answer.user) else { return Ok(None) };
        let names = self.iam.list_user_policies().user_name(name).into_paginator().items().send();
        let mut inline = Vec::new();
        for policy_name in answer("iam:ListUserPolicies", names.collect::<Result<Vec<_>, _>>().await)? {
            let call = self.iam.get_user_policy().user_name(name).policy_name(&policy_name);
            let Some(policy) = present("iam:GetUserPolicy", call.send().await)? else { continue };
            inline.push(InlinePolicy { policy_name, policy_document: document(Some(policy.policy_document)) });
        }
        let policies = self.iam.list_attached_user_policies().user_name(name).into_paginator().items().send();
        let policies = answer("iam:ListAttachedUserPolicies", policies.collect::<Result<Vec<_>, _>>().await)?;
        let groups = self.iam.list_groups_for_user().user_name(name).into_paginator().items().send();
        let groups = answer("iam:ListGroupsForUser", groups.collect::<Result<Vec<_>, _>>().await)?;
        for group in &groups {
            if !into.groups.items.iter().any(|known| known.arn == group.arn) {
                self.look_group_policies(&group.arn, &group.group_name, into).await;
            }
        }
        Ok(Some(User {
            arn: user.arn,
            user_name: user.user_name,
            user_policy_list: inline,
            group_list: groups.into_iter().map(|group| group.group_name).collect(),
            attached_managed_policies: attached(Some(policies)),
            permissions_boundary: boundary(user.permissions_boundary),
            tags: tags(user.tags),
        }))
    }

    async fn look_access_keys(&self, name: &str, arn: &str, into: &mut Inventory) {
        match self.access_keys_of(name, arn).await {
            Ok(keys) => keys_are(arn, keys, into),
            Err(missing) => into.access_keys.missing = Some(missing),
        }
    }

    async fn access_keys_of(&self, name: &str, arn: &str) -> Result<Vec<AccessKey>, Missing> {
        let listed = self.iam.list_access_keys().user_name(name).into_paginator().items().send();
        let mut keys = Vec::new();
        for key in answer("iam:ListAccessKeys", listed.collect::<Result<Vec<_>, _>>().await)? {
            let call = self.iam.get_access_key_last_used().access_key_id(key.access_key_id.unwrap_or_default());
            let used = present("iam:GetAccessKeyLastUsed", call.send().await)?;
            let used = used.and_then(|answer| answer.access_key_last_used);
            keys.push(AccessKey {
                user_arn: arn.to_owned(),
                number: 1,
                active: key.status.is_some_and(|status| status.as_str() == "Active"),
                created: key.create_date.map_or(Moment::EPOCH, moment),
                last_used: used.as_ref().and_then(|used| used.last_used_date).map(moment),
                last_used_service: used.and_then(|used| said(&used.service_name).map(str::to_owned)),
            });
        }
        Ok(numbered(keys))
    }

    /// A group, and up to 50 of its users.
    pub(super) async fn look_group(&self, name: &str, into: &mut Inventory) {
        let call = self.iam.get_group().group_name(name).max_items(MOST_HOLDERS);
        match present("iam:GetGroup", call.send().await) {
            Ok(Some(answer)) => {
                if let Some(group) = answer.group {
                    self.look_group_policies(&group.arn, name, into).await;
                }
                for user in answer.users {
                    if !into.users.items.iter().any(|known| known.user_name == user.user_name) {
                        self.look_user(&user.user_name, into).await;
                    }
                }
            }
            Ok(None) => {
                let gone = into.taken.iam_arn(&format!("group/{name}"));
                settle(&mut into.groups, (&mut into.gone, gone), |group| &group.arn, Ok(None));
            }
            Err(missing) => into.groups.missing = Some(missing),
        }
    }

    async fn look_group_policies(&self, arn: &str, name: &str, into: &mut Inventory) {
        let looked = self.group(arn, name).await;
        if let Ok(group) = &looked {
            self.managed_policies(&group.attached_managed_policies, None, into).await;
        }
        settle(&mut into.groups, (&mut into.gone, arn.to_owned()), |group| &group.arn, looked.map(Some));
    }

    async fn group(&self, arn: &str, name: &str) -> Result<Group, Missing> {
        let names = self.iam.list_group_policies().group_name(name).into_paginator().items().send();
        let mut inline = Vec::new();
        for policy_name in answer("iam:ListGroupPolicies", names.collect::<Result<Vec<_>, _>>().await)? {
            let call = self.iam.get_group_policy().group_name(name).policy_name(&policy_name);
            let Some(policy) = present("iam:GetGroupPolicy", call.send().await)? else { continue };
            inline.push(InlinePolicy { policy_name, policy_document: document(Some(policy.policy_document)) });
        }
        let policies = self.iam.list_attached_group_policies().group_name(name).into_paginator().items().send();
        let policies = answer("iam:ListAttachedGroupPolicies", policies.collect::<Result<Vec<_>, _>>().await)?;
        Ok(Group {
            arn: arn.to_owned(),
            group_name: name.to_owned(),
            group_policy_list: inline,
            attached_managed_policies: attached(Some(policies)),
        })
    }

    /// A managed policy, and up to 50 of those who have it.
    pub(super) async fn look_managed_policy(&self, arn: &str, into: &mut Inventory) {
        self.look_document(arn, into).await;
        if into.gone.contains(arn) {
            return;
        }
        let call = self.iam.list_entities_for_policy().policy_arn(arn).max_items(MOST_HOLDERS);
        let holders = match present("iam:ListEntitiesForPolicy", call.send().await) {
            Ok(holders) => holders,
            Err(missing) => {
                // Nobody knows whom it concerns.
                into.roles.missing = Some(missing.clone());
                into.users.missing = Some(missing.clone());
                into.groups.missing = Some(missing);
                return;
            }
        };
        let Some(holders) = holders else { return };
        for name in holders.policy_roles.unwrap_or_default().into_iter().filter_map(|role| role.role_name) {
            if !into.roles.items.iter().any(|known| known.role_name == name) {
                self.look_role(&name, into).await;
            }
        }
        for name in holders.policy_users.unwrap_or_default().into_iter().filter_map(|user| user.user_name) {
            if !into.users.items.iter().any(|known| known.user_name == name) {
                self.look_user(&name, into).await;
            }
        }
        for name in holders.policy_groups.unwrap_or_default().into_iter().filter_map(|group| group.group_name) {
            self.look_group(&name, into).await;
        }
    }

    /// The managed policies of somebody that are not in the inventory yet.
    async fn managed_policies(&self, policies: &[AttachedPolicy], bound: Option<&Boundary>, into: &mut Inventory) {
        let arns: BTreeSet<&str> = policies
            .iter()
            .map(|policy| policy.policy_arn.as_str())
            .chain(bound.map(|boundary| boundary.permissions_boundary_arn.as_str()))
            .collect();
        for arn in arns {
            if !into.managed_policies.items.iter().any(|known| known.arn == arn) {
                self.look_document(arn, into).await;
            }
        }
    }

    async fn look_document(&self, arn: &str, into: &mut Inventory) {
        let looked = self.managed_policy(arn).await;
        settle(&mut into.managed_policies, (&mut into.gone, arn.to_owned()), |policy| &policy.arn, looked);
    }

    async fn managed_policy(&self, arn: &str) -> Result<Option<ManagedPolicy>, Missing> {
        let looked = present("iam:GetPolicy", self.iam.get_policy().policy_arn(arn).send().await)?;
        let Some(policy) = looked.and_then(|answer| answer.policy) else { return Ok(None) };
        let version_id = policy.default_version_id.unwrap_or_default();
        let call = self.iam.get_policy_version().policy_arn(arn).version_id(&version_id);
        let version = present("iam:GetPolicyVersion", call.send().await)?.and_then(|answer| answer.policy_version);
        Ok(version.map(|version| ManagedPolicy {
            arn: arn.to_owned(),
            policy_name: policy.policy_name.unwrap_or_default(),
            policy_version_list: vec![PolicyVersion {
                document: document(version.document),
                version_id,
                is_default_version: true,
            }],
        }))
    }
}

/// A user has these keys and no others: of the two that it could have, the rest is gone.
fn keys_are(user_arn: &str, keys: Vec<AccessKey>, into: &mut Inventory) {
    into.access_keys.items.retain(|key| key.user_arn != user_arn);
    for number in 1..=2_usize {
        if keys.len() < number {
            into.gone.insert(format!("{user_arn}#{number}"));
        }
    }
    into.access_keys.items.extend(keys);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u8) -> AccessKey {
        AccessKey {
            user_arn: "arn:u".to_owned(),
            number,
            active: true,
            created: Moment::EPOCH,
            last_used: None,
            last_used_service: None,
        }
    }

    #[test]
    fn the_keys_that_a_user_no_longer_has_are_gone() {
        let mut inventory = Inventory::default();
        keys_are("arn:u", vec![key(1), key(2)], &mut inventory);
        assert_eq!((inventory.access_keys.items.len(), inventory.gone.len()), (2, 0));
        keys_are("arn:u", vec![key(1)], &mut inventory);
        assert_eq!(inventory.access_keys.items, [key(1)]);
        assert!(inventory.gone.contains("arn:u#2"));
    }
}
