//! The function's own binary, in a local cloud that is made of `template.yaml`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
#![expect(clippy::large_futures, reason = "of the SDK's calls, in tests")]

mod account;
mod bad_input;
mod change;
mod own;
mod power;
mod samples;
mod secrets;
mod sweep;
