//! The file: header, chunks one after another, and what a record is made of.

use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, Cursor, Seek, SeekFrom, Write};
use std::path::Path;

use super::chunk::{CHUNK_SIZE, ChunkBuilder, END_OF_STREAM, FRAGMENT_HEADER, RECORDS_START};
use super::element::Place;
use super::event::{Event, Payload, Shape};
use super::forwarded;
use super::template::{Body, EventTemplate, payload_literal};
use super::value::{Value, ValueKind, ValueList};

/// Bytes of the file header.
pub(super) const FILE_HEADER_SIZE: usize = 4096;

/// Why an event could not be written.
#[derive(Debug)]
#[non_exhaustive]
pub enum WriteError {
    /// The output failed.
    Io(io::Error),
    /// The record is larger than a whole chunk; nothing of it is written.
    RecordTooLarge {
        /// System/EventRecordID of the event.
        record_id: u64,
    },
    /// A value is larger than the 65,535 bytes that BinXML can say; nothing of it is written.
    ValueTooLarge {
        /// System/EventRecordID of the event.
        record_id: u64,
    },
}

impl fmt::Display for WriteError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(out, "could not write the event log: {error}"),
            Self::RecordTooLarge { record_id } => {
                write!(out, "record {record_id} is larger than the {} bytes of a chunk", CHUNK_SIZE - RECORDS_START)
            }
            Self::ValueTooLarge { record_id } => {
                write!(out, "record {record_id} has a value of over 65535 bytes")
            }
        }
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for WriteError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<WriteError> for io::Error {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Io(error) => error,
            other => Self::new(io::ErrorKind::InvalidInput, other),
        }
    }
}

/// Writes an event log: records one after another, each chunk closed when the next record does not
/// fit. The same events give the same bytes. Without [`EventLogWriter::finish`] the file has no
/// header and its last chunk is missing.
pub struct EventLogWriter<W: Write + Seek> {
    output: W,
    chunk: ChunkBuilder,
    chunks: u64,
    /// Records in the chunks that are written.
    closed_records: u64,
    last_record_id: u64,
    templates: HashMap<Vec<u8>, EventTemplate>,
    values: ValueList,
}

impl EventLogWriter<Cursor<Vec<u8>>> {
    /// A log in memory; `finish()?.into_inner()` are its bytes.
    ///
    /// # Errors
    /// Memory does not fail; the error is that of every other output.
    pub fn in_memory() -> Result<Self, WriteError> {
        Self::new(Cursor::new(Vec::new()))
    }
}

impl EventLogWriter<BufWriter<File>> {
    /// Creates the file, or empties it.
    ///
    /// # Errors
    /// The file cannot be created or written.
    pub fn create(path: &Path) -> Result<Self, WriteError> {
        Self::new(BufWriter::with_capacity(1 << 20, File::create(path)?))
    }
}

