//! What rustyline asks while somebody types: is it complete, how is it coloured, what can follow.

use std::borrow::Cow;

use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Helper};

use super::completion::{Catalog, Offer, complete};
use super::highlight::highlighted;
use super::statements::split;
use crate::output::style;

/// The answers, by our own grammar and names.
pub(super) struct InputHelper {
    pub(super) catalog: Catalog,
    color: bool,
    files: FilenameCompleter,
}

impl InputHelper {
    pub(super) fn new(color: bool) -> InputHelper {
        InputHelper { catalog: Catalog::default(), color, files: FilenameCompleter::new() }
    }
}

/// True if Enter is to run the input rather than to begin a further line.
pub(super) fn is_complete(input: &str) -> bool {
    // What is too large to be cut is handed on, to be refused with a message.
    split(input).map_or(true, |statements| statements.rest.is_none())
}

impl Helper for InputHelper {}

impl Validator for InputHelper {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(if is_complete(context.input()) { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}

impl Highlighter for InputHelper {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        if self.color { Cow::Owned(highlighted(line)) } else { Cow::Borrowed(line) }
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        if self.color { Cow::Owned(format!("{}{prompt}{}", style::BOLD, style::PLAIN)) } else { Cow::Borrowed(prompt) }
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        self.color && kind != CmdKind::MoveCursor
    }
}

impl Hinter for InputHelper {
    type Hint = String;
}

impl Completer for InputHelper {
    type Candidate = Pair;

    fn complete(&self, line: &str, cursor: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        match complete(&self.catalog, line, cursor) {
            Offer::Words { start, words } => {
                Ok((start, words.into_iter().map(|word| Pair { display: word.clone(), replacement: word }).collect()))
            }
            Offer::File => self.files.complete_path(line, cursor),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enter_runs_what_is_complete() {
        for complete in ["", "  ", "SELECT 1;", "\\help", "exit", "SELECT 1; \\q", "-- a comment"] {
            assert!(is_complete(complete), "{complete:?}");
        }
        for incomplete in ["SELECT 1", "SELECT ';", "SELECT 1; SELECT", "/* ;", "SELECT $$ ; "] {
            assert!(!is_complete(incomplete), "{incomplete:?}");
        }
    }

    #[test]
    fn without_colour_nothing_is_added() {
        let helper = InputHelper::new(false);
        assert_eq!(helper.highlight("SELECT 'a'", 0), "SELECT 'a'");
        assert_eq!(helper.highlight_prompt("trailhound> ", true), "trailhound> ");
    }
}
