//! The local cloud: AWS as far as kvs-warden needs it, on this machine, made from `template.yaml`.
//!
//! This crate sets up the pinned Python tools and starts, drives and stops the cloud that `local/cloud` makes of them.
//! It calls no AWS API itself: what runs against the cloud brings its own SDK.

mod cloud;
mod control;
pub mod faults;
mod leak;
mod log;
mod python;
pub mod storm;
mod weather;

pub use cloud::{Cloud, Function, Options, PROXIES};
pub use control::{Call, Connect, Control, Load, Tick};
pub use leak::{Leak, kept_leaks, leaks};
pub use log::Log;
pub use python::Python;

use std::path::{Path, PathBuf};

/// Whether pages that a command or test holds itself against are to be written anew instead: `UPDATE` says so.
#[expect(clippy::disallowed_methods, reason = "whoever changed what a page tells asks for the new one")]
pub fn updates() -> bool {
    std::env::var("UPDATE").is_ok()
}

/// The top of the workspace.
pub fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}
