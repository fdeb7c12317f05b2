//! From events to columns: what the `process` table holds and where each value comes from. Knows Arrow, not DataFusion.

mod columns;

pub use columns::{COLUMNS, Column, Encoding, column, process_schema};
