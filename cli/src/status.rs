//! `warden status`.

pub(crate) mod camera;
mod table;

use std::io::{IsTerminal as _, Write};
use std::time::Duration;

use anyhow::Result;
use fleet::ThingName;
use indicatif::{ProgressBar, ProgressStyle};

use crate::args::Verdict;
use crate::aws::{Cloud, Deployed, Refused};
use crate::look::Look;
use crate::stack::Stack;

const EXAMPLES: &str = "\
Examples:
  warden status                        every camera of the stack
  warden status cam-1 cam-2            only these
  warden status --json | jq '.cameras[] | select(.ready | not)'

THROTTLE is the stream's tag kvs-warden:throttle. A camera whose stream is tagged `stopped` may not
send. A camera is ready when its thing, its stream and its certificate are there and active and its
stream is not tagged `stopped`. Exit code 1 says that a camera is not ready, that no camera has that
name, or that there is no such stack.";

/// Shows each camera: its thing, stream, certificate, priority and throttle.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The cameras to show; all when none is named.
    #[arg(value_name = "NAME", value_parser = ThingName::parse)]
    names: Vec<ThingName>,
    /// Write JSON instead of a table.
    #[arg(long)]
    json: bool,
    /// Set to anything to have no colour.
    #[arg(long, env = "NO_COLOR", hide = true, num_args = 0..=1, default_missing_value = "1")]
    no_color: Option<String>,
}

pub(crate) async fn run(args: &Args, stack: &Stack, out: &mut impl Write) -> Result<Verdict> {
    let cloud = Cloud::connect().await?;
    // Hidden by itself when standard error is no terminal.
    let progress = ProgressBar::new_spinner()
        .with_style(ProgressStyle::with_template("{spinner} reading the fleet: {human_pos} entries")?);
    progress.enable_steady_tick(Duration::from_millis(100));
    let fleet =
        cloud.fleet(&stack.thing_type(), &|entries| progress.inc(u64::try_from(entries).unwrap_or(u64::MAX))).await;
    progress.finish_and_clear();

    let fleet = fleet?;
    // Only an empty fleet raises the question, so the rest of the time this is not asked.
    if fleet.things.is_empty() && is_absent(cloud.deployed(stack).await)? {
        return Err(cloud.no_stack(stack));
    }
    let report = camera::report(&fleet, &args.names);
    if args.json {
        serde_json::to_writer_pretty(&mut *out, &report)?;
        writeln!(out)?;
    } else {
        let terminal = std::io::stdout().is_terminal();
        let plain = args.no_color.as_deref().is_some_and(|set| !set.is_empty());
        table::tell(&report, stack, Look::of(terminal, plain), out)?;
    }
    Ok(if report.cameras.iter().all(|camera| camera.ready) { Verdict::Well } else { Verdict::Amiss })
}

/// Whether there is no such stack. Who may not ask is shown the empty fleet.
fn is_absent(deployed: Result<Deployed>) -> Result<bool> {
    match deployed {
        Ok(deployed) => Ok(deployed == Deployed::Absent),
        Err(error) if error.downcast_ref::<Refused>().is_some() => Ok(false),
        Err(error) => Err(error),
    }
}
