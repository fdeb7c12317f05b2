//! Events into a `RecordBatch`, only the columns that are asked for.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int32Builder, Int64Builder, StringBuilder, TimestampNanosecondBuilder};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::{RecordBatch, RecordBatchOptions};

use super::columns::{COLUMNS, Encoding, process_schema};
use super::dictionary_column::DictionaryColumn;
use super::feeds::{Feed, feed};
use super::process_event::ProcessEvent;
use crate::event_log::{Checksum, Damage, DamageKind, Event, Field, ReadReport, SystemField, Time};

/// What a row says of where its record was read.
#[derive(Debug, Clone, Copy)]
pub struct RecordOrigin<'o> {
    /// The file.
    pub source_file: &'o str,
    /// What the chunk's checksum says.
    pub checksum: Checksum,
}

enum Builder {
    Time(TimestampNanosecondBuilder),
    Int32(Int32Builder),
    Int64(Int64Builder),
    Dictionary(Box<DictionaryColumn>),
    Text(StringBuilder),
}

struct ColumnBuilder {
    name: &'static str,
    builder: Builder,
    security: Feed,
    sysmon: Feed,
}

/// Collects process events as columns.
pub struct ProcessBatchBuilder {
    schema: SchemaRef,
    columns: Vec<ColumnBuilder>,
    rows: usize,
    bytes: usize,
    scratch: String,
}

impl ProcessBatchBuilder {
    /// A builder for the columns with those numbers in [`COLUMNS`], or for all.
    ///
    /// # Errors
    /// Where there is no column with such a number.
    pub fn new(projection: Option<&[usize]>) -> Result<Self, ArrowError> {
        let all: Vec<usize> = (0..COLUMNS.len()).collect();
        let projection = projection.unwrap_or(&all);
        let schema = Arc::new(process_schema().project(projection)?);
        let columns = projection
            .iter()
            .map(|number| {
                let column = &COLUMNS[*number];
                ColumnBuilder {
                    name: column.name,
                    builder: builder(column.encoding, &column.data_type()),
                    security: feed(column.name, ProcessEvent::Security),
                    sysmon: feed(column.name, ProcessEvent::Sysmon),
                }
            })
            .collect();
        Ok(Self { schema, columns, rows: 0, bytes: 0, scratch: String::new() })
    }

    /// How many rows were collected since the last batch.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// About how many bytes the plain texts of these rows take.
    pub fn text_bytes(&self) -> usize {
        self.bytes
    }

    /// Appends an event, unless it is no process creation. A value that does not fit its column becomes NULL and is
    /// reported.
    pub fn append(&mut self, event: &Event<'_, '_>, origin: RecordOrigin<'_>, report: &mut ReadReport) {
        let Some(kind) = ProcessEvent::of(event.fields) else { return };
        report.process_events += 1;
        let time = event.fields.system(SystemField::TimeCreated).time();
        if time == Some(Time::OutOfRange) {
            report.times_out_of_range += 1;
        }
        for column in &mut self.columns {
            let feed = match kind {
                ProcessEvent::Security => column.security,
                ProcessEvent::Sysmon => column.sysmon,
            };
            let fits = match &mut column.builder {
                Builder::Time(builder) => append_time(builder, time),
                Builder::Int32(builder) => append_int32(builder, feed, event),
                Builder::Int64(builder) => append_int64(builder, feed, event),
                Builder::Dictionary(builder) => {
                    append_dictionary(builder, feed, event, kind, origin);
                    true
                }
                Builder::Text(builder) => {
                    self.bytes += append_text(builder, feed, event, &mut self.scratch);
                    true
                }
            };
            if !fits {
                report.add_damage(does_not_fit(column.name, event));
            }
        }
        self.rows += 1;
    }

