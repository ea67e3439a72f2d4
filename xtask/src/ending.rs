//! Ctrl-C and its like: what we started ends, and what we wrote only for a while is removed, before we end ourselves.
//!
//! A signal has no parameters, so what is open is kept here. What SIGKILL leaves is little: a cloud ends by itself when
//! we are gone, and a folder is removed by the next run.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
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

/// A signal has come. Whoever wants what is open waits from then on: nothing is begun any more, and what fails because
/// it was ended is not reported as a failure.
static ENDING: AtomicBool = AtomicBool::new(false);

fn open() -> MutexGuard<'static, Open> {
    let open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    if ENDING.load(Ordering::SeqCst) {
        drop(open);
        loop {
            std::thread::park();
        }
    }
    open
}

/// From now on SIGINT, SIGTERM and SIGHUP end what is open, then us.
pub(crate) fn on_signals() -> Result<()> {
    let end = || {
        ENDING.store(true, Ordering::SeqCst);
        close(&mut OPEN.lock().unwrap_or_else(PoisonError::into_inner));
        report::line("\nended, with all that was started");
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
        command.wait().map(drop).unwrap_or_default();
    }
    open.cloud = None;
    open.folder = None;
}

/// Starts a cloud, which is kept until the end, and looks at it.
pub(crate) fn start<T>(start: impl FnOnce() -> Result<Cloud>, look: impl FnOnce(&Cloud) -> Result<T>) -> Result<T> {
    let started = {
        // A signal waits until the cloud can be told to end.
        let mut open = open();
        start().and_then(|cloud| look(open.cloud.insert(cloud)))
    };
    drop(open());
    started
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
