//! Which program wrote an export, told by the members of its first documents.

use super::encoding::{Encoding, Utf16Reader};
use super::gathered::Gathered;
use super::leaves::Leaves;
use super::pieces::{Layout, Piece, Pieces};
use super::{beats, evtx_dump, flat, splunk};

/// A form in which programs export Windows events as JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `evtx_dump -o jsonl` of the `evtx` crate, attributes as `#attributes` or beside the element. Nothing is lost.
    EvtxDump,
    /// Winlogbeat from version 7 on and Elastic Agent, bare or as exported from Elasticsearch: `winlog.*`.
    Winlogbeat,
    /// Winlogbeat 5 and 6: `event_data.*`.
    Winlogbeat6,
    /// Splunk: search results with `EventCode`, or with the event's XML or text in `_raw`.
    Splunk,
    /// NXLog: all members beside each other, with its own `EventReceivedTime`, `SourceModuleName`, ….
    Nxlog,
    /// All members beside each other, as in the Security-Datasets (Mordor) project.
    Flat,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Dialect; 6] =
        [Dialect::EvtxDump, Dialect::Winlogbeat, Dialect::Winlogbeat6, Dialect::Splunk, Dialect::Nxlog, Dialect::Flat];

    /// A few words for a message.
    pub fn words(self) -> &'static str {
        match self {
            Dialect::EvtxDump => "evtx_dump's JSON",
            Dialect::Winlogbeat => "Winlogbeat's JSON (ECS)",
            Dialect::Winlogbeat6 => "Winlogbeat's JSON (version 6 or older)",
            Dialect::Splunk => "Splunk's JSON",
            Dialect::Nxlog => "NXLog's flat JSON",
            Dialect::Flat => "flat JSON as in the Security-Datasets project",
        }
    }

    /// Which field of the export is the event's time, and what of it the export loses.
    pub fn time_field(self) -> &'static str {
        match self {
            Dialect::EvtxDump => "`Event.System.TimeCreated`, whole",
            Dialect::Winlogbeat => {
                "`winlog.time_created`, else `@timestamp`; milliseconds, and Sysmon's `UtcTime` where the Sysmon module ran"
            }
            Dialect::Winlogbeat6 => "`@timestamp`; milliseconds",
            Dialect::Splunk => "`SystemTime` within `_raw`, else `SystemTime`, `TimeCreated` or `_time`",
            Dialect::Nxlog => {
                "`EventTime`; seconds by default, of the collector's clock: its zone is told by `EventReceivedTime` \
                 and `@timestamp`, and UTC where these are not there"
            }
            Dialect::Flat => "`TimeCreated`, else `SystemTime`, `EventTime` or `@timestamp`, as written",
        }
    }

    /// Fills in the event's fields.
    pub(super) fn gather(self, leaves: &Leaves, out: &mut Gathered) {
        match self {
            Dialect::EvtxDump => evtx_dump::gather(leaves, out),
            Dialect::Winlogbeat => beats::gather_ecs(leaves, out),
            Dialect::Winlogbeat6 => beats::gather_version_6(leaves, out),
            Dialect::Splunk => splunk::gather(leaves, out),
            Dialect::Nxlog | Dialect::Flat => flat::gather(leaves, out),
        }
        out.name_provider_by_channel();
    }

    /// What tells the dialect of a document. Afterwards only what its envelope holds is shown of it.
    pub(super) fn of(leaves: &mut Leaves) -> Option<Told> {
        for envelope in ["", "_source.", "result.", "fields."] {
            leaves.look_below(envelope);
            if let Some((dialect, members)) = Self::of_shown(leaves) {
                return Some(Told { dialect, envelope, members });
            }
        }
        leaves.look_below("");
        None
    }

    fn of_shown(leaves: &Leaves) -> Option<(Self, Vec<&'static str>)> {
        let there = |names: &[&'static str]| -> Vec<&'static str> {
            names.iter().copied().filter(|name| leaves.has(name)).collect()
        };
        if leaves.has_below("Event.System.") {
            return Some((Dialect::EvtxDump, vec!["Event.System"]));
        }
        let winlog = there(&["winlog.event_id", "winlog.provider_name", "winlog.channel", "winlog.record_id"]);
        if !winlog.is_empty() {
            return Some((Dialect::Winlogbeat, winlog));
        }
        let beats = there(&["source_name", "log_name", "computer_name", "record_number"]);
        if leaves.has("event_id") && !beats.is_empty() {
            return Some((Dialect::Winlogbeat6, [vec!["event_id"], beats].concat()));
        }
        if leaves.first("_raw").is_some_and(splunk::is_windows_event) {
            return Some((Dialect::Splunk, vec!["_raw"]));
        }
        let splunk = there(&["ComputerName", "LogName", "RecordNumber", "SourceName", "sourcetype", "_time"]);
        if leaves.has("EventCode") && !splunk.is_empty() {
            return Some((Dialect::Splunk, [vec!["EventCode"], splunk].concat()));
        }
        let names = there(&["SourceName", "ProviderName", "ProviderGuid", "Provider", "Channel"]);
        if !leaves.has("EventID") || names.is_empty() {
            return None;
        }
        let nxlog = there(&["EventReceivedTime", "SourceModuleName", "SourceModuleType", "SeverityValue"]);
        let dialect = if nxlog.is_empty() { Dialect::Flat } else { Dialect::Nxlog };
        Some((dialect, [vec!["EventID"], nxlog, names].concat()))
    }
}

