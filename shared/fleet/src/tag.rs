//! The tags that kvs-warden keeps on a stream. The camera's own role is denied to write them.

/// All our tags begin so.
pub const TAG_PREFIX: &str = "kvs-warden:";

/// The thing that the stream belongs to.
pub const THING_TAG: &str = "kvs-warden:thing";

/// A [`Priority`](crate::Priority).
pub const PRIORITY_TAG: &str = "kvs-warden:priority";

/// A [`Throttle`](crate::Throttle); absent on a stream that is not throttled.
pub const THROTTLE_TAG: &str = "kvs-warden:throttle";

/// What kvs-warden needs to undo a throttle, and to tell its own from others'. It stands beside [`THROTTLE_TAG`].
pub const MARK_TAG: &str = "kvs-warden:throttled";

/// An operator's: the stream stays as it is. Any value will do.
pub const HOLD_TAG: &str = "kvs-warden:hold";
