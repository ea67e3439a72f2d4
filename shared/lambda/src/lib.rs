//! What every function needs of its host: settings, logs, metrics, the AWS configuration, pacing and time left.
//!
//! Knows nothing of cameras, and names no AWS service client: those stand in the functions.

pub mod aws;
pub mod call;
pub mod clock;
mod connections;
pub mod log;
pub mod metrics;
pub mod pace;
pub mod secret;
pub mod settings;

pub use aws_config::SdkConfig;
