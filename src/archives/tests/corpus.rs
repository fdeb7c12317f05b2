//! The collections of the shared corpus give the very files that they were made of.

use std::path::{Path, PathBuf};

use super::{leaves, refusals};

fn corpus() -> Option<PathBuf> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    if corpus.is_dir() {
        return Some(corpus);
    }
    assert!(std::env::var_os("TRAILHOUND_REQUIRE_CORPUS").is_none(), "no corpus at {}", corpus.display());
    eprintln!("skipped: there is no corpus at {}", corpus.display());
    None
}

#[test]
fn collections_give_the_files_that_they_were_made_of() {
    let Some(corpus) = corpus() else { return };
    for (archive, others) in [("collected-hosts.zip", 2), ("collected-hosts.tar.gz", 0)] {
        let bytes = std::fs::read(corpus.join("archives").join(archive)).unwrap();
        let truth = std::fs::read(corpus.join("truth").join(format!("{archive}.members.json"))).unwrap();
        let truth: Vec<String> = serde_json::from_slice(&truth).unwrap();
        let (found, report) = leaves(archive, &bytes);
        let logs: Vec<_> = found.iter().filter(|leaf| leaf.1.starts_with(b"ElfFile")).collect();
        assert_eq!((logs.len(), found.len() - logs.len()), (truth.len(), others));
        for (log, origin) in logs.iter().zip(&truth) {
            let file_name = Path::new(origin).file_name().unwrap().to_str().unwrap();
            assert!(
                log.0.starts_with(&format!("{archive}!/")) && log.0.ends_with(&format!("/{file_name}")),
                "{}",
                log.0
            );
            assert!(!log.0.contains("!/./"));
            assert!(log.1 == std::fs::read(corpus.join(origin)).unwrap(), "{}", log.0);
        }
        assert_eq!(refusals(&report), []);
    }
}

#[test]
fn every_archive_of_the_corpus_is_read_whole() {
    let Some(corpus) = corpus() else { return };
    let mut archives = 0;
    for entry in std::fs::read_dir(corpus.join("archives")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let (found, report) = leaves(&name, &std::fs::read(&path).unwrap());
        assert!(!found.is_empty() && report.refused.iter().all(|refusal| !refusal.reason.loses_bytes()), "{name}");
        archives += 1;
    }
    assert_eq!(archives, 6);
}
