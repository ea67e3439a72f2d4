//! `warden ca register`.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use jiff::Timestamp;

use super::{key_beside, read_certificate, read_key};
use crate::args::Verdict;
use crate::authority::{Authority, Signer};
use crate::aws::{Ca, Cloud, RegisteredCa};

const EXAMPLES: &str = "\
Examples:
  warden ca register --ca ca.pem
  warden ca register --ca ca.pem --key /media/usb/ca.key

Proves to AWS IoT that you hold the CA's key, registers the CA, makes it active, and turns automatic
registration on. A CA that is registered already is only brought to that state; its key is not
needed then.";

/// Registers a CA with AWS IoT, active and with automatic registration.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The CA's certificate.
    #[arg(long, value_name = "PEM")]
    ca: PathBuf,
    /// The CA's private key [default: beside the certificate, as ca.key is beside ca.pem].
    #[arg(long, value_name = "KEY")]
    key: Option<PathBuf>,
}

/// What is at hand: the certificate alone does for a CA that is registered already.
enum AtHand {
    Certificate(Authority, PathBuf),
    Both(Box<Signer>),
}

pub(crate) async fn run(args: &Args, out: &mut impl Write) -> Result<Verdict> {
    let now = Timestamp::now();
    let hand = at_hand(args, now)?;
    let cloud = Cloud::connect().await?;
    let fingerprint = match &hand {
        AtHand::Certificate(ca, _) => &ca.id,
        AtHand::Both(signer) => &signer.authority.id,
    };
    let id = match (cloud.ca(fingerprint.as_str()).await?, hand) {
        (Some(ca), _) => bring_up(&cloud, &ca, out).await?,
        (None, AtHand::Certificate(ca, key)) => {
            let signer = read_key(&key, ca).context("register the CA, which takes its private key (`--key`)")?;
            register(&cloud, &signer, now, out).await?
        }
        (None, AtHand::Both(signer)) => register(&cloud, &signer, now, out).await?,
    };
    writeln!(out)?;
    writeln!(
        out,
        "The stack's parameter AllowedCaCertificateIds must hold this id: an empty list refuses every camera."
    )?;
    writeln!(out, "Several CAs are separated by commas.")?;
    writeln!(out)?;
    writeln!(out, "next: sam deploy --parameter-overrides AllowedCaCertificateIds={id}")?;
    Ok(Verdict::Well)
}

/// Reads the certificate, and the key if one is named or lies beside it.
fn at_hand(args: &Args, now: Timestamp) -> Result<AtHand> {
    let ca = read_certificate(&args.ca, now)?;
    let key = args.key.clone().unwrap_or_else(|| key_beside(&args.ca));
    if args.key.is_some() || key.exists() {
        Ok(AtHand::Both(Box::new(read_key(&key, ca)?)))
    } else {
        Ok(AtHand::Certificate(ca, key))
    }
}

async fn register(cloud: &Cloud, signer: &Signer, now: Timestamp, out: &mut impl Write) -> Result<String> {
    let code = cloud.registration_code().await?;
    let proof = signer.proof(&code, now)?;
    match cloud.register_ca(&signer.authority.pem, &proof).await? {
        RegisteredCa::New(id) => {
            writeln!(out, "registered the CA {id}: active, with automatic registration")?;
            Ok(id)
        }
        RegisteredCa::Known(id) => {
            let ca = cloud.ca(&id).await?.with_context(|| format!("find the CA {id}, which AWS IoT says it has"))?;
            bring_up(cloud, &ca, out).await
        }
    }
}

/// Makes a registered CA active, with automatic registration, and says what that changed.
async fn bring_up(cloud: &Cloud, ca: &Ca, out: &mut impl Write) -> Result<String> {
    let mut changed = Vec::new();
    if !ca.active {
        changed.push("made it active");
    }
    if !ca.auto_registration {
        changed.push("turned automatic registration on");
    }
    if changed.is_empty() {
        writeln!(
            out,
            "the CA {} is registered already: active, with automatic registration; nothing to change",
            ca.id
        )?;
    } else {
        cloud.activate_ca(&ca.id).await?;
        writeln!(out, "the CA {} was registered already: {}", ca.id, changed.join(" and "))?;
    }
    Ok(ca.id.clone())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::authority;

    fn noon() -> Timestamp {
        "2026-11-22T12:00:00Z".parse().expect("a time")
    }

    fn ca_in(directory: &Path) -> Args {
        let made = authority::create("Test CA", 10, noon()).expect("a CA");
        std::fs::write(directory.join("ca.pem"), made.chain).expect("written");
        std::fs::write(directory.join("ca.key"), made.key).expect("written");
        Args { ca: directory.join("ca.pem"), key: None }
    }

    #[test]
    fn the_key_beside_the_certificate_is_found() {
        let at = tempfile::tempdir().expect("a directory");
        let args = ca_in(at.path());
        assert!(matches!(at_hand(&args, noon()), Ok(AtHand::Both(_))));
        std::fs::remove_file(at.path().join("ca.key")).expect("removed");
        assert!(matches!(at_hand(&args, noon()), Ok(AtHand::Certificate(..))));
    }

    #[test]
    fn a_key_that_is_named_must_be_there_and_be_the_cas() {
        let (at, other) = (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
        let mut args = ca_in(at.path());
        ca_in(other.path());
        args.key = Some(other.path().join("ca.key"));
        let error = at_hand(&args, noon()).err().expect("refused");
        assert!(format!("{error:#}").contains("not the key of the CA"), "{error:#}");
        args.key = Some(at.path().join("none.key"));
        let error = at_hand(&args, noon()).err().expect("refused");
        assert!(format!("{error:#}").contains("none.key"), "{error:#}");
    }
}
