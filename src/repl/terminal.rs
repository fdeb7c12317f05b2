//! The loop at the terminal: reads a line, hands on what it holds, shows what comes back.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::task::Poll;

use anyhow::Context as _;
use rustyline::config::{ColorMode, CompletionType};
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{Config, Editor};
use tokio::runtime::Runtime;

use super::completion::Catalog;
use super::console::{Console, ConsoleError, Flow, Settings};
use super::engine::Engine;
use super::history_file;
use super::input_helper::InputHelper;
use super::query_run::Interrupt;
use super::statements::split;

/// What stands before the first line of an input. Further lines have nothing before them.
pub const PROMPT: &str = "trailhound> ";

/// So many inputs are kept.
const HISTORY_LENGTH: usize = 10_000;

/// Three questions for a newcomer, each with its SQL.
const QUESTIONS: [(&str, &str); 3] = [
    (
        "Who created an account?",
        "SELECT time, host, account, command_line FROM process WHERE is_account_creation(command_line);",
    ),
    (
        "Which PowerShell hid its script?",
        "SELECT time, host, decode_ps(command_line) FROM process WHERE is_encoded_ps(command_line);",
    ),
    (
        "What did a program start that it should not?",
        "SELECT time, host, suspicious_parent_reason(creator_process, new_process) AS why FROM process WHERE suspicious_parent(creator_process, new_process);",
    ),
];

/// Talks to the person at the terminal until they leave.
///
/// `facts` are the lines of the banner that say what is loaded. `history` is the file of what was typed before, None
/// for none; one that cannot be used is only warned of.
///
/// # Errors
/// The terminal fails. What is wrong with a statement is shown, and the next one is read.
pub fn run_terminal(
    engine: Arc<dyn Engine>,
    runtime: &Runtime,
    settings: Settings,
    facts: &[String],
    history: Option<PathBuf>,
) -> anyhow::Result<()> {
    let mut console = Console::new(engine, settings);
    let mut out = io::stdout();
    write_banner(facts, &mut out)?;
    raise_on_signals(console.interrupt.clone()).context("could not listen for Ctrl-C")?;
    let mut input = Input::open(settings.color, history, &mut out)?;
    loop {
        input.set_names(runtime.block_on(names_of(&console)));
        match input.read()? {
            Line::Text(text) => match runtime.block_on(run_input(&mut console, &text, &mut out)) {
                Ok(Flow::Continue) => {}
                Ok(Flow::Quit) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
                Err(error) => return Err(error).context("could not write to the terminal"),
            },
            Line::Cleared => {}
            Line::End => return Ok(()),
        }
    }
}

fn write_banner(facts: &[String], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "Trailhound {}", env!("CARGO_PKG_VERSION"))?;
    for fact in facts {
        writeln!(out, "{fact}")?;
    }
    writeln!(out, "\nThree questions to try:")?;
    for (question, sql) in QUESTIONS {
        writeln!(out, "  {question}\n    {sql}")?;
    }
    writeln!(out, "\nSQL ends with `;`. \\help lists the commands, Ctrl-D leaves.\n")
}

/// Ctrl-C while a query runs arrives as a signal; at the prompt it is a key.
///
/// A thread of its own listens: the threads of a runtime may all be busy with the very query that is to be stopped.
/// It listens when this returns. The line editor puts its own handler of the signal over the one that it finds and
/// afterwards puts that one back, so ours must be there before it.
fn raise_on_signals(interrupt: Interrupt) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (ready_sender, ready) = mpsc::channel();
    let listen = async move {
        loop {
            let mut signal = Box::pin(tokio::signal::ctrl_c());
            // The handler is set when the future is first asked.
            let early = std::future::poll_fn(|context| Poll::Ready(signal.as_mut().poll(context))).await;
            // Only the first time is waited for.
            let _ = ready_sender.send(());
            let came = match early {
                Poll::Ready(came) => came,
                Poll::Pending => signal.await,
            };
            if came.is_err() {
                return;
            }
            interrupt.raise();
        }
    };
    std::thread::Builder::new().name("ctrl-c".to_owned()).spawn(move || runtime.block_on(listen))?;
    // An error would mean that the thread is gone; then Ctrl-C ends the program, as it does without us.
    let _ = ready.recv();
    Ok(())
}

async fn names_of(console: &Console) -> Catalog {
    Catalog { tables: console.engine.tables().await, functions: console.engine.function_names() }
}

