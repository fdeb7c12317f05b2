//! What an archive may cost, and what a walk has spent of it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::report::Reason;

/// What an archive may cost. The defaults let 40 GB of ordinary evidence through and end any bomb.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// How deep archives may stand in each other. The outermost counts as one; a compressed tar counts as one. 8.
    pub depth: u32,
    /// Members of all archives of a walk, folders and links among them. 1,000,000.
    pub members: u64,
    /// Bytes that may be unpacked in a walk, those of archives within archives included. 1 TiB.
    pub unpacked_bytes: u64,
    /// How many times its packed size a member may unpack to, with everything that is packed within it. 1,000.
    pub ratio: u64,
    /// What a member may unpack to, whatever the ratio, in bytes. 100 MiB.
    pub bytes_before_ratio: u64,
    /// How long the unpacking of one member may take, with everything that is packed within it; what the visitor does
    /// with the bytes does not count, nor does the outermost archive as a whole. 30 minutes.
    pub time_per_member: Duration,
    /// How long the unpacking of one outermost file, or of one part of it, may take altogether. 12 hours.
    pub time_per_file: Duration,
    /// Bytes on disk that archives within archives may take at one time. 64 GiB.
    pub spooled_bytes: u64,
    /// The memory that one decoder may take for its window, in bytes; half of it at each depth below the first, but
    /// 16 MiB at least. A member that needs more is refused. 256 MiB.
    pub decoder_memory: u64,
}

impl Default for ArchiveLimits {
    fn default() -> Self {
        Self {
            depth: 8,
            members: 1_000_000,
            unpacked_bytes: 1 << 40,
            ratio: 1_000,
            bytes_before_ratio: 100 << 20,
            time_per_member: Duration::from_secs(30 * 60),
            time_per_file: Duration::from_secs(12 * 60 * 60),
            spooled_bytes: 64 << 30,
            decoder_memory: 256 << 20,
        }
    }
}

/// What has been spent, shared by all walks and threads that are given the same one.
///
/// Which member meets a limit of the budget depends on the order in which threads come to it. Limits of a single
/// member (depth, ratio, time, memory) are met at the same place whatever the threads.
#[derive(Debug)]
pub struct Budget {
    limits: ArchiveLimits,
    members: AtomicU64,
    unpacked_bytes: AtomicU64,
    spooled_bytes: AtomicU64,
}

impl Budget {
    /// A budget of which nothing is spent.
    pub fn new(limits: ArchiveLimits) -> Self {
        Self { limits, members: AtomicU64::new(0), unpacked_bytes: AtomicU64::new(0), spooled_bytes: AtomicU64::new(0) }
    }

    /// The limits.
    pub fn limits(&self) -> &ArchiveLimits {
        &self.limits
    }

    /// Members seen so far.
    pub fn members(&self) -> u64 {
        self.members.load(Ordering::Relaxed)
    }

    /// Bytes unpacked so far.
    pub fn unpacked_bytes(&self) -> u64 {
        self.unpacked_bytes.load(Ordering::Relaxed)
    }

    pub(super) fn take_member(&self) -> Result<(), Reason> {
        take(&self.members, 1, self.limits.members).then_some(()).ok_or(Reason::Members)
    }

    pub(super) fn take_bytes(&self, bytes: u64) -> Result<(), Reason> {
        take(&self.unpacked_bytes, bytes, self.limits.unpacked_bytes).then_some(()).ok_or(Reason::UnpackedBytes)
    }

    pub(super) fn take_spool(&self, bytes: u64) -> Result<(), Reason> {
        if take(&self.spooled_bytes, bytes, self.limits.spooled_bytes) {
            return Ok(());
        }
        self.give_spool_back(bytes);
        Err(Reason::SpoolSpace)
    }

    pub(super) fn give_spool_back(&self, bytes: u64) {
        self.spooled_bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// The memory for one decoder at a depth, in bytes.
    pub(super) fn decoder_memory(&self, depth: u32) -> u64 {
        const LEAST: u64 = 16 << 20;
        let halved = self.limits.decoder_memory.checked_shr(depth.saturating_sub(1)).unwrap_or(0);
        halved.max(LEAST.min(self.limits.decoder_memory))
    }
}

/// Counts, and says whether that was within the limit.
fn take(spent: &AtomicU64, amount: u64, limit: u64) -> bool {
    spent.fetch_add(amount, Ordering::Relaxed).saturating_add(amount) <= limit
}
