//! What could not be read, file by file, for standard error.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;
use std::sync::Arc;

use super::quantity::counted;
use crate::event_log::ReadReport;
use crate::sources::RefusedSource;
use crate::sql_engine::tables::{FileReport, ScanLog, ScanReports};

/// So many files are listed one by one.
const LISTED_FILES: usize = 50;
/// So many damaged places of a file are listed one by one.
const LISTED_PLACES: usize = 5;

/// Collects what was lost over a run, in which the same file may be read many times.
#[derive(Debug, Default)]
pub(super) struct LossReport {
    refused: BTreeMap<String, RefusedSource>,
    files: BTreeMap<String, ReadReport>,
    /// What was said already.
    told: HashSet<String>,
}

impl LossReport {
    /// Takes what a log has seen since the last call.
    pub(super) fn take(&mut self, log: &ScanLog) {
        self.add_refused(log.take_refused());
        self.add_scans(&log.take_scans());
    }

    pub(super) fn add_refused(&mut self, refused: impl IntoIterator<Item = RefusedSource>) {
        for source in refused {
            self.refused.insert(source.name.clone(), source);
        }
    }

    fn add_scans(&mut self, scans: &[Arc<ScanReports>]) {
        self.add_files(scans.iter().flat_map(|scan| scan.files()));
    }

    /// Of several readings of a file the one counts that came furthest.
    pub(super) fn add_files(&mut self, files: impl IntoIterator<Item = FileReport>) {
        for file in files {
            let known = self.files.entry(file.name).or_default();
            if file.report.bytes >= known.bytes {
                *known = file.report;
            }
        }
    }

    /// Whether events may be missing.
    pub(super) fn lost_events(&self) -> bool {
        !self.refused.is_empty() || self.files.values().any(ReadReport::lost_events)
    }

    /// What is to be said that was not said before.
    pub(super) fn news(&mut self) -> Option<String> {
        let entries: Vec<String> = self.entries().into_iter().filter(|entry| !self.told.contains(entry)).collect();
        if entries.is_empty() {
            return None;
        }
        let mut text: String = entries.iter().take(LISTED_FILES).map(String::as_str).collect();
        if entries.len() > LISTED_FILES {
            let more = counted((entries.len() - LISTED_FILES) as u64, "more file", "more files");
            let _ = writeln!(text, "warning: {more} with damage");
        }
        self.told.extend(entries);
        Some(text)
    }

    fn entries(&self) -> Vec<String> {
        let refused = self.refused.values().map(|source| {
            format!("warning: {} {}: {}\n", source.name, source.damage.kind.words(), source.damage.detail)
        });
        let files = self.files.iter().filter(|(_, report)| !report.is_clean() || report.times_out_of_range > 0);
        refused.chain(files.map(|(name, report)| file_entry(name, report))).collect()
    }
}

fn file_entry(name: &str, report: &ReadReport) -> String {
    let mut counts: Vec<String> = report
        .damage_counts
        .iter()
        .map(|(kind, count)| if *count == 1 { kind.words().to_owned() } else { format!("{count} × {}", kind.words()) })
        .collect();
    if report.times_out_of_range > 0 {
        let rows = counted(report.times_out_of_range, "row", "rows");
        counts.push(format!("{rows} with a time outside the years 1677 to 2262, which is NULL"));
    }
    let mut text = format!("warning: {name}: {}\n", counts.join("; "));
    for damage in report.damages.iter().take(LISTED_PLACES) {
        let _ = writeln!(text, "  {damage}");
    }
    if report.damages.len() > LISTED_PLACES {
        text.push_str("  …\n");
    }
    text
}
