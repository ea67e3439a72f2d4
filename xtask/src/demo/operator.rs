//! The person who runs the fleet: the real `warden`, in the demo's folder.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use super::columns::short;
use crate::report::line;

/// Runs `warden`.
pub(super) struct Operator {
    binary: PathBuf,
    folder: PathBuf,
    environment: Vec<(&'static str, String)>,
}

impl Operator {
    /// Works in this folder. No setting of the developer's own reaches `warden`.
    pub(super) fn new(binary: PathBuf, folder: &Path) -> Self {
        let nowhere = folder.join("no-config").display().to_string();
        let environment = vec![("AWS_CONFIG_FILE", nowhere.clone()), ("AWS_SHARED_CREDENTIALS_FILE", nowhere)];
        Self { binary, folder: folder.to_path_buf(), environment }
    }

    /// From now on works on this cloud.
    pub(super) fn log_in(&mut self, environment: impl IntoIterator<Item = (&'static str, String)>) {
        self.environment.extend(environment);
    }

    /// Shows the command and, of what it says, the lines that begin with one of these words. Answers all of it.
    pub(super) fn runs(&self, arguments: &str, shows: &[&str]) -> Result<String> {
        line(&format!("$ warden {arguments}"));
        let said = self.quietly(arguments)?;
        for said in said.lines().filter(|said| shows.iter().any(|word| said.starts_with(word))) {
            line(&format!("  {}", short(said)));
        }
        Ok(said)
    }

    /// Answers what the command says. Arguments are separated by spaces, and those with a space in quotes.
    pub(super) fn quietly(&self, arguments: &str) -> Result<String> {
        let output =
            self.command(arguments).output().with_context(|| format!("cannot start `{}`", self.binary.display()))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let error = String::from_utf8_lossy(&output.stderr);
        bail!("`warden {arguments}` failed: {}", error.trim().trim_start_matches("error: "))
    }

    /// Shows the command. Answers its exit code and what it says.
    pub(super) fn ends(&self, arguments: &str) -> Result<(Option<i32>, String)> {
        line(&format!("$ warden {arguments}"));
        let output =
            self.command(arguments).output().with_context(|| format!("cannot start `{}`", self.binary.display()))?;
        let [said, complained] = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        Ok((output.status.code(), said + &complained))
    }

    /// Shows the command and lets it write to the terminal itself, in its colours.
    pub(super) fn shows(&self, arguments: &str) -> Result<()> {
        line(&format!("$ warden {arguments}"));
        let status = self.command(arguments).stdin(Stdio::null()).status();
        let status = status.with_context(|| format!("cannot start `{}`", self.binary.display()))?;
        if status.success() { Ok(()) } else { bail!("`warden {arguments}` says that not all cameras are ready") }
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(&self.binary);
        // Every second part stands between quotes.
        for (at, part) in arguments.split('"').enumerate() {
            if at % 2 == 1 {
                command.arg(part)
            } else {
                command.args(part.split_whitespace())
            };
        }
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with("AWS_") || name.starts_with("WARDEN_")) {
                command.env_remove(name);
            }
        }
        for proxy in local::PROXIES {
            command.env_remove(proxy);
        }
        command.current_dir(&self.folder).envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }
}
