//! How much of the machine a command may use.

use anyhow::Context as _;
use tokio::runtime::{Builder, Runtime};

use super::args::Resources;
use crate::sql_engine::Settings;

/// Memory that is not the engine's: the process itself, its buffers, the rows on their way to the output.
const MEMORY_BESIDE_THE_ENGINE: u64 = 128 << 20;
/// The engine gets at least this much, however little is allowed.
const LEAST_ENGINE_MEMORY: u64 = 32 << 20;

impl Resources {
    /// The threads to use: those that were asked for, or one for each processor.
    pub(super) fn threads(&self) -> usize {
        match self.threads {
            Some(threads) => usize::from(threads),
            None => std::thread::available_parallelism().map_or(1, usize::from),
        }
    }

    /// What a session may use.
    pub(super) fn session_settings(&self) -> Settings {
        let memory = self.memory.saturating_sub(MEMORY_BESIDE_THE_ENGINE).max(LEAST_ENGINE_MEMORY);
        Settings {
            memory_bytes: usize::try_from(memory).unwrap_or(usize::MAX),
            threads: self.threads(),
            spill_directory: None,
        }
    }

    /// The runtime that commands run on.
    pub(super) fn runtime(&self) -> anyhow::Result<Runtime> {
        Builder::new_multi_thread()
            .worker_threads(self.threads())
            .enable_all()
            .build()
            .context("could not start threads")
    }
}
