//! The prompt: reads statements and commands, runs them, writes what they give.
//!
//! [`run_terminal`] talks to a person, [`run_script`] takes the statements of a file or a pipe. Both cut their input
//! by `grammar/statements.pest` and hand each statement to the same console, which knows nothing of terminals.

mod aligned;
mod commands;
mod completion;
mod console;
mod engine;
mod export_target;
mod function_help;
mod highlight;
mod history_file;
mod input_helper;
mod nearest_name;
mod query_run;
mod scope;
mod script;
mod sql_words;
pub(crate) mod statements;
mod terminal;

pub use console::{Settings, TableWidth};
pub use engine::{Answer, ColumnDescription, Engine, Failure, TableDescription};
pub use history_file::history_file;
pub use script::{ScriptError, run_script};
pub use terminal::{PROMPT, run_terminal};
