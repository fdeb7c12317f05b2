//! What each stage costs: reading, the hunting functions, a conversion, a scan of a lake.
//!
//! `benches/README.md` has the commands that compare whole runs with other programs.
#![allow(missing_docs, reason = "criterion's macros make functions without documentation")]
#![allow(clippy::unwrap_used, reason = "a bench may stop where it finds what it did not expect")]

use std::collections::BTreeSet;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

use arrow::array::AsArray;
use arrow::compute::cast;
use arrow::datatypes::DataType;
use arrow::record_batch::RecordBatch;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use futures::TryStreamExt;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use trailhound::conversion::{ConversionSettings, convert};
use trailhound::event_log::{CHUNK_SIZE, ChunkReader, EventLogFile, ReadLimits, ReadReport};
use trailhound::event_log_writer::big_log::{BigLog, write_big_log};
use trailhound::event_schema::{ProcessBatchBuilder, RecordOrigin, is_process_event};
use trailhound::lake::Lake;
use trailhound::sources::Sources;
use trailhound::sql_engine::functions::{Worker, hunting_functions};
use trailhound::sql_engine::tables::ScanSettings;
use trailhound::sql_engine::{Session, Settings};
use trailhound::workspace::Workspace;

fn example_logs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/logs")
}

/// A Security log in a folder of its own, of that share of process events.
fn generated_log(events: u64, process_share: f64) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let log = BigLog { events, process_share, ..BigLog::default() };
    write_big_log(&folder.path().join("Security.evtx"), &log).unwrap();
    folder
}

fn quick<'c>(criterion: &'c mut Criterion, name: &str) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(10).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(2));
    group
}

/// The chunks of all logs in a folder, in memory.
fn chunks(folder: &Path) -> Vec<(u64, Vec<u8>)> {
    let mut chunks = Vec::new();
    for source in Sources::find(&[folder]).unwrap().files {
        let mut file = EventLogFile::open(&source.path, &mut ReadReport::default()).unwrap();
        for chunk in 0..file.chunk_count() {
            let mut bytes = Vec::new();
            file.read_chunks(chunk, 1, &mut bytes).unwrap();
            chunks.push((EventLogFile::chunk_offset(chunk), bytes));
        }
    }
    chunks
}

/// Chunks to columns: the whole of reading but for the disk.
fn columns(chunks: &[(u64, Vec<u8>)]) -> RecordBatch {
    let reader = ChunkReader { limits: ReadLimits::default(), wants: is_process_event };
    let mut builder = ProcessBatchBuilder::new(None).unwrap();
    let (mut report, mut row_report) = (ReadReport::default(), ReadReport::default());
    for (offset, bytes) in chunks {
        reader.read(bytes, *offset, &mut report, |event, checksum| {
            builder.append(event, RecordOrigin { source_file: "a log", checksum }, &mut row_report);
        });
    }
    builder.finish().unwrap()
}

fn read(criterion: &mut Criterion) {
    let mut group = quick(criterion, "read");
    let folders = [("4688 alone", generated_log(20_000, 1.0)), ("7 % process events", generated_log(20_000, 0.07))];
    let generated = folders.iter().map(|(name, folder)| (*name, folder.path().to_owned()));
    for (name, folder) in generated.chain([("example logs", example_logs())]) {
        let chunks = chunks(&folder);
        group.throughput(Throughput::Bytes((chunks.len() * CHUNK_SIZE) as u64));
        group.bench_with_input(BenchmarkId::from_parameter(name), &chunks, |bencher, chunks| {
            bencher.iter(|| black_box(columns(chunks)));
        });
    }
}

/// The distinct texts of a column of the example logs.
fn example_texts(rows: &RecordBatch, column: &str) -> Vec<String> {
    let texts = cast(rows.column_by_name(column).unwrap(), &DataType::Utf8).unwrap();
    let distinct: BTreeSet<&str> = texts.as_string::<i32>().iter().flatten().collect();
    distinct.into_iter().map(str::to_owned).collect()
}

