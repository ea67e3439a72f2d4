//! Files that must not be there yet: all of them are written, or none.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};

/// A file to be. It has no `Debug`: its content may be a private key.
pub(crate) struct NewFile {
    /// Where it goes.
    pub(crate) path: PathBuf,
    /// What it holds.
    pub(crate) content: String,
    /// Whether only its owner may read it.
    pub(crate) secret: bool,
}

/// A file of this name in the directory; in the current one without a leading `./`.
pub(crate) fn inside(directory: &Path, name: &str) -> PathBuf {
    if directory == Path::new(".") { PathBuf::from(name) } else { directory.join(name) }
}

/// Refuses paths that hold something already, a broken link included.
pub(crate) fn refuse_existing<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Result<()> {
    for path in paths {
        match path.symlink_metadata() {
            // That a part of the path is a file is told where the directory is made.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
            Err(error) => {
                return Err(error).with_context(|| format!("look for `{}`, where `--out` puts it", path.display()));
            }
            Ok(_) => bail!(
                "write `{}`: it is there already, and a key or certificate is never overwritten: \
                 move it away or choose another directory with `--out`",
                path.display()
            ),
        }
    }
    Ok(())
}

/// Makes the directory if need be and writes every file. When one cannot be written, those already written are
/// removed again, and nothing that was there before is touched.
///
/// A file gets its name when it is whole: whoever dies before leaves nothing that looks like a key, only a hidden file
/// that its owner alone may read.
pub(crate) fn write_all(directory: &Path, files: &[NewFile]) -> Result<()> {
    refuse_existing(files.iter().map(|file| file.path.as_path()))?;
    fs::create_dir_all(directory)
        .with_context(|| format!("make the directory `{}`, which `--out` names", directory.display()))?;
    let mut made: Vec<&Path> = Vec::new();
    for file in files {
        if let Err(error) = create(file) {
            return Err(taken_back(
                &made,
                anyhow!(error).context(format!("write `{}`, where `--out` puts it", file.path.display())),
            ));
        }
        made.push(&file.path);
    }
    Ok(())
}

/// Writes a file beside the place that it is for, and gives it its name there unless that is taken.
fn create(file: &NewFile) -> std::io::Result<()> {
    let beside = file.path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut unnamed = tempfile::Builder::new();
    let unnamed = unnamed.prefix(".warden-").suffix(".partial");
    // Rights are given with the name, never taken away later; without a word of ours they are 0600.
    #[cfg(unix)]
    if !file.secret {
        use std::os::unix::fs::PermissionsExt as _;
        unnamed.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut unnamed = unnamed.tempfile_in(beside)?;
    unnamed.write_all(file.content.as_bytes())?;
    unnamed.as_file().sync_all()?;
    unnamed.persist_noclobber(&file.path).map(drop).map_err(|refused| refused.error)
}

/// Removes what was made and says which files would not go.
fn taken_back(made: &[&Path], error: anyhow::Error) -> anyhow::Error {
    let left: Vec<String> =
        made.iter().filter(|path| fs::remove_file(path).is_err()).map(|path| format!("`{}`", path.display())).collect();
    if left.is_empty() {
        error
    } else {
        error.context(format!("finish, nor remove {} again: remove them by hand", left.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: PathBuf, secret: bool) -> NewFile {
        NewFile { path, content: "content".to_owned(), secret }
    }

    #[cfg(unix)]
    #[test]
    fn a_secret_is_readable_by_its_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let at = tempfile::tempdir().expect("a directory");
        let (key, certificate) = (at.path().join("a.key"), at.path().join("a.pem"));
        write_all(at.path(), &[file(key.clone(), true), file(certificate.clone(), false)]).expect("both are written");
        let mode = |path: &Path| path.metadata().expect("metadata").permissions().mode() & 0o777;
        assert_eq!(mode(&key), 0o600);
        assert_eq!(mode(&certificate) & 0o400, 0o400);
    }

    #[test]
    fn one_file_in_the_way_stops_all_and_stays_as_it_was() {
        let at = tempfile::tempdir().expect("a directory");
        let (first, second) = (at.path().join("a.key"), at.path().join("a.pem"));
        fs::write(&second, "mine").expect("a file in the way");
        let error =
            write_all(at.path(), &[file(first.clone(), true), file(second.clone(), false)]).expect_err("refused");
        assert!(format!("{error:#}").contains("never overwritten"), "{error:#}");
        assert!(!first.exists());
        assert_eq!(fs::read_to_string(second).expect("the old file"), "mine");
    }

    #[test]
    fn a_failure_half_way_takes_back_what_was_written() {
        let at = tempfile::tempdir().expect("a directory");
        let good = at.path().join("a.key");
        let bad = at.path().join("no-such-directory").join("a.pem");
        let error = write_all(at.path(), &[file(good.clone(), true), file(bad, false)]).expect_err("the second fails");
        assert!(format!("{error:#}").contains("a.pem"), "{error:#}");
        assert!(!good.exists());
    }

    #[test]
    fn the_same_path_twice_leaves_nothing() {
        let at = tempfile::tempdir().expect("a directory");
        let path = at.path().join("a.key");
        assert!(write_all(at.path(), &[file(path.clone(), true), file(path.clone(), true)]).is_err());
        assert!(!path.exists());
    }

    #[test]
    fn a_directory_that_cannot_be_made_is_named_with_its_option() {
        let at = tempfile::tempdir().expect("a directory");
        let taken = at.path().join("taken");
        fs::write(&taken, "mine").expect("a file in the way");
        for directory in [taken.clone(), taken.join("certs")] {
            let error = write_all(&directory, &[file(directory.join("a.key"), true)]).expect_err("refused");
            let said = format!("{error:#}");
            assert!(said.starts_with("make the directory `") && said.contains("`, which `--out` names: "), "{said}");
        }
        assert_eq!(fs::read_to_string(taken).expect("the old file"), "mine");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_followed() {
        let at = tempfile::tempdir().expect("a directory");
        let (link, target) = (at.path().join("a.key"), at.path().join("elsewhere"));
        std::os::unix::fs::symlink(&target, &link).expect("a link");
        assert!(write_all(at.path(), &[file(link, true)]).is_err());
        assert!(!target.exists());
    }
}
