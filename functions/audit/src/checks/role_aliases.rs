//! From a certificate to a role.

#![expect(clippy::unnecessary_wraps, reason = "all checks answer in one shape")]

mod camera_role_trust_without_source;
mod camera_role_trusts_everybody;
mod camera_role_trusts_others;
mod role_alias_beyond_session;
mod role_alias_long_credentials;
mod role_alias_untrusted;
mod role_alias_without_role;

use crate::check::Check;

/// The checks of the group.
pub(super) const CHECKS: &[&Check] = &[
    &role_alias_without_role::CHECK,
    &role_alias_untrusted::CHECK,
    &camera_role_trusts_everybody::CHECK,
    &camera_role_trusts_others::CHECK,
    &camera_role_trust_without_source::CHECK,
    &role_alias_long_credentials::CHECK,
    &role_alias_beyond_session::CHECK,
];
