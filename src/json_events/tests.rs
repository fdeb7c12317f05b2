//! Lines of every dialect, and what is done about broken ones.

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

const SECURITY: (&str, &str) = ("Provider", "Microsoft-Windows-Security-Auditing");
const SYSMON: (&str, &str) = ("Provider", "Microsoft-Windows-Sysmon");

#[test]
fn evtx_dump_with_attributes_within_and_beside() {
    let within = r##"{"Event":{"#attributes":{"xmlns":"http://schemas.microsoft.com/win/2004/08/events/event"},"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Security-Auditing","Guid":"54849625-5478-4994-A5BA-3E3B0328C30D"}},"EventID":{"#attributes":{"Qualifiers":""},"#text":4688},"Version":2,"TimeCreated":{"#attributes":{"SystemTime":"2024-05-14T08:31:12.1234567Z"}},"EventRecordID":77,"Channel":"Security","Computer":"A"},"EventData":{"NewProcessId":"0x1a4","CommandLine":"","ParentProcessName":null}}}"##;
    let beside = r#"{"Event":{"Event_attributes":{"xmlns":"x"},"System":{"Provider_attributes":{"Name":"Microsoft-Windows-Security-Auditing","Guid":"{54849625-5478-4994-a5ba-3e3b0328c30d}"},"EventID_attributes":{"Qualifiers":""},"EventID":4688,"Version":2,"TimeCreated_attributes":{"SystemTime":"2024-05-14 08:31:12.1234567 UTC"},"EventRecordID":77,"Channel":"Security","Computer":"A"},"EventData":{"NewProcessId":"0x1a4","CommandLine":"","ParentProcessName":null}}}"#;
    for line in [within, beside] {
        let event = one(Dialect::EvtxDump, line);
        event.has(&[
            SECURITY,
            ("Guid", "{54849625-5478-4994-a5ba-3e3b0328c30d}"),
            ("EventID", "4688"),
            ("Version", "2"),
            ("TimeCreated", "2024-05-14T08:31:12.1234567Z"),
            ("EventRecordID", "77"),
            ("Channel", "Security"),
            ("Computer", "A"),
            ("NewProcessId", "0x1a4"),
            ("CommandLine", ""),
            ("ParentProcessName", ""),
        ]);
        event.lacks(&["TargetUserName"]);
    }
}

