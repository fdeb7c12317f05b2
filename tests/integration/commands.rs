//! What the commands promise, asked of the built binary.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::Stdio;

use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use trailhound::lake::Lake;

use super::binary::{checkout, command, example_log, files_below, run_command, trailhound, trailhound_in};

/// Three rows with a number, a time, a path and a NULL.
const SMALL: &str = "SELECT time, record_id, account, new_process, NULLIF(account, 'm.keller') AS other \
                     FROM process WHERE created_account(command_line) = 'Supp0rt' AND source = 'security' \
                     ORDER BY time, host, record_id LIMIT 3";

#[test]
fn every_format_shows_the_same_rows() {
    for format in ["table", "csv", "tsv", "json", "ndjson", "markdown", "vertical"] {
        let shown = trailhound(&["query", "examples/logs", SMALL, "--format", format]).succeeded();
        insta::assert_snapshot!(format!("format_{format}"), shown);
    }
    let error = trailhound(&["query", "examples/logs", SMALL, "--format", "parquet"]).failed();
    assert_eq!(error, "error: parquet is written to a file: name it with --output FILE\n");
}

#[test]
fn the_extension_of_the_output_chooses_what_format_would() {
    let folder = tempfile::tempdir().unwrap();
    for (extension, format) in [
        ("csv", "csv"),
        ("tsv", "tsv"),
        ("json", "json"),
        ("ndjson", "ndjson"),
        ("jsonl", "ndjson"),
        ("md", "markdown"),
        ("txt", "table"),
    ] {
        let file = folder.path().join("hits").with_extension(extension);
        let arguments = ["query", "examples/logs", SMALL, "--output", file.to_str().unwrap()];
        assert_eq!(trailhound(&arguments).succeeded(), "");
        let shown = trailhound(&["query", "examples/logs", SMALL, "--format", format]).succeeded();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), shown, "{extension}");
    }
    let error = trailhound_in(folder.path(), &["query", example("Sysmon"), "SELECT 1", "-o", "hits.xlsx"]).failed();
    assert!(error.starts_with("error: 'hits.xlsx' names no format: its extension is to be csv,"), "{error}");
    assert!(!folder.path().join("hits.xlsx").exists());
}

fn example(part: &str) -> &'static str {
    match part {
        "Sysmon" => concat!(env!("CARGO_MANIFEST_DIR"), "/examples/logs/WKS-FIN-07_Sysmon.evtx"),
        _ => concat!(env!("CARGO_MANIFEST_DIR"), "/examples/logs"),
    }
}

#[test]
fn parquet_is_read_back_with_its_types() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hits.parquet");
    trailhound(&["query", "examples/logs", SMALL, "-o", file.to_str().unwrap()]).succeeded();
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&file).unwrap()).unwrap();
    let types: Vec<String> = reader.schema().fields().iter().map(|field| field.data_type().to_string()).collect();
    assert_eq!(types[0], "Timestamp(ns, \"UTC\")");
    assert_eq!(types[1], "Int64");
    let batches: Vec<_> = reader.build().unwrap().map(Result::unwrap).collect();
    assert_eq!(batches.iter().map(|batch| batch.num_rows()).sum::<usize>(), 3);
    let shown = arrow::util::pretty::pretty_format_batches(&batches).unwrap().to_string();
    assert!(shown.contains("2024-05-14T10:44:10.313736300Z"), "{shown}");
}

#[test]
fn a_result_replaces_a_file_only_when_it_is_complete() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hits.csv");
    std::fs::write(&file, "before").unwrap();
    let output = file.to_str().unwrap();
    let late = "SELECT CASE WHEN record_id = (SELECT max(record_id) FROM process) THEN CAST(host AS BIGINT) END \
                FROM process";
    let error = trailhound(&["query", "examples/logs", late, "-o", output]).failed();
    assert!(error.starts_with("error: "), "{error}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "before");
    trailhound(&["query", "examples/logs", "SELECT 1 AS n", "-o", output]).succeeded();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "n\n1\n");
    let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["hits.csv"]);
}

#[test]
fn what_is_read_is_never_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("Security.evtx");
    std::fs::copy(example_log("SRV-APP-01_Security.evtx"), &log).unwrap();
    trailhound_in(folder.path(), &["convert", "Security.evtx", "--to", "lake", "-q"]).succeeded();
    let before = files_below(folder.path());
    let parquet = before.iter().find(|(path, _)| path.extension().is_some_and(|end| end == "parquet")).unwrap();
    for (source, output) in [(".", "./Security.evtx"), ("lake", parquet.0.to_str().unwrap())] {
        let line = ["query", source, "SELECT 1", "--format", "csv", "-o", output];
        let error = trailhound_in(folder.path(), &line).failed();
        assert_eq!(error, format!("error: '{output}' is what is read: writing the result over it would destroy it\n"));
    }
    assert_eq!(files_below(folder.path()), before);
}

