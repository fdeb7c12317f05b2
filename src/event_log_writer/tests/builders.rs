//! Every ready-made event: all its fields come back under their names.

use super::ordinary_events::*;
use super::process_events::*;
use super::*;

fn stamp() -> Stamp {
    Stamp { computer: "HOST-2.sample.example".into(), time: TIME, record_id: 77, process_id: 4, thread_id: 88 }
}

fn account(name: &'static str) -> Account {
    Account {
        sid: Sid::new(5, &[21, 7, 8, 9, 1105]),
        name: name.into(),
        domain: "SAMPLE".into(),
        logon_id: 0x1_2345_6789,
    }
}

fn creation() -> ProcessCreation {
    ProcessCreation {
        subject: account("anna"),
        process_id: 0x1f40,
        image: r"C:\Windows\System32\cmd.exe".into(),
        elevation: 1937,
        creator_process_id: 0x0fa0,
        command_line: r#"cmd /c "echo <a> & b""#.into(),
        target: Account::nobody(),
        creator_image: r"C:\Windows\explorer.exe".into(),
        integrity: 12288,
    }
}

/// Writes the event as it is and forwarded, and compares id, version and all fields.
#[track_caller]
fn check(event: &Event, id: u16, version: u8, fields: usize) {
    let forwarded = Event { shape: Shape::Forwarded { time_digits: 9, rendering: None }, ..event.clone() };
    for event in [event, &forwarded] {
        assert_eq!(event.payload.fields().len(), fields);
        let records = read(written(std::slice::from_ref(event)));
        let record = &records[0]["Event"];
        let event_id = match record["System"]["EventID"].get("#text") {
            Some(text) => plain(text),
            None => plain(&record["System"]["EventID"]),
        };
        assert_eq!(event_id, id.to_string());
        assert_eq!(plain(&record["System"]["Version"]), version.to_string());
        assert_eq!(record["System"]["Computer"], "HOST-2.sample.example");
        let data = match &event.payload {
            Payload::UserData { element, .. } => &record["UserData"][&**element],
            _ => &record["EventData"],
        };
        for field in event.payload.fields() {
            let want = String::from_utf16(&field.value.text_units()).unwrap();
            assert_eq!(plain(&data[&*field.name]), want, "{id} {}", field.name);
        }
    }
}

#[test]
fn process_events_have_all_their_fields() {
    for (form, version, fields) in [
        (CreationForm::Version0, 0, 8),
        (CreationForm::Version1, 1, 9),
        (CreationForm::Version2Short, 2, 13),
        (CreationForm::Version2, 2, 15),
    ] {
        let event = security_4688(&stamp(), &creation(), form);
        check(&event, 4688, version, fields);
    }
    let image = r"C:\Windows\System32\cmd.exe";
    let exit = security_4689(&stamp(), &account("anna"), 8000, image, 0xc000_013a);
    check(&exit, 4689, 0, 7);
    let process = SysmonProcess {
        rule_name: "-".into(),
        started: TIME,
        process_guid: Guid::new(5, 6, 7, [8; 8]),
        process_id: 8000,
        image: image.into(),
        command_line: "cmd & <more>".into(),
        user: r"SAMPLE\anna".into(),
        logon_id: 0x3e7,
        session: 1,
        integrity: "High".into(),
        ..SysmonProcess::default()
    };
    check(&sysmon_1(&stamp(), &process), 1, 5, 23);
    check(&sysmon_5(&stamp(), &process), 5, 3, 6);
}

#[test]
fn ordinary_events_have_all_their_fields() {
    let anna = account("anna");
    let logon = Logon {
        subject: anna.clone(),
        target: account("bert"),
        kind: 10,
        logon_process: "User32 ",
        package: "Negotiate",
        workstation: "HOST-2".to_owned(),
        image: r"C:\Windows\System32\svchost.exe",
        address: "10.0.0.7".to_owned(),
        port: 50_000,
        ..Logon::default()
    };
    check(&security_4624(&stamp(), &logon), 4624, 2, 27);
    check(&security_4634(&stamp(), &anna, 3), 4634, 0, 5);
    let privileges = security_4672(&stamp(), &anna, &["SeDebugPrivilege", "SeTcbPrivilege"]);
    check(&privileges, 4672, 0, 5);
    let connection = Connection {
        process_id: 900,
        application: r"\device\harddiskvolume1\x.exe".to_owned(),
        inbound: true,
        source: ("10.0.0.7".to_owned(), 50_000),
        destination: ("10.0.0.8".to_owned(), 445),
        protocol: 6,
    };
    check(&security_5156(&stamp(), &connection), 5156, 1, 13);
    let access = security_4663(&stamp(), &anna, r"C:\a.txt", 0x9a4, (900, r"C:\x.exe"));
    check(&access, 4663, 1, 13);
    let policy = security_4719(&stamp(), &anna, ("%%8276", "%%13312"), Guid::default());
    check(&policy, 4719, 0, 8);
    let clock = security_4616(&stamp(), &anna, (TIME, TIME + 5), (900, r"C:\x.exe"));
    check(&clock, 4616, 1, 8);
    check(&security_1102(&stamp(), &anna), 1102, 0, 4);
    let service = system_7036(&stamp(), "Print Spooler", "Spooler", true);
    check(&service, 7036, 0, 2);
}
