//! `trailhound query`: one question, or those of a file.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Cursor, Write};
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};

use super::args::{QueryArgs, SqlSource};
use super::engine::WorkspaceEngine;
use super::{Outcome, color, stdout_is_terminal};
use crate::output::{Format, OutputFile};
use crate::repl::{Engine, Settings, TableWidth, run_script};
use crate::sql_engine::tables::ScanSettings;
use crate::workspace::Workspace;

/// Runs the command.
pub(super) fn run(args: &QueryArgs) -> anyhow::Result<Outcome> {
    let (sources, sql) = args.sources_and_sql().map_err(|wrong| anyhow!(wrong))?;
    if args.format().needs_file() && args.output.is_none() {
        bail!("{} is written to a file: name it with --output FILE", args.format().name());
    }
    let sources: Vec<_> = sources.iter().map(|source| source.to_string_lossy()).collect();
    let runtime = args.resources.runtime()?;
    let settings = args.resources.session_settings();
    let workspace = runtime.block_on(Workspace::open(&sources, &settings, ScanSettings::default()))?;
    let engine = Arc::new(WorkspaceEngine::new(workspace));
    let (name, mut input) = open_sql(sql)?;
    let result = match &args.output {
        None => {
            let terminal = stdout_is_terminal();
            let mut out = BufWriter::new(io::stdout());
            let settings = console_settings(args, terminal);
            let result = runtime.block_on(run_script(engine.clone(), settings, &name, &mut input, &mut out));
            finish(result, || flush_quietly(&mut out))
        }
        Some(path) => {
            let mut file = OutputFile::create(path).with_context(|| format!("could not write '{}'", path.display()))?;
            let settings = console_settings(args, false);
            let result = runtime.block_on(run_script(engine.clone(), settings, &name, &mut input, file.writer()));
            finish(result, || file.commit()).with_context(|| format!("could not write '{}'", path.display()))
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
        SqlSource::StandardInput => ("standard input".to_owned(), Box::new(BufReader::new(io::stdin()))),
    })
}

fn console_settings(args: &QueryArgs, terminal: bool) -> Settings {
    let width = match args.width {
        None => TableWidth::Terminal,
        Some(0) => TableWidth::Unlimited,
        Some(columns) => TableWidth::Columns(usize::from(columns)),
    };
    Settings {
        width,
        spreadsheet_safe: args.spreadsheet_safe,
        // One result in one file: Parquet and JSON have no room for a second.
        single_result: args.output.is_some() && matches!(args.format(), Format::Parquet | Format::Json),
        threads: Some(args.resources.threads()),
        ..Settings::script(args.format(), terminal, color(terminal))
    }
}

/// Ends the output where all went well.
fn finish(result: Result<(), crate::repl::ScriptError>, end: impl FnOnce() -> io::Result<()>) -> anyhow::Result<()> {
    result.map_err(|wrong| anyhow!(wrong.to_string()))?;
    end().context("could not write the result")
}

/// The reader of a pipe may leave before the end, as `head` does.
fn flush_quietly(out: &mut dyn Write) -> io::Result<()> {
    match out.flush() {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
