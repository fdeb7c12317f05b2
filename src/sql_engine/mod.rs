//! The DataFusion session and what Trailhound adds to it.

pub mod functions;
mod identifiers;
mod names;
mod nearest;
mod statement;
mod syntax_error;
mod text_position;

pub use statement::{Statements, is_incomplete, split_statements};
