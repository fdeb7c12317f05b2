//! Query results as text for people, as text for programs, and as Parquet.
//!
//! [`write_answer`] takes the stream of batches of a query and writes it in one of the [`Format`]s. What it keeps in
//! memory does not grow with the result: every format writes batch by batch, and `table`, which must know its widths
//! first, settles them on its first thousand rows.

mod delimited;
mod destination;
mod format;
mod json;
mod json_value;
mod markdown;
mod parquet_file;
pub(crate) mod style;
mod table;
mod table_layout;
mod text_column;
mod time_text;
mod vertical;
mod visible_text;

use std::collections::HashSet;
use std::io::{self, Write};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use futures::StreamExt;
use parquet::errors::ParquetError;

pub use destination::OutputFile;
pub use format::{Format, UnknownFormat};
pub(crate) use visible_text::push_visible;

/// How a result is to be shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// The columns of text that `table` may take up; None for no limit.
    pub width: Option<usize>,
    /// The result goes to a terminal: what could steer the terminal is made visible in every format.
    pub terminal: bool,
    /// Colours and dim text may be used.
    pub color: bool,
    /// `csv` and `tsv`: text that a spreadsheet would take for a formula gets a `'` before it.
    pub spreadsheet_safe: bool,
}

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// The rows that were written.
    pub rows: u64,
    /// The statement gives columns; `CREATE VIEW` gives none.
    pub has_columns: bool,
    /// The reader of the output went away, as `head` does, before all of it was written.
    pub reader_left: bool,
}

/// Why a result was not written whole.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The query failed while its rows were read.
    #[error(transparent)]
    Query(#[from] DataFusionError),
    /// A value could not be put into the format.
    #[error("could not format a value: {0}")]
    Format(#[from] ArrowError),
    /// The format needs a file to write to.
    #[error("parquet is written to a file, and no file was named")]
    NeedsFile,
    /// The output took no more.
    #[error("could not write the result: {0}")]
    Output(#[from] io::Error),
}

impl From<ParquetError> for WriteError {
    fn from(error: ParquetError) -> Self {
        match error {
            // An I/O error keeps its kind, by which a full disk is told from a bad value.
            ParquetError::External(source) => match source.downcast::<io::Error>() {
                Ok(error) => WriteError::Output(*error),
                Err(source) => WriteError::Format(ArrowError::ExternalError(source)),
            },
            other => WriteError::Format(ArrowError::ParquetError(other.to_string())),
        }
    }
}

/// One format at work on one result.
trait BatchWriter: Send {
    /// Writes what stands before the first row.
    fn begin(&mut self) -> Result<(), WriteError>;
    /// Writes the rows of a batch.
    fn write(&mut self, batch: &RecordBatch) -> Result<(), WriteError>;
    /// Writes what stands after the last row, and flushes.
    fn finish(&mut self) -> Result<(), WriteError>;
}

/// Writes all rows of `stream`. A statement without columns, such as `CREATE VIEW`, is run and nothing is written.
///
/// # Errors
/// The query's own error, after the rows before it were written; an error of the output, but for a broken pipe, which
/// ends the writing quietly; [`WriteError::NeedsFile`] for a format of bytes on a terminal.
pub async fn write_answer(
    schema: &SchemaRef,
    mut stream: SendableRecordBatchStream,
    format: Format,
    options: Options,
    out: &mut (dyn Write + Send),
) -> Result<Summary, WriteError> {
    if format.needs_file() && options.terminal {
        return Err(WriteError::NeedsFile);
    }
    let mut summary = Summary { has_columns: !schema.fields().is_empty(), ..Summary::default() };
    if !summary.has_columns {
        while stream.next().await.transpose()?.is_some() {}
        return Ok(summary);
    }
    let mut writer = match writer_of(schema, format, options, out) {
        Ok(writer) => writer,
        Err(error) => return quiet_broken_pipe(error, summary),
    };
    if let Err(error) = writer.begin() {
        return quiet_broken_pipe(error, summary);
    }
    while let Some(batch) = stream.next().await {
        let batch = batch?;
        if let Err(error) = writer.write(&batch) {
            return quiet_broken_pipe(error, summary);
        }
        summary.rows += batch.num_rows() as u64;
    }
    match writer.finish() {
        Ok(()) => Ok(summary),
        Err(error) => quiet_broken_pipe(error, summary),
    }
}

fn writer_of<'a>(
    schema: &SchemaRef,
    format: Format,
    options: Options,
    out: &'a mut (dyn Write + Send),
) -> Result<Box<dyn BatchWriter + 'a>, WriteError> {
    Ok(match format {
        Format::Table => Box::new(table::Table::new(schema, options, out)),
        Format::Csv => Box::new(delimited::Delimited::csv(schema, options, out)),
        Format::Tsv => Box::new(delimited::Delimited::tsv(schema, options, out)),
        Format::Json => Box::new(json::Json::array(schema, out)),
        Format::Ndjson => Box::new(json::Json::lines(schema, out)),
        Format::Markdown => Box::new(markdown::Markdown::new(schema, out)),
        Format::Parquet => Box::new(parquet_file::ParquetFile::new(schema, out)?),
        Format::Vertical => Box::new(vertical::Vertical::new(schema, options, out)),
    })
}

fn quiet_broken_pipe(error: WriteError, summary: Summary) -> Result<Summary, WriteError> {
    match error {
        WriteError::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => {
            Ok(Summary { reader_left: true, ..summary })
        }
        other => Err(other),
    }
}

/// The columns' names, each one different: a second `host` becomes `host_2`. Objects and files need that.
fn unique_names(schema: &SchemaRef) -> Vec<String> {
    let mut taken: HashSet<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
    let mut seen = HashSet::new();
    let mut names = Vec::with_capacity(schema.fields().len());
    for field in schema.fields() {
        let mut name = field.name().clone();
        let mut number = 2;
        while seen.contains(&name) || (name != *field.name() && taken.contains(&name)) {
            name = format!("{}_{number}", field.name());
            number += 1;
        }
        seen.insert(name.clone());
        taken.insert(name.clone());
        names.push(name);
    }
    names
}

/// Text on its way out: gathered so that a row is not a system call.
struct TextOutput<'a> {
    buffer: String,
    out: &'a mut (dyn Write + Send),
}

impl<'a> TextOutput<'a> {
    /// So much text is gathered before it is written.
    const ENOUGH: usize = 64 * 1024;

    fn new(out: &'a mut (dyn Write + Send)) -> Self {
        TextOutput { buffer: String::new(), out }
    }

    /// To be called after each row.
    fn row_done(&mut self) -> io::Result<()> {
        if self.buffer.len() >= Self::ENOUGH { self.write_out() } else { Ok(()) }
    }

    fn write_out(&mut self) -> io::Result<()> {
        self.out.write_all(self.buffer.as_bytes())?;
        self.buffer.clear();
        Ok(())
    }

    /// To be called after each batch, so that a slow query shows what it has.
    fn flush(&mut self) -> io::Result<()> {
        self.write_out()?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests;
