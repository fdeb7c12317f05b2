//! From text to one parsed statement.

use datafusion::sql::parser::{DFParser, DFParserBuilder, Statement};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer, TokenizerError};

use super::syntax_error;
use super::text_position::TextPositions;
use crate::diagnostic::Diagnostic;

/// How deep expressions and queries may be nested before the text is refused.
const NESTING: usize = 50;

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
    fn blank_text_has_no_statement() {
        for sql in ["", " \n", "-- note", ";;", "/* a */ ;"] {
            assert_eq!(parse(sql).unwrap_err().message, "no statement was given", "{sql:?}");
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