fn functions(criterion: &mut Criterion) {
    let mut group = quick(criterion, "functions");
    let rows = columns(&chunks(&example_logs()));
    let [command_lines, programs, creators] =
        ["command_line", "new_process", "creator_process"].map(|column| example_texts(&rows, column));
    for function in hunting_functions() {
        let texts = match function.arguments[0].name {
            "path" => &programs,
            "creator_process" => &creators,
            _ => &command_lines,
        };
        group.throughput(Throughput::Elements(texts.len() as u64));
        group.bench_function(function.name, |bencher| {
            bencher.iter(|| {
                for (number, text) in texts.iter().enumerate() {
                    call(function.worker, text, &programs[number % programs.len()]);
                }
            });
        });
    }
}

fn call(worker: Worker, text: &str, other: &str) {
    match worker {
        Worker::TextToBool(work) => drop(black_box(work(text))),
        Worker::TextToText(work) => drop(black_box(work(text))),
        Worker::TextToList(work) => drop(black_box(work(text))),
        Worker::TextToNumber(work) => drop(black_box(work(text))),
        Worker::TwoTextsToBool(work) => drop(black_box(work(text, other))),
        Worker::TwoTextsToText(work) => drop(black_box(work(text, other))),
    }
}

fn convert_into(runtime: &Runtime, logs: &Path, lake: &Path, threads: usize) -> u64 {
    let lake = Lake::open_or_create(lake).unwrap();
    let lock = lake.lock().unwrap();
    let settings = ConversionSettings { memory_bytes: 1 << 30, threads, scan: ScanSettings::default() };
    let sources = Sources::find(&[logs]).unwrap();
    runtime.block_on(convert(sources, &lock, settings, |_, _| {})).unwrap().rows
}

fn conversion(criterion: &mut Criterion) {
    let mut group = quick(criterion, "convert");
    let runtime = Runtime::new().unwrap();
    let folders = [("4688 alone", generated_log(60_000, 1.0)), ("7 % process events", generated_log(60_000, 0.07))];
    for (name, folder) in &folders {
        let bytes = std::fs::metadata(folder.path().join("Security.evtx")).unwrap().len();
        group.throughput(Throughput::Bytes(bytes));
        for threads in [1, 2] {
            let id = BenchmarkId::new(*name, format!("{threads} threads"));
            group.bench_function(id, |bencher| {
                bencher.iter(|| {
                    let lake = tempfile::tempdir().unwrap();
                    convert_into(&runtime, folder.path(), lake.path(), threads)
                });
            });
        }
    }
}

fn scan(criterion: &mut Criterion) {
    const QUERIES: &[(&str, &str)] = &[
        ("count", "SELECT count(*) FROM process"),
        ("text in command lines", "SELECT count(*) FROM process WHERE command_line ILIKE '%-enc%'"),
        ("programs by number", "SELECT new_process, count(*) AS n FROM process GROUP BY 1 ORDER BY n DESC LIMIT 10"),
        (
            "one hour",
            "SELECT command_line FROM process WHERE time BETWEEN '2024-05-03T10:00:00Z' AND '2024-05-03T11:00:00Z'",
        ),
        ("unexpected parents", "SELECT count(*) FROM process WHERE suspicious_parent(creator_process, new_process)"),
    ];
    let mut group = quick(criterion, "scan of a lake");
    let runtime = Runtime::new().unwrap();
    let (logs, lake) = (generated_log(200_000, 1.0), tempfile::tempdir().unwrap());
    let rows = convert_into(&runtime, logs.path(), lake.path(), 2);
    group.throughput(Throughput::Elements(rows));
    let settings = Settings { memory_bytes: 1 << 30, threads: 2, spill_directory: None };
    let names = [lake.path()];
    let workspace = runtime.block_on(Workspace::open(&names, &settings, ScanSettings::default())).unwrap();
    for (name, sql) in QUERIES {
        group.bench_function(*name, |bencher| bencher.iter(|| black_box(answer(&runtime, &workspace.session, sql))));
    }
}

fn answer(runtime: &Runtime, session: &Session, sql: &str) -> usize {
    runtime.block_on(async {
        let answer = session.run(sql).await.unwrap();
        let batches: Vec<RecordBatch> = answer.stream.try_collect().await.unwrap();
        batches.iter().map(RecordBatch::num_rows).sum()
    })
}

criterion_group!(benches, read, functions, conversion, scan);
criterion_main!(benches);
