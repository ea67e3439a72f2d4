//! The real function binary, with the real SDK over HTTP, in the local cloud.

mod crash;
mod duplicates;
mod first_connect;
mod fleet;
mod malformed;
mod name;
mod power;
mod refusals;
mod registry;
mod samples;
mod stream;
mod throttles;
