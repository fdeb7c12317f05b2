//! All integration tests in one executable: each one that links DataFusion costs time and hundreds of megabytes.
#![allow(clippy::unwrap_used, reason = "a test may stop where it finds what it did not expect")]

mod bad_input;
mod binary;
mod commands;
mod conversion;
mod corpus;
mod corpus_truth;
mod damaged_logs;
mod documentation;
mod event_log_writer;
mod example_hunts;
mod layering;
mod sql;
#[cfg(unix)]
mod terminal;
