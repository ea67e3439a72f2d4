//! `warden ca`: the CA that signs cameras.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};
use jiff::Timestamp;

use crate::authority::{Authority, Signer};

pub(crate) mod create;
pub(crate) mod register;

/// Reads a CA certificate.
pub(crate) fn read_certificate(path: &Path, now: Timestamp) -> Result<Authority> {
    let pem = std::fs::read_to_string(path).map_err(|error| {
        anyhow!(
            "read the CA certificate `{}`: {error}: name it with `--ca`, or make one with `warden ca create`",
            path.display()
        )
    })?;
    Authority::parse(&pem, now).with_context(|| format!("use `{}` as the CA", path.display()))
}

/// Reads the key of a CA.
pub(crate) fn read_key(path: &Path, authority: Authority) -> Result<Signer> {
    let pem = std::fs::read_to_string(path).map_err(|error| {
        anyhow!(
            "read the CA's key `{}`: {error}: name it with `--key`, or make another CA with `warden ca create`",
            path.display()
        )
    })?;
    authority.with_key(&pem).with_context(|| format!("use `{}` as the CA's key", path.display()))
}

/// Where a CA's key is when nobody says: beside its certificate, as `ca create` puts it.
pub(crate) fn key_beside(certificate: &Path) -> PathBuf {
    certificate.with_extension("key")
}
