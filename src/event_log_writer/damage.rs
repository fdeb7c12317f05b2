//! Spoils a finished log in named ways, for tests of readers.

use super::chunk::{CHUNK_SIZE, NAME_HEADS, RECORDS_START, TEMPLATE_HEADS, write_checksums};
use super::writer::FILE_HEADER_SIZE;

/// One way of being broken. Where checksums are not the matter they are made right again, so that
/// a reader which verifies them meets the damage itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Damage {
    /// The checksum of the chunk's records is wrong, and so the header's; all data is right.
    RecordsChecksum,
    /// The chunk header's checksum is wrong; everything else is right.
    HeaderChecksum,
    /// The chunk's magic is overwritten with zeros.
    ChunkMagic,
    /// The file ends in the middle of the chunk.
    Truncated,
    /// The second record of the chunk says that it is 0 bytes long.
    RecordSizeZero,
    /// The second record of the chunk says that it is longer than the chunk.
    RecordSizeHuge,
    /// The first name of the chunk's string table is its own successor.
    StringChainLoop,
    /// A name's offset in the string table lies beyond the chunk.
    StringChainOutside,
    /// The first template of the chunk's template table is its own successor.
    TemplateChainLoop,
    /// The free space is said to begin beyond the chunk.
    FreeSpaceTooLarge,
    /// The chunk's last record id is far too large.
    LastRecordIdTooLarge,
    /// The first template says that it is almost 4 GiB long.
    HugeTemplate,
    /// The root element of the first template says that it is almost 4 GiB long.
    HugeElement,
    /// The chunk is all zeros, as one that was never written.
    ZeroChunk,
    /// The chunk is noise.
    JunkChunk,
    /// The file header is marked dirty and speaks of one chunk, as after a crash.
    DirtyHeader,
    /// The file header's magic is gone.
    FileMagic,
}

/// Every kind of damage, for tests that try them all.
pub const ALL: [Damage; 17] = [
    Damage::RecordsChecksum,
    Damage::HeaderChecksum,
    Damage::ChunkMagic,
    Damage::Truncated,
    Damage::RecordSizeZero,
    Damage::RecordSizeHuge,
    Damage::StringChainLoop,
    Damage::StringChainOutside,
    Damage::TemplateChainLoop,
    Damage::FreeSpaceTooLarge,
    Damage::LastRecordIdTooLarge,
    Damage::HugeTemplate,
    Damage::HugeElement,
    Damage::ZeroChunk,
    Damage::JunkChunk,
    Damage::DirtyHeader,
    Damage::FileMagic,
];

/// Damages chunk number `index` (from 0) of a log, or its file header. False, and nothing is done,
/// where the log has no such chunk or the chunk lacks what is to be broken.
pub fn damage(log: &mut Vec<u8>, index: usize, damage: Damage) -> bool {
    match damage {
        Damage::DirtyHeader => return dirty_header(log),
        Damage::FileMagic => return fill(log, 0, 8),
        _ => {}
    }
    let start = FILE_HEADER_SIZE + index * CHUNK_SIZE;
    let Some(chunk) = log.get_mut(start..start + CHUNK_SIZE) else {
        return false;
    };
    match damage {
        Damage::Truncated => {
            log.truncate(start + CHUNK_SIZE / 2);
            true
        }
        Damage::RecordsChecksum => change_byte(chunk, 52),
        Damage::HeaderChecksum => change_byte(chunk, 124),
        Damage::ChunkMagic => fill(chunk, 0, 8),
        Damage::ZeroChunk => fill(chunk, 0, CHUNK_SIZE),
        Damage::JunkChunk => {
            let mut noise = super::seeded::Seeded::new(0x6a75_6e6b);
            chunk.fill_with(|| noise.next().to_le_bytes()[0]);
            true
        }
        other => sealed_damage(chunk, other),
    }
}

