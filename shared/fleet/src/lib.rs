//! The words of a camera fleet as types: once a value exists it is right.
//!
//! Does no I/O, reads no clock and knows no AWS SDK: what depends on it stays testable by tables.

mod account;
mod attribute;
mod certificate;
mod fault;
mod hex;
mod name;
mod priority;
pub mod secret;
mod stream;
mod tag;
mod throttle;

pub use account::AccountId;
pub use attribute::{CA_ATTRIBUTE, CERTIFICATE_ATTRIBUTE, PREVIOUS_ATTRIBUTE, REGISTERED_ATTRIBUTE};
pub use certificate::CertificateId;
pub use fault::{Fault, shown, shown_at};
pub use hex::hex;
pub use name::ThingName;
pub use priority::Priority;
pub use stream::{MediaType, RetentionHours, StorageTier};
pub use tag::{HOLD_TAG, MARK_TAG, PRIORITY_TAG, TAG_PREFIX, THING_TAG, THROTTLE_TAG};
pub use throttle::Throttle;
