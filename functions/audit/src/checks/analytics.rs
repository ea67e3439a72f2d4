//! Managed Service for Apache Flink.

mod flink_outside_vpc;
mod flink_role_reaches_all_streams;
mod flink_without_logs;

use crate::check::Check;

/// The checks of the group.
pub(super) const CHECKS: &[&Check] =
    &[&flink_role_reaches_all_streams::CHECK, &flink_without_logs::CHECK, &flink_outside_vpc::CHECK];
