//! One line of each dialect, in the forms that it comes in.

use super::*;

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
