//! The format `vertical`: every row as a list of its columns, nothing cut.
//!
//! It is the one for reading a single event, or a decoded script: a text of several lines keeps them, each behind the
//! bar, so that no value can pass for the next column.

use std::io::Write;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

use super::style;
use super::text_column::TextColumn;
use super::time_text::TimeStyle;
use super::visible_text::{columns_of, push_visible};
use super::{BatchWriter, Options, TextOutput, WriteError};

/// The dashes after a row's heading.
const HEADING_WIDTH: usize = 40;

pub(super) struct Vertical<'a> {
    /// The visible names, padded to one width.
    names: Vec<String>,
    rows: u64,
    color: bool,
    output: TextOutput<'a>,
}

impl<'a> Vertical<'a> {
    pub(super) fn new(schema: &SchemaRef, options: Options, out: &'a mut (dyn Write + Send)) -> Self {
        let mut names = Vec::with_capacity(schema.fields().len());
        for field in schema.fields() {
            let mut name = String::new();
            push_visible(field.name(), &mut name);
            names.push(name);
        }
        let width = names.iter().map(|name| columns_of(name)).max().unwrap_or(0);
        for name in &mut names {
            name.push_str(&" ".repeat(width - columns_of(name)));
        }
        Vertical { names, rows: 0, color: options.color, output: TextOutput::new(out) }
    }

    fn push_heading(&mut self) {
        self.rows += 1;
        let heading = format!("─[ row {} ]", self.rows);
        self.output.buffer.push_str(&heading);
        self.output.buffer.push_str(&"─".repeat(HEADING_WIDTH.saturating_sub(columns_of(&heading))));
        self.output.buffer.push('\n');
    }

    fn push_value(&mut self, name: usize, value: &str) {
        let continuation = " ".repeat(columns_of(&self.names[name]));
        for (index, line) in value.split('\n').enumerate() {
            let head = if index == 0 { &self.names[name] } else { &continuation };
            self.output.buffer.push_str(head);
            self.output.buffer.push_str(" │ ");
            push_visible(line.strip_suffix('\r').unwrap_or(line), &mut self.output.buffer);
            self.output.buffer.push('\n');
        }
    }

    fn push_null(&mut self, name: usize) {
        let (dim, plain) = if self.color { (style::DIM, style::PLAIN) } else { ("", "") };
        self.output.buffer.push_str(&format!("{} │ {dim}NULL{plain}\n", self.names[name]));
    }
}

impl BatchWriter for Vertical<'_> {
    fn begin(&mut self) -> Result<(), WriteError> {
        Ok(())
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), WriteError> {
        let mut columns = Vec::with_capacity(batch.num_columns());
        for column in batch.columns() {
            columns.push(TextColumn::new(column, TimeStyle::Human)?);
        }
        let mut cell = String::new();
        for row in 0..batch.num_rows() {
            self.push_heading();
            for (index, column) in columns.iter().enumerate() {
                if column.is_null(row) {
                    self.push_null(index);
                    continue;
                }
                cell.clear();
                column.push(row, &mut cell)?;
                self.push_value(index, &cell);
            }
            self.output.row_done()?;
        }
        Ok(self.output.flush()?)
    }

    fn finish(&mut self) -> Result<(), WriteError> {
        Ok(self.output.flush()?)
    }
}
