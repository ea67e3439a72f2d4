//! Who watches.

#![expect(clippy::unnecessary_wraps, reason = "what a check says has one shape, also where nothing is missing")]

mod footage_of_all_streams;
mod footage_outside_endpoint;
mod viewer_acts_as_camera;
mod viewer_can_destroy;
mod viewer_trusts_others;

use crate::check::Check;

/// The checks of the group.
pub(super) const CHECKS: &[&Check] = &[
    &footage_of_all_streams::CHECK,
    &viewer_can_destroy::CHECK,
    &viewer_acts_as_camera::CHECK,
    &viewer_trusts_others::CHECK,
    &footage_outside_endpoint::CHECK,
];
