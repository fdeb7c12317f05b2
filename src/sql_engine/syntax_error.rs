//! What the SQL parser has to say, in the words of a hunter: where a quote or a parenthesis began, what was expected,
//! which keyword was meant.

use datafusion::error::DataFusionError;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::parser::ParserError;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, TokenizerError};

use super::nearest::nearest;
use super::text_position::TextPositions;
use crate::diagnostic::{Diagnostic, Span};

/// The words that begin a statement.
const STATEMENT_WORDS: [&str; 12] =
    ["SELECT", "WITH", "VALUES", "EXPLAIN", "SHOW", "DESCRIBE", "CREATE", "DROP", "SET", "RESET", "PREPARE", "EXECUTE"];

/// The words inside a query that are mistyped most.
const CLAUSE_WORDS: [&str; 32] = [
    "SELECT", "DISTINCT", "FROM", "WHERE", "GROUP", "ORDER", "BY", "HAVING", "LIMIT", "OFFSET", "UNION", "ALL", "JOIN",
    "LEFT", "RIGHT", "INNER", "FULL", "CROSS", "USING", "AND", "OR", "NOT", "LIKE", "ILIKE", "BETWEEN", "NULL", "CASE",
    "WHEN", "THEN", "ELSE", "END", "DESC",
];

/// Whether a text could not be cut into words because something in it is not closed.
fn is_unterminated(error: &TokenizerError) -> bool {
    let message = error.message.to_lowercase();
    ["unterminated", "before eof", "unexpected eof", "expected $"].iter().any(|sign| message.contains(sign))
}

/// The first parenthesis that is never closed.
fn open_parenthesis(tokens: &[TokenWithSpan]) -> Option<&TokenWithSpan> {
    let mut open = Vec::new();
    for token in tokens {
        match token.token {
            Token::LParen => open.push(token),
            Token::RParen => {
                open.pop();
            }
            _ => {}
        }
    }
    open.first().copied()
}

/// A text that could not be cut into words.
pub(super) fn of_words(error: &TokenizerError, sql: &str) -> Diagnostic {
    let positions = TextPositions::new(sql);
    let place = positions.offset(error.location.line, error.location.column);
    if !is_unterminated(error) {
        return Diagnostic::new(lower_first(&error.message)).with_span(Span::new(place, place));
    }
    if error.message.contains("comment") {
        // The parser names the end of the text; the comment began at the first `/*` after the last whole word.
        let (tokens, _) = super::statement::tokens_of(sql);
        let words_end = tokens.last().map_or(0, |token| positions.span(token.span).end);
        let start = sql[words_end..].find("/*").map_or(words_end, |start| words_end + start);
        return Diagnostic::new("this comment is never closed")
            .with_span(Span::new(start, start + 2))
            .with_help("`*/` closes it");
    }
    let quote = sql[place..].chars().find(|character| "'\"`$[".contains(*character)).unwrap_or('\'');
    let kind = if quote == '\'' || quote == '$' { "string" } else { "name" };
    let diagnostic = Diagnostic::new(format!("this {kind} is never closed"))
        .with_label("it begins here")
        .with_span(Span::new(place, place + quote.len_utf8()));
    match quote {
        '\'' => diagnostic.with_help("a quote inside a string is written twice: 'it''s'"),
        _ => diagnostic,
    }
}

/// A text that is no statement.
pub(super) fn of_parser(error: &DataFusionError, sql: &str, tokens: &[TokenWithSpan]) -> Diagnostic {
    if is_too_deep(error) {
        return Diagnostic::new("the statement is nested too deeply");
    }
    of_grammar(&parser_message(error).unwrap_or_else(|| error.strip_backtrace()), sql, tokens)
}

/// A message of the parser, `Expected: …, found: … at Line: 1, Column: 8`.
pub(super) fn of_grammar(message: &str, sql: &str, tokens: &[TokenWithSpan]) -> Diagnostic {
    let (message, place) = take_place(message);
    let Some((expected, _)) =
        message.strip_prefix("Expected: ").and_then(|rest| rest.rsplit_once(", found: ").or(Some((rest, ""))))
    else {
        let diagnostic = Diagnostic::new(lower_first(message.trim_start_matches("sql parser error: ")));
        let token = place.and_then(|place| token_at(tokens, place));
        return diagnostic.with_span(token.map(|token| TextPositions::new(sql).span(token.span)));
    };
    let end = TokenWithSpan::wrap(Token::EOF);
    unexpected(expected, place.and_then(|place| token_at(tokens, place)).unwrap_or(&end), sql, tokens)
}

