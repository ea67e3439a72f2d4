//! What cameras may do.

#![expect(clippy::unnecessary_wraps, reason = "what a check says has one shape, also where nothing is missing")]

mod camera_role_changes_streams;
mod camera_role_dead_permission;
mod camera_role_does_more;
mod camera_role_leaves_video;
mod camera_role_prefix_collision;
mod camera_role_reaches_other_streams;
mod camera_role_writes_and_reads;
mod camera_role_wrong_variable;

use crate::check::Check;

/// The checks of the group.
pub(super) const CHECKS: &[&Check] = &[
    &camera_role_reaches_other_streams::CHECK,
    &camera_role_prefix_collision::CHECK,
    &camera_role_changes_streams::CHECK,
    &camera_role_writes_and_reads::CHECK,
    &camera_role_does_more::CHECK,
    &camera_role_leaves_video::CHECK,
    &camera_role_wrong_variable::CHECK,
    &camera_role_dead_permission::CHECK,
];
