//! `process` from the Parquet files of a lake, as a DataFusion table.

use std::path::Path;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::stats::Precision;
use datafusion::common::{ColumnStatistics, DataFusionError, Result, ScalarValue, Statistics};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::CachedParquetFileReaderFactory;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;

use super::scan_filter::ScanFilter;
use crate::event_schema::process_schema;
use crate::lake::{Lake, LakeError, LakeFile};
use crate::sources::RefusedSource;

/// A lake as the table `process`: the files that its manifest named when it was opened.
#[derive(Debug)]
pub struct LakeTable {
    root: std::path::PathBuf,
    files: Vec<LakeFile>,
    refused: Vec<RefusedSource>,
}

impl LakeTable {
    /// The lake in that folder, as it is now. Files that are gone or cut off are left out and told of.
    ///
    /// # Errors
    /// Where the folder is no lake or its manifest cannot be read.
    pub fn open(path: &Path) -> Result<Self, LakeError> {
        let lake = Lake::open(path)?;
        let (files, refused) = lake.check(&lake.manifest()?);
        // The object store wants paths from the root on, and no `..` in them.
        let root = lake.root().canonicalize().map_err(|error| LakeError::Io {
            act: "find",
            path: path.display().to_string(),
            error,
        })?;
        Ok(Self { root, files, refused })
    }

    /// Where the lake's files are.
    pub fn paths(&self) -> impl Iterator<Item = std::path::PathBuf> {
        self.files.iter().map(|file| self.root.join(&file.path))
    }

    /// The files of the manifest that cannot be read, with the reason.
    pub fn refused(&self) -> &[RefusedSource] {
        &self.refused
    }

    /// The lake's files.
    pub fn files(&self) -> &[LakeFile] {
        &self.files
    }

    fn partitioned_file(&self, file: &LakeFile) -> Result<PartitionedFile> {
        let path = object_store::path::Path::from_absolute_path(self.root.join(&file.path))
            .map_err(|error| DataFusionError::External(Box::new(error)))?;
        let mut partitioned = PartitionedFile::new("", file.bytes).with_statistics(Arc::new(statistics(file)));
        // Given to `new`, characters such as `#` and `ü` would be escaped once more.
        partitioned.object_meta.location = path;
        Ok(partitioned)
    }
}

/// What is known of a file without opening it.
fn statistics(file: &LakeFile) -> Statistics {
    let schema = process_schema();
    let mut columns = vec![ColumnStatistics::new_unknown(); schema.fields().len()];
    if let (Ok(time), Some(earliest), Some(latest)) = (schema.index_of("time"), file.earliest, file.latest) {
        let at = |nanoseconds| ScalarValue::TimestampNanosecond(Some(nanoseconds), Some("UTC".into()));
        columns[time].min_value = Precision::Exact(at(earliest));
        columns[time].max_value = Precision::Exact(at(latest));
        columns[time].null_count = Precision::Exact(0);
    }
    Statistics {
        num_rows: Precision::Exact(usize::try_from(file.rows).unwrap_or(usize::MAX)),
        total_byte_size: Precision::Absent,
        column_statistics: columns,
    }
}

/// Deals the files out in their order, about the same number of bytes to each group.
fn groups(files: Vec<PartitionedFile>, count: usize) -> Vec<FileGroup> {
    let total: u64 = files.iter().map(|file| file.object_meta.size).sum();
    let share = total.div_ceil(count.max(1) as u64).max(1);
    let mut groups: Vec<Vec<PartitionedFile>> = vec![Vec::new()];
    let mut taken = 0;
    for file in files {
        if taken >= share && groups.len() < count {
            groups.push(Vec::new());
            taken = 0;
        }
        taken += file.object_meta.size;
        if let Some(group) = groups.last_mut() {
            group.push(file);
        }
    }
    groups.into_iter().map(FileGroup::new).collect()
}

#[async_trait]
impl TableProvider for LakeTable {
    fn schema(&self) -> SchemaRef {
        process_schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    // Parquet's statistics leave out what cannot match; the rows are filtered above the scan.
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
        let mut filter = ScanFilter::default();
        for condition in filters {
            filter.add(condition);
        }
        let files: Vec<PartitionedFile> = self
            .files
            .iter()
            .filter(|file| filter.may_pass(file))
            .map(|file| self.partitioned_file(file))
            .collect::<Result<_>>()?;
        if files.is_empty() {
            let schema = match projection {
                Some(columns) => Arc::new(process_schema().project(columns)?),
                None => process_schema(),
            };
            return Ok(Arc::new(EmptyExec::new(schema)));
        }
        let url = ObjectStoreUrl::local_filesystem();
        let store = state.runtime_env().object_store(&url)?;
        let footers = state.runtime_env().cache_manager.get_file_metadata_cache();
        let source = ParquetSource::new(process_schema())
            .with_table_parquet_options(state.table_options().parquet.clone())
            .with_parquet_file_reader_factory(Arc::new(CachedParquetFileReaderFactory::new(store, footers)));
        let all = files.iter().filter_map(|file| file.statistics.clone());
        let schema = process_schema();
        let summed = Statistics::try_merge_iter(all.collect::<Vec<_>>().iter().map(AsRef::as_ref), &schema)?;
        let config = FileScanConfigBuilder::new(url, Arc::new(source))
            .with_file_groups(groups(files, state.config().target_partitions()))
            .with_statistics(summed)
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        Ok(DataSourceExec::from_data_source(config))
    }
}
