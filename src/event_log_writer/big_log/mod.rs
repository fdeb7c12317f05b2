//! Logs of any size, for benches: millions of Security events in a realistic mix.
//!
//! Process events are 4688 version 2 with 15 fields and 4689, in pairs; the rest is mostly 5156,
//! then logons, logoffs, privileges and file accesses. Processes have parents that were started
//! before, their ids are used again, and a part of the command lines occurs only once. Only one
//! chunk is in memory at a time, so size costs time and nothing else.

mod command_lines;
mod host;

use std::io;
use std::path::Path;

use super::filetime::{self, DAY};
use super::seeded::Seeded;
use super::value::ValueList;
use super::writer::EventLogWriter;
use command_lines::CommandLines;
use host::Host;

/// What a big log shall be like.
#[derive(Clone, Debug, PartialEq)]
pub struct BigLog {
    /// How many events.
    pub events: u64,
    /// The part of them that are 4688 or 4689, 0.0 to 1.0.
    pub process_share: f64,
    /// The part of the 4688s whose command line occurs only once, 0.0 to 1.0.
    pub unique_command_lines: f64,
    /// Another seed makes another log; the same makes the same.
    pub seed: u64,
    /// The computers whose events are mixed in the file; one is normal. None is as one.
    pub hosts: Vec<String>,
    /// When the log begins, a FILETIME.
    pub start: u64,
    /// How many days it spans.
    pub days: u64,
}

impl Default for BigLog {
    fn default() -> Self {
        Self {
            events: 1_000_000,
            process_share: 0.1,
            unique_command_lines: 0.4,
            seed: 1,
            hosts: vec!["WKS-OPS-11.northwind.example".to_owned()],
            start: filetime::from_utc((2024, 5, 1), (0, 0, 0)),
            days: 14,
        }
    }
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BigLogSummary {
    /// All events.
    pub events: u64,
    /// Those that are 4688.
    pub process_creations: u64,
    /// Those that are 4689.
    pub process_exits: u64,
    /// Bytes of the file.
    pub bytes: u64,
}

/// Writes a big log.
///
/// # Errors
/// The file cannot be written.
pub fn write_big_log(path: &Path, log: &BigLog) -> io::Result<BigLogSummary> {
    let mut random = Seeded::new(log.seed);
    let command_lines = CommandLines::new(&mut random);
    let mut hosts: Vec<Host> = log.hosts.iter().map(|name| Host::new(name, &mut random)).collect();
    if hosts.is_empty() {
        hosts.push(Host::new("WKS-OPS-11.northwind.example", &mut random));
    }
    let process_share = per_million(log.process_share);
    let unique_share = per_million(log.unique_command_lines);
    // Steps of 1 to twice the mean keep the whole near the span and never let time stand still.
    let longest_step = (log.days * DAY / log.events.max(1)).max(1) * 2;

    let mut writer = EventLogWriter::create(path)?;
    let mut summary = BigLogSummary::default();
    let mut values = ValueList::default();
    let mut time = log.start;
    for number in 1..=log.events {
        time += random.between(1, longest_step);
        let index = random.index(hosts.len());
        let Some(host) = hosts.get_mut(index) else {
            continue;
        };
        host.stamp(time, number);
        values.clear();
        let kind = if random.below(1_000_000) >= process_share {
            host.other_event(&mut random, &mut values)
        } else if host.wants_exit(&mut random) {
            summary.process_exits += 1;
            host.process_exit(&mut random, &mut values)
        } else {
            summary.process_creations += 1;
            let unique = random.below(1_000_000) < unique_share;
            host.process_creation(&mut random, &command_lines, unique, &mut values)
        };
        let (event, template) = host.kind(kind);
        writer.write_values(template, event, &values)?;
    }
    summary.events = writer.records();
    let file = writer.finish()?;
    summary.bytes = file.get_ref().metadata()?.len();
    Ok(summary)
}

/// A share as a number out of a million; what lies outside 0 to 1 is cut.
fn per_million(share: f64) -> u64 {
    // The cast takes NaN to 0 and the clamp keeps the rest in range.
    (share.clamp(0.0, 1.0) * 1_000_000.0) as u64
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use evtx::EvtxParser;
    use serde_json::Value as Json;

    use super::*;

    fn written(log: &BigLog) -> (BigLogSummary, Vec<u8>) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("big.evtx");
        let summary = write_big_log(&path, log).unwrap();
        (summary, std::fs::read(path).unwrap())
    }

