//! An export, document by document: calls back for each wanted event and counts what cannot be read.

use std::io::{self, BufRead, Cursor, Read};

use super::dialect::Dialect;
use super::encoding::{Encoding, Utf16Reader};
use super::gathered::Gathered;
use super::leaves::{Fault, Leaves};
use super::pieces::{Layout, Piece, Pieces};
use super::screen::Screen;
use crate::event_log::{Damage, DamageKind, Event, FieldSet, ReadReport, SystemField};

/// What an export may cost at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineLimits {
    /// Bytes of one line, or of one element of an array; what is longer is left out and reported.
    pub line_bytes: usize,
}

impl Default for LineLimits {
    fn default() -> Self {
        Self { line_bytes: 16 << 20 }
    }
}

/// Reads exports of one dialect.
#[derive(Debug, Clone, Copy)]
pub struct JsonReader {
    /// The dialect. A document of another one among them is read all the same.
    pub dialect: Dialect,
    /// What a line may cost.
    pub limits: LineLimits,
    /// Whether an event is wanted.
    pub wants: fn(&FieldSet<'_>) -> bool,
    /// The event ids that `wants` may want, `None` for any: lines with other ids are counted and left unread, which is
    /// several times faster.
    pub event_ids: Option<&'static [u32]>,
}

/// Looked at to tell the encoding and the layout.
const FIRST_BYTES: usize = 64 << 10;

impl JsonReader {
    /// Reads to the end. [`Event::offset`] is where the document starts, in bytes from the start of the file, and
    /// [`Event::frame_record_id`] the event's own number, 0 where the export has none. Adds to `report` what was read
    /// and what could not be: a damaged document costs itself alone, and no damage ends the run but that of the reader.
    pub fn read(&self, reader: &mut dyn BufRead, report: &mut ReadReport, on_event: impl FnMut(&Event<'_, '_>)) {
        let mut head = Vec::new();
        let read = read_head(reader, &mut head);
        let (encoding, mark) = Encoding::of(&head);
        let mut nothing = io::empty();
        // What cannot be read once is not asked for again.
        let tail: &mut dyn BufRead = if read.is_ok() { reader } else { &mut nothing };
        let head_bytes = head.len() as u64;
        let rest = Cursor::new(head.split_off(mark)).chain(tail);
        let (limit, start) = (self.limits.line_bytes, mark as u64);
        let mut run = Run {
            settings: self,
            dialect: self.dialect,
            envelope: "",
            screen: self.event_ids.map(Screen::new),
            leaves: Leaves::default(),
            gathered: Gathered::new(),
            report,
            on_event,
        };
        if let Err(error) = read {
            run.damage(DamageKind::Unreadable, head_bytes, error.to_string());
        }
        if encoding == Encoding::Utf8 {
            run.all(rest, encoding, limit, start);
        } else {
            run.all(Utf16Reader::new(rest, encoding), encoding, limit, start);
        }
    }
}

/// Reads the first bytes, fewer where the file ends or cannot be read on.
fn read_head(reader: &mut dyn BufRead, head: &mut Vec<u8>) -> io::Result<()> {
    reader.take(FIRST_BYTES as u64).read_to_end(head).map(|_| ())
}

struct Run<'r, F> {
    settings: &'r JsonReader,
    /// The dialect and the envelope of the document before: nearly always those of the next.
    dialect: Dialect,
    envelope: &'static str,
    screen: Option<Screen>,
    leaves: Leaves,
    gathered: Gathered,
    report: &'r mut ReadReport,
    on_event: F,
}

