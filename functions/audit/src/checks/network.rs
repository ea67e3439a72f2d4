//! VPC endpoints.

mod endpoint_breaks_webrtc;
mod endpoint_missing;
mod endpoint_open_policy;

use crate::check::Check;

/// The checks of the group.
pub(super) const CHECKS: &[&Check] =
    &[&endpoint_missing::CHECK, &endpoint_open_policy::CHECK, &endpoint_breaks_webrtc::CHECK];
