//! One chunk: its header, its checksums, its records one after another, and the way on past a damaged one.

use std::time::{Duration, Instant};

use super::binary_xml::{Decoded, Event, FieldSet, RecordDecoder, WorkLimit};
use super::byte_cursor::{u32_at, u64_at};
use super::report::{Damage, DamageKind, ReadReport};
use super::second_reader;

/// The first record stands behind the header, the string table and the template table.
const FIRST_RECORD: usize = 512;
/// Magic, size, number and time in front of a record's binary XML.
const RECORD_HEADER: usize = 24;
const RECORD_MAGIC: [u8; 4] = [0x2a, 0x2a, 0, 0];
const CHUNK_MAGIC: &[u8; 8] = b"ElfChnk\0";
/// The chunk's flag that says that it has no checksums.
const NO_CHECKSUM: u32 = 0x4;

/// What a chunk may cost at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadLimits {
    /// Time for one chunk, after which it is given up.
    pub chunk_time: Duration,
    /// Tokens and values looked at in one chunk, after which it is given up.
    pub chunk_steps: usize,
}

impl Default for ReadLimits {
    fn default() -> Self {
        Self { chunk_time: Duration::from_secs(10), chunk_steps: 8_000_000 }
    }
}

/// What a chunk's checksum says of its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checksum {
    /// The records are as they were written.
    Good,
    /// The records or the header have changed since they were written.
    Bad,
    /// The chunk has no checksum.
    None,
}

impl Checksum {
    /// The word for it in the `chunk_checksum` column.
    pub fn word(self) -> &'static str {
        match self {
            Checksum::Good => "good",
            Checksum::Bad => "bad",
            Checksum::None => "none",
        }
    }
}

/// Reads chunks: calls back for each wanted event and counts everything else.
#[derive(Debug, Clone, Copy)]
pub struct ChunkReader {
    /// What a chunk may cost.
    pub limits: ReadLimits,
    /// Whether an event is wanted, asked once its `System` fields are there.
    pub wants: fn(&FieldSet<'_>) -> bool,
}

struct Header {
    first_id: u64,
    last_id: u64,
    free_space: usize,
    checksum: Checksum,
    header_sound: bool,
    magic: bool,
}

/// One record's frame.
struct Frame {
    start: usize,
    end: usize,
    id: u64,
}

impl ChunkReader {
    /// Reads the chunk in `bytes`, which stands at `offset` in its file. `bytes` may be cut short.
    pub fn read(
        &self,
        bytes: &[u8],
        offset: u64,
        report: &mut ReadReport,
        mut on_event: impl FnMut(&Event<'_, '_>, Checksum),
    ) {
        report.bytes += bytes.len() as u64;
        if bytes.iter().all(|byte| *byte == 0) {
            return;
        }
        let Some(header) = self.header(bytes, offset, report) else { return };
        report.chunks += 1;
        let deadline = Instant::now() + self.limits.chunk_time;
        let mut decoder = RecordDecoder::new(bytes, WorkLimit { steps: self.limits.chunk_steps, deadline });
        let mut fields = FieldSet::new();
        let mut not_decoded: Vec<(Frame, Damage)> = Vec::new();
        let mut walk = RecordWalk { bytes, header: &header, position: FIRST_RECORD, done: false };
        while let Some(step) = walk.next() {
            let frame = match step {
                Ok(frame) => frame,
                Err(gap) => {
                    report.add_damage(gap.damage(offset));
                    continue;
                }
            };
            report.records += 1;
            match decoder.decode(frame.start + RECORD_HEADER, frame.end - 4, &mut fields, self.wants) {
                Ok(Decoded::NotWanted) => {}
                Ok(Decoded::Whole) => {
                    let event =
                        Event { fields: &fields, offset: offset + frame.start as u64, frame_record_id: frame.id };
                    on_event(&event, header.checksum);
                }
                Err(_) if decoder.is_exhausted() => {
                    report.add_damage(given_up(offset + frame.start as u64, self.limits));
                    return;
                }
                Err(malformed) => {
                    let damage = Damage {
                        kind: DamageKind::RecordContent,
                        offset: offset + malformed.offset as u64,
                        record_id: Some(frame.id),
                        detail: malformed.what.to_owned(),
                    };
                    not_decoded.push((frame, damage));
                }
            }
        }
        self.read_again(bytes, offset, header.checksum, not_decoded, report, &mut on_event);
    }

