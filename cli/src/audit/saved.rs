//! Inventories in folders.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use audit::inventory::{self, Inventory, Taken};
use audit::read;

/// A folder to save into: made when it is not there, refused when something is in it.
pub(super) fn ready(folder: &Path) -> Result<&Path> {
    fs::create_dir_all(folder).with_context(|| format!("make the folder `{}`", folder.display()))?;
    let mut entries = fs::read_dir(folder).with_context(|| format!("read the folder `{}`", folder.display()))?;
    if entries.next().is_some() {
        bail!("save into `{}`: it is not empty: name a new folder", folder.display());
    }
    Ok(folder)
}

/// Writes each piece into a file of its own.
pub(super) fn save(folder: &Path, inventory: &Inventory) -> Result<()> {
    for piece in inventory::pieces(inventory) {
        let path = folder.join(&piece.file);
        let text = serde_json::to_vec_pretty(&piece.content).map_err(io::Error::from)?;
        fs::write(&path, text).with_context(|| format!("write `{}`", path.display()))?;
    }
    Ok(())
}

/// Reads a folder. Files that are none of an inventory's are left alone.
pub(super) fn load(folder: &Path) -> Result<Inventory> {
    let entries = fs::read_dir(folder).with_context(|| format!("read the folder `{}`", folder.display()))?;
    let mut files = BTreeMap::new();
    for entry in entries {
        let path = entry.with_context(|| format!("read the folder `{}`", folder.display()))?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).with_context(|| format!("read `{}`", path.display()))?;
            files.insert(name, text);
        }
    }
    if files.is_empty() {
        bail!("audit `{}`: there is no JSON file in it: `warden audit --help` names them", folder.display());
    }
    let taken = files.get("taken.json").map_or_else(|| whose(&files), |_| Taken::default());
    inventory::load(&files, taken).with_context(|| format!("audit `{}`", folder.display()))
}

/// Whose account it is, by the first ARN of a stream, else of a role; now.
fn whose(files: &BTreeMap<String, String>) -> Taken {
    let mut taken = Taken { at: read::now(), ..Taken::default() };
    for mark in ["arn:aws", "arn:aws-cn", "arn:aws-us-gov"] {
        for (service, text) in files.values().flat_map(|text| ["kinesisvideo", "iam"].map(|service| (service, text))) {
            let arn = text.split(&format!("\"{mark}:{service}:")).nth(1);
            let mut parts = arn.unwrap_or_default().splitn(3, ':');
            let (Some(region), Some(account)) = (parts.next(), parts.next()) else { continue };
            if account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()) {
                mark.trim_start_matches("arn:").clone_into(&mut taken.partition);
                account.clone_into(&mut taken.account);
                if !region.is_empty() {
                    region.clone_into(&mut taken.region);
                    return taken;
                }
            }
        }
    }
    taken
}
