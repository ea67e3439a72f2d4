//! Python with pinned packages: a virtual environment, made from a lock file with hashes.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

/// The oldest Python that the tools run on.
const OLDEST: (u32, u32) = (3, 11);

/// A Python with pinned packages.
#[derive(Debug, Clone)]
pub struct Python {
    bin: PathBuf,
}

impl Python {
    /// The tools, in `.venv`. See [`Python::locked`].
    pub fn ready(workspace: &Path, tell: &dyn Fn(&str)) -> Result<Self> {
        Self::locked(workspace, ".venv", "local/requirements.lock", tell)
    }

    /// The packages that a lock file pins, in the virtual environment `venv`: set up when it is missing, or when they were
    /// pinned otherwise before. That downloads some 250 MB once for the tools; `tell` is called with what is being done.
    ///
    /// Both paths are from the top of the workspace.
    pub fn locked(workspace: &Path, venv: &str, lock: &str, tell: &dyn Fn(&str)) -> Result<Self> {
        let name = venv;
        let (venv, lock) = (workspace.join(venv), workspace.join(lock));
        let wanted = fs::read(&lock).with_context(|| format!("cannot read `{}`", lock.display()))?;
        let made_from = venv.join("made-from.lock");
        let python = Self { bin: venv.join("bin") };
        // Two runs that start at once must not both make it. The file lies in `target`, which is nobody's to keep.
        let target = workspace.join("target");
        fs::create_dir_all(&target)?;
        let turn = File::create(target.join("venv.lock")).context("cannot lock the Python tools")?;
        turn.lock().context("cannot lock the Python tools")?;
        if fs::read(&made_from).is_ok_and(|made| made == wanted) {
            return Ok(python);
        }
        let system = system_python()?;
        tell(&format!("setting up Python packages in {name} (once, about a minute)"));
        if venv.exists() {
            fs::remove_dir_all(&venv).with_context(|| format!("cannot remove the outdated `{}`", venv.display()))?;
        }
        run(
            Command::new(&system).args(["-m", "venv"]).arg(&venv),
            "cannot make a virtual environment: install Python's `venv` module (Debian and Ubuntu: `apt install python3-venv`)",
        )?;
        run(
            Command::new(python.tool("python"))
                .args([
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    "--no-deps",
                    "--require-hashes",
                    "-r",
                ])
                .arg(&lock),
            "cannot install the Python packages: pip needs the package registry that it is set up for",
        )?;
        fs::write(&made_from, wanted)?;
        Ok(python)
    }

    /// The path of a tool, such as `sam` or `python`.
    pub fn tool(&self, name: &str) -> PathBuf {
        self.bin.join(name)
    }

    /// All AWS managed policies that the emulator carries, as a JSON object: each name with its `Document`.
    pub fn managed_policies(&self) -> Result<String> {
        let print = "from moto.iam.aws_managed_policies import aws_managed_policies_data as data; print(data)";
        let output = Command::new(self.tool("python")).args(["-c", print]).output();
        let output = output.context("cannot start Python")?;
        if !output.status.success() {
            bail!("cannot read the AWS managed policies: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        String::from_utf8(output.stdout).context("the AWS managed policies are not UTF-8")
    }

    /// A `PATH` on which the tools come first.
    pub fn path(&self) -> std::ffi::OsString {
        let mut path = self.bin.clone().into_os_string();
        #[expect(clippy::disallowed_methods, reason = "PATH is no setting: it is passed on to a child")]
        if let Ok(rest) = std::env::var("PATH") {
            path.push(":");
            path.push(rest);
        }
        path
    }
}

/// The first Python on the `PATH` that is new enough.
fn system_python() -> Result<PathBuf> {
    let mut found = Vec::new();
    for name in ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python"] {
        let version = "import sys; print(sys.version_info[0], sys.version_info[1])";
        let Ok(output) = Command::new(name).args(["-c", version]).output() else { continue };
        let text = String::from_utf8_lossy(&output.stdout);
        let mut numbers = text.split_whitespace().filter_map(|number| number.parse::<u32>().ok());
        if let (Some(major), Some(minor)) = (numbers.next(), numbers.next()) {
            if (major, minor) >= OLDEST {
                return Ok(name.into());
            }
            found.push(format!("`{name}` is {major}.{minor}"));
        }
    }
    let found = if found.is_empty() { "there is none".to_owned() } else { found.join(", ") };
    bail!("Python {}.{} or newer is needed on the PATH ({found}): install it and run this again", OLDEST.0, OLDEST.1)
}

fn run(command: &mut Command, remedy: &str) -> Result<()> {
    let output = command.output().with_context(|| remedy.to_owned())?;
    if output.status.success() {
        return Ok(());
    }
    let error = String::from_utf8_lossy(&output.stderr);
    let last = error.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it does not say why");
    bail!("{remedy}: {}", last.trim().trim_start_matches("ERROR: "))
}
