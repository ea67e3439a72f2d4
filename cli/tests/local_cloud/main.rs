//! The real `warden` against the local cloud: what it does to an account, and what it says and does not say.

#![expect(clippy::string_slice, clippy::unwrap_used, reason = "a test fails by panicking")]

mod account;
mod audit;
mod budget;
mod ca;
mod device;
mod setup;
mod status;