#[test]
fn winlogbeat_nested_dotted_and_from_elasticsearch() {
    let nested = r#"{"@timestamp":"2024-05-14T08:31:12.123Z","host":{"name":"collector"},"winlog":{"event_id":"4688","provider_name":"Microsoft-Windows-Security-Auditing","record_id":77,"channel":"Security","computer_name":"A","version":2,"event_data":{"NewProcessId":"0x1a4","CommandLine":"a \u003c b"}},"event":{"code":"4688"}}"#;
    let dotted = r#"{"@timestamp":"2024-05-14T08:31:12.123Z","host.name":"collector","winlog.event_id":4688,"winlog.provider_name":"Microsoft-Windows-Security-Auditing","winlog.record_id":"77","winlog.channel":"Security","winlog.computer_name":"A","winlog.version":2,"winlog.event_data.NewProcessId":"0x1a4","winlog.event_data.CommandLine":"a < b"}"#;
    let exported = format!(r#"{{"_index":"winlogbeat","_id":"1","_source":{nested}}}"#);
    let discovered = r#"{"_index":"i","fields":{"@timestamp":["2024-05-14T08:31:12.123Z"],"winlog.event_id":["4688"],"winlog.provider_name":["Microsoft-Windows-Security-Auditing"],"winlog.record_id":[77],"winlog.channel":["Security"],"winlog.computer_name":["A"],"winlog.version":[2],"winlog.event_data.NewProcessId":["0x1a4"],"winlog.event_data.CommandLine":["a < b"]}}"#;
    for line in [nested, dotted, &exported, discovered] {
        one(Dialect::Winlogbeat, line).has(&[
            SECURITY,
            ("EventID", "4688"),
            ("Version", "2"),
            ("TimeCreated", "2024-05-14T08:31:12.123Z"),
            ("EventRecordID", "77"),
            ("Computer", "A"),
            ("NewProcessId", "0x1a4"),
            ("CommandLine", "a < b"),
        ]);
    }
}

#[test]
fn winlogbeat_modules_moved_values_into_ecs() {
    let event = one(
        Dialect::Winlogbeat,
        r#"{"@timestamp":"2024-05-14T08:31:12.123Z","winlog":{"event_id":1,"provider_name":"Microsoft-Windows-Sysmon","channel":"Microsoft-Windows-Sysmon/Operational","event_data":{"IntegrityLevel":"High"}},"process":{"pid":7,"executable":"C:\\a.exe","entity_id":"{g}","args":["a.exe","x y"],"hash":{"md5":"aa","sha256":"bb"},"pe":{"imphash":"cc"},"parent":{"executable":"C:\\p.exe","command_line":"p"}},"user":{"domain":"D","name":"u"},"message":"Process Create:\nRuleName: -\nImage: C:\\a.exe\nCommandLine: a.exe  \"x y\"\nCurrentDirectory: C:\\\n"}"#,
    );
    event.has(&[
        SYSMON,
        ("ProcessId", "7"),
        ("Image", r"C:\a.exe"),
        ("ProcessGuid", "{g}"),
        ("Hashes", "MD5=aa,SHA256=bb,IMPHASH=cc"),
        ("User", r"D\u"),
        ("ParentImage", r"C:\p.exe"),
        ("ParentCommandLine", "p"),
        ("CommandLine", "a.exe  \"x y\""),
    ]);
    one(
        Dialect::Winlogbeat,
        r#"{"@timestamp":"2024-05-14T08:31:12Z","winlog":{"event_id":"4688","channel":"Security","event_data":{"SubjectUserName":"u"}},"process":{"pid":7,"executable":"C:\\a.exe","parent":{"executable":"C:\\p.exe"}},"user":{"domain":"other","name":"other"}}"#,
    )
    .has(&[SECURITY, ("NewProcessId", "7"), ("NewProcessName", r"C:\a.exe"), ("ParentProcessName", r"C:\p.exe"), ("SubjectUserName", "u")]);
}

#[test]
fn winlogbeat_of_version_6() {
    let event = one(
        Dialect::Winlogbeat6,
        r#"{"@timestamp":"2019-05-18T20:43:35.605Z","host":{"name":"collector"},"computer_name":"A","log_name":"Security","event_id":4688,"version":2,"record_number":"288292","source_name":"Microsoft-Windows-Security-Auditing","user":{"name":"SYSTEM"},"event_data":{"NewProcessId":"0x1a4c","SubjectUserSid":"S-1-5-18"}}"#,
    );
    event.has(&[
        SECURITY,
        ("TimeCreated", "2019-05-18T20:43:35.605Z"),
        ("EventRecordID", "288292"),
        ("Version", "2"),
        ("Computer", "A"),
        ("NewProcessId", "0x1a4c"),
        ("SubjectUserSid", "S-1-5-18"),
    ]);
    event.lacks(&["CommandLine"]);
}

#[test]
fn nxlog_and_its_collectors_clock() {
    let line = |times: &str| {
        format!(
            r#"{{{times},"Hostname":"A","SourceModuleName":"eventlog","EventID":1,"SourceName":"Microsoft-Windows-Sysmon","ProviderGuid":"{{5770385F-C22A-43E0-BF4C-06F5698FFBD9}}","Version":5,"Channel":"Microsoft-Windows-Sysmon/Operational","RecordNumber":231554,"AccountName":"SYSTEM","UtcTime":"2020-09-04 07:06:21.388","ProcessId":"1820","User":"NT AUTHORITY\\SYSTEM"}}"#
        )
    };
    let stamped = line(
        r#""EventTime":"2020-09-04 03:06:21","EventReceivedTime":"2020-09-04 03:06:22","@timestamp":"2020-09-04T07:06:22.432Z""#,
    );
    let (events, report) = read(Dialect::Nxlog, &stamped);
    events[0].has(&[
        SYSMON,
        ("Guid", "{5770385F-C22A-43E0-BF4C-06F5698FFBD9}"),
        ("TimeCreated", "2020-09-04T07:06:21.000000000Z"),
        ("EventRecordID", "231554"),
        ("Version", "5"),
        ("ProcessId", "1820"),
        ("User", r"NT AUTHORITY\SYSTEM"),
    ]);
    assert!(report.is_clean(), "{report:?}");
    // Nothing tells the zone; Sysmon's own time tells that it is not UTC. Both are said once, and counted.
    let bare = line(r#""EventTime":"2020-09-04 03:06:21""#);
    let (events, report) = read(Dialect::Nxlog, &format!("{bare}\n{bare}\n"));
    events[0].has(&[("TimeCreated", "2020-09-04T03:06:21.000000000Z")]);
    assert_eq!(report.damage_counts, [(DamageKind::TimeWithoutZone, 2), (DamageKind::Clock, 2)]);
    assert_eq!(report.damages.len(), 2);
    assert!(!report.lost_events());
    for times in [
        r#""EventTime":"2020-09-04T03:06:21.388000-04:00""#,
        r#""EventTime":1599203181388000"#,
        r#""EventTime":1599203181388"#,
    ] {
        one(Dialect::Nxlog, &line(times)).has(&[("TimeCreated", "2020-09-04T07:06:21.388000000Z")]);
    }
}

#[test]
fn flat_lines_without_record_numbers() {
    let event = one(
        Dialect::Flat,
        r#"{"SourceName":"Microsoft-Windows-Security-Auditing","ProviderGuid":"{54849625-5478-4994-a5ba-3e3b0328c30d}","Channel":"Security","Hostname":"A","TimeCreated":"2022-08-03T07:22:14.355Z","@timestamp":"2022-08-03T07:22:14.355Z","EventID":4688,"NewProcessId":"0x1f94","CommandLine":null}"#,
    );
    event.has(&[SECURITY, ("TimeCreated", "2022-08-03T07:22:14.355Z"), ("NewProcessId", "0x1f94"), ("Computer", "A")]);
    event.lacks(&["EventRecordID", "Version", "CommandLine"]);
    // The provider is told by the channel where nothing else names it.
    one(Dialect::Flat, r#"{"EventID":4688,"Channel":"Security","TimeCreated":"/Date(1599203181388)/"}"#)
        .has(&[SECURITY, ("TimeCreated", "2020-09-04T07:06:21.388000000Z")]);
    one(Dialect::Flat, r#"{"EventID":1,"Channel":"System"}"#).lacks(&["Provider"]);
}

#[test]
fn splunk_with_xml_in_raw() {
    let event = one(
        Dialect::Splunk,
        r#"{"preview":false,"offset":0,"result":{"_time":"2024-05-14T10:31:12.000+02:00","EventCode":"4688","host":"forwarder","_raw":"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Security-Auditing' Guid='{54849625-5478-4994-A5BA-3E3B0328C30D}'/><EventID>4688</EventID><Version>2</Version><TimeCreated SystemTime='2024-05-14T08:31:12.123456700Z'/><EventRecordID>77</EventRecordID><Execution ProcessID='4' ThreadID='8'/><Channel>Security</Channel><Computer>A</Computer><Security/></System><EventData><Data Name='NewProcessId'>0x1a4</Data><Data Name='CommandLine'>cmd /c \"a &amp; b\" &gt; &#x43; &bogus;</Data><Data Name='ParentProcessName'/><Data Name='TargetUserName'><![CDATA[<u>]]></Data></EventData></Event>"}}"#,
    );
    event.has(&[
        SECURITY,
        ("Guid", "{54849625-5478-4994-A5BA-3E3B0328C30D}"),
        ("EventID", "4688"),
        ("Version", "2"),
        ("TimeCreated", "2024-05-14T08:31:12.123456700Z"),
        ("EventRecordID", "77"),
        ("Computer", "A"),
        ("NewProcessId", "0x1a4"),
        ("CommandLine", r#"cmd /c "a & b" > C &bogus;"#),
        ("ParentProcessName", ""),
        ("TargetUserName", "<u>"),
    ]);
    event.lacks(&["ProcessId"]);
    let cut = r#"{"result":{"_raw":"<Event><System><Provider Name='Microsoft-Windows-Sysmon'/><EventID>1</EventID></System><EventData><Data Name='Image'>C:\\a"}}"#;
    let (events, report) = read(Dialect::Splunk, cut);
    events[0].lacks(&["Image"]);
    assert_eq!(report.damage_counts, [(DamageKind::Value, 1)]);
}

#[test]
fn splunk_with_text_in_raw() {
    let raw = r#"08/23/2017 08:33:29 PM\nLogName=Security\nSourceName=Microsoft Windows security auditing.\nEventCode=4688\nEventType=0\nComputerName=A\nRecordNumber=57321\nMessage=A new process has been created.\r\n\r\nSubject:\r\n\tSecurity ID:\t\tD\\u\r\n\tAccount Name:\t\tu\r\n\tAccount Domain:\t\tD\r\n\tLogon ID:\t\t0x25276\r\n\r\nProcess Information:\r\n\tNew Process ID:\t\t0x1168\r\n\tNew Process Name:\tC:\\n.exe\r\n\tToken Elevation Type:\tTokenElevationTypeFull (2)\r\n\tMandatory Label:\t\tMandatory Label\\High Mandatory Level\r\n\tCreator Process ID:\t0xe80\r\n\tProcess Command Line:\t\"n\" a: b\n\tAccount Name:\t\tnobody \r\n\r\nToken Elevation Type indicates the type"#;
    let line = format!(r#"{{"_time":"1503520409","sourcetype":"WinEventLog:Security","_raw":"{raw}"}}"#);
    let event = one(Dialect::Splunk, &line);
    event.has(&[
        SECURITY,
        ("EventID", "4688"),
        ("TimeCreated", "2017-08-23T20:33:29.000000000Z"),
        ("EventRecordID", "57321"),
        ("Channel", "Security"),
        ("Computer", "A"),
        ("SubjectUserName", "u"),
        ("SubjectDomainName", "D"),
        ("SubjectLogonId", "0x25276"),
        ("NewProcessId", "0x1168"),
        ("NewProcessName", r"C:\n.exe"),
        ("TokenElevationType", "%%1937"),
        ("MandatoryLabel", "S-1-16-12288"),
        ("ProcessId", "0xe80"),
        ("CommandLine", "\"n\" a: b\n\tAccount Name:\t\tnobody "),
    ]);
    // A name in place of a SID is no SID.
    event.lacks(&["SubjectUserSid", "TargetUserName"]);
    let foreign = r#"{"_time":"1503520409","_raw":"LogName=Security\nEventCode=4688\nMessage=Ein neuer Prozess wurde erstellt.\n"}"#;
    let (events, report) = read(Dialect::Splunk, foreign);
    assert_eq!(events.len(), 1);
    assert_eq!(report.damage_counts, [(DamageKind::Value, 1)]);
}

#[test]
fn splunk_with_members_alone() {
    one(
        Dialect::Splunk,
        r#"{"result":{"_time":"2017-08-23 20:33:29.000 UTC","EventCode":"4688","ComputerName":"A","LogName":"Security","SourceName":"Microsoft Windows security auditing.","RecordNumber":"57321","Account_Name":["u","-"],"Security_ID":["S-1-5-18","NULL SID"],"New_Process_Name":"C:\\n.exe","New_Process_ID":"0x1168","Creator_Process_ID":"0xe80","Process_Command_Line":"n"}}"#,
    )
    .has(&[SECURITY, ("SubjectUserName", "u"), ("TargetUserName", "-"), ("SubjectUserSid", "S-1-5-18"), ("NewProcessId", "0x1168"), ("ProcessId", "0xe80"), ("CommandLine", "n")]);
    one(
        Dialect::Splunk,
        r#"{"EventCode":"1","_time":"1503520409.123","source":"XmlWinEventLog:Microsoft-Windows-Sysmon/Operational","Name":"'Microsoft-Windows-Sysmon'","SystemTime":"'2017-08-23T20:33:29.123456700Z'","Image":"C:\\n.exe","host":"A"}"#,
    )
    .has(&[SYSMON, ("Channel", "Microsoft-Windows-Sysmon/Operational"), ("TimeCreated", "2017-08-23T20:33:29.123456700Z"), ("Image", r"C:\n.exe"), ("Computer", "A")]);
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
