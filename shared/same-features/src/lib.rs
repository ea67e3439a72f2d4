//! Nothing: its `Cargo.toml` is what it is for.
//!
//! `sam build` builds each function by itself, and Cargo then gives a crate the features that this function's own
//! dependencies ask for. Where two functions ask a crate for different ones, it is compiled twice, with all that is built
//! on it: most of the AWS SDK. Every function depends on this crate through `lambda`, which asks for what any of them
//! asks for, so that `sam build` compiles each crate once. `cargo xtask lint` tells when something is missing here.
