//! What people run: `cargo xtask demo`, `test`, `faults`, `storm`, `local`, `lint`, `package`, `catalogue`, `fuzz`.
//!
//! Does not depend on the AWS SDK, so that it is built in seconds: the local cloud, the functions and `warden` are
//! other processes.

mod bench;
mod build;
mod catalogue;
mod demo;
mod ending;
mod features;
mod fuzz;
mod layering;
mod lint;
mod package;
mod report;
mod serve;
mod storm;
mod suite;

use std::process::ExitCode;

use clap::Parser;

/// What people run on kvs-warden.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Command {
    /// Play how cameras join, strangers do not, and a mistake is found, in a local cloud.
    Demo {
        /// Leave the local cloud running at the end, until Enter or Ctrl-C.
        #[arg(long)]
        keep: bool,
    },
    /// Run the whole test suite: unit, property, and end to end against the local cloud.
    Test {
        /// Instead, only the report's page in a real browser: needs Chromium and its driver.
        #[arg(long)]
        browser: bool,
        /// Passed on to `cargo test`, such as the name of a test.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Make every call of the functions fail in every way, and print what comes of it.
    Faults,
    /// Let cameras, events and notices come all at once, and print what comes of it.
    Storm {
        /// Instead, reckon what a million cameras come to.
        #[arg(long)]
        model: bool,
    },
    /// Run the local cloud in the foreground, with the functions attached.
    Local {
        /// A parameter of the template, as Name=Value. May be given several times.
        #[arg(long = "parameter", value_parser = serve::parameter, value_name = "NAME=VALUE")]
        parameters: Vec<(String, String)>,
    },
    /// Measure us beside what people use and beside our bounds, and write docs/benchmarks.md.
    Bench {
        /// Cargo's profile for what is measured. The bounds are those of `release`; `dev` builds sooner.
        #[arg(long, default_value = "release")]
        profile: String,
        /// Only this part, without writing the page. May be given several times.
        #[arg(long)]
        only: Vec<bench::Part>,
    },
    /// Check formatting, lints, layering and the template.
    Lint,
    /// Build what is deployed with `sam build`, and tell the size of each artifact.
    Package {
        /// The functions' processor: `arm64` or `x86_64`. This machine's, when nothing is said.
        #[arg(long)]
        arch: Option<String>,
    },
    /// Make the catalogue of AWS's actions anew, from AWS's service authorization reference.
    Catalogue {
        /// Write nothing, and fail when the catalogue is not what would be made.
        #[arg(long)]
        check: bool,
    },
    /// Try every reader of what comes from outside with inputs that nobody thought of.
    Fuzz {
        /// How long to try each target.
        #[arg(long, default_value_t = 60, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
        seconds: u64,
        /// The only target to try.
        target: Option<String>,
    },
}

fn main() -> ExitCode {
    let workspace = local::workspace();
    let done = match Command::parse() {
        Command::Demo { keep } => demo::play(&workspace, keep),
        Command::Test { browser: true, arguments } => suite::browser(&workspace, &arguments),
        Command::Test { browser: false, arguments } => suite::test(&workspace, &arguments),
        Command::Faults => suite::faults(&workspace),
        Command::Storm { model: true } => storm::model(),
        Command::Storm { model: false } => storm::run(&workspace),
        Command::Local { parameters } => serve::run(&workspace, &parameters),
        Command::Bench { profile, only } => bench::measure(&workspace, &profile, &only),
        Command::Lint => lint::check(&workspace),
        Command::Package { arch } => package::build(&workspace, arch.as_deref()),
        Command::Catalogue { check } => catalogue::make(&workspace, check),
        Command::Fuzz { seconds, target } => fuzz::run(&workspace, seconds, target.as_deref()),
    };
    ending::now();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::error(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}
