//! EVTX into a lake: the same rows, the same bytes, nothing half done.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::prelude::{SessionConfig, SessionContext};
use trailhound::conversion::{ConversionSettings, ConversionSummary, convert};
use trailhound::lake::{Lake, LakeError};
use trailhound::sources::Sources;
use trailhound::sql_engine::tables::{LakeTable, ScanSettings};

use crate::corpus::{Row, corpus, read, to_rows};

async fn convert_into(lake: &Path, sources: &[String], memory_bytes: usize, threads: usize) -> ConversionSummary {
    let lake = Lake::open_or_create(lake).unwrap();
    let lock = lake.lock().unwrap();
    let settings = ConversionSettings { memory_bytes, threads, scan: ScanSettings::default() };
    convert(Sources::find(sources).unwrap(), &lock, settings, |_, _| {}).await.unwrap()
}

async fn rows_of_lake(lake: &Path) -> Vec<Row> {
    let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(2));
    context.register_table("process", Arc::new(LakeTable::open(lake).unwrap())).unwrap();
    let query = "SELECT * FROM process ORDER BY host, time, record_id, source_file, record_offset";
    to_rows(&context.sql(query).await.unwrap().collect().await.unwrap())
}

fn sorted(mut rows: Vec<Row>) -> Vec<String> {
    let mut rows: Vec<String> = rows.drain(..).map(|row| serde_json::to_string(&row).unwrap()).collect();
    rows.sort();
    rows
}

/// The Parquet files of a lake by their path, as bytes.
fn files_of(lake: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in walkdir::WalkDir::new(lake).into_iter().map(Result::unwrap) {
        if entry.path().extension().is_some_and(|end| end == "parquet") {
            let name = entry.path().strip_prefix(lake).unwrap().to_owned();
            files.insert(name, std::fs::read(entry.path()).unwrap());
        }
    }
    files
}

fn corpus_sources(corpus: &Path) -> Vec<String> {
    ["evtx", "synthetic"].iter().map(|folder| corpus.join(folder).to_string_lossy().into_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lake_holds_the_rows_of_its_logs() {
    let Some(corpus) = corpus() else { return };
    let folder = tempfile::tempdir().unwrap();
    let lake = folder.path().join("lake");
    let summary = convert_into(&lake, &corpus_sources(&corpus), 1 << 30, 2).await;
    let (from_logs, _) = read(&corpus_sources(&corpus), 2).await;
    assert_eq!(summary.rows as usize, from_logs.len());
    assert_eq!(sorted(rows_of_lake(&lake).await), sorted(from_logs));
}

#[tokio::test(flavor = "multi_thread")]
async fn threads_and_memory_do_not_change_a_byte() {
    let Some(corpus) = corpus() else { return };
    let folder = tempfile::tempdir().unwrap();
    let sources = corpus_sources(&corpus);
    let reference = folder.path().join("reference");
    convert_into(&reference, &sources, 1 << 30, 1).await;
    let reference = files_of(&reference);
    assert!(reference.len() > 50, "one file a day");
    for (threads, memory) in [(2, 1 << 30), (7, 1 << 30), (2, 0)] {
        let lake = folder.path().join(format!("lake-{threads}-{memory}"));
        convert_into(&lake, &sources, memory, threads).await;
        assert!(files_of(&lake) == reference, "{threads} threads and {memory} bytes of memory give other files");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_converted_is_not_converted_again() {
    let folder = tempfile::tempdir().unwrap();
    let lake = folder.path().join("lake");
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/logs").to_string_lossy().into_owned();
    let first = convert_into(&lake, std::slice::from_ref(&example), 1 << 30, 2).await;
    let before = files_of(&lake);
    assert!(first.rows > 0);
    let second = convert_into(&lake, &[example], 1 << 30, 2).await;
    assert_eq!((second.rows, second.already_there.len()), (0, first.files.len()));
    assert!(files_of(&lake) == before);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_one_conversion_writes_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open_or_create(folder.path()).unwrap();
    let _first = lake.lock().unwrap();
    assert!(matches!(lake.lock(), Err(LakeError::Busy(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_interrupted_conversion_left_is_never_read_and_goes_away() {
    let folder = tempfile::tempdir().unwrap();
    let lake = folder.path().join("lake");
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/logs").to_string_lossy().into_owned();
    convert_into(&lake, std::slice::from_ref(&example), 1 << 30, 2).await;
    let rows = rows_of_lake(&lake).await;
    // As after a kill between moving the files and replacing the manifest, and in the middle of writing.
    let (path, bytes) = files_of(&lake).into_iter().next().unwrap();
    let orphan = lake.join(path).with_file_name("orphan-0000.parquet");
    std::fs::write(&orphan, &bytes).unwrap();
    let staged = lake.join("_trailhound/staging/date=2024-05-14");
    std::fs::create_dir_all(&staged).unwrap();
    std::fs::write(staged.join("half.parquet"), &bytes[..bytes.len() / 2]).unwrap();
    assert_eq!(rows_of_lake(&lake).await, rows);
    convert_into(&lake, &[example], 1 << 30, 2).await;
    assert_eq!(rows_of_lake(&lake).await, rows);
    assert!(!orphan.exists());
    assert!(!lake.join("_trailhound/staging").exists());
}

#[test]
fn a_folder_with_other_things_is_no_lake() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("notes.txt"), "mine").unwrap();
    assert!(matches!(Lake::open_or_create(folder.path()), Err(LakeError::NotEmpty(_))));
    assert!(matches!(Lake::open(folder.path()), Err(LakeError::NotALake(_))));
}
