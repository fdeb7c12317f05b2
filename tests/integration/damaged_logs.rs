//! Damage of every kind: what is lost, what is said of it, and that nothing makes the reader run on or panic.

use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use trailhound::event_log::{CHUNK_SIZE, ChunkReader, FILE_HEADER_SIZE, ReadLimits, ReadReport};
use trailhound::event_log_writer::damage::{ALL, damage};
use trailhound::event_schema::{ProcessBatchBuilder, RecordOrigin, is_process_event};

fn example(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/logs").join(name)).unwrap()
}

fn reader(limits: ReadLimits) -> ChunkReader {
    ChunkReader { limits, wants: is_process_event }
}

/// The rows and the report of a log's chunks.
fn read(log: &[u8], limits: ReadLimits) -> (usize, ReadReport) {
    let mut report = ReadReport::default();
    let mut row_report = ReadReport::default();
    let mut builder = ProcessBatchBuilder::new(None).unwrap();
    let chunks = log.get(FILE_HEADER_SIZE..).unwrap_or(&[]);
    for (number, chunk) in chunks.chunks(CHUNK_SIZE).enumerate() {
        let offset = (FILE_HEADER_SIZE + number * CHUNK_SIZE) as u64;
        reader(limits).read(chunk, offset, &mut report, |event, checksum| {
            builder.append(event, RecordOrigin { source_file: "test", checksum }, &mut row_report);
        });
    }
    let rows = builder.finish().unwrap().num_rows();
    report.merge(row_report);
    (rows, report)
}

#[test]
fn every_kind_of_damage_is_named_and_loses_only_its_own_records() {
    let log = example("WKS-FIN-07_Security.evtx");
    let (rows, report) = read(&log, ReadLimits::default());
    assert!(report.is_clean());
    let mut lines = format!("undamaged: {rows} rows of {} records\n", report.records);
    for kind in ALL {
        let mut damaged = log.clone();
        assert!(damage(&mut damaged, 1, kind), "{kind:?} can be done to this log");
        let (rows, report) = read(&damaged, ReadLimits::default());
        let counts: Vec<String> =
            report.damage_counts.iter().map(|(kind, count)| format!("{count} {}", kind.words())).collect();
        writeln!(lines, "{kind:?}: {rows} rows of {} records; {}", report.records, counts.join(", ")).unwrap();
    }
    insta::assert_snapshot!(lines);
}

#[test]
fn a_chunk_that_costs_too_much_is_given_up_and_counted() {
    let log = example("WKS-FIN-07_Sysmon.evtx");
    let chunks = (log.len() - FILE_HEADER_SIZE) / CHUNK_SIZE;
    for limits in [
        ReadLimits { chunk_steps: 100, ..ReadLimits::default() },
        ReadLimits { chunk_time: Duration::ZERO, ..ReadLimits::default() },
    ] {
        let (_, report) = read(&log, limits);
        let given_up = report.damage_counts.iter().find(|(kind, _)| kind.words() == "chunk given up");
        assert_eq!(given_up.map(|(_, count)| *count as usize), Some(chunks));
        assert!(report.lost_events());
    }
}

#[test]
fn templates_that_point_at_each_other_end() {
    // Every four bytes of a chunk may be taken for an offset: let all of them point into the chunk at random places.
    let mut log = example("WKS-FIN-07_Sysmon.evtx");
    let started = Instant::now();
    for (number, word) in log[FILE_HEADER_SIZE + 512..FILE_HEADER_SIZE + CHUNK_SIZE].chunks_exact_mut(4).enumerate() {
        if number % 7 == 0 && word != [0x2a, 0x2a, 0, 0] {
            word.copy_from_slice(&((number * 2_654_435_761 % 65_000) as u32).to_le_bytes());
        }
    }
    let (_, report) = read(&log, ReadLimits::default());
    assert!(!report.is_clean());
    assert!(started.elapsed() < Duration::from_secs(60));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn changed_bytes_never_stop_the_reader(
        changes in prop::collection::vec((0usize..3 * CHUNK_SIZE, any::<u8>()), 1..200),
        kind in prop::option::of(prop::sample::select(ALL.to_vec())),
        cut in prop::option::of(0usize..4 * CHUNK_SIZE),
    ) {
        let mut log = example("ForwardedEvents.evtx");
        let whole = read(&log, ReadLimits::default()).0;
        if let Some(kind) = kind {
            damage(&mut log, 0, kind);
        }
        let length = log.len();
        for (offset, byte) in changes {
            if FILE_HEADER_SIZE + offset < length {
                log[FILE_HEADER_SIZE + offset] = byte;
            }
        }
        if let Some(cut) = cut {
            log.truncate(cut);
        }
        let (rows, report) = read(&log, ReadLimits::default());
        prop_assert!(rows <= whole + 1);
        prop_assert!(report.records <= 100);
    }
}

#[test]
fn a_record_that_the_decoder_cannot_read_is_given_to_the_second_reader() {
    // An entity that XML does not define stops the decoder; the evtx crate shows it as it stands.
    let mut log = example("ForwardedEvents.evtx");
    let name: Vec<u8> = "gt".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let places: Vec<usize> = (FILE_HEADER_SIZE..log.len() - 4).filter(|at| log[*at..].starts_with(&name)).collect();
    assert!(!places.is_empty());
    let (whole, _) = read(&log, ReadLimits::default());
    for place in places {
        log[place] = b'q';
    }
    let (rows, report) = read(&log, ReadLimits::default());
    assert_eq!((rows, report.lost_events()), (whole, false), "{:?}", report.damages);
}
