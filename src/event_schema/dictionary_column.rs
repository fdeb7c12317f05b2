//! A column of few distinct values: each is made into UTF-8 once, however many rows hold it.

use std::hash::BuildHasher;
use std::sync::Arc;

use arrow::array::{ArrayRef, DictionaryArray, Int32Builder, StringBuilder};
use arrow::datatypes::Int32Type;
use arrow::error::ArrowError;
use hashbrown::{DefaultHashBuilder, HashTable};

use crate::event_log::{Field, RawValue};

/// Builds a `Dictionary(Int32, Utf8)`.
#[derive(Debug, Default)]
pub(super) struct DictionaryColumn {
    keys: Int32Builder,
    texts: Distinct,
    /// What bytes of a chunk were made into which key, so that equal bytes need no second look.
    raw: Distinct,
    raw_keys: Vec<Option<i32>>,
    scratch: String,
}

/// Distinct byte strings, numbered in the order in which they were met.
#[derive(Debug, Default)]
struct Distinct {
    hasher: DefaultHashBuilder,
    table: HashTable<u32>,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Distinct {
    fn get(&self, number: u32) -> &[u8] {
        let number = number as usize;
        let start = if number == 0 { 0 } else { self.ends[number - 1] };
        &self.bytes[start..self.ends[number]]
    }

    /// The number of those bytes, and whether they are new.
    fn intern(&mut self, prefix: u8, bytes: &[u8]) -> (u32, bool) {
        let hash = self.hasher.hash_one((prefix, bytes));
        let same = |number: &u32| self.get(*number).split_first() == Some((&prefix, bytes));
        if let Some(number) = self.table.find(hash, same) {
            return (*number, false);
        }
        let number = self.ends.len() as u32;
        self.bytes.push(prefix);
        self.bytes.extend_from_slice(bytes);
        self.ends.push(self.bytes.len());
        let (hasher, ends, all) = (&self.hasher, &self.ends, &self.bytes);
        self.table.insert_unique(hash, number, |number| {
            let number = *number as usize;
            let start = if number == 0 { 0 } else { ends[number - 1] };
            let entry = &all[start..ends[number]];
            hasher.hash_one((entry[0], &entry[1..]))
        });
        (number, true)
    }

    fn clear(&mut self) {
        self.table.clear();
        self.bytes.clear();
        self.ends.clear();
    }
}

impl DictionaryColumn {
    /// Appends what `convert` makes of a field: it writes the text, or gives false for NULL. It must depend on nothing
    /// but the field.
    pub(super) fn append(&mut self, field: &Field<'_>, convert: impl Fn(&str, &mut String) -> bool) {
        match field {
            Field::Absent => self.keys.append_null(),
            Field::Value(RawValue { value_type, bytes }) => {
                let (number, new) = self.raw.intern(value_type.0, bytes);
                if new {
                    let key = self.convert(field, convert);
                    self.raw_keys.push(key);
                }
                self.keys.append_option(self.raw_keys[number as usize]);
            }
            Field::Text(_) => {
                let key = self.convert(field, convert);
                self.keys.append_option(key);
            }
        }
    }

    fn convert(&mut self, field: &Field<'_>, convert: impl Fn(&str, &mut String) -> bool) -> Option<i32> {
        self.scratch.clear();
        field.write_text(&mut self.scratch);
        let mut converted = String::new();
        convert(&self.scratch, &mut converted).then(|| self.texts.intern(0, converted.as_bytes()).0 as i32)
    }

    /// Appends a text as it is.
    pub(super) fn append_text(&mut self, text: &str) {
        let (number, _) = self.texts.intern(0, text.as_bytes());
        self.keys.append_value(number as i32);
    }

    pub(super) fn append_null(&mut self) {
        self.keys.append_null();
    }

    /// The rows so far; the column is empty after it.
    pub(super) fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        let count = self.texts.ends.len();
        let mut values = StringBuilder::with_capacity(count, self.texts.bytes.len());
        for number in 0..count {
            // What was interned was text, behind its prefix of one byte.
            let text = std::str::from_utf8(&self.texts.get(number as u32)[1..])
                .map_err(|error| ArrowError::InvalidArgumentError(error.to_string()))?;
            values.append_value(text);
        }
        self.texts.clear();
        self.raw.clear();
        self.raw_keys.clear();
        let array = DictionaryArray::<Int32Type>::try_new(self.keys.finish(), Arc::new(values.finish()))?;
        Ok(Arc::new(array))
    }
}
