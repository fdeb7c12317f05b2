//! A module uses only modules of lower layers.

use std::path::Path;

/// The layers of `ARCHITECTURE.md`; modules of one layer do not use each other unless the second column says so.
const LAYERS: &[(&str, u8)] = &[
    ("diagnostic", 0),
    ("event_log", 0),
    ("archives", 1),
    ("event_log_writer", 1),
    ("json_events", 1),
    ("event_schema", 2),
    ("sources", 2),
    ("lake", 3),
    ("sql_engine", 4),
    ("conversion", 5),
    ("workspace", 5),
    ("output", 6),
    ("repl", 7),
    ("cli", 8),
];

fn layer(module: &str) -> Option<u8> {
    LAYERS.iter().find(|(name, _)| *name == module).map(|(_, layer)| *layer)
}

#[test]
fn modules_use_only_lower_layers() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut modules = 0;
    for entry in walkdir::WalkDir::new(&source).into_iter().map(Result::unwrap) {
        if entry.path().extension().is_none_or(|end| end != "rs") {
            continue;
        }
        let relative = entry.path().strip_prefix(&source).unwrap();
        let module =
            relative.components().next().unwrap().as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned();
        if module == "lib" || module == "main" {
            continue;
        }
        modules += 1;
        let own = layer(&module).unwrap_or_else(|| panic!("{module} has no layer"));
        let text = std::fs::read_to_string(entry.path()).unwrap();
        for piece in text.split("crate::").skip(1) {
            let used: String = piece.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if let Some(layer) = layer(&used)
                && used != module
                && layer >= own
            {
                wrong.push(format!("{}: {module} must not use {used}", relative.display()));
            }
        }
    }
    assert!(modules > 20);
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
