//! `evtx('path')` and `lake('path')`: logs and lakes named within a query.

use std::path::Path;
use std::sync::Arc;

use datafusion::catalog::{TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::{DataFusionError, Result, plan_datafusion_err, plan_err};
use datafusion::logical_expr::Expr;

use super::event_log_table::{EventLogTable, ScanSettings};
use super::lake_table::LakeTable;
use super::scan_reports::ScanLog;
use crate::lake::Lake;
use crate::sources::Sources;

/// `evtx('path', …)`: the process events of EVTX files, folders or patterns.
#[derive(Debug)]
pub struct EventLogFunction {
    settings: ScanSettings,
    log: Arc<ScanLog>,
}

impl EventLogFunction {
    /// The function; its scans are noted in the log.
    pub fn new(settings: ScanSettings, log: Arc<ScanLog>) -> Self {
        Self { settings, log }
    }
}

impl TableFunctionImpl for EventLogFunction {
    fn call_with_args(&self, arguments: TableFunctionArgs<'_, '_>) -> Result<Arc<dyn TableProvider>> {
        let paths = texts("evtx", arguments.exprs())?;
        let sources = Sources::find(&paths).map_err(|error| DataFusionError::External(Box::new(error)))?;
        if sources.files.is_empty() && sources.refused.is_empty() {
            return Err(nothing_in(&paths));
        }
        self.log.note_refused(&sources.refused);
        Ok(Arc::new(EventLogTable::new(sources.files, self.settings, self.log.clone())))
    }
}

/// A folder without logs would look like logs without hits.
fn nothing_in(paths: &[String]) -> DataFusionError {
    if let Some(path) = paths.iter().find(|path| Lake::is_lake(Path::new(path))) {
        return plan_datafusion_err!("`{path}` is a lake and holds no EVTX file: its rows are those of lake('…')");
    }
    let paths: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
    plan_datafusion_err!("there is no EVTX file in {}", paths.join(", "))
}

/// `lake('path')`: the rows of a lake.
#[derive(Debug)]
pub struct LakeFunction {
    log: Arc<ScanLog>,
}

impl LakeFunction {
    /// The function; files that a lake lacks are noted in the log.
    pub fn new(log: Arc<ScanLog>) -> Self {
        Self { log }
    }
}

impl TableFunctionImpl for LakeFunction {
    fn call_with_args(&self, arguments: TableFunctionArgs<'_, '_>) -> Result<Arc<dyn TableProvider>> {
        let paths = texts("lake", arguments.exprs())?;
        let [path] = paths.as_slice() else {
            return plan_err!("'lake(path)' takes one path, got {}", paths.len());
        };
        let table = LakeTable::open(Path::new(path)).map_err(|error| DataFusionError::External(Box::new(error)))?;
        self.log.note_refused(table.refused());
        Ok(Arc::new(table))
    }
}

fn texts(function: &str, arguments: &[Expr]) -> Result<Vec<String>> {
    if arguments.is_empty() {
        return plan_err!("'{function}(path)' needs a path, in quotes");
    }
    let text = |argument: &Expr| match argument {
        Expr::Literal(value, _) => value.try_as_str().flatten().map(str::to_owned),
        _ => None,
    };
    match arguments.iter().map(text).collect() {
        Some(texts) => Ok(texts),
        None => plan_err!("'{function}(path)' takes its path as a text in quotes"),
    }
}
