//! From what happened on a machine to its logs.

use std::io;

use super::super::event::{Event, Rendering, Shape};
use super::super::filetime;
use super::super::identity::Guid;
use super::super::ordinary_events::{security_1102, system_7036};
use super::super::process_events::{
    Account, CreationForm, ProcessCreation, Stamp, SysmonProcess, security_4688, security_4689, sysmon_1, sysmon_5,
};
use super::super::writer::EventLogWriter;
use super::intrusion::{FORWARDING_STOPPED, LOG_CLEARED};
use super::machine::{DAY, Happening, Machine, Process, Who};
use super::programs;

/// When command lines begin to be recorded on the developer's workstation.
const COMMAND_LINES_FROM: (u64, u64, u64) = (15, 0, 0);

/// The first record's number in each Security log.
const FIRST_RECORD: u64 = 184_202;

const AUDIT_THREADS: [u32; 4] = [204, 4_412, 5_116, 7_820];

pub(super) fn security(machine: &Machine, day: &[Happening]) -> io::Result<Vec<u8>> {
    write(&security_events(machine, day))
}

pub(super) fn security_with_late_command_lines(machine: &Machine, day: &[Happening]) -> io::Result<Vec<u8>> {
    let from = filetime::from_utc(DAY, COMMAND_LINES_FROM);
    let mut events = security_events(machine, day);
    for event in events.iter_mut().filter(|event| event.time < from) {
        blank_command_line(event);
    }
    write(&events)
}

fn blank_command_line(event: &mut Event) {
    if let super::super::event::Payload::EventData { fields, .. } = &mut event.payload {
        let command_lines = fields.iter_mut().filter(|field| field.name == "CommandLine");
        for field in command_lines {
            field.value = "".into();
        }
    }
}

/// The events up to the end of forwarding, as the collector stores them.
pub(super) fn forwarded(machine: &Machine, day: &[Happening]) -> io::Result<Vec<u8>> {
    let until = filetime::from_utc(DAY, FORWARDING_STOPPED);
    let mut events = security_events(machine, day);
    // The subscription asks for logons and new processes, not for ended ones.
    events.retain(|event| event.time < until && event.event_id != 4689);
    for (number, event) in (1..).zip(&mut events) {
        event.header_record_id = Some(number);
        // The collector's own clock stamps the record header.
        event.written_time = Some(event.time + 14 * filetime::SECOND + 20_019);
        event.shape = Shape::Forwarded {
            // One of the two forms in which collectors store the time.
            time_digits: if number % 5 == 0 { 9 } else { 7 },
            rendering: Some(rendering(event)),
        };
    }
    write(&events)
}

fn rendering(event: &Event) -> Rendering {
    let text = |name: &str| {
        let fields = event.payload.fields().iter();
        let value =
            fields.filter(|field| field.name == name).map(|field| String::from_utf16_lossy(&field.value.text_units()));
        value.collect::<String>()
    };
    let (task, message) = if event.event_id == 4688 {
        let message = format!(
            "A new process has been created.\r\n\r\nCreator Subject:\r\n\tSecurity ID:\t\t{}\r\n\tAccount Name:\t\t{}\r\n\r\nProcess Information:\r\n\tNew Process ID:\t\t{}\r\n\tNew Process Name:\t{}\r\n\tProcess Command Line:\t{}",
            text("SubjectUserSid"),
            text("SubjectUserName"),
            text("NewProcessId"),
            text("NewProcessName"),
            text("CommandLine"),
        );
        ("Process Creation", message)
    } else {
        ("Logon", format!("Account Name:\t\t{}", text("TargetUserName")))
    };
    Rendering {
        culture: "en-US".into(),
        message,
        level: "Information".into(),
        task: task.into(),
        opcode: "Info".into(),
        channel: "Security".into(),
        provider: "Microsoft Windows security auditing.".into(),
        keyword: "Audit Success".into(),
    }
}

