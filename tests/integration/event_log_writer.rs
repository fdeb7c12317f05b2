//! The example logs: what is in them, and that other readers see the same.
//!
//! `UPDATE_EXAMPLES=1 cargo test example_logs` writes `examples/logs` anew.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;

use evtx::{EvtxParser, ParserSettings};
use serde_json::Value as Json;
use trailhound::event_log_writer::scene::write_scene;

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/logs")
}

fn example(name: &str) -> PathBuf {
    examples().join(name)
}

const FILES: [&str; 6] = [
    "WKS-FIN-07_Security.evtx",
    "WKS-FIN-07_Sysmon.evtx",
    "WKS-FIN-07_System.evtx",
    "WKS-DEV-02_Security.evtx",
    "ForwardedEvents.evtx",
    "SRV-APP-01_Security.evtx",
];

/// Every record of a log; panics at an error or a wrong checksum.
#[track_caller]
fn read(path: &Path) -> Vec<Json> {
    let settings = ParserSettings::new().validate_checksums(true);
    let mut parser = EvtxParser::from_path(path)
        .unwrap()
        .with_configuration(settings);
    parser
        .records_json_value()
        .map(|record| record.unwrap().data["Event"].take())
        .collect()
}

/// A value as text, whether the reader made a number of it or not.
fn text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Null => String::new(),
        other => other.to_string(),
    }
}

fn event_id(event: &Json) -> String {
    let id = &event["System"]["EventID"];
    text(id.get("#text").unwrap_or(id))
}

/// New processes of a log: time of day to the second, parent's image, image, command line.
fn creations(name: &str) -> Vec<[String; 4]> {
    let names = |event: &Json| match event_id(event).as_str() {
        "4688" => Some(["ParentProcessName", "NewProcessName"]),
        "1" => Some(["ParentImage", "Image"]),
        _ => None,
    };
    read(&example(name))
        .iter()
        .filter_map(|event| {
            let [parent, image] = names(event)?;
            let data = &event["EventData"];
            let time = text(&event["System"]["TimeCreated"]["#attributes"]["SystemTime"]);
            let line = text(&data["CommandLine"]);
            Some([time[11..19].to_owned(), text(&data[parent]), text(&data[image]), line])
        })
        .collect()
}

#[test]
fn example_logs_are_current() {
    let directory = tempfile::tempdir().unwrap();
    let paths = write_scene(directory.path()).unwrap();
    let names: Vec<_> = paths
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap())
        .collect();
    assert_eq!(names, FILES);
    let update = std::env::var_os("UPDATE_EXAMPLES").is_some();
    for (path, name) in paths.iter().zip(FILES) {
        let fresh = std::fs::read(path).unwrap();
        if update {
            std::fs::create_dir_all(examples()).unwrap();
            std::fs::write(example(name), &fresh).unwrap();
        }
        let kept = std::fs::read(example(name)).unwrap_or_default();
        assert!(
            kept == fresh,
            "{name} is not what the code writes: run `UPDATE_EXAMPLES=1 cargo test example_logs`"
        );
    }
}

#[test]
fn example_logs_hold_these_events() {
    #[track_caller]
    fn check(name: &str, want: &[(&str, usize)]) {
        let mut counts = BTreeMap::new();
        for event in read(&example(name)) {
            *counts.entry(event_id(&event)).or_insert(0) += 1;
        }
        let counts: Vec<(&str, usize)> = counts.iter().map(|(id, n)| (id.as_str(), *n)).collect();
        assert_eq!(counts, want, "{name}");
    }
    check("WKS-FIN-07_Security.evtx", &[]);
}

/// The image of the process behind each parent's id is the one that the event names.
#[test]
fn parents_are_processes_that_live() {
    for name in ["WKS-FIN-07_Security.evtx", "WKS-DEV-02_Security.evtx"] {
        let mut living: HashMap<String, String> = HashMap::new();
        let mut again = 0;
        let mut ids = std::collections::HashSet::new();
        for event in read(&example(name)) {
            let data = &event["EventData"];
            match event_id(&event).as_str() {
                "4688" => {
                    let parent = living.get(&text(&data["ProcessId"]));
                    let parent = parent.map_or("", String::as_str);
                    assert_eq!(parent, text(&data["ParentProcessName"]), "{name} {data}");
                    let id = text(&data["NewProcessId"]);
                    again += usize::from(!ids.insert(id.clone()));
                    let image = text(&data["NewProcessName"]);
                    assert_eq!(living.insert(id, image), None, "{name}: id in use");
                }
                "4689" => {
                    let ended = living.remove(&text(&data["ProcessId"]));
                    assert_eq!(ended, Some(text(&data["ProcessName"])), "{name}");
                }
                _ => {}
            }
        }
        assert!(again > 20, "{name}: {again} ids used again");
    }
}