/// Runs all statements of one input, up to the first that fails, which is shown.
async fn run_input(console: &mut Console, text: &str, out: &mut (dyn Write + Send)) -> io::Result<Flow> {
    let statements = match split(text) {
        Ok(statements) => statements.complete,
        Err(error) => {
            writeln!(out, "error: {error}")?;
            return Ok(Flow::Continue);
        }
    };
    for statement in statements {
        match console.execute(&statement, out).await {
            Ok(Flow::Continue) => {}
            Ok(Flow::Quit) => return Ok(Flow::Quit),
            Err(ConsoleError::Failure(failure)) => {
                writeln!(out, "{failure}")?;
                break;
            }
            Err(ConsoleError::Output(error)) => return Err(error),
        }
    }
    out.flush()?;
    Ok(Flow::Continue)
}

/// What came from the keyboard.
enum Line {
    Text(String),
    /// Ctrl-C.
    Cleared,
    /// Ctrl-D.
    End,
}

/// The keyboard with its history.
struct Input {
    editor: Editor<InputHelper, FileHistory>,
    history: Option<PathBuf>,
}

impl Input {
    fn open(color: bool, history: Option<PathBuf>, out: &mut dyn Write) -> anyhow::Result<Input> {
        let config = Config::builder()
            .max_history_size(HISTORY_LENGTH)?
            .history_ignore_dups(true)?
            .history_ignore_space(true)
            .completion_type(CompletionType::List)
            .color_mode(if color { ColorMode::Enabled } else { ColorMode::Disabled })
            .build();
        let mut editor = Editor::with_config(config).context("could not open the terminal")?;
        editor.set_helper(Some(InputHelper::new(color)));
        let mut input = Input { editor, history: None };
        if let Some(path) = history {
            match input.load(&path) {
                Ok(()) => input.history = Some(path),
                Err(error) => writeln!(out, "the history '{}' cannot be used: {error}\n", path.display())?,
            }
        }
        Ok(input)
    }

    fn load(&mut self, path: &Path) -> Result<(), ReadlineError> {
        history_file::prepare(path)?;
        match self.editor.load_history(path) {
            Err(ReadlineError::Io(error)) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    fn set_names(&mut self, catalog: Catalog) {
        if let Some(helper) = self.editor.helper_mut() {
            helper.catalog = catalog;
        }
    }

    fn read(&mut self) -> anyhow::Result<Line> {
        match self.editor.readline(PROMPT) {
            Ok(text) => {
                self.remember(&text);
                Ok(Line::Text(text))
            }
            Err(ReadlineError::Interrupted) => Ok(Line::Cleared),
            Err(ReadlineError::Eof) => Ok(Line::End),
            Err(error) => Err(error).context("could not read from the terminal"),
        }
    }

    /// Appended at once, so that a crash loses nothing. What fails now is no reason to stop the work.
    fn remember(&mut self, text: &str) {
        let is_new = !text.trim().is_empty() && self.editor.add_history_entry(text.trim_end()).unwrap_or(false);
        if let (true, Some(path)) = (is_new, &self.history) {
            let _ = self.editor.append_history(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::console::tests::FakeEngine;
    use super::*;
    use crate::output::Format;

    async fn shown(text: &str) -> (String, Flow) {
        let settings = Settings { timing: false, format: Format::Csv, ..Settings::interactive(false) };
        let mut console = Console::new(Arc::new(FakeEngine), settings);
        let mut out = Vec::new();
        let flow = run_input(&mut console, text, &mut out).await.expect("written");
        (String::from_utf8(out).expect("UTF-8"), flow)
    }

    #[tokio::test]
    async fn a_failure_is_shown_and_ends_the_input_but_not_the_session() {
        let (out, flow) = shown("SELECT 1; SELECT wrong; SELECT 2;").await;
        assert_eq!(out, "n\n1\n1 row\nerror: cannot run `SELECT wrong`\n");
        assert_eq!(flow, Flow::Continue);
        assert_eq!(shown("SELECT 1; \\q").await, ("n\n1\n1 row\n".to_owned(), Flow::Quit));
    }

    #[test]
    fn the_banner_says_what_is_loaded_and_asks_three_complete_questions() {
        let mut out = Vec::new();
        write_banner(&["3 hosts".to_owned()], &mut out).expect("written");
        let text = String::from_utf8(out).expect("UTF-8");
        assert!(text.starts_with(concat!("Trailhound ", env!("CARGO_PKG_VERSION"), "\n3 hosts\n")), "{text}");
        for (_, sql) in QUESTIONS {
            assert!(super::super::input_helper::is_complete(sql) && text.contains(sql));
        }
    }
}
