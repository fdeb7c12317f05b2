//! The bar of a conversion: bytes, events, rate. Only on a terminal.

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::task::JoinHandle;

use super::quantity::{count, counted};
use crate::sql_engine::tables::ScanReports;

const BETWEEN_LOOKS: Duration = Duration::from_millis(100);
const FORM: &str = "{bar:30} {binary_bytes} of {binary_total_bytes}, {binary_bytes_per_sec}, {msg}";

/// A bar that follows a scan until it is dropped.
#[derive(Default)]
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    follower: Option<JoinHandle<()>>,
}

impl Progress {
    /// Starts to follow a scan of so many files and bytes, if standard error is a terminal.
    pub(super) fn follow(&mut self, scan: Arc<ScanReports>, files: u64, total_bytes: u64) {
        if !std::io::stderr().is_terminal() {
            return;
        }
        let bar = ProgressBar::with_draw_target(Some(total_bytes), ProgressDrawTarget::stderr());
        // A form that could not be read would leave the bar in its own.
        if let Ok(style) = ProgressStyle::with_template(FORM) {
            bar.set_style(style);
        }
        self.bar = Some(bar.clone());
        self.follower = Some(tokio::spawn(async move {
            loop {
                bar.set_position(scan.bytes().min(total_bytes));
                let events = counted(scan.process_events(), "process event", "process events");
                let rate = scan.process_events() as f64 / bar.elapsed().as_secs_f64().max(0.001);
                let stage = if scan.bytes() >= total_bytes { "sorting and writing" } else { "reading" };
                let files = counted(files, "file", "files");
                bar.set_message(format!("{files}, {events}, {}/s, {stage}", count(rate as u64)));
                tokio::time::sleep(BETWEEN_LOOKS).await;
            }
        }));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(follower) = &self.follower {
            follower.abort();
        }
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
