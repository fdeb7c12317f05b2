//! The corpus of real and damaged logs beside the project, where it is there.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::record_batch::RecordBatch;
use datafusion::prelude::{SessionConfig, SessionContext};
use serde_json::{Map, Value};
use trailhound::sources::Sources;
use trailhound::sql_engine::tables::{EventLogTable, FileReport, ScanLog, ScanSettings};

/// The corpus folder; `None`, with a word on standard error, where there is none. Where it is required, a test that
/// cannot run has failed.
pub(crate) fn corpus() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("TRAILHOUND_REQUIRE_CORPUS").is_none(), "there is no corpus at {}", folder.display());
    eprintln!("skipped: there is no corpus of logs at {}", folder.display());
    None
}

/// The lines of a JSON Lines file as objects.
pub(crate) fn json_lines(path: &Path) -> Vec<Map<String, Value>> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(&with_whole_characters(line)).unwrap()).collect()
}

/// JSON from Python may hold the escape of an unpaired surrogate, which is no character: U+FFFD stands for it in a row.
fn with_whole_characters(json: &str) -> String {
    let unit = |at: usize| {
        let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let mut out = String::with_capacity(json.len());
    let mut at = 0;
    while let Some(character) = json[at..].chars().next() {
        if character != '\\' {
            out.push(character);
            at += character.len_utf8();
            continue;
        }
        let (length, text) = match (unit(at), unit(at + 6)) {
            (Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => (12, &json[at..at + 12]),
            (Some(0xd800..0xe000), _) => (6, "\\ufffd"),
            (Some(_), _) => (6, &json[at..at + 6]),
            (None, _) => (2, &json[at..at + 2]),
        };
        out.push_str(text);
        at += length;
    }
    out
}

/// A row of `process` as text and numbers, without its NULLs.
pub(crate) type Row = Map<String, Value>;

/// Reads all process events of the sources with so many threads, and says what was read of each file.
pub(crate) async fn read(sources: &[String], threads: usize) -> (Vec<Row>, Vec<FileReport>) {
    let found = Sources::find(sources).unwrap();
    let log = Arc::new(ScanLog::default());
    let table = Arc::new(EventLogTable::new(found.files, ScanSettings::default(), log.clone()));
    let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(threads));
    context.register_table("process", table).unwrap();
    let frame = context.sql("SELECT * FROM process").await.unwrap();
    let mut rows = Vec::new();
    for partition in frame.collect_partitioned().await.unwrap() {
        rows.extend(to_rows(&partition));
    }
    let reports = log.take_scans().pop().unwrap().files();
    (rows, reports)
}

/// Batches as JSON objects, times with nine digits.
pub(crate) fn to_rows(batches: &[RecordBatch]) -> Vec<Row> {
    let mut writer = arrow::json::LineDelimitedWriter::new(Vec::new());
    writer.write_batches(&batches.iter().collect::<Vec<_>>()).unwrap();
    writer.finish().unwrap();
    let text = String::from_utf8(writer.into_inner()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