#[test]
fn sql_comes_from_the_line_from_a_file_or_from_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("two.sql");
    std::fs::write(&file, "-- Two questions.\nSELECT 1 AS one;\nSELECT 'a;b' AS two").unwrap();
    let expected = "one\n1\ntwo\na;b\n";
    let log = example("Sysmon");
    let csv = ["--format", "csv"];
    assert_eq!(trailhound(&["query", log, "-f", file.to_str().unwrap(), csv[0], csv[1]]).succeeded(), expected);
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(trailhound(&["query", log, &text, csv[0], csv[1]]).succeeded(), expected);
    for line in [&["query", log, csv[0], csv[1]][..], &["query", log, "-", csv[0], csv[1]], &[log, csv[0], csv[1]]] {
        assert_eq!(run_command(command(line), Some(&text)).succeeded(), expected, "{line:?}");
    }
    for (wrong, message) in [
        (&["query", log, ";"][..], "error: the SQL is empty\n"),
        (&["query", log, "-f", "no.sql"], "error: could not read 'no.sql': No such file or directory (os error 2)\n"),
        (&["query", "SELECT * FROM process"], "error: `SELECT * FROM process` is SQL and no source: what to read"),
    ] {
        let error = trailhound(wrong).failed();
        assert!(error.starts_with(message), "{error}");
    }
}

#[test]
fn logs_and_lakes_are_read_together() {
    let folder = tempfile::tempdir().unwrap();
    let lake = folder.path().join("a lake");
    let lake = lake.to_str().unwrap();
    trailhound(&["convert", "examples/logs/WKS-*.evtx", "--to", lake, "-q"]).succeeded();
    let count = "SELECT host, source, count(*) AS n FROM process GROUP BY host, source ORDER BY host, source";
    let from_logs = trailhound(&["query", "examples/logs", count]).succeeded();
    let server = ["examples/logs/SRV-APP-01_Security.evtx", "examples/logs/ForwardedEvents.evtx"];
    assert_eq!(trailhound(&["query", lake, server[0], server[1], count]).succeeded(), from_logs);

    let joined = format!(
        "SELECT count(*) AS n FROM evtx('examples/logs/*Sysmon.evtx') AS s \
         JOIN lake('{lake}') AS p ON p.host = s.host AND p.new_process_id = s.new_process_id \
         AND p.new_process = s.new_process AND p.source = 'security' AND abs(date_part('epoch', p.time - s.time)) < 1"
    );
    // Sysmon started after the first processes: each of its 127 is in the Security log too.
    assert_eq!(trailhound(&["query", lake, &joined, "--format", "csv"]).succeeded(), "n\n127\n");

    for (view, column) in [("SecurityEvent", "NewProcessName"), ("Sysmon", "Image"), ("ecs", "\"process.executable\"")]
    {
        let sql = format!("SELECT count({column}) AS n FROM {view}");
        let rows = trailhound(&["query", "examples/logs", &sql, "--format", "csv"]).succeeded();
        assert_eq!(trailhound(&["query", lake, server[0], server[1], &sql, "--format", "csv"]).succeeded(), rows);
        assert_ne!(rows, "n\n0\n");
    }
}

#[test]
fn table_functions_say_what_they_do_not_find() {
    let folder = tempfile::tempdir().unwrap();
    let lake = folder.path().join("lake");
    trailhound(&["convert", example("Sysmon"), "--to", lake.to_str().unwrap(), "-q"]).succeeded();
    let lake = lake.display();
    for (sql, message) in [
        ("SELECT 1 FROM evtx('nowhere')".to_owned(), "error: there is no file or folder `nowhere`\n".to_owned()),
        ("SELECT 1 FROM lake('nowhere')".to_owned(), "error: `nowhere` is no lake: `trailhound convert".to_owned()),
        ("SELECT 1 FROM evtx('examples/hunts')".to_owned(), "error: there is no EVTX file in `examples/hunts`".into()),
        (format!("SELECT 1 FROM evtx('{lake}')"), format!("error: `{lake}` is a lake and holds no EVTX file")),
    ] {
        let error = trailhound(&["query", example("Sysmon"), &sql]).failed();
        assert!(error.starts_with(&message), "{error}");
    }
}