    /// The rows collected so far as a batch; the builder is empty after it.
    ///
    /// # Errors
    /// Where Arrow refuses the columns, which would be a mistake of ours.
    pub fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        let arrays = self.columns.iter_mut().map(|column| column.builder.finish()).collect::<Result<Vec<_>, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        self.rows = 0;
        self.bytes = 0;
        RecordBatch::try_new_with_options(self.schema.clone(), arrays, &options)
    }
}

fn does_not_fit(column: &str, event: &Event<'_, '_>) -> Damage {
    Damage {
        kind: DamageKind::Value,
        offset: event.offset,
        record_id: event.fields.system(SystemField::EventRecordId).number().and_then(Result::ok).map(|id| id as u64),
        detail: format!("`{column}` is NULL"),
    }
}

fn builder(encoding: Encoding, data_type: &DataType) -> Builder {
    match encoding {
        Encoding::Time => Builder::Time(TimestampNanosecondBuilder::new().with_data_type(data_type.clone())),
        Encoding::Int32 => Builder::Int32(Int32Builder::new()),
        Encoding::Int64 => Builder::Int64(Int64Builder::new()),
        Encoding::Dictionary => Builder::Dictionary(Box::default()),
        Encoding::Text => Builder::Text(StringBuilder::new()),
    }
}

impl Builder {
    fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Builder::Time(builder) => Arc::new(builder.finish()),
            Builder::Int32(builder) => Arc::new(builder.finish()),
            Builder::Int64(builder) => Arc::new(builder.finish()),
            Builder::Dictionary(builder) => builder.finish()?,
            Builder::Text(builder) => Arc::new(builder.finish()),
        })
    }
}

fn append_time(builder: &mut TimestampNanosecondBuilder, time: Option<Time>) -> bool {
    match time {
        Some(Time::At(nanoseconds)) => builder.append_value(nanoseconds),
        _ => builder.append_null(),
    }
    time != Some(Time::NotATime)
}

fn append_int32(builder: &mut Int32Builder, feed: Feed, event: &Event<'_, '_>) -> bool {
    let number = number(feed, event).map(|number| number.and_then(|number| i32::try_from(number).map_err(drop)));
    builder.append_option(number.and_then(Result::ok));
    number != Some(Err(()))
}

fn append_int64(builder: &mut Int64Builder, feed: Feed, event: &Event<'_, '_>) -> bool {
    if feed == Feed::RecordOffset {
        builder.append_value(event.offset as i64);
        return true;
    }
    let number = number(feed, event);
    builder.append_option(number.and_then(Result::ok));
    number != Some(Err(()))
}

fn number(feed: Feed, event: &Event<'_, '_>) -> Option<Result<i64, ()>> {
    match feed {
        Feed::Number(id) => event.fields.get(id).number(),
        _ => None,
    }
}

fn append_dictionary(
    column: &mut DictionaryColumn,
    feed: Feed,
    event: &Event<'_, '_>,
    kind: ProcessEvent,
    origin: RecordOrigin<'_>,
) {
    match feed {
        Feed::Source => column.append_text(kind.source()),
        Feed::SourceFile => column.append_text(origin.source_file),
        Feed::ChunkChecksum => column.append_text(origin.checksum.word()),
        Feed::Text(id, conversion) => {
            column.append(event.fields.get(id), |text, out| conversion.write(text, out));
        }
        _ => column.append_null(),
    }
}

/// Gives the number of bytes that were appended.
fn append_text(builder: &mut StringBuilder, feed: Feed, event: &Event<'_, '_>, scratch: &mut String) -> usize {
    scratch.clear();
    match feed {
        Feed::CommandLine(id) => match event.fields.get(id) {
            Field::Absent => builder.append_null(),
            field => {
                field.write_text(scratch);
                builder.append_value(&*scratch);
            }
        },
        Feed::Text(id, conversion) => {
            let mut text = String::new();
            event.fields.get(id).write_text(&mut text);
            if conversion.write(&text, scratch) {
                builder.append_value(&*scratch);
            } else {
                builder.append_null();
            }
        }
        _ => builder.append_null(),
    }
    scratch.len()
}
