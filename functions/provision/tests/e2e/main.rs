//! The real function binary, with the real SDK over HTTP, in the local cloud.

mod fleet;
mod first_connect;

