//! Input cut into statements ended by `;` and commands on a line of their own, by `grammar/statements.pest`.

use std::fmt;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::Once;

use pest::Parser;
use pest::iterators::{Pair, Pairs};

/// The parser, in a module of its own because the rules that pest writes are public.
mod grammar {
    #![allow(missing_docs, unreachable_pub)]

    #[derive(pest_derive::Parser)]
    #[grammar = "grammar/statements.pest"]
    pub struct StatementParser;
}

use grammar::{Rule, StatementParser};

/// The longest input that is cut, in bytes.
pub(crate) const LONGEST_INPUT: usize = 16 * 1024 * 1024;

/// No input of the longest length needs so many steps of the grammar.
const MOST_CALLS: usize = 64 * LONGEST_INPUT;

/// What one statement is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StatementKind {
    /// SQL, without its `;`.
    Sql,
    /// A command: its name as typed (`\schema`, `exit`) and the rest of its line without blanks around it.
    Command {
        /// As typed, with the backslash.
        name: String,
        /// Empty if there is none.
        argument: String,
    },
}

/// One statement or command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    /// The text, without its `;` and without blanks around it.
    pub(crate) text: String,
    /// Where `text` stands in the input, in bytes.
    pub(crate) span: Range<usize>,
    /// SQL or a command.
    pub(crate) kind: StatementKind,
}

/// The end of an input, which is not a whole statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Incomplete {
    /// The text so far, without blanks around it.
    pub(crate) text: String,
    /// Where `text` stands in the input, in bytes.
    pub(crate) span: Range<usize>,
    /// What is not finished, for a message: "a string", "a comment".
    pub(crate) what: &'static str,
    /// Where it began: line and column, both from 1.
    pub(crate) what_at: (usize, usize),
    /// True if nothing but the `;` is missing, which the end of a file stands for.
    pub(crate) lacks_only_the_semicolon: bool,
}

/// An input, cut.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Statements {
    /// What can be run, in order.
    pub(crate) complete: Vec<Statement>,
    /// What is left over after the last of them.
    pub(crate) rest: Option<Incomplete>,
}

impl Statements {
    /// All statements, with the end of the input in the place of the last `;`.
    ///
    /// # Errors
    /// Gives the rest if it holds an unfinished string, name or comment.
    pub(crate) fn at_end_of_input(mut self) -> Result<Vec<Statement>, Incomplete> {
        match self.rest.take() {
            None => {}
            Some(rest) if rest.lacks_only_the_semicolon => {
                self.complete.push(Statement { text: rest.text, span: rest.span, kind: StatementKind::Sql });
            }
            Some(rest) => return Err(rest),
        }
        Ok(self.complete)
    }
}

/// An input that is too long, or whose comments are nested too deeply, to be cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InputTooLarge;

impl fmt::Display for InputTooLarge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mebibytes = LONGEST_INPUT / (1024 * 1024);
        write!(formatter, "the input is longer than {mebibytes} MiB or its comments are nested too deeply")
    }
}

impl std::error::Error for InputTooLarge {}

/// Cuts `input` into statements.
///
/// # Errors
/// [`InputTooLarge`] for more than [`LONGEST_INPUT`] bytes, or comments nested beyond the stack's room.
pub(crate) fn split(input: &str) -> Result<Statements, InputTooLarge> {
    let mut statements = Statements::default();
    for pair in parse(Rule::input, input)? {
        match pair.as_rule() {
            Rule::command => statements.complete.push(command_of(pair)),
            Rule::statement => add_statement(pair, input, &mut statements),
            _ => {}
        }
    }
    Ok(statements)
}

/// The pairs below the entry rule.
fn parse(entry: Rule, input: &str) -> Result<Pairs<'_, Rule>, InputTooLarge> {
    static LIMIT: Once = Once::new();
    LIMIT.call_once(|| pest::set_call_limit(NonZeroUsize::new(MOST_CALLS)));

    if input.len() > LONGEST_INPUT {
        return Err(InputTooLarge);
    }
    // The grammar accepts every text, so an error can only be one of the limits.
    let mut pairs = StatementParser::parse(entry, input).map_err(|_| InputTooLarge)?;
    pairs.next().map(Pair::into_inner).ok_or(InputTooLarge)
}

