//! The folder of a lake: who may write, where files are staged, and the one step that makes them part of it.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::manifest::{Conversion, FORMAT, LakeFile, Manifest};
use crate::event_log::{Damage, DamageKind};
use crate::sources::RefusedSource;

const OWN_FOLDER: &str = "_trailhound";

/// A lake that exists.
#[derive(Debug, Clone)]
pub struct Lake {
    root: PathBuf,
}

/// Why a lake cannot be opened or written.
#[derive(Debug, Error)]
pub enum LakeError {
    /// The folder is no lake.
    #[error("`{0}` is no lake: `trailhound convert SOURCE --to {0}` makes one")]
    NotALake(String),
    /// The folder holds other things.
    #[error("`{0}` is no lake and not empty: name a new folder, so that nothing in it is mixed up")]
    NotEmpty(String),
    /// Another conversion writes.
    #[error("another conversion is writing to `{0}`: try again when it has ended")]
    Busy(String),
    /// The manifest cannot be understood.
    #[error("the manifest of the lake `{lake}` cannot be read: {reason}")]
    Manifest {
        /// The lake's folder.
        lake: String,
        /// What is wrong.
        reason: String,
    },
    /// Reading or writing failed.
    #[error("could not {act} `{path}`: {error}")]
    Io {
        /// What was tried.
        act: &'static str,
        /// On what.
        path: String,
        /// The system's reason.
        error: io::Error,
    },
}

fn io_error(act: &'static str, path: &Path) -> impl FnOnce(io::Error) -> LakeError {
    let path = path.display().to_string();
    move |error| LakeError::Io { act, path, error }
}

impl Lake {
    /// Whether the folder is a lake.
    pub fn is_lake(path: &Path) -> bool {
        path.join(OWN_FOLDER).join("manifest.json").is_file()
    }

    /// The lake in that folder.
    ///
    /// # Errors
    /// Where it is none.
    pub fn open(path: &Path) -> Result<Self, LakeError> {
        if Self::is_lake(path) {
            return Ok(Self { root: path.to_owned() });
        }
        Err(LakeError::NotALake(path.display().to_string()))
    }

    /// The lake in that folder, made where the folder is empty or is not there.
    ///
    /// # Errors
    /// Where the folder holds other things, or cannot be made.
    pub fn open_or_create(path: &Path) -> Result<Self, LakeError> {
        let lake = Self { root: path.to_owned() };
        if Self::is_lake(path) {
            return Ok(lake);
        }
        if path.exists() {
            let entries = fs::read_dir(path).map_err(io_error("look into", path))?;
            // A first conversion that was interrupted leaves its own folder behind.
            if entries.flatten().any(|entry| entry.file_name() != OWN_FOLDER) {
                return Err(LakeError::NotEmpty(path.display().to_string()));
            }
        }
        let own = lake.own_folder();
        fs::create_dir_all(&own).map_err(io_error("make", &own))?;
        Ok(lake)
    }

    /// The lake's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn own_folder(&self) -> PathBuf {
        self.root.join(OWN_FOLDER)
    }

    fn manifest_path(&self) -> PathBuf {
        self.own_folder().join("manifest.json")
    }

    /// What belongs to the lake.
    ///
    /// # Errors
    /// Where the manifest cannot be read or is of a later form.
    pub fn manifest(&self) -> Result<Manifest, LakeError> {
        let path = self.manifest_path();
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Manifest::empty()),
            Err(error) => return Err(io_error("read", &path)(error)),
        };
        let unreadable = |reason: String| LakeError::Manifest { lake: self.root.display().to_string(), reason };
        let manifest: Manifest = serde_json::from_slice(&text).map_err(|error| unreadable(error.to_string()))?;
        if manifest.format > FORMAT {
            return Err(unreadable(format!("it has form {}, this version knows {FORMAT}", manifest.format)));
        }
        Ok(manifest)
    }

    /// The files of a manifest that are there with their whole size, and those that are not.
    pub fn check(&self, manifest: &Manifest) -> (Vec<LakeFile>, Vec<RefusedSource>) {
        let (mut whole, mut refused) = (Vec::new(), Vec::new());
        for file in manifest.files() {
            let path = self.root.join(&file.path);
            let detail = match fs::metadata(&path) {
                Ok(metadata) if metadata.len() == file.bytes => {
                    whole.push(file.clone());
                    continue;
                }
                Ok(metadata) => format!("it has {} bytes, and {} were written", metadata.len(), file.bytes),
                Err(error) => error.to_string(),
            };
            let damage = Damage { kind: DamageKind::Unreadable, offset: 0, record_id: None, detail };
            refused.push(RefusedSource { name: path.display().to_string(), damage });
        }
        (whole, refused)
    }

    /// Takes the right to write. It is given back when the lock is dropped or the process ends, however it ends.
    ///
    /// # Errors
    /// Where another process has it.
    pub fn lock(&self) -> Result<LakeLock, LakeError> {
        let path = self.own_folder().join("lock");
        let file =
            File::options().create(true).truncate(false).write(true).open(&path).map_err(io_error("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LakeError::Busy(self.root.display().to_string())),
            Err(TryLockError::Error(error)) => return Err(io_error("lock", &path)(error)),
        }
        let lock = LakeLock { lake: self.clone(), _file: file };
        lock.clear_leftovers()?;
        Ok(lock)
    }
}

