//! How documents stand in a file, and what is done about broken ones.

mod dialects;

use std::io::{self, BufReader, Read};

use proptest::prelude::*;

use super::{Dialect, JsonReader, LineLimits, explain, recognise};
use crate::event_log::{DamageKind, FieldId, FieldSet, ReadReport, SystemField};

fn text(fields: &FieldSet<'_>, id: FieldId) -> Option<String> {
    let field = fields.get(id);
    field.is_present().then(|| {
        let mut text = String::new();
        field.write_text(&mut text);
        text
    })
}

/// The fields of one event, by name.
struct Found(Vec<(&'static str, Option<String>)>, u64);

const SYSTEM: [(&str, SystemField); 8] = [
    ("Provider", SystemField::Provider),
    ("Guid", SystemField::ProviderGuid),
    ("EventID", SystemField::EventId),
    ("Version", SystemField::Version),
    ("TimeCreated", SystemField::TimeCreated),
    ("EventRecordID", SystemField::EventRecordId),
    ("Channel", SystemField::Channel),
    ("Computer", SystemField::Computer),
];
const DATA: [&str; 18] = [
    "NewProcessId",
    "NewProcessName",
    "ProcessId",
    "ParentProcessName",
    "CommandLine",
    "SubjectUserSid",
    "SubjectUserName",
    "SubjectDomainName",
    "SubjectLogonId",
    "TargetUserName",
    "TokenElevationType",
    "MandatoryLabel",
    "Image",
    "Hashes",
    "User",
    "ParentImage",
    "ParentCommandLine",
    "ProcessGuid",
];

impl Found {
    #[track_caller]
    fn has(&self, wanted: &[(&str, &str)]) {
        for (name, value) in wanted {
            let found = self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_deref());
            assert_eq!(found, Some(Some(*value)), "{name}");
        }
    }

    #[track_caller]
    fn lacks(&self, names: &[&str]) {
        for name in names {
            let found = self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_deref());
            assert_eq!(found, Some(None), "{name}");
        }
    }
}

fn is_wanted(fields: &FieldSet<'_>) -> bool {
    matches!(fields.system(SystemField::EventId).number(), Some(Ok(1 | 4688 | 4689)))
}

const READER: JsonReader = JsonReader {
    dialect: Dialect::Flat,
    limits: LineLimits { line_bytes: 1 << 20 },
    wants: is_wanted,
    event_ids: None,
};

fn read_with(reader: &JsonReader, bytes: &[u8]) -> (Vec<Found>, ReadReport) {
    let (mut events, mut report) = (Vec::new(), ReadReport::default());
    reader.read(&mut BufReader::with_capacity(13, bytes), &mut report, |event| {
        let system = SYSTEM.iter().map(|(name, field)| (*name, text(event.fields, field.id())));
        let data = DATA.iter().map(|name| (*name, text(event.fields, FieldId::of_data(name).unwrap())));
        events.push(Found(system.chain(data).collect(), event.offset));
    });
    (events, report)
}

/// Reads a text, whose dialect must be told as that one, with and without the look at event ids.
#[track_caller]
fn read(dialect: Dialect, lines: &str) -> (Vec<Found>, ReadReport) {
    assert_eq!(recognise(lines.as_bytes()), Some(dialect), "{}", explain(lines.as_bytes()));
    let reader = JsonReader { dialect, ..READER };
    let (all, report) = read_with(&reader, lines.as_bytes());
    let (screened, screened_report) =
        read_with(&JsonReader { event_ids: Some(&[1, 4688, 4689]), ..reader }, lines.as_bytes());
    assert_eq!(all.len(), screened.len());
    assert_eq!(report.records, screened_report.records);
    (all, report)
}

#[track_caller]
fn one(dialect: Dialect, line: &str) -> Found {
    let (mut events, report) = read(dialect, line);
    assert_eq!(events.len(), 1, "{report:?}");
    events.remove(0)
}

const LINE: &str = r#"{"EventID":4688,"SourceName":"Microsoft-Windows-Security-Auditing","Channel":"Security","RecordNumber":1,"CommandLine":"é 😀"}"#;
const OTHER: &str =
    r#"{"EventID":5156,"SourceName":"Microsoft-Windows-Security-Auditing","Channel":"Security","RecordNumber":2}"#;

#[track_caller]
fn offsets(bytes: &[u8], wanted: &[usize]) {
    assert_eq!(recognise(bytes), Some(Dialect::Flat), "{}", explain(bytes));
    let (events, report) = read_with(&READER, bytes);
    assert!(report.is_clean(), "{report:?}");
    assert_eq!(report.bytes, bytes.len() as u64);
    let found: Vec<usize> = events.iter().map(|event| event.1 as usize).collect();
    assert_eq!(found, wanted);
    events.iter().for_each(|event| event.has(&[("CommandLine", "é 😀")]));
}

