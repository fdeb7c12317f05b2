//! The scan itself: stretches of chunks, read on blocking threads, handed on as batches.

use std::ops::Range;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::stream::RecordBatchReceiverStream;
use datafusion::physical_plan::streaming::PartitionStream;
use tokio::sync::mpsc::Sender;

use super::event_log_table::ScanSettings;
use super::scan_filter::ScanFilter;
use super::scan_reports::ScanReports;
use crate::event_log::{CHUNK_SIZE, ChunkReader, Damage, DamageKind, EventLogFile, FILE_HEADER_SIZE, ReadReport};
use crate::event_schema::{ProcessBatchBuilder, RecordOrigin, is_process_event};
use crate::sources::SourceFile;

/// What all partitions of a scan have in common.
#[derive(Debug)]
pub(super) struct ScanPlan {
    pub(super) files: Arc<[SourceFile]>,
    pub(super) projection: Option<Vec<usize>>,
    pub(super) filter: ScanFilter,
    pub(super) settings: ScanSettings,
    pub(super) schema: SchemaRef,
    pub(super) reports: Arc<ScanReports>,
}

/// Some chunks of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FilePart {
    file: usize,
    chunks: Range<u64>,
}

/// One partition: stretches of chunks in the order of the files.
#[derive(Debug)]
pub(super) struct EventLogPartition {
    plan: Arc<ScanPlan>,
    parts: Vec<FilePart>,
}

impl EventLogPartition {
    pub(super) fn new(plan: Arc<ScanPlan>, parts: Vec<FilePart>) -> Self {
        Self { plan, parts }
    }
}

impl PartitionStream for EventLogPartition {
    fn schema(&self) -> &SchemaRef {
        &self.plan.schema
    }

    fn execute(&self, context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let mut builder = RecordBatchReceiverStream::builder(self.plan.schema.clone(), 2);
        let sender = builder.tx();
        let (plan, parts) = (self.plan.clone(), self.parts.clone());
        let batch_size = context.session_config().batch_size();
        builder.spawn_blocking(move || Worker::new(&plan, &sender, batch_size)?.run(&parts));
        builder.build()
    }
}

/// Deals out the chunks of all files in stretches of about equal size, one for each partition, in order.
pub(super) fn split(files: &[SourceFile], partitions: usize) -> Vec<Vec<FilePart>> {
    let chunks_of =
        |file: &SourceFile| file.bytes.saturating_sub(FILE_HEADER_SIZE as u64).div_ceil(CHUNK_SIZE as u64).max(1);
    let total: u64 = files.iter().map(chunks_of).sum();
    let share = total.div_ceil(partitions.max(1) as u64).max(1);
    let mut out: Vec<Vec<FilePart>> = vec![Vec::new()];
    let mut room = share;
    for (number, file) in files.iter().enumerate() {
        let (mut first, last) = (0, chunks_of(file));
        while first < last {
            if room == 0 {
                out.push(Vec::new());
                room = share;
            }
            let end = last.min(first + room);
            room -= end - first;
            if let Some(parts) = out.last_mut() {
                parts.push(FilePart { file: number, chunks: first..end });
            }
            first = end;
        }
    }
    out
}

/// How many chunks are read at a time.
const CHUNKS_PER_READ: u64 = 16;
/// A batch is handed on when its command lines take this much, whatever its rows.
const BATCH_TEXT_BYTES: usize = 4 << 20;

struct Worker<'p> {
    plan: &'p ScanPlan,
    sender: &'p Sender<Result<RecordBatch>>,
    batch_size: usize,
    builder: ProcessBatchBuilder,
    reader: ChunkReader,
    buffer: Vec<u8>,
}

/// The one who asked for rows has gone away.
struct NobodyListens;

