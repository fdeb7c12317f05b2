//! The file of `--output`: whole under its name, or not there at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file that is written under a temporary name beside its own, and gets its name when it is complete.
///
/// Dropped without [`commit`](Self::commit), it leaves nothing behind and the file that was there before as it was.
/// What is no regular file (a pipe, `/dev/null`) is written to directly.
#[derive(Debug)]
pub struct OutputFile {
    target: PathBuf,
    state: State,
}

#[derive(Debug)]
enum State {
    Temporary(NamedTempFile),
    Direct(File),
}

impl OutputFile {
    /// Begins the file. One that is there stays until the new one is complete, and is then replaced.
    ///
    /// # Errors
    /// The folder is not there or may not be written to, or the name is a folder's.
    pub fn create(path: &Path) -> io::Result<OutputFile> {
        // A link is followed, so that the file it names is replaced and not the link.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        let is_special = match fs::metadata(&target) {
            Ok(metadata) if metadata.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(metadata) => !metadata.is_file(),
            Err(_) => false,
        };
        if is_special {
            let state = State::Direct(OpenOptions::new().write(true).open(&target)?);
            return Ok(OutputFile { target, state });
        }
        let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !folder.is_dir() {
            let message = format!("there is no folder '{}'", folder.display());
            return Err(io::Error::new(io::ErrorKind::NotFound, message));
        }
        let mut prefix = std::ffi::OsString::from(".");
        prefix.push(name);
        prefix.push(".");
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix).suffix(".partial");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // Those of any new file; the user's umask is taken off. A temporary file's own would be for the user alone.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let state = State::Temporary(builder.tempfile_in(folder).map_err(without_path)?);
        Ok(OutputFile { target, state })
    }

    /// Where to write.
    pub fn writer(&mut self) -> &mut (dyn Write + Send) {
        match &mut self.state {
            State::Temporary(file) => file,
            State::Direct(file) => file,
        }
    }

    /// Gives the complete file its name.
    ///
    /// # Errors
    /// The disk is full, or the name could not be given.
    pub fn commit(self) -> io::Result<()> {
        match self.state {
            State::Temporary(file) => {
                // Renamed before its bytes are on the disk, it could be found empty after a crash.
                file.as_file().sync_all()?;
                file.persist(&self.target).map_err(|error| error.error)?;
                Ok(())
            }
            State::Direct(mut file) => file.flush(),
        }
    }
}

/// The system's reason alone: the name of the temporary file means nothing to who named another.
fn without_path(error: io::Error) -> io::Error {
    match error.get_ref().and_then(std::error::Error::source) {
        Some(reason) => io::Error::new(error.kind(), reason.to_string()),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder");
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_file_appears_when_it_is_complete() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("hits.csv");
        fs::write(&path, "old").expect("written");

        let mut file = OutputFile::create(&path).expect("created");
        file.writer().write_all(b"half").expect("written");
        assert_eq!(fs::read_to_string(&path).expect("the old file"), "old");
        drop(file);
        assert_eq!(names(folder.path()), ["hits.csv"]);

        let mut file = OutputFile::create(&path).expect("created");
        file.writer().write_all(b"whole").expect("written");
        file.commit().expect("renamed");
        assert_eq!(fs::read_to_string(&path).expect("the new file"), "whole");
        assert_eq!(names(folder.path()), ["hits.csv"]);
    }

    #[test]
    fn a_folder_or_a_missing_folder_is_an_error() {
        let folder = tempfile::tempdir().expect("a folder");
        let kind = |path: &Path| OutputFile::create(path).map(|_| ()).map_err(|error| error.kind());
        assert_eq!(kind(folder.path()), Err(io::ErrorKind::IsADirectory));
        assert_eq!(kind(&folder.path().join("none/hits.csv")), Err(io::ErrorKind::NotFound));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_devices_written_and_permissions_plain() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let real = folder.path().join("real.csv");
        let link = folder.path().join("link.csv");
        fs::write(&real, "old").expect("written");
        std::os::unix::fs::symlink(&real, &link).expect("a link");
        let mut file = OutputFile::create(&link).expect("created");
        file.writer().write_all(b"new").expect("written");
        file.commit().expect("renamed");
        assert!(fs::symlink_metadata(&link).expect("the link").is_symlink());
        assert_eq!(fs::read_to_string(&real).expect("the file"), "new");

        let plain = folder.path().join("plain");
        fs::write(&plain, "").expect("written");
        let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode();
        assert_eq!(mode(&real), mode(&plain));

        let mut null = OutputFile::create(Path::new("/dev/null")).expect("opened");
        null.writer().write_all(b"gone").expect("written");
        null.commit().expect("closed");
    }
}
