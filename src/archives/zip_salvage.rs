//! The members of a zip whose directory is damaged or cut off: each has a header of its own before its bytes.

use std::io::{self, Read, Seek, SeekFrom};

use memchr::memmem::Finder;
use zip::ZipReadOptions;
use zip::read::read_zipfile_from_stream_with_options;

use super::decrypted::Decrypted;
use super::meter::Metered;
use super::report::{Failure, Reason};
use super::walker::{Container, Walker};
use super::window_reader::{ReadSeek, WindowReader};
use super::zip_members::{entry_name, no_limit_to_memory};
use super::zip_survey::{Survey, zip_failure};

const LOCAL_HEADER: &[u8; 4] = b"PK\x03\x04";
const CENTRAL_HEADER: &[u8; 4] = b"PK\x01\x02";
const DESCRIPTOR: &[u8; 4] = b"PK\x07\x08";
const LOCAL_HEADER_SIZE: u64 = 30;

/// Walks the members that the directory does not name. What cannot be read is reported member by member.
pub(super) fn walk(walker: &mut Walker<'_>, container: Container<'_>, source: &mut dyn ReadSeek, survey: &Survey) {
    let Ok(mut reader) = WindowReader::new(source) else { return };
    let known = survey.spans_by_place();
    let mut at = 0;
    while walker.goes_on(container)
        && let Ok(Some(found)) = find(&mut reader, at, LOCAL_HEADER)
    {
        if let Some(end) = end_of_known(&known, found) {
            at = end.max(found + 4);
            continue;
        }
        at = match LocalHeader::read(&mut reader, found) {
            Some(header) if walker.count_member(container).is_continue() => {
                take_member(walker, container, &mut reader, &header).max(found + 4)
            }
            _ => found + 4,
        };
    }
}

fn end_of_known(known: &[(u64, u64)], place: u64) -> Option<u64> {
    let after = known.partition_point(|span| span.0 <= place);
    let span = known.get(after.checked_sub(1)?)?;
    (place < span.1).then_some(span.1)
}

/// What stands before a member's bytes (APPNOTE 4.3.7).
struct LocalHeader {
    at: u64,
    data_at: u64,
    /// Whether the sizes stand behind the bytes.
    has_descriptor: bool,
    method: u16,
}

impl LocalHeader {
    fn read(reader: &mut WindowReader<'_>, at: u64) -> Option<Self> {
        let mut bytes = [0; LOCAL_HEADER_SIZE as usize];
        reader.seek(SeekFrom::Start(at)).ok()?;
        reader.read_exact(&mut bytes).ok()?;
        let number = |offset: usize| u16::from_le_bytes([bytes[offset], bytes[offset + 1]]);
        let data_at = at + LOCAL_HEADER_SIZE + u64::from(number(26)) + u64::from(number(28));
        Some(Self { at, data_at, has_descriptor: number(6) & 8 != 0, method: number(8) })
    }
}

/// Gives one member, and says where to look for the next.
fn take_member(
    walker: &mut Walker<'_>,
    container: Container<'_>,
    reader: &mut WindowReader<'_>,
    header: &LocalHeader,
) -> u64 {
    let refusals = walker.report.refusals;
    match try_member(walker, container, reader, header) {
        // The bytes of a member that ends as it should hold no member of this archive.
        Ok(end) if walker.report.refusals == refusals || end >= reader.length() => end,
        Ok(_) => header.data_at,
        Err(failure) => {
            let name = container.name_of(&format!("(member at byte {})", header.at));
            walker.refuse(&name, failure);
            header.data_at
        }
    }
}

