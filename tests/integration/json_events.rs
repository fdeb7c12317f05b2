//! An event is the same event whether it comes out of an EVTX file or out of an export of it.

use std::path::{Path, PathBuf};

use evtx::{EvtxParser, ParserSettings};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use trailhound::event_log::{
    CHUNK_SIZE, ChunkReader, FILE_HEADER_SIZE, FieldId, FieldSet, ReadLimits, ReadReport, SystemField, Time,
};
use trailhound::event_log_writer::process_events::{
    Account, CreationForm, ProcessCreation, Stamp, SysmonProcess, security_4688, security_4689, sysmon_1, sysmon_5,
};
use trailhound::event_log_writer::{Event, EventLogWriter, Guid, Sid};
use trailhound::json_events::{Dialect, HEAD_BYTES, JsonReader, LineLimits, explain, recognise};

use crate::corpus::corpus;

/// The fields of `EventData` that columns are fed from.
#[rustfmt::skip]
const DATA: &[&str] = &[
    "SubjectUserSid", "SubjectUserName", "SubjectDomainName", "SubjectLogonId", "NewProcessId", "NewProcessName",
    "TokenElevationType", "ProcessId", "CommandLine", "TargetUserSid", "TargetUserName", "TargetDomainName",
    "TargetLogonId", "ParentProcessName", "MandatoryLabel", "RuleName", "ProcessGuid", "Image", "FileVersion",
    "Description", "Product", "Company", "OriginalFileName", "CurrentDirectory", "User", "LogonId",
    "TerminalSessionId", "IntegrityLevel", "Hashes", "ParentProcessGuid", "ParentProcessId", "ParentImage",
    "ParentCommandLine", "ParentUser",
];

/// One event as text, `None` for a field that is not there. The time is compared as a time: a log has it as a number.
#[derive(Debug, Clone, PartialEq)]
struct Seen {
    system: [Option<String>; 7],
    time: Option<Time>,
    data: Vec<Option<String>>,
}

const PROVIDER: usize = 0;
const GUID: usize = 1;
const EVENT_ID: usize = 2;
const VERSION: usize = 3;
const RECORD_ID: usize = 4;
const CHANNEL: usize = 5;

fn seen(fields: &FieldSet<'_>) -> Seen {
    let text = |id: FieldId| {
        let field = fields.get(id);
        field.is_present().then(|| {
            let mut text = String::new();
            field.write_text(&mut text);
            text
        })
    };
    let system = [
        SystemField::Provider,
        SystemField::ProviderGuid,
        SystemField::EventId,
        SystemField::Version,
        SystemField::EventRecordId,
        SystemField::Channel,
        SystemField::Computer,
    ];
    Seen {
        system: system.map(|field| text(field.id())),
        time: fields.system(SystemField::TimeCreated).time(),
        data: DATA.iter().map(|name| text(FieldId::of_data(name).unwrap())).collect(),
    }
}

fn of_log(log: &[u8]) -> Vec<Seen> {
    let (events, report) = read_log(log);
    assert!(report.is_clean(), "{report:?}");
    events
}

fn read_log(log: &[u8]) -> (Vec<Seen>, ReadReport) {
    let reader = ChunkReader { limits: ReadLimits::default(), wants: |_| true };
    let (mut events, mut report) = (Vec::new(), ReadReport::default());
    for chunk in log[FILE_HEADER_SIZE..].chunks(CHUNK_SIZE) {
        reader.read(chunk, 0, &mut report, |event, _| events.push(seen(event.fields)));
    }
    (events, report)
}

#[track_caller]
fn of_export(dialect: Dialect, lines: &str) -> Vec<Seen> {
    let head = &lines.as_bytes()[..lines.len().min(HEAD_BYTES)];
    assert_eq!(recognise(head), Some(dialect), "{}", explain(head));
    let reader = JsonReader { dialect, limits: LineLimits::default(), wants: |_| true, event_ids: None };
    let (mut events, mut report) = (Vec::new(), ReadReport::default());
    reader.read(&mut lines.as_bytes(), &mut report, |event| events.push(seen(event.fields)));
    assert!(report.is_clean(), "{report:?}");
    assert_eq!(report.records, events.len() as u64);
    events
}

