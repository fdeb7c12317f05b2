//! The members of a zip, in the order of its directory.

use std::borrow::Cow;
use std::io::{Read, Seek, SeekFrom};
use std::rc::Rc;

use lzma_rust2::XzReader;
use zip::read::{Config, OwnedZipFileEntry, ZipFileEntry};
use zip::result::{ZipError, ZipResult};
use zip::unstable::read::ZipIterable;
use zip::{CompressionMethod, System, ZipReadOptions};

use super::decrypted::Decrypted;
use super::meter::Metered;
use super::names::visible_name;
use super::parts::{ZipPart, container_failure};
use super::report::{Failure, Reason};
use super::walker::{Container, Walker};
use super::window_reader::{ReadSeek, WindowReader};
use super::zip_salvage;
use super::zip_survey::{Survey, zip_failure};

/// Walks a zip, or a part of one.
pub(super) fn walk(
    walker: &mut Walker<'_>,
    container: Container<'_>,
    source: &mut dyn ReadSeek,
    part: Option<&ZipPart>,
) -> Option<Failure> {
    let own_survey;
    let (survey, members) = match part {
        Some(part) => (&*part.survey, part.members.clone()),
        None => {
            own_survey = match Survey::of(source, container.meter.budget().limits().members) {
                Ok(survey) => survey,
                Err(error) => return container_failure(&error, container),
            };
            (&own_survey, 0..usize::MAX)
        }
    };
    let zip = ZipWalk { survey, container };
    if let Err(error) = zip.walk_directory(walker, source, members)
        && survey.problem().is_none()
    {
        return Some(zip_failure(&error));
    }
    let problem = survey.problem()?;
    if walker.goes_on(container) {
        zip_salvage::walk(walker, container, source, survey);
    }
    let detail = format!("members were looked for without its directory: {}", problem.detail);
    Some(Failure::new(problem.reason, detail))
}

struct ZipWalk<'z> {
    survey: &'z Survey,
    container: Container<'z>,
}

impl ZipWalk<'_> {
    fn walk_directory(
        &self,
        walker: &mut Walker<'_>,
        source: &mut dyn ReadSeek,
        members: std::ops::Range<usize>,
    ) -> ZipResult<()> {
        let mut directory = ZipIterable::try_new(WindowReader::new(source)?, Config::default())?;
        let entries = directory.files()?;
        let mut index = 0;
        while index < members.end
            && walker.goes_on(self.container)
            && let Some(entry) = entries.next()
        {
            let entry = entry?;
            if index >= members.start {
                if walker.count_member(self.container).is_break() {
                    return Ok(());
                }
                self.take_entry(walker, index, entry, entries.reader_mut());
            }
            index += 1;
        }
        Ok(())
    }

    fn take_entry(
        &self,
        walker: &mut Walker<'_>,
        index: usize,
        entry: ZipFileEntry<'static>,
        reader: &mut WindowReader<'_>,
    ) {
        // What is named like a folder and has bytes is looked into all the same.
        if entry.is_dir() && entry.size() == 0 {
            return;
        }
        if entry.is_symlink() {
            walker.report.passed_over += 1;
            return;
        }
        let name = self.container.name_of(&entry_name(entry.name_raw(), entry.name(), entry.system()));
        if self.survey.is_overlapping(index) {
            return walker.refuse(&name, Failure::new(Reason::Overlap, ""));
        }
        let meter = self.container.meter.child(Some(entry.compressed_size().min(reader.length())));
        let entry = OwnedZipFileEntry::from(entry);
        let password = walker.settings.password.clone();
        let memory = self.container.decoder_memory();
        let taken = open(&entry, reader, password.as_deref(), memory, &mut |content| {
            let mut source = Metered::new(content, Rc::clone(&meter));
            walker.take(&name, Some(entry.size()), &mut source, self.container.depth);
        });
        if let Err(failure) = taken {
            walker.refuse(&name, failure);
        }
    }
}