#[test]
fn marks_line_ends_blank_lines_and_arrays() {
    let (line, other) = (LINE.len(), OTHER.len());
    offsets(format!("{OTHER}\n{LINE}").as_bytes(), &[other + 1]);
    offsets(format!("\u{feff}{LINE}\r\n\r\n  \n{LINE}\r\n").as_bytes(), &[3, 3 + line + 7]);
    offsets(format!("[{LINE},{OTHER},\n {LINE}]").as_bytes(), &[1, line + other + 5]);
    offsets(format!("[\n{LINE},\n{LINE}\n]\n").as_bytes(), &[2, line + 4]);
    let spread = serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(LINE).unwrap()).unwrap();
    offsets(format!("Record 1\n{spread}\nRecord 2\n{spread}\n").as_bytes(), &[9, 9 + spread.len() + 10]);
}

#[test]
fn utf16_in_both_orders() {
    let text = format!("{LINE}\r\n{OTHER}\r\n{LINE}\r\n");
    let second = 2 * format!("{LINE}\r\n{OTHER}\r\n").encode_utf16().count();
    let little = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let big = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    let marked = format!("\u{feff}{text}");
    offsets(&little(&marked), &[2, second + 2]);
    offsets(&big(&marked), &[2, second + 2]);
    offsets(&little(&text), &[0, second]);
    offsets(&big(&text), &[0, second]);
}

#[test]
fn damage_costs_one_line_and_is_told() {
    let long = format!(r#"{{"EventID":4688,"x":"{}"}}"#, "x".repeat(1000));
    let deep = format!(r#"{{"EventID":4688,"x":{}}}"#, "[".repeat(500));
    let text =
        format!("{LINE}\n{{\"EventID\":4688,\nnonsense\n{LINE}\n{long}\n{deep}\n{{\"a\":1}}\n{LINE}\n{{\"EventID\":46");
    for event_ids in [None, Some([1u32, 4688].as_slice())] {
        let limits = LineLimits { line_bytes: 800 };
        let (events, report) = read_with(&JsonReader { limits, event_ids, ..READER }, text.as_bytes());
        assert_eq!(events.len(), 3);
        assert_eq!(
            report.damage_counts,
            [
                (DamageKind::Line, 3),
                (DamageKind::LineCutOff, 1),
                (DamageKind::LineTooLong, 1),
                (DamageKind::NoEventId, 1)
            ]
        );
        assert!(report.lost_events());
        let first = &report.damages[0];
        assert_eq!(first.offset, LINE.len() as u64 + 1);
        assert_eq!(first.to_string(), "line that is no JSON, at byte 130: EOF while parsing an object at its byte 15");
    }
}

#[test]
fn lines_that_accompany_events_are_no_damage() {
    let bulk = format!("{{\"index\":{{\"_index\":\"w\",\"_id\":\"1\"}}}}\n{LINE}\n{{\"create\":{{}}}}\n{LINE}\n");
    let splunk = format!("{{\"preview\":false,\"result\":{LINE}}}\n{{\"preview\":false,\"lastrow\":true}}\n");
    for text in [bulk, splunk] {
        let (events, report) = read_with(&READER, text.as_bytes());
        assert!(!events.is_empty() && report.is_clean(), "{report:?}");
    }
}

#[test]
fn lines_of_several_dialects_in_one_file() {
    let other = r#"{"@timestamp":"2024-05-14T08:31:12Z","winlog":{"event_id":4688,"record_id":9}}"#;
    let (events, report) = read_with(&READER, format!("{LINE}\n{other}\n").as_bytes());
    assert!(report.is_clean());
    events[1].has(&[("EventRecordID", "9")]);
}

/// Gives its bytes, then an error.
struct Broken<'b>(&'b [u8]);

impl Read for Broken<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self.0.read(out)? {
            0 => Err(io::Error::other("the disk is gone")),
            count => Ok(count),
        }
    }
}

#[test]
fn what_was_read_before_an_error_is_kept() {
    let text = format!("{LINE}\n{LINE}\n");
    let (mut events, mut report) = (0, ReadReport::default());
    READER.read(&mut BufReader::new(Broken(text.as_bytes())), &mut report, |_| events += 1);
    assert_eq!(events, 2);
    assert_eq!(report.damage_counts, [(DamageKind::Unreadable, 1)]);
    assert_eq!(report.damages[0].offset, text.len() as u64);
}

