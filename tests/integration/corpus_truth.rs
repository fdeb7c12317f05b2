//! Every event and every field against what independent parsers read from the same files.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::corpus::{Row, corpus, json_lines, read};

/// The columns that a record gives by itself.
fn is_record_column(name: &str) -> bool {
    !matches!(name, "source_file" | "record_offset" | "chunk_checksum")
}

/// The rows by file, the file named as the truth names it.
fn by_file(rows: Vec<Row>, corpus: &Path) -> BTreeMap<String, Vec<Row>> {
    let mut files: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in rows {
        let path = row["source_file"].as_str().unwrap();
        let name = Path::new(path).strip_prefix(corpus).unwrap().to_str().unwrap().to_owned();
        files.entry(name).or_default().push(row);
    }
    files
}

/// One key a record: merged logs hold the same record id of several hosts.
fn key(row: &Map<String, Value>) -> String {
    format!("{}|{}|{}", row["host"], row["record_id"], row["event_id"])
}

fn without_origin(row: &Row) -> Row {
    let mut row: Row =
        row.iter().filter(|(name, _)| is_record_column(name)).map(|(k, v)| (k.clone(), v.clone())).collect();
    if let Some(Value::String(time)) = row.get("time") {
        let (seconds, fraction) =
            time.trim_end_matches('Z').split_once('.').unwrap_or((time.trim_end_matches('Z'), ""));
        let time = format!("{seconds}.{fraction:0<9}");
        row.insert("time".into(), Value::String(time));
    }
    row
}

#[tokio::test]
async fn every_field_of_the_real_logs_is_what_other_parsers_read() {
    let Some(corpus) = corpus() else { return };
    let (rows, _) = read(&[corpus.join("evtx").to_string_lossy().into_owned()], 2).await;
    let found = by_file(rows, &corpus);
    let mut wanted: BTreeMap<String, HashMap<String, Row>> = BTreeMap::new();
    for mut row in json_lines(&corpus.join("truth/process_rows.jsonl")) {
        let Some(Value::String(file)) = row.remove("file") else { panic!("a row without file") };
        wanted.entry(file).or_default().insert(key(&row), row);
    }
    let (mut events, mut fields) = (0, 0);
    for (file, rows) in &wanted {
        let found = found.get(file).unwrap_or_else(|| panic!("{file}: nothing was read"));
        let found: HashMap<String, Row> = found.iter().map(|row| (key(row), without_origin(row))).collect();
        for (key, row) in rows {
            let found = found.get(key).unwrap_or_else(|| panic!("{file}: no record {key}"));
            assert_eq!(found, row, "{file}: record {key}");
            events += 1;
            fields += row.len();
        }
        assert_eq!(found.len(), rows.len(), "{file}: rows that the truth does not have");
    }
    let unexpected: Vec<&String> = found.keys().filter(|file| !wanted.contains_key(*file)).collect();
    assert!(unexpected.is_empty(), "process events in files that have none: {unexpected:?}");
    println!("compared {events} events and {fields} fields of {} files", wanted.len());
    assert_eq!(events, 2244);
}

