//! Chunks, tables, checksums and what happens at a chunk's end.

use std::collections::HashSet;

use super::*;

const CHUNK: usize = 65_536;

fn number(bytes: &[u8], place: usize) -> usize {
    u32::from_le_bytes(bytes[place..place + 4].try_into().unwrap()) as usize
}

fn long_number(bytes: &[u8], place: usize) -> u64 {
    u64::from_le_bytes(bytes[place..place + 8].try_into().unwrap())
}

fn short_number(bytes: &[u8], place: usize) -> u16 {
    u16::from_le_bytes(bytes[place..place + 2].try_into().unwrap())
}

fn chunks(log: &[u8]) -> impl Iterator<Item = &[u8]> {
    log[4096..].chunks_exact(CHUNK)
}

/// Events of several templates and lengths.
fn many(count: u64) -> Vec<Event> {
    (1..=count)
        .map(|id| {
            let length = usize::try_from(id * 37 % 700).unwrap();
            let text = "x".repeat(length);
            let shape = match id % 4 {
                0 => Shape::Forwarded { time_digits: 7, rendering: None },
                1 => Shape::Template(TemplateShape { literal_provider: true, ..TemplateShape::default() }),
                2 => Shape::Template(TemplateShape { body: BodyShape::InlineElements, ..TemplateShape::default() }),
                _ => Shape::default(),
            };
            let mut event = sample(vec![field("Text", text), field("Length", length_value(length))], shape);
            event.record_id = 1_000_000 + id;
            event.header_record_id = Some(id);
            if id % 97 == 0 {
                event.payload = Payload::data(vec![field("Rare", "y"), field("Seldom", "z")]);
            }
            event
        })
        .collect()
}

fn length_value(length: usize) -> Value {
    Value::UInt32(u32::try_from(length).unwrap())
}

#[test]
fn records_go_on_in_the_next_chunk() {
    let events = many(2_000);
    let log = written(&events);
    assert!(log.len() > 4096 + 10 * CHUNK);
    let records = read_numbered(log);
    assert_eq!(records.len(), 2_000);
    for ((header_id, record), event) in records.iter().zip(&events) {
        assert_eq!(Some(*header_id), event.header_record_id);
        let system = &record["Event"]["System"];
        assert_eq!(plain(&system["EventRecordID"]), event.record_id.to_string());
        let data = &record["Event"]["EventData"];
        for field in event.payload.fields() {
            let text = String::from_utf16(&field.value.text_units()).unwrap();
            assert_eq!(plain(&data[&*field.name]), text);
        }
    }
}

#[test]
fn the_same_events_give_the_same_bytes() {
    assert_eq!(written(&many(500)), written(&many(500)));
}

/// Follows every chain of both tables, and finds in them all that the chunk has.
#[test]
fn tables_hold_each_entry_once() {
    let log = written(&many(600));
    for chunk in chunks(&log) {
        let mut names = HashSet::new();
        for bucket in 0..64 {
            let mut entry = number(chunk, 128 + 4 * bucket);
            while entry != 0 {
                let length = usize::from(short_number(chunk, entry + 6));
                let units: Vec<u16> = (0..length).map(|unit| short_number(chunk, entry + 8 + 2 * unit)).collect();
                let hash =
                    units.iter().fold(0_u32, |hash, unit| hash.wrapping_mul(65_599).wrapping_add(u32::from(*unit)))
                        & 0xffff;
                assert_eq!(u32::from(short_number(chunk, entry + 4)), hash);
                assert_eq!(hash % 64, bucket as u32);
                assert_eq!(short_number(chunk, entry + 8 + 2 * length), 0);
                assert!(names.insert(String::from_utf16(&units).unwrap()));
                entry = number(chunk, entry);
            }
        }
        assert!(names.contains("EventRecordID") && names.contains("Data"));

        let mut templates = HashSet::new();
        for bucket in 0..32 {
            let mut entry = number(chunk, 384 + 4 * bucket);
            while entry != 0 {
                assert!(templates.insert(chunk[entry + 4..entry + 20].to_vec()));
                entry = number(chunk, entry);
            }
        }
        assert!((3..=8).contains(&templates.len()), "{}", templates.len());
    }
}

#[test]
fn headers_say_what_the_file_holds() {
    let log = written(&many(900));
    let count = chunks(&log).count();
    assert_eq!(usize::from(short_number(&log, 42)), count);
    assert_eq!(long_number(&log, 16), count as u64 - 1);
    assert_eq!(long_number(&log, 24), 901);
    assert_eq!(number(&log, 124), crc32fast::hash(&log[..120]) as usize);
    let mut next = 1;
    for chunk in chunks(&log) {
        assert_eq!(long_number(chunk, 8), next, "first record number");
        assert_eq!(long_number(chunk, 24), next, "first record id");
        let free = number(chunk, 48);
        let mut place = 512;
        let mut last = 0;
        while place < free {
            assert_eq!(chunk[place..place + 4], [0x2a, 0x2a, 0, 0]);
            assert_eq!(long_number(chunk, place + 8), next);
            let size = number(chunk, place + 4);
            assert_eq!(size % 8, 0);
            assert_eq!(number(chunk, place + size - 4), size);
            last = place;
            next += 1;
            place += size;
        }
        assert_eq!(place, free);
        assert_eq!(number(chunk, 44), last);
        assert_eq!(long_number(chunk, 16), next - 1);
        assert_eq!(long_number(chunk, 32), next - 1);
        let data = crc32fast::hash(&chunk[512..free]) as usize;
        assert_eq!(number(chunk, 52), data);
    }
    assert_eq!(next, 901);
}

/// Three records, the second of which is so long that it ends at the chunk's end or near it.
fn nearly_full(units: usize) -> Vec<u8> {
    let mut writer = EventLogWriter::in_memory().unwrap();
    for (id, length) in (1..).zip([30_000, units, 3]) {
        let mut event = sample(vec![field("Text", Value::Text(vec![0x78; length]))], Shape::default());
        event.header_record_id = Some(id);
        writer.write(&event).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_record_may_fill_the_chunk_to_the_last_byte() {
    let room = CHUNK - number(&nearly_full(0), 4096 + 48);
    let mut exact = 0;
    for units in room / 2 - 20..room / 2 + 400 {
        let log = nearly_full(units);
        exact += chunks(&log).filter(|chunk| number(chunk, 48) == CHUNK).count();
        assert_eq!(read(log).len(), 3, "{units}");
    }
    assert!(exact > 0, "no size of those tried fills a chunk exactly");
}

#[test]
fn a_log_without_records_has_one_empty_chunk() {
    let log = written(&[]);
    assert_eq!(log.len(), 4096 + CHUNK);
    assert_eq!(read(log).len(), 0);
}
