//! The command line: checks what was typed, calls the library, says what happened.

mod args;
mod byte_size;
mod convert;
mod engine;
mod generate;
mod loss_report;
mod progress;
mod quantity;
mod query;
mod reference;
mod repl;
mod resources;

use std::io::{self, IsTerminal, Write};

pub use args::Args;
use args::Command;

/// How a command ended that did what it was asked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All is well. Exit code 0.
    Done,
    /// Something could not be read; it was said what. Exit code 2.
    SomethingLost,
}

/// Does what was typed.
///
/// # Errors
/// What stopped it, with what was tried.
pub fn run(args: Args) -> anyhow::Result<Outcome> {
    match args.command {
        None => repl::run(&args.repl),
        Some(Command::Repl(repl)) => repl::run(&repl),
        Some(Command::Query(query)) => query::run(&query),
        Some(Command::Convert(convert)) => convert::run(&convert),
        Some(Command::Functions(functions)) => reference::run_functions(&functions),
        Some(Command::Reference(reference)) => reference::run(reference.page),
        Some(Command::Generate(generate)) => generate::run(&generate),
    }
}

/// Writes an error to standard error, the one place where that is done. A message that was drawn with its place in a
/// text stands as it is.
pub fn report(error: &anyhow::Error) {
    let text = format!("{error:#}");
    if text.lines().any(|line| line.starts_with("error: ")) {
        eprintln!("{text}");
    } else {
        eprintln!("error: {text}");
    }
}

/// Whether text for a person may be coloured: on a terminal, unless <https://no-color.org> says otherwise.
fn color(terminal: bool) -> bool {
    terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Writes to standard output, whose reader may have left, as `head` does.
fn print_quietly(text: &str) -> io::Result<()> {
    let mut out = io::stdout();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

fn stdout_is_terminal() -> bool {
    std::io::stdout().is_terminal()
}
