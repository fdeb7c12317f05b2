//! Several tables with the columns of `process` as one: logs and lakes side by side.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Result;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::union::UnionExec;

use crate::event_schema::process_schema;

/// The rows of all its tables.
#[derive(Debug)]
pub struct CombinedTable {
    tables: Vec<Arc<dyn TableProvider>>,
}

impl CombinedTable {
    /// One table of many; a single one stays what it is.
    pub fn of(mut tables: Vec<Arc<dyn TableProvider>>) -> Arc<dyn TableProvider> {
        match tables.pop() {
            Some(only) if tables.is_empty() => only,
            last => {
                tables.extend(last);
                Arc::new(Self { tables })
            }
        }
    }
}

#[async_trait]
impl TableProvider for CombinedTable {
    fn schema(&self) -> SchemaRef {
        process_schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let mut plans = Vec::with_capacity(self.tables.len());
        for table in &self.tables {
            plans.push(table.scan(state, projection, filters, limit).await?);
        }
        UnionExec::try_new(plans)
    }
}
