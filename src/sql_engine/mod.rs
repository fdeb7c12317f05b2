//! The DataFusion session and what Trailhound adds to it.
//!
//! A statement's way: `statement` parses it, `identifiers` gives its names their spelling, DataFusion plans it,
//! `stable_order` gives its rows their order, `session` runs it, and `titles` names the columns. What goes wrong on the
//! way is put into words by `syntax_error` and `failure`.

mod failure;
pub mod functions;
mod identifiers;
mod like_patterns;
mod names;
mod nearest;
mod session;
mod stable_order;
mod statement;
mod syntax_error;
pub mod tables;
mod text_position;
mod time_literals;
mod titles;
mod type_names;
mod views;

pub use failure::failure_to_diagnostic;
pub use session::{Answer, ColumnDescription, Session, Settings, TableDescription, TableKind};

#[cfg(test)]
mod sample;
