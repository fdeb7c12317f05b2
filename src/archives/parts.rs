//! Walking one file, whole or in parts that several threads take.

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::compressed_stream;
use super::kind::{Kind, recognise};
use super::limits::{ArchiveLimits, Budget};
use super::member::{HEAD_SIZE, Visitor};
use super::meter::{Meter, Metered, failure_of};
use super::report::{Failure, Reason, WalkReport};
use super::seven_zip_members;
use super::tar_members::{self, InFile};
use super::walker::{Container, Walker};
use super::zip_members;
use super::zip_survey::Survey;

/// How archives are walked. Its `Debug` does not show the password.
#[derive(Clone, PartialEq, Eq)]
pub struct WalkSettings {
    /// What encrypted members are opened with.
    pub password: Option<String>,
    /// Where archives within archives are put while they are read, in files without names.
    pub spool_folder: PathBuf,
}

impl fmt::Debug for WalkSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let password = self.password.as_ref().map(|_| "…");
        f.debug_struct("WalkSettings").field("password", &password).field("spool_folder", &self.spool_folder).finish()
    }
}

impl Default for WalkSettings {
    /// Without a password, in the system's folder for temporary files.
    fn default() -> Self {
        Self { password: None, spool_folder: std::env::temp_dir() }
    }
}

/// A part of an archive that can be walked by itself.
#[derive(Debug, Clone)]
pub struct Part {
    path: PathBuf,
    /// Of a zip, the members from one place in its directory to another.
    of_zip: Option<ZipPart>,
}

#[derive(Debug, Clone)]
pub(super) struct ZipPart {
    pub(super) survey: Arc<Survey>,
    pub(super) members: Range<usize>,
}

/// Cuts an archive into parts of about the same size. A zip is cut between its members, any other archive is one part.
/// The members of the parts one after the other are the members of the archive in its order.
///
/// # Errors
/// Where the file cannot be opened or read.
pub fn split(path: &Path, parts: usize, limits: &ArchiveLimits) -> io::Result<Vec<Part>> {
    let whole = vec![Part { path: path.to_owned(), of_zip: None }];
    let mut file = File::open(path)?;
    if parts < 2 || recognise(&read_head(&mut file)?) != Some(Kind::Zip) {
        return Ok(whole);
    }
    let survey = Survey::of(&mut file, limits.members)?;
    // What is looked for in a damaged zip stands anywhere in it.
    if survey.problem().is_some() {
        return Ok(whole);
    }
    let survey = Arc::new(survey);
    let part = |members| ZipPart { survey: Arc::clone(&survey), members };
    let ranges = survey.split(parts);
    Ok(ranges.into_iter().map(|members| Part { path: path.to_owned(), of_zip: Some(part(members)) }).collect())
}

/// Walks a file: its members if it is an archive, itself if it is none. `name` is what members' names begin with.
///
/// What cannot be read is in the report; a file that cannot be opened is its only refusal.
pub fn walk(
    path: &Path,
    name: &str,
    settings: &WalkSettings,
    budget: &Arc<Budget>,
    visitor: &mut dyn Visitor,
) -> WalkReport {
    walk_part(&Part { path: path.to_owned(), of_zip: None }, name, settings, budget, visitor)
}

/// Walks one part of a file, as [`walk`] does a whole one.
pub fn walk_part(
    part: &Part,
    name: &str,
    settings: &WalkSettings,
    budget: &Arc<Budget>,
    visitor: &mut dyn Visitor,
) -> WalkReport {
    let mut walker = Walker { settings, visitor, report: WalkReport::default() };
    if let Err(error) = walk_file(&mut walker, part, name, budget) {
        walker.refuse(name, Failure::new(Reason::Unreadable, error.to_string()));
    }
    walker.report
}

fn walk_file(walker: &mut Walker<'_>, part: &Part, name: &str, budget: &Arc<Budget>) -> io::Result<()> {
    let mut file = File::open(&part.path)?;
    let length = file.metadata()?.len();
    let head = read_head(&mut file)?;
    file.rewind()?;
    let meter = Meter::root(budget, length);
    let container = Container { name, depth: 1, meter: &meter };
    let Some(kind) = recognise(&head) else {
        let mut source = Metered::plain(&mut file, Rc::clone(&meter));
        walker.take(name, Some(length), &mut source, 0);
        return Ok(());
    };
    if budget.limits().depth == 0 {
        walker.refuse(name, Failure::new(Reason::Depth, ""));
        return Ok(());
    }
    let is_first = part.of_zip.as_ref().is_none_or(|part| part.members.start == 0);
    walker.report.archives += u64::from(is_first);
    let failure = match kind {
        Kind::Zip => zip_members::walk(walker, container, &mut file, part.of_zip.as_ref()),
        Kind::SevenZip => seven_zip_members::walk(walker, container, &mut file),
        Kind::Tar => tar_members::walk(walker, container, &mut InFile::new(file, length)),
        Kind::Gzip | Kind::Bzip2 | Kind::Zstandard | Kind::Xz => {
            compressed_stream::walk(walker, container, kind, &mut BufReader::with_capacity(1 << 16, file))
        }
    };
    if let Some(failure) = walker.failure_of_container(container, failure) {
        walker.refuse(name, failure);
    }
    Ok(())
}

fn read_head(file: &mut File) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD_SIZE);
    file.take(HEAD_SIZE as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// The failure that an error of the outermost file or of a spool is.
pub(super) fn container_failure(error: &io::Error, container: Container<'_>) -> Option<Failure> {
    Some(failure_of(error, container.meter))
}
