//! Who may change who may do what.

#![expect(clippy::unnecessary_wraps, reason = "all checks answer in one shape")]

mod administrator;
mod may_assume_any_role;
mod may_become_administrator;
mod may_change_audit;
mod may_change_camera_power;
mod repeated_denials;
mod unreadable_iot_policy;
mod unreadable_policy;

use crate::check::Check;

/// The checks of the group.
pub(super) const CHECKS: &[&Check] = &[
    &may_become_administrator::CHECK,
    &may_change_camera_power::CHECK,
    &may_change_audit::CHECK,
    &unreadable_policy::CHECK,
    &unreadable_iot_policy::CHECK,
    &may_assume_any_role::CHECK,
    &repeated_denials::CHECK,
    &administrator::CHECK,
];
