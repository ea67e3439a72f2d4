//! `warden checks`.

use std::io::{self, IsTerminal as _, Write};

use anyhow::Result;
use audit::check::Check;
use audit::{checks, reference};
use clap::ValueEnum;
use clap::error::ErrorKind;

use crate::args::Verdict;
use crate::look::Look;

const EXAMPLES: &str = "\
Examples:
  warden checks                          all checks, by group
  warden checks footage-of-all-streams   one of them: why, what to do, where AWS says so
  warden checks --format markdown        the whole reference, as in docs/checks.md";

/// How to write the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For the terminal.
    Table,
    /// The whole reference.
    Markdown,
}

/// List the checks of `warden audit`, and explain them. Asks no AWS service.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The checks to explain; all are listed when none is named.
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// How to write them.
    #[arg(long, value_enum, default_value = "table", conflicts_with = "ids")]
    format: Format,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result<Verdict> {
    if !args.ids.is_empty() {
        for id in &args.ids {
            let check = checks::by_id(id).ok_or_else(|| {
                clap::Error::raw(
                    ErrorKind::InvalidValue,
                    format!("there is no check `{id}`: `warden checks` lists them\n"),
                )
            })?;
            explain(check, out)?;
        }
        return Ok(Verdict::Well);
    }
    match args.format {
        Format::Markdown => write!(out, "{}", reference::page())?,
        Format::Table => {
            let look = Look::of(io::stdout().is_terminal(), true);
            let mut table = look.table();
            table.set_header(["GROUP", "CHECK", "SEVERITY", "WHAT IT FINDS"]);
            for check in checks::all() {
                table.add_row([check.group.title(), check.id, check.severity.as_str(), check.title]);
            }
            writeln!(out, "{}", Look::text(&mut table))?;
        }
    }
    Ok(Verdict::Well)
}

fn explain(check: &Check, out: &mut impl Write) -> io::Result<()> {
    let Check { id, group, severity, title, why, remedy, reference, frameworks, judge: _ } = check;
    writeln!(
        out,
        "{id}  ({severity}, {})\n  {title}\n\n  Why: {why}\n\n  Remedy: {remedy}\n\n  {reference}",
        group.title()
    )?;
    if !frameworks.is_empty() {
        writeln!(out, "  {}", frameworks.join(", "))?;
    }
    writeln!(out)
}
