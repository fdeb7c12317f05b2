//! Trailhound: process-creation events out of EVTX logs, kept as Parquet, hunted in SQL.
//!
//! The modules stand in the order in which data flows; a module uses only the ones above it.

pub mod diagnostic;

pub mod archives;
pub mod event_log;
pub mod event_log_writer;
pub mod json_events;

pub mod event_schema;
pub mod sources;

pub mod lake;

pub mod sql_engine;

pub mod conversion;
pub mod workspace;

pub mod output;

pub mod repl;

pub mod cli;
