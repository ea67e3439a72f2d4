//! What certificates may do at AWS IoT.

mod iot_policy_any_action;
mod iot_policy_any_client;
mod iot_policy_any_resource;
mod iot_policy_any_role_alias;
mod iot_policy_dead_permission;
mod iot_policy_laxer_version;
mod iot_policy_publishes_for_others;
mod iot_policy_shadows_of_others;
mod iot_policy_subscribes_to_others;
mod iot_policy_unattached;
mod iot_policy_wildcard_in_deny;
mod iot_policy_wrong_variable;

use crate::check::Check;

/// The checks of the group.
pub(super) const CHECKS: &[&Check] = &[
    &iot_policy_any_action::CHECK,
    &iot_policy_any_resource::CHECK,
    &iot_policy_any_client::CHECK,
    &iot_policy_publishes_for_others::CHECK,
    &iot_policy_subscribes_to_others::CHECK,
    &iot_policy_shadows_of_others::CHECK,
    &iot_policy_wildcard_in_deny::CHECK,
    &iot_policy_any_role_alias::CHECK,
    &iot_policy_laxer_version::CHECK,
    &iot_policy_unattached::CHECK,
    &iot_policy_wrong_variable::CHECK,
    &iot_policy_dead_permission::CHECK,
];
