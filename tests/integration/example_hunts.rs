//! Every hunt of `examples/hunts` on the example logs and on a lake of them, with the rows that it finds.
//!
//! `INSTA_UPDATE=always cargo test example_hunts` writes the rows; read them against the story in
//! `src/event_log_writer/scene/intrusion.rs` before they are committed.

use std::path::PathBuf;

use super::binary::{checkout, trailhound};

fn hunts() -> Vec<PathBuf> {
    let folder = checkout().join("examples/hunts");
    let mut hunts: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "sql"))
        .collect();
    hunts.sort();
    hunts
}

#[test]
fn example_hunts_find_these_rows() {
    let folder = tempfile::tempdir().unwrap();
    let lake = folder.path().join("lake");
    let lake = lake.to_str().unwrap();
    trailhound(&["convert", "examples/logs", "--to", lake, "-q"]).succeeded();
    let hunts = hunts();
    assert!(hunts.len() >= 7, "{hunts:?}");
    for hunt in hunts {
        let run = |source: &str| {
            trailhound(&["query", source, "--format", "csv", "--file", hunt.to_str().unwrap()]).succeeded()
        };
        let rows = run("examples/logs");
        assert!(rows.lines().count() > 1, "{} finds nothing", hunt.display());
        assert_eq!(run(lake), rows, "{}: the lake gives other rows than the logs", hunt.display());
        let name = hunt.file_stem().unwrap().to_string_lossy().into_owned();
        insta::assert_snapshot!(name, rows);
    }
}

#[test]
fn every_hunt_says_what_it_is_for() {
    for hunt in hunts() {
        let text = std::fs::read_to_string(&hunt).unwrap();
        assert!(text.starts_with("-- "), "{}: the first line is to say what it hunts", hunt.display());
        assert!(text.ends_with(";\n"), "{}: it is to end with a `;`", hunt.display());
    }
}