/// What SCHEMA makes of the raw fields of a record, written down once more and by itself.
fn row_of_fields(record: &Map<String, Value>) -> Row {
    let fields = record["fields"].as_object().unwrap();
    let sysmon = record["kind"] == "sysmon1";
    let mut row = Row::new();
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            row.insert(name.into(), value);
        }
    };
    let raw = |name: &str| fields.get(name).and_then(Value::as_str).map(|text| text.trim_end_matches('\0'));
    let text = |name: &str| raw(name).filter(|text| !text.is_empty() && *text != "-");
    let number = |name: &str| {
        text(name).map(|text| match text.strip_prefix("0x") {
            Some(hex) => json!(u64::from_str_radix(hex, 16).unwrap() as i64),
            None => json!(text.parse::<i64>().unwrap()),
        })
    };
    let time = record["time_created"].as_str().unwrap();
    let year: i32 = time[..4].parse().unwrap();
    if (1678..2262).contains(&year) {
        let digits = time.trim_end_matches('Z').split_once('.').unwrap();
        set("time", Some(json!(format!("{}.{:0<9}", digits.0, digits.1))));
    }
    set("host", Some(record["computer"].clone()));
    set("source", Some(json!(if sysmon { "sysmon" } else { "security" })));
    set("channel", Some(record["channel"].clone()));
    set("event_id", Some(json!(if sysmon { 1 } else { 4688 })));
    set("event_version", Some(record["version"].clone()));
    set("record_id", Some(record["record_id"].clone()));
    set("command_line", raw("CommandLine").map(|text| json!(text)));
    let plain: &[(&str, &str)] = if sysmon {
        &[
            ("new_process", "Image"),
            ("creator_process", "ParentImage"),
            ("creator_command_line", "ParentCommandLine"),
            ("creator_account", "ParentUser"),
            ("current_directory", "CurrentDirectory"),
            ("original_file_name", "OriginalFileName"),
            ("product", "Product"),
            ("company", "Company"),
            ("description", "Description"),
            ("file_version", "FileVersion"),
            ("rule_name", "RuleName"),
        ]
    } else {
        &[
            ("account", "SubjectUserName"),
            ("account_domain", "SubjectDomainName"),
            ("account_sid", "SubjectUserSid"),
            ("target_account", "TargetUserName"),
            ("target_domain", "TargetDomainName"),
            ("target_sid", "TargetUserSid"),
            ("new_process", "NewProcessName"),
            ("creator_process", "ParentProcessName"),
        ]
    };
    for (column, field) in plain {
        set(column, text(field).map(|text| json!(text)));
    }
    let numbers: &[(&str, &str)] = if sysmon {
        &[
            ("logon_id", "LogonId"),
            ("new_process_id", "ProcessId"),
            ("creator_process_id", "ParentProcessId"),
            ("terminal_session_id", "TerminalSessionId"),
        ]
    } else {
        &[
            ("logon_id", "SubjectLogonId"),
            ("target_logon_id", "TargetLogonId"),
            ("new_process_id", "NewProcessId"),
            ("creator_process_id", "ProcessId"),
        ]
    };
    for (column, field) in numbers {
        set(column, number(field));
    }
    let level = text(if sysmon { "IntegrityLevel" } else { "MandatoryLabel" });
    let levels = [
        ("S-1-16-0", "Untrusted"),
        ("S-1-16-4096", "Low"),
        ("S-1-16-8192", "Medium"),
        ("S-1-16-8448", "Medium Plus"),
        ("S-1-16-12288", "High"),
        ("S-1-16-16384", "System"),
        ("S-1-16-20480", "Protected"),
    ];
    set(
        "integrity_level",
        level.map(|level| json!(levels.iter().find(|(sid, _)| *sid == level).map_or(level, |(_, name)| *name))),
    );
    if sysmon {
        if let Some(user) = text("User") {
            let (domain, account) = user.rsplit_once('\\').map_or((None, user), |(domain, user)| (Some(domain), user));
            set("account", Some(json!(account)));
            set("account_domain", domain.map(|domain| json!(domain)));
        }
        set("process_guid", text("ProcessGuid").map(|guid| json!(guid.to_lowercase())));
        set("creator_guid", text("ParentProcessGuid").map(|guid| json!(guid.to_lowercase())));
        for hash in text("Hashes").unwrap_or("").split(',') {
            if let Some((name, value)) = hash.split_once('=') {
                set(&name.to_lowercase(), Some(json!(value.to_lowercase())));
            }
        }
    } else {
        let elevations = [("%%1936", "default"), ("%%1937", "full"), ("%%1938", "limited")];
        set(
            "token_elevation",
            text("TokenElevationType")
                .map(|text| json!(elevations.iter().find(|(id, _)| *id == text).map_or(text, |(_, name)| *name))),
        );
    }
    row
}

