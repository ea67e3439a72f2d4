//! The command line: what it takes and how it ends.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::stack::Stack;
use crate::{audit, budget, ca, checks, device, setup, simulate, status};

const EXAMPLES: &str = "\
From nothing to a camera:
  warden ca create                              make the CA that signs cameras
  sam deploy ...                                deploy the stack with the CA's id, as printed
  warden setup                                  turn on what a template cannot
  warden ca register --ca ca.pem                tell AWS IoT to trust the CA
  warden device issue cam-1 cam-2 --out certs   a key and a certificate for each camera
  warden status                                 see who has registered

Credentials, Region and endpoint come from where every AWS tool takes them: AWS_PROFILE,
AWS_REGION, AWS_ENDPOINT_URL, ~/.aws/config.

Exit codes: 0 all is well; 1 something failed or is not as it should be; 2 the command line
is wrong.";

/// Looks after a fleet of cameras on Amazon Kinesis Video Streams.
#[derive(Debug, Parser)]
#[command(name = "warden", version, after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct Warden {
    /// The name of the deployed stack.
    #[arg(
        long,
        global = true,
        env = "WARDEN_STACK",
        hide_env_values = true,
        default_value = "kvs-warden",
        value_name = "NAME",
        value_parser = Stack::parse,
        display_order = 900
    )]
    stack: Stack,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Turn on what a template cannot, and say what registration still lacks.
    Setup(setup::Args),
    /// Make the CA that signs cameras, and register it with AWS IoT.
    #[command(subcommand)]
    Ca(CaCommand),
    /// Make keys and certificates for cameras.
    #[command(subcommand)]
    Device(DeviceCommand),
    /// Show each camera: its thing, stream, certificate, priority and throttle.
    Status(status::Args),
    /// Check who may do what to cameras, streams and their data.
    Audit(audit::Args),
    /// List the checks of `warden audit`, and explain them.
    Checks(checks::Args),
    /// See what the budget does to the video, and undo it.
    #[command(subcommand)]
    Budget(budget::Command),
    /// Decide requests as AWS would, from the policies that they bring along.
    Simulate(simulate::Args),
}

#[derive(Debug, Subcommand)]
enum CaCommand {
    /// Make a CA: a private key and a self-signed certificate.
    Create(ca::create::Args),
    /// Register a CA with AWS IoT, active and with automatic registration.
    Register(ca::register::Args),
}

#[derive(Debug, Subcommand)]
enum DeviceCommand {
    /// Issue a private key and a certificate chain for each camera named.
    Issue(device::Args),
}

/// What a command found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing is left to do.
    Well,
    /// Something is not as it should be; what, the command has said.
    Amiss,
}

impl Warden {
    /// Runs the command and turns its end into an exit code.
    pub(crate) async fn run(self) -> ExitCode {
        let mut out = io::stdout().lock();
        let Self { stack, command } = self;
        let verdict = match command {
            Command::Setup(args) => setup::run(&args, &stack, &mut out).await,
            Command::Ca(CaCommand::Create(args)) => ca::create::run(&args, &stack, &mut out),
            Command::Ca(CaCommand::Register(args)) => ca::register::run(&args, &stack, &mut out).await,
            Command::Device(DeviceCommand::Issue(args)) => device::run(&args, &mut out),
            Command::Status(args) => status::run(&args, &stack, &mut out).await,
            Command::Audit(args) => audit::run(&args, &stack, &mut out).await,
            Command::Checks(args) => checks::run(&args, &mut out),
            Command::Budget(command) => budget::run(&command, &stack, &mut out).await,
            Command::Simulate(args) => simulate::run(&args, &mut out),
        };
        match verdict {
            Ok(Verdict::Well) => ExitCode::SUCCESS,
            Ok(Verdict::Amiss) => ExitCode::FAILURE,
            Err(error) => ended(&error),
        }
    }
}

/// Says why a command ended. A reader that has seen enough (`warden status | head`) is no failure.
fn ended(error: &anyhow::Error) -> ExitCode {
    if let Some(usage) = error.downcast_ref::<clap::Error>() {
        usage.print().ok();
        return ExitCode::from(2);
    }
    if error.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe) {
        return ExitCode::SUCCESS;
    }
    writeln!(io::stderr(), "error: cannot {error:#}").ok();
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Warden::command().debug_assert();
    }

    #[test]
    fn the_help_is_what_we_mean_to_say() {
        let mut command = Warden::command();
        command.build();
        let mut text = command.render_help().to_string();
        for path in [
            &["setup"][..],
            &["ca", "create"],
            &["ca", "register"],
            &["device", "issue"],
            &["status"],
            &["audit"],
            &["checks"],
            &["simulate"],
        ] {
            let mut at = &mut command;
            for name in path {
                at = at.find_subcommand_mut(name).expect("a subcommand");
            }
            write!(text, "\n=== {}\n{}", path.join(" "), at.clone().term_width(100).render_long_help()).expect("text");
        }
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn a_name_that_no_service_takes_is_a_wrong_command_line() {
        for line in [
            &["warden", "device", "issue", "cam 1"][..],
            &["warden", "status", "cam.1"],
            &["warden", "--stack", "1x", "setup"],
        ] {
            let error = Warden::try_parse_from(line).expect_err("a wrong command line");
            assert_eq!(error.exit_code(), 2, "{line:?}");
            assert!(error.to_string().contains("expected"), "{error}");
        }
    }
}