    /// Gives the records that could not be decoded to the second reader, and reports those that it cannot read either.
    fn read_again(
        &self,
        bytes: &[u8],
        offset: u64,
        checksum: Checksum,
        not_decoded: Vec<(Frame, Damage)>,
        report: &mut ReadReport,
        on_event: &mut impl FnMut(&Event<'_, '_>, Checksum),
    ) {
        if not_decoded.is_empty() {
            return;
        }
        let starts: Vec<usize> = not_decoded.iter().map(|(frame, _)| frame.start).collect();
        let mut found = second_reader::read_records(bytes, &starts, self.limits.chunk_time);
        for (frame, damage) in not_decoded {
            match found.remove(&frame.start) {
                Some(fields) => {
                    if (self.wants)(&fields) {
                        let event =
                            Event { fields: &fields, offset: offset + frame.start as u64, frame_record_id: frame.id };
                        on_event(&event, checksum);
                    }
                }
                None => report.add_damage(damage),
            }
        }
    }

    /// Reads and judges the chunk's header; `None`, with the damage reported, where this is no chunk.
    fn header(&self, bytes: &[u8], offset: u64, report: &mut ReadReport) -> Option<Header> {
        let Some(header) = Header::read(bytes) else {
            report.add_damage(Damage {
                kind: DamageKind::NotAChunk,
                offset,
                record_id: None,
                detail: format!("{} bytes that begin with {}", bytes.len(), printable(bytes)),
            });
            return None;
        };
        let damage = |kind, detail: &str| Damage { kind, offset, record_id: None, detail: detail.to_owned() };
        if !header.magic {
            report.add_damage(damage(DamageKind::ChunkHeader, "the magic `ElfChnk` is gone"));
        } else if !header.header_sound {
            report.add_damage(damage(DamageKind::ChunkHeader, "the header's checksum is wrong"));
        }
        if header.checksum == Checksum::Bad {
            report.add_damage(damage(DamageKind::ChunkChecksum, "values may have changed since they were written"));
        }
        Some(header)
    }
}

fn given_up(offset: u64, limits: ReadLimits) -> Damage {
    Damage {
        kind: DamageKind::ChunkGivenUp,
        offset,
        record_id: None,
        detail: format!(
            "reading it took more than {} seconds or {} steps; the records before this place were read",
            limits.chunk_time.as_secs_f32(),
            limits.chunk_steps
        ),
    }
}

fn printable(bytes: &[u8]) -> String {
    bytes.iter().take(8).map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Self> {
        if bytes.len() <= FIRST_RECORD {
            return None;
        }
        let magic = bytes.starts_with(CHUNK_MAGIC);
        let (first_id, last_id) = (u64_at(bytes, 24)?, u64_at(bytes, 32)?);
        let header_size = u32_at(bytes, 40)?;
        let free_space = u32_at(bytes, 48)? as usize;
        let (data_checksum, flags, header_checksum) = (u32_at(bytes, 52)?, u32_at(bytes, 120)?, u32_at(bytes, 124)?);
        let free_space_sound = (FIRST_RECORD..=super::CHUNK_SIZE).contains(&free_space);
        // Without its magic a chunk is one only if the rest of its header speaks for it.
        let plausible =
            header_size == 128 && free_space_sound && (first_id..=first_id.saturating_add(0xffff)).contains(&last_id);
        if !magic && !plausible {
            return None;
        }
        let checksums = flags & NO_CHECKSUM == 0;
        let data_end = free_space.clamp(FIRST_RECORD, bytes.len());
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&bytes[..120]);
        hasher.update(&bytes[128..FIRST_RECORD]);
        let header_sound = !checksums || hasher.finalize() == header_checksum;
        let data_sound = free_space_sound
            && free_space <= bytes.len()
            && crc32fast::hash(&bytes[FIRST_RECORD..data_end]) == data_checksum;
        let checksum = match (checksums, data_sound) {
            (false, _) => Checksum::None,
            (true, true) => Checksum::Good,
            (true, false) => Checksum::Bad,
        };
        let free_space = if free_space_sound { free_space.min(bytes.len()) } else { bytes.len() };
        Some(Self { first_id, last_id, free_space, checksum, header_sound, magic })
    }
}

