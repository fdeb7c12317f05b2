//! Every wrong query of `tests/bad_queries` and what is said about it, kept as snapshots.
//!
//! `INSTA_UPDATE=always cargo test bad_queries` accepts new messages; read them then.

use std::path::Path;

use crate::sql_engine::sample::{printed, small_session};

#[tokio::test]
async fn bad_queries_get_one_clear_message() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_queries");
    let session = small_session().await;
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 40, "{} files", files.len());
    for file in files {
        let sql = std::fs::read_to_string(&file).unwrap();
        let sql = sql.trim_end();
        let message = match printed(&session, sql).await {
            Ok(rows) => panic!("{} is no bad query:\n{rows}", file.display()),
            Err(diagnostic) => diagnostic.to_string(),
        };
        for internal in ["DataFusion", "planning:", "Utf8", "Int64", "Schema error", "datafusion.public", "backtrace"] {
            assert!(!message.contains(internal), "{}: {internal} in\n{message}", file.display());
        }
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name, message);
        });
    }
}
