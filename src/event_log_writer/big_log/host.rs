//! A host of a big log: its accounts, its living processes, its templates.

use std::collections::VecDeque;

use super::super::event::Event;
use super::super::identity::Sid;
use super::super::ordinary_events::{
    Connection, Logon, security_4624, security_4634, security_4663, security_4672, security_5156,
};
use super::super::process_events::{Account, CreationForm, ProcessCreation, Stamp, security_4688, security_4689};
use super::super::seeded::Seeded;
use super::super::template::EventTemplate;
use super::super::value::{Value, ValueKind, ValueList};
use super::command_lines::{CommandLines, PROGRAMS, utf16};

/// The kinds of events, as places in [`Host::kinds`].
const CREATION: usize = 0;
const EXIT: usize = 1;
const CONNECTION: usize = 2;
const LOGON: usize = 3;
const LOGOFF: usize = 4;
const PRIVILEGES: usize = 5;
const FILE_ACCESS: usize = 6;

/// Living processes beyond the ones that are always there: exits keep their number about here.
const LIVING: usize = 64;
/// So many ids rest before the first of them is given out again.
const RESTING: usize = 24;

const USERS: [&str; 6] = ["anna", "bert", "chen", "dora", "emil", "dev"];

#[derive(Clone, Copy)]
struct Living {
    id: u64,
    program: usize,
    account: usize,
}

/// An account's four values, ready to be copied.
struct EncodedAccount {
    account: Account,
    sid: Vec<u8>,
    name: Vec<u8>,
    domain: Vec<u8>,
}

pub(super) struct Host {
    kinds: Vec<(Event, EventTemplate)>,
    accounts: Vec<EncodedAccount>,
    nobody: EncodedAccount,
    images: Vec<Vec<u8>>,
    labels: [Vec<u8>; 2],
    elevation: Vec<u8>,
    /// The process of each kind of program that is the parent of the next ones.
    current: Vec<Living>,
    always: Vec<Living>,
    living: VecDeque<Living>,
    resting: VecDeque<u64>,
    next_id: u64,
    record_id: u64,
    serial: u64,
    time: u64,
    header_record_id: u64,
}

impl EncodedAccount {
    fn new(account: Account) -> Self {
        let mut sid = Vec::new();
        account.sid.append_to(&mut sid);
        Self { sid, name: utf16(&account.name), domain: utf16(&account.domain), account }
    }

    fn push_to(&self, values: &mut ValueList) {
        values.push_raw(ValueKind::Sid, &self.sid);
        values.push_raw(ValueKind::Text, &self.name);
        values.push_raw(ValueKind::Text, &self.domain);
        values.push(&Value::Hex64(self.account.logon_id));
    }
}

impl Host {
    pub(super) fn new(computer: &str, random: &mut Seeded) -> Self {
        let accounts = accounts(computer, random);
        let always: Vec<Living> = (0..PROGRAMS.len())
            .map(|program| Living {
                id: 600 + 8 * program as u64,
                program,
                account: usize::from(!PROGRAMS[program].by_system),
            })
            .collect();
        let label = |level: u32| {
            let mut bytes = Vec::new();
            Sid::mandatory_label(level).append_to(&mut bytes);
            bytes
        };
        let labels = [label(16_384), label(8_192)];
        Self {
            kinds: kinds(computer, &accounts[0].account),
            accounts,
            nobody: EncodedAccount::new(Account::nobody()),
            images: PROGRAMS.iter().map(|program| utf16(program.image)).collect(),
            labels,
            elevation: utf16("%%1936"),
            current: always.clone(),
            always,
            living: VecDeque::new(),
            resting: VecDeque::new(),
            next_id: 1_200,
            record_id: 0,
            serial: random.next() >> 24,
            time: 0,
            header_record_id: 0,
        }
    }

    /// Sets time and numbers of the next event.
    pub(super) fn stamp(&mut self, time: u64, header_record_id: u64) {
        self.record_id += 1;
        self.time = time;
        self.header_record_id = header_record_id;
    }

    /// The event of that kind with the present stamp, and its template.
    pub(super) fn kind(&mut self, kind: usize) -> (&Event, &EventTemplate) {
        let (event, template) = &mut self.kinds[kind];
        event.time = self.time;
        event.record_id = self.record_id;
        event.header_record_id = Some(self.header_record_id);
        event.thread_id = 4 * (1_000 + u32::try_from(self.record_id % 37).unwrap_or(0));
        (event, template)
    }

    pub(super) fn wants_exit(&self, random: &mut Seeded) -> bool {
        self.living.len() > 8 && random.index(2 * LIVING) < self.living.len()
    }

    pub(super) fn process_creation(
        &mut self,
        random: &mut Seeded,
        lines: &CommandLines,
        unique: bool,
        values: &mut ValueList,
    ) -> usize {
        let number = lines.draw(random);
        let program = &PROGRAMS[number];
        let parent_number = program.parents[random.index(program.parents.len())];
        let parent = self.current[parent_number];
        let account = if program.by_system {
            0
        } else if parent.account != 0 {
            parent.account
        } else {
            1 + random.index(USERS.len())
        };
        let new = Living { id: self.free_id(random), program: number, account };
        self.accounts[parent.account].push_to(values);
        values.push(&Value::Pointer64(new.id));
        values.push_raw(ValueKind::Text, &self.images[number]);
        values.push_raw(ValueKind::Text, &self.elevation);
        values.push(&Value::Pointer64(parent.id));
        if unique {
            self.serial += 1;
            values.push_text(&lines.unique(program, self.serial, random));
        } else {
            values.push_raw(ValueKind::Text, lines.repeated(number, random));
        }
        let target = if account == parent.account { &self.nobody } else { &self.accounts[account] };
        target.push_to(values);
        values.push_raw(ValueKind::Text, &self.images[parent_number]);
        values.push_raw(ValueKind::Sid, &self.labels[usize::from(account != 0)]);
        self.living.push_back(new);
        if random.chance(250) {
            self.current[number] = new;
        }
        CREATION
    }

