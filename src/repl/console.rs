//! The state behind the prompt, and what one statement does to it.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::commands;
use super::engine::{Engine, Failure};
use super::query_run::{Interrupt, Outcome, Running, run_query};
use super::statements::{Statement, StatementKind};
use crate::output::{Format, Options, Summary};

/// How wide tables may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableWidth {
    /// As wide as the terminal is when the table is written; no limit where the output is no terminal.
    Terminal,
    /// So many columns.
    Columns(usize),
    /// No limit.
    Unlimited,
}

/// How results are shown, to begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// The format.
    pub format: Format,
    /// The width of tables.
    pub width: TableWidth,
    /// The output is a terminal.
    pub terminal: bool,
    /// Colours may be used.
    pub color: bool,
    /// Formulas are defused in `csv` and `tsv`.
    pub spreadsheet_safe: bool,
    /// The number of rows is written after each result.
    pub row_counts: bool,
    /// The time is written after each result.
    pub timing: bool,
    /// The threads that a query may use, None for one on each processor.
    pub threads: Option<usize>,
    /// The output has room for the result of one statement only.
    pub single_result: bool,
}

impl Settings {
    /// For a person at a terminal: a table, the number of rows, the time.
    pub fn interactive(color: bool) -> Settings {
        Settings { row_counts: true, timing: true, ..Settings::script(Format::Table, true, color) }
    }

    /// For a script: nothing but the results.
    pub fn script(format: Format, terminal: bool, color: bool) -> Settings {
        Settings {
            format,
            width: TableWidth::Terminal,
            terminal,
            color,
            spreadsheet_safe: false,
            row_counts: false,
            timing: false,
            threads: None,
            single_result: false,
        }
    }

    /// The columns that text may take up now.
    pub(crate) fn columns(&self) -> Option<usize> {
        match self.width {
            TableWidth::Columns(columns) => Some(columns),
            TableWidth::Unlimited => None,
            TableWidth::Terminal if self.terminal => {
                terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
            }
            TableWidth::Terminal => None,
        }
    }

    fn output_options(&self) -> Options {
        Options {
            width: self.columns(),
            terminal: self.terminal,
            color: self.color,
            spreadsheet_safe: self.spreadsheet_safe,
        }
    }
}

/// Whether to go on after a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    /// Read the next one.
    Continue,
    /// Leave.
    Quit,
}

/// Why a statement was not done.
#[derive(Debug)]
pub(crate) enum ConsoleError {
    /// The statement is wrong or failed.
    Failure(Failure),
    /// The output takes no more.
    Output(io::Error),
}

impl From<Failure> for ConsoleError {
    fn from(failure: Failure) -> Self {
        ConsoleError::Failure(failure)
    }
}

impl From<io::Error> for ConsoleError {
    fn from(error: io::Error) -> Self {
        ConsoleError::Output(error)
    }
}

impl ConsoleError {
    /// A failure of a command's own.
    pub(super) fn of(message: String) -> ConsoleError {
        ConsoleError::Failure(Failure(format!("error: {message}")))
    }
}

/// The session, the settings, and the query that ran last.
pub(crate) struct Console {
    pub(super) engine: Arc<dyn Engine>,
    pub(super) settings: Settings,
    pub(super) interrupt: Interrupt,
    pub(super) last_query: Option<String>,
    /// A result was written; a statement such as `CREATE VIEW` has none.
    has_result: bool,
}

impl Console {
    /// A console over a session.
    pub(crate) fn new(engine: Arc<dyn Engine>, settings: Settings) -> Console {
        Console { engine, settings, interrupt: Interrupt::default(), last_query: None, has_result: false }
    }

    /// Does one statement or command.
    ///
    /// # Errors
    /// What is wrong with it, or that the output is gone.
    pub(crate) async fn execute(
        &mut self,
        statement: &Statement,
        out: &mut (dyn Write + Send),
    ) -> Result<Flow, ConsoleError> {
        match &statement.kind {
            StatementKind::Command { name, argument } => {
                let command = commands::find(name)?;
                (command.run)(self, argument, out).await
            }
            StatementKind::Sql => self.query(&statement.text, out).await,
        }
    }

    async fn query(&mut self, sql: &str, out: &mut (dyn Write + Send)) -> Result<Flow, ConsoleError> {
        if self.settings.format.needs_file() && self.settings.terminal {
            return Err(ConsoleError::of("parquet is written to a file: `\\export FILE.parquet`".to_owned()));
        }
        if self.settings.single_result && self.has_result {
            let format = self.settings.format.name();
            return Err(ConsoleError::of(format!(
                "a {format} file holds the result of one statement, and this is a second"
            )));
        }
        self.last_query = Some(sql.to_owned());
        let started = Instant::now();
        let running = self.running(self.settings.format, self.settings.output_options());
        let outcome = run_query(sql, running, out).await?;
        let elapsed = started.elapsed();
        self.has_result |= !matches!(outcome, Outcome::Done(summary) if !summary.has_columns);
        match outcome {
            Outcome::Done(summary) if summary.reader_left => return Ok(Flow::Quit),
            Outcome::Done(summary) => {
                if let Some(footer) = self.footer(summary, elapsed) {
                    writeln!(out, "{footer}")?;
                }
            }
            Outcome::Cancelled => writeln!(out, "cancelled after {}", seconds(elapsed))?,
        }
        // Of a script's results a program makes its own: what is told beside them is told at its end.
        if self.settings.row_counts
            && let Some(notice) = self.engine.notices()
        {
            write!(out, "{notice}")?;
        }
        out.flush()?;
        Ok(Flow::Continue)
    }

    pub(super) fn running(&self, format: Format, options: Options) -> Running<'_> {
        let threads = self.settings.threads;
        Running { engine: &self.engine, format, options, interrupt: &self.interrupt, threads }
    }

    fn footer(&self, summary: Summary, elapsed: Duration) -> Option<String> {
        let done = if summary.has_columns { row_count(summary.rows) } else { "done".to_owned() };
        // A head without rows is easily taken for a result that is still to come.
        let is_empty = self.settings.terminal && summary.has_columns && summary.rows == 0;
        match (self.settings.row_counts || is_empty, self.settings.timing) {
            (_, true) => Some(format!("{done} in {}", seconds(elapsed))),
            (true, false) => Some(done),
            (false, false) => None,
        }
    }
}

/// `1 row`, `12 rows`.
pub(super) fn row_count(rows: u64) -> String {
    if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") }
}

/// `0.043 s`.
pub(super) fn seconds(elapsed: Duration) -> String {
    format!("{:.3} s", elapsed.as_secs_f64())
}

#[cfg(test)]
pub(super) mod tests;