fn parser(log: &[u8], separate: bool) -> EvtxParser<std::io::Cursor<Vec<u8>>> {
    let settings = ParserSettings::new().separate_json_attributes(separate).indent(false);
    EvtxParser::from_buffer(log.to_vec()).unwrap().with_configuration(settings)
}

/// What `evtx_dump -o jsonl` prints, and the records that it cannot read: those with a time after the year 9999.
fn evtx_dump(log: &[u8], separate: bool) -> (String, usize) {
    let (mut lines, mut unread) = (String::new(), 0);
    for record in parser(log, separate).records_json() {
        match record {
            Ok(record) => lines.extend([record.data.as_str(), "\n"]),
            Err(_) => unread += 1,
        }
    }
    (lines, unread)
}

/// `evtx_dump` ends a text at a NUL within it.
fn without_what_follows_a_nul(seen: &Seen) -> Seen {
    let mut seen = seen.clone();
    for text in seen.data.iter_mut().flatten() {
        let end = text.find('\0').unwrap_or(text.len());
        text.truncate(end);
    }
    seen
}

#[track_caller]
fn check_log(log: &[u8]) -> usize {
    let wanted = of_log(log);
    if wanted.is_empty() {
        return 0;
    }
    for separate in [false, true] {
        let (lines, unread) = evtx_dump(log, separate);
        let found = of_export(Dialect::EvtxDump, &lines);
        assert_eq!(found.len() + unread, wanted.len());
        let mut wanted = wanted.iter();
        for found in &found {
            let wanted = wanted.by_ref().find(|wanted| wanted.system[RECORD_ID] == found.system[RECORD_ID]).unwrap();
            assert_eq!(*found, without_what_follows_a_nul(wanted), "separate attributes: {separate}");
        }
    }
    wanted.len()
}

fn logs_below(folder: &Path) -> Vec<PathBuf> {
    let mut logs: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    logs.retain(|path| path.extension().is_some_and(|end| end == "evtx"));
    logs.sort();
    logs
}

fn example_logs() -> Vec<PathBuf> {
    logs_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/logs"))
}

#[test]
fn the_example_logs_are_the_same_through_evtx_dump() {
    let events: usize = example_logs().iter().map(|path| check_log(&std::fs::read(path).unwrap())).sum();
    assert!(events > 1000, "{events}");
}

/// Damaged logs are left out: there each reader finds its own way past the damage.
#[test]
fn the_real_logs_are_the_same_through_evtx_dump() {
    let Some(corpus) = corpus() else { return };
    let (mut events, mut logs) = (0, 0);
    for entry in ["evtx", "synthetic"].iter().flat_map(|folder| walkdir::WalkDir::new(corpus.join(folder))) {
        let entry = entry.unwrap();
        if entry.path().extension().is_none_or(|end| end != "evtx") {
            continue;
        }
        let log = std::fs::read(entry.path()).unwrap();
        if log.len() > FILE_HEADER_SIZE && read_log(&log).1.is_clean() {
            events += check_log(&log);
            logs += 1;
        }
    }
    println!("compared {events} events of {logs} logs");
    assert!(events > 9000 && logs > 270, "{events} events of {logs} logs");
}

