//! Topics and queues.

mod budgets_topic_without_source;
mod queue_public;
mod queue_service_for_others;
mod queue_unencrypted;
mod service_may_publish_for_others;
mod topic_public;
mod topic_unencrypted;

use crate::check::Check;

/// The checks of the group.
pub(super) const CHECKS: &[&Check] = &[
    &topic_public::CHECK,
    &queue_public::CHECK,
    &budgets_topic_without_source::CHECK,
    &service_may_publish_for_others::CHECK,
    &queue_service_for_others::CHECK,
    &topic_unencrypted::CHECK,
    &queue_unencrypted::CHECK,
];
