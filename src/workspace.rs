//! What a user named, opened: a SQL session in which `process` is those logs and lakes.

use std::collections::{BTreeSet, HashSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::catalog::TableProvider;
use thiserror::Error;

use crate::diagnostic::Diagnostic;
use crate::lake::{Lake, LakeError};
use crate::sources::{SourceError, Sources};
use crate::sql_engine::tables::{
    CombinedTable, EventLogFunction, EventLogTable, LakeFunction, LakeTable, ScanLog, ScanSettings,
};
use crate::sql_engine::{Session, Settings};

/// A session over the sources that were named.
#[derive(Debug)]
pub struct Workspace {
    /// The session.
    pub session: Session,
    /// What its scans of EVTX files read and could not read.
    pub log: Arc<ScanLog>,
    /// What was found under the names.
    pub contents: Contents,
    /// The files that are read, without links.
    files: HashSet<PathBuf>,
}

/// What was found under the names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// EVTX files.
    pub log_files: usize,
    /// Their size in bytes.
    pub log_bytes: u64,
    /// Files within folders that are no logs.
    pub passed_over: u64,
    /// Lakes.
    pub lakes: usize,
    /// The lakes' Parquet files.
    pub lake_files: usize,
    /// Their rows.
    pub lake_rows: u64,
    /// The earliest and the latest time in the lakes, in nanoseconds since 1970.
    pub lake_period: Option<(i64, i64)>,
    /// The hosts in the lakes; `None` where there are too many to be listed.
    pub lake_hosts: Option<BTreeSet<String>>,
}

/// Why a workspace cannot be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// A name leads to nothing.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A lake cannot be opened.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// The session cannot be made.
    #[error("{0}")]
    Session(Diagnostic),
    /// No source is there that could be read.
    #[error("there is no EVTX file and no lake in {0}")]
    Nothing(String),
}

impl Workspace {
    /// Opens lakes, and EVTX files, folders and patterns. What cannot be taken is noted in the workspace's log.
    ///
    /// # Errors
    /// Where a name leads to nothing, or to nothing that could be read.
    pub async fn open<S: AsRef<OsStr>>(
        names: &[S],
        settings: &Settings,
        scan: ScanSettings,
    ) -> Result<Self, OpenError> {
        let log = Arc::new(ScanLog::default());
        let mut contents = Contents { lake_hosts: Some(BTreeSet::new()), ..Contents::default() };
        let mut files = HashSet::new();
        let mut tables: Vec<Arc<dyn TableProvider>> = Vec::new();
        let (lakes, others): (Vec<&OsStr>, Vec<&OsStr>) =
            names.iter().map(AsRef::as_ref).partition(|name| Lake::is_lake(Path::new(name)));
        for name in lakes {
            let lake = LakeTable::open(Path::new(name))?;
            log.note_refused(lake.refused());
            contents.add_lake(&lake);
            files.extend(lake.paths().filter_map(|path| path.canonicalize().ok()));
            tables.push(Arc::new(lake));
        }
        let sources = Sources::find(&others)?;
        if tables.is_empty() && sources.files.is_empty() && sources.refused.is_empty() {
            let names: Vec<String> = names.iter().map(|name| format!("`{}`", Path::new(name).display())).collect();
            return Err(OpenError::Nothing(names.join(", ")));
        }
        files.extend(sources.files.iter().filter_map(|file| file.path.canonicalize().ok()));
        contents.log_files = sources.files.len();
        contents.log_bytes = sources.bytes();
        contents.passed_over = sources.passed_over;
        log.note_refused(&sources.refused);
        if tables.is_empty() || !sources.files.is_empty() {
            tables.push(Arc::new(EventLogTable::new(sources.files, scan, log.clone())));
        }
        let session = Session::new(settings).map_err(OpenError::Session)?;
        session.register_table_function("evtx", Arc::new(EventLogFunction::new(scan, log.clone())));
        session.register_table_function("lake", Arc::new(LakeFunction::new(log.clone())));
        session.register_process(CombinedTable::of(tables)).await.map_err(OpenError::Session)?;
        Ok(Self { session, log, contents, files })
    }

    /// Whether a path leads to a file that the session reads, by whatever name.
    pub fn reads(&self, path: &Path) -> bool {
        path.canonicalize().is_ok_and(|path| self.files.contains(&path))
    }
}

impl Contents {
    fn add_lake(&mut self, lake: &LakeTable) {
        self.lakes += 1;
        self.lake_files += lake.files().len();
        for file in lake.files() {
            self.lake_rows += file.rows;
            if let (Some(earliest), Some(latest)) = (file.earliest, file.latest) {
                let (from, to) = self.lake_period.unwrap_or((earliest, latest));
                self.lake_period = Some((from.min(earliest), to.max(latest)));
            }
            match (&mut self.lake_hosts, &file.hosts) {
                (Some(known), Some(hosts)) => known.extend(hosts.iter().cloned()),
                _ => self.lake_hosts = None,
            }
        }
    }
}
