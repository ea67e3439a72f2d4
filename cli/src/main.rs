//! `warden`: the operator's tool. Sets up what a template cannot, makes and registers CAs, issues camera
//! certificates, and shows how the fleet stands. It deploys nothing and deletes nothing.

mod args;
mod authority;
mod aws;
mod ca;
mod device;
mod new_files;
mod setup;
mod simulate;
mod stack;
mod status;

use clap::Parser as _;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::process::ExitCode {
    args::Warden::parse().run().await
}
