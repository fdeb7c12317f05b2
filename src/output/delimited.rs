//! The formats `csv` and `tsv`.
//!
//! `csv` is quoted as RFC 4180 says: a field with a comma, a quote or a line's end stands in quotes, a quote inside is
//! doubled. Lines end in `\n`, which the tools of a shell expect. NULL is an empty field; an empty text is `""`.
//!
//! `tsv` escapes instead of quoting: `\t`, `\n`, `\r` and `\\` stand for those characters and `\N` for NULL, as in
//! PostgreSQL's COPY, so that every line is one row and every tab ends a field.

use std::io::Write;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, SchemaRef};

use super::text_column::TextColumn;
use super::time_text::TimeStyle;
use super::visible_text::push_visible;
use super::{BatchWriter, Options, TextOutput, WriteError};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Csv,
    Tsv,
}

pub(super) struct Delimited<'a> {
    dialect: Dialect,
    options: Options,
    schema: SchemaRef,
    output: TextOutput<'a>,
    /// One cell at a time, kept for its room.
    cell: String,
}

impl<'a> Delimited<'a> {
    pub(super) fn csv(schema: &SchemaRef, options: Options, out: &'a mut (dyn Write + Send)) -> Self {
        Self::new(Dialect::Csv, schema, options, out)
    }

    pub(super) fn tsv(schema: &SchemaRef, options: Options, out: &'a mut (dyn Write + Send)) -> Self {
        Self::new(Dialect::Tsv, schema, options, out)
    }

    fn new(dialect: Dialect, schema: &SchemaRef, options: Options, out: &'a mut (dyn Write + Send)) -> Self {
        let output = TextOutput::new(out);
        Delimited { dialect, options, schema: schema.clone(), output, cell: String::new() }
    }

    /// Appends `self.cell` as one field.
    fn push_cell(&mut self, is_text: bool) {
        if self.options.terminal {
            let mut visible = String::with_capacity(self.cell.len());
            push_visible(&self.cell, &mut visible);
            self.cell = visible;
        }
        // A number cannot be a formula, and `-5` must stay one.
        let defused = self.options.spreadsheet_safe && is_text && starts_a_formula(&self.cell);
        match self.dialect {
            Dialect::Csv => push_csv(&self.cell, defused, &mut self.output.buffer),
            Dialect::Tsv => push_tsv(&self.cell, defused, &mut self.output.buffer),
        }
    }

    fn push_separator(&mut self, column: usize) {
        if column > 0 {
            self.output.buffer.push(if self.dialect == Dialect::Csv { ',' } else { '\t' });
        }
    }
}

impl BatchWriter for Delimited<'_> {
    fn begin(&mut self) -> Result<(), WriteError> {
        let schema = self.schema.clone();
        for (column, field) in schema.fields().iter().enumerate() {
            self.push_separator(column);
            self.cell.clear();
            self.cell.push_str(field.name());
            self.push_cell(true);
        }
        self.output.buffer.push('\n');
        Ok(())
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), WriteError> {
        let mut columns = Vec::with_capacity(batch.num_columns());
        for column in batch.columns() {
            columns.push((TextColumn::new(column, TimeStyle::Iso)?, may_hold_text(column.data_type())));
        }
        for row in 0..batch.num_rows() {
            for (column, (cells, is_text)) in columns.iter().enumerate() {
                self.push_separator(column);
                if cells.is_null(row) {
                    self.output.buffer.push_str(if self.dialect == Dialect::Csv { "" } else { "\\N" });
                    continue;
                }
                self.cell.clear();
                cells.push(row, &mut self.cell)?;
                self.push_cell(*is_text);
            }
            self.output.buffer.push('\n');
            self.output.row_done()?;
        }
        Ok(self.output.flush()?)
    }

    fn finish(&mut self) -> Result<(), WriteError> {
        Ok(self.output.flush()?)
    }
}

fn may_hold_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => may_hold_text(values),
        other => !other.is_numeric(),
    }
}

/// What a spreadsheet takes for a formula, or for blanks before one.
fn starts_a_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n'])
}

fn push_csv(cell: &str, defused: bool, out: &mut String) {
    let quoted = cell.is_empty() || cell.contains([',', '"', '\n', '\r']);
    if quoted {
        out.push('"');
    }
    if defused {
        out.push('\'');
    }
    for (index, part) in cell.split('"').enumerate() {
        if index > 0 {
            out.push_str("\"\"");
        }
        out.push_str(part);
    }
    if quoted {
        out.push('"');
    }
}

fn push_tsv(cell: &str, defused: bool, out: &mut String) {
    if defused {
        out.push('\'');
    }
    for character in cell.chars() {
        match character {
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\\' => out.push_str("\\\\"),
            other => out.push(other),
        }
    }
}
