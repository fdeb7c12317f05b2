//! Trailhound: process-creation events out of EVTX logs, kept as Parquet, hunted in SQL.
//!
//! The modules stand in the order in which data flows; a module uses only the ones above it.

pub mod cli;
pub mod event_log_writer;
pub mod event_schema;
pub mod output;
pub mod repl;
pub mod sql_engine;