impl<W: Write + Seek> EventLogWriter<W> {
    /// Begins a log at the output's start.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn new(mut output: W) -> Result<Self, WriteError> {
        output.seek(SeekFrom::Start(0))?;
        output.write_all(&[0; FILE_HEADER_SIZE])?;
        Ok(Self {
            output,
            chunk: ChunkBuilder::new(),
            chunks: 0,
            closed_records: 0,
            last_record_id: 0,
            templates: HashMap::new(),
            values: ValueList::default(),
        })
    }

    /// The number of records so far.
    pub fn records(&self) -> u64 {
        self.closed_records + self.chunk.records()
    }

    /// The number of chunks that are closed; each has 65,536 bytes.
    pub fn chunks(&self) -> u64 {
        self.chunks
    }

    /// Writes one event in the shape that it asks for.
    ///
    /// # Errors
    /// The output fails, or the event does not fit a chunk. After the latter the log goes on.
    pub fn write(&mut self, event: &Event) -> Result<(), WriteError> {
        match &event.shape {
            Shape::Forwarded { time_digits, rendering } => {
                let element = forwarded::event_element(event, *time_digits, rendering.as_ref());
                self.place(event, |chunk| {
                    chunk.put(&FRAGMENT_HEADER);
                    element.encode(chunk, Place::Record);
                    chunk.put(&[END_OF_STREAM]);
                    Ok(())
                })
            }
            Shape::Template(_) => {
                let template = self.template_of(event);
                let mut values = std::mem::take(&mut self.values);
                values.clear();
                push_payload(&event.payload, &mut values);
                let outcome = self.write_values(&template, event, &values);
                self.values = values;
                outcome
            }
        }
    }

    /// Writes one event of a known template: `event` gives what changes in System, its payload is
    /// not looked at unless the template's body is written inline; `values` are the payload's.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn write_values(
        &mut self,
        template: &EventTemplate,
        event: &Event,
        values: &ValueList,
    ) -> Result<(), WriteError> {
        let record_id = event.record_id;
        if values.overflowed {
            return Err(WriteError::ValueTooLarge { record_id });
        }
        self.place(event, |chunk| {
            put_instance(chunk, template, event, values).then_some(()).ok_or(WriteError::ValueTooLarge { record_id })
        })
    }

    /// Encodes a record into this chunk, or into the next one if this is too full.
    fn place(
        &mut self,
        event: &Event,
        encode: impl Fn(&mut ChunkBuilder) -> Result<(), WriteError>,
    ) -> Result<(), WriteError> {
        let header_id = event.header_record_id.unwrap_or(event.record_id);
        let time = event.written_time.unwrap_or(event.time);
        loop {
            let mark = self.chunk.mark();
            let start = self.chunk.begin_record(header_id, time);
            if let Err(error) = encode(&mut self.chunk) {
                self.chunk.roll_back(&mark);
                return Err(error);
            }
            self.chunk.end_record(start);
            if self.chunk.fits() {
                self.chunk.keep_record(start, header_id);
                self.last_record_id = header_id;
                return Ok(());
            }
            self.chunk.roll_back(&mark);
            if self.chunk.records() == 0 {
                let record_id = event.record_id;
                return Err(WriteError::RecordTooLarge { record_id });
            }
            self.close_chunk()?;
        }
    }

    /// Ends the chunk here, as Windows does when a log is saved; the next record opens another.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn close_chunk(&mut self) -> Result<(), WriteError> {
        if self.chunk.records() == 0 {
            return Ok(());
        }
        let sealed = self.chunk.seal(self.closed_records + 1);
        self.output.write_all(sealed)?;
        self.closed_records += self.chunk.records();
        self.chunks += 1;
        self.chunk.clear();
        Ok(())
    }

    /// Writes the last chunk and the file header, and gives the output back, flushed. A log without
    /// a record gets one empty chunk, as Windows makes it.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn finish(mut self) -> Result<W, WriteError> {
        self.close_chunk()?;
        if self.chunks == 0 {
            self.output.write_all(self.chunk.seal(1))?;
            self.chunks = 1;
        }
        let header = file_header(self.chunks, self.last_record_id.wrapping_add(1));
        self.output.seek(SeekFrom::Start(0))?;
        self.output.write_all(&header)?;
        self.output.seek(SeekFrom::End(0))?;
        self.output.flush()?;
        Ok(self.output)
    }

    fn template_of(&mut self, event: &Event) -> EventTemplate {
        let key = template_key(event);
        self.templates.entry(key).or_insert_with(|| EventTemplate::of(event)).clone()
    }
}

/// Everything of an event that its template depends on, as bytes.
fn template_key(event: &Event) -> Vec<u8> {
    let mut key = Vec::with_capacity(512);
    let mut text = |text: &str| {
        key.extend_from_slice(text.as_bytes());
        key.push(0xff); // no byte of UTF-8, so that two texts cannot run together
    };
    text(&event.provider.name);
    text(event.provider.source_name.as_deref().unwrap_or("\u{1}"));
    text(&event.channel);
    text(&event.computer);
    if let Payload::UserData { element, namespace, .. } = &event.payload {
        text(element);
        text(namespace);
    }
    for field in event.payload.fields() {
        text(&field.name);
    }
    let kinds = event.payload.fields().iter();
    key.extend(kinds.map(|field| field.value.declared_kind() as u8));
    key.extend(event.provider.guid.map_or([0; 16], |guid| guid.0));
    key.push(u8::from(event.provider.guid.is_some()));
    key.extend(event.event_id.to_le_bytes());
    key.push(event.version);
    if let Shape::Template(shape) = &event.shape {
        key.extend([shape.body as u8, u8::from(shape.literal_provider), shape.nulls as u8]);
    }
    key.push(match &event.payload {
        Payload::None => 0,
        Payload::EventData { binary: None, .. } => 1,
        Payload::EventData { .. } => 2,
        Payload::UserData { .. } => 3,
    });
    key
}

fn push_payload(payload: &Payload, values: &mut ValueList) {
    for field in payload.fields() {
        values.push(&field.value);
    }
    if let Payload::EventData { binary: Some(bytes), .. } = payload {
        values.push(&Value::UInt32(u32::try_from(bytes.len()).unwrap_or(0)));
        values.push_raw(ValueKind::Binary, bytes);
    }
}

