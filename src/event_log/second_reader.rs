//! A second opinion on records that the decoder cannot read: the `evtx` crate reads the chunk.
//!
//! It runs on a thread of its own and is left behind when its time is up, since a malformed chunk must not stop a run.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use evtx::{EvtxChunkData, ParserSettings};
use serde_json::Value;

use super::binary_xml::FieldSet;
use super::known_fields::{FieldId, SystemField};
use super::value::Field;

/// Threads that never came back. Past this many nobody is asked any more.
static LEFT_BEHIND: AtomicUsize = AtomicUsize::new(0);
const MOST_LEFT_BEHIND: usize = 4;

/// Reads the records that start at those offsets of the chunk. Gives those that could be read, by offset.
pub(super) fn read_records(chunk: &[u8], starts: &[usize], time_limit: Duration) -> HashMap<usize, FieldSet<'static>> {
    if LEFT_BEHIND.load(Ordering::Relaxed) >= MOST_LEFT_BEHIND {
        return HashMap::new();
    }
    let (sender, receiver) = mpsc::channel();
    let (bytes, wanted) = (chunk.to_vec(), starts.to_vec());
    let spawned = std::thread::Builder::new().name("second reader".into()).spawn(move || {
        // A panic there ends this thread, and with it the channel: nothing was found then.
        let _ = sender.send(read_chunk(bytes, &wanted));
    });
    if spawned.is_err() {
        return HashMap::new();
    }
    match receiver.recv_timeout(time_limit) {
        Ok(found) => found,
        Err(mpsc::RecvTimeoutError::Timeout) => {
            LEFT_BEHIND.fetch_add(1, Ordering::Relaxed);
            HashMap::new()
        }
        Err(mpsc::RecvTimeoutError::Disconnected) => HashMap::new(),
    }
}

fn read_chunk(bytes: Vec<u8>, starts: &[usize]) -> HashMap<usize, FieldSet<'static>> {
    let mut found = HashMap::new();
    let Ok(mut data) = EvtxChunkData::new(bytes, false) else { return found };
    let Ok(mut chunk) = data.parse(Arc::new(ParserSettings::default())) else { return found };
    for record in chunk.iter().flatten() {
        // The binary XML begins 24 bytes behind the start of its record.
        let start = (record.binxml_offset as usize).wrapping_sub(24);
        if starts.contains(&start)
            && let Ok(record) = record.into_json_value()
        {
            found.insert(start, fields_of(&record.data));
        }
    }
    found
}

fn fields_of(event: &Value) -> FieldSet<'static> {
    let mut fields = FieldSet::new();
    let system = &event["Event"]["System"];
    let elements = [
        (SystemField::Provider, &system["Provider"]["#attributes"]["Name"]),
        (SystemField::ProviderGuid, &system["Provider"]["#attributes"]["Guid"]),
        (SystemField::EventId, &system["EventID"]),
        (SystemField::Version, &system["Version"]),
        (SystemField::TimeCreated, &system["TimeCreated"]["#attributes"]["SystemTime"]),
        (SystemField::EventRecordId, &system["EventRecordID"]),
        (SystemField::Channel, &system["Channel"]),
        (SystemField::Computer, &system["Computer"]),
    ];
    for (field, value) in elements {
        fields.set_first(field.id(), field_of(value));
    }
    if let Some(data) = event["Event"]["EventData"].as_object() {
        for (name, value) in data {
            if let Some(id) = FieldId::of_data(name) {
                fields.set_first(id, field_of(value));
            }
        }
    }
    fields
}

fn field_of(value: &Value) -> Field<'static> {
    match value {
        Value::Null => Field::Absent,
        Value::String(text) => Field::Text(text.clone()),
        // An element with attributes is an object whose text has this name.
        Value::Object(object) => object.get("#text").map_or(Field::Absent, field_of),
        other => Field::Text(other.to_string()),
    }
}
