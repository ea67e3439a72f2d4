//! IAM, as `GetAccountAuthorizationDetails` gives it.
//!
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html>

use serde::{Deserialize, Serialize};

use super::{DocumentText, Moment};

/// A role.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Role {
    /// Its ARN, with its path.
    pub arn: String,
    /// Its name.
    pub role_name: String,
    /// Who may assume it.
    pub assume_role_policy_document: DocumentText,
    /// Its inline policies.
    pub role_policy_list: Vec<InlinePolicy>,
    /// Its managed policies, by name only.
    pub attached_managed_policies: Vec<AttachedPolicy>,
    /// Its permissions boundary.
    pub permissions_boundary: Option<Boundary>,
    /// The longest session in seconds. Only `GetRole` tells; asked for the roles of role aliases.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_session_duration: Option<i32>,
    /// Its tags.
    pub tags: Vec<Tag>,
}

/// A user.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct User {
    /// Its ARN, with its path.
    pub arn: String,
    /// Its name.
    pub user_name: String,
    /// Its inline policies.
    pub user_policy_list: Vec<InlinePolicy>,
    /// The names of its groups.
    pub group_list: Vec<String>,
    /// Its managed policies, by name only.
    pub attached_managed_policies: Vec<AttachedPolicy>,
    /// Its permissions boundary.
    pub permissions_boundary: Option<Boundary>,
    /// Its tags.
    pub tags: Vec<Tag>,
}

/// A group.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Group {
    /// Its ARN, with its path.
    pub arn: String,
    /// Its name.
    pub group_name: String,
    /// Its inline policies.
    pub group_policy_list: Vec<InlinePolicy>,
    /// Its managed policies, by name only.
    pub attached_managed_policies: Vec<AttachedPolicy>,
}

/// A managed policy, of the account or of AWS.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ManagedPolicy {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub policy_name: String,
    /// Its versions. The default one is in force; of others only those that were asked for are here.
    pub policy_version_list: Vec<PolicyVersion>,
}

/// A version of a managed policy.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct PolicyVersion {
    /// What it says.
    pub document: DocumentText,
    /// Such as `v2`.
    pub version_id: String,
    /// Whether it is in force.
    pub is_default_version: bool,
}

/// An inline policy.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct InlinePolicy {
    /// Its name.
    pub policy_name: String,
    /// What it says.
    pub policy_document: DocumentText,
}

/// A managed policy that is attached to something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct AttachedPolicy {
    /// Its name.
    pub policy_name: String,
    /// Its ARN.
    pub policy_arn: String,
}

/// The managed policy that bounds what a user or role may do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Boundary {
    /// The policy's ARN.
    pub permissions_boundary_arn: String,
}

/// A tag.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Tag {
    /// Its name.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// An access key of a user, from `ListAccessKeys` or the credential report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccessKey {
    /// The user's ARN.
    pub user_arn: String,
    /// Which of the user's two keys, `1` or `2`: the report does not tell ids, and neither do we.
    pub number: u8,
    /// Whether it works.
    pub active: bool,
    /// When it was made.
    pub created: Moment,
    /// When it was last used; None when never, or when nobody asked.
    #[serde(default)]
    pub last_used: Option<Moment>,
    /// The service of its last use, such as `kinesisvideo`.
    #[serde(default)]
    pub last_used_service: Option<String>,
}

impl AccessKey {
    /// The user's ARN with the number of the key, which has no ARN of its own.
    pub fn arn(&self) -> String {
        format!("{}#{}", self.user_arn, self.number)
    }
}
