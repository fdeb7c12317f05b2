//! Where logs are read from: files, folders and patterns become a list of EVTX files, and nothing is dropped in silence.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::event_log::{Damage, DamageKind, Recognition, recognise_file};

/// One EVTX file to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Where it is.
    pub path: PathBuf,
    /// What the `source_file` column says: the path as it was given or found.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// A file or folder that was named or looked like a log, and could not be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedSource {
    /// The path.
    pub name: String,
    /// Why.
    pub damage: Damage,
}

/// The files behind the sources that a user named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    /// EVTX files, in the order of their paths.
    pub files: Vec<SourceFile>,
    /// What could not be taken, with the reason.
    pub refused: Vec<RefusedSource>,
    /// Files within folders that are no EVTX by their bytes and do not claim to be by their name.
    pub passed_over: u64,
}

/// A source that means nothing.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum SourceError {
    /// Nothing has that name.
    #[error("there is no file or folder `{0}`")]
    NotFound(String),
    /// SQL stands where a source should.
    #[error("`{0}` is SQL and no source: what to read stands before it, as in `trailhound query logs/ 'SELECT …'`")]
    Sql(String),
    /// A pattern that cannot be read.
    #[error("`{pattern}` is no pattern for file names: {reason}")]
    Pattern {
        /// As it was given.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A pattern without any match.
    #[error("no file matches `{0}`")]
    NoMatch(String),
}

impl Sources {
    /// Finds the files behind the names: a file, a folder (walked to its end), or a pattern such as `C:\logs\*.evtx`.
    ///
    /// # Errors
    /// Where a name leads to nothing at all.
    pub fn find<S: AsRef<OsStr>>(names: &[S]) -> Result<Self, SourceError> {
        let mut finder = Finder::default();
        for name in names {
            let path = Path::new(name);
            if fs::symlink_metadata(path).is_ok() {
                finder.add_path(path, LinksUp::Told);
                continue;
            }
            match path.to_str() {
                Some(sql) if is_sql(sql) => return Err(SourceError::Sql(sql.to_owned())),
                Some(pattern) if pattern.contains(['*', '?', '[']) => finder.add_pattern(pattern)?,
                _ => return Err(SourceError::NotFound(path.display().to_string())),
            }
        }
        let mut sources = finder.sources;
        sources.files.sort_by(|one, two| one.path.cmp(&two.path));
        sources.refused.sort_by(|one, two| one.name.cmp(&two.name));
        Ok(sources)
    }

    /// The size of all files together, in bytes.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}

/// A query that was typed without a source before it.
fn is_sql(name: &str) -> bool {
    let mut words = name.split_whitespace();
    let first = words.next().unwrap_or_default();
    ["SELECT", "WITH"].iter().any(|word| first.eq_ignore_ascii_case(word)) && words.next().is_some()
}

/// What is done about a link within a folder to one above it, which is not followed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LinksUp {
    Told,
    Silent,
}

#[derive(Default)]
struct Finder {
    sources: Sources,
    /// A file or folder that is reached by two ways is read once.
    seen: HashSet<PathBuf>,
    /// What patterns led to, by its folder. A link to a folder above makes `**` find the same things again and again.
    matched: HashSet<PathBuf>,
}

impl Finder {
    fn add_pattern(&mut self, pattern: &str) -> Result<(), SourceError> {
        let options = glob::MatchOptions { case_sensitive: false, ..Default::default() };
        let unreadable = |error: glob::PatternError| SourceError::Pattern {
            pattern: pattern.to_owned(),
            reason: error.msg.to_owned(),
        };
        let mut matched = false;
        for entry in glob::glob_with(pattern, options).map_err(unreadable)? {
            matched = true;
            match entry {
                Ok(path) if !self.matched.insert(place_of(&path)) => {}
                // `**` reaches what is above a matched folder by itself, if it is meant.
                Ok(path) => self.add_path(&path, LinksUp::Silent),
                Err(error) => self.refuse(error.path(), DamageKind::Unreadable, error.error().to_string()),
            }
        }
        if matched { Ok(()) } else { Err(SourceError::NoMatch(pattern.to_owned())) }
    }

    /// A path that the user named: a file that is no EVTX is refused, not passed over.
    fn add_path(&mut self, path: &Path, links_up: LinksUp) {
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => self.add_folder(path, links_up),
            Ok(_) => self.add_file(path, true),
            Err(error) => self.refuse(path, DamageKind::Unreadable, error.to_string()),
        }
    }

    fn add_folder(&mut self, folder: &Path, links_up: LinksUp) {
        let mut walk = walkdir::WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter();
        while let Some(entry) = walk.next() {
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {
                    if !self.is_new(entry.path()) {
                        walk.skip_current_dir();
                    }
                }
                // A pipe that is called a log is refused by name; what else is no file, such as a socket, is none of ours.
                Ok(entry) => {
                    let claims = entry.path().extension().is_some_and(|end| end.eq_ignore_ascii_case("evtx"));
                    if claims || entry.file_type().is_file() {
                        self.add_file(entry.path(), claims);
                    }
                }
                Err(error) => self.refuse_entry(folder, links_up, &error),
            }
        }
    }

    fn refuse_entry(&mut self, folder: &Path, links_up: LinksUp, error: &walkdir::Error) {
        let path = error.path().unwrap_or(folder);
        let reason = match error.io_error() {
            Some(reason) => reason.to_string(),
            // Without a reason of the system's it is a link to a folder that it stands in, mostly one that is being read.
            None if links_up == LinksUp::Silent || !self.is_new(path) => return,
            None => format!("it is a link to a folder above `{}`, which is not followed", folder.display()),
        };
        self.refuse(path, DamageKind::Unreadable, reason);
    }

    /// True the first time that a file or folder is met, by whatever way.
    fn is_new(&mut self, path: &Path) -> bool {
        self.seen.insert(fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()))
    }

    fn add_file(&mut self, path: &Path, claims_to_be_a_log: bool) {
        if !self.is_new(path) {
            return;
        }
        let bytes = match fs::metadata(path) {
            // Reading a pipe or a device may never end.
            Ok(metadata) if !metadata.is_file() => {
                return self.refuse(path, DamageKind::Unreadable, "it is no regular file".to_owned());
            }
            Ok(metadata) => metadata.len(),
            Err(error) => return self.refuse(path, DamageKind::Unreadable, error.to_string()),
        };
        match recognise_file(path) {
            Ok(Recognition::EventLog | Recognition::EventLogWithoutHeader) => {
                let name = path.to_string_lossy().into_owned();
                self.sources.files.push(SourceFile { path: path.to_owned(), name, bytes });
            }
            Ok(Recognition::Other) if claims_to_be_a_log => {
                let reason = if bytes == 0 {
                    "the file is empty".to_owned()
                } else {
                    format!("it does not begin with `ElfFile` ({bytes} bytes)")
                };
                self.refuse(path, DamageKind::NotAnEventLog, reason);
            }
            Ok(Recognition::Other) => self.sources.passed_over += 1,
            Err(error) => self.refuse(path, DamageKind::Unreadable, error.to_string()),
        }
    }

    fn refuse(&mut self, path: &Path, kind: DamageKind, detail: String) {
        let damage = Damage { kind, offset: 0, record_id: None, detail };
        self.sources.refused.push(RefusedSource { name: path.to_string_lossy().into_owned(), damage });
    }
}

/// The folder in which a thing stands, without links, and its name there.
fn place_of(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (fs::canonicalize(folder), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}