/// A stretch in which no record could be found.
struct Gap {
    start: usize,
    what: &'static str,
    resumed_at: Option<usize>,
}

impl Gap {
    fn damage(&self, chunk_offset: u64) -> Damage {
        let detail = match self.resumed_at {
            Some(position) => format!("{}; read on after {} bytes", self.what, position - self.start),
            None => format!("{}; nothing more could be read in this chunk", self.what),
        };
        Damage { kind: DamageKind::RecordFrame, offset: chunk_offset + self.start as u64, record_id: None, detail }
    }
}

/// Goes from record to record. Ends at the free space or behind the record with the chunk's last number: either may
/// be too large, and what stands behind is of an earlier use of the chunk.
struct RecordWalk<'c> {
    bytes: &'c [u8],
    header: &'c Header,
    position: usize,
    done: bool,
}

impl RecordWalk<'_> {
    fn next(&mut self) -> Option<Result<Frame, Gap>> {
        if self.done || self.position + RECORD_HEADER >= self.header.free_space {
            return None;
        }
        let start = self.position;
        match self.frame_at(start) {
            Ok(frame) => {
                self.position = frame.end;
                self.done = frame.id == self.header.last_id;
                Some(Ok(frame))
            }
            Err(what) => {
                let resumed_at = self.find_record(start + 1);
                match resumed_at {
                    Some(position) => self.position = position,
                    None => self.done = true,
                }
                // Zeroes where a record should start are where the free space begins when the header's number is
                // too large, unless records follow.
                let blank = self.bytes[start..self.header.free_space].iter().take(RECORD_HEADER).all(|byte| *byte == 0);
                if resumed_at.is_none() && blank {
                    return None;
                }
                Some(Err(Gap { start, what, resumed_at }))
            }
        }
    }

    fn frame_at(&self, start: usize) -> Result<Frame, &'static str> {
        let header = self.bytes.get(start..start + RECORD_HEADER).ok_or("a record's header is cut off")?;
        if header[..4] != RECORD_MAGIC {
            return Err("no record begins here");
        }
        let size = u32_at(header, 4).unwrap_or(0) as usize;
        let end = start.saturating_add(size);
        if size < RECORD_HEADER + 5 {
            return Err("a record's size is too small");
        }
        if end > self.bytes.len() {
            return Err("a record reaches beyond the end of the chunk");
        }
        let copy = u32_at(self.bytes, end - 4);
        let followed = self.bytes.get(end..end + 4).is_some_and(|magic| magic == RECORD_MAGIC);
        if copy != Some(size as u32) && !followed {
            return Err("a record's two sizes differ");
        }
        Ok(Frame { start, end, id: u64_at(header, 8).unwrap_or(0) })
    }

    /// The next place at which a whole record stands that belongs to this chunk.
    fn find_record(&self, from: usize) -> Option<usize> {
        let end = self.header.free_space;
        let mut from = from;
        while from < end {
            let hit = memchr::memmem::find(&self.bytes[from..end], &RECORD_MAGIC)? + from;
            if let Ok(frame) = self.frame_at(hit)
                && frame.end <= end
                && u32_at(self.bytes, frame.end - 4) == Some((frame.end - frame.start) as u32)
                && (self.header.first_id..=self.header.last_id).contains(&frame.id)
            {
                return Some(hit);
            }
            from = hit + 1;
        }
        None
    }
}
