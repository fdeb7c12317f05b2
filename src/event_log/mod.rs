//! EVTX bytes to events: files, chunks, records, binary XML. Knows neither Arrow nor DataFusion.
//!
//! The format is that of [MS-EVEN6] (BinXml) and of Joachim Metz's description of the Windows XML Event Log format.
//! Logs are evidence and may be hostile: every offset is checked, every loop is bounded by the bytes of one chunk and
//! by a budget of work, and what cannot be read is counted with its reason in a [`ReadReport`].

mod binary_xml;
mod byte_cursor;
mod chunk;
mod file;
mod known_fields;
mod report;
mod second_reader;
mod value;

pub use binary_xml::{Event, FieldSet};
pub use chunk::{Checksum, ChunkReader, ReadLimits};
pub(crate) use file::recognise_file;
pub use file::{CHUNK_SIZE, EventLogFile, FILE_HEADER_SIZE, Recognition, recognise};
pub use known_fields::{FieldId, SystemField};
pub use report::{Damage, DamageKind, ReadReport};
pub use value::{Field, RawValue, Time, ValueType};
