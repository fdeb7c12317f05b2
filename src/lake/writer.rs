//! Rows in the order of their days become one Parquet file a day.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray, TimestampNanosecondArray};
use arrow::compute::BatchCoalescer;
use arrow::datatypes::{SchemaRef, TimestampNanosecondType};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use thiserror::Error;

use super::manifest::LakeFile;
use crate::event_schema::{COLUMNS, Encoding as ColumnEncoding, process_schema};

/// Rows in a row group: small enough that several cores share a small file, large enough for dictionaries to pay.
const ROW_GROUP_ROWS: usize = 128 * 1024;
/// A file with this many rows is closed and the day goes on in the next one.
const FILE_ROWS: u64 = 8 * 1024 * 1024;
/// Rows that are handed to the encoder at a time, whatever batches they came in: the bytes must not depend on those.
const WRITE_ROWS: usize = 8192;
/// More hosts than these are not listed in the manifest.
const LISTED_HOSTS: usize = 256;
const NANOSECONDS_A_DAY: i64 = 86_400_000_000_000;

/// Why rows could not be written.
#[derive(Debug, Error)]
pub enum WriterError {
    /// The file could not be written.
    #[error("could not write `{path}`: {error}")]
    Io {
        /// The file.
        path: String,
        /// The system's reason.
        error: io::Error,
    },
    /// Parquet refused the rows.
    #[error("could not write `{path}`: {error}")]
    Parquet {
        /// The file.
        path: String,
        /// Its reason.
        error: ParquetError,
    },
    /// Arrow refused the rows.
    #[error(transparent)]
    Arrow(#[from] ArrowError),
    /// A column is missing.
    #[error("the rows have no column `{0}`")]
    MissingColumn(&'static str),
}

/// Writes rows that come in the order of their days.
pub struct DayWriter {
    folder: PathBuf,
    id: String,
    open: Option<OpenFile>,
    done: Vec<LakeFile>,
}

struct OpenFile {
    day: Option<i64>,
    number: usize,
    relative_path: String,
    path: PathBuf,
    writer: ArrowWriter<File>,
    coalescer: BatchCoalescer,
    rows: u64,
    earliest: Option<i64>,
    latest: Option<i64>,
    hosts: BTreeSet<String>,
}

impl DayWriter {
    /// A writer into that folder; `id` begins the name of every file.
    pub fn new(folder: &Path, id: &str) -> Self {
        Self { folder: folder.to_owned(), id: id.to_owned(), open: None, done: Vec::new() }
    }

    /// Writes rows with the schema of `process`, whose days are not before those of the rows written so far.
    ///
    /// # Errors
    /// Where a file cannot be written.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), WriterError> {
        let times = times_of(batch)?;
        let mut start = 0;
        while start < batch.num_rows() {
            let day = day_of(times, start);
            let mut end = start + 1;
            while end < batch.num_rows() && day_of(times, end) == day {
                end += 1;
            }
            let room = self.file_for(day, batch.schema())?;
            let rows = (end - start).min(usize::try_from(room).unwrap_or(usize::MAX));
            if let Some(open) = &mut self.open {
                open.append(batch.slice(start, rows))?;
            }
            start += rows;
        }
        Ok(())
    }

    /// Ends the last file. Gives all files, with paths from the folder on.
    ///
    /// # Errors
    /// Where a file cannot be written.
    pub fn finish(mut self) -> Result<Vec<LakeFile>, WriterError> {
        self.close()?;
        Ok(self.done)
    }

    /// Sees to it that a file for that day is open; gives how many rows it still takes.
    fn file_for(&mut self, day: Option<i64>, schema: SchemaRef) -> Result<u64, WriterError> {
        let number = match &self.open {
            Some(open) if open.day == day && open.rows < FILE_ROWS => return Ok(FILE_ROWS - open.rows),
            Some(open) if open.day == day => open.number + 1,
            _ => 0,
        };
        self.close()?;
        self.open = Some(OpenFile::create(&self.folder, &self.id, day, number, schema)?);
        Ok(FILE_ROWS)
    }

    fn close(&mut self) -> Result<(), WriterError> {
        if let Some(open) = self.open.take() {
            self.done.push(open.close()?);
        }
        Ok(())
    }
}

impl OpenFile {
    fn create(
        folder: &Path,
        id: &str,
        day: Option<i64>,
        number: usize,
        schema: SchemaRef,
    ) -> Result<Self, WriterError> {
        let relative_path = format!("date={}/{id}-{number:04}.parquet", day_name(day));
        let path = folder.join(&relative_path);
        let failed = |error: io::Error| WriterError::Io { path: path.display().to_string(), error };
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        let file = File::create(&path).map_err(failed)?;
        let writer = ArrowWriter::try_new(file, schema.clone(), Some(properties()))
            .map_err(|error| WriterError::Parquet { path: path.display().to_string(), error })?;
        Ok(Self {
            day,
            number,
            relative_path,
            path,
            writer,
            coalescer: BatchCoalescer::new(schema, WRITE_ROWS),
            rows: 0,
            earliest: None,
            latest: None,
            hosts: BTreeSet::new(),
        })
    }

