//! `warden device issue`.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::error::ErrorKind;
use clap::{Args as _, Command};
use fleet::ThingName;
use jiff::Timestamp;

use crate::args::Verdict;
use crate::authority::{Subject, day};
use crate::ca::create::{common_name, days};
use crate::ca::{key_beside, read_certificate, read_key};
use crate::new_files::{NewFile, inside, refuse_existing, write_all};

const EXAMPLES: &str = "\
Examples:
  warden device issue cam-1
  warden device issue cam-1 cam-2 --out certs --organization Example
  warden device issue $(cat names.txt) --ca ca-2026/ca.pem --out certs

For each NAME writes NAME.key (only you may read it) and NAME.pem, the chain that the camera
presents: its own certificate, then the CA's. The name becomes the camera's thing and its stream.
Either all files are written or none, and nothing is ever overwritten.";

/// Issues a private key and a certificate chain for each camera named.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The cameras' names: 1 to 128 of a-z, A-Z, 0-9, `_` and `-` each.
    #[arg(value_name = "NAME", required = true, value_parser = ThingName::parse)]
    names: Vec<ThingName>,
    /// The CA's certificate.
    #[arg(long, value_name = "PEM", default_value = "ca.pem")]
    ca: PathBuf,
    /// The CA's private key [default: beside the certificate, as ca.key is beside ca.pem].
    #[arg(long, value_name = "KEY")]
    key: Option<PathBuf>,
    /// The directory to write to; made if need be.
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
    /// How many days the certificates are valid, at most as long as the CA.
    #[arg(long, value_name = "DAYS", default_value_t = 365, value_parser = days)]
    days: u32,
    /// The organization (O) in the certificates.
    #[arg(long, value_name = "O", value_parser = common_name)]
    organization: Option<String>,
    /// The organizational unit (OU) in the certificates.
    #[arg(long, value_name = "OU", value_parser = common_name)]
    organizational_unit: Option<String>,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result<Verdict> {
    issue(args, Timestamp::now(), out)
}

fn issue(args: &Args, now: Timestamp, out: &mut impl Write) -> Result<Verdict> {
    refuse_repeated(&args.names)?;
    let paths: Vec<(PathBuf, PathBuf)> = args.names.iter().map(|name| paths(args, name)).collect();
    refuse_existing(paths.iter().flat_map(|(key, chain)| [key.as_path(), chain.as_path()]))?;

    let ca = read_certificate(&args.ca, now)?;
    let signer = read_key(&args.key.clone().unwrap_or_else(|| key_beside(&args.ca)), ca)?;
    let subject =
        Subject { organization: args.organization.clone(), organizational_unit: args.organizational_unit.clone() };
    let mut files = Vec::new();
    let mut until = signer.authority.until;
    for (name, (key, chain)) in args.names.iter().zip(&paths) {
        let issued = signer.issue(name, &subject, args.days, now)?;
        until = issued.until;
        files.push(NewFile { path: key.clone(), content: issued.key, secret: true });
        files.push(NewFile { path: chain.clone(), content: issued.chain, secret: false });
    }
    write_all(&args.out, &files)?;

    for (name, (key, chain)) in args.names.iter().zip(&paths) {
        writeln!(out, "{name}  {}  {}", key.display(), chain.display())?;
    }
    writeln!(out)?;
    writeln!(out, "{} issued, valid until {}", cameras(args.names.len()), day(until))?;
    if until == signer.authority.until {
        writeln!(
            out,
            "note: {} days would outlive the CA, so the certificates end when it does: make a new CA in time with \
             `warden ca create`",
            args.days
        )?;
    }
    if let Some(long) = args.names.iter().find(|name| name.as_str().len() > 64) {
        writeln!(
            out,
            "note: `{long}` is longer than 64 characters, the most that X.509 allows a CN: some TLS libraries refuse it"
        )?;
    }
    Ok(Verdict::Well)
}

/// Names that differ only in case are the same file on some disks.
fn refuse_repeated(names: &[ThingName]) -> Result<()> {
    let mut seen = BTreeSet::new();
    match names.iter().find(|name| !seen.insert(name.as_str().to_ascii_lowercase())) {
        None => Ok(()),
        Some(name) => {
            let rule =
                format!("`{name}` is named twice (upper and lower case count as the same): name each camera once");
            let mut command = Args::augment_args(Command::new("warden device issue"));
            Err(command.error(ErrorKind::ValueValidation, rule).into())
        }
    }
}

