//! What the scans of a run read and could not read, file by file.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use crate::event_log::ReadReport;
use crate::sources::RefusedSource;

/// The report of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileReport {
    /// The file's name, as the `source_file` column says it.
    pub name: String,
    /// What was read of it.
    pub report: ReadReport,
}

/// Collects the reports of one scan, whichever partition they come from.
#[derive(Debug, Default)]
pub struct ScanReports {
    files: Mutex<BTreeMap<usize, FileReport>>,
    bytes: AtomicU64,
    process_events: AtomicU64,
}

impl ScanReports {
    /// Adds what was read of a part of a file; `file` is its number in the scan.
    pub(super) fn add(&self, file: usize, name: &str, report: ReadReport) {
        let mut files = held(&self.files);
        let entry =
            files.entry(file).or_insert_with(|| FileReport { name: name.to_owned(), report: ReadReport::default() });
        entry.report.merge(report);
    }

    pub(super) fn progress(&self, bytes: u64, process_events: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.process_events.fetch_add(process_events, Ordering::Relaxed);
    }

    /// Bytes read so far.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Process creations found so far.
    pub fn process_events(&self) -> u64 {
        self.process_events.load(Ordering::Relaxed)
    }

    /// The files' reports in the order of the files.
    pub fn files(&self) -> Vec<FileReport> {
        held(&self.files).values().cloned().collect()
    }

    /// All files' counts together.
    pub fn total(&self) -> ReadReport {
        let mut total = ReadReport::default();
        for file in self.files() {
            total.merge(file.report);
        }
        total
    }
}

/// A panic of another thread does not make the counts wrong.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// What all EVTX tables of a session read and what they could not take, until somebody asks.
#[derive(Debug, Default)]
pub struct ScanLog {
    scans: Mutex<Vec<Arc<ScanReports>>>,
    refused: Mutex<Vec<RefusedSource>>,
}

impl ScanLog {
    /// Notes the sources of a table that could not be taken.
    pub(crate) fn note_refused(&self, refused: &[RefusedSource]) {
        held(&self.refused).extend(refused.iter().cloned());
    }

    pub(super) fn start_scan(&self) -> Arc<ScanReports> {
        let reports = Arc::new(ScanReports::default());
        held(&self.scans).push(reports.clone());
        reports
    }

    /// The scans since the last call, in the order in which they were planned.
    pub fn take_scans(&self) -> Vec<Arc<ScanReports>> {
        std::mem::take(&mut *held(&self.scans))
    }

    /// The sources since the last call that could not be taken.
    pub fn take_refused(&self) -> Vec<RefusedSource> {
        std::mem::take(&mut *held(&self.refused))
    }
}
