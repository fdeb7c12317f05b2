//! One EVTX file: what it is, and its chunks.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::byte_cursor::u32_at;
use super::report::{Damage, DamageKind, ReadReport};

/// The file header's size, behind which the first chunk stands.
pub const FILE_HEADER_SIZE: usize = 4096;
/// A chunk's size.
pub const CHUNK_SIZE: usize = 65_536;

const FILE_MAGIC: &[u8; 8] = b"ElfFile\0";
const CHUNK_MAGIC: &[u8; 8] = b"ElfChnk\0";

/// What the first bytes of a file say that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recognition {
    /// An EVTX.
    EventLog,
    /// An EVTX whose header is destroyed: a chunk stands where the first one should.
    EventLogWithoutHeader,
    /// Something else.
    Other,
}

/// Recognises a file by its bytes, never by its name. `head` is the first 4,104 bytes or fewer.
pub fn recognise(head: &[u8]) -> Recognition {
    if head.starts_with(FILE_MAGIC) {
        Recognition::EventLog
    } else if head.get(FILE_HEADER_SIZE..).is_some_and(|chunk| chunk.starts_with(CHUNK_MAGIC)) {
        Recognition::EventLogWithoutHeader
    } else {
        Recognition::Other
    }
}

/// Reads the first bytes of a file and recognises it.
pub(crate) fn recognise_file(path: &Path) -> io::Result<Recognition> {
    let mut head = Vec::with_capacity(FILE_HEADER_SIZE + 8);
    File::open(path)?.take(FILE_HEADER_SIZE as u64 + 8).read_to_end(&mut head)?;
    Ok(recognise(&head))
}

/// An open EVTX file.
#[derive(Debug)]
pub struct EventLogFile {
    file: File,
    length: u64,
}

impl EventLogFile {
    /// Opens a file and judges its header; what is wrong with it goes into the report.
    ///
    /// # Errors
    /// Where the file cannot be opened or read, or is no EVTX; the error says which.
    pub fn open(path: &Path, report: &mut ReadReport) -> Result<Self, Damage> {
        let unreadable = |error: io::Error| Damage {
            kind: DamageKind::Unreadable,
            offset: 0,
            record_id: None,
            detail: error.to_string(),
        };
        let mut file = File::open(path).map_err(unreadable)?;
        let length = file.metadata().map_err(unreadable)?.len();
        let mut head = Vec::with_capacity(FILE_HEADER_SIZE + 8);
        (&mut file).take(FILE_HEADER_SIZE as u64 + 8).read_to_end(&mut head).map_err(unreadable)?;
        let damage = |kind, detail: String| Damage { kind, offset: 0, record_id: None, detail };
        match recognise(&head) {
            Recognition::Other if head.is_empty() => {
                return Err(damage(DamageKind::NotAnEventLog, "the file is empty".into()));
            }
            Recognition::Other => {
                let detail = format!("it does not begin with `ElfFile` ({} bytes)", length);
                return Err(damage(DamageKind::NotAnEventLog, detail));
            }
            Recognition::EventLogWithoutHeader => {
                report.add_damage(damage(DamageKind::FileHeader, "the magic `ElfFile` is gone".into()));
            }
            Recognition::EventLog if head.len() < FILE_HEADER_SIZE => {
                let detail = format!("the file ends within its header, after {length} bytes");
                report.add_damage(damage(DamageKind::TruncatedChunk, detail));
            }
            Recognition::EventLog if u32_at(&head, 124) != Some(crc32fast::hash(&head[..120])) => {
                report.add_damage(damage(DamageKind::FileHeader, "the header's checksum is wrong".into()));
            }
            Recognition::EventLog => {}
        }
        report.bytes += head.len().min(FILE_HEADER_SIZE) as u64;
        Ok(Self { file, length })
    }

    /// How many chunks the file has room for. The header's own number is not asked: it is 16 bits wide, and too small
    /// in a log that was copied while it was written.
    pub fn chunk_count(&self) -> u64 {
        self.length.saturating_sub(FILE_HEADER_SIZE as u64).div_ceil(CHUNK_SIZE as u64)
    }

    /// The file's size in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Where a chunk stands in the file.
    pub fn chunk_offset(chunk: u64) -> u64 {
        FILE_HEADER_SIZE as u64 + chunk * CHUNK_SIZE as u64
    }

    /// Reads chunks from `first` on into `buffer`, which is overwritten. The last chunk of the file may be cut short.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn read_chunks(&mut self, first: u64, count: u64, buffer: &mut Vec<u8>) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(Self::chunk_offset(first)))?;
        buffer.clear();
        let wanted = count * CHUNK_SIZE as u64;
        (&mut self.file).take(wanted).read_to_end(buffer)?;
        Ok(())
    }

    /// Says what is to be said of a last chunk that is cut short, and whether it is a chunk to be read at all.
    pub fn judge_chunk_length(bytes: &[u8], offset: u64, report: &mut ReadReport) -> bool {
        if bytes.len() >= CHUNK_SIZE {
            return true;
        }
        let is_chunk = bytes.starts_with(CHUNK_MAGIC);
        let (kind, detail) = if is_chunk {
            (DamageKind::TruncatedChunk, format!("{} of {CHUNK_SIZE} bytes are there", bytes.len()))
        } else {
            (DamageKind::TrailingBytes, format!("{} bytes", bytes.len()))
        };
        report.add_damage(Damage { kind, offset, record_id: None, detail });
        is_chunk
    }
}
