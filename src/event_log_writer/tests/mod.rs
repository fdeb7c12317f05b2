//! What is written is read back by the `evtx` crate: every value, every shape, every checksum.

mod builders;
mod chunks;
mod damaged;
mod shapes;
mod values;

use std::io::Cursor;

use evtx::{EvtxParser, ParserSettings};
use serde_json::Value as Json;

use super::*;

/// 2024-05-14 06:50:00.1234567 UTC.
const TIME: u64 = 133_601_430_001_234_567;

pub(super) fn sample(fields: Vec<Field>, shape: Shape) -> Event {
    Event {
        provider: Provider {
            name: "Sample-Provider".into(),
            guid: Some(Guid::new(0x1234_5678, 0x9abc, 0xdef0, [1, 2, 3, 4, 5, 6, 7, 8])),
            source_name: None,
        },
        event_id: 4242,
        version: 3,
        level: 4,
        task: 77,
        opcode: 9,
        keywords: 0x8020_0000_0000_0000,
        time: TIME,
        record_id: 9_000_000_000,
        header_record_id: Some(1),
        process_id: 700,
        thread_id: 704,
        channel: "Sample/Operational".into(),
        computer: "HOST-1.sample.example".into(),
        user: Some(Sid::local_system()),
        payload: Payload::data(fields),
        shape,
        ..Event::default()
    }
}

pub(super) fn written(events: &[Event]) -> Vec<u8> {
    let mut writer = EventLogWriter::in_memory().unwrap();
    for event in events {
        writer.write(event).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Every record as JSON, its header's number first; panics at the first error and at any wrong
/// checksum.
#[track_caller]
pub(super) fn read_numbered(bytes: Vec<u8>) -> Vec<(u64, Json)> {
    let settings = ParserSettings::new().validate_checksums(true);
    let mut parser = EvtxParser::from_read_seek(Cursor::new(bytes)).unwrap().with_configuration(settings);
    parser
        .records_json_value()
        .map(|record| record.unwrap())
        .map(|record| (record.event_record_id, record.data))
        .collect()
}

/// Every record as JSON.
#[track_caller]
pub(super) fn read(bytes: Vec<u8>) -> Vec<Json> {
    read_numbered(bytes).into_iter().map(|(_, record)| record).collect()
}

/// A JSON value without the difference of `4688` and `"4688"`.
pub(super) fn plain(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Null => String::new(),
        other => other.to_string(),
    }
}
