//! Sessions: what runs, what is refused, what is listed, what happens when memory is short.

use futures::TryStreamExt;

use super::*;
use crate::sql_engine::sample::{batch, printed, session_over, small_session};

#[track_caller]
fn check(printed: &str, want: &[&str]) {
    let rows: Vec<&str> = printed.lines().skip(3).filter_map(|line| line.strip_prefix('|')).collect();
    let cells: Vec<&str> = rows.iter().flat_map(|row| row.trim_end_matches('|').split(" |")).map(str::trim).collect();
    assert_eq!(cells, want);
}

#[tokio::test]
async fn tables_and_views_last_as_long_as_the_session() {
    let session = small_session().await;
    for sql in [
        "create view Mine as select image, computer from sysmon",
        "create table kept as select HOST from process",
        "prepare tools as select process from securityevent",
    ] {
        let answer = session.run(sql).await.unwrap();
        assert_eq!(answer.schema.fields().len(), 0, "{sql}");
    }
    check(&printed(&session, "select COMPUTER from mine").await.unwrap(), &["PC-1", "PC-2"]);
    check(&printed(&session, "select * from KEPT").await.unwrap(), &["PC-1", "PC-2"]);
    check(&printed(&session, "execute tools").await.unwrap(), &["cmd.exe", "tool.exe"]);
    let names: Vec<String> = session.tables().into_iter().map(|table| table.name).collect();
    assert_eq!(names, ["process", "SecurityEvent", "Sysmon", "ecs", "kept", "mine"]);
    printed(&session, "drop view mine").await.unwrap();
    assert!(printed(&session, "select * from mine").await.is_err());
}

#[tokio::test]
async fn settings_can_be_changed_and_shown() {
    let session = small_session().await;
    printed(&session, "set datafusion.execution.batch_size = 77").await.unwrap();
    let shown = printed(&session, "show datafusion.execution.batch_size").await.unwrap();
    check(&shown, &["datafusion.execution.batch_size", "77"]);
}

#[tokio::test]
async fn statements_that_write_are_refused() {
    let session = small_session().await;
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("out.csv");
    for sql in [
        format!("copy (select 1) to '{}'", target.display()),
        format!("copy process to '{}'", target.display()),
        "insert into process select * from process".to_owned(),
        "explain insert into process select * from process".to_owned(),
        "explain analyze copy process to 'x.csv'".to_owned(),
        "prepare w as insert into process select * from process".to_owned(),
        "delete from process".to_owned(),
        "truncate table process".to_owned(),
    ] {
        let error = printed(&session, &sql).await.unwrap_err();
        assert!(error.message.contains("queries only read"), "{sql}: {error}");
        assert!(error.help.unwrap().contains("--output"), "{sql}");
    }
    assert!(!target.exists());
}

#[tokio::test]
async fn files_can_be_read_as_external_tables() {
    let session = small_session().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hosts.csv");
    std::fs::write(&file, "name,Owner\nPC-1,ann\n").unwrap();
    let create = format!(
        "create external table hosts stored as csv location '{}' options ('format.has_header' 'true')",
        file.display()
    );
    printed(&session, &create).await.unwrap_or_else(|error| panic!("{error}"));
    check(&printed(&session, "select OWNER from hosts join process on name = host").await.unwrap(), &["ann"]);
}

#[tokio::test]
async fn every_column_is_described() {
    let tables = small_session().await.tables();
    for table in &tables {
        assert_eq!(table.kind, if table.name == "process" { TableKind::Table } else { TableKind::View });
        for column in &table.columns {
            assert!(!column.description.is_empty(), "{}.{}", table.name, column.name);
        }
    }
    let args = tables[3].columns.iter().find(|column| column.name == "process.args").unwrap();
    assert_eq!(args.type_name, "list of text");
    assert_eq!(tables[0].columns.len(), event_schema::COLUMNS.len());
}

#[tokio::test]
async fn functions_of_every_kind_are_listed() {
    let names = small_session().await.function_names();
    for name in ["lower", "count", "row_number", "generate_series", "array_length", "basename"] {
        assert!(names.iter().any(|known| known == name), "{name}");
    }
    assert!(names.is_sorted());
}

