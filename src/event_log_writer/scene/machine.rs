//! A host that runs a list of launches: gives out process ids, knows parents, ends processes.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet, VecDeque};
use std::io;

use super::super::event::Event;
use super::super::filetime::SECOND;
use super::super::identity::{Guid, Sid};
use super::super::process_events::Account;
use super::super::seeded::{Seeded, seed_of};

/// The day of the scene.
pub(super) const DAY: (i64, i64, i64) = (2024, 5, 14);

/// The domain's part of its accounts' identifiers.
pub(super) const DOMAIN_SID: [u32; 4] = [21, 1_004_336_348, 1_177_238_915, 682_003_330];

/// Who a process runs as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    System,
    LocalService,
    NetworkService,
    /// A user of the machine, by its place in [`Machine::users`].
    User(usize),
}

/// Someone with a session at the machine.
#[derive(Clone, Debug)]
pub(super) struct User {
    pub(super) account: Account,
    pub(super) session: u32,
    /// 1936 default, 1937 full, 1938 limited.
    pub(super) elevation: u32,
    pub(super) integrity: u32,
}

/// A process to be started.
#[derive(Clone, Debug)]
pub(super) struct Launch {
    pub(super) at: u64,
    /// The name under which others call it their parent; empty: it has no children.
    pub(super) label: &'static str,
    pub(super) parent: &'static str,
    pub(super) image: String,
    pub(super) command_line: String,
    pub(super) who: Who,
    /// In ticks; None: it runs on after the day.
    pub(super) lifetime: Option<u64>,
    /// It was there before the log begins.
    pub(super) unlogged: bool,
}

/// A process that was started.
#[derive(Clone, Debug)]
pub(super) struct Process {
    pub(super) id: u32,
    pub(super) guid: Guid,
    pub(super) image: String,
    pub(super) command_line: String,
    pub(super) who: Who,
    pub(super) started: u64,
    /// Its place in [`Machine::processes`]; the System process is its own parent.
    pub(super) parent: usize,
}

/// What a machine's logs tell of.
#[derive(Clone, Debug)]
pub(super) enum Happening {
    Start(usize),
    /// The process and the moment of its end.
    Exit(usize, u64),
    Other(Box<Event>),
}

pub(super) struct Machine {
    /// The full name.
    pub(super) computer: &'static str,
    /// The name up to the first dot.
    pub(super) name: &'static str,
    pub(super) users: Vec<User>,
    pub(super) processes: Vec<Process>,
    pub(super) random: Seeded,
    labels: HashMap<&'static str, usize>,
    ids_in_use: HashSet<u32>,
    /// Ids of ended processes, the oldest first: Windows gives them out again soon.
    ids_freed: VecDeque<u32>,
}

impl Machine {
    pub(super) fn new(computer: &'static str, users: Vec<User>) -> Self {
        let system = Process {
            id: 4,
            guid: Guid::default(),
            image: String::new(),
            command_line: String::new(),
            who: Who::System,
            started: 0,
            parent: 0,
        };
        Self {
            computer,
            name: computer.split('.').next().unwrap_or(computer),
            users,
            processes: vec![system],
            random: Seeded::new(seed_of(computer)),
            labels: HashMap::from([("System", 0)]),
            ids_in_use: HashSet::from([0, 4]),
            ids_freed: VecDeque::new(),
        }
    }

    /// The account of a process in its session.
    pub(super) fn account(&self, who: Who) -> Account {
        let service = |part: u32, name: &'static str, logon_id: u64| Account {
            sid: Sid::new(5, &[part]),
            name: name.into(),
            domain: "NT AUTHORITY".into(),
            logon_id,
        };
        match who {
            Who::System => Account {
                sid: Sid::local_system(),
                name: format!("{}$", self.name).into(),
                domain: "NORTHWIND".into(),
                logon_id: 0x3e7,
            },
            Who::LocalService => service(19, "LOCAL SERVICE", 0x3e5),
            Who::NetworkService => service(20, "NETWORK SERVICE", 0x3e4),
            Who::User(index) => self.users.get(index).map_or_else(Account::nobody, |user| user.account.clone()),
        }
    }

    /// Runs the launches and mixes in the other events, all in the order of time.
    ///
    /// # Errors
    /// A launch names a parent that was never started: a mistake in the story.
    pub(super) fn run(&mut self, mut launches: Vec<Launch>, others: Vec<Event>) -> io::Result<Vec<Happening>> {
        launches.sort_by_key(|launch| launch.at);
        let mut exits = BinaryHeap::new();
        let mut timeline: BTreeMap<(u64, usize), Happening> = BTreeMap::new();
        let add = |timeline: &mut BTreeMap<_, _>, at, happening| {
            let order = timeline.len();
            timeline.insert((at, order), happening);
        };
        for launch in launches {
            while let Some(Reverse((at, index))) = exits.peek().copied() {
                if at >= launch.at {
                    break;
                }
                exits.pop();
                self.release(index);
                add(&mut timeline, at, Happening::Exit(index, at));
            }
            let index = self.start(&launch)?;
            if let Some(lifetime) = launch.lifetime {
                exits.push(Reverse((launch.at + lifetime, index)));
            }
            if !launch.unlogged {
                add(&mut timeline, launch.at, Happening::Start(index));
            }
        }
        // What would end after the last launch is left running: the log ends there.
        for event in others {
            add(&mut timeline, event.time, Happening::Other(Box::new(event)));
        }
        Ok(timeline.into_values().collect())
    }

    fn start(&mut self, launch: &Launch) -> io::Result<usize> {
        let parent = *self.labels.get(launch.parent).ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("{}: no process '{}' yet", self.computer, launch.parent),
            )
        })?;
        let id = self.free_id();
        let index = self.processes.len();
        self.processes.push(Process {
            id,
            guid: process_guid(self.computer, launch.at, index),
            image: launch.image.clone(),
            command_line: launch.command_line.clone(),
            who: launch.who,
            started: launch.at,
            parent,
        });
        if !launch.label.is_empty() {
            self.labels.insert(launch.label, index);
        }
        Ok(index)
    }

    fn free_id(&mut self) -> u32 {
        // An id rests a while, so that its last process' exit is well before the next start.
        let id = if self.ids_freed.len() > 6 && self.random.chance(450) { self.ids_freed.pop_front() } else { None };
        let id = id.unwrap_or_else(|| {
            loop {
                let id = u32::try_from(self.random.between(120, 3100) * 4).unwrap_or(0);
                if !self.ids_in_use.contains(&id) {
                    self.ids_freed.retain(|freed| *freed != id);
                    break id;
                }
            }
        });
        self.ids_in_use.insert(id);
        id
    }

    fn release(&mut self, index: usize) {
        if let Some(process) = self.processes.get(index) {
            self.ids_in_use.remove(&process.id);
            self.ids_freed.push_back(process.id);
        }
    }
}

/// Sysmon's own scheme: four bytes for the host, the second of the start, and a counter.
fn process_guid(computer: &str, at: u64, index: usize) -> Guid {
    let host = seed_of(computer).to_le_bytes();
    let seconds = (at / SECOND).to_le_bytes();
    Guid::new(
        u32::from_le_bytes([host[0], host[1], host[2], host[3]]),
        u16::from_le_bytes([seconds[0], seconds[1]]),
        u16::from_le_bytes([seconds[2], seconds[3]]),
        (index as u64 * 0x2f01 + 0x1d_0000).to_be_bytes(),
    )
}
