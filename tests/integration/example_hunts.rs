//! Every hunt under examples/hunts finds on the example logs what the scene put there, and the same on a lake of them.
//!
//! The rows are snapshots, `INSTA_UPDATE=always cargo test example_hunts` writes them; read them against the story in
//! `src/event_log_writer/scene/intrusion.rs` before they are committed.

use std::path::PathBuf;

use super::binary::{checkout, trailhound};

fn hunts() -> Vec<PathBuf> {
    let folder = checkout().join("examples/hunts");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn every_hunt_finds_its_rows_in_logs_and_in_a_lake() {
    let folder = tempfile::tempdir().unwrap();
    let lake = folder.path().join("lake");
    let lake = lake.to_str().unwrap();
    trailhound(&["convert", "examples/logs", "--to", lake, "-q"]).succeeded();
    let hunts = hunts();
    assert!(hunts.len() >= 7);
    for file in hunts {
        let run =
            |source: &str| trailhound(&["query", source, "-f", file.to_str().unwrap(), "--format", "csv"]).succeeded();
        let rows = run("examples/logs");
        assert!(rows.lines().count() > 1, "{} finds nothing", file.display());
        assert_eq!(run(lake), rows, "{}: the lake gives other rows than the logs", file.display());
        let name = file.file_stem().unwrap().to_str().unwrap();
        insta::assert_snapshot!(format!("hunt_{name}"), rows);
    }
}

#[test]
fn every_hunt_says_what_it_is_for() {
    for file in hunts() {
        assert!(file.extension().is_some_and(|end| end == "sql"), "{}", file.display());
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("-- "), "{}: the first line is to say what it hunts", file.display());
        assert!(text.ends_with(";\n"), "{}: it is to end with a `;`", file.display());
    }
}
