//! One chunk of 64 KiB under construction: records, names, templates, checksums.

use std::collections::HashMap;

use super::identity::Guid;
use super::template::Definition;

/// Bytes of a chunk.
pub(super) const CHUNK_SIZE: usize = 65_536;
/// Where a chunk's first record stands.
pub(super) const RECORDS_START: usize = 512;
const NAME_BUCKETS: usize = 64;
const TEMPLATE_BUCKETS: usize = 32;
pub(super) const NAME_HEADS: usize = 128;
pub(super) const TEMPLATE_HEADS: usize = 384;
const HEADER_SIZE: u32 = 128;
/// Opens a record.
pub(super) const RECORD_MAGIC: [u8; 4] = [0x2a, 0x2a, 0, 0];
/// Opens a BinXML fragment: version 1.1, no flags.
pub(super) const FRAGMENT_HEADER: [u8; 4] = [0x0f, 1, 1, 0];
/// Ends a BinXML fragment.
pub(super) const END_OF_STREAM: u8 = 0;
const TEMPLATE_INSTANCE: u8 = 0x0c;

/// Name and template buckets hash alike: a polynomial over 16-bit units, cut to 16 bits.
fn bucket_hash(units: impl Iterator<Item = u16>) -> u16 {
    let sum = units.fold(0_u32, |hash, unit| hash.wrapping_mul(65_599).wrapping_add(u32::from(unit)));
    let [low, high, ..] = sum.to_le_bytes();
    u16::from_le_bytes([low, high])
}

/// Where the chunk stood before a record, to go back to when the record does not fit.
pub(super) struct Mark {
    length: usize,
    name_heads: [u32; NAME_BUCKETS],
    template_heads: [u32; TEMPLATE_BUCKETS],
    names: usize,
    templates: usize,
}

pub(super) struct ChunkBuilder {
    bytes: Vec<u8>,
    name_heads: [u32; NAME_BUCKETS],
    template_heads: [u32; TEMPLATE_BUCKETS],
    name_offsets: HashMap<String, u32>,
    /// Names in the order in which they came, for the way back.
    name_order: Vec<String>,
    templates: Vec<(Guid, u32)>,
    records: u64,
    first_record_id: u64,
    last_record_id: u64,
    last_record_offset: u32,
}

impl ChunkBuilder {
    pub(super) fn new() -> Self {
        Self {
            bytes: vec![0; RECORDS_START],
            name_heads: [0; NAME_BUCKETS],
            template_heads: [0; TEMPLATE_BUCKETS],
            name_offsets: HashMap::new(),
            name_order: Vec::new(),
            templates: Vec::new(),
            records: 0,
            first_record_id: 0,
            last_record_id: 0,
            last_record_offset: 0,
        }
    }

