//! From events to columns: what the `process` table holds and where each value comes from. Knows Arrow, not DataFusion.

mod batch;
mod columns;
mod dictionary_column;
mod feeds;
mod process_event;

pub use batch::{ProcessBatchBuilder, RecordOrigin};
pub use columns::{COLUMNS, Column, Encoding, column, process_schema};
pub use process_event::{ProcessEvent, is_process_event};
