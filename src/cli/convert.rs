//! `trailhound convert`: logs into a lake.

use std::time::Duration;

use anyhow::bail;

use super::Outcome;
use super::args::ConvertArgs;
use super::loss_report::LossReport;
use super::progress::Progress;
use super::quantity::{bytes, counted, duration};
use crate::conversion::{ConversionSettings, ConversionSummary, convert};
use crate::event_log::ReadLimits;
use crate::lake::Lake;
use crate::sources::Sources;
use crate::sql_engine::tables::ScanSettings;

/// Runs the command.
pub(super) fn run(args: &ConvertArgs) -> anyhow::Result<Outcome> {
    let names: Vec<_> = args.sources.iter().map(|source| source.to_string_lossy()).collect();
    let sources = Sources::find(&names)?;
    if sources.files.is_empty() && sources.refused.is_empty() {
        bail!(
            "there is no EVTX file in {}",
            names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        );
    }
    let lake = Lake::open_or_create(&args.to)?;
    let lock = lake.lock()?;
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
    let mut losses = LossReport::default();
    losses.add_refused(summary.refused.iter().cloned());
    losses.add_files(summary.files.iter().cloned());
    if let Some(report) = losses.news() {
        eprint!("{report}");
    }
    if !args.quiet {
        print!("{}", summary_text(&summary, &args.to.display().to_string()));
    }
    Ok(if summary.lost_events() { Outcome::SomethingLost } else { Outcome::Done })
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
    lines.push((
        "written",
        format!(
            "{} ({}) into {lake}",
            counted(summary.files_written as u64, "Parquet file", "Parquet files"),
            bytes(summary.bytes_out)
        ),
    ));
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
