//! Binary XML: from the bytes of a record to the fields that columns are fed from.
//!
//! A record is a template instance in nearly every log: a definition, which stands once in the chunk, and the values
//! that fill its substitutions. `definition` boils a definition down to the few leaves that matter; `decoder` fills
//! them with a record's values. A record without a template (forwarded and merged logs) is read the same way, as a
//! definition without substitutions.

mod decoder;
mod definition;
mod fields;
mod names;

pub(crate) use decoder::{Decoded, RecordDecoder, WorkLimit};
pub use fields::{Event, FieldSet};