/// Opens a member and hands its unpacked bytes over.
fn open(
    entry: &OwnedZipFileEntry,
    reader: &mut WindowReader<'_>,
    password: Option<&str>,
    memory: u64,
    take: &mut dyn FnMut(&mut dyn Read),
) -> Result<(), Failure> {
    let failed = |error: ZipError| zip_failure(&error);
    let is_encrypted = entry.encrypted();
    match entry.compression() {
        CompressionMethod::Xz | CompressionMethod::Lzma if is_encrypted => return Err(no_limit_to_memory()),
        CompressionMethod::Xz => {
            let start = data_start(entry, reader).map_err(failed)?;
            reader.seek(SeekFrom::Start(start)).map_err(|error| failed(error.into()))?;
            // The crate would set no limit to the window. The sums within xz itself are verified.
            let kibibytes = u32::try_from(memory / 1024).unwrap_or(u32::MAX);
            take(&mut XzReader::new_mem_limit(reader.take(entry.compressed_size()), false, kibibytes));
            return Ok(());
        }
        CompressionMethod::Lzma if lzma_window(entry, reader).map_err(failed)? > memory => {
            return Err(Failure::new(Reason::DecoderMemory, ""));
        }
        // Under encryption it cannot be seen; 256 MiB is the most that the format knows.
        CompressionMethod::Ppmd if !is_encrypted && ppmd_model(entry, reader).map_err(failed)? > memory => {
            return Err(Failure::new(Reason::DecoderMemory, ""));
        }
        _ => {}
    }
    let options = ZipReadOptions::new().password(password.filter(|_| is_encrypted).map(str::as_bytes));
    let mut file = entry.as_ref().with_reader(reader, options).map_err(failed)?;
    take(&mut Decrypted::new(&mut file, is_encrypted));
    Ok(())
}

/// The window of these methods can only be seen in the clear, and the crate sets it no limit.
pub(super) fn no_limit_to_memory() -> Failure {
    Failure::new(Reason::Unsupported, "LZMA whose window cannot be seen beforehand")
}

fn data_start(entry: &OwnedZipFileEntry, reader: &mut WindowReader<'_>) -> Result<u64, ZipError> {
    let file = entry.as_ref().with_reader(reader, ZipReadOptions::new())?;
    file.data_start().ok_or(ZipError::FileNotFound)
}

/// The window in the properties of LZMA, before the content: version, size of the properties, properties
/// (APPNOTE 5.8.8).
fn lzma_window(entry: &OwnedZipFileEntry, reader: &mut WindowReader<'_>) -> Result<u64, ZipError> {
    let mut window = [0; 4];
    read_at(entry, reader, 5, &mut window)?;
    Ok(u64::from(u32::from_le_bytes(window)))
}

/// The size of the model in the first bytes of PPMd, in MiB less one (APPNOTE 5.10.3).
fn ppmd_model(entry: &OwnedZipFileEntry, reader: &mut WindowReader<'_>) -> Result<u64, ZipError> {
    let mut parameters = [0; 2];
    read_at(entry, reader, 0, &mut parameters)?;
    Ok((u64::from(u16::from_le_bytes(parameters) >> 4 & 0xFF) + 1) << 20)
}

/// Reads some of a member's packed bytes.
fn read_at(
    entry: &OwnedZipFileEntry,
    reader: &mut WindowReader<'_>,
    offset: u64,
    bytes: &mut [u8],
) -> Result<(), ZipError> {
    let start = data_start(entry, reader)?;
    reader.seek(SeekFrom::Start(start.saturating_add(offset)))?;
    Ok(reader.read_exact(bytes)?)
}

/// A member's name as text. Zips made on Windows may have `\` between folders.
pub(super) fn entry_name(raw: &[u8], name: ZipResult<Cow<'_, str>>, system: System) -> String {
    let made_on_windows = matches!(system, System::Dos | System::WindowsNTFS | System::VFAT);
    let name = name.unwrap_or_else(|_| String::from_utf8_lossy(raw));
    visible_name(&name, made_on_windows)
}
