//! The real function binary, with the real SDK over HTTP, in the local cloud.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod crash;
mod duplicates;
mod first_connect;
mod fleet;
mod malformed;
mod matrix;
mod name;
mod power;
mod refusals;
mod registry;
mod samples;
mod secrets;
mod storm;
mod stream;
mod theft;
mod throttles;