impl<F: FnMut(&Event<'_, '_>)> Run<'_, F> {
    fn all(&mut self, mut reader: impl BufRead, encoding: Encoding, limit: usize, start: u64) {
        let layout = reader.fill_buf().map_or(Layout::Lines, Layout::of);
        let mut pieces = Pieces::new(reader, layout, encoding, limit, start);
        let mut document = Vec::new();
        loop {
            match pieces.next(&mut document) {
                Ok(None) => break,
                Ok(Some((piece, offset))) => self.piece(piece, &document, offset),
                Err(error) => {
                    self.damage(DamageKind::Unreadable, pieces.position(), error.to_string());
                    break;
                }
            }
        }
        self.report.bytes += pieces.position();
    }

    fn piece(&mut self, piece: Piece, document: &[u8], offset: u64) {
        let document = document.trim_ascii();
        match piece {
            Piece::TooLong => {
                let limit = self.settings.limits.line_bytes;
                self.damage(DamageKind::LineTooLong, offset, format!("longer than {limit} bytes"));
            }
            Piece::Stray => self.damage(DamageKind::Line, offset, begins_with(document)),
            Piece::Whole | Piece::Last => {
                let document = document.strip_suffix(b",").unwrap_or(document);
                // The brackets of an array whose elements stand one a line.
                if !document.is_empty() && document != b"[" && document != b"]" {
                    self.document(document, offset, piece == Piece::Last);
                }
            }
        }
    }

    fn document(&mut self, document: &[u8], offset: u64, is_last: bool) {
        if self.screen.as_ref().is_some_and(|screen| !screen.lets_through(document)) {
            self.report.records += 1;
            return;
        }
        match self.leaves.read(document) {
            Ok(()) => self.event(offset),
            Err(Fault { cut_off: true, detail }) if is_last => self.damage(DamageKind::LineCutOff, offset, detail),
            Err(Fault { detail, .. }) => self.damage(DamageKind::Line, offset, detail),
        }
    }

    fn event(&mut self, offset: u64) {
        self.leaves.look_below(self.envelope);
        self.gather();
        if self.gathered.event_id().is_none()
            && let Some(told) = Dialect::of(&mut self.leaves)
        {
            (self.dialect, self.envelope) = (told.dialect, told.envelope);
            self.gather();
        }
        if self.gathered.event_id().is_none() {
            if !self.accompanies_events() {
                self.damage(DamageKind::NoEventId, offset, String::new());
            }
            return;
        }
        self.report.records += 1;
        if !(self.settings.wants)(&self.gathered.fields) {
            return;
        }
        self.doubts(offset);
        let record_id = self.record_id();
        let event = Event { fields: &self.gathered.fields, offset, frame_record_id: record_id.unwrap_or(0) };
        (self.on_event)(&event);
    }

    fn gather(&mut self) {
        self.gathered.clear();
        self.dialect.gather(&self.leaves, &mut self.gathered);
    }

    /// Reports what is doubtful about a wanted event.
    fn doubts(&mut self, offset: u64) {
        if let Some(what) = self.gathered.unread {
            self.damage(DamageKind::Value, offset, what.to_owned());
        }
        if self.gathered.zone_unknown {
            self.damage_once(DamageKind::TimeWithoutZone, offset, || "taken as UTC".to_owned());
        }
        // What `evtx_dump` writes is what the log says.
        if self.dialect != Dialect::EvtxDump
            && let Some(difference) = self.gathered.clock_difference()
        {
            self.damage_once(DamageKind::Clock, offset, || difference);
        }
    }

    /// Whether a document without an event is one that stands among events: between those of Elasticsearch's bulk form,
    /// `{"index":{"_index":"…"}}`, and at the end of Splunk's results, `{"preview":false,"lastrow":true}`.
    fn accompanies_events(&self) -> bool {
        if self.leaves.has("preview") && !self.leaves.has_below("result") {
            return true;
        }
        ["index.", "create."].iter().any(|action| {
            self.leaves.iter().all(|(path, _)| {
                path == action.trim_end_matches('.')
                    || path.strip_prefix(action).is_some_and(|name| name.starts_with('_'))
            })
        })
    }

    fn record_id(&self) -> Option<u64> {
        self.gathered.fields.system(SystemField::EventRecordId).number()?.ok().map(|id| id as u64)
    }

    fn damage(&mut self, kind: DamageKind, offset: u64, detail: String) {
        let record_id = if kind == DamageKind::Value { self.record_id() } else { None };
        self.report.add_damage(Damage { kind, offset, record_id, detail });
    }

    /// Counts damage that a whole file may have; its first place stands for the others.
    fn damage_once(&mut self, kind: DamageKind, offset: u64, detail: impl FnOnce() -> String) {
        if self.report.damage_counts.iter().any(|(known, _)| *known == kind) {
            self.report.count_damage(kind, 1);
        } else {
            self.damage(kind, offset, detail());
        }
    }
}

fn begins_with(document: &[u8]) -> String {
    let start: String = String::from_utf8_lossy(document).chars().take(24).filter(|c| !c.is_control()).collect();
    format!("no JSON document; it begins with `{start}`")
}
