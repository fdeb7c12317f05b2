//! EVTX files into a lake: read, sort within the memory that is allowed, write a file a day, commit.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use datafusion::common::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::functions::datetime::expr_fn::date_trunc;
use datafusion::logical_expr::SortExpr;
use datafusion::prelude::{SessionConfig, SessionContext, col, lit};
use futures::StreamExt;
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::event_log::DamageKind;
use crate::lake::{Conversion, ConvertedSource, DayWriter, LakeError, LakeFile, LakeLock, WriterError};
use crate::sources::{RefusedSource, SourceFile, Sources};
use crate::sql_engine::tables::{EventLogTable, FileReport, ScanLog, ScanReports, ScanSettings};

/// How a conversion runs.
#[derive(Debug, Clone, Copy)]
pub struct ConversionSettings {
    /// The memory that it may use, all in all.
    pub memory_bytes: usize,
    /// Threads that read and sort.
    pub threads: usize,
    /// How files are read.
    pub scan: ScanSettings,
}

/// What a conversion did.
#[derive(Debug, Clone)]
pub struct ConversionSummary {
    /// What was read of each file.
    pub files: Vec<FileReport>,
    /// Sources that the lake has already, by their contents.
    pub already_there: Vec<String>,
    /// Sources that could not be taken.
    pub refused: Vec<RefusedSource>,
    /// Files within folders that are no logs.
    pub passed_over: u64,
    /// Rows written.
    pub rows: u64,
    /// Parquet files written.
    pub files_written: usize,
    /// Bytes of EVTX read.
    pub bytes_in: u64,
    /// Bytes of Parquet written.
    pub bytes_out: u64,
    /// The time that it took.
    pub elapsed: Duration,
}

impl ConversionSummary {
    /// Whether events may be missing from the lake.
    pub fn lost_events(&self) -> bool {
        !self.refused.is_empty() || self.files.iter().any(|file| file.report.lost_events())
    }
}

/// Why a conversion failed. The lake is as it was before.
#[derive(Debug, Error)]
pub enum ConversionError {
    /// The lake could not be written.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// A file of the lake could not be written.
    #[error(transparent)]
    Writer(#[from] WriterError),
    /// Reading or sorting failed.
    #[error("could not read and sort the events: {0}")]
    Engine(#[from] DataFusionError),
    /// A source could not be read any more.
    #[error("could not read `{name}`: {error}")]
    Source {
        /// The source.
        name: String,
        /// The system's reason.
        error: io::Error,
    },
    /// The thread that writes ended before its time.
    #[error("the writer of the lake's files ended before its time")]
    WriterGone,
}

/// Memory that is not the sort's: the process itself, reading buffers, the encoder's pages.
const MEMORY_BESIDE_THE_SORT: usize = 256 << 20;
/// The sort gets at least this much, however little is allowed.
const LEAST_SORT_MEMORY: usize = 64 << 20;

/// Converts the sources into the lake that `lock` stands for. `on_start` gets the counts of the scan, which rise while
/// it runs, and the bytes that there are to read.
///
/// # Errors
/// Where the lake cannot be written or the events do not fit the memory and the disk. Damaged logs are no error: the
/// summary tells them.
pub async fn convert(
    sources: Sources,
    lock: &LakeLock,
    settings: ConversionSettings,
    on_start: impl FnOnce(Arc<ScanReports>, u64),
) -> Result<ConversionSummary, ConversionError> {
    let started = Instant::now();
    let staging = lock.staging()?;
    let chosen = choose_new(&sources, lock, settings.threads).await?;
    let mut summary = ConversionSummary {
        files: Vec::new(),
        already_there: chosen.already_there,
        refused: sources.refused,
        passed_over: sources.passed_over,
        rows: 0,
        files_written: 0,
        bytes_in: chosen.new.iter().map(|(file, _)| file.bytes).sum(),
        bytes_out: 0,
        elapsed: Duration::ZERO,
    };
    if !chosen.new.is_empty() {
        let id = conversion_id(chosen.new.iter().map(|(_, hash)| hash.as_str()));
        let files: Vec<SourceFile> = chosen.new.iter().map(|(file, _)| file.clone()).collect();
        let (written, reports) = write_files(files, &staging, &id, settings, summary.bytes_in, on_start).await?;
        summary.rows = written.iter().map(|file| file.rows).sum();
        summary.bytes_out = written.iter().map(|file| file.bytes).sum();
        summary.files_written = written.len();
        summary.files = reports;
        let sources = converted_sources(&chosen.new, &summary.files);
        let version = env!("CARGO_PKG_VERSION").to_owned();
        lock.commit(Conversion { id, version, files: written, sources })?;
    }
    summary.elapsed = started.elapsed();
    Ok(summary)
}

struct Chosen {
    /// With the SHA-256 of their contents.
    new: Vec<(SourceFile, String)>,
    already_there: Vec<String>,
}

/// Leaves out what the lake has already, by contents and not by name, and what is named twice.
async fn choose_new(sources: &Sources, lock: &LakeLock, threads: usize) -> Result<Chosen, ConversionError> {
    let manifest = lock.lake().manifest()?;
    let hashes = hash_all(&sources.files, threads).await?;
    let mut chosen = Chosen { new: Vec::new(), already_there: Vec::new() };
    let mut seen = std::collections::HashSet::new();
    for (file, hash) in sources.files.iter().zip(hashes) {
        if manifest.has_source(&hash) || !seen.insert(hash.clone()) {
            chosen.already_there.push(file.name.clone());
        } else {
            chosen.new.push((file.clone(), hash));
        }
    }
    Ok(chosen)
}

async fn hash_all(files: &[SourceFile], threads: usize) -> Result<Vec<String>, ConversionError> {
    let tasks = files.iter().map(|file| {
        let (path, name) = (file.path.clone(), file.name.clone());
        async move {
            let hashed = tokio::task::spawn_blocking(move || hash_file(&path)).await;
            match hashed {
                Ok(Ok(hash)) => Ok(hash),
                Ok(Err(error)) => Err(ConversionError::Source { name, error }),
                Err(_) => Err(ConversionError::WriterGone),
            }
        }
    });
    let results: Vec<_> = futures::stream::iter(tasks).buffered(threads.max(1)).collect().await;
    results.into_iter().collect()
}

fn hash_file(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0u8; 1 << 20];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            count => hasher.update(&buffer[..count]),
        }
    }
    Ok(hex(&hasher.finalize()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The same sources give the same id, in whatever order they are named.
fn conversion_id<'h>(hashes: impl Iterator<Item = &'h str>) -> String {
    let mut hashes: Vec<&str> = hashes.collect();
    hashes.sort_unstable();
    let mut hasher = Sha256::new();
    for hash in hashes {
        hasher.update(hash.as_bytes());
    }
    hex(&hasher.finalize()[..8])
}

async fn write_files(
    files: Vec<SourceFile>,
    staging: &Path,
    id: &str,
    settings: ConversionSettings,
    bytes: u64,
    on_start: impl FnOnce(Arc<ScanReports>, u64),
) -> Result<(Vec<LakeFile>, Vec<FileReport>), ConversionError> {
    let log = Arc::new(ScanLog::default());
    let table = Arc::new(EventLogTable::new(files, settings.scan, log.clone()));
    let config = SessionConfig::new().with_target_partitions(settings.threads.max(1));
    let context = SessionContext::new_with_config_rt(config, runtime(settings, staging)?);
    let rows = context.read_table(table)?.sort(lake_order())?.execute_stream().await?;
    let scans = log.take_scans();
    if let Some(scan) = scans.first() {
        on_start(scan.clone(), bytes);
    }
    let written = write_rows(rows, staging.to_owned(), id.to_owned()).await?;
    let reports = scans.first().map(|scan| scan.files()).unwrap_or_default();
    Ok((written, reports))
}

/// The memory of the sort, and where it spills: beside the files that are written, where there is room for them.
fn runtime(settings: ConversionSettings, staging: &Path) -> Result<Arc<RuntimeEnv>, DataFusionError> {
    let memory = settings.memory_bytes.saturating_sub(MEMORY_BESIDE_THE_SORT).max(LEAST_SORT_MEMORY);
    RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(FairSpillPool::new(memory)))
        .with_temp_file_path(staging.join("spill"))
        .build_arc()
}

