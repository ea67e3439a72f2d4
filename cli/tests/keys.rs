//! The private keys that `warden` writes: nobody else's to read, never in another's place, never half.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

const WARDEN: &str = env!("CARGO_BIN_EXE_warden");

/// `warden` in this directory.
fn warden(home: &TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(WARDEN);
    command.args(arguments).current_dir(home.path()).env_clear().stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The same after a word of the shell's, such as `umask 0`.
fn after(word: &str, home: &TempDir, arguments: &[&str]) -> Output {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", &format!("{word} && exec \"$0\" \"$@\""), WARDEN]).args(arguments);
    command.current_dir(home.path()).env_clear().output().unwrap()
}

/// A directory with a CA in it.
fn with_ca() -> TempDir {
    let home = tempfile::tempdir().unwrap();
    assert!(warden(&home, &["ca", "create"]).output().unwrap().status.success());
    home
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Names and contents of the files in a directory; a directory that is not there has none.
fn files(directory: &Path) -> Vec<(String, String)> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let mut files: Vec<_> = entries
        .filter_map(|entry| {
            let entry = entry.unwrap();
            // What was there a moment ago may have got its name since.
            Some((entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).ok()?))
        })
        .collect();
    files.sort();
    files
}

/// Whether it is a key from beginning to end.
fn whole(key: &str) -> bool {
    key.starts_with("-----BEGIN PRIVATE KEY-----\n")
        && key.ends_with("\n-----END PRIVATE KEY-----\n")
        && key.len() > 200
}

/// Hundred cameras' names.
fn names() -> Vec<String> {
    (0..100).map(|n| format!("cam-{n}")).collect()
}

fn issue(home: &TempDir, out: &str) -> Child {
    let names = names();
    let arguments: Vec<&str> =
        ["device", "issue", "--out", out].into_iter().chain(names.iter().map(String::as_str)).collect();
    warden(home, &arguments).spawn().unwrap()
}

#[test]
fn a_key_is_its_owner_s_alone_whatever_the_umask() {
    for umask in ["000", "022", "077"] {
        let home = tempfile::tempdir().unwrap();
        for arguments in [["ca", "create"].as_slice(), &["device", "issue", "cam-1"]] {
            let output = after(&format!("umask {umask}"), &home, arguments);
            assert!(output.status.success(), "{output:?}");
        }
        for key in ["ca.key", "cam-1.key"] {
            assert_eq!(mode(&home.path().join(key)), 0o600, "{key} with umask {umask}");
        }
        // A certificate is for all whom the umask lets.
        let others = 0o666 & !u32::from_str_radix(umask, 8).unwrap();
        assert_eq!(mode(&home.path().join("cam-1.pem")), others, "umask {umask}");
    }
}

/// Whoever looks all the time while keys are written never sees one that others may read, nor half of one.
#[test]
fn no_key_is_readable_by_others_or_half_there_for_a_moment() {
    let home = with_ca();
    let out = home.path().join("certs");
    // With this umask, whatever is made without a mode of its own is everybody's.
    let names = names();
    let mut child = Command::new("/bin/sh")
        .args(["-c", "umask 0 && exec \"$0\" \"$@\"", WARDEN, "device", "issue", "--out", "certs"])
        .args(&names)
        .current_dir(home.path())
        .env_clear()
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    loop {
        let ended = child.try_wait().unwrap();
        for entry in fs::read_dir(&out).into_iter().flatten() {
            let path = entry.unwrap().path();
            let Ok(metadata) = fs::metadata(&path) else { continue };
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let content = fs::read_to_string(&path).unwrap_or_default();
            if content.contains("PRIVATE KEY") {
                assert_eq!(metadata.permissions().mode() & 0o077, 0, "{name}");
            }
            if path.extension().is_some_and(|extension| extension == "key") {
                assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "{name}");
                assert!(whole(&content), "{name} is no whole key");
            }
        }
        if let Some(status) = ended {
            assert!(status.success());
            break;
        }
    }
    assert_eq!(files(&out).len(), 200);
}

#[test]
fn of_many_that_make_a_ca_at_once_one_does_and_its_files_belong_together() {
    let home = tempfile::tempdir().unwrap();
    let children: Vec<Child> = (0..8).map(|_| warden(&home, &["ca", "create"]).spawn().unwrap()).collect();
    let ended: Vec<Output> = children.into_iter().map(|child| child.wait_with_output().unwrap()).collect();
    let made: Vec<&Output> = ended.iter().filter(|output| output.status.success()).collect();
    assert_eq!(made.len(), 1, "{ended:?}");
    for output in ended.iter().filter(|output| !output.status.success()) {
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.starts_with("error: cannot write `ca."), "{said}");
    }
    let names: Vec<String> = files(home.path()).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["ca.key", "ca.pem"]);
    // `warden` refuses a key that is not the certificate's.
    let issued = warden(&home, &["device", "issue", "cam-1"]).output().unwrap();
    assert!(issued.status.success(), "{issued:?}");
}

#[test]
fn a_key_that_is_there_stays_and_a_link_is_not_followed() {
    let home = with_ca();
    let before = files(home.path());
    for arguments in [["ca", "create"].as_slice(), &["ca", "create", "--out", "."]] {
        let output = warden(&home, arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("never overwritten"), "{output:?}");
    }
    assert_eq!(files(home.path()), before);

    fs::write(home.path().join("mine"), "mine").unwrap();
    for (n, target) in ["mine", "nowhere"].into_iter().enumerate() {
        let name = format!("cam-{n}");
        symlink(home.path().join(target), home.path().join(format!("{name}.key"))).unwrap();
        let output = warden(&home, &["device", "issue", &name]).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(!home.path().join(format!("{name}.pem")).exists());
    }
    assert_eq!(fs::read_to_string(home.path().join("mine")).unwrap(), "mine");
    assert!(!home.path().join("nowhere").exists());
}

/// The kernel ends a process that writes more than it may: it dies when the file is there and nothing stands in it.
#[test]
fn who_dies_while_writing_leaves_nothing_that_looks_like_a_key() {
    let home = tempfile::tempdir().unwrap();
    let output = after("ulimit -f 0", &home, &["ca", "create"]);
    assert!(output.status.signal().is_some(), "{output:?}");
    let left = files(home.path());
    assert!(left.iter().all(|(name, content)| name.ends_with(".partial") && content.is_empty()), "{left:?}");
    assert!(!left.is_empty(), "it died before it wrote");
    // And is in nobody's way.
    assert!(warden(&home, &["ca", "create"]).output().unwrap().status.success());
}

#[test]
fn who_is_killed_at_any_time_leaves_only_whole_keys() {
    let home = with_ca();
    for n in [1, 20, 60, 120, 180] {
        let out = format!("certs-{n}");
        let at = home.path().join(&out);
        let mut child = issue(&home, &out);
        while fs::read_dir(&at).map_or(0, Iterator::count) < n && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        child.kill().unwrap_or_default();
        child.wait().unwrap();
        for (name, content) in files(&at) {
            let is_key = Path::new(&name).extension().is_some_and(|extension| extension == "key");
            assert!(!is_key || whole(&content), "{name}: {content}");
            assert!(name.starts_with("cam-") || name.starts_with(".warden-"), "{name}");
        }
    }
}
