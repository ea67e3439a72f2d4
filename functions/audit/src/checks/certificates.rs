//! Which certificate belongs to which camera.

mod active_certificate_without_stream;
mod ca_certificate_expiring;
mod certificate_on_several_things;
mod certificate_without_thing;
mod device_certificate_expiring;
mod stream_without_thing;
mod thing_with_several_certificates;
mod thing_without_stream;

use crate::check::Check;

/// The checks of the group.
pub(super) const CHECKS: &[&Check] = &[
    &certificate_on_several_things::CHECK,
    &thing_with_several_certificates::CHECK,
    &ca_certificate_expiring::CHECK,
    &device_certificate_expiring::CHECK,
    &certificate_without_thing::CHECK,
    &active_certificate_without_stream::CHECK,
    &stream_without_thing::CHECK,
    &thing_without_stream::CHECK,
];