/// A word that stands where another was expected.
pub(super) fn unexpected(expected: &str, found: &TokenWithSpan, sql: &str, tokens: &[TokenWithSpan]) -> Diagnostic {
    let positions = TextPositions::new(sql);
    if found.token == Token::EOF {
        if let Some(open) = open_parenthesis(tokens) {
            return Diagnostic::new("this parenthesis is never closed").with_span(positions.span(open.span));
        }
        let end = sql.trim_end().len();
        return Diagnostic::new(format!("expected {}, found the end of the statement", readable(expected)))
            .with_span(Span::new(end, end));
    }
    let span = positions.span(found.span);
    let text = &sql[span.start..span.end];
    let diagnostic = Diagnostic::new(format!("expected {}, found `{text}`", readable(expected))).with_span(span);
    let Some((mistyped, word)) = meant_word(expected, found, tokens) else {
        return diagnostic;
    };
    let help = format!("did you mean `{word}`?");
    if mistyped == found {
        return diagnostic.with_help(help);
    }
    let span = positions.span(mistyped.span);
    Diagnostic::new(format!("unexpected word `{}`", &sql[span.start..span.end])).with_span(span).with_help(help)
}

/// The mistyped word and the keyword that it was meant to be: the word that was found, or the one before it, which the
/// parser may have taken for a name, as in `select * form process`.
fn meant_word<'a>(
    expected: &str,
    found: &'a TokenWithSpan,
    tokens: &'a [TokenWithSpan],
) -> Option<(&'a TokenWithSpan, &'static str)> {
    let words: &[&'static str] = if expected.contains("SQL statement") { &STATEMENT_WORDS } else { &CLAUSE_WORDS };
    let before = tokens
        .iter()
        .take_while(|token| token.span.start < found.span.start)
        .filter(|token| !matches!(token.token, Token::Whitespace(_)))
        .last();
    [Some(found), before].into_iter().flatten().find_map(|token| match &token.token {
        Token::Word(word) if word.quote_style.is_none() && word.keyword == Keyword::NoKeyword => {
            Some((token, nearest(&word.value, words.iter().copied())?))
        }
        _ => None,
    })
}

fn readable(expected: &str) -> String {
    match expected.trim_end_matches(':') {
        "an SQL statement" => "a statement such as `SELECT`".to_owned(),
        "end of statement" => "the end of the statement".to_owned(),
        expected if expected.len() == 1 => format!("`{expected}`"),
        expected => {
            let shouted = |word: &str| word.len() > 1 && word.chars().all(|letter| letter.is_ascii_uppercase());
            let words: Vec<String> = expected
                .split(' ')
                .map(|word| if shouted(word) { format!("`{word}`") } else { word.to_owned() })
                .collect();
            words.join(" ")
        }
    }
}

fn take_place(message: &str) -> (&str, Option<(u64, u64)>) {
    let Some((before, place)) = message.rsplit_once(" at Line: ") else {
        return (message, None);
    };
    let number = |text: &str| text.trim_matches(|letter: char| !letter.is_ascii_digit()).parse::<u64>().ok();
    let place = place.split_once(", Column: ").and_then(|(line, column)| Some((number(line)?, number(column)?)));
    (before, place)
}

fn token_at(tokens: &[TokenWithSpan], (line, column): (u64, u64)) -> Option<&TokenWithSpan> {
    tokens.iter().find(|token| token.span.start.line == line && token.span.start.column == column)
}

fn is_too_deep(error: &DataFusionError) -> bool {
    matches!(error.find_root(), DataFusionError::SQL(error, _) if matches!(**error, ParserError::RecursionLimitExceeded))
}

fn parser_message(error: &DataFusionError) -> Option<String> {
    match error {
        DataFusionError::SQL(error, _) => match &**error {
            ParserError::ParserError(message) | ParserError::TokenizerError(message) => Some(message.clone()),
            ParserError::RecursionLimitExceeded => None,
        },
        DataFusionError::Diagnostic(_, error) | DataFusionError::Context(_, error) => parser_message(error),
        _ => None,
    }
}

/// A message as a diagnostic writes it: no capital at its beginning, no full stop at its end.
pub(super) fn lower_first(message: &str) -> String {
    let message = message.trim().trim_end_matches('.');
    let mut letters = message.chars();
    match letters.next() {
        // `SELECT` and other words in capitals stay as they are.
        Some(first) if !letters.clone().next().is_some_and(char::is_uppercase) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => message.to_owned(),
    }
}
