//! The format `markdown`: a table as GitHub draws it, its columns not padded, so that it can be written row by row.
//!
//! A cell is shown as it is: nothing in it can become a link, an image, markup or a further column. A line's end
//! becomes `<br>`; an empty text is an empty cell, NULL is `NULL`.

use std::io::Write;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

use super::text_column::{TextColumn, is_number};
use super::time_text::TimeStyle;
use super::visible_text::push_visible;
use super::{BatchWriter, TextOutput, WriteError};

pub(super) struct Markdown<'a> {
    schema: SchemaRef,
    output: TextOutput<'a>,
}

impl<'a> Markdown<'a> {
    pub(super) fn new(schema: &SchemaRef, out: &'a mut (dyn Write + Send)) -> Self {
        Markdown { schema: schema.clone(), output: TextOutput::new(out) }
    }
}

impl BatchWriter for Markdown<'_> {
    fn begin(&mut self) -> Result<(), WriteError> {
        let buffer = &mut self.output.buffer;
        for field in self.schema.fields() {
            buffer.push_str("| ");
            push_cell(field.name(), buffer);
            buffer.push(' ');
        }
        buffer.push_str("|\n");
        for field in self.schema.fields() {
            buffer.push_str(if is_number(field.data_type()) { "| ---: " } else { "| --- " });
        }
        buffer.push_str("|\n");
        Ok(())
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), WriteError> {
        let mut columns = Vec::with_capacity(batch.num_columns());
        for column in batch.columns() {
            columns.push(TextColumn::new(column, TimeStyle::Human)?);
        }
        let mut cell = String::new();
        for row in 0..batch.num_rows() {
            for column in &columns {
                self.output.buffer.push_str("| ");
                if column.is_null(row) {
                    self.output.buffer.push_str("NULL");
                } else {
                    cell.clear();
                    column.push(row, &mut cell)?;
                    push_cell(&cell, &mut self.output.buffer);
                }
                self.output.buffer.push(' ');
            }
            self.output.buffer.push_str("|\n");
            self.output.row_done()?;
        }
        Ok(self.output.flush()?)
    }

    fn finish(&mut self) -> Result<(), WriteError> {
        Ok(self.output.flush()?)
    }
}

fn push_cell(cell: &str, out: &mut String) {
    let mut visible = String::with_capacity(cell.len());
    for (index, line) in cell.split('\n').enumerate() {
        if index > 0 {
            // A mark that cannot be in a cell's own text, where it would be written out.
            visible.push('\n');
        }
        push_visible(line.strip_suffix('\r').unwrap_or(line), &mut visible);
    }
    let mut rest = visible.as_str();
    while let Some(character) = rest.chars().next() {
        match character {
            '\n' => out.push_str("<br>"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '|' | '~' | '$' => {
                out.push('\\');
                out.push(character);
            }
            // GitHub makes links of bare addresses; an escaped colon keeps it from it.
            ':' if rest.starts_with("://") => out.push_str("\\:"),
            other => out.push(other),
        }
        rest = &rest[character.len_utf8()..];
    }
}
