//! Trails, alarms, and kvs-warden's own watch.

mod event_path_dead;
mod no_change_trail;
mod no_video_data_events;
mod own_part_tampered;
mod stream_alarms_missing;
mod trail_without_validation;

use crate::check::Check;

/// The checks of the group.
pub(super) const CHECKS: &[&Check] = &[
    &no_change_trail::CHECK,
    &trail_without_validation::CHECK,
    &no_video_data_events::CHECK,
    &stream_alarms_missing::CHECK,
    &own_part_tampered::CHECK,
    &event_path_dead::CHECK,
];
