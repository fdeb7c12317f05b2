//! The events of the scene's Security logs that are no process's: logons, connections, the clock.

use super::super::event::Event;
use super::super::filetime::{self, SECOND};
use super::super::identity::{Guid, Sid};
use super::super::ordinary_events::{
    Connection, Logon, security_4616, security_4624, security_4634, security_4663, security_4672, security_4719,
    security_5156,
};
use super::super::process_events::{Account, Stamp};
use super::machine::{DAY, Machine, Who};

const PRIVILEGES: [&str; 9] = [
    "SeSecurityPrivilege",
    "SeBackupPrivilege",
    "SeRestorePrivilege",
    "SeTakeOwnershipPrivilege",
    "SeDebugPrivilege",
    "SeSystemEnvironmentPrivilege",
    "SeLoadDriverPrivilege",
    "SeImpersonatePrivilege",
    "SeDelegateSessionUserImpersonatePrivilege",
];

/// The process ids of services that these events name; they are not those of the processes'
/// events, since the services began before auditing did.
const LSASS: u64 = 652;
const SERVICES: u64 = 628;

/// The finance workstation: its user at the keyboard, and the intruder's remote desktop.
pub(super) fn on_finance(machine: &mut Machine) -> Vec<Event> {
    let mut events = Vec::new();
    background(machine, (7, 35), 16, &mut events);
    let keller = machine.account(Who::User(0));
    let support = machine.account(Who::User(1));
    push_logon(machine, (7, 34, 14), &keller, (2, "127.0.0.1", 0), &mut events);
    push_logon(machine, (12, 58, 44), &unlocking(&keller), (7, "127.0.0.1", 0), &mut events);
    push_logon(machine, (13, 36, 59), &support, (10, "10.20.4.77", 0), &mut events);
    events.push(security_4616(
        &stamp(machine, at((8, 2, 3))),
        &machine.account(Who::LocalService),
        (at((8, 2, 3)) - 3 * SECOND / 10, at((8, 2, 3))),
        (1_320, r"C:\Windows\System32\svchost.exe"),
    ));
    for (minute, file) in [
        (8, r"C:\Finance\Ledger 2024.xlsx"),
        (25, r"C:\Finance\Payroll April.xlsx"),
        (51, r"C:\Finance\Suppliers.xlsx"),
    ] {
        events.push(security_4663(
            &stamp(machine, at((11, minute, 20))),
            &keller,
            file,
            0x9a4 + minute * 8,
            (5_288, r"C:\Program Files\Microsoft Office\Root\Office16\EXCEL.EXE"),
        ));
    }
    events
}

/// The developer's workstation: its user, and the administrator's account from the other one.
pub(super) fn on_developer(machine: &mut Machine) -> Vec<Event> {
    let mut events = Vec::new();
    background(machine, (8, 22), 16, &mut events);
    let novak = machine.account(Who::User(0));
    let administrator = machine.account(Who::User(1));
    push_logon(machine, (8, 21, 1), &novak, (2, "127.0.0.1", 0), &mut events);
    let remote = (3, "10.20.3.107", 50_311);
    push_logon(machine, (14, 40, 58), &administrator, remote, &mut events);
    events.push(security_4634(&stamp(machine, at((14, 41, 12))), &administrator, 3));
    events.push(security_4719(
        &stamp(machine, at((14, 59, 41))),
        &machine.account(Who::System),
        ("%%8276", "%%13312"),
        Guid::new(0x0cce_922b, 0x69ae, 0x11d9, [0xbe, 0xd3, 0x50, 0x50, 0x54, 0x50, 0x30, 0x30]),
    ));
    events
}

