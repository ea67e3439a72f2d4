//! `warden audit`.

mod saved;
mod table;

use std::fs;
use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use audit::audit_file::AuditFile;
use audit::check::Severity;
use audit::inventory::Inventory;
use audit::report::{Report, html, ocsf, sarif};
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};

use crate::args::Verdict;
use crate::aws::Cloud;
use crate::look::Look;
use crate::stack::Stack;

const EXAMPLES: &str = "\
Examples:
  warden audit                                   the account and Region that you are signed in to
  warden audit --fail-on high                    the same, and exit code 1 for a high finding
  warden audit --format html > report.html       one page that needs no network
  warden audit --format sarif > warden.sarif     for code scanning
  warden audit --save taken                      keep what was read
  warden audit --from taken                      look at it again, without AWS

A folder for --from holds what --save writes, or what these commands print, under these names:
  aws iam get-account-authorization-details       iam-get-account-authorization-details.json
  aws kinesisvideo list-streams                   kinesisvideo-list-streams.json
  aws kinesisvideo list-signaling-channels        kinesisvideo-list-signaling-channels.json
  aws resourcegroupstaggingapi get-resources      resourcegroupstaggingapi-get-resources.json
  aws iot list-things, list-certificates          iot-list-things.json, iot-list-certificates.json

What is not there, or may not be read, is told as what could not be checked: it is no pass. Nothing
is changed, in AWS or in the table of findings. `warden checks` explains each check.

Exit codes: 0 it was looked at; 1 something failed, or --fail-on found something.";

/// How to write what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For the terminal.
    Table,
    /// All that is known, in one object.
    Json,
    /// OCSF compliance findings, one a line.
    Ocsf,
    /// SARIF 2.1.0.
    Sarif,
    /// One self-contained page.
    Html,
}

/// Check who may do what to cameras, streams and their data.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Read a folder of saved JSON instead of AWS.
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,
    /// Also write what was read into a folder, which must be new or empty.
    #[arg(long, value_name = "DIR", conflicts_with = "from")]
    save: Option<PathBuf>,
    /// How to write what was found.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// End with exit code 1 when a finding is as bad as this or worse.
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    fail_on: Option<Severity>,
    /// What is expected and what is meant to be as it is; `audit.yaml` here, when there is one.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Look one by one at so many certificates, things and streams.
    #[arg(long, value_name = "NUMBER", default_value_t = 200, conflicts_with = "from")]
    share: usize,
    /// Set to anything to have no colour.
    #[arg(long, env = "NO_COLOR", hide = true, num_args = 0..=1, default_missing_value = "1")]
    no_color: Option<String>,
}

fn severity(text: &str) -> Result<Severity, String> {
    let named = Severity::ALL.into_iter().find(|severity| severity.as_str() == text);
    named.ok_or_else(|| "expected info, low, medium, high or critical".to_owned())
}

pub(crate) async fn run(args: &Args, stack: &Stack, out: &mut impl Write) -> Result<Verdict> {
    let file = audit_file(args.config.as_deref())?;
    let save = args.save.as_deref().map(saved::ready).transpose()?;
    let (inventory, calls) = match &args.from {
        Some(folder) => (saved::load(folder)?, 0),
        None => live(args, stack).await?,
    };
    if let Some(folder) = save {
        saved::save(folder, &inventory)?;
    }
    let report = Report::once(&inventory, &file, calls);
    match args.format {
        Format::Table => {
            let plain = args.no_color.as_deref().is_some_and(|text| !text.is_empty());
            table::write(&report, Look::of(io::stdout().is_terminal(), plain), out)?;
        }
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &report).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        Format::Ocsf => {
            for line in ocsf::lines(&report) {
                writeln!(out, "{line}")?;
            }
        }
        Format::Sarif => {
            serde_json::to_writer_pretty(&mut *out, &sarif::sarif(&report)).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        Format::Html => writeln!(out, "{}", html::page(&report))?,
    }
    let failed = args.fail_on.is_some_and(|least| report.open().any(|finding| finding.severity() >= least));
    Ok(if failed { Verdict::Amiss } else { Verdict::Well })
}

async fn live(args: &Args, stack: &Stack) -> Result<(Inventory, u32)> {
    let cloud = Cloud::connect().await?;
    let own = cloud.own_parts(stack).await?;
    if own.is_none() {
        writeln!(io::stderr(), "there is no stack `{stack}` here: kvs-warden's own parts are not looked at")?;
    }
    // Hidden by itself when standard error is no terminal.
    let progress = ProgressBar::new_spinner().with_style(ProgressStyle::with_template("{spinner} reading: {msg}")?);
    progress.enable_steady_tick(Duration::from_millis(100));
    let read = cloud.inventory(own.unwrap_or_default(), args.share, |source| {
        progress.set_message(format!("{source:?} done"));
    });
    let read = read.await;
    progress.finish_and_clear();
    read
}

/// The file that was named, else `audit.yaml` here, else what holds without one.
fn audit_file(named: Option<&Path>) -> Result<AuditFile> {
    let path = named.unwrap_or(Path::new("audit.yaml"));
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => return Ok(AuditFile::default()),
        Err(error) => return Err(error).with_context(|| format!("read `{}`", path.display())),
    };
    match AuditFile::parse(&text) {
        Ok(file) => Ok(file),
        Err(error) => bail!("take `{}`: {error}", path.display()),
    }
}
