//! The function's own binary, in a local cloud that is made of `template.yaml`.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]
#![expect(clippy::large_futures, reason = "of the SDK's calls, in tests")]

mod account;
mod bad_input;
mod change;
mod matrix;
mod own;
mod power;
mod samples;
mod secrets;
mod storm;
mod sweep;
