//! The real function binary against the local cloud: budgets, streams and cameras as the template deploys them.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod doorbell;
mod fleet;
mod matrix;
mod power;
mod samples;
mod secrets;
mod storm;
mod throttling;
mod trouble;