/// The right to write to a lake.
#[derive(Debug)]
pub struct LakeLock {
    lake: Lake,
    _file: File,
}

impl LakeLock {
    /// The lake.
    pub fn lake(&self) -> &Lake {
        &self.lake
    }

    /// Where files are written before they belong to the lake. Made empty.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn staging(&self) -> Result<PathBuf, LakeError> {
        let path = self.staging_path();
        fs::create_dir_all(&path).map_err(io_error("make", &path))?;
        Ok(path)
    }

    fn staging_path(&self) -> PathBuf {
        self.lake.own_folder().join("staging")
    }

    /// Removes what conversions that were interrupted left: staged files, and files in the days' folders that the
    /// manifest does not name.
    fn clear_leftovers(&self) -> Result<(), LakeError> {
        remove_folder(&self.staging_path())?;
        let manifest = self.lake.manifest()?;
        let known: std::collections::HashSet<&str> = manifest.files().iter().map(|file| file.path.as_str()).collect();
        let root = &self.lake.root;
        for day in fs::read_dir(root).map_err(io_error("look into", root))?.flatten() {
            let day_name = day.file_name().to_string_lossy().into_owned();
            if !day_name.starts_with("date=") {
                continue;
            }
            for file in fs::read_dir(day.path()).map_err(io_error("look into", &day.path()))?.flatten() {
                let name = file.file_name().to_string_lossy().into_owned();
                if name.ends_with(".parquet") && !known.contains(format!("{day_name}/{name}").as_str()) {
                    fs::remove_file(file.path()).map_err(io_error("remove", &file.path()))?;
                }
            }
        }
        Ok(())
    }

    /// Makes the staged files of a conversion part of the lake: moves them to their days, then replaces the manifest.
    /// Until that last step no reader sees any of them.
    ///
    /// # Errors
    /// Where a file cannot be moved or the manifest cannot be replaced; the lake is then as it was before.
    pub fn commit(&self, conversion: Conversion) -> Result<(), LakeError> {
        let staging = self.staging_path();
        for file in &conversion.files {
            let (from, to) = (staging.join(&file.path), self.lake.root.join(&file.path));
            if let Some(day) = to.parent() {
                fs::create_dir_all(day).map_err(io_error("make", day))?;
            }
            fs::rename(&from, &to).map_err(io_error("move a file to", &to))?;
        }
        let mut manifest = self.lake.manifest()?;
        manifest.conversions.push(conversion);
        self.replace_manifest(&manifest)?;
        remove_folder(&staging)
    }

    fn replace_manifest(&self, manifest: &Manifest) -> Result<(), LakeError> {
        let path = self.lake.manifest_path();
        let own = self.lake.own_folder();
        let mut file = tempfile::NamedTempFile::new_in(&own).map_err(io_error("write to", &own))?;
        serde_json::to_writer_pretty(&mut file, manifest)
            .map_err(io::Error::from)
            .and_then(|()| file.flush())
            .and_then(|()| file.as_file().sync_all())
            .map_err(io_error("write", &path))?;
        file.persist(&path).map_err(|error| io_error("replace", &path)(error.error))?;
        Ok(())
    }
}

impl Drop for LakeLock {
    fn drop(&mut self) {
        // What is left after a failure; the next conversion would clear it too.
        let _ = remove_folder(&self.staging_path());
    }
}

fn remove_folder(path: &Path) -> Result<(), LakeError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error("remove", path)(error)),
        _ => Ok(()),
    }
}
