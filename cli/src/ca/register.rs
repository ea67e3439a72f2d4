//! `warden ca register`.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use jiff::Timestamp;

use super::{key_beside, read_certificate, read_key};
use crate::args::Verdict;
use crate::authority::{Authority, Signer};
use crate::aws::{Ca, Cloud, Deployed, RegisteredCa};
use crate::stack::Stack;

const EXAMPLES: &str = "\
Examples:
  warden ca register --ca ca.pem
  warden ca register --ca ca.pem --key /media/usb/ca.key

Proves to AWS IoT that you hold the CA's key, registers the CA, makes it active, and turns automatic
registration on. A CA that is registered already is only brought to that state; its key is not
needed then. Says how to deploy the stack when its AllowedCaCertificateIds lacks the CA.";

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

pub(crate) async fn run(args: &Args, stack: &Stack, out: &mut impl Write) -> Result<Verdict> {
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
            let signer = read_key(&key, ca).context("register the CA, which takes its private key")?;
            register(&cloud, &signer, now, out).await?
        }
        (None, AtHand::Both(signer)) => register(&cloud, &signer, now, out).await?,
    };
    writeln!(out)?;
    match cloud.deployed(stack).await {
        Ok(deployed) => allow(stack, &id, &deployed, out)?,
        // The CA is registered: what the stack allows is a second question, which need not be answered here.
        Err(error) => allow_blindly(stack, &id, &format!("cannot {error:#}"), out)?,
    }
    Ok(Verdict::Well)
}

/// Says whether the stack allows the CA and, if not, how it will.
fn allow(stack: &Stack, id: &str, deployed: &Deployed, out: &mut impl Write) -> io::Result<()> {
    match deployed {
        Deployed::Allows(ids) if ids.iter().any(|allowed| allowed == id) => {
            writeln!(out, "the CA {id} is allowed by the stack {stack}")
        }
        Deployed::Allows(ids) => {
            writeln!(out, "the stack {stack} does not allow this CA yet: it refuses every camera of it")?;
            let ids: Vec<&str> = ids.iter().map(String::as_str).chain([id]).collect();
            next(stack, &ids, out)
        }
        Deployed::Absent => {
            writeln!(out, "there is no stack `{stack}` yet: deploy it, or name another with `--stack`")?;
            next(stack, &[id], out)
        }
        Deployed::Silent => {
            allow_blindly(stack, id, &format!("the stack `{stack}` has no output AllowedCaCertificateIds"), out)
        }
    }
}

/// As [`allow`], when the ids that the stack allows cannot be read. What stands for them is none, so that CloudFormation
/// refuses a command that was pasted as it is.
fn allow_blindly(stack: &Stack, id: &str, why: &str, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "whether the stack allows this CA is unknown: {why}")?;
    writeln!(out, "The ids that AllowedCaCertificateIds has already must be kept: put them where IDS-TO-KEEP stands.")?;
    next(stack, &["IDS-TO-KEEP", id], out)
}

fn next(stack: &Stack, ids: &[&str], out: &mut impl Write) -> io::Result<()> {
    writeln!(out)?;
    writeln!(out, "next: {}", stack.deploy(ids))
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

    fn told(deployed: &Deployed) -> String {
        let stack = Stack::parse("yard").expect("a stack name");
        let mut out = Vec::new();
        allow(&stack, "cc", deployed, &mut out).expect("told");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn a_ca_that_is_allowed_needs_no_deployment() {
        let allows = Deployed::Allows(vec!["aa".to_owned(), "cc".to_owned()]);
        assert_eq!(told(&allows), "the CA cc is allowed by the stack yard\n");
    }

    #[test]
    fn a_deployment_that_allows_a_ca_keeps_the_others() {
        let command = "next: sam deploy --stack-name yard --resolve-s3 --capabilities CAPABILITY_IAM \
                       --parameter-overrides AllowedCaCertificateIds";
        let cases = [
            (Deployed::Allows(vec!["aa".to_owned(), "bb".to_owned()]), "aa,bb,cc", "does not allow this CA yet"),
            (Deployed::Allows(vec![]), "cc", "does not allow this CA yet"),
            (Deployed::Absent, "cc", "there is no stack `yard` yet"),
            (Deployed::Silent, "IDS-TO-KEEP,cc", "must be kept"),
        ];
        for (deployed, ids, why) in cases {
            let said = told(&deployed);
            assert!(said.contains(why) && said.ends_with(&format!("\n{command}={ids}\n")), "{said}");
        }
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
