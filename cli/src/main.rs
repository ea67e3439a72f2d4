//! `warden`: the operator's tool. Sets up what a template cannot, makes and registers CAs, issues camera
//! certificates, shows how the fleet stands, and audits who may do what. It deploys nothing and deletes nothing.

mod args;
mod audit;
mod authority;
mod aws;
mod budget;
mod ca;
mod checks;
mod device;
mod look;
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