fn is_process_record(record: &Map<String, Value>) -> bool {
    record["kind"] == "4688" || record["kind"] == "sysmon1"
}

#[tokio::test]
async fn synthetic_logs_read_as_they_were_written() {
    let Some(corpus) = corpus() else { return };
    let (rows, _) = read(&[corpus.join("synthetic").to_string_lossy().into_owned()], 2).await;
    let found = by_file(rows, &corpus);
    let mut wanted: BTreeMap<String, Vec<Map<String, Value>>> = BTreeMap::new();
    for record in json_lines(&corpus.join("truth/synthetic.jsonl")) {
        if is_process_record(&record) {
            wanted.entry(format!("synthetic/{}", record["file"].as_str().unwrap())).or_default().push(record);
        }
    }
    let mut events = 0;
    for (file, records) in &wanted {
        let found = &found[file];
        let mut rows: Vec<Row> = found.iter().map(without_origin).collect();
        for record in records {
            let mut row = row_of_fields(record);
            // The note of that record says that both are right.
            if record["note"].as_str().unwrap_or("").contains("absent or empty are both acceptable") {
                row.insert("command_line".into(), json!(""));
            }
            let place = rows.iter().position(|found| *found == row);
            let same_key = rows.iter().find(|found| key(found) == key(&row));
            assert!(place.is_some(), "{file}: {}\nwritten {row:?}\nread    {same_key:?}", record["note"]);
            rows.swap_remove(place.unwrap());
            events += 1;
        }
        assert!(rows.is_empty(), "{file}: rows that were not written: {rows:?}");
    }
    assert!(found.keys().all(|file| wanted.contains_key(file)), "a file without process events has rows");
    println!("compared {events} synthetic events");
}

/// What damage leaves: at least the rows that another parser still reads, and the number that this reader finds.
#[tokio::test]
async fn damage_loses_only_what_is_damaged() {
    let Some(corpus) = corpus() else { return };
    let mut floor: BTreeMap<String, Vec<Map<String, Value>>> = BTreeMap::new();
    for record in json_lines(&corpus.join("truth/process_fields.jsonl")) {
        let file = record["file"].as_str().unwrap();
        if file.starts_with("derived/") && is_process_record(&record) {
            floor.entry(file.to_owned()).or_default().push(record);
        }
    }
    let (rows, reports) = read(&[corpus.join("derived").to_string_lossy().into_owned()], 2).await;
    let found = by_file(rows, &corpus);
    let mut lines = Vec::new();
    for (file, records) in &floor {
        let rows: HashMap<String, Row> = found[file].iter().map(|row| (key(row), without_origin(row))).collect();
        for record in records {
            let row = row_of_fields(record);
            let found = rows.get(&key(&row)).unwrap_or_else(|| panic!("{file}: no record {}", key(&row)));
            assert_eq!(*found, row, "{file}");
        }
        lines.push(format!("{file}: {} rows, another parser {}", rows.len(), records.len()));
    }
    for report in &reports {
        let counts: Vec<String> =
            report.report.damage_counts.iter().map(|(kind, count)| format!("{count} {}", kind.words())).collect();
        let name = report.name.rsplit('/').next().unwrap();
        lines.push(format!("{name}: {} records, {}", report.report.records, counts.join(", ")));
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[tokio::test]
async fn the_number_of_threads_changes_neither_rows_nor_reports() {
    let Some(corpus) = corpus() else { return };
    let sources = [
        corpus.join("derived").to_string_lossy().into_owned(),
        corpus.join("synthetic").to_string_lossy().into_owned(),
    ];
    let one = read(&sources, 1).await;
    for threads in [2, 3, 8] {
        let many = read(&sources, threads).await;
        assert_eq!(many.0, one.0, "{threads} threads");
        assert_eq!(many.1, one.1, "{threads} threads");
    }
}
