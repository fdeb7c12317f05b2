//! What was read of one file, and what could not be.

use std::fmt;

/// A kind of damage. The text of each is what a user reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DamageKind {
    /// The file could not be opened or read.
    Unreadable,
    /// The file is no EVTX.
    NotAnEventLog,
    /// The file's header is damaged; the chunks were read all the same.
    FileHeader,
    /// The file ends within a chunk; the records before the cut were read.
    TruncatedChunk,
    /// A chunk's place holds something else.
    NotAChunk,
    /// A chunk's header is damaged or its checksum is wrong; its records were read all the same.
    ChunkHeader,
    /// A chunk's records do not fit its checksum; they were read all the same.
    ChunkChecksum,
    /// The chunk was given up after the time limit or the limit of work.
    ChunkGivenUp,
    /// A record's frame is damaged: the reader went on at the next record that it could find.
    RecordFrame,
    /// A record's content could not be read.
    RecordContent,
    /// A record of a process event has a value that is not of its column's type; the column is NULL.
    Value,
    /// Bytes after the last chunk.
    TrailingBytes,
    /// A line of an export is no JSON.
    Line,
    /// An export ends within a line.
    LineCutOff,
    /// A line of an export is longer than the limit.
    LineTooLong,
    /// A line of an export is JSON, but no event: it has no event id.
    NoEventId,
    /// An export's times have no zone and were taken for UTC.
    TimeWithoutZone,
    /// An export's times are hours away from those that Sysmon wrote into the same events.
    Clock,
}

impl DamageKind {
    /// Whether events may be missing because of it.
    pub fn loses_events(self) -> bool {
        matches!(
            self,
            DamageKind::Unreadable
                | DamageKind::NotAnEventLog
                | DamageKind::TruncatedChunk
                | DamageKind::NotAChunk
                | DamageKind::ChunkGivenUp
                | DamageKind::RecordFrame
                | DamageKind::RecordContent
                | DamageKind::Value
                | DamageKind::Line
                | DamageKind::LineCutOff
                | DamageKind::LineTooLong
                | DamageKind::NoEventId
        )
    }

    /// A few words for the summary.
    pub fn words(self) -> &'static str {
        match self {
            DamageKind::Unreadable => "could not be read",
            DamageKind::NotAnEventLog => "is no EVTX file",
            DamageKind::FileHeader => "damaged file header, chunks read",
            DamageKind::TruncatedChunk => "cut off within a chunk",
            DamageKind::NotAChunk => "no chunk where one should be",
            DamageKind::ChunkHeader => "damaged chunk header, records read",
            DamageKind::ChunkChecksum => "wrong chunk checksum, records read",
            DamageKind::ChunkGivenUp => "chunk given up",
            DamageKind::RecordFrame => "damaged record",
            DamageKind::RecordContent => "record that could not be decoded",
            DamageKind::Value => "value of another type than its column",
            DamageKind::TrailingBytes => "bytes after the last chunk",
            DamageKind::Line => "line that is no JSON",
            DamageKind::LineCutOff => "cut off within a line",
            DamageKind::LineTooLong => "line longer than the limit",
            DamageKind::NoEventId => "line without an event id",
            DamageKind::TimeWithoutZone => "time without a zone, taken as UTC",
            DamageKind::Clock => "time of another clock than Sysmon's",
        }
    }
}

/// One damaged place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// What kind of damage.
    pub kind: DamageKind,
    /// Where, in bytes from the start of the file.
    pub offset: u64,
    /// The record's number, where it is known.
    pub record_id: Option<u64>,
    /// What exactly was wrong.
    pub detail: String,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind.words())?;
        if let Some(record_id) = self.record_id {
            write!(f, ", record {record_id}")?;
        }
        write!(f, ", at byte {}", self.offset)?;
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        Ok(())
    }
}

/// How many damaged places are kept with their place; the rest is counted only.
const KEPT_DAMAGES: usize = 64;

/// What was read of one file and what could not be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadReport {
    /// Bytes read.
    pub bytes: u64,
    /// Chunks with at least their header in order.
    pub chunks: u64,
    /// Records seen, of any event.
    pub records: u64,
    /// Process creations among them.
    pub process_events: u64,
    /// Process creations whose time is outside the years that a timestamp column can hold: their time is NULL.
    pub times_out_of_range: u64,
    /// The first damaged places in the order of the file.
    pub damages: Vec<Damage>,
    /// How often each kind of damage was met, in the order of [`DamageKind`].
    pub damage_counts: Vec<(DamageKind, u64)>,
}

impl ReadReport {
    /// Counts a damaged place, and keeps it if it is among the first.
    pub fn add_damage(&mut self, damage: Damage) {
        self.count_damage(damage.kind, 1);
        if self.damages.len() < KEPT_DAMAGES {
            self.damages.push(damage);
        }
    }

    /// Counts a kind of damage without its place.
    pub(crate) fn count_damage(&mut self, kind: DamageKind, count: u64) {
        match self.damage_counts.binary_search_by_key(&kind, |entry| entry.0) {
            Ok(place) => self.damage_counts[place].1 += count,
            Err(place) => self.damage_counts.insert(place, (kind, count)),
        }
    }

    /// Adds what was read of a later part of the same file.
    pub fn merge(&mut self, later: ReadReport) {
        self.bytes += later.bytes;
        self.chunks += later.chunks;
        self.records += later.records;
        self.process_events += later.process_events;
        self.times_out_of_range += later.times_out_of_range;
        for (kind, count) in later.damage_counts {
            self.count_damage(kind, count);
        }
        self.damages.extend(later.damages);
        self.damages.sort_by_key(|damage| (damage.offset, damage.kind));
        self.damages.truncate(KEPT_DAMAGES);
    }

    /// Whether anything was damaged at all.
    pub fn is_clean(&self) -> bool {
        self.damage_counts.is_empty()
    }

    /// Whether events may be missing.
    pub fn lost_events(&self) -> bool {
        self.damage_counts.iter().any(|(kind, _)| kind.loses_events())
    }
}
