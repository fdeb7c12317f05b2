//! Each kind of damage does what its name says, and only to its chunk.

use super::damage::{ALL, Damage, damage, reseal};
use super::*;

/// Three chunks of ten records each.
fn three_chunks() -> Vec<u8> {
    let mut writer = EventLogWriter::in_memory().unwrap();
    for id in 1..=30 {
        let mut event = sample(vec![field("Number", Value::UInt64(id))], Shape::default());
        event.header_record_id = Some(id);
        writer.write(&event).unwrap();
        if id % 10 == 0 {
            writer.close_chunk().unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

fn damaged(kind: Damage) -> Vec<u8> {
    let mut log = three_chunks();
    assert!(damage(&mut log, 1, kind), "{kind:?}");
    log
}

/// The numbers of the records that a reader which verifies checksums still gets.
fn readable(log: Vec<u8>, verify: bool) -> Vec<u64> {
    let settings = ParserSettings::new().validate_checksums(verify);
    let mut parser = EvtxParser::from_buffer(log).unwrap().with_configuration(settings);
    parser.records_json_value().filter_map(Result::ok).map(|record| record.event_record_id).collect()
}

#[track_caller]
fn check(kind: Damage, verify: bool, want: impl IntoIterator<Item = u64>) {
    let want: Vec<u64> = want.into_iter().collect();
    assert_eq!(readable(damaged(kind), verify), want, "{kind:?}");
}

fn outer_chunks() -> impl Iterator<Item = u64> {
    (1..=10).chain(21..=30)
}

#[test]
fn the_other_chunks_stay_as_they_are() {
    let whole = three_chunks();
    for kind in ALL {
        let log = damaged(kind);
        assert_ne!(log, whole, "{kind:?}");
        let chunk = 4096 + 65_536;
        let spared = 4096..chunk;
        assert_eq!(log[spared.clone()], whole[spared], "{kind:?}");
        if kind != Damage::Truncated {
            let last = chunk + 65_536..;
            assert_eq!(log[last.clone()], whole[last], "{kind:?}");
        }
    }
}

#[test]
fn wrong_checksums_over_good_records() {
    for kind in [Damage::RecordsChecksum, Damage::HeaderChecksum] {
        check(kind, true, outer_chunks());
        check(kind, false, 1..=30);
    }
}

#[test]
fn chunks_that_are_gone() {
    for kind in [Damage::ChunkMagic, Damage::ZeroChunk, Damage::JunkChunk] {
        check(kind, true, outer_chunks());
    }
    check(Damage::Truncated, true, 1..=10);
}

#[test]
fn a_dirty_header_hides_nothing() {
    check(Damage::DirtyHeader, true, 1..=30);
}

#[test]
fn a_header_without_magic_is_no_log() {
    assert!(EvtxParser::from_buffer(damaged(Damage::FileMagic)).is_err());
}

/// Chains and sizes that lie, under right checksums: the chunks around lose nothing.
#[test]
fn lies_within_a_chunk_stay_there() {
    for kind in [
        Damage::RecordSizeZero,
        Damage::RecordSizeHuge,
        Damage::StringChainLoop,
        Damage::StringChainOutside,
        Damage::TemplateChainLoop,
        Damage::FreeSpaceTooLarge,
        Damage::LastRecordIdTooLarge,
        Damage::HugeTemplate,
        Damage::HugeElement,
    ] {
        let read = readable(damaged(kind), true);
        for id in outer_chunks() {
            assert!(read.contains(&id), "{kind:?} lost record {id}");
        }
    }
}

#[test]
fn nothing_is_done_where_there_is_nothing() {
    let mut log = three_chunks();
    let whole = log.clone();
    assert!(!damage(&mut log, 3, Damage::ZeroChunk));
    assert!(!reseal(&mut log, 3));
    let mut empty = written(&[]);
    for kind in [Damage::RecordSizeZero, Damage::StringChainLoop, Damage::HugeTemplate] {
        assert!(!damage(&mut empty, 0, kind), "{kind:?}");
    }
    assert_eq!(log, whole);
}

#[test]
fn resealed_chunks_have_right_checksums() {
    let mut log = damaged(Damage::RecordsChecksum);
    assert!(reseal(&mut log, 1));
    assert_eq!(log, three_chunks());
}
