//! Ctrl-C and its like: what we started ends, and what we wrote only for a while is removed, before we end ourselves.
//!
//! A signal has no parameters, so what is open is kept here. What SIGKILL leaves is little: a cloud ends by itself when
//! we are gone, and a folder is removed by the next run.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use local::Cloud;

use crate::report;

/// In the order in which they end.
struct Open {
    command: Option<Child>,
    cloud: Option<Cloud>,
    folder: Option<Folder>,
}

static OPEN: Mutex<Open> = Mutex::new(Open { command: None, cloud: None, folder: None });

fn open() -> MutexGuard<'static, Open> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on SIGINT, SIGTERM and SIGHUP end what is open, then us.
pub(crate) fn on_signals() -> Result<()> {
    let end = || {
        let mut open = open();
        close(&mut open);
        report::error("interrupted: all that was started has ended");
        // Still locked: whoever waits for what has just ended does not get to report that as a failure.
        #[expect(clippy::exit, reason = "nobody is left to return to")]
        std::process::exit(130)
    };
    ctrlc::set_handler(end).context("cannot listen for Ctrl-C")
}

/// Ends and removes what is open.
pub(crate) fn now() {
    close(&mut open());
}

fn close(open: &mut Open) {
    if let Some(mut command) = open.command.take() {
        // What has ended a moment ago needs no killing.
        command.kill().unwrap_or_default();
    }
    open.cloud = None;
    open.folder = None;
}

/// Keeps a cloud until the end.
pub(crate) fn keep(cloud: Cloud) {
    open().cloud = Some(cloud);
}

/// Looks at the cloud that is kept.
pub(crate) fn cloud<T>(look: impl FnOnce(&mut Cloud) -> T) -> Result<T> {
    open().cloud.as_mut().map(look).context("no local cloud is running")
}

/// Runs a command that a signal to us ends too.
pub(crate) fn run(command: &mut Command) -> io::Result<ExitStatus> {
    open().command = Some(command.spawn()?);
    loop {
        {
            let mut open = open();
            let status = open.command.as_mut().map(Child::try_wait).transpose()?.flatten();
            if let Some(status) = status {
                open.command = None;
                return Ok(status);
            }
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A folder that only its owner may read, gone when dropped.
struct Folder {
    path: PathBuf,
    // Held as long as we live; who can take the lock of a folder knows that its owner is dead.
    _lock: File,
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.path).unwrap_or_default();
    }
}

/// Makes a folder of ours under `parent` that is removed at the end, and removes those of runs that were killed.
pub(crate) fn folder(parent: &Path) -> Result<PathBuf> {
    fs::create_dir_all(parent).with_context(|| format!("cannot make `{}`", parent.display()))?;
    for entry in fs::read_dir(parent).with_context(|| format!("cannot read `{}`", parent.display()))?.flatten() {
        if File::open(entry.path().join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok()) {
            fs::remove_dir_all(entry.path()).unwrap_or_default();
        }
    }
    let path = parent.join(std::process::id().to_string());
    DirBuilder::new().mode(0o700).create(&path).with_context(|| format!("cannot make `{}`", path.display()))?;
    let lock = File::create(path.join(LOCK)).and_then(|lock| lock.lock().map(|()| lock));
    let lock = lock.with_context(|| format!("cannot lock `{}`", path.display()))?;
    open().folder = Some(Folder { path: path.clone(), _lock: lock });
    Ok(path)
}

/// In each folder.
const LOCK: &str = ".lock";