impl<'p> Worker<'p> {
    fn new(plan: &'p ScanPlan, sender: &'p Sender<Result<RecordBatch>>, batch_size: usize) -> Result<Self> {
        Ok(Self {
            plan,
            sender,
            batch_size,
            builder: ProcessBatchBuilder::new(plan.projection.as_deref())?,
            reader: ChunkReader { limits: plan.settings.limits, wants: is_process_event },
            buffer: Vec::new(),
        })
    }

    fn run(mut self, parts: &[FilePart]) -> Result<()> {
        for part in parts {
            let file = &self.plan.files[part.file];
            let mut report = ReadReport::default();
            let outcome = self.read_part(file, part, &mut report);
            self.plan.reports.add(part.file, &file.name, report);
            match outcome {
                Ok(()) => {}
                Err(Stop::NobodyListens(NobodyListens)) => return Ok(()),
                Err(Stop::Failed(error)) => return Err(error),
            }
        }
        match self.send_batch() {
            Err(Stop::Failed(error)) => Err(error),
            _ => Ok(()),
        }
    }

    fn read_part(&mut self, source: &SourceFile, part: &FilePart, report: &mut ReadReport) -> Result<(), Stop> {
        // What the file's header says is told once, with the file's first chunk.
        let mut header_report = ReadReport::default();
        let opened = EventLogFile::open(&source.path, &mut header_report);
        if part.chunks.start == 0 {
            report.merge(header_report);
        }
        let mut file = match opened {
            Ok(file) => file,
            Err(damage) => {
                if part.chunks.start == 0 {
                    report.add_damage(damage);
                }
                return Ok(());
            }
        };
        let end = part.chunks.end.min(file.chunk_count());
        let mut first = part.chunks.start;
        while first < end {
            let count = CHUNKS_PER_READ.min(end - first);
            let mut buffer = std::mem::take(&mut self.buffer);
            let read = file.read_chunks(first, count, &mut buffer);
            if let Err(error) = read {
                report.add_damage(Damage {
                    kind: DamageKind::Unreadable,
                    offset: EventLogFile::chunk_offset(first),
                    record_id: None,
                    detail: error.to_string(),
                });
                return Ok(());
            }
            for (number, chunk) in buffer.chunks(CHUNK_SIZE).enumerate() {
                self.read_chunk(chunk, EventLogFile::chunk_offset(first + number as u64), source, report)?;
            }
            self.buffer = buffer;
            first += count;
        }
        Ok(())
    }

    fn read_chunk(
        &mut self,
        chunk: &[u8],
        offset: u64,
        source: &SourceFile,
        report: &mut ReadReport,
    ) -> Result<(), Stop> {
        let before = report.process_events;
        if EventLogFile::judge_chunk_length(chunk, offset, report) {
            // The builder's own damages are added behind the chunk's: both want the report.
            let mut row_report = ReadReport::default();
            let (builder, filter) = (&mut self.builder, &self.plan.filter);
            self.reader.read(chunk, offset, report, |event, checksum| {
                if filter.passes(event.fields) {
                    let origin = RecordOrigin { source_file: &source.name, checksum };
                    builder.append(event, origin, &mut row_report);
                }
            });
            report.merge(row_report);
        }
        self.plan.reports.progress(chunk.len() as u64, report.process_events - before);
        if self.builder.rows() >= self.batch_size || self.builder.text_bytes() >= BATCH_TEXT_BYTES {
            self.send_batch()?;
        }
        Ok(())
    }

    fn send_batch(&mut self) -> Result<(), Stop> {
        if self.builder.rows() == 0 {
            return Ok(());
        }
        let batch = self.builder.finish().map_err(|error| Stop::Failed(DataFusionError::from(error)))?;
        let mut start = 0;
        while start < batch.num_rows() {
            let rows = self.batch_size.min(batch.num_rows() - start);
            let sent = self.sender.blocking_send(Ok(batch.slice(start, rows)));
            sent.map_err(|_| Stop::NobodyListens(NobodyListens))?;
            start += rows;
        }
        Ok(())
    }
}

enum Stop {
    NobodyListens(NobodyListens),
    Failed(DataFusionError),
}
