//! SQL as it is promised: every `.slt` file under tests/sql runs on the example logs. `UPDATE_SLT=1 cargo test sql`
//! writes what is found into the files, to be read before it is committed.

use std::path::{Path, PathBuf};

use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use futures::TryStreamExt;
use sqllogictest::{AsyncDB, DBOutput, DefaultColumnType, Runner};
use trailhound::diagnostic::Diagnostic;
use trailhound::sql_engine::tables::ScanSettings;
use trailhound::sql_engine::{Settings, failure_to_diagnostic};
use trailhound::workspace::Workspace;

/// A session on the example logs.
pub(crate) async fn example_workspace(threads: usize) -> Workspace {
    let logs = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/logs");
    let settings = Settings { memory_bytes: 512 << 20, threads, spill_directory: None };
    Workspace::open(&[logs], &settings, ScanSettings::default()).await.unwrap()
}

struct Database(Workspace);

#[async_trait::async_trait]
impl AsyncDB for Database {
    type Error = Diagnostic;
    type ColumnType = DefaultColumnType;

    async fn run(&mut self, sql: &str) -> Result<DBOutput<DefaultColumnType>, Diagnostic> {
        let answer = self.0.session.run(sql).await?;
        let columns = answer.schema.fields().len();
        if columns == 0 {
            return Ok(DBOutput::StatementComplete(0));
        }
        let batches: Vec<_> = answer.stream.try_collect().await.map_err(|error| failure_to_diagnostic(&error, sql))?;
        let options = FormatOptions::default().with_null("NULL");
        let mut rows = Vec::new();
        for batch in &batches {
            let formatters: Vec<ArrayFormatter> =
                batch.columns().iter().map(|column| ArrayFormatter::try_new(column, &options).unwrap()).collect();
            for row in 0..batch.num_rows() {
                let cell = |formatter: &ArrayFormatter| match formatter.value(row).to_string() {
                    empty if empty.is_empty() => "(empty)".to_owned(),
                    text => text,
                };
                rows.push(formatters.iter().map(cell).collect());
            }
        }
        Ok(DBOutput::Rows { types: vec![DefaultColumnType::Any; columns], rows })
    }

    async fn shutdown(&mut self) {}
}

fn slt_files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sql");
    let mut files: Vec<PathBuf> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|end| end == "slt"))
        .collect();
    files.sort();
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn every_slt_file_holds() {
    let files = slt_files();
    assert!(files.len() >= 17, "one file for each function at least");
    let mut failures = Vec::new();
    for file in &files {
        let mut runner = Runner::new(|| async { Ok(Database(example_workspace(2).await)) });
        if std::env::var_os("UPDATE_SLT").is_some() {
            runner
                .update_test_file(
                    file,
                    "\t",
                    sqllogictest::default_validator,
                    sqllogictest::default_normalizer,
                    sqllogictest::default_column_validator,
                )
                .await
                .unwrap();
        } else if let Err(error) = runner.run_file_async(file).await {
            failures.push(error.to_string());
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
