//! Encryption in transit.

mod iot_domain_old_tls;
mod queue_plain_http;
mod topic_http_subscription;
mod topic_plain_http;

use crate::check::Check;

/// The checks of the group.
pub(super) const CHECKS: &[&Check] =
    &[&iot_domain_old_tls::CHECK, &topic_http_subscription::CHECK, &topic_plain_http::CHECK, &queue_plain_http::CHECK];