fn command_of(pair: Pair<'_, Rule>) -> Statement {
    let start = pair.as_span().start();
    let text = pair.as_str().trim_end_matches(|c: char| c == ';' || c.is_whitespace()).to_owned();
    let name_end = text.find(char::is_whitespace).unwrap_or(text.len());
    let kind =
        StatementKind::Command { name: text[..name_end].to_owned(), argument: text[name_end..].trim().to_owned() };
    Statement { span: start..start + text.len(), text, kind }
}

fn add_statement(pair: Pair<'_, Rule>, input: &str, statements: &mut Statements) {
    let start = pair.as_span().start();
    let end = pair.as_span().end();
    let last = pair.into_inner().last();
    let terminated = last.as_ref().is_some_and(|last| last.as_rule() == Rule::terminator);
    let text = input[start..if terminated { end - 1 } else { end }].trim_end();
    let span = start..start + text.len();
    let text = text.to_owned();

    // A statement with something after it was ended by a `;` or by the command that follows.
    let open = last.filter(|last| last.as_rule() == Rule::open);
    if open.is_none() && (terminated || end < input.len()) {
        statements.complete.push(Statement { text, span, kind: StatementKind::Sql });
        return;
    }
    let (what, at) = match &open {
        Some(open) => (open_thing(open), open.as_span().start()),
        None => ("a statement without `;`", start),
    };
    let what_at = place(input, at);
    statements.rest = Some(Incomplete { text, span, what, what_at, lacks_only_the_semicolon: open.is_none() });
}

fn open_thing(open: &Pair<'_, Rule>) -> &'static str {
    match open.clone().into_inner().next().map(|inner| inner.as_rule()) {
        Some(Rule::open_comment) => "a comment",
        Some(Rule::open_name) => "a quoted name",
        _ => "a string",
    }
}

/// Line and column of a byte of `input`, both from 1, the column in characters.
pub(crate) fn place(input: &str, offset: usize) -> (usize, usize) {
    let before = input.get(..offset).unwrap_or(input);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// What a token is, for colours and completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// `\schema`, `exit`.
    Command,
    /// The rest of a command's line.
    Argument,
    /// A string in any quotes, finished or not.
    String,
    /// A name in quotes, finished or not.
    QuotedName,
    /// A comment, finished or not.
    Comment,
    /// A number.
    Number,
    /// A keyword or a name.
    Word,
}

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) kind: TokenKind,
    /// Where it stands in the input, in bytes.
    pub(crate) span: Range<usize>,
}

/// The tokens of `input` in order; operators and blanks lie between them. None if the input is too large.
pub(crate) fn tokens(input: &str) -> Vec<Token> {
    let Ok(pairs) = parse(Rule::tokens, input) else { return Vec::new() };
    let mut found = Vec::new();
    for pair in pairs {
        match pair.as_rule() {
            Rule::command | Rule::open => found.extend(pair.into_inner().filter_map(token_of)),
            _ => found.extend(token_of(pair)),
        }
    }
    found
}

fn token_of(pair: Pair<'_, Rule>) -> Option<Token> {
    let kind = match pair.as_rule() {
        Rule::command_name => TokenKind::Command,
        Rule::argument => TokenKind::Argument,
        Rule::string
        | Rule::escape_string
        | Rule::prefixed_string
        | Rule::dollar_string
        | Rule::open_string
        | Rule::open_dollar => TokenKind::String,
        Rule::quoted_name | Rule::open_name => TokenKind::QuotedName,
        Rule::comment | Rule::open_comment => TokenKind::Comment,
        Rule::number => TokenKind::Number,
        Rule::word => TokenKind::Word,
        _ => return None,
    };
    let span = pair.as_span();
    // A command without an argument has an empty one, which is no token.
    (!pair.as_str().is_empty()).then(|| Token { kind, span: span.start()..span.end() })
}

#[cfg(test)]
mod tests;
