//! `process` straight from EVTX files, as a DataFusion table.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Result;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};

use super::event_log_scan::{EventLogPartition, ScanPlan, split};
use super::scan_filter::ScanFilter;
use super::scan_reports::ScanLog;
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
    log: Arc<ScanLog>,
}

impl EventLogTable {
    /// A table over those files, whose scans are noted in the log.
    pub fn new(files: Vec<SourceFile>, settings: ScanSettings, log: Arc<ScanLog>) -> Self {
        Self { files: files.into(), settings, log }
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
            reports: self.log.start_scan(),
        });
        let partitions: Vec<Arc<dyn PartitionStream>> = split(&self.files, state.config().target_partitions())
            .into_iter()
            .map(|parts| Arc::new(EventLogPartition::new(plan.clone(), parts)) as Arc<dyn PartitionStream>)
            .collect();
        Ok(Arc::new(StreamingTableExec::try_new(schema, partitions, None, None, false, limit)?))
    }
}
