//! The real function binary against the local cloud: budgets, streams and cameras as the template deploys them.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod doorbell;
mod fleet;
mod matrix;
mod power;
mod samples;
mod secrets;
mod throttling;
mod trouble;