/// A dialect, as one document told it.
pub(super) struct Told {
    pub(super) dialect: Dialect,
    /// The path below which the event stands: exports of Elasticsearch and Splunk have one around it.
    pub(super) envelope: &'static str,
    /// The members that told it.
    members: Vec<&'static str>,
}

/// How many bytes from a file's start [`recognise`] should be given: long first lines are told as well.
pub const HEAD_BYTES: usize = 256 << 10;
/// Documents that are looked at.
const DOCUMENTS_LOOKED_AT: usize = 32;

/// What was found in the first bytes of a file.
struct Finding {
    encoding: Encoding,
    layout: Layout,
    /// The dialect, and the number of the document that told it.
    told: Option<(Told, usize)>,
    /// Documents that are JSON, whatever they hold.
    documents: usize,
    /// The first members of the first of them.
    members: Vec<String>,
}

/// Tells by the first bytes of a file, [`HEAD_BYTES`] where there are so many, which dialect it is. `None` where it is
/// no export of Windows events. The name of a file says nothing.
pub fn recognise(head: &[u8]) -> Option<Dialect> {
    look(head)?.told.map(|(told, _)| told.dialect)
}

/// What [`recognise`] finds and why, in a sentence or two.
pub fn explain(head: &[u8]) -> String {
    let Some(finding) = look(head) else { return "no JSON: no line begins with a brace or a bracket".to_owned() };
    let mut form = match finding.layout {
        Layout::Lines => "JSON Lines".to_owned(),
        Layout::Spread => "JSON documents, in an array or over several lines".to_owned(),
    };
    if finding.encoding != Encoding::Utf8 {
        form = format!("{form} in {}", finding.encoding.words());
    }
    match finding.told {
        Some((told, number)) => format!(
            "{form}: {}, since document {number} has {}. The time of an event is {}.",
            told.dialect.words(),
            listed(told.members.iter().copied()),
            told.dialect.time_field()
        ),
        None if finding.documents == 0 => "no JSON: no line that begins with a brace can be read as such".to_owned(),
        None => format!(
            "{form}, but no export of Windows events: none of the first {} documents has the members of a dialect that \
             is known. The first has {}.",
            finding.documents,
            listed(finding.members.iter().map(String::as_str))
        ),
    }
}

fn listed<'m>(members: impl Iterator<Item = &'m str>) -> String {
    let members: Vec<String> = members.map(|member| format!("`{member}`")).collect();
    if members.is_empty() { "no members".to_owned() } else { members.join(", ") }
}

/// `None` where the bytes are no JSON by the first look.
fn look(head: &[u8]) -> Option<Finding> {
    let (encoding, mark) = Encoding::of(head);
    let text = text_of(&head[mark..], encoding);
    let text = text.as_slice();
    // Binary files have NULs soon; text has none.
    if text.iter().take(512).any(|byte| *byte == 0) {
        return None;
    }
    let begins = |line: &[u8]| line.first().is_some_and(|byte| b"{[".contains(byte));
    if !text.split(|byte| *byte == b'\n').take(DOCUMENTS_LOOKED_AT).any(|line| begins(line.trim_ascii_start())) {
        return None;
    }
    let layout = Layout::of(text);
    let mut finding = Finding { encoding, layout, told: None, documents: 0, members: Vec::new() };
    let mut pieces = Pieces::new(text, layout, Encoding::Utf8, text.len(), 0);
    let (mut document, mut leaves) = (Vec::new(), Leaves::default());
    for _ in 0..DOCUMENTS_LOOKED_AT {
        let Ok(Some((piece, _))) = pieces.next(&mut document) else { break };
        let is_document = begins(document.trim_ascii_start());
        if matches!(piece, Piece::TooLong | Piece::Stray) || !is_document {
            continue;
        }
        // A document that the head cuts off tells as much by the members before the cut.
        if leaves.read(document.trim_ascii()).is_err_and(|fault| !fault.cut_off) || leaves.is_empty() {
            continue;
        }
        finding.documents += 1;
        if finding.documents == 1 {
            finding.members = leaves.iter().take(8).map(|(path, _)| path.chars().take(40).collect()).collect();
        }
        if let Some(told) = Dialect::of(&mut leaves) {
            finding.told = Some((told, finding.documents));
            break;
        }
    }
    Some(finding)
}

fn text_of(bytes: &[u8], encoding: Encoding) -> Vec<u8> {
    let mut text = Vec::new();
    if encoding == Encoding::Utf8 {
        text.extend_from_slice(bytes);
    } else {
        // Reading from memory cannot fail.
        let _ = std::io::Read::read_to_end(&mut Utf16Reader::new(bytes, encoding), &mut text);
    }
    text
}