/// The server: an administrator's remote desktop, then the same account from the workstation.
pub(super) fn on_server(machine: &mut Machine) -> Vec<Event> {
    let mut events = Vec::new();
    let at_desktop = machine.account(Who::User(0));
    let over_network = machine.account(Who::User(1));
    push_logon(machine, (10, 14, 50), &at_desktop, (10, "10.20.1.15", 0), &mut events);
    let remote = (3, "10.20.3.107", 50_102);
    push_logon(machine, (14, 5, 32), &over_network, remote, &mut events);
    for hour in [8, 9, 11, 13, 15, 16] {
        let time = at((hour, 7, 30)) + machine.random.below(600 * SECOND);
        push_service_logon(machine, time, &mut events);
    }
    events
}

fn at(clock: (u64, u64, u64)) -> u64 {
    filetime::from_utc(DAY, clock) + 3_300_417
}

fn stamp(machine: &Machine, time: u64) -> Stamp {
    Stamp { computer: machine.computer.into(), time, record_id: 0, process_id: 652, thread_id: 6_708 }
}

fn unlocking(account: &Account) -> Account {
    Account { logon_id: account.logon_id + 0x2a_91b0, ..account.clone() }
}

/// A logon and, where the account is an administrator's, the privileges that it brings.
fn push_logon(
    machine: &Machine,
    clock: (u64, u64, u64),
    target: &Account,
    (kind, address, port): (u32, &str, u16),
    events: &mut Vec<Event>,
) {
    let at_console = kind != 3;
    let logon = Logon {
        subject: if at_console { machine.account(Who::System) } else { Account::nobody() },
        target: target.clone(),
        kind,
        logon_process: if at_console { "User32 " } else { "Kerberos" },
        package: if at_console { "Negotiate" } else { "Kerberos" },
        workstation: if at_console { machine.name.to_owned() } else { "-".to_owned() },
        logon_guid: Guid::default(),
        process_id: if at_console { 1_364 } else { 0 },
        image: if at_console { r"C:\Windows\System32\svchost.exe" } else { "-" },
        address: address.to_owned(),
        port,
        elevated: target.name != "j.novak",
    };
    let time = at(clock);
    events.push(security_4624(&stamp(machine, time), &logon));
    if logon.elevated {
        let stamp = stamp(machine, time + 1_204);
        events.push(security_4672(&stamp, target, &PRIVILEGES));
    }
}

fn push_service_logon(machine: &Machine, time: u64, events: &mut Vec<Event>) {
    let system =
        Account { sid: Sid::local_system(), name: "SYSTEM".into(), domain: "NT AUTHORITY".into(), logon_id: 0x3e7 };
    let logon = Logon {
        subject: machine.account(Who::System),
        target: system.clone(),
        kind: 5,
        logon_process: "Advapi  ",
        package: "Negotiate",
        workstation: "-".to_owned(),
        logon_guid: Guid::default(),
        process_id: SERVICES,
        image: r"C:\Windows\System32\services.exe",
        address: "-".to_owned(),
        port: 0,
        elevated: true,
    };
    events.push(security_4624(&stamp(machine, time), &logon));
    let privileges = stamp(machine, time + 911);
    events.push(security_4672(&privileges, &system, &PRIVILEGES));
}

/// Services' logons and connections to the outside, spread over the day.
fn background(machine: &mut Machine, from: (u64, u64), to: u64, events: &mut Vec<Event>) {
    let open = at((from.0, from.1, 0));
    let close = at((to, 20, 0));
    let address = if machine.name == "WKS-FIN-07" { "10.20.3.107" } else { "10.20.3.102" };
    for _ in 0..12 {
        let time = machine.random.between(open, close);
        push_service_logon(machine, time, events);
    }
    for _ in 0..40 {
        let time = machine.random.between(open, close);
        let port = u16::try_from(machine.random.between(49_700, 65_000)).unwrap_or(0);
        let host = machine.random.between(2, 250);
        let connection = Connection {
            process_id: LSASS,
            application: r"\device\harddiskvolume3\windows\system32\svchost.exe".to_owned(),
            inbound: false,
            source: (address.to_owned(), port),
            destination: (format!("203.0.113.{host}"), 443),
            protocol: 6,
        };
        events.push(security_5156(&stamp(machine, time), &connection));
    }
}
