//! The format `table`: a box for the eye.
//!
//! The widths are settled on the first [`SAMPLE_ROWS`] rows (or [`SAMPLE_BYTES`] of text), which are held back; all
//! later rows are written under the same widths, so a result of any size needs the same memory. With a width to keep
//! to, longer texts are cut, which a `…` shows, and columns that have no room at all are counted below the table.
//! Numbers and times are never cut, and without a width nothing is: a later cell that is longer than its column pushes
//! its border to the right.

use std::io::Write;

use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};

use super::style;
use super::table_layout::{Demand, Layout, lay_out};
use super::text_column::{TextColumn, is_number, is_rigid};
use super::time_text::TimeStyle;
use super::visible_text::{columns_of, push_cut, push_visible, push_visible_prefix};
use super::{BatchWriter, Options, TextOutput, WriteError};

/// So many rows are looked at for the widths.
const SAMPLE_ROWS: usize = 1_000;

/// So much text is held back at most.
const SAMPLE_BYTES: usize = 16 * 1024 * 1024;

/// A column of numbers has at least this width where more rows follow the sample, as a counter may grow.
const WIDTH_OF_NUMBERS: usize = 10;

/// A column of text is rather left out than made narrower.
const LEAST_TEXT_WIDTH: usize = 8;

/// How NULL is shown. An empty text is an empty cell.
const NULL: &str = "NULL";

pub(super) struct Table<'a> {
    columns: Vec<Column>,
    options: Options,
    /// The rows held back until the widths are known.
    sample: Vec<Vec<Cell>>,
    sample_bytes: usize,
    layout: Option<Layout>,
    output: TextOutput<'a>,
}

struct Column {
    name: String,
    is_rigid: bool,
    is_number: bool,
}

struct Cell {
    text: String,
    is_null: bool,
}

impl<'a> Table<'a> {
    pub(super) fn new(schema: &SchemaRef, options: Options, out: &'a mut (dyn Write + Send)) -> Self {
        let output = TextOutput::new(out);
        Table { columns: columns_of_schema(schema), options, sample: Vec::new(), sample_bytes: 0, layout: None, output }
    }

