//! The formats `json`, one array, and `ndjson`, one object a line. A NULL keeps its key.

use std::io::Write;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

use super::json_value::{JsonColumn, quoted};
use super::{BatchWriter, TextOutput, WriteError, unique_names};

pub(super) struct Json<'a> {
    is_array: bool,
    rows_before: bool,
    /// Each name as it stands in an object, `"host":`.
    keys: Vec<String>,
    output: TextOutput<'a>,
}

impl<'a> Json<'a> {
    pub(super) fn array(schema: &SchemaRef, out: &'a mut (dyn Write + Send)) -> Self {
        Self::new(true, schema, out)
    }

    pub(super) fn lines(schema: &SchemaRef, out: &'a mut (dyn Write + Send)) -> Self {
        Self::new(false, schema, out)
    }

    fn new(is_array: bool, schema: &SchemaRef, out: &'a mut (dyn Write + Send)) -> Self {
        let keys = unique_names(schema).iter().map(|name| format!("{}:", quoted(name))).collect();
        Json { is_array, rows_before: false, keys, output: TextOutput::new(out) }
    }

    fn push_row_start(&mut self) {
        self.output.buffer.push_str(match (self.is_array, self.rows_before) {
            (true, false) => "\n{",
            (true, true) => ",\n{",
            (false, _) => "{",
        });
        self.rows_before = true;
    }
}

impl BatchWriter for Json<'_> {
    fn begin(&mut self) -> Result<(), WriteError> {
        if self.is_array {
            self.output.buffer.push('[');
        }
        Ok(())
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), WriteError> {
        let mut columns = Vec::with_capacity(batch.num_columns());
        for column in batch.columns() {
            columns.push(JsonColumn::new(column)?);
        }
        for row in 0..batch.num_rows() {
            self.push_row_start();
            for (index, (key, cells)) in self.keys.iter().zip(&columns).enumerate() {
                if index > 0 {
                    self.output.buffer.push(',');
                }
                self.output.buffer.push_str(key);
                cells.push(row, &mut self.output.buffer)?;
            }
            self.output.buffer.push_str(if self.is_array { "}" } else { "}\n" });
            self.output.row_done()?;
        }
        Ok(self.output.flush()?)
    }

    fn finish(&mut self) -> Result<(), WriteError> {
        if self.is_array {
            self.output.buffer.push_str(if self.rows_before { "\n]\n" } else { "]\n" });
        }
        Ok(self.output.flush()?)
    }
}
