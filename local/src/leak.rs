//! Secrets where none may be: in logs, in answers, in what functions send, in what `warden` prints.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use fleet::secret::{Kind, secrets};

/// What the secrets begin with that the cloud gives its functions: `local/cloud/account.py` makes them.
const GIVEN: [(&str, Kind); 2] = [("LOCALSECRET", Kind::SecretAccessKey), ("LOCALTOKEN", Kind::SessionToken)];

/// The most characters that are shown of what stands before a secret.
const SHOWN: usize = 120;

/// How the names of files end in which a cloud keeps its leaks.
pub(crate) const KEPT: &str = "leaks";

/// A secret in a line. Says where, and what stands before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    line: usize,
    kind: Kind,
    before: String,
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} holds a {}: {}[…]", self.line, self.kind.as_str(), self.before)
    }
}

/// The first secret in each line.
pub fn leaks(text: &str) -> Vec<Leak> {
    text.lines().zip(1..).filter_map(|(text, line)| leak(text, line)).collect()
}

fn leak(text: &str, line: usize) -> Option<Leak> {
    let given = GIVEN.iter().filter_map(|(mark, kind)| text.find(mark).map(|at| (at, *kind)));
    let any = secrets(text).into_iter().map(|secret| (secret.at.start, secret.kind));
    let (at, kind) = given.chain(any).min_by_key(|(at, _)| *at)?;
    let before: Vec<char> = text.get(..at).unwrap_or_default().chars().rev().take(SHOWN).collect();
    Some(Leak { line, kind, before: before.into_iter().rev().collect() })
}

/// The leaks in all files of a folder, each with its file's name, in order.
pub(crate) fn in_folder(folder: &Path) -> Result<Vec<String>> {
    let mut paths = listed(folder)?;
    paths.sort();
    let mut found = Vec::new();
    for path in paths.iter().filter(|path| path.is_file()) {
        let content = fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        found.extend(leaks(&String::from_utf8_lossy(&content)).iter().map(|leak| format!("{name}: {leak}")));
    }
    Ok(found)
}

fn listed(folder: &Path) -> Result<Vec<PathBuf>> {
    let read = || fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<PathBuf>>>();
    read().with_context(|| format!("cannot list `{}`", folder.display()))
}

/// The files in which clouds of this workspace have kept their leaks.
pub fn kept_leaks(workspace: &Path) -> Result<Vec<PathBuf>> {
    let folder = workspace.join("target/local-cloud");
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut paths = listed(&folder)?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == KEPT));
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<String> {
        leaks(text).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn each_kind_of_secret_is_a_leak_and_is_not_repeated() {
        for (line, kind) in [
            ("AWS_SECRET=LOCALSECRET0123456789", "secret access key"),
            ("token LOCALTOKEN0123456789", "session token"),
            ("-----BEGIN EC PRIVATE KEY-----\\n0123456789", "private key"),
            ("-----BEGIN CERTIFICATE-----\\n0123456789", "certificate"),
            ("Authorization: AWS4-HMAC-SHA256 Credential=0123456789", "signature"),
            ("?X-Amz-Date=20261123&X-Amz-Signature=0123456789", "signature"),
            ("x-amz-security-token: 0123456789", "session token"),
            (r#"{"SecretAccessKey": "0123456789"}"#, "secret access key"),
            ("b64 MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg0123456789", "private key"),
            ("der MIIBZzCCAQ2gAwIBAgIUBt0123456789", "certificate"),
        ] {
            let said = said(&format!("all is well\n{line}\n"));
            assert_eq!(said.len(), 1, "{line}: {said:?}");
            assert!(said[0].starts_with(&format!("line 2 holds a {kind}: ")), "{said:?}");
            assert!(!said[0].contains("0123456789"), "{said:?}");
        }
    }

    #[test]
    fn what_stands_before_the_first_secret_of_a_line_is_shown_and_no_other() {
        let line = format!("{}é LOCALTOKEN1 and LOCALSECRET2", "x".repeat(300));
        let before = format!("{}é ", "x".repeat(118));
        assert_eq!(said(&line), [format!("line 1 holds a session token: {before}[…]")]);
    }

    #[test]
    fn names_ids_and_words_are_no_secrets() {
        for line in [
            r#"{"level":"INFO","message":"camera works","certificate_id":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b"}"#,
            r#"{"detail":"CA certificate `1f2e` is not in the allow-list","caller":"LOCALPROVISIONFUNCTION"}"#,
            "iam:CreateAccessKey, sts:GetSessionToken",
        ] {
            assert_eq!(said(line), <[String; 0]>::default());
        }
    }

    #[test]
    fn every_file_of_a_folder_is_read_whatever_is_in_it() {
        let folder = std::env::temp_dir().join(format!("kvs-warden-leak-{}", std::process::id()));
        fs::create_dir_all(folder.join("inner")).unwrap();
        fs::write(folder.join("b.log"), b"\xff\xfe\nhas LOCALTOKEN1\n").unwrap();
        fs::write(folder.join("a.log"), "LOCALSECRET1\nfine\n").unwrap();
        fs::write(folder.join("c.log"), "fine\n").unwrap();
        let found = in_folder(&folder).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(
            found,
            ["a.log: line 1 holds a secret access key: […]", "b.log: line 2 holds a session token: has […]"]
        );
        assert!(in_folder(&folder).unwrap_err().to_string().starts_with("cannot list `"));
    }
}