fn try_member(
    walker: &mut Walker<'_>,
    container: Container<'_>,
    reader: &mut WindowReader<'_>,
    header: &LocalHeader,
) -> Result<u64, Failure> {
    let unreadable = |error: io::Error| Failure::new(Reason::Damaged, error.to_string());
    let password = walker.settings.password.clone();
    let is_encrypted = is_encrypted(reader, header).map_err(unreadable)?;
    let mut options = ZipReadOptions::new().password(password.as_deref().filter(|_| is_encrypted).map(str::as_bytes));
    let (mut end, mut end_is_known) = (None, true);
    if header.has_descriptor {
        let found = find_descriptor(reader, header.data_at).map_err(unreadable)?;
        end = Some(found.end);
        options = options.override_compressed_size(found.end - header.data_at);
        end_is_known = found.sums.is_some();
        options = match found.sums {
            Some((crc, size)) => options.override_crc(crc).override_uncompressed_size(size),
            None => options.ignore_crc32(true),
        };
    }
    reader.seek(SeekFrom::Start(header.at)).map_err(unreadable)?;
    let length = reader.length();
    let Some(mut file) = read_zipfile_from_stream_with_options(reader, options).map_err(|error| zip_failure(&error))?
    else {
        return Ok(header.data_at);
    };
    let packed = file.compressed_size().min(length.saturating_sub(header.data_at));
    let end = end.unwrap_or(header.data_at.saturating_add(file.compressed_size()));
    let name = container.name_of(&entry_name(file.name_raw(), file.name(), file.system()));
    if file.is_dir() && packed == 0 {
        return Ok(end);
    }
    if matches!(header.method, XZ | LZMA) {
        walker.refuse(&name, no_limit_to_memory());
        return Ok(end);
    }
    let size = (!header.has_descriptor).then_some(file.size());
    let mut content = Decrypted::new(&mut file, is_encrypted);
    let mut source = Metered::new(&mut content, container.meter.child(Some(packed)));
    let is_whole = walker.take(&name, size, &mut source, container.depth);
    if is_whole && header.method == STORED && !end_is_known {
        walker.refuse(&name, Failure::new(Reason::Damaged, "its end cannot be told"));
    }
    Ok(end)
}

const STORED: u16 = 0;
const LZMA: u16 = 14;
const XZ: u16 = 95;

fn is_encrypted(reader: &mut WindowReader<'_>, header: &LocalHeader) -> io::Result<bool> {
    let mut flags = [0; 2];
    reader.seek(SeekFrom::Start(header.at + 6))?;
    reader.read_exact(&mut flags)?;
    Ok(flags[0] & 1 != 0)
}

/// Where a member's bytes end whose size stands behind them.
struct Described {
    end: u64,
    /// The sum and the unpacked size, where they were found.
    sums: Option<(u32, u64)>,
}

/// Looks for the descriptor whose packed size is the distance to it (APPNOTE 4.3.9), up to the next header. Without
/// one, all up to there is the member's: the decoder knows its end.
fn find_descriptor(reader: &mut WindowReader<'_>, data_at: u64) -> io::Result<Described> {
    let next = find(reader, data_at, LOCAL_HEADER)?;
    let directory = find(reader, data_at, CENTRAL_HEADER)?;
    let farthest = next.into_iter().chain(directory).min().unwrap_or(reader.length()).max(data_at);
    let mut at = data_at;
    while let Some(found) = find(reader, at, DESCRIPTOR)?.filter(|found| *found < farthest) {
        let mut bytes = [0; 20];
        reader.seek(SeekFrom::Start(found + 4))?;
        let length = reader.by_ref().take(20).read(&mut bytes)?;
        if let Some(sums) = sums_of(&bytes[..length], found - data_at) {
            return Ok(Described { end: found, sums: Some(sums) });
        }
        at = found + 4;
    }
    Ok(Described { end: farthest, sums: None })
}

/// The sum and the unpacked size of a descriptor, of 32 or 64 bits, if its packed size is the one that it should be.
fn sums_of(bytes: &[u8], packed: u64) -> Option<(u32, u64)> {
    let short = |offset: usize| bytes.get(offset..offset + 4)?.try_into().ok().map(u32::from_le_bytes);
    let long = |offset: usize| bytes.get(offset..offset + 8)?.try_into().ok().map(u64::from_le_bytes);
    let crc = short(0)?;
    if short(4).map(u64::from) == Some(packed) {
        return Some((crc, u64::from(short(8)?)));
    }
    if long(4) == Some(packed) { Some((crc, long(12)?)) } else { None }
}

/// The next place from `from` on where a mark stands.
fn find(reader: &mut WindowReader<'_>, from: u64, mark: &[u8; 4]) -> io::Result<Option<u64>> {
    // Mostly one member follows the other, and nothing needs to be looked for.
    let mut first = [0; 4];
    reader.seek(SeekFrom::Start(from))?;
    if reader.read_exact(&mut first).is_ok() && first == *mark {
        return Ok(Some(from));
    }
    let finder = Finder::new(mark);
    let mut at = from;
    let mut buffer = vec![0; 1 << 16];
    let mut kept = 0;
    reader.seek(SeekFrom::Start(from))?;
    loop {
        let read = reader.read(&mut buffer[kept..])?;
        if read == 0 {
            return Ok(None);
        }
        let filled = kept + read;
        if let Some(found) = finder.find(&buffer[..filled]) {
            return Ok(Some(at + found as u64));
        }
        kept = filled.min(mark.len() - 1);
        at += (filled - kept) as u64;
        buffer.copy_within(filled - kept..filled, 0);
    }
}