    pub(super) fn process_exit(&mut self, random: &mut Seeded, values: &mut ValueList) -> usize {
        // Old ones go first, mostly: a few live much longer than others.
        let place = random.index(self.living.len().div_ceil(2));
        let Some(ended) = self.living.remove(place) else {
            return self.other_event(random, values);
        };
        if self.current[ended.program].id == ended.id {
            self.current[ended.program] = self.always[ended.program];
        }
        self.resting.push_back(ended.id);
        self.accounts[ended.account].push_to(values);
        values.push(&Value::Hex32(u32::from(random.chance(60))));
        values.push(&Value::Pointer64(ended.id));
        values.push_raw(ValueKind::Text, &self.images[ended.program]);
        EXIT
    }

    /// Ids that have rested come again; now and then a new one joins them.
    fn free_id(&mut self, random: &mut Seeded) -> u64 {
        if self.resting.len() > RESTING
            && (self.next_id > 40_000 || !random.chance(20))
            && let Some(id) = self.resting.pop_front()
        {
            return id;
        }
        self.next_id += 4;
        self.next_id
    }

    pub(super) fn other_event(&mut self, random: &mut Seeded, values: &mut ValueList) -> usize {
        match random.below(100) {
            0..70 => {
                self.push_connection(random, values);
                CONNECTION
            }
            70..78 => self.push_payload(LOGON, values),
            78..86 => {
                let account = &self.accounts[1 + random.index(USERS.len())];
                account.push_to(values);
                values.push(&Value::UInt32(3));
                LOGOFF
            }
            86..93 => self.push_payload(PRIVILEGES, values),
            _ => self.push_payload(FILE_ACCESS, values),
        }
    }

    fn push_connection(&self, random: &mut Seeded, values: &mut ValueList) {
        let outbound = random.chance(800);
        let [low, high, ..] = random.next().to_le_bytes();
        let process = self.current[3];
        values.push(&Value::UInt64(process.id));
        values.push_text(r"\device\harddiskvolume3\windows\system32\svchost.exe");
        values.push_text(if outbound { "%%14593" } else { "%%14592" });
        values.push_text("10.20.3.107");
        values.push_text(&random.between(49_152, 65_535).to_string());
        values.push_text(&format!("203.0.{low}.{high}"));
        values.push_text(if outbound { "443" } else { "3389" });
        values.push(&Value::UInt32(6));
        values.push(&Value::UInt64(random.between(65_000, 90_000)));
        values.push_text(if outbound { "%%14611" } else { "%%14610" });
        values.push(&Value::UInt64(if outbound { 48 } else { 44 }));
        values.push_raw(ValueKind::Sid, &self.nobody.sid);
        values.push_raw(ValueKind::Sid, &self.nobody.sid);
    }

    /// Events whose values are those of the sample.
    fn push_payload(&self, kind: usize, values: &mut ValueList) -> usize {
        for field in self.kinds[kind].0.payload.fields() {
            values.push(&field.value);
        }
        kind
    }
}

/// The host's own account, then the users'.
fn accounts(computer: &str, random: &mut Seeded) -> Vec<EncodedAccount> {
    let name = computer.split('.').next().unwrap_or(computer);
    let mut accounts = vec![EncodedAccount::new(Account {
        sid: Sid::local_system(),
        name: format!("{name}$").into(),
        domain: "NORTHWIND".into(),
        logon_id: 0x3e7,
    })];
    let domain = [21, 1_004_336_348, 1_177_238_915, 682_003_330];
    for (relative_id, user) in (1_101..).zip(USERS) {
        let parts = [domain.as_slice(), &[relative_id]].concat();
        accounts.push(EncodedAccount::new(Account {
            sid: Sid::new(5, &parts),
            name: user.into(),
            domain: "NORTHWIND".into(),
            logon_id: random.between(0x1_0000, 0xff_ffff),
        }));
    }
    accounts
}

/// A sample event of each kind, in the order of their numbers, and its template.
fn kinds(computer: &str, system: &Account) -> Vec<(Event, EventTemplate)> {
    let stamp = Stamp { computer: computer.to_owned().into(), process_id: 4, ..Stamp::default() };
    let logon = Logon {
        subject: system.clone(),
        target: system.clone(),
        kind: 5,
        logon_process: "Advapi  ",
        package: "Negotiate",
        workstation: "-".to_owned(),
        process_id: 600,
        image: r"C:\Windows\System32\services.exe",
        address: "-".to_owned(),
        elevated: true,
        ..Logon::default()
    };
    let privileges = ["SeSecurityPrivilege", "SeBackupPrivilege", "SeDebugPrivilege"];
    let excel = r"C:\Program Files\Microsoft Office\Root\Office16\EXCEL.EXE";
    let events = [
        security_4688(&stamp, &ProcessCreation::default(), CreationForm::Version2),
        security_4689(&stamp, system, 0, "", 0),
        security_5156(&stamp, &Connection::default()),
        security_4624(&stamp, &logon),
        security_4634(&stamp, system, 3),
        security_4672(&stamp, system, &privileges),
        security_4663(&stamp, system, r"D:\Shares\ledger\2024.xlsx", 0x9a4, (5_288, excel)),
    ];
    events
        .into_iter()
        .map(|event| {
            let template = EventTemplate::of(&event);
            (event, template)
        })
        .collect()
}
