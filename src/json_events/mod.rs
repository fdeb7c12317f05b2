//! JSON exports of Windows events, to the same fields as the reader of EVTX gives. Knows neither Arrow nor DataFusion.
//!
//! Collectors hand events on as JSON, one document a line, each in a form of its own: a [`Dialect`]. Which one a file
//! is, its first documents tell ([`recognise`], [`explain`]); [`JsonReader`] reads it. A document is cut out of the file
//! (`pieces`), left aside if its event id is not wanted (`screen`), listed as paths and values (`leaves`), and its
//! values are given to the fields that the dialect has them for (`gathered` and a module for each dialect).
//!
//! What a dialect loses is lost: fewer digits of the time, the record's number, the event's version. A value is never
//! made up for it. What each dialect counts as the event's time says [`Dialect::time_field`].
//!
//! An export may be hostile or broken: a document costs at most [`LineLimits::line_bytes`] and a few thousand values
//! within them, and one that cannot be read is counted with its place and its reason.

mod beats;
mod dialect;
mod encoding;
mod event_xml;
mod evtx_dump;
mod flat;
mod gathered;
mod leaves;
mod pieces;
mod reader;
mod rendered_text;
mod screen;
mod splunk;
mod times;

pub use dialect::{Dialect, HEAD_BYTES, explain, recognise};
pub use reader::{JsonReader, LineLimits};

#[cfg(test)]
mod tests;
