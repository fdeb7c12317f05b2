//! From text to one parsed statement, and where the statements of a longer text begin and end.

use datafusion::sql::parser::{DFParser, DFParserBuilder, Statement};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer, TokenizerError};

use super::syntax_error;
use super::text_position::TextPositions;
use crate::diagnostic::{Diagnostic, Span};

/// How deep expressions and queries may be nested before the text is refused.
const NESTING: usize = 50;

/// The statements of a text, by their places in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statements {
    /// Those that a `;` ends, without it and without the blank space around them. Empty ones are left out.
    pub ended: Vec<Span>,
    /// What stands after the last `;`, if it is more than blank space and comments.
    pub rest: Option<Span>,
}

/// Finds the statements of a text. A `;` in a string, a quoted name or a comment ends none.
pub fn split_statements(sql: &str) -> Statements {
    let (tokens, error) = tokens_of(sql);
    let positions = TextPositions::new(sql);
    let mut found = Statements::default();
    let mut open: Option<Span> = None;
    for token in &tokens {
        let span = positions.span(token.span);
        match token.token {
            Token::SemiColon => found.ended.extend(open.take()),
            Token::Whitespace(_) | Token::EOF => {}
            _ => open = Some(Span::new(open.map_or(span.start, |open| open.start), span.end)),
        }
    }
    if error.is_some() {
        // What could not be cut into words reaches to the end of the text.
        let words_end = tokens.last().map_or(0, |token| positions.span(token.span).end);
        open = Some(Span::new(open.map_or(words_end, |open| open.start), sql.trim_end().len()));
    }
    found.rest = open;
    found
}

/// Whether more text could make a statement of this one: a quote, a comment or a parenthesis is open, or the
/// statement breaks off. A blank text is not incomplete.
pub fn is_incomplete(sql: &str) -> bool {
    let (tokens, error) = tokens_of(sql);
    if let Some(error) = error {
        return syntax_error::is_unterminated(&error);
    }
    if !tokens.iter().any(is_word) {
        return false;
    }
    if syntax_error::open_parenthesis(&tokens).is_some() {
        return true;
    }
    match parser(tokens).and_then(|mut parser| parser.parse_statements()) {
        Ok(_) => false,
        Err(error) => syntax_error::is_at_the_end(&error),
    }
}

/// Parses exactly one statement; a `;` after it is allowed.
pub(super) fn parse(sql: &str) -> Result<Statement, Diagnostic> {
    let (tokens, error) = tokens_of(sql);
    if let Some(error) = error {
        return Err(syntax_error::of_words(&error, sql));
    }
    if !tokens.iter().any(is_word) {
        return Err(Diagnostic::new("no statement was given"));
    }
    let mut parser =
        parser(tokens.clone()).map_err(|error| syntax_error::of_grammar(&error.to_string(), sql, &tokens))?;
    let skip_separators = |parser: &mut DFParser<'_>| while parser.parser.consume_token(&Token::SemiColon) {};
    skip_separators(&mut parser);
    let statement = match parser.parse_statement() {
        Ok(statement) => statement,
        Err(error) => return Err(syntax_error::of_parser(&error, sql, &tokens)),
    };
    let ended = parser.parser.peek_token().token == Token::SemiColon;
    skip_separators(&mut parser);
    let next = parser.parser.peek_token();
    match next.token {
        Token::EOF => Ok(statement),
        _ if ended => Err(Diagnostic::new("one statement at a time")
            .with_label("a second one begins here")
            .with_span(TextPositions::new(sql).span(next.span))),
        _ => Err(syntax_error::unexpected("the end of the statement", &next, sql, &tokens)),
    }
}

fn parser(tokens: Vec<TokenWithSpan>) -> datafusion::error::Result<DFParser<'static>> {
    DFParserBuilder::new(tokens).with_recursion_limit(NESTING).build()
}

/// The words of a text, as far as it can be cut into words.
pub(super) fn tokens_of(sql: &str) -> (Vec<TokenWithSpan>, Option<TokenizerError>) {
    let mut tokens = Vec::new();
    let error =
        Tokenizer::new(&GenericDialect {}, sql).tokenize_with_location_into_buf_with_mapper(&mut tokens, free_user);
    (tokens, error.err())
}

/// `USER` is a function without parentheses in the parser, but a column of `Sysmon` and the first part of `user.name`
/// to a hunter; DataFusion has no such function.
fn free_user(mut token: TokenWithSpan) -> TokenWithSpan {
    if let Token::Word(word) = &mut token.token
        && word.keyword == Keyword::USER
    {
        word.keyword = Keyword::NoKeyword;
    }
    token
}

fn is_word(token: &TokenWithSpan) -> bool {
    !matches!(token.token, Token::Whitespace(_) | Token::SemiColon | Token::EOF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_end_at_semicolons_outside_quotes_and_comments() {
        let sql = "select ';' ; -- a; b\n select \"a;b\" /* ; */;; select 3";
        let found = split_statements(sql);
        let texts: Vec<&str> = found.ended.iter().map(|span| &sql[span.start..span.end]).collect();
        assert_eq!(texts, ["select ';'", "select \"a;b\""]);
        let rest = found.rest.unwrap();
        assert_eq!(&sql[rest.start..rest.end], "select 3");
    }

    #[test]
    fn blank_text_has_no_statement() {
        for sql in ["", " \n", "-- note", ";;", "/* a */ ;"] {
            assert_eq!(split_statements(sql), Statements::default(), "{sql:?}");
            assert!(!is_incomplete(sql), "{sql:?}");
            assert_eq!(parse(sql).unwrap_err().message, "no statement was given", "{sql:?}");
        }
    }

    #[test]
    fn an_open_quote_keeps_the_statement_open() {
        let sql = "select 1; select 'a; b";
        let found = split_statements(sql);
        assert_eq!(found.ended.len(), 1);
        let rest = found.rest.unwrap();
        assert_eq!(&sql[rest.start..rest.end], "select 'a; b");
    }

    #[test]
    fn what_breaks_off_is_incomplete_and_what_is_wrong_is_not() {
        for sql in [
            "select",
            "select 1 +",
            "select (1",
            "select 'a",
            "select \"a",
            "select 1 /* a",
            "select * from process where",
            "select * from process where host in ('a',",
            "with a as (select 1)",
        ] {
            assert!(is_incomplete(sql), "{sql}");
        }
        for sql in ["select 1", "select 1;", "selct 1", "select 1) + 2", "select 1 from from", "select * from a, b"] {
            assert!(!is_incomplete(sql), "{sql}");
        }
    }

    #[test]
    fn deep_nesting_is_refused_and_does_not_overflow() {
        let sql = format!("select {}1{}", "(".repeat(100_000), ")".repeat(100_000));
        assert!(parse(&sql).unwrap_err().message.contains("nested too deeply"));
    }

    #[test]
    fn user_is_a_name() {
        for sql in ["select user from sysmon", "select USER, user.name from ecs where User = 'a'"] {
            assert!(parse(sql).is_ok(), "{sql}");
        }
    }
}