    /// The row as visible text, not much longer than could be shown.
    fn cells(&self, columns: &[TextColumn<'_>], row: usize) -> Result<Vec<Cell>, WriteError> {
        let limit = self.options.width.unwrap_or(usize::MAX);
        let shown = self.layout.as_ref().map_or(columns.len(), |layout| layout.widths.len());
        let mut cells = Vec::with_capacity(shown);
        let mut value = String::new();
        for column in &columns[..shown.min(columns.len())] {
            let mut text = String::new();
            let is_null = column.is_null(row);
            if is_null {
                text.push_str(NULL);
            } else if let Some(borrowed) = column.text(row) {
                push_visible_prefix(borrowed, limit, &mut text);
            } else {
                value.clear();
                column.push(row, &mut value)?;
                push_visible_prefix(&value, limit, &mut text);
            }
            cells.push(Cell { text, is_null });
        }
        Ok(cells)
    }

    /// Settles the widths and writes the head and the rows that were held back.
    fn open(&mut self) -> Result<(), WriteError> {
        let demands: Vec<Demand> =
            self.columns.iter().enumerate().map(|(index, column)| self.demand(index, column)).collect();
        let layout = lay_out(&demands, self.options.width);
        self.push_rule(&layout, ['┌', '┬', '┐']);
        self.push_head(&layout);
        self.push_rule(&layout, ['├', '┼', '┤']);
        for cells in std::mem::take(&mut self.sample) {
            self.push_row(&layout, &cells);
            self.output.row_done()?;
        }
        self.layout = Some(layout);
        Ok(())
    }

    fn demand(&self, index: usize, column: &Column) -> Demand {
        let cells = self.sample.iter().map(|row| columns_of(&row[index].text)).max().unwrap_or(0);
        let head = columns_of(&column.name);
        let is_full = self.sample.len() >= SAMPLE_ROWS;
        let cells = if is_full && column.is_number { cells.max(WIDTH_OF_NUMBERS) } else { cells };
        let natural = cells.max(head).max(1);
        let minimum = if column.is_rigid { cells.max(head.min(LEAST_TEXT_WIDTH)) } else { LEAST_TEXT_WIDTH };
        Demand { natural, minimum: minimum.min(natural) }
    }

    fn push_rule(&mut self, layout: &Layout, [left, middle, right]: [char; 3]) {
        let buffer = &mut self.output.buffer;
        let hidden = layout.hides_columns.then_some(1);
        for (index, width) in layout.widths.iter().copied().chain(hidden).enumerate() {
            buffer.push(if index == 0 { left } else { middle });
            buffer.push_str(&"─".repeat(width + 2));
        }
        buffer.push(right);
        buffer.push('\n');
    }

    fn push_head(&mut self, layout: &Layout) {
        let (bold, plain) = self.styles(style::BOLD);
        for (width, column) in layout.widths.iter().zip(&self.columns) {
            push_padded(&column.name, *width, column.is_number, [bold, plain], &mut self.output.buffer);
        }
        self.push_row_end(layout);
    }

    fn push_row(&mut self, layout: &Layout, cells: &[Cell]) {
        let (dim, plain) = self.styles(style::DIM);
        for ((width, column), cell) in layout.widths.iter().zip(&self.columns).zip(cells) {
            let around = if cell.is_null { [dim, plain] } else { ["", ""] };
            let is_cut = self.options.width.is_some() && !column.is_rigid;
            let width = if is_cut { *width } else { (*width).max(columns_of(&cell.text)) };
            push_padded(&cell.text, width, column.is_number, around, &mut self.output.buffer);
        }
        self.push_row_end(layout);
    }

    fn push_row_end(&mut self, layout: &Layout) {
        self.output.buffer.push_str(if layout.hides_columns { "│ … │\n" } else { "│\n" });
    }

    fn styles(&self, style: &'static str) -> (&'static str, &'static str) {
        if self.options.color { (style, style::PLAIN) } else { ("", "") }
    }
}

fn columns_of_schema(schema: &Schema) -> Vec<Column> {
    let column = |field: &std::sync::Arc<arrow::datatypes::Field>| {
        let mut name = String::new();
        push_visible(field.name(), &mut name);
        Column { name, is_rigid: is_rigid(field.data_type()), is_number: is_number(field.data_type()) }
    };
    schema.fields().iter().map(column).collect()
}

/// Appends `│ text ` with the text in `width` columns, between the two marks of its style.
fn push_padded(text: &str, width: usize, to_the_right: bool, [before, after]: [&str; 2], out: &mut String) {
    let mut fitted = String::with_capacity(width);
    let used = push_cut(text, width, &mut fitted);
    let padding = " ".repeat(width - used.min(width));
    out.push_str("│ ");
    if to_the_right {
        out.push_str(&padding);
    }
    out.push_str(before);
    out.push_str(&fitted);
    out.push_str(after);
    if !to_the_right {
        out.push_str(&padding);
    }
    out.push(' ');
}

impl BatchWriter for Table<'_> {
    fn begin(&mut self) -> Result<(), WriteError> {
        Ok(())
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), WriteError> {
        let mut columns = Vec::with_capacity(batch.num_columns());
        for column in batch.columns() {
            columns.push(TextColumn::new(column, TimeStyle::Human)?);
        }
        for row in 0..batch.num_rows() {
            let cells = self.cells(&columns, row)?;
            match self.layout.take() {
                Some(layout) => {
                    self.push_row(&layout, &cells);
                    self.layout = Some(layout);
                    self.output.row_done()?;
                }
                None => {
                    self.sample_bytes += cells.iter().map(|cell| cell.text.len()).sum::<usize>();
                    self.sample.push(cells);
                    if self.sample.len() >= SAMPLE_ROWS || self.sample_bytes >= SAMPLE_BYTES {
                        self.open()?;
                    }
                }
            }
        }
        if self.layout.is_some() { Ok(self.output.flush()?) } else { Ok(()) }
    }

    fn finish(&mut self) -> Result<(), WriteError> {
        if self.layout.is_none() {
            self.open()?;
        }
        if let Some(layout) = self.layout.take() {
            self.push_rule(&layout, ['└', '┴', '┘']);
            if layout.hides_columns {
                let (shown, all) = (layout.widths.len(), self.columns.len());
                let width = self.options.width.unwrap_or(0);
                self.output.buffer.push_str(&format!("{shown} of {all} columns fit into a width of {width}\n"));
            }
            self.layout = Some(layout);
        }
        Ok(self.output.flush()?)
    }
}
