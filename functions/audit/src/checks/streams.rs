//! Video streams.

mod stream_keeps_nothing;
mod stream_key_unusable;
mod stream_managed_key;
mod stream_retention_long;
mod stream_retention_short;
mod stream_sends_elsewhere;
mod stream_without_priority;

use crate::check::Check;

/// The checks of the group.
pub(super) const CHECKS: &[&Check] = &[
    &stream_managed_key::CHECK,
    &stream_key_unusable::CHECK,
    &stream_keeps_nothing::CHECK,
    &stream_retention_short::CHECK,
    &stream_retention_long::CHECK,
    &stream_without_priority::CHECK,
    &stream_sends_elsewhere::CHECK,
];