#[test]
fn a_wrong_query_is_shown_with_its_place_and_the_nearest_name() {
    let error = trailhound(&["query", "examples/logs", "SELECT comand_line FROM process", "-o", "x.csv"]).failed();
    insta::assert_snapshot!("wrong_column", error);
    let error = trailhound(&["query", "examples/logs", "SELECT 1;\nSELECT host\nFROM proces"]).failed();
    insta::assert_snapshot!("wrong_table_in_the_second_statement", error);
    assert!(!checkout().join("x.csv").exists());
}

#[test]
fn a_statement_without_columns_writes_nothing() {
    let sql = "CREATE VIEW v AS SELECT 7 AS a; SELECT a FROM v";
    for (format, expected) in
        [("csv", "a\n7\n"), ("json", "[\n{\"a\":7}\n]\n"), ("markdown", "| a |\n| ---: |\n| 7 |\n")]
    {
        assert_eq!(trailhound(&["query", example("Sysmon"), sql, "--format", format]).succeeded(), expected);
    }
    let folder = tempfile::tempdir().unwrap();
    trailhound_in(folder.path(), &["query", example("Sysmon"), sql, "-o", "a.json"]).succeeded();
    assert_eq!(std::fs::read_to_string(folder.path().join("a.json")).unwrap(), "[\n{\"a\":7}\n]\n");
    let error = trailhound_in(folder.path(), &["query", example("Sysmon"), "SELECT 1; SELECT 2", "-o", "b.json"]);
    assert_eq!(error.failed(), "error: a json file holds the result of one statement, and this is a second\n");
}

#[test]
fn formulas_are_defused_when_asked_and_only_then() {
    let sql = "SELECT '=1+1' AS a, '+1' AS b, '-x' AS c, '@x' AS d, -1 AS e";
    let line = ["query", example("Sysmon"), sql, "--format", "csv"];
    assert_eq!(trailhound(&line).succeeded(), "a,b,c,d,e\n=1+1,+1,-x,@x,-1\n");
    let safe = trailhound(&[&line[..], &["--spreadsheet-safe"]].concat()).succeeded();
    assert_eq!(safe, "a,b,c,d,e\n'=1+1,'+1,'-x,'@x,-1\n");
}

#[test]
fn a_table_keeps_to_the_width_and_other_formats_never_cut() {
    let sql = "SELECT host, command_line FROM process WHERE is_encoded_ps(command_line) LIMIT 1";
    let line = ["query", "examples/logs", sql];
    let narrow = trailhound(&[&line[..], &["--width", "60"]].concat()).succeeded();
    assert!(narrow.lines().all(|line| line.chars().count() == 60), "{narrow}");
    assert!(narrow.contains('…'), "{narrow}");
    for whole in [&["--width", "0"][..], &[], &["--format", "vertical", "--width", "60"], &["--format", "csv"]] {
        let shown = trailhound(&[&line[..], whole].concat()).succeeded();
        assert!(!shown.contains('…') && shown.contains("IAdAB4AHQAJwApAA==") || shown.contains("AA=="), "{shown}");
    }
}

#[test]
fn the_reader_of_a_pipe_may_leave() {
    let long = "SELECT one.command_line, two.command_line FROM process AS one, process AS two";
    for line in
        [&["query", "examples/logs", long][..], &["query", "examples/logs", long, "--format", "csv"], &["functions"]]
    {
        let mut child = command(line).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        output.read_line(&mut first).unwrap();
        drop(output);
        assert!(!first.is_empty());
        assert_eq!(child.wait().unwrap().code(), Some(0), "{line:?}");
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert_eq!(stderr, "", "{line:?}");
    }
}

#[test]
fn a_pipe_gets_no_colours() {
    for value in ["", "1"] {
        let mut command = command(&["query", "examples/logs", SMALL]);
        command.env("NO_COLOR", value).env("CLICOLOR_FORCE", "1");
        assert!(!run_command(command, None).succeeded().contains('\u{1b}'));
    }
}

#[test]
fn functions_are_described() {
    let reference = trailhound(&["functions"]).succeeded();
    let table = trailhound(&["functions", "--markdown"]).succeeded();
    for function in trailhound::sql_engine::functions::hunting_functions() {
        assert!(reference.contains(&format!("\n### `{}`\n", function.syntax())), "{}", function.name);
        assert!(table.contains(&format!("\n| `{}` |", function.syntax())), "{}", function.name);
    }
}

#[test]
fn the_scene_is_written_as_it_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("logs");
    let said = trailhound(&["generate", logs.to_str().unwrap(), "--scene"]).succeeded();
    assert_eq!(said, format!("wrote 6 files into '{}'\n", logs.display()));
    assert!(files_below(&logs) == files_below(&checkout().join("examples/logs")), "another scene than examples/logs");
}