    fn read(bytes: Vec<u8>) -> Vec<Json> {
        let settings = evtx::ParserSettings::new().validate_checksums(true);
        let mut parser = EvtxParser::from_buffer(bytes).unwrap().with_configuration(settings);
        let records = parser.records_json_value();
        records.map(|record| record.unwrap().data).collect()
    }

    #[test]
    fn shares_are_near_what_is_asked() {
        let log = BigLog { events: 6_000, process_share: 0.5, ..BigLog::default() };
        let (summary, bytes) = written(&log);
        assert_eq!(summary.bytes, bytes.len() as u64);
        let records = read(bytes);
        assert_eq!(records.len(), 6_000);
        let mut by_id = HashMap::new();
        let mut lines = HashMap::new();
        let mut times = Vec::new();
        for record in &records {
            let system = &record["Event"]["System"];
            *by_id.entry(system["EventID"].as_u64().unwrap()).or_insert(0_u64) += 1;
            times.push(system["TimeCreated"]["#attributes"]["SystemTime"].to_string());
            if system["EventID"] == 4688 {
                let line = record["Event"]["EventData"]["CommandLine"].to_string();
                *lines.entry(line).or_insert(0_u64) += 1;
            }
        }
        assert!(times.is_sorted());
        assert_eq!(by_id[&4688], summary.process_creations);
        assert_eq!(by_id[&4689], summary.process_exits);
        let process_events = by_id[&4688] + by_id[&4689];
        assert!((2_800..3_200).contains(&process_events), "{by_id:?}");
        for id in [4624, 4634, 4663, 4672, 5156] {
            assert!(by_id[&id] > 100, "{by_id:?}");
        }
        let once = lines.values().filter(|count| **count == 1).count() as f64;
        let share = once / summary.process_creations as f64;
        assert!((0.38..0.62).contains(&share), "{share}");
    }

    /// Ids are used again, but never by two living processes, and parents have the image that the
    /// log gave them.
    #[test]
    fn processes_live_one_after_another() {
        let log = BigLog { events: 5_000, process_share: 1.0, ..BigLog::default() };
        let mut living: HashMap<String, String> = HashMap::new();
        let mut ever = HashSet::new();
        let mut used_again = 0;
        for record in read(written(&log).1) {
            let system = &record["Event"]["System"];
            let data = &record["Event"]["EventData"];
            let text = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
            if system["EventID"] == 4689 {
                assert_eq!(living.remove(&text("ProcessId")), Some(text("ProcessName")));
                continue;
            }
            if let Some(image) = living.get(&text("ProcessId")) {
                assert_eq!(*image, text("ParentProcessName"));
            } else {
                assert!(!ever.contains(&text("ProcessId")), "a parent that has ended");
            }
            let id = text("NewProcessId");
            used_again += usize::from(!ever.insert(id.clone()));
            assert_eq!(living.insert(id, text("NewProcessName")), None);
        }
        assert!(used_again > 1_000, "{used_again}");
    }

    #[test]
    fn seeds_and_hosts() {
        let log =
            BigLog { events: 800, hosts: vec!["A.example".to_owned(), "B.example".to_owned()], ..BigLog::default() };
        let (_, bytes) = written(&log);
        assert_eq!(bytes, written(&log).1);
        assert_ne!(bytes, written(&BigLog { seed: 2, ..log }).1);
        let records = read(bytes);
        for host in ["A.example", "B.example"] {
            let ids: Vec<u64> = records
                .iter()
                .map(|record| &record["Event"]["System"])
                .filter(|system| system["Computer"] == host)
                .map(|system| system["EventRecordID"].as_u64().unwrap())
                .collect();
            assert!(ids.len() > 300);
            assert!(ids.is_sorted_by(|a, b| a + 1 == *b), "{host}");
        }
    }
}
