//! Statements from a file or a pipe: no prompt, no banner, and the first error ends it.

use std::fmt;
use std::io::{self, BufRead, Read, Write};
use std::sync::Arc;

use super::console::{Console, ConsoleError, Flow, Settings};
use super::engine::Engine;
use super::statements::{Incomplete, InputTooLarge, LONGEST_INPUT, Statement, place, split};

/// The statement of a script that failed. The binary shows it and exits with code 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptError {
    /// The name of the script, `standard input` or a file.
    pub script: String,
    /// The line on which the statement starts, from 1.
    pub line: usize,
    /// What is wrong, ready to be shown.
    pub failure: String,
}

impl fmt::Display for ScriptError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: the statement on line {}\n{}", self.script, self.line, self.failure)
    }
}

impl std::error::Error for ScriptError {}

/// Runs the statements of `input`, each one as soon as it is complete, and writes their results to `out`.
///
/// The last statement may lack its `;`. A reader of `out` that leaves ends the script quietly.
///
/// # Errors
/// The first statement that fails, an input that is not UTF-8 or cannot be read, an output that takes no more.
/// Nothing after it is run.
pub async fn run_script(
    engine: Arc<dyn Engine>,
    settings: Settings,
    script: &str,
    input: &mut dyn BufRead,
    out: &mut (dyn Write + Send),
) -> Result<(), ScriptError> {
    let mut console = Console::new(engine, settings);
    let mut pending = Pending { text: String::new(), line: 1 };
    let at = |line: usize, failure: String| ScriptError { script: script.to_owned(), line, failure };
    loop {
        let last_line = pending.line + pending.text.matches('\n').count();
        let is_end = pending.read_line(input).map_err(|error| at(last_line, format!("error: {error}")))?;
        if !is_end && !may_complete(&pending.text) {
            continue;
        }
        for (line, statement) in pending.take(is_end).map_err(|(line, failure)| at(line, failure))? {
            match console.execute(&statement, out).await {
                Ok(Flow::Continue) => {}
                Ok(Flow::Quit) => return Ok(()),
                Err(ConsoleError::Failure(failure)) => return Err(at(line, failure.0)),
                Err(ConsoleError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
                Err(ConsoleError::Output(error)) => return Err(at(line, format!("error: could not write: {error}"))),
            }
        }
        if is_end {
            return Ok(());
        }
    }
}

/// True if the last line could end a statement, so that most lines of a long one need no cutting.
fn may_complete(text: &str) -> bool {
    let last = text.trim_end_matches(['\n', '\r']).rsplit('\n').next().unwrap_or("");
    let word = last.trim();
    last.contains(';') || word.starts_with('\\') || !text.trim_start().contains(char::is_whitespace) || word.len() <= 5
}

/// What was read and not yet run.
struct Pending {
    text: String,
    /// The line of the input on which `text` starts.
    line: usize,
}

impl Pending {
    /// Reads one more line; true at the end of the input.
    fn read_line(&mut self, input: &mut dyn BufRead) -> io::Result<bool> {
        let room = (LONGEST_INPUT + 1).saturating_sub(self.text.len());
        let mut limited = input.take(room as u64);
        let mut bytes = Vec::new();
        limited.read_until(b'\n', &mut bytes)?;
        let line = String::from_utf8(bytes)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "the text is not UTF-8"))?;
        self.text.push_str(&line);
        if self.text.len() > LONGEST_INPUT {
            return Err(io::Error::new(io::ErrorKind::InvalidData, InputTooLarge));
        }
        Ok(line.is_empty())
    }

    /// Takes what can be run, each with its line.
    ///
    /// # Errors
    /// What cannot be cut, or at the end of the input what is not finished, with its line.
    fn take(&mut self, is_end: bool) -> Result<Vec<(usize, Statement)>, (usize, String)> {
        let statements = split(&self.text).map_err(|error| (self.line, format!("error: {error}")))?;
        let line_of = |offset: usize| self.line + place(&self.text, offset).0 - 1;
        let (complete, kept_from) = if is_end {
            let unfinished = |rest: Incomplete| (line_of(rest.span.start), self.unfinished(&rest));
            (statements.at_end_of_input().map_err(unfinished)?, self.text.len())
        } else {
            let end = self.text.len();
            (statements.complete, statements.rest.map_or(end, |rest| rest.span.start))
        };
        let numbered = complete.into_iter().map(|statement| (line_of(statement.span.start), statement)).collect();
        let line = line_of(kept_from);
        self.text.drain(..kept_from);
        self.line = line;
        Ok(numbered)
    }

    fn unfinished(&self, rest: &Incomplete) -> String {
        // Its place is told by lines of the whole script, as that of the statement is.
        let (line, column) = rest.what_at;
        format!("error: the input ends in {} that began at {}:{column}", rest.what, self.line + line - 1)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::super::console::tests::FakeEngine;
    use super::*;
    use crate::output::Format;

    async fn run(input: &str) -> (String, Option<ScriptError>) {
        let mut out = Vec::new();
        let settings = Settings::script(Format::Csv, false, false);
        let engine = Arc::new(FakeEngine);
        let error = run_script(engine, settings, "hunt.sql", &mut input.as_bytes(), &mut out).await.err();
        (String::from_utf8(out).expect("UTF-8"), error)
    }

    #[tokio::test]
    async fn results_alone_are_written_and_the_last_semicolon_may_lack() {
        assert_eq!(run("SELECT 1;\n-- two\nSELECT\n 2").await, ("n\n1\nn\n2\n".to_owned(), None));
        assert_eq!(run("").await, (String::new(), None));
        assert_eq!(run("\u{FEFF}SELECT 1").await, ("n\n1\n".to_owned(), None));
        assert_eq!(run("SELECT 1\n\\format ndjson\nSELECT 2;").await, ("n\n1\n{\"n\":2}\n".to_owned(), None));
        assert_eq!(run("SELECT 1; \\timing off\nquit\nSELECT 2;").await, ("n\n1\ntiming is off\n".to_owned(), None));
    }

    #[tokio::test]
    async fn the_first_error_stops_and_names_its_line() {
        let (out, error) = run("SELECT 1;\n\nSELECT 2; SELECT\n wrong;\nSELECT 3;").await;
        assert_eq!(out, "n\n1\nn\n2\n");
        let error = error.expect("an error");
        assert_eq!(error.line, 3);
        assert_eq!(error.to_string(), "hunt.sql: the statement on line 3\nerror: cannot run `SELECT\n wrong`");

        let error = run("SELECT 1;\n\\nonsense\n").await.1.expect("an error");
        assert_eq!((error.line, error.failure.as_str()), (2, "error: no command `\\nonsense`: `\\help` lists them"));
    }

    #[tokio::test]
    async fn an_unfinished_string_is_an_error_at_its_place() {
        let (out, error) = run("SELECT 1;\nSELECT 2,\n 'open;\n").await;
        assert_eq!(out, "n\n1\n");
        let error = error.expect("an error");
        assert_eq!((error.line, error.failure.as_str()), (2, "error: the input ends in a string that began at 3:2"));
    }

    #[tokio::test]
    async fn text_that_is_not_utf8_is_an_error() {
        let settings = Settings::script(Format::Csv, false, false);
        let mut out = Vec::new();
        let mut input: &[u8] = b"SELECT 1;\nSELECT '\xff';\n";
        let running = run_script(Arc::new(FakeEngine), settings, "standard input", &mut input, &mut out);
        let error = running.await.expect_err("not UTF-8");
        assert_eq!((error.line, error.failure.as_str()), (2, "error: the text is not UTF-8"));
        assert_eq!(out, b"n\n1\n");
    }

    type Answers = Arc<std::sync::Mutex<Vec<u8>>>;

    /// Gives a line only when all statements of the lines before it were answered.
    struct Conversation {
        lines: Vec<&'static str>,
        taken: usize,
        answers: Answers,
    }

    impl Read for Conversation {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            unreachable!("lines are read by the buffer")
        }
    }

    impl BufRead for Conversation {
        fn fill_buf(&mut self) -> io::Result<&[u8]> {
            if let ["", rest @ ..] = self.lines.as_slice() {
                self.lines = rest.to_vec();
                self.taken += 1;
                let answered = self.answers.lock().expect("a lock").iter().filter(|byte| **byte == b'\n').count();
                // A head and a row for each statement.
                assert_eq!(answered, 2 * self.taken);
            }
            Ok(self.lines.first().map_or(&[], |line| line.as_bytes()))
        }

        fn consume(&mut self, bytes: usize) {
            if let Some(first) = self.lines.first_mut() {
                *first = &first[bytes..];
            }
        }
    }

    struct Shared(Answers);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("a lock").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_statement_from_a_pipe_is_run_before_the_next_line_is_read() {
        let answers = Answers::default();
        let mut input = Conversation { lines: vec!["SELECT 1;\n", "SELECT 2;\n"], taken: 0, answers: answers.clone() };
        let settings = Settings::script(Format::Csv, false, false);
        let mut out = Shared(answers.clone());
        run_script(Arc::new(FakeEngine), settings, "pipe", &mut input, &mut out).await.expect("run");
        assert_eq!(input.taken, 2);
        assert_eq!(answers.lock().expect("a lock").as_slice(), b"n\n1\nn\n2\n");
    }
}
