//! `warden ca create`.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use jiff::Timestamp;

use crate::args::Verdict;
use crate::authority::{self, Authority, day};
use crate::new_files::{NewFile, inside, refuse_existing, write_all};
use crate::stack::Stack;

const EXAMPLES: &str = "\
Examples:
  warden ca create
  warden ca create --out ca-2026 --name \"Example camera CA\" --days 1825

Writes ca.key (only you may read it) and ca.pem. Neither is ever overwritten. Whoever has ca.key can
make cameras: keep it off the machines that cameras reach, and keep a copy.";

/// Makes a CA: an ECDSA P-256 key and a self-signed certificate.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The directory to write ca.key and ca.pem to; made if need be.
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
    /// The CA's common name.
    #[arg(long, value_name = "CN", default_value = "kvs-warden camera CA", value_parser = common_name)]
    name: String,
    /// How many days the CA is valid.
    #[arg(long, value_name = "DAYS", default_value_t = 3650, value_parser = days)]
    days: u32,
}

pub(crate) fn run(args: &Args, stack: &Stack, out: &mut impl Write) -> Result<Verdict> {
    create(args, stack, Timestamp::now(), out)
}

fn create(args: &Args, stack: &Stack, now: Timestamp, out: &mut impl Write) -> Result<Verdict> {
    let (key, certificate) = (inside(&args.out, "ca.key"), inside(&args.out, "ca.pem"));
    refuse_existing([key.as_path(), certificate.as_path()])?;
    let made = authority::create(&args.name, args.days, now)?;
    let ca = Authority::parse(&made.chain, now).context("read back the CA certificate")?;
    write_all(
        &args.out,
        &[
            NewFile { path: key.clone(), content: made.key, secret: true },
            NewFile { path: certificate.clone(), content: made.chain, secret: false },
        ],
    )?;
    writeln!(out, "key          {} (keep it secret, keep a copy)", key.display())?;
    writeln!(out, "certificate  {}", certificate.display())?;
    writeln!(out, "id           {} (its SHA-256 fingerprint)", ca.id)?;
    writeln!(out, "valid        {} to {}", day(ca.from), day(ca.until))?;
    writeln!(out)?;
    writeln!(out, "next: {}", stack.deploy(&[ca.id.as_str()]))?;
    writeln!(out, "      warden setup")?;
    writeln!(out, "      warden ca register --ca {}", shell(&certificate))?;
    writeln!(out)?;
    writeln!(out, "If the stack {stack} is deployed already, register first: that tells which CAs' ids to keep.")?;
    Ok(Verdict::Well)
}

/// How many days a certificate is valid: 1 to 36500.
pub(crate) fn days(text: &str) -> Result<u32, String> {
    let count = text.parse().ok().filter(|days| (1..=36_500).contains(days));
    count.ok_or_else(|| "expected a whole number of days from 1 to 36500".to_owned())
}

/// A common name: 1 to 64 characters (X.520's bound), none of them a control character.
pub(crate) fn common_name(text: &str) -> Result<String, String> {
    let count = text.chars().count();
    if (1..=64).contains(&count) && !text.chars().any(char::is_control) && text.trim() == text {
        Ok(text.to_owned())
    } else {
        Err("expected 1 to 64 characters, no control characters, no space at either end".to_owned())
    }
}

/// A path as it can be pasted into a shell.
pub(crate) fn shell(path: &Path) -> String {
    let text = path.display().to_string();
    if text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/._-+@:,".contains(&b)) {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> Timestamp {
        "2026-11-22T12:00:00Z".parse().expect("a time")
    }

    fn stack() -> Stack {
        Stack::parse("yard").expect("a stack name")
    }

    #[test]
    fn a_ca_is_made_once_and_its_key_is_not_shown() {
        let at = tempfile::tempdir().expect("a directory");
        let args = Args { out: at.path().join("new dir"), name: "Test CA".to_owned(), days: 10 };
        let mut said = Vec::new();
        assert_eq!(create(&args, &stack(), noon(), &mut said).expect("made"), Verdict::Well);
        let said = String::from_utf8(said).expect("text");
        let key = std::fs::read_to_string(args.out.join("ca.key")).expect("the key");
        let pem = std::fs::read_to_string(args.out.join("ca.pem")).expect("the certificate");
        let ca = Authority::parse(&pem, noon()).expect("a CA");
        assert!(said.contains(ca.id.as_str()) && said.contains("2026-11-22 to 2026-12-02"), "{said}");
        let steps = [
            format!("next: {}\n", stack().deploy(&[ca.id.as_str()])),
            "warden setup\n".to_owned(),
            format!("warden ca register --ca '{}/new dir/ca.pem'\n", at.path().display()),
        ];
        let found: Vec<Option<usize>> = steps.iter().map(|step| said.find(step)).collect();
        assert!(found.iter().all(Option::is_some) && found.is_sorted(), "{said}");
        assert!(!said.contains("PRIVATE") && key.lines().nth(1).is_some_and(|line| !said.contains(line)), "{said}");

        let error = create(&args, &stack(), noon(), &mut Vec::new()).expect_err("refused");
        assert!(
            format!("{error:#}").contains("ca.key` is there already")
                || format!("{error:#}").contains("never overwritten")
        );
        assert_eq!(std::fs::read_to_string(args.out.join("ca.key")).expect("the key"), key);
    }

    #[test]
    fn a_certificate_without_its_key_is_still_not_overwritten() {
        let at = tempfile::tempdir().expect("a directory");
        std::fs::write(at.path().join("ca.pem"), "mine").expect("a file in the way");
        let args = Args { out: at.path().to_owned(), name: "Test CA".to_owned(), days: 10 };
        assert!(create(&args, &stack(), noon(), &mut Vec::new()).is_err());
        assert!(!at.path().join("ca.key").exists());
    }

    #[test]
    fn days_are_a_whole_number_in_its_range() {
        for bad in ["0", "36501", "-1", "1.5", "abc", "", "99999999999"] {
            assert_eq!(days(bad), Err("expected a whole number of days from 1 to 36500".to_owned()), "{bad:?}");
        }
        assert_eq!((days("1"), days("36500")), (Ok(1), Ok(36_500)));
    }

    #[test]
    fn a_common_name_is_short_and_plain() {
        for bad in ["", " a", "a ", "a\nb", &"a".repeat(65)] {
            assert!(common_name(bad).is_err(), "{bad:?}");
        }
        assert!(common_name("Käme & Söhne").is_ok());
    }
}
