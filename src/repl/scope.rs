//! Which tables a statement names, and by which names their columns are called: enough SQL to complete columns.

use super::engine::TableDescription;
use super::sql_words::is_keyword;
use super::statements::{Token, TokenKind};

/// A table that the statement names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named<'a> {
    /// The name before the dot of its columns: the alias if there is one. Without quotes.
    pub(super) name: String,
    /// The table.
    pub(super) table: &'a TableDescription,
}

/// The tables after FROM, JOIN and the commas between them, with their aliases.
pub(super) fn tables_in<'a>(text: &str, tokens: &[Token], tables: &'a [TableDescription]) -> Vec<Named<'a>> {
    let mut found: Vec<Named<'a>> = Vec::new();
    let mut index = 0;
    while index < tokens.len() {
        let token = &tokens[index];
        index += 1;
        let begins_a_table = is_word(text, token, &["FROM", "JOIN"]);
        if !begins_a_table {
            continue;
        }
        // One table after another, as long as commas part them.
        while let Some(table_token) = tokens.get(index).filter(|token| is_name(text, token)) {
            index += 1;
            let mut name = unquoted(&text[table_token.span.clone()]);
            let table = tables.iter().find(|table| table.name.eq_ignore_ascii_case(&name));
            let mut end = table_token.span.end;
            if tokens.get(index).is_some_and(|token| is_word(text, token, &["AS"])) {
                index += 1;
            }
            let alias = tokens
                .get(index)
                .filter(|token| is_name(text, token) && !text[end..token.span.start].contains([',', ')', ';', '(']));
            if let Some(alias) = alias {
                name = unquoted(&text[alias.span.clone()]);
                end = alias.span.end;
                index += 1;
            }
            found.extend(table.map(|table| Named { name, table }));
            let next = tokens.get(index).map_or(text.len(), |token| token.span.start);
            if text[end.min(next)..next].trim() != "," {
                break;
            }
        }
    }
    found
}

fn is_word(text: &str, token: &Token, words: &[&str]) -> bool {
    token.kind == TokenKind::Word && words.iter().any(|word| word.eq_ignore_ascii_case(&text[token.span.clone()]))
}

fn is_name(text: &str, token: &Token) -> bool {
    token.kind == TokenKind::QuotedName || (token.kind == TokenKind::Word && !is_keyword(&text[token.span.clone()]))
}

/// A name without its quotes.
pub(super) fn unquoted(name: &str) -> String {
    name.trim_matches(['"', '`']).replace("\"\"", "\"")
}

#[cfg(test)]
mod tests {
    use super::super::console::tests::tables;
    use super::super::statements::tokens;
    use super::*;

    #[track_caller]
    fn check(sql: &str, want: &[(&str, &str)]) {
        let tables = tables();
        let found = tables_in(sql, &tokens(sql), &tables);
        let found: Vec<(&str, &str)> =
            found.iter().map(|named| (named.name.as_str(), named.table.name.as_str())).collect();
        assert_eq!(found, want, "{sql}");
    }

    #[test]
    fn tables_and_aliases_are_found() {
        check("SELECT 1", &[]);
        check("SELECT * FROM process", &[("process", "process")]);
        check("select p. from process as p where 1", &[("p", "process")]);
        check("select * from PROCESS p, \"SecurityEvent\" s", &[("p", "process"), ("s", "SecurityEvent")]);
        check(
            "select * from process p join securityevent \"E\" on p.host = \"E\".host",
            &[("p", "process"), ("E", "SecurityEvent")],
        );
        check(
            "select * from process where host in (select x from process q)",
            &[("process", "process"), ("q", "process")],
        );
        check("select * from (select 1) p, nothing n", &[]);
        check("from process,", &[("process", "process")]);
        check("select * from process; select 1", &[("process", "process")]);
    }
}
