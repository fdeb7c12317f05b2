//! The format `parquet`: zstd, row groups of bounded size, types as Arrow has them.

use std::io::Write;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, IntervalUnit, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::{BatchWriter, WriteError, unique_names};

/// A row group is closed at so many rows or bytes, which bounds what is kept in memory.
const ROW_GROUP_ROWS: usize = 256 * 1024;
const ROW_GROUP_BYTES: usize = 64 * 1024 * 1024;

pub(super) struct ParquetFile<'a> {
    schema: SchemaRef,
    writer: ArrowWriter<&'a mut (dyn Write + Send)>,
}

impl<'a> ParquetFile<'a> {
    pub(super) fn new(schema: &SchemaRef, out: &'a mut (dyn Write + Send)) -> Result<Self, WriteError> {
        let fields: Vec<Field> =
            schema.fields().iter().zip(unique_names(schema)).map(|(field, name)| file_field(field, name)).collect();
        let schema = Arc::new(Schema::new(fields));
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
            .set_max_row_group_bytes(Some(ROW_GROUP_BYTES))
            .build();
        let writer = ArrowWriter::try_new(out, schema.clone(), Some(properties))?;
        Ok(ParquetFile { schema, writer })
    }
}

/// The field as the file has it: under a name of its own, and an interval, which Parquet cannot hold to the
/// nanosecond, as text.
fn file_field(field: &Field, name: String) -> Field {
    let data_type = match field.data_type() {
        DataType::Interval(IntervalUnit::MonthDayNano) => DataType::Utf8,
        other => other.clone(),
    };
    Field::new(name, data_type, true)
}

impl BatchWriter for ParquetFile<'_> {
    fn begin(&mut self) -> Result<(), WriteError> {
        Ok(())
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), WriteError> {
        let mut columns = Vec::with_capacity(batch.num_columns());
        for (column, field) in batch.columns().iter().zip(self.schema.fields()) {
            columns.push(cast(column, field.data_type())?);
        }
        Ok(self.writer.write(&RecordBatch::try_new(self.schema.clone(), columns)?)?)
    }

    fn finish(&mut self) -> Result<(), WriteError> {
        self.writer.finish()?;
        Ok(())
    }
}