/// Writes the fragment of a record. False: the body is over 65,535 bytes.
fn put_instance(chunk: &mut ChunkBuilder, template: &EventTemplate, event: &Event, values: &ValueList) -> bool {
    let parts = &*template.0;
    chunk.put(&FRAGMENT_HEADER);
    chunk.put_template(&parts.outer);
    let mut system = system_values(template, event);
    if parts.has_body_value {
        system.push_raw(ValueKind::BinXml, &[]);
    } else if matches!(parts.body, Body::Outer) {
        system.descriptors.extend_from_slice(&values.descriptors);
        system.bytes.extend_from_slice(&values.bytes);
    }
    let count = u32::try_from(system.len()).unwrap_or(u32::MAX);
    chunk.put(&count.to_le_bytes());
    chunk.put(&system.descriptors);
    let body_size = chunk.written().len().saturating_sub(4);
    chunk.put(&system.bytes);
    let body_start = chunk.written().len();
    match &parts.body {
        Body::Outer => {}
        Body::Inline => {
            payload_literal(&event.payload).encode(chunk, Place::Record);
            chunk.put(&[END_OF_STREAM]);
        }
        Body::Nested(definition) => {
            if parts.fragment_header {
                chunk.put(&FRAGMENT_HEADER);
            }
            chunk.put_template(definition);
            let count = u32::try_from(values.len()).unwrap_or(u32::MAX);
            chunk.put(&count.to_le_bytes());
            chunk.put(&values.descriptors);
            chunk.put(&values.bytes);
            chunk.put(&[END_OF_STREAM]);
        }
    }
    let sized = !parts.has_body_value || chunk.fill_short_size(body_size, body_start);
    chunk.put(&[END_OF_STREAM]);
    sized
}

/// The values of System in the order that Windows uses.
fn system_values(template: &EventTemplate, event: &Event) -> ValueList {
    let parts = &*template.0;
    let mut values = ValueList::default();
    values.descriptors.reserve(160);
    values.bytes.reserve(256);
    values.push(&Value::UInt8(event.level));
    values.push(&Value::UInt8(event.opcode));
    values.push(&Value::UInt16(event.task));
    values.push(&Value::UInt16(event.event_id));
    values.push(&event.qualifiers.map_or(Value::null(), Value::UInt16));
    values.push(&Value::Hex64(event.keywords));
    values.push(&Value::Filetime(event.time));
    values.push(&event.activity_id.map_or(Value::null(), Value::Guid));
    values.push(&Value::UInt32(event.process_id));
    values.push(&Value::UInt32(event.thread_id));
    values.push(&Value::UInt64(event.record_id));
    values.push(&Value::UInt8(event.version));
    match &event.user {
        Some(sid) => values.push(&Value::Sid(sid.clone())),
        None => values.push(&Value::null()),
    }
    let related = event.related_activity_id;
    if parts.related_index == 13 {
        values.push(&related.map_or(Value::null(), Value::Guid));
        values.descriptors.extend_from_slice(&parts.constants.descriptors[4..]);
        values.bytes.extend_from_slice(&parts.constants.bytes);
    } else {
        // Only NULLs stand between; RelatedActivityID is the last of them.
        let before = parts.constants.descriptors.len() - 4;
        values.descriptors.extend_from_slice(&parts.constants.descriptors[..before]);
        values.push(&related.map_or(Value::null(), Value::Guid));
    }
    values
}

/// The file header: 4096 bytes, of which 128 mean something.
fn file_header(chunks: u64, next_record_id: u64) -> [u8; FILE_HEADER_SIZE] {
    let mut header = [0; FILE_HEADER_SIZE];
    // The count has 16 bits and wraps at 4 GiB; readers must go by the file's size.
    let [low, high, ..] = chunks.to_le_bytes();
    header[0..8].copy_from_slice(b"ElfFile\0");
    header[16..24].copy_from_slice(&chunks.saturating_sub(1).to_le_bytes());
    header[24..32].copy_from_slice(&next_record_id.to_le_bytes());
    header[32..36].copy_from_slice(&128_u32.to_le_bytes());
    header[36..38].copy_from_slice(&1_u16.to_le_bytes());
    header[38..40].copy_from_slice(&3_u16.to_le_bytes());
    header[40..42].copy_from_slice(&4096_u16.to_le_bytes());
    header[42..44].copy_from_slice(&[low, high]);
    let checksum = crc32fast::hash(&header[..120]);
    header[124..128].copy_from_slice(&checksum.to_le_bytes());
    header
}

#[cfg(test)]
mod tests {
    use super::file_header;

    #[test]
    fn the_chunk_count_wraps_at_4_gib_and_the_last_chunk_does_not() {
        let header = file_header(65_537, 9);
        assert_eq!(header[42..44], [1, 0]);
        assert_eq!(header[16..24], 65_536_u64.to_le_bytes());
        assert_eq!(header[24..32], 9_u64.to_le_bytes());
    }
}
