//! Tests of the commands and of running queries, over a session that is not one.

use arrow::array::{Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::error::DataFusionError;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::StreamExt;
use futures::future::BoxFuture;

use super::super::engine::{Answer, ColumnDescription, TableDescription};
use super::super::statements::split;
use super::*;

/// A session that answers `SELECT <number>` with that number. `SELECT forever` gives a row and then nothing,
/// `SELECT rows` two batches, `SELECT fails` a row and an error, `SELECT panics` a row and a panic,
/// `SELECT busy` a row and then a step without end, `SELECT never` not even an answer. All others are wrong.
#[derive(Default)]
pub(in crate::repl) struct FakeEngine;

fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![Field::new("n", DataType::Int64, true)]))
}

fn numbers(values: &[i64]) -> RecordBatch {
    RecordBatch::try_new(schema(), vec![Arc::new(Int64Array::from(values.to_vec()))]).expect("a batch")
}

impl Engine for FakeEngine {
    fn run<'a>(&'a self, sql: &'a str) -> BoxFuture<'a, Result<Answer, Failure>> {
        Box::pin(async move {
            let wanted = sql.strip_prefix("SELECT").unwrap_or("").trim();
            let first = |value| futures::stream::iter([Ok(numbers(&[value]))]);
            let stream = match (wanted.parse::<i64>(), wanted) {
                (Ok(value), _) => first(value).boxed(),
                (_, "rows") => futures::stream::iter([Ok(numbers(&[1, 2])), Ok(numbers(&[3]))]).boxed(),
                (_, "forever") => first(1).chain(futures::stream::pending()).boxed(),
                (_, "fails") => {
                    let error = DataFusionError::Execution("division by zero".to_owned());
                    first(1).chain(futures::stream::iter([Err(error)])).boxed()
                }
                (_, "panics") => first(1).chain(futures::stream::poll_fn(|_| panic!("a fault"))).boxed(),
                (_, "busy") => first(1)
                    .chain(futures::stream::poll_fn(|_| {
                        loop {
                            std::thread::yield_now()
                        }
                    }))
                    .boxed(),
                (_, "never") => futures::future::pending().await,
                _ => return Err(Failure(format!("error: cannot run `{sql}`"))),
            };
            Ok(Answer { schema: schema(), stream: Box::pin(RecordBatchStreamAdapter::new(schema(), stream)) })
        })
    }

    fn explain<'a>(&'a self, sql: &'a str) -> BoxFuture<'a, Result<String, Failure>> {
        Box::pin(async move { Ok(format!("plan of\n{sql}\u{1b}")) })
    }

    fn tables(&self) -> BoxFuture<'_, Vec<TableDescription>> {
        Box::pin(async { tables() })
    }

    fn function_names(&self) -> Vec<String> {
        ["btrim", "count", "lower", "upper"].map(str::to_owned).to_vec()
    }

    fn failure(&self, _: &str, error: DataFusionError) -> Failure {
        Failure(format!("error: {}", error.strip_backtrace()))
    }
}

/// Two tables with a few columns.
pub(in crate::repl) fn tables() -> Vec<TableDescription> {
    let column = |name: &str, type_name: &str, description: &str| ColumnDescription {
        name: name.to_owned(),
        type_name: type_name.to_owned(),
        description: description.to_owned(),
    };
    let table =
        |name: &str, kind: &str, columns| TableDescription { name: name.to_owned(), kind: kind.to_owned(), columns };
    vec![
        table(
            "process",
            "table",
            vec![
                column("time", "timestamp", "When."),
                column("host", "text", "Where."),
                column("command_line", "text", "What."),
            ],
        ),
        table(
            "SecurityEvent",
            "view",
            vec![column("TimeGenerated", "timestamp", ""), column("CommandLine", "text", "")],
        ),
    ]
}

fn console() -> Console {
    let settings = Settings { timing: false, format: Format::Csv, ..Settings::interactive(false) };
    Console::new(Arc::new(FakeEngine), settings)
}

/// Runs the statements; gives what was written and what went wrong.
async fn run_in(console: &mut Console, input: &str) -> (String, Option<String>) {
    let mut out = Vec::new();
    let statements = split(input).expect("short").at_end_of_input().expect("whole");
    for statement in statements {
        match console.execute(&statement, &mut out).await {
            Ok(Flow::Continue) => {}
            Ok(Flow::Quit) => out.extend_from_slice(b"(quit)\n"),
            Err(ConsoleError::Failure(failure)) => {
                return (String::from_utf8(out).expect("UTF-8"), Some(failure.0));
            }
            Err(ConsoleError::Output(error)) => panic!("{error}"),
        }
    }
    (String::from_utf8(out).expect("UTF-8"), None)
}

#[track_caller]
fn check(input: &str, want: &str) {
    let (out, error) = on_runtime(async { run_in(&mut console(), input).await });
    assert_eq!((out.as_str(), error), (want, None));
}

#[track_caller]
fn check_error(input: &str, want: &str) {
    let (_, error) = on_runtime(async { run_in(&mut console(), input).await });
    assert_eq!(error.as_deref(), Some(want));
}

fn on_runtime<T>(future: impl Future<Output = T>) -> T {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    runtime.block_on(future)
}

#[test]
fn a_result_is_followed_by_its_row_count() {
    check("SELECT 1;", "n\n1\n1 row\n");
    check("SELECT rows;", "n\n1\n2\n3\n3 rows\n");
    let (out, _) = on_runtime(async { run_in(&mut console(), "\\timing on\nSELECT 1;").await });
    let footer = out.lines().last().expect("a footer");
    let time = footer.strip_prefix("1 row in ").and_then(|rest| rest.strip_suffix(" s")).expect("a time");
    assert!(time.parse::<f64>().is_ok() && time.split('.').nth(1).is_some_and(|digits| digits.len() == 3), "{footer}");
}