#[test]
fn large_logs_hold_what_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let line = |seed| ["generate", folder.path().to_str().unwrap(), "--events", "2000", "--seed", seed];
    let said = trailhound(&line("7")).succeeded();
    let log = folder.path().join("Security.evtx");
    assert!(said.starts_with(&format!("wrote '{}': 2,000 events, ", log.display())), "{said}");
    let creations = said.split(", ").nth(1).unwrap().split(' ').next().unwrap();
    let count = ["query", log.to_str().unwrap(), "SELECT count(*) AS n FROM process", "--format", "csv"];
    assert_eq!(trailhound(&count).succeeded(), format!("n\n{}\n", creations.replace(',', "")));

    let first = std::fs::read(&log).unwrap();
    trailhound(&line("7")).succeeded();
    assert!(std::fs::read(&log).unwrap() == first, "the same seed gives other events");
    trailhound(&line("8")).succeeded();
    assert!(std::fs::read(&log).unwrap() != first, "another seed gives the same events");
}

#[test]
fn a_second_conversion_finds_everything_there() {
    let folder = tempfile::tempdir().unwrap();
    let convert = ["convert", example("logs"), "--to", "lake"];
    let first = trailhound_in(folder.path(), &convert).succeeded();
    insta::with_settings!({filters => vec![(r"\d+\.\d+ s", "[time]"), (r"\d+\.\d+ KiB", "[size]")]}, {
        insta::assert_snapshot!("conversion", first);
    });
    let before = files_below(folder.path());
    let second = trailhound_in(folder.path(), &convert).succeeded();
    assert!(second.starts_with("read     0 files (0 B), 6 files already in the lake\n"), "{second}");
    assert_eq!(trailhound_in(folder.path(), &[&convert[..], &["--quiet"]].concat()).succeeded(), "");
    assert!(files_below(folder.path()) == before, "the lake changed");
}

#[test]
fn a_conversion_beside_another_is_turned_away() {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open_or_create(&folder.path().join("lake")).unwrap();
    let lock = lake.lock().unwrap();
    let convert = ["convert", example("logs"), "--to", "lake", "-q"];
    let error = trailhound_in(folder.path(), &convert).failed();
    assert_eq!(error, "error: another conversion is writing to `lake`: try again when it has ended\n");
    drop(lock);
    trailhound_in(folder.path(), &convert).succeeded();
}

#[test]
fn of_two_conversions_at_once_the_lake_is_that_of_one() {
    let folder = tempfile::tempdir().unwrap();
    trailhound(&["generate", folder.path().to_str().unwrap(), "--events", "20000"]).succeeded();
    let log = folder.path().join("Security.evtx");
    let convert = |lake: &str| ["convert".into(), log.clone(), "--to".into(), folder.path().join(lake)];
    trailhound(&convert("alone")).succeeded();
    let children: Vec<_> = (0..2).map(|_| command(&convert("lake")).stdout(Stdio::null()).spawn().unwrap()).collect();
    let mut done = 0;
    for child in children {
        let output = child.wait_with_output().unwrap();
        match output.status.code() {
            Some(0) => done += 1,
            code => {
                let error = String::from_utf8_lossy(&output.stderr);
                assert_eq!(code, Some(2), "{error}");
                assert!(error.starts_with("error: another conversion is writing to"), "{error}");
            }
        }
    }
    assert!(done >= 1);
    assert!(files_below(&folder.path().join("lake")) == files_below(&folder.path().join("alone")));
}

#[test]
fn help_reads_well() {
    for name in ["", "repl", "query", "convert", "functions", "generate"] {
        let line: Vec<&str> = [name, "--help"].into_iter().filter(|word| !word.is_empty()).collect();
        let mut command = command(&line);
        command.env("COLUMNS", "100");
        let help = run_command(command, None).succeeded();
        insta::assert_snapshot!(format!("help_{}", if name.is_empty() { "trailhound" } else { name }), help);
    }
    let version = trailhound(&["--version"]).succeeded();
    assert_eq!(version, concat!("trailhound ", env!("CARGO_PKG_VERSION"), "\n"));
    let error = trailhound::<&str>(&[]).failed();
    assert!(
        error.starts_with("error: name what to hunt through: EVTX files, a folder of them, or a lake\n"),
        "{error}"
    );
}

/// Folders with a name that is a command's are reached by a path.
#[test]
fn a_folder_that_is_called_like_a_command_is_written_with_its_path() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("query")).unwrap();
    std::fs::copy(Path::new(example("Sysmon")), folder.path().join("query/a.evtx")).unwrap();
    let mut command = command(&["./query", "--format", "csv"]);
    command.current_dir(folder.path());
    assert_eq!(run_command(command, Some("SELECT count(*) AS n FROM process")).succeeded(), "n\n127\n");
}