/// The cleared log: it begins with the event that tells of it.
pub(super) fn security_after_clearing(machine: &Machine, day: &[Happening]) -> io::Result<Vec<u8>> {
    let cleared = filetime::from_utc(DAY, LOG_CLEARED);
    let all = security_events(machine, day);
    let mut events: Vec<Event> = all.into_iter().filter(|event| event.time > cleared).collect();
    let first = events.first().map_or(FIRST_RECORD, |event| event.record_id);
    let stamp = Stamp {
        computer: machine.computer.into(),
        time: cleared,
        record_id: first.saturating_sub(1),
        process_id: 1104,
        thread_id: 3312,
    };
    events.insert(0, security_1102(&stamp, &machine.account(Who::System)));
    write(&events)
}

fn write(events: &[Event]) -> io::Result<Vec<u8>> {
    let mut writer = EventLogWriter::in_memory()?;
    for event in events {
        writer.write(event)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// Numbers the events of a log as its service does.
struct Numbering {
    computer: &'static str,
    next: u64,
}

impl Numbering {
    fn stamp(&mut self, time: u64) -> Stamp {
        let record_id = self.next;
        self.next += 1;
        Stamp {
            computer: self.computer.into(),
            time,
            record_id,
            process_id: 4,
            thread_id: AUDIT_THREADS[usize::try_from(record_id / 7 % 4).unwrap_or(0)],
        }
    }
}

fn security_events(machine: &Machine, day: &[Happening]) -> Vec<Event> {
    let mut numbers = Numbering { computer: machine.computer, next: FIRST_RECORD };
    let mut events = Vec::with_capacity(day.len());
    for happening in day {
        match happening {
            Happening::Start(index) => {
                let Some(process) = machine.processes.get(*index) else {
                    continue;
                };
                let stamp = numbers.stamp(process.started);
                events.push(security_4688(&stamp, &creation(machine, process), CreationForm::Version2));
            }
            Happening::Exit(index, at) => {
                let Some(process) = machine.processes.get(*index) else {
                    continue;
                };
                let account = machine.account(process.who);
                events.push(security_4689(&numbers.stamp(*at), &account, process.id.into(), &process.image, 0));
            }
            Happening::Other(event) => {
                let stamp = numbers.stamp(event.time);
                events.push(Event { record_id: stamp.record_id, ..(**event).clone() });
            }
        }
    }
    events
}

fn creation(machine: &Machine, process: &Process) -> ProcessCreation {
    let parent = machine.processes.get(process.parent);
    let creator = parent.map_or(Who::System, |parent| parent.who);
    let target = if creator == process.who { Account::nobody() } else { machine.account(process.who) };
    let (elevation, integrity) = privileges(machine, process.who);
    ProcessCreation {
        subject: machine.account(creator),
        process_id: process.id.into(),
        image: process.image.clone().into(),
        elevation,
        creator_process_id: parent.map_or(0, |parent| parent.id.into()),
        command_line: process.command_line.clone().into(),
        target,
        creator_image: parent.map_or_else(String::new, |parent| parent.image.clone()).into(),
        integrity,
    }
}

fn privileges(machine: &Machine, who: Who) -> (u32, u32) {
    match who {
        Who::User(index) => machine.users.get(index).map_or((1936, 8192), |user| (user.elevation, user.integrity)),
        Who::System | Who::LocalService | Who::NetworkService => (1936, 16384),
    }
}

/// Sysmon's log of the day: it starts with the first process after Sysmon itself.
pub(super) fn sysmon(machine: &Machine, day: &[Happening]) -> io::Result<Vec<u8>> {
    let mut numbers = Numbering { computer: machine.computer, next: 51_007 };
    let sysmon = machine.processes.iter().find(|process| process.image.ends_with("Sysmon64.exe"));
    let (service_id, from) = sysmon.map_or((0, 0), |process| (process.id, process.started));
    let mut events = Vec::with_capacity(day.len());
    for happening in day {
        let (index, time, is_start) = match happening {
            Happening::Start(index) => (*index, None, true),
            Happening::Exit(index, at) => (*index, Some(*at), false),
            Happening::Other(_) => continue,
        };
        let Some(process) = machine.processes.get(index) else {
            continue;
        };
        let time = time.unwrap_or(process.started);
        if time < from {
            continue;
        }
        // The driver's report reaches the log a moment after the start itself.
        let mut stamp = numbers.stamp(time + 21_409);
        stamp.process_id = service_id;
        stamp.thread_id = 4_024;
        let described = sysmon_process(machine, process);
        events.push(if is_start { sysmon_1(&stamp, &described) } else { sysmon_5(&stamp, &described) });
    }
    write(&events)
}

fn sysmon_process(machine: &Machine, process: &Process) -> SysmonProcess {
    let user = machine.account(process.who);
    let parent = machine.processes.get(process.parent);
    let (_, integrity) = privileges(machine, process.who);
    SysmonProcess {
        rule_name: "-".into(),
        started: process.started,
        process_guid: process.guid,
        process_id: process.id,
        image: process.image.clone().into(),
        file: programs::description_of(&process.image),
        command_line: process.command_line.clone().into(),
        current_directory: current_directory(machine, process.who).into(),
        user: sysmon_user(machine, process.who).into(),
        logon_guid: logon_guid(process.guid, user.logon_id),
        logon_id: user.logon_id,
        session: session(machine, process.who),
        integrity: match integrity {
            8192 => "Medium",
            12288 => "High",
            _ => "System",
        }
        .into(),
        hashes: programs::hashes_of(&process.image).into(),
        parent_guid: parent.map_or(Guid::default(), |parent| parent.guid),
        parent_process_id: parent.map_or(0, |parent| parent.id),
        parent_image: text_of(parent, |parent| parent.image.clone()).into(),
        parent_command_line: text_of(parent, |parent| parent.command_line.clone()).into(),
        parent_user: text_of(parent, |parent| sysmon_user(machine, parent.who)).into(),
    }
}

fn text_of(process: Option<&Process>, text: impl Fn(&Process) -> String) -> String {
    process.map(text).filter(|text| !text.is_empty()).unwrap_or_else(|| "-".to_owned())
}

fn sysmon_user(machine: &Machine, who: Who) -> String {
    match who {
        Who::System => r"NT AUTHORITY\SYSTEM".to_owned(),
        other => {
            let account = machine.account(other);
            format!(r"{}\{}", account.domain, account.name)
        }
    }
}

fn session(machine: &Machine, who: Who) -> u32 {
    match who {
        Who::User(index) => machine.users.get(index).map_or(0, |user| user.session),
        Who::System | Who::LocalService | Who::NetworkService => 0,
    }
}

fn current_directory(machine: &Machine, who: Who) -> String {
    match who {
        Who::User(_) => format!(r"C:\Users\{}\", machine.account(who).name),
        Who::System | Who::LocalService | Who::NetworkService => r"C:\Windows\system32\".to_owned(),
    }
}

/// Sysmon makes it of the host, the session's start and the logon id.
fn logon_guid(process: Guid, logon_id: u64) -> Guid {
    let mut bytes = process.0;
    bytes[4..8].copy_from_slice(&[0x43, 0x66, 0x00, 0x20]);
    bytes[8..].copy_from_slice(&logon_id.to_be_bytes());
    Guid(bytes)
}

/// The System log: services that start and stop.
pub(super) fn system(machine: &mut Machine) -> io::Result<Vec<u8>> {
    const SERVICES: [(&str, &str); 8] = [
        ("Windows Update", "wuauserv"),
        ("Background Intelligent Transfer Service", "BITS"),
        ("Windows Modules Installer", "TrustedInstaller"),
        ("Software Protection", "sppsvc"),
        ("Delivery Optimization", "DoSvc"),
        ("Client License Service (ClipSVC)", "ClipSVC"),
        ("Microsoft Edge Update Service (edgeupdate)", "edgeupdate"),
        ("Print Spooler", "Spooler"),
    ];
    let mut numbers = Numbering { computer: machine.computer, next: 20_411 };
    let open = filetime::from_utc(DAY, (7, 32, 0));
    let close = filetime::from_utc(DAY, (16, 20, 0));
    let mut times: Vec<u64> = (0..60).map(|_| machine.random.between(open, close)).collect();
    times.sort_unstable();
    let mut running = [false; SERVICES.len()];
    let mut events = Vec::new();
    for time in times {
        let index = usize::try_from(machine.random.below(8)).unwrap_or(0);
        running[index] = !running[index];
        let (name, key) = SERVICES[index];
        let mut stamp = numbers.stamp(time);
        stamp.process_id = 712;
        events.push(system_7036(&stamp, name, key, running[index]));
    }
    write(&events)
}