/// Process events of the example logs with their JSON and their XML.
fn process_events() -> Vec<(Seen, Value, String)> {
    let is_process = |seen: &Seen| matches!(seen.system[EVENT_ID].as_deref(), Some("1" | "5" | "4688" | "4689"));
    let mut events = Vec::new();
    for path in example_logs() {
        let log = std::fs::read(path).unwrap();
        let json = parser(&log, false).records_json_value().map(|record| record.unwrap().data).collect::<Vec<_>>();
        let xml = parser(&log, false).records().map(|record| record.unwrap().data).collect::<Vec<_>>();
        events.extend(
            of_log(&log)
                .into_iter()
                .zip(json)
                .zip(xml)
                .map(|((seen, json), xml)| (seen, json, xml))
                .filter(|(seen, ..)| is_process(seen)),
        );
    }
    assert!(events.len() > 500);
    events
}

/// The same events written as a dialect has them read the same, but for what the dialect loses.
#[track_caller]
fn check_dialect(
    dialect: Dialect,
    write: impl Fn(&Map<String, Value>, &Value, &str) -> Value,
    lose: impl Fn(&mut Seen),
) {
    let events = process_events();
    let lines: String = events
        .iter()
        .map(|(_, event, xml)| {
            let data = event["Event"]["EventData"].as_object().unwrap();
            format!("{}\n", write(data, &event["Event"]["System"], xml))
        })
        .collect();
    let found = of_export(dialect, &lines);
    assert_eq!(found.len(), events.len());
    for (found, (wanted, ..)) in found.iter().zip(&events) {
        let mut wanted = wanted.clone();
        lose(&mut wanted);
        assert_eq!(*found, wanted);
    }
}

fn provider(system: &Value, name: &str) -> Value {
    system["Provider"]["#attributes"][name].clone()
}

/// A number in quotation marks, as several dialects write it.
fn as_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn time(system: &Value) -> Value {
    system["TimeCreated"]["#attributes"]["SystemTime"].clone()
}

#[test]
fn winlogbeat_gives_the_same_events() {
    let write = |data: &Map<String, Value>, system: &Value, _: &str| {
        json!({"@timestamp": time(system), "winlog": {
            "provider_name": provider(system, "Name"), "provider_guid": provider(system, "Guid"),
            "event_id": system["EventID"], "version": system["Version"], "record_id": system["EventRecordID"],
            "channel": system["Channel"], "computer_name": system["Computer"], "event_data": data,
        }})
    };
    check_dialect(Dialect::Winlogbeat, write, |_| {});
    check_dialect(Dialect::Winlogbeat, |data, system, xml| json!({"_source": write(data, system, xml)}), |_| {});
}

#[test]
fn winlogbeat_6_gives_the_same_events() {
    let write = |data: &Map<String, Value>, system: &Value, _: &str| {
        json!({"@timestamp": time(system), "source_name": provider(system, "Name"),
            "provider_guid": provider(system, "Guid"), "event_id": system["EventID"], "version": system["Version"],
            "record_number": as_text(&system["EventRecordID"]), "log_name": system["Channel"],
            "computer_name": system["Computer"], "event_data": data})
    };
    check_dialect(Dialect::Winlogbeat6, write, |_| {});
}

#[test]
fn flat_lines_give_the_same_events() {
    let write = |data: &Map<String, Value>, system: &Value, time_name: &str| {
        let mut line = data.clone();
        line.extend([
            ("SourceName".to_owned(), provider(system, "Name")),
            ("EventID".to_owned(), system["EventID"].clone()),
            ("RecordNumber".to_owned(), system["EventRecordID"].clone()),
            ("Channel".to_owned(), system["Channel"].clone()),
            ("Hostname".to_owned(), system["Computer"].clone()),
            (time_name.to_owned(), time(system)),
        ]);
        Value::Object(line)
    };
    // Neither the version nor the GUID is there.
    let lose = |seen: &mut Seen| (seen.system[VERSION], seen.system[GUID]) = (None, None);
    check_dialect(Dialect::Flat, |data, system, _| write(data, system, "TimeCreated"), lose);
    let nxlog = |data: &Map<String, Value>, system: &Value, _: &str| {
        let mut line = write(data, system, "EventTime");
        line["SourceModuleName"] = json!("eventlog");
        line
    };
    check_dialect(Dialect::Nxlog, nxlog, lose);
}