#[tokio::test]
async fn times_are_utc() {
    let session = small_session().await;
    let sql = "select time from process where time >= '2024-05-01 00:00:01' and time < now()";
    check(&printed(&session, sql).await.unwrap(), &["2024-05-01T00:00:01Z"]);
    let plan = session.explain(sql).await.unwrap();
    assert!(!plan.contains("CAST(process.time"), "{plan}");
}

#[tokio::test]
async fn a_registered_process_takes_the_place_of_the_one_before() {
    let session = small_session().await;
    let empty = datafusion::datasource::MemTable::try_new(event_schema::process_schema(), vec![vec![]]).unwrap();
    session.register_process(Arc::new(empty)).await.unwrap();
    for table in ["process", "SecurityEvent", "Sysmon", "ecs"] {
        check(&printed(&session, &format!("select count(*) from {table}")).await.unwrap(), &["0"]);
    }
}

fn many_rows() -> Vec<arrow::array::RecordBatch> {
    let one = |number: usize| {
        let (offset, line) = (number.to_string(), format!("{} {number}", "x".repeat(2000)));
        batch(&[vec![("record_offset", offset.as_str()), ("command_line", line.as_str()), ("host", "PC-1")]])
    };
    let small: Vec<_> = (0..64).map(one).collect();
    let part = arrow::compute::concat_batches(&small[0].schema(), &small).unwrap();
    vec![part; 400]
}

/// A session with little memory over some 50 MB of rows for each thread.
async fn narrow_session(memory_bytes: usize, threads: usize, folder: &std::path::Path) -> Session {
    let wide = session_over(vec![many_rows(); threads], threads).await;
    let settings = Settings { memory_bytes, threads, spill_directory: Some(folder.to_owned()) };
    let session = Session::new(&settings).unwrap();
    session.register_process(wide.context().table_provider("process").await.unwrap()).await.unwrap();
    session
}

#[tokio::test]
async fn a_sort_beyond_the_memory_goes_to_disk_and_loses_nothing() {
    for (memory_bytes, threads) in
        [(4 << 20, 1), (8 << 20, 1), (16 << 20, 2), (64 << 20, 2), (64 << 20, 4), (96 << 20, 3), (128 << 20, 4)]
    {
        let t = std::time::Instant::now();
        sort_within(memory_bytes, threads).await;
        eprintln!("{memory_bytes} {threads} {:?}", t.elapsed());
    }
}

async fn sort_within(memory_bytes: usize, threads: usize) {
    let folder = tempfile::tempdir().unwrap();
    let session = narrow_session(memory_bytes, threads, folder.path()).await;
    let mut answer = session.run("select command_line, host from process").await.unwrap();
    let mut rows = 0;
    while let Some(batch) = answer.stream.try_next().await.unwrap() {
        rows += batch.num_rows();
    }
    assert_eq!(rows, 64 * 400 * threads);
    let spills = spill_count(answer.plan.as_ref());
    assert!(spills > 1, "{spills} spills in {}", displayable(answer.plan.as_ref()).indent(false));
}

fn spill_count(plan: &dyn ExecutionPlan) -> usize {
    let own = plan.metrics().and_then(|metrics| metrics.spill_count()).unwrap_or_default();
    own + plan.children().into_iter().map(|child| spill_count(child.as_ref())).sum::<usize>()
}

#[tokio::test]
async fn a_query_without_memory_says_how_to_give_it_more() {
    let folder = tempfile::tempdir().unwrap();
    let session = narrow_session(1 << 20, 1, folder.path()).await;
    let error =
        printed(&session, "select array_agg(command_line) from process group by record_offset").await.unwrap_err();
    assert_eq!(error.message, "the query needs more memory than it may use");
    assert!(error.help.unwrap().contains("--memory"));
}

#[test]
fn a_folder_that_cannot_hold_temporary_files_is_an_error() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let settings =
        Settings { memory_bytes: 1 << 20, threads: 1, spill_directory: Some(file.path().join("below-a-file")) };
    let error = Session::new(&settings).unwrap_err();
    assert!(error.message.contains("temporary files"), "{error}");
}
