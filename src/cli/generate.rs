//! `trailhound generate`: the example logs, or large logs to measure with.

use anyhow::Context as _;

use super::args::GenerateArgs;
use super::quantity::{bytes, count};
use super::{Outcome, print_quietly};
use crate::event_log_writer::big_log::{BigLog, write_big_log};
use crate::event_log_writer::scene::write_scene;

/// Runs the command.
pub(super) fn run(args: &GenerateArgs) -> anyhow::Result<Outcome> {
    let folder = &args.folder;
    std::fs::create_dir_all(folder).with_context(|| format!("could not make '{}'", folder.display()))?;
    let writing = || format!("could not write logs into '{}'", folder.display());
    match args.events {
        None => {
            let files = write_scene(folder).with_context(writing)?;
            print_quietly(&format!("wrote {} files into '{}'\n", files.len(), folder.display()))?;
        }
        Some(events) => {
            let path = folder.join("Security.evtx");
            let log = BigLog { events, process_share: args.process_share, seed: args.seed, ..BigLog::default() };
            let summary = write_big_log(&path, &log).with_context(writing)?;
            print_quietly(&format!(
                "wrote '{}': {} events, {} of them process creations, {}\n",
                path.display(),
                count(summary.events),
                count(summary.process_creations),
                bytes(summary.bytes)
            ))?;
        }
    }
    Ok(Outcome::Done)
}