/// By day, so that a day's rows come together, then as the files are sorted. The last two make the order total: the
/// same rows come in the same order however many threads read them.
fn lake_order() -> Vec<SortExpr> {
    let mut order = vec![date_trunc(lit("day"), col("time")).sort(true, false)];
    for column in ["host", "time", "record_id", "source_file", "record_offset"] {
        order.push(col(column).sort(true, false));
    }
    order
}

/// Batches on their way from the sort to the thread that encodes them.
const BATCHES_ON_THE_WAY: usize = 4;

async fn write_rows(
    mut rows: SendableRecordBatchStream,
    staging: PathBuf,
    id: String,
) -> Result<Vec<LakeFile>, ConversionError> {
    let (sender, mut receiver) = tokio::sync::mpsc::channel(BATCHES_ON_THE_WAY);
    let writing = tokio::task::spawn_blocking(move || {
        let mut writer = DayWriter::new(&staging, &id);
        while let Some(batch) = receiver.blocking_recv() {
            writer.write(&batch)?;
        }
        writer.finish()
    });
    while let Some(batch) = rows.next().await {
        // Where the writer has ended, its own error says why.
        if sender.send(batch?).await.is_err() {
            break;
        }
    }
    drop(sender);
    match writing.await {
        Ok(written) => Ok(written?),
        Err(_) => Err(ConversionError::WriterGone),
    }
}

fn converted_sources(chosen: &[(SourceFile, String)], reports: &[FileReport]) -> Vec<ConvertedSource> {
    chosen
        .iter()
        .map(|(file, hash)| {
            let report = reports.iter().find(|report| report.name == file.name).map(|report| &report.report);
            let words = |(kind, count): &(DamageKind, u64)| format!("{count} × {}", kind.words());
            ConvertedSource {
                name: file.name.clone(),
                sha256: hash.clone(),
                bytes: file.bytes,
                records: report.map_or(0, |report| report.records),
                process_events: report.map_or(0, |report| report.process_events),
                damage: report.map(|report| report.damage_counts.iter().map(words).collect()).unwrap_or_default(),
            }
        })
        .collect()
}
