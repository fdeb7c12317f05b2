//! What a walk gave, and what it refused.

use std::fmt;

/// Why a member, or the rest of an archive, was not read. The text of each is what a user reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// [`depth`](super::ArchiveLimits::depth)
    Depth,
    /// [`members`](super::ArchiveLimits::members)
    Members,
    /// [`unpacked_bytes`](super::ArchiveLimits::unpacked_bytes)
    UnpackedBytes,
    /// [`ratio`](super::ArchiveLimits::ratio)
    Ratio,
    /// [`time_per_member`](super::ArchiveLimits::time_per_member), or
    /// [`time_per_file`](super::ArchiveLimits::time_per_file).
    Time,
    /// [`spooled_bytes`](super::ArchiveLimits::spooled_bytes), or the disk is full.
    SpoolSpace,
    /// [`decoder_memory`](super::ArchiveLimits::decoder_memory)
    DecoderMemory,
    /// Its bytes belong to another member too, as in a bomb.
    Overlap,
    /// It is encrypted and no password was given.
    PasswordNeeded,
    /// The password does not open it.
    WrongPassword,
    /// A method of compression or encryption, or a form of archive, that is not read.
    Unsupported,
    /// It is damaged or cut off; what stands before the damage was given.
    Damaged,
    /// Bytes after the end of the archive. Nothing of the archive is missing.
    TrailingBytes,
    /// The file that holds it could not be read.
    Unreadable,
}

impl Reason {
    /// A few words for the summary.
    pub fn words(self) -> &'static str {
        match self {
            Reason::Depth => "archives stand in each other deeper than the limit",
            Reason::Members => "more members than the limit",
            Reason::UnpackedBytes => "more bytes unpacked than the limit",
            Reason::Ratio => "unpacks to more times its size than the limit",
            Reason::Time => "unpacking takes longer than the limit",
            Reason::SpoolSpace => "no room to unpack an archive within an archive",
            Reason::DecoderMemory => "unpacking needs more memory than the limit",
            Reason::Overlap => "shares its bytes with another member",
            Reason::PasswordNeeded => "encrypted, and no password was given",
            Reason::WrongPassword => "the password does not open it",
            Reason::Unsupported => "a form that is not read",
            Reason::Damaged => "damaged",
            Reason::TrailingBytes => "bytes after the end of the archive",
            Reason::Unreadable => "could not be read",
        }
    }

    /// Whether it is a limit that the user can raise.
    pub fn is_limit(self) -> bool {
        use Reason::{DecoderMemory, Depth, Members, Ratio, SpoolSpace, Time, UnpackedBytes};
        matches!(self, Depth | Members | UnpackedBytes | Ratio | Time | SpoolSpace | DecoderMemory)
    }

    /// Whether something may be missing because of it.
    pub fn loses_bytes(self) -> bool {
        self != Reason::TrailingBytes
    }
}

/// One member, or one archive, that was not read or not to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Its full name, as `case.zip!/host1/Security.evtx`.
    pub name: String,
    /// Why.
    pub reason: Reason,
    /// What exactly was wrong; may be empty.
    pub detail: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.reason.words())?;
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        Ok(())
    }
}

/// How many refusals are kept with their name; the rest is counted only.
const KEPT_REFUSALS: usize = 10_000;

/// What a walk gave and refused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WalkReport {
    /// Archives and compressed files walked, the outermost included.
    pub archives: u64,
    /// Members given to the visitor.
    pub members: u64,
    /// Links, devices and pipes: they hold no bytes of their own.
    pub passed_over: u64,
    /// The first 10,000 refusals, in the order in which they were met.
    pub refused: Vec<Refusal>,
    /// How many refusals there were.
    pub refusals: u64,
    /// Whether the visitor ended the walk.
    pub stopped: bool,
}

impl WalkReport {
    /// Adds what another part of the same archive gave, which stands after this one.
    pub fn merge(&mut self, later: WalkReport) {
        self.archives += later.archives;
        self.members += later.members;
        self.passed_over += later.passed_over;
        self.refusals += later.refusals;
        self.stopped |= later.stopped;
        let room = KEPT_REFUSALS - self.refused.len();
        self.refused.extend(later.refused.into_iter().take(room));
    }

    pub(super) fn refuse(&mut self, refusal: Refusal) {
        self.refusals += 1;
        if self.refused.len() < KEPT_REFUSALS {
            self.refused.push(refusal);
        }
    }
}

/// Why something failed, before it is known whose name it goes under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) reason: Reason,
    pub(super) detail: String,
}

impl Failure {
    pub(super) fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }
}
