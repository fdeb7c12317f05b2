//! The prompt: reads statements and commands, runs them, writes what they give.

pub(crate) mod statements;