#[test]
fn splunk_gives_the_same_events_by_xml() {
    check_dialect(
        Dialect::Splunk,
        |_, system, xml| json!({"result": {"EventCode": as_text(&system["EventID"]), "_raw": xml}}),
        |_| {},
    );
    // Without the provider the channel tells it.
    let write = |data: &Map<String, Value>, system: &Value, _: &str| {
        let mut line = data.clone();
        line.extend([
            ("EventCode".to_owned(), system["EventID"].clone()),
            ("RecordNumber".to_owned(), system["EventRecordID"].clone()),
            ("LogName".to_owned(), system["Channel"].clone()),
            ("ComputerName".to_owned(), system["Computer"].clone()),
            ("_time".to_owned(), time(system)),
        ]);
        Value::Object(line)
    };
    let lose = |seen: &mut Seen| {
        (seen.system[VERSION], seen.system[GUID]) = (None, None);
        // A forwarded log's channel is the collector's.
        if seen.system[CHANNEL].as_deref() == Some("ForwardedEvents") {
            seen.system[PROVIDER] = None;
        }
    };
    check_dialect(Dialect::Splunk, write, lose);
}

/// Text with what JSON and XML must escape, and what is more than two bytes.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        prop::sample::select(vec![
            "",
            "-",
            "a\tb\r\nc",
            "\"q\" \\ / <x> & 'y'",
            "Привет 世界 😀",
            "\u{1}\u{1f}",
            "\\u0041"
        ])
        .prop_map(str::to_owned),
    ]
    // NULs end a text in some readers.
    .prop_map(|text| text.replace('\0', ""))
}

fn any_event() -> impl Strategy<Value = Event> {
    let texts = prop::collection::vec(any_text(), 6);
    let form = prop::sample::select(vec![
        CreationForm::Version0,
        CreationForm::Version1,
        CreationForm::Version2Short,
        CreationForm::Version2,
    ]);
    // The years 1970 to 2106.
    let time = (116_444_736_000_000_000u64..159_000_000_000_000_000, any::<u32>());
    (texts, form, time, any::<(u64, u32, [u8; 8])>(), 0..4u8).prop_map(
        |(texts, form, (time, id), (number, small, bytes), kind)| {
            let text = |index: usize| std::borrow::Cow::Owned(texts[index].clone());
            let stamp =
                Stamp { computer: "A.example".into(), time, record_id: u64::from(id), process_id: 4, thread_id: 8 };
            let account = Account { sid: Sid::local_system(), name: text(0), domain: text(1), logon_id: number };
            let sysmon = SysmonProcess {
                rule_name: text(0),
                started: time,
                process_guid: Guid::new(small, 1, 2, bytes),
                process_id: small,
                image: text(1),
                command_line: text(2),
                user: text(3),
                logon_id: number,
                hashes: text(4),
                parent_command_line: text(5),
                ..SysmonProcess::default()
            };
            match kind {
                0 => sysmon_1(&stamp, &sysmon),
                1 => sysmon_5(&stamp, &sysmon),
                2 => security_4689(&stamp, &account, number, &texts[2], small),
                _ => {
                    let creation = ProcessCreation {
                        subject: account,
                        process_id: number,
                        image: text(2),
                        elevation: 1936,
                        creator_process_id: number,
                        command_line: text(3),
                        target: Account::nobody(),
                        creator_image: text(4),
                        integrity: small,
                    };
                    security_4688(&stamp, &creation, form)
                }
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn any_event_is_the_same_through_evtx_dump(events in prop::collection::vec(any_event(), 1..6)) {
        let mut writer = EventLogWriter::in_memory().unwrap();
        for event in &events {
            writer.write(event).unwrap();
        }
        let log = writer.finish().unwrap().into_inner();
        prop_assert_eq!(check_log(&log), events.len());
    }
}