fn paths(args: &Args, name: &ThingName) -> (PathBuf, PathBuf) {
    (inside(&args.out, &format!("{name}.key")), inside(&args.out, &format!("{name}.pem")))
}

/// A number of cameras in words.
pub(crate) fn cameras(count: usize) -> String {
    if count == 1 { "1 camera".to_owned() } else { format!("{count} cameras") }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::authority;

    fn noon() -> Timestamp {
        "2026-11-22T12:00:00Z".parse().expect("a time")
    }

    fn args(directory: &Path, names: &[&str]) -> Args {
        let made = authority::create("Test CA", 100, noon()).expect("a CA");
        std::fs::write(directory.join("ca.pem"), made.chain).expect("written");
        std::fs::write(directory.join("ca.key"), made.key).expect("written");
        Args {
            names: names.iter().map(|name| ThingName::parse(name).expect("a name")).collect(),
            ca: directory.join("ca.pem"),
            key: None,
            out: directory.join("certs"),
            days: 30,
            organization: None,
            organizational_unit: None,
        }
    }

    fn said(args: &Args) -> Result<String> {
        let mut out = Vec::new();
        issue(args, noon(), &mut out)?;
        Ok(String::from_utf8(out).expect("text"))
    }

    fn files(directory: &Path) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn every_camera_gets_a_key_and_a_chain_and_no_key_is_shown() {
        let at = tempfile::tempdir().expect("a directory");
        let args = args(at.path(), &["cam-1", "cam_2"]);
        let said = said(&args).expect("issued");
        assert_eq!(files(&args.out), ["cam-1.key", "cam-1.pem", "cam_2.key", "cam_2.pem"]);
        assert!(said.contains("2 cameras issued, valid until 2026-12-22") && !said.contains("note:"), "{said}");
        for name in ["cam-1.key", "cam_2.key"] {
            let key = std::fs::read_to_string(args.out.join(name)).expect("a key");
            assert!(key.lines().nth(1).is_some_and(|line| !said.contains(line)));
        }
    }

    #[test]
    fn one_file_in_the_way_of_the_last_camera_stops_the_first() {
        let at = tempfile::tempdir().expect("a directory");
        let args = args(at.path(), &["cam-1", "cam-2"]);
        std::fs::create_dir(&args.out).expect("a directory");
        std::fs::write(args.out.join("cam-2.pem"), "mine").expect("a file in the way");
        assert!(said(&args).is_err());
        assert_eq!(files(&args.out), ["cam-2.pem"]);
    }

    #[test]
    fn a_camera_named_twice_is_a_wrong_command_line() {
        let at = tempfile::tempdir().expect("a directory");
        for names in [["cam-1", "cam-1"], ["cam-1", "CAM-1"]] {
            let args = args(at.path(), &names);
            let error = said(&args).expect_err("refused");
            assert!(error.downcast_ref::<clap::Error>().is_some_and(|e| e.exit_code() == 2), "{error:#}");
            assert!(files(&args.out).is_empty());
        }
    }

    #[test]
    fn a_certificate_that_would_outlive_the_ca_is_cut_short_aloud() {
        let at = tempfile::tempdir().expect("a directory");
        let mut args = args(at.path(), &["cam-1"]);
        args.days = 365;
        let said = said(&args).expect("issued");
        assert!(said.contains("valid until 2027-03-02") && said.contains("would outlive the CA"), "{said}");
    }

    #[test]
    fn a_missing_ca_leaves_no_directory_behind() {
        let at = tempfile::tempdir().expect("a directory");
        let mut args = args(at.path(), &["cam-1"]);
        args.ca = at.path().join("none.pem");
        let error = said(&args).expect_err("refused");
        let said = format!("{error:#}");
        assert!(said.starts_with("read the CA certificate `"), "{said}");
        assert!(said.ends_with("name it with `--ca`, or make one with `warden ca create`"), "{said}");
        assert!(!args.out.exists());
    }
}
