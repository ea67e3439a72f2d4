//! Kinesis Data Streams and Firehose.

mod data_stream_managed_key;
mod data_stream_retention;
mod data_stream_shared;
mod data_stream_unencrypted;
mod data_stream_without_metrics;
mod delivery_destination_unencrypted;
mod delivery_stream_managed_key;
mod delivery_stream_unencrypted;

use crate::check::Check;

/// The checks of the group.
pub(super) const CHECKS: &[&Check] = &[
    &data_stream_unencrypted::CHECK,
    &data_stream_managed_key::CHECK,
    &data_stream_retention::CHECK,
    &data_stream_shared::CHECK,
    &data_stream_without_metrics::CHECK,
    &delivery_stream_unencrypted::CHECK,
    &delivery_stream_managed_key::CHECK,
    &delivery_destination_unencrypted::CHECK,
];