/// Makes the checksums of chunk number `index` right again after a change by hand. False: no such chunk.
pub fn reseal(log: &mut [u8], index: usize) -> bool {
    let start = FILE_HEADER_SIZE + index * CHUNK_SIZE;
    match log.get_mut(start..start + CHUNK_SIZE) {
        Some(chunk) => {
            write_checksums(chunk);
            true
        }
        None => false,
    }
}

/// Damage under right checksums.
fn sealed_damage(chunk: &mut [u8], damage: Damage) -> bool {
    let place_and_number = match damage {
        Damage::RecordSizeZero => second_record(chunk).map(|record| (record + 4, 0)),
        Damage::RecordSizeHuge => second_record(chunk).map(|record| (record + 4, 0x00ff_fff8)),
        Damage::StringChainLoop => first_head(chunk, NAME_HEADS, 64).map(|name| (name, 0)),
        Damage::StringChainOutside => first_head(chunk, NAME_HEADS, 64).map(|name| (name, 0x00ff_ff00)),
        Damage::TemplateChainLoop => first_head(chunk, TEMPLATE_HEADS, 32).map(|place| (place, 0)),
        Damage::FreeSpaceTooLarge => Some((48, 0x7fff_fff0)),
        Damage::LastRecordIdTooLarge => Some((36, 0x7fff_ffff)),
        Damage::HugeTemplate => first_head(chunk, TEMPLATE_HEADS, 32).map(|place| (place + 20, 0xffff_fff0)),
        // Next, GUID and size, then the fragment header, the element's token and its dependency.
        Damage::HugeElement => first_head(chunk, TEMPLATE_HEADS, 32).map(|place| (place + 31, 0xffff_fff0)),
        _ => None,
    };
    let Some((place, mut value)) = place_and_number else {
        return false;
    };
    if matches!(damage, Damage::StringChainLoop | Damage::TemplateChainLoop) {
        // The successor stands first in an entry, so an entry's own offset closes the circle.
        value = u32::try_from(place).unwrap_or(0);
    }
    let Some(bytes) = chunk.get_mut(place..place + 4) else {
        return false;
    };
    bytes.copy_from_slice(&value.to_le_bytes());
    write_checksums(chunk);
    true
}

fn number(chunk: &[u8], place: usize) -> u32 {
    chunk.get(place..place + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes)
}

fn second_record(chunk: &[u8]) -> Option<usize> {
    let size = usize::try_from(number(chunk, RECORDS_START + 4)).ok()?;
    let second = RECORDS_START.checked_add(size)?;
    let last = usize::try_from(number(chunk, 44)).ok()?;
    (size > 0 && second <= last).then_some(second)
}

/// The offset in the first bucket of a table that is not empty.
fn first_head(chunk: &[u8], table: usize, buckets: usize) -> Option<usize> {
    (0..buckets)
        .map(|bucket| number(chunk, table + 4 * bucket))
        .find(|offset| *offset != 0)
        .and_then(|offset| usize::try_from(offset).ok())
}

fn change_byte(bytes: &mut [u8], place: usize) -> bool {
    bytes.get_mut(place).map(|byte| *byte ^= 0x55).is_some()
}

fn fill(bytes: &mut [u8], start: usize, end: usize) -> bool {
    bytes.get_mut(start..end).map(|part| part.fill(0)).is_some()
}

fn dirty_header(log: &mut [u8]) -> bool {
    let Some(header) = log.get_mut(..128) else {
        return false;
    };
    header[16..24].copy_from_slice(&0_u64.to_le_bytes());
    header[24..32].copy_from_slice(&1_u64.to_le_bytes());
    header[42..44].copy_from_slice(&1_u16.to_le_bytes());
    header[120..124].copy_from_slice(&1_u32.to_le_bytes());
    let checksum = crc32fast::hash(&header[..120]);
    header[124..128].copy_from_slice(&checksum.to_le_bytes());
    true
}
