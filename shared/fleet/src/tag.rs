//! The tags that kvs-warden keeps on a stream. The camera's own role is denied to write them.

/// All our tags begin so.
pub const TAG_PREFIX: &str = "kvs-warden:";

/// The thing that the stream belongs to.
pub const THING_TAG: &str = "kvs-warden:thing";

/// A [`Priority`](crate::Priority).
pub const PRIORITY_TAG: &str = "kvs-warden:priority";

/// A [`Throttle`](crate::Throttle); absent on a stream that is not throttled.
pub const THROTTLE_TAG: &str = "kvs-warden:throttle";