    /// Empties the chunk and keeps its memory.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.resize(RECORDS_START, 0);
        self.name_heads = [0; NAME_BUCKETS];
        self.template_heads = [0; TEMPLATE_BUCKETS];
        self.name_offsets.clear();
        self.name_order.clear();
        self.templates.clear();
        self.records = 0;
    }

    /// The number of records.
    pub(super) fn records(&self) -> u64 {
        self.records
    }

    pub(super) fn fits(&self) -> bool {
        self.bytes.len() <= CHUNK_SIZE
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            length: self.bytes.len(),
            name_heads: self.name_heads,
            template_heads: self.template_heads,
            names: self.name_order.len(),
            templates: self.templates.len(),
        }
    }

    /// Forgets everything since the mark.
    pub(super) fn roll_back(&mut self, mark: &Mark) {
        self.bytes.truncate(mark.length);
        self.name_heads = mark.name_heads;
        self.template_heads = mark.template_heads;
        for name in self.name_order.drain(mark.names..) {
            self.name_offsets.remove(&name);
        }
        self.templates.truncate(mark.templates);
    }

    /// The position of the next byte. Chunks are far smaller than 4 GiB, records that are too
    /// large for one included, since their values are.
    fn position(&self) -> u32 {
        u32::try_from(self.bytes.len()).unwrap_or(u32::MAX)
    }

    /// What is written so far, the room for the header included.
    pub(super) fn written(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn put_units(&mut self, units: &[u16]) {
        super::value::append_units(units, &mut self.bytes);
    }

    /// Leaves room for the size of what follows; [`Self::fill_size`] takes the answer.
    pub(super) fn put_size(&mut self) -> usize {
        self.bytes.extend_from_slice(&[0; 4]);
        self.bytes.len()
    }

    pub(super) fn fill_size(&mut self, start: usize) {
        let size = u32::try_from(self.bytes.len() - start).unwrap_or(u32::MAX);
        self.bytes[start - 4..start].copy_from_slice(&size.to_le_bytes());
    }

    /// Writes the size of what follows `start` to `place`. False: it is over 65,535 bytes.
    pub(super) fn fill_short_size(&mut self, place: usize, start: usize) -> bool {
        let size = u16::try_from(self.bytes.len() - start);
        self.bytes[place..place + 2].copy_from_slice(&size.unwrap_or(0).to_le_bytes());
        size.is_ok()
    }

    /// Writes a name's offset, and the name itself behind it if the chunk does not have it yet.
    pub(super) fn put_name(&mut self, name: &str) {
        if let Some(offset) = self.name_offsets.get(name) {
            self.bytes.extend_from_slice(&offset.to_le_bytes());
            return;
        }
        let offset = self.position() + 4;
        let units: Vec<u16> = name.encode_utf16().collect();
        let hash = bucket_hash(units.iter().copied());
        let head = &mut self.name_heads[usize::from(hash) % NAME_BUCKETS];
        let next = std::mem::replace(head, offset);
        let count = u16::try_from(units.len()).unwrap_or(u16::MAX);
        self.put(&offset.to_le_bytes());
        self.put(&next.to_le_bytes());
        self.put(&hash.to_le_bytes());
        self.put(&count.to_le_bytes());
        self.put_units(&units);
        self.put(&[0, 0]);
        self.name_offsets.insert(name.to_owned(), offset);
        self.name_order.push(name.to_owned());
    }

    /// Opens a template instance: its token, the template's id and place, and the template itself
    /// if the chunk does not have it yet. The number of values and the values follow.
    pub(super) fn put_template(&mut self, definition: &Definition) {
        let guid = definition.guid;
        self.put(&[TEMPLATE_INSTANCE, 1]);
        self.put(&guid.0[..4]);
        let known = self.templates.iter().find(|(known, _)| *known == guid);
        if let Some((_, offset)) = known {
            let offset = *offset;
            self.put(&offset.to_le_bytes());
            return;
        }
        let offset = self.position() + 4;
        let units = guid.0.chunks_exact(2);
        let hash = bucket_hash(units.map(|pair| u16::from_le_bytes([pair[0], pair[1]])));
        let head = &mut self.template_heads[usize::from(hash) % TEMPLATE_BUCKETS];
        let next = std::mem::replace(head, offset);
        self.templates.push((guid, offset));
        self.put(&offset.to_le_bytes());
        self.put(&next.to_le_bytes());
        self.put(&guid.0);
        let size = self.put_size();
        definition.encode(self);
        self.fill_size(size);
    }

    /// Opens a record and gives its start.
    pub(super) fn begin_record(&mut self, record_id: u64, time: u64) -> usize {
        let start = self.bytes.len();
        self.put(&RECORD_MAGIC);
        self.put(&[0; 4]);
        self.put(&record_id.to_le_bytes());
        self.put(&time.to_le_bytes());
        start
    }

    /// Pads the record and writes its size at both ends.
    pub(super) fn end_record(&mut self, start: usize) {
        let with_copy = self.bytes.len() + 4;
        self.bytes.resize(with_copy.next_multiple_of(8), 0);
        let size = u32::try_from(self.bytes.len() - start).unwrap_or(u32::MAX);
        let end = self.bytes.len();
        self.bytes[end - 4..].copy_from_slice(&size.to_le_bytes());
        self.bytes[start + 4..start + 8].copy_from_slice(&size.to_le_bytes());
    }

    /// Counts a record that fits.
    pub(super) fn keep_record(&mut self, start: usize, record_id: u64) {
        if self.records == 0 {
            self.first_record_id = record_id;
        }
        self.records += 1;
        self.last_record_id = record_id;
        self.last_record_offset = u32::try_from(start).unwrap_or(u32::MAX);
    }

    /// Writes the header and the checksums, and gives the whole chunk of 65,536 bytes.
    pub(super) fn seal(&mut self, first_record_number: u64) -> &[u8] {
        let free = self.position();
        self.bytes.resize(CHUNK_SIZE, 0);
        let last_record_number = first_record_number + self.records.saturating_sub(1);
        self.store(0, b"ElfChnk\0");
        self.store(8, &first_record_number.to_le_bytes());
        self.store(16, &last_record_number.to_le_bytes());
        self.store(24, &self.first_record_id.to_le_bytes());
        self.store(32, &self.last_record_id.to_le_bytes());
        self.store(40, &HEADER_SIZE.to_le_bytes());
        self.store(44, &self.last_record_offset.to_le_bytes());
        self.store(48, &free.to_le_bytes());
        // Bit 0 is set in every chunk that Windows leaves behind.
        self.store(120, &1_u32.to_le_bytes());
        for (index, head) in self.name_heads.into_iter().enumerate() {
            self.store(NAME_HEADS + 4 * index, &head.to_le_bytes());
        }
        for (index, head) in self.template_heads.into_iter().enumerate() {
            self.store(TEMPLATE_HEADS + 4 * index, &head.to_le_bytes());
        }
        write_checksums(&mut self.bytes);
        &self.bytes
    }

    fn store(&mut self, place: usize, bytes: &[u8]) {
        self.bytes[place..place + bytes.len()].copy_from_slice(bytes);
    }
}

/// Writes a chunk's two checksums: of its records, then of its header, which holds the first.
/// A free-space offset beyond the chunk is taken as its end.
pub(super) fn write_checksums(chunk: &mut [u8]) {
    let free = u32::from_le_bytes([chunk[48], chunk[49], chunk[50], chunk[51]]);
    let end = usize::try_from(free).unwrap_or(CHUNK_SIZE);
    let end = end.clamp(RECORDS_START, chunk.len().max(RECORDS_START));
    let records = crc32fast::hash(&chunk[RECORDS_START..end]);
    chunk[52..56].copy_from_slice(&records.to_le_bytes());
    let mut header = crc32fast::Hasher::new();
    header.update(&chunk[..120]);
    header.update(&chunk[128..RECORDS_START]);
    chunk[124..128].copy_from_slice(&header.finalize().to_le_bytes());
}
