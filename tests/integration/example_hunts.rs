//! Every hunt of `examples/hunts` on the example logs, with the rows that it finds.

use std::path::{Path, PathBuf};
use std::process::Command;

fn hunts() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/hunts");
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
    let hunts = hunts();
    assert!(hunts.len() >= 7, "{hunts:?}");
    for hunt in hunts {
        let output = Command::new(env!("CARGO_BIN_EXE_trailhound"))
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args(["query", "examples/logs", "--format", "csv", "--file"])
            .arg(&hunt)
            .output()
            .unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && complaint.is_empty(), "{}: {complaint}", hunt.display());
        let name = hunt.file_stem().unwrap().to_string_lossy().into_owned();
        insta::assert_snapshot!(name, String::from_utf8(output.stdout).unwrap());
    }
}
