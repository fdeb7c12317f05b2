//! `trailhound SRC…`: the prompt, or without a terminal the statements of standard input.

use std::io::{self, BufReader, BufWriter, IsTerminal, Write};
use std::sync::Arc;

use anyhow::{anyhow, bail};
use datafusion::arrow::array::AsArray;
use datafusion::arrow::datatypes::{Int64Type, TimestampNanosecondType};
use futures::TryStreamExt;
use tokio::runtime::Runtime;

use super::args::ReplArgs;
use super::engine::WorkspaceEngine;
use super::quantity::{bytes, counted, time};
use super::{Outcome, color, stdout_is_terminal};
use crate::repl::{Engine, Settings, history_file, run_script, run_terminal};
use crate::sql_engine::tables::ScanSettings;
use crate::workspace::Workspace;

/// Logs up to this size are counted for the banner.
const COUNTED_BYTES: u64 = 256 << 20;

/// Runs the command.
pub(super) fn run(args: &ReplArgs) -> anyhow::Result<Outcome> {
    if args.sources.is_empty() {
        bail!(
            "name what to hunt through: EVTX files, a folder of them, or a lake\n\
             For example: trailhound examples/logs\n\
             `trailhound --help` lists the commands"
        );
    }
    let runtime = args.resources.runtime()?;
    let settings = args.resources.session_settings();
    let workspace = runtime.block_on(Workspace::open(&args.sources, &settings, ScanSettings::default()))?;
    let engine = Arc::new(WorkspaceEngine::new(workspace));
    let threads = Some(args.resources.threads());
    if io::stdin().is_terminal() && stdout_is_terminal() {
        let facts = runtime.block_on(facts(&engine));
        let settings = Settings { format: args.format, threads, ..Settings::interactive(color(true)) };
        run_terminal(engine, &runtime, settings, &facts, history_file())?;
        // What was lost was told at the prompt.
        return Ok(Outcome::Done);
    }
    run_statements(args, &runtime, &engine, threads)
}

fn run_statements(
    args: &ReplArgs,
    runtime: &Runtime,
    engine: &Arc<WorkspaceEngine>,
    threads: Option<usize>,
) -> anyhow::Result<Outcome> {
    let terminal = stdout_is_terminal();
    let mut out = BufWriter::new(io::stdout());
    let settings = Settings { threads, ..Settings::script(args.format, terminal, color(terminal)) };
    let mut input = BufReader::new(io::stdin());
    let result = runtime.block_on(run_script(engine.clone(), settings, "standard input", &mut input, &mut out));
    match out.flush() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error.into()),
        _ => {}
    }
    if let Some(notice) = engine.notices() {
        eprint!("{notice}");
    }
    result.map_err(|wrong| anyhow!(wrong.to_string()))?;
    Ok(if engine.lost_events() { Outcome::SomethingLost } else { Outcome::Done })
}

/// The lines of the banner that say what the sources hold.
async fn facts(engine: &WorkspaceEngine) -> Vec<String> {
    let contents = &engine.workspace().contents;
    let mut found = Vec::new();
    if contents.log_files > 0 || contents.lakes == 0 {
        let files = counted(contents.log_files as u64, "EVTX file", "EVTX files");
        found.push(format!("{files} ({})", bytes(contents.log_bytes)));
    }
    if contents.lakes > 0 {
        let lakes = counted(contents.lakes as u64, "lake", "lakes");
        found.push(format!("{lakes} of {}", counted(contents.lake_files as u64, "Parquet file", "Parquet files")));
    }
    if contents.passed_over > 0 {
        found.push(format!("{} passed over", counted(contents.passed_over, "other file", "other files")));
    }
    let mut facts = vec![found.join(", ")];
    if contents.log_bytes <= COUNTED_BYTES {
        facts.extend(counted_facts(engine).await);
        facts.extend(engine.notices().map(|notice| notice.trim_end().to_owned()));
    } else {
        facts.push("Too large to be counted at the start: `trailhound convert` makes every question fast".to_owned());
    }
    facts
}

/// Events, hosts and period. A query that fails here fails again at the prompt, where its error is shown.
async fn counted_facts(engine: &WorkspaceEngine) -> Option<String> {
    let query = "SELECT count(*), count(DISTINCT host), min(time), max(time) FROM process";
    let answer = engine.workspace().session.run(query).await.ok()?;
    let batches: Vec<_> = answer.stream.try_collect().await.ok()?;
    let batch = batches.iter().find(|batch| batch.num_rows() == 1)?;
    let number = |column: usize| Some(batch.column(column).as_primitive_opt::<Int64Type>()?.value(0) as u64);
    let (events, hosts) = (number(0)?, number(1)?);
    let times = (batch.column(2), batch.column(3));
    let (from, to) = (
        times.0.as_primitive_opt::<TimestampNanosecondType>()?,
        times.1.as_primitive_opt::<TimestampNanosecondType>()?,
    );
    let mut fact = counted(events, "process creation", "process creations");
    if events > 0 {
        fact = format!(
            "{fact} on {}, {} to {} UTC",
            counted(hosts, "host", "hosts"),
            time(from.value(0)),
            time(to.value(0))
        );
    }
    Some(fact)
}
