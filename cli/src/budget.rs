//! `warden budget`.

mod table;

use std::io::{self, IsTerminal as _, Write};

use anyhow::{Result, anyhow, bail};
use budget::look::{NoFigures, Released};
use budget::money::Money;
use clap::Subcommand;

use crate::args::Verdict;
use crate::aws::Cloud;
use crate::look::Look;
use crate::stack::Stack;

const PLAN_EXAMPLES: &str = "\
Examples:
  warden budget plan                         what the next look would do
  warden budget plan --spend 950             what it would do with 950 spent
  warden budget plan --forecast 1200         what it would do if 1,200 were expected

Nothing is changed. Measuring what comes in asks CloudWatch for one metric of each stream that may
give way, which AWS charges for: about a cent for a thousand streams.";

const RELEASE_EXAMPLES: &str = "\
Examples:
  warden budget release gate-north           it may send again, and stays so whatever is spent

The stream gets the tag `kvs-warden:hold`. To leave it to the budget again, remove that tag:
  aws kinesisvideo untag-stream --stream-name gate-north --tag-key-list kvs-warden:hold";

/// See what the budget does to the video, and undo it.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what would give way now, or at another spend, and why.
    Plan(PlanArgs),
    /// Show what is spent, what has given way, and whether it worked.
    Status(StatusArgs),
    /// Let one stream send again, and keep the budget's hands off it.
    Release(ReleaseArgs),
}

#[derive(Debug, clap::Args)]
#[command(after_help = PLAN_EXAMPLES)]
pub(crate) struct PlanArgs {
    /// As if so much were spent, in the budget's currency.
    #[arg(long, value_name = "AMOUNT", value_parser = amount, allow_negative_numbers = true)]
    spend: Option<Money>,
    /// As if AWS expected so much by the period's end.
    #[arg(long, value_name = "AMOUNT", value_parser = amount, allow_negative_numbers = true)]
    forecast: Option<Money>,
    /// Also show the streams that stay as they are.
    #[arg(long)]
    all: bool,
    /// Set to anything to have no colour.
    #[arg(long, env = "NO_COLOR", hide = true, num_args = 0..=1, default_missing_value = "1")]
    no_color: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct StatusArgs {
    /// Set to anything to have no colour.
    #[arg(long, env = "NO_COLOR", hide = true, num_args = 0..=1, default_missing_value = "1")]
    no_color: Option<String>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = RELEASE_EXAMPLES)]
pub(crate) struct ReleaseArgs {
    /// The stream's name.
    name: String,
}

fn amount(text: &str) -> Result<Money, String> {
    if text.starts_with('-') {
        return Err("expected an amount such as 950".to_owned());
    }
    Money::parse(text).map_err(|fault| fault.to_string())
}

pub(crate) async fn run(command: &Command, stack: &Stack, out: &mut impl Write) -> Result<Verdict> {
    let budget = Cloud::connect().await?.budget(stack).await?;
    let failed = |error: lambda::call::CallError| anyhow!("look at the budget: {error}");
    match command {
        Command::Plan(args) => {
            if let (Some(spend), Some(forecast)) = (args.spend, args.forecast)
                && forecast < spend
            {
                bail!(
                    "plan: `--forecast {forecast}` is less than `--spend {spend}`: what is spent is part of what is expected"
                );
            }
            let (ground, plan) = budget.preview(args.spend, args.forecast).await.map_err(failed)?;
            table::plan(&ground, &plan, args.all, look(args.no_color.as_deref()), out)?;
            Ok(verdict(&ground.figures))
        }
        Command::Status(args) => {
            let (ground, known) = budget.status().await.map_err(failed)?;
            table::status(&ground, &known, look(args.no_color.as_deref()), out)?;
            Ok(verdict(&ground.figures))
        }
        Command::Release(args) => match budget.release(&args.name).await.map_err(failed)? {
            Released::Held { before, trouble } => {
                if let Some(trouble) = trouble {
                    writeln!(out, "note: {trouble}")?;
                }
                writeln!(
                    out,
                    "{} was {}. It may send again, and the budget leaves it alone.",
                    args.name,
                    before.as_str()
                )?;
                writeln!(out, "To leave it to the budget again:")?;
                let command = "aws kinesisvideo untag-stream --tag-key-list kvs-warden:hold --stream-name";
                writeln!(out, "  {command} {}", args.name)?;
                Ok(Verdict::Well)
            }
            Released::NoStream => bail!("release `{}`: there is no stream of this name", args.name),
            Released::ByHand(why) => {
                bail!("release `{}`: {why}: remove both tags by hand, since they are not the budget's", args.name)
            }
        },
    }
}

fn look(no_color: Option<&str>) -> Look {
    Look::of(io::stdout().is_terminal(), no_color.is_some_and(|text| !text.is_empty()))
}

fn verdict<T>(figures: &Result<T, NoFigures>) -> Verdict {
    if figures.is_ok() { Verdict::Well } else { Verdict::Amiss }
}