#[test]
fn failures_say_what_is_wrong() {
    check_error("SELECT x;", "error: cannot run `SELECT x`");
    check_error("SELECT fails;", "error: Execution error: division by zero");
    let (out, error) = on_runtime(async { run_in(&mut console(), "SELECT panics;").await });
    assert_eq!(out, "n\n1\n");
    assert!(error.is_some_and(|error| error.contains("panic")));
}

#[test]
fn a_format_is_shown_set_and_refused() {
    check("\\format", "format is csv; there are table, csv, tsv, json, ndjson, markdown, parquet, vertical\n");
    check("\\format ndjson\nSELECT 1;", "{\"n\":1}\n1 row\n");
    check_error("\\format jsn", "error: no format `jsn`: did you mean `json`?");
    check_error("\\format parquet", "error: parquet is written to a file: `\\export FILE.parquet`");
}

#[test]
fn timing_is_switched() {
    check("\\timing\n\\timing\n\\timing off", "timing is on\ntiming is off\ntiming is off\n");
    check_error("\\timing maybe", "error: `\\timing` takes `on` or `off`");
}

#[test]
fn tables_and_their_columns_are_listed() {
    let tables = "  process        table  3 columns\n  SecurityEvent  view   2 columns\n";
    check("\\tables", tables);
    check("\\d", tables);
    let process =
        "  time          timestamp  When.\n  host          text       Where.\n  command_line  text       What.\n";
    check("\\schema", process);
    check("\\schema process;", process);
    check("\\d securityevent", "  TimeGenerated  timestamp\n  CommandLine    text\n");
    check_error("\\schema proces", "error: no table `proces`: did you mean `process`?");
}

#[test]
fn every_command_is_in_the_help_and_found_by_all_its_names() {
    let (out, _) = on_runtime(async { run_in(&mut console(), "\\help").await });
    for command in commands::COMMANDS {
        assert!(out.contains(&format!("  {}", command.name)), "{} is missing:\n{out}", command.name);
        for name in command.aliases.iter().chain([&command.name]) {
            assert!(commands::find(name).is_ok_and(|found| found.name == command.name), "{name}");
            assert!(commands::find(&name.to_uppercase()).is_ok());
        }
    }
    check_error("\\tabels", "error: no command `\\tabels`: did you mean `\\tables`?");
    check_error("\\xyzzy\u{1b}", "error: no command `\\xyzzy\\u{1b}`: `\\help` lists them");
}

#[test]
fn leaving_has_many_names() {
    for name in ["\\quit", "\\q", "exit", "quit", "EXIT;"] {
        check(name, "(quit)\n");
    }
}

#[test]
fn a_plan_is_shown_harmless() {
    check("\\explain SELECT 1", "plan of\nSELECT 1\\u{1b}\n");
    check("SELECT 2; \\explain", "n\n2\n1 row\nplan of\nSELECT 2\\u{1b}\n");
    check_error("\\explain", "error: no query was run yet that could be explained");
}

#[test]
fn an_export_writes_the_last_query_or_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("my hits.ndjson");
    let quoted = format!("'{}'", path.display());
    let mut console = console();
    let (out, error) = on_runtime(async { run_in(&mut console, &format!("SELECT rows;\n\\export {quoted}")).await });
    assert_eq!(error, None);
    assert!(out.contains(&format!("wrote 3 rows to {quoted} in ")), "{out}");
    assert_eq!(std::fs::read_to_string(&path).expect("the file"), "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n");

    let (_, error) = on_runtime(async { run_in(&mut console, &format!("\\export {quoted} SELECT 7")).await });
    assert_eq!(error, None);
    assert_eq!(std::fs::read_to_string(&path).expect("the file"), "{\"n\":7}\n");

    // A query that fails midway leaves the old file as it was.
    let (_, error) = on_runtime(async { run_in(&mut console, &format!("\\export {quoted} SELECT fails")).await });
    assert!(error.is_some());
    assert_eq!(std::fs::read_to_string(&path).expect("the file"), "{\"n\":7}\n");
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1);

    check_error("\\export hits.csv", "error: no query was run yet that could be exported");
    let (_, error) = on_runtime(async { run_in(&mut console, "\\export /nowhere/at/all/hits.csv SELECT 1").await });
    assert!(error.is_some_and(|error| error.starts_with("error: could not write '/nowhere/at/all/hits.csv': ")));
}

#[test]
fn an_interrupt_stops_the_query_and_keeps_the_console() {
    on_runtime(async {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("hits.csv");
        let export = format!("\\export {} SELECT forever", path.display());
        for (input, want) in [
            ("SELECT never;", "cancelled after "),
            ("SELECT forever;", "n\n1\ncancelled after "),
            ("SELECT busy;", "n\n1\ncancelled after "),
            (export.as_str(), "cancelled, '"),
        ] {
            let mut console = console();
            let interrupt = console.interrupt.clone();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(100)).await;
                interrupt.raise();
            });
            let (out, error) = run_in(&mut console, input).await;
            assert_eq!(error, None);
            assert!(out.starts_with(want), "{input}: {out}");
            let (out, _) = run_in(&mut console, "SELECT 2;").await;
            assert_eq!(out, "n\n2\n1 row\n");
        }
        assert!(!path.exists());
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
    });
}

#[test]
fn functions_are_listed_and_found() {
    check("\\functions up", "  upper\n");
    check_error("\\functions lowr", "error: no function `lowr`: did you mean `lower`?");
    let (out, _) = on_runtime(async { run_in(&mut console(), "\\functions").await });
    assert!(out.contains("`\\functions NAME` explains one"), "{out}");
}
