//! `trailhound query`: one question, or those of a file.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Cursor, IsTerminal, Write};
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};

use super::args::{QueryArgs, SqlSource};
use super::engine::WorkspaceEngine;
use super::{Outcome, color, stdout_is_terminal};
use crate::output::{Format, OutputFile};
use crate::repl::{Engine, ScriptError, Settings, TableWidth, run_script};
use crate::sql_engine::tables::ScanSettings;
use crate::workspace::Workspace;

/// Runs the command.
pub(super) fn run(args: &QueryArgs) -> anyhow::Result<Outcome> {
    let (sources, sql) = args.sources_and_sql().map_err(|wrong| anyhow!(wrong))?;
    let format = args.format().map_err(|wrong| anyhow!(wrong))?;
    if format.needs_file() && args.output.is_none() {
        bail!("{format} is written to a file: name it with --output FILE");
    }
    let runtime = args.resources.runtime()?;
    let settings = args.resources.session_settings();
    let workspace = runtime.block_on(Workspace::open(sources, &settings, ScanSettings::default()))?;
    if let Some(output) = &args.output
        && workspace.reads(output)
    {
        bail!("'{}' is what is read: writing the result over it would destroy it", output.display());
    }
    let engine = Arc::new(WorkspaceEngine::new(workspace));
    let (name, mut input) = open_sql(sql)?;
    let result = match &args.output {
        None => {
            let terminal = stdout_is_terminal();
            let mut out = BufWriter::new(io::stdout());
            let settings = console_settings(args, format, terminal);
            let result = runtime.block_on(run_script(engine.clone(), settings, &name, &mut input, &mut out));
            // The rows before an error stand above its message.
            let flushed = flush_quietly(&mut out);
            described(result, sql).and_then(|()| flushed.context("could not write the result"))
        }
        Some(path) => {
            let could_not_write = || format!("could not write '{}'", path.display());
            let mut file = OutputFile::create(path).with_context(could_not_write)?;
            let settings = console_settings(args, format, false);
            let result = runtime.block_on(run_script(engine.clone(), settings, &name, &mut input, file.writer()));
            described(result, sql).and_then(|()| file.commit().with_context(could_not_write))
        }
    };
    if let Some(notice) = engine.notices() {
        eprint!("{notice}");
    }
    result?;
    Ok(if engine.lost_events() { Outcome::SomethingLost } else { Outcome::Done })
}

/// What a query is called in messages, and its text.
fn open_sql(sql: SqlSource<'_>) -> anyhow::Result<(String, Box<dyn BufRead>)> {
    Ok(match sql {
        SqlSource::Typed(sql) => ("query".to_owned(), Box::new(Cursor::new(sql.to_owned()))),
        SqlSource::File(path) => {
            let file = File::open(path).with_context(|| format!("could not read '{}'", path.display()))?;
            (path.display().to_string(), Box::new(BufReader::new(file)))
        }
        SqlSource::StandardInput => {
            if io::stdin().is_terminal() {
                eprintln!("reading SQL from the terminal; Ctrl-D ends it");
            }
            ("standard input".to_owned(), Box::new(BufReader::new(io::stdin())))
        }
    })
}

fn console_settings(args: &QueryArgs, format: Format, terminal: bool) -> Settings {
    let width = match args.width {
        None => TableWidth::Terminal,
        Some(0) => TableWidth::Unlimited,
        Some(columns) => TableWidth::Columns(usize::from(columns)),
    };
    Settings {
        width,
        spreadsheet_safe: args.spreadsheet_safe,
        // One result in one file: Parquet and JSON have no room for a second.
        single_result: args.output.is_some() && matches!(format, Format::Parquet | Format::Json),
        threads: Some(args.resources.threads()),
        ..Settings::script(format, terminal, color(terminal))
    }
}

/// What is wrong with a statement, and where it stands unless it was typed alone.
fn described(result: Result<(), ScriptError>, sql: SqlSource<'_>) -> anyhow::Result<()> {
    result.map_err(|wrong| match sql {
        SqlSource::Typed(_) if wrong.line == 1 => anyhow!(wrong.failure),
        _ => anyhow!(wrong.to_string()),
    })
}

/// The reader of a pipe may leave before the end, as `head` does.
fn flush_quietly(out: &mut dyn Write) -> io::Result<()> {
    match out.flush() {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
