//! A small `process` for the tests of this module, and a session over it.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, Int32Array, Int64Array, RecordBatch, StringArray, TimestampNanosecondArray, new_null_array,
};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use arrow::util::pretty::pretty_format_batches;
use datafusion::datasource::MemTable;
use futures::TryStreamExt;

use super::{Session, Settings, failure_to_diagnostic};
use crate::diagnostic::Diagnostic;
use crate::event_schema::{COLUMNS, process_schema};

/// A row by the columns that it has; all others are NULL. Times are seconds, numbers are written as text.
pub(super) type Row<'a> = Vec<(&'a str, &'a str)>;

/// The rows as one batch of `process`.
pub(super) fn batch(rows: &[Row<'_>]) -> RecordBatch {
    let columns = COLUMNS.iter().map(|column| {
        let texts: Vec<Option<&str>> =
            rows.iter().map(|row| row.iter().find(|(name, _)| *name == column.name).map(|(_, text)| *text)).collect();
        if texts.iter().all(Option::is_none) {
            return new_null_array(&column.data_type(), rows.len());
        }
        let numbers = || texts.iter().map(|text| text.map(|text| text.parse::<i64>().unwrap()));
        match column.data_type() {
            DataType::Int32 => {
                Arc::new(numbers().map(|number| number.map(|number| number as i32)).collect::<Int32Array>()) as ArrayRef
            }
            DataType::Int64 => Arc::new(numbers().collect::<Int64Array>()),
            DataType::Timestamp(_, _) => Arc::new(
                numbers()
                    .map(|seconds| seconds.map(|seconds| seconds * 1_000_000_000))
                    .collect::<TimestampNanosecondArray>()
                    .with_timezone("UTC"),
            ),
            text => cast(&StringArray::from(texts), &text).unwrap(),
        }
    });
    RecordBatch::try_new(process_schema(), columns.collect()).unwrap()
}

/// One row of each event.
pub(super) fn two_rows() -> RecordBatch {
    batch(&[
        vec![
            ("time", "1714521600"),
            ("host", "PC-1"),
            ("source", "security"),
            ("channel", "Security"),
            ("event_id", "4688"),
            ("event_version", "2"),
            ("record_id", "10"),
            ("account", "ann"),
            ("account_domain", "CORP"),
            ("account_sid", "S-1-5-21-1"),
            ("logon_id", "999"),
            ("target_account", "svc"),
            ("target_domain", "CORP"),
            ("target_logon_id", "-1"),
            ("new_process", "C:\\Windows\\System32\\cmd.exe"),
            ("new_process_id", "420"),
            ("command_line", "cmd /c \"net user\""),
            ("creator_process", "C:\\Office\\WINWORD.EXE"),
            ("creator_process_id", "4096"),
            ("token_elevation", "limited"),
            ("integrity_level", "High"),
            ("source_file", "a.evtx"),
            ("record_offset", "512"),
        ],
        vec![
            ("time", "1714521601"),
            ("host", "PC-2"),
            ("source", "sysmon"),
            ("channel", "Microsoft-Windows-Sysmon/Operational"),
            ("event_id", "1"),
            ("event_version", "5"),
            ("record_id", "11"),
            ("account", "bob"),
            ("account_domain", "PC-2"),
            ("logon_id", "4660"),
            ("new_process", "C:\\Temp\\tool.exe"),
            ("new_process_id", "8"),
            ("command_line", "tool -x"),
            ("creator_process", "C:\\Windows\\explorer.exe"),
            ("creator_process_id", "7"),
            ("creator_command_line", "explorer"),
            ("creator_account", "PC-2\\bob"),
            ("integrity_level", "Medium"),
            ("process_guid", "{ab}"),
            ("creator_guid", "{cd}"),
            ("md5", "0a"),
            ("sha256", "ff"),
            ("source_file", "b.evtx"),
            ("record_offset", "1024"),
        ],
    ])
}

/// A session whose `process` holds these partitions.
pub(super) async fn session_over(partitions: Vec<Vec<RecordBatch>>, threads: usize) -> Session {
    let session = Session::new(&Settings { memory_bytes: 256 << 20, threads, spill_directory: None }).unwrap();
    let table = MemTable::try_new(process_schema(), partitions).unwrap();
    session.register_process(Arc::new(table)).await.unwrap();
    session
}

/// A session over [`two_rows`].
pub(super) async fn small_session() -> Session {
    session_over(vec![vec![two_rows()]], 2).await
}

/// Runs a statement to its end and prints its rows.
pub(super) async fn printed(session: &Session, sql: &str) -> Result<String, Diagnostic> {
    let answer = session.run(sql).await?;
    let schema = answer.schema.clone();
    let batches: Vec<RecordBatch> =
        answer.stream.try_collect().await.map_err(|error| failure_to_diagnostic(&error, sql))?;
    let batches = if batches.is_empty() { vec![RecordBatch::new_empty(schema)] } else { batches };
    Ok(pretty_format_batches(&batches).unwrap().to_string())
}