    fn append(&mut self, rows: RecordBatch) -> Result<(), WriterError> {
        self.note(&rows)?;
        self.rows += rows.num_rows() as u64;
        self.coalescer.push_batch(rows)?;
        self.write_completed()
    }

    fn write_completed(&mut self) -> Result<(), WriterError> {
        while let Some(batch) = self.coalescer.next_completed_batch() {
            self.writer.write(&batch).map_err(|error| self.parquet_error(error))?;
        }
        Ok(())
    }

    fn parquet_error(&self, error: ParquetError) -> WriterError {
        WriterError::Parquet { path: self.path.display().to_string(), error }
    }

    /// Remembers what the manifest says of the file.
    fn note(&mut self, rows: &RecordBatch) -> Result<(), WriterError> {
        let times = times_of(rows)?;
        if let Some(earliest) = arrow::compute::min(times) {
            self.earliest = Some(self.earliest.map_or(earliest, |known| known.min(earliest)));
        }
        if let Some(latest) = arrow::compute::max(times) {
            self.latest = Some(self.latest.map_or(latest, |known| known.max(latest)));
        }
        let hosts = rows.column_by_name("host").ok_or(WriterError::MissingColumn("host"))?;
        let hosts = hosts.as_any_dictionary_opt().ok_or(WriterError::MissingColumn("host"))?;
        let names = hosts.values().as_string_opt::<i32>().ok_or(WriterError::MissingColumn("host"))?;
        let mut used = vec![false; names.len()];
        if !names.is_empty() {
            for (row, key) in hosts.normalized_keys().into_iter().enumerate() {
                used[key] |= hosts.keys().is_valid(row);
            }
        }
        for (index, _) in used.iter().enumerate().filter(|(_, used)| **used) {
            if self.hosts.len() <= LISTED_HOSTS && !self.hosts.contains(names.value(index)) {
                self.hosts.insert(names.value(index).to_owned());
            }
        }
        Ok(())
    }

    fn close(mut self) -> Result<LakeFile, WriterError> {
        self.coalescer.finish_buffered_batch()?;
        self.write_completed()?;
        let path = self.path.display().to_string();
        let file = self.writer.into_inner().map_err(|error| WriterError::Parquet { path: path.clone(), error })?;
        let failed = |error: io::Error| WriterError::Io { path: path.clone(), error };
        file.sync_all().map_err(failed)?;
        let bytes = file.metadata().map_err(failed)?.len();
        Ok(LakeFile {
            path: self.relative_path,
            rows: self.rows,
            bytes,
            earliest: self.earliest,
            latest: self.latest,
            hosts: (self.hosts.len() <= LISTED_HOSTS).then(|| self.hosts.into_iter().collect()),
        })
    }
}

fn times_of(batch: &RecordBatch) -> Result<&TimestampNanosecondArray, WriterError> {
    batch
        .column_by_name("time")
        .and_then(|times| times.as_primitive_opt::<TimestampNanosecondType>())
        .ok_or(WriterError::MissingColumn("time"))
}

fn day_of(times: &TimestampNanosecondArray, row: usize) -> Option<i64> {
    times.is_valid(row).then(|| times.value(row).div_euclid(NANOSECONDS_A_DAY))
}

/// `2024-05-14`; `unknown` for rows without a time.
fn day_name(day: Option<i64>) -> String {
    let date = day
        .and_then(|day| i32::try_from(day).ok())
        .and_then(arrow::temporal_conversions::date32_to_datetime)
        .map(|date| date.date().to_string());
    date.unwrap_or_else(|| "unknown".to_owned())
}

/// How the columns are written. Text of few values has dictionary pages; command lines and numbers that rise have
/// none, since a dictionary of distinct values only costs.
fn properties() -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_created_by(concat!("trailhound ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_sorting_columns(Some(sorting_columns()));
    for column in COLUMNS {
        let path = ColumnPath::from(column.name);
        properties = match column.encoding {
            ColumnEncoding::Text => properties.set_column_dictionary_enabled(path, false),
            ColumnEncoding::Time => properties
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED),
            ColumnEncoding::Int64 if matches!(column.name, "record_id" | "record_offset") => properties
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED),
            _ => properties,
        };
    }
    properties.build()
}

fn sorting_columns() -> Vec<SortingColumn> {
    let schema = process_schema();
    ["host", "time", "record_id"]
        .iter()
        .filter_map(|name| schema.index_of(name).ok())
        .map(|index| SortingColumn { column_idx: index as i32, descending: false, nulls_first: false })
        .collect()
}
