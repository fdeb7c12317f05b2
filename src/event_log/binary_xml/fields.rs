//! The fields of one event.

use crate::event_log::known_fields::{FIELD_COUNT, FieldId, SystemField};
use crate::event_log::value::Field;

/// The fields of one event that columns are fed from, by number.
#[derive(Debug)]
pub struct FieldSet<'c> {
    fields: Vec<Field<'c>>,
    /// One bit for each field that is there, so that clearing costs what was set.
    present: u64,
}

const _: () = assert!(FIELD_COUNT <= 64, "the fields that are there are kept as 64 bits");

static ABSENT: Field<'static> = Field::Absent;

impl<'c> FieldSet<'c> {
    /// A set without any field.
    pub(crate) fn new() -> Self {
        Self { fields: (0..FIELD_COUNT).map(|_| Field::Absent).collect(), present: 0 }
    }

    /// The field with that number, [`Field::Absent`] where the event has none.
    pub fn get(&self, id: FieldId) -> &Field<'c> {
        self.fields.get(id.index()).unwrap_or(&ABSENT)
    }

    /// The element of `System`.
    pub fn system(&self, field: SystemField) -> &Field<'c> {
        self.get(field.id())
    }

    /// Sets a field that is not there yet: where an event names a field twice, the first value wins.
    pub(crate) fn set_first(&mut self, id: FieldId, field: Field<'c>) {
        let bit = 1u64 << id.index();
        if self.present & bit == 0 && field.is_present() {
            self.present |= bit;
            self.fields[id.index()] = field;
        }
    }

    pub(crate) fn clear(&mut self) {
        while self.present != 0 {
            self.fields[self.present.trailing_zeros() as usize] = Field::Absent;
            self.present &= self.present - 1;
        }
    }
}

/// One event, as the chunk reader hands it out.
#[derive(Debug)]
pub struct Event<'e, 'c> {
    /// Its fields.
    pub fields: &'e FieldSet<'c>,
    /// Where the record stands, in bytes from the start of the file.
    pub offset: u64,
    /// The number in the record's frame, which in saved logs is not `EventRecordID`.
    pub frame_record_id: u64,
}
