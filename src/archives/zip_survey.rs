//! What a zip's directory says, before a member is read.

use std::collections::HashSet;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use zip::read::Config;
use zip::result::ZipError;
use zip::unstable::read::ZipIterable;

use super::report::{Failure, Reason};
use super::window_reader::{ReadSeek, WindowReader};

/// The least that stands before a member's bytes.
const LOCAL_HEADER: u64 = 30;

/// Where the members stand that the directory names.
#[derive(Debug)]
pub(super) struct Survey {
    /// Of each member, in the directory's order: its first byte, and a place at or before its end.
    spans: Vec<(u64, u64)>,
    /// Members that share bytes with one that stands before them. A bomb gives the same bytes out under many names.
    overlapping: HashSet<usize>,
    /// Why the directory could not be read, or not to its end.
    problem: Option<Failure>,
}

impl Survey {
    /// Reads the directory, of so many members at most.
    ///
    /// # Errors
    /// Where the file cannot be read at all. A damaged directory is no error but a problem.
    pub(super) fn of(source: &mut dyn ReadSeek, most_members: u64) -> io::Result<Self> {
        let mut survey = Self { spans: Vec::new(), overlapping: HashSet::new(), problem: None };
        let reader = WindowReader::new(source)?;
        match ZipIterable::try_new(reader, Config::default()) {
            Ok(mut directory) => {
                if let Err(error) = survey.read(&mut directory, most_members) {
                    survey.problem = Some(zip_failure(&error));
                }
            }
            Err(error) => survey.problem = Some(zip_failure(&error)),
        }
        survey.find_overlaps();
        Ok(survey)
    }

    fn read(&mut self, directory: &mut ZipIterable<WindowReader<'_>>, most_members: u64) -> Result<(), ZipError> {
        let entries = directory.files()?;
        let mut last = None;
        for entry in entries.by_ref() {
            // The walk ends at the limit too.
            if self.spans.len() as u64 > most_members {
                return Ok(());
            }
            let entry = entry?;
            last = Some(entry.central_header_start());
            let start = entry.header_start();
            let end = start.saturating_add(LOCAL_HEADER).saturating_add(entry.compressed_size());
            self.spans.push((start, end));
        }
        if names_too_few(entries.reader_mut(), last)? {
            let text = "it names fewer members than there are";
            self.problem = Some(Failure::new(Reason::Damaged, text));
        }
        Ok(())
    }

    fn find_overlaps(&mut self) {
        let mut order: Vec<usize> = (0..self.spans.len()).collect();
        order.sort_by_key(|index| self.spans[*index].0);
        let mut covered = 0;
        for index in order {
            let (start, end) = self.spans[index];
            if start < covered {
                self.overlapping.insert(index);
            }
            covered = covered.max(end);
        }
    }

    pub(super) fn problem(&self) -> Option<&Failure> {
        self.problem.as_ref()
    }

    pub(super) fn is_overlapping(&self, index: usize) -> bool {
        self.overlapping.contains(&index)
    }

    /// The bytes of the members, in the order in which they stand in the file.
    pub(super) fn spans_by_place(&self) -> Vec<(u64, u64)> {
        let mut spans = self.spans.clone();
        spans.sort_unstable();
        spans
    }

    /// Cuts the members into runs of about as many bytes, as many runs as are wanted or fewer. The last run is open,
    /// for members past the limit, which the walk refuses.
    pub(super) fn split(&self, parts: usize) -> Vec<Range<usize>> {
        let weight = |span: &(u64, u64)| span.1.saturating_sub(span.0);
        let total = self.spans.iter().map(weight).fold(0_u64, u64::saturating_add);
        let share = (total / parts.max(1) as u64).max(1);
        let mut ranges = Vec::new();
        let (mut first, mut sum) = (0, 0_u64);
        for (index, span) in self.spans.iter().enumerate() {
            if sum >= share && ranges.len() + 1 < parts {
                ranges.push(first..index);
                (first, sum) = (index, 0);
            }
            sum = sum.saturating_add(weight(span));
        }
        ranges.push(first..usize::MAX);
        ranges
    }
}

/// Whether the directory goes on behind the last member that was counted: the count of the older form of zip has
/// 16 bits, and some writers let it run over.
fn names_too_few(reader: &mut WindowReader<'_>, last: Option<u64>) -> io::Result<bool> {
    let mut mark = [0; 4];
    let Some(last) = last else {
        reader.seek(SeekFrom::Start(0))?;
        return Ok(reader.read_exact(&mut mark).is_ok() && mark == *b"PK\x03\x04");
    };
    let mut header = [0; 46];
    reader.seek(SeekFrom::Start(last))?;
    reader.read_exact(&mut header)?;
    // The lengths of the name, of the extra fields and of the comment (APPNOTE 4.3.12).
    let lengths: u64 = [28, 30, 32].iter().map(|at| u64::from(u16::from_le_bytes([header[*at], header[at + 1]]))).sum();
    reader.seek(SeekFrom::Current(i64::try_from(lengths).unwrap_or(0)))?;
    Ok(reader.read_exact(&mut mark).is_ok() && mark == *b"PK\x01\x02")
}

/// What an error of the `zip` crate is.
pub(super) fn zip_failure(error: &ZipError) -> Failure {
    match error {
        ZipError::InvalidPassword => Failure::new(Reason::WrongPassword, ""),
        ZipError::UnsupportedArchive(text) if *text == ZipError::PASSWORD_REQUIRED => {
            Failure::new(Reason::PasswordNeeded, "")
        }
        ZipError::UnsupportedArchive(text) => Failure::new(Reason::Unsupported, *text),
        ZipError::CompressionMethodNotSupported(method) => {
            Failure::new(Reason::Unsupported, format!("method {method} of compression"))
        }
        ZipError::Io(error) if error.raw_os_error().is_some() => Failure::new(Reason::Unreadable, error.to_string()),
        error => Failure::new(Reason::Damaged, error.to_string()),
    }
}
