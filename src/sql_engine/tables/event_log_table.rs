//! `process` straight from EVTX files, as a DataFusion table.

use std::sync::{Arc, Mutex};

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Result;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};

use super::event_log_scan::{EventLogPartition, ScanPlan, split};
use super::scan_filter::ScanFilter;
use super::scan_reports::ScanReports;
use crate::event_log::ReadLimits;
use crate::event_schema::process_schema;
use crate::sources::SourceFile;

/// How files are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ScanSettings {
    /// What one chunk may cost.
    pub limits: ReadLimits,
}

/// EVTX files as the table `process`. Every scan reads the files anew.
#[derive(Debug)]
pub struct EventLogTable {
    files: Arc<[SourceFile]>,
    settings: ScanSettings,
    scans: Mutex<Vec<Arc<ScanReports>>>,
}

impl EventLogTable {
    /// A table over those files.
    pub fn new(files: Vec<SourceFile>, settings: ScanSettings) -> Self {
        Self { files: files.into(), settings, scans: Mutex::default() }
    }

    /// The reports of the scans since the last call, in the order in which they were planned.
    pub fn take_reports(&self) -> Vec<Arc<ScanReports>> {
        match self.scans.lock() {
            Ok(mut scans) => std::mem::take(&mut *scans),
            Err(poisoned) => std::mem::take(&mut *poisoned.into_inner()),
        }
    }

    fn new_reports(&self) -> Arc<ScanReports> {
        let reports = Arc::new(ScanReports::default());
        let mut scans = match self.scans.lock() {
            Ok(scans) => scans,
            Err(poisoned) => poisoned.into_inner(),
        };
        scans.push(reports.clone());
        reports
    }
}

#[async_trait]
impl TableProvider for EventLogTable {
    fn schema(&self) -> SchemaRef {
        process_schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(filters
            .iter()
            .map(|filter| {
                if ScanFilter::default().add(filter) {
                    TableProviderFilterPushDown::Exact
                } else {
                    TableProviderFilterPushDown::Unsupported
                }
            })
            .collect())
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let mut filter = ScanFilter::default();
        for condition in filters {
            filter.add(condition);
        }
        let schema = match projection {
            Some(columns) => Arc::new(process_schema().project(columns)?),
            None => process_schema(),
        };
        let plan = Arc::new(ScanPlan {
            files: self.files.clone(),
            projection: projection.cloned(),
            filter,
            settings: self.settings,
            schema: schema.clone(),
            reports: self.new_reports(),
        });
        let partitions: Vec<Arc<dyn PartitionStream>> = split(&self.files, state.config().target_partitions())
            .into_iter()
            .map(|parts| Arc::new(EventLogPartition::new(plan.clone(), parts)) as Arc<dyn PartitionStream>)
            .collect();
        Ok(Arc::new(StreamingTableExec::try_new(schema, partitions, None, None, false, limit)?))
    }
}
