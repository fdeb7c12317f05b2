//! Writes EVTX files: the encoder behind the example logs, the tests and the benches.
//!
//! [`EventLogWriter`] takes [`Event`]s and makes the file as Windows would: chunks with string and
//! template tables and checksums, BinXML templates for the fixed parts of events. `process_events`
//! and `ordinary_events` make genuine events, `scene` the example logs of a whole day, `big_log`
//! logs of any size, and `damage` spoils a file in named ways.
//!
//! The layout was learnt from Microsoft's [MS-EVEN6] and from logs that Windows wrote.

pub mod big_log;
mod chunk;
pub mod damage;
mod element;
mod event;
pub mod filetime;
mod forwarded;
mod identity;
pub mod ordinary_events;
pub mod process_events;
pub mod scene;
mod seeded;
mod template;
mod value;
mod writer;

pub use event::{BodyShape, Event, Field, NullFields, Payload, Provider, Rendering, Shape, TemplateShape, field};
pub use identity::{Guid, Sid};
pub use template::EventTemplate;
pub use value::{Value, ValueKind, ValueList};
pub use writer::{EventLogWriter, WriteError};

#[cfg(test)]
mod tests;
