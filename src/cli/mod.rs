//! The command line.

pub mod args;
mod byte_size;
