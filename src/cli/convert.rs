//! `trailhound convert`: logs into a lake.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};

use super::args::ConvertArgs;
use super::loss_report::LossReport;
use super::progress::Progress;
use super::quantity::{bytes, counted, duration};
use super::{Outcome, print_quietly};
use crate::conversion::{ConversionSettings, ConversionSummary, convert};
use crate::event_log::ReadLimits;
use crate::lake::Lake;
use crate::sources::Sources;
use crate::sql_engine::tables::ScanSettings;

/// Runs the command.
pub(super) fn run(args: &ConvertArgs) -> anyhow::Result<Outcome> {
    let sources = Sources::find(&args.sources)?;
    let mut losses = LossReport::default();
    losses.add_refused(sources.refused.iter().cloned());
    if sources.files.is_empty() {
        // No lake is begun for nothing.
        eprint!("{}", losses.news().unwrap_or_default());
        let names: Vec<String> = args.sources.iter().map(|name| format!("`{}`", name.display())).collect();
        bail!("there is no EVTX file that could be read in {}", names.join(", "));
    }
    let lake = open_lake(&args.to)?;
    let lock = lake.lock()?;
    let (_, missing) = lake.check(&lake.manifest()?);
    losses.add_refused(missing.iter().cloned());
    let limits = ReadLimits { chunk_time: Duration::from_secs(args.chunk_timeout), ..ReadLimits::default() };
    let settings = ConversionSettings {
        memory_bytes: usize::try_from(args.resources.memory).unwrap_or(usize::MAX),
        threads: args.resources.threads(),
        scan: ScanSettings { limits },
    };
    let files = sources.files.len() as u64;
    let runtime = args.resources.runtime()?;
    let summary = runtime.block_on(async {
        let mut progress = Progress::default();
        convert(sources, &lock, settings, |scan, total| {
            if !args.quiet {
                progress.follow(scan, files, total);
            }
        })
        .await
    })?;
    losses.add_files(summary.files.iter().cloned());
    if let Some(report) = losses.news() {
        eprint!("{report}");
    }
    if !missing.is_empty() {
        eprintln!("warning: the lake lacks files that it had: convert all of its sources into a new one");
    }
    if !args.quiet {
        print_quietly(&summary_text(&summary, &args.to.display().to_string()))?;
    }
    Ok(if losses.lost_events() { Outcome::SomethingLost } else { Outcome::Done })
}

/// A folder whose name the engine cannot say could be written and then not be read.
fn open_lake(folder: &Path) -> anyhow::Result<Lake> {
    let absolute = std::path::absolute(folder).with_context(|| format!("could not find '{}'", folder.display()))?;
    if absolute.to_str().is_none_or(|text| text.contains(char::is_control)) {
        bail!("the path of a lake is to be UTF-8 without control characters: name another than {folder:?}");
    }
    Ok(Lake::open_or_create(folder)?)
}

fn summary_text(summary: &ConversionSummary, lake: &str) -> String {
    let mut lines = Vec::new();
    let records: u64 = summary.files.iter().map(|file| file.report.records).sum();
    let mut read =
        vec![format!("{} ({})", counted(summary.files.len() as u64, "file", "files"), bytes(summary.bytes_in))];
    if !summary.already_there.is_empty() {
        read.push(format!("{} already in the lake", counted(summary.already_there.len() as u64, "file", "files")));
    }
    if summary.passed_over > 0 {
        read.push(format!("{} passed over", counted(summary.passed_over, "other file", "other files")));
    }
    lines.push(("read", read.join(", ")));
    lines.push(("records", counted(records, "seen", "seen")));
    lines.push(("kept", counted(summary.rows, "process creation", "process creations")));
    lines.push(("damaged", damaged_text(summary)));
    let files = counted(summary.files_written as u64, "Parquet file", "Parquet files");
    lines.push(("written", format!("{files} ({}) into {lake}", bytes(summary.bytes_out))));
    lines.push(("time", duration(summary.elapsed)));
    lines.iter().map(|(name, text)| format!("{name:<8} {text}\n")).collect()
}

fn damaged_text(summary: &ConversionSummary) -> String {
    let damaged = summary.files.iter().filter(|file| !file.report.is_clean()).count() as u64;
    let refused = summary.refused.len() as u64;
    if damaged + refused == 0 {
        return "nothing".to_owned();
    }
    let mut parts = Vec::new();
    if damaged > 0 {
        parts.push(format!("{} in part", counted(damaged, "file", "files")));
    }
    if refused > 0 {
        parts.push(format!("{} not read at all", counted(refused, "file", "files")));
    }
    format!("{}, see the warnings", parts.join(", "))
}