#[test]
fn what_is_recognised_is_explained() {
    assert_eq!(
        explain(LINE.as_bytes()),
        "JSON Lines: flat JSON as in the Security-Datasets project, since document 1 has `EventID`, `SourceName`, \
         `Channel`. The time of an event is `TimeCreated`, else `SystemTime`, `EventTime` or `@timestamp`, as written."
    );
    assert_eq!(
        explain(b"{\"name\":\"x\",\"size\":1}\n"),
        "JSON Lines, but no export of Windows events: none of the first 1 documents has the members of a dialect that \
         is known. The first has `name`, `size`."
    );
    assert_eq!(explain(b"hello\n"), "no JSON: no line begins with a brace or a bracket");
    for other in
        [b"".as_slice(), b"ElfFile\0", b"{\"a\":1}", b"[1,2]", b"{", b"\xff\xfe", b"PK\x03\x04{\"EventID\":1}\0"]
    {
        assert_eq!(recognise(other), None, "{}", explain(other));
    }
    // A first document longer than the head tells by what is there of it, and a damaged first line costs nothing.
    assert_eq!(recognise(&LINE.as_bytes()[..80]), Some(Dialect::Flat));
    assert_eq!(recognise(format!("cut\":1}}\n{LINE}\n").as_bytes()), Some(Dialect::Flat));
}

#[test]
fn names_of_dialects_differ() {
    let words: std::collections::HashSet<_> = Dialect::ALL.iter().map(|dialect| dialect.words()).collect();
    assert_eq!(words.len(), Dialect::ALL.len());
}

/// Each of these would take minutes if it cost the square of its length.
#[test]
fn hostile_texts_cost_no_more_than_their_length() {
    let head = r#"{"_raw":"<Event><System><EventID>4688</EventID><Channel>Security</Channel></System><EventData>"#;
    for filling in ["&", "<a", "<a b='", "<!--", "</x>", "<x>", "&#x41", "\n\tProcess Command Line:", " "] {
        let line = format!("{head}{}\"}}", filling.repeat(1_000_000 / filling.len()));
        let (_, report) = read_with(&READER, line.as_bytes());
        assert!(report.records <= 1);
    }
    let keys = r#""EventID"  "#.repeat(100_000);
    read_with(&JsonReader { event_ids: Some(&[1]), ..READER }, format!("{{{keys}}}").as_bytes());
}

/// JSON of any shape, with names that dialects have among its keys.
fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let key = prop::sample::select(vec![
        "EventID",
        "EventCode",
        "event_id",
        "winlog",
        "event_data",
        "Event",
        "System",
        "EventData",
        "_raw",
        "_source",
        "result",
        "SourceName",
        "Channel",
        "CommandLine",
        "UtcTime",
        "EventTime",
        "@timestamp",
        "_time",
        "#text",
        "x",
    ]);
    let text = prop::sample::select(vec![
        "1",
        "4688",
        "Security",
        "<Event",
        "<Event><System><EventID>1<",
        "<Event a='",
        "LogName=Security\nEventCode=4688\nMessage=\n\t:",
        "2020-02-30 99:99:99",
        "9999999999999999999",
        "-1",
        "Microsoft-Windows-Sysmon",
        "Microsoft-Windows-Sysmon/Operational",
    ]);
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        prop::sample::select(vec![1, 4688]).prop_map(Into::into),
        text.prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 40, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::Array),
            prop::collection::vec((key.clone(), inner), 0..8)
                .prop_map(|members| members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
        ]
    })
}

proptest! {
    #[test]
    fn random_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        recognise(&bytes);
        explain(&bytes);
        read_with(&READER, &bytes);
    }

    #[test]
    fn random_documents_do_no_harm(documents in prop::collection::vec(any_json(), 1..4), cut in 0..2000usize) {
        let lines: String = documents.iter().map(|document| format!("{document}\n")).collect();
        let cut = cut.min(lines.len());
        for bytes in [lines.as_bytes(), &lines.as_bytes()[..cut]] {
            explain(bytes);
            for dialect in Dialect::ALL {
                let reader = JsonReader { dialect, wants: |_| true, ..READER };
                let (_, report) = read_with(&reader, bytes);
                prop_assert_eq!(report.bytes, bytes.len() as u64);
            }
        }
    }

    /// The look at event ids never costs a wanted event.
    #[test]
    fn the_screen_loses_nothing(documents in prop::collection::vec(any_json(), 1..8)) {
        let lines: String = documents.iter().map(|document| format!("{document}\n")).collect();
        let offsets = |event_ids| {
            let (events, _) = read_with(&JsonReader { event_ids, ..READER }, lines.as_bytes());
            events.iter().map(|event| event.1).collect::<Vec<_>>()
        };
        prop_assert_eq!(offsets(Some(&[1, 4688, 4689])), offsets(None));
    }
}
