//! What the Tab key offers.
//!
//! [`complete`] is a plain function of the text, the cursor and the names that there are. It knows by the tokens
//! before the cursor whether a command, its argument, a table, a column or any word of SQL can stand there.

use super::commands::{ArgumentKind, COMMANDS};
use super::engine::TableDescription;
use super::scope::{Named, tables_in, unquoted};
use super::sql_words::{KEYWORDS, is_keyword};
use super::statements::{Token, TokenKind, tokens};
use crate::output::Format;
use crate::sql_engine::functions::hunting_functions;

/// The names that can be completed.
#[derive(Debug, Default)]
pub(super) struct Catalog {
    /// The tables with their columns.
    pub(super) tables: Vec<TableDescription>,
    /// All functions.
    pub(super) functions: Vec<String>,
}

/// What can stand at the cursor.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Offer {
    /// These words, each in place of what stands from `start` to the cursor.
    Words {
        /// The byte from which on the text is replaced.
        start: usize,
        /// The words, best first.
        words: Vec<String>,
    },
    /// The name of a file.
    File,
}

/// Functions in the place of a table. They take a path.
const TABLE_FUNCTIONS: [&str; 2] = ["evtx", "lake"];

/// What can stand at `cursor` in `text`.
pub(super) fn complete(catalog: &Catalog, text: &str, cursor: usize) -> Offer {
    let Some(before) = text.get(..cursor) else { return words(cursor, Vec::new()) };
    let seen = tokens(before);
    let touching = seen.last().filter(|token| token.span.end == cursor);
    match touching.map(|token| token.kind) {
        Some(TokenKind::Command) => complete_command(before, touching),
        Some(TokenKind::Argument) => complete_argument(catalog, before, &seen),
        Some(TokenKind::Comment) => words(cursor, Vec::new()),
        Some(TokenKind::String) => match seen.iter().rev().nth(1) {
            Some(function) if is_one_of(before, function, &TABLE_FUNCTIONS) => Offer::File,
            _ => words(cursor, Vec::new()),
        },
        _ => complete_sql(catalog, text, before, &seen),
    }
}

fn words(start: usize, words: Vec<String>) -> Offer {
    Offer::Words { start, words }
}

fn is_one_of(text: &str, token: &Token, names: &[&str]) -> bool {
    token.kind == TokenKind::Word && names.iter().any(|name| name.eq_ignore_ascii_case(&text[token.span.clone()]))
}

fn starts_with(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn complete_command(before: &str, token: Option<&Token>) -> Offer {
    let start = token.map_or(before.len(), |token| token.span.start);
    let prefix = &before[start..];
    words(
        start,
        COMMANDS
            .iter()
            .map(|command| command.name)
            .filter(|name| starts_with(name, prefix))
            .map(str::to_owned)
            .collect(),
    )
}

fn complete_argument(catalog: &Catalog, before: &str, seen: &[Token]) -> Offer {
    let [.., command, argument] = seen else { return words(before.len(), Vec::new()) };
    let name = &before[command.span.clone()];
    let kind = COMMANDS.iter().find(|command| command.name.eq_ignore_ascii_case(name)).map(|found| found.argument_kind);
    let text = before[argument.span.clone()].trim_start();
    let start = before.len() - text.len();
    let of = |names: Vec<String>| words(start, names.into_iter().filter(|name| starts_with(name, text)).collect());
    match kind {
        Some(ArgumentKind::Table) => of(catalog.tables.iter().map(|table| table.name.clone()).collect()),
        Some(ArgumentKind::Function) => of(function_names(catalog)),
        Some(ArgumentKind::Format) => {
            of(Format::ALL.iter().filter(|format| !format.needs_file()).map(ToString::to_string).collect())
        }
        Some(ArgumentKind::Switch) => of(vec!["on".to_owned(), "off".to_owned()]),
        Some(ArgumentKind::FileAndSql) => match text.find(char::is_whitespace) {
            None => Offer::File,
            Some(end) => complete_within(catalog, before, start + end),
        },
        Some(ArgumentKind::Sql) => complete_within(catalog, before, start),
        Some(ArgumentKind::None) | None => words(before.len(), Vec::new()),
    }
}

/// Completes the SQL that begins at `start` inside a command's line.
fn complete_within(catalog: &Catalog, before: &str, start: usize) -> Offer {
    let sql = &before[start..];
    match complete(catalog, sql, sql.len()) {
        Offer::Words { start: inner, words } => Offer::Words { start: start + inner, words },
        Offer::File => Offer::File,
    }
}

fn function_names(catalog: &Catalog) -> Vec<String> {
    let mut names: Vec<String> = hunting_functions().iter().map(|function| function.name.to_owned()).collect();
    let others: Vec<String> = catalog.functions.iter().filter(|name| !names.contains(name)).cloned().collect();
    names.extend(others);
    names
}

fn complete_sql(catalog: &Catalog, text: &str, before: &str, seen: &[Token]) -> Offer {
    let is_prefix = |token: &&Token| {
        token.span.end == before.len() && matches!(token.kind, TokenKind::Word | TokenKind::QuotedName)
    };
    let prefix_token = seen.last().filter(is_prefix);
    let start = prefix_token.map_or(before.len(), |token| token.span.start);
    let prefix = &before[start..];
    let earlier = if prefix_token.is_some() { &seen[..seen.len() - 1] } else { seen };

    // Without the word at the cursor: a quote that it opens would hide the rest of the statement.
    let around = format!("{} {}", &before[..start], &text[before.len()..]);
    let in_scope = tables_in(&around, &tokens(&around), &catalog.tables);
    if before[..start].ends_with('.') {
        return complete_dotted(catalog, before, earlier, start, &in_scope);
    }
    let after_from = earlier.last().is_some_and(|token| is_one_of(before, token, &["FROM", "JOIN"]));
    if after_from && !before[earlier.last().map_or(0, |token| token.span.end)..start].contains('(') {
        return words(start, table_words(catalog, prefix));
    }
    let tables: Vec<&TableDescription> = in_scope.iter().map(|named| named.table).collect();
    let mut found = columns(&tables, &catalog.tables, prefix);
    // Without a first letter everything would be offered, which helps nobody.
    if !prefix.is_empty() && !prefix.starts_with(['"', '`']) {
        let functions = function_names(catalog).into_iter().filter(|name| starts_with(name, prefix));
        found.extend(functions.map(|name| format!("{name}(")));
        found.extend(table_words(catalog, prefix));
        found.extend(KEYWORDS.iter().filter(|word| starts_with(word, prefix)).map(|word| in_case_of(word, prefix)));
    }
    let mut once = std::collections::HashSet::new();
    found.retain(|word| once.insert(word.clone()));
    words(start, found)
}

/// Completes what follows a dot: a column of the table or alias before it, or a name that has dots itself, as those of
/// `ecs` have.
fn complete_dotted(catalog: &Catalog, before: &str, earlier: &[Token], start: usize, in_scope: &[Named<'_>]) -> Offer {
    // The names before the cursor with dots between them, as far back as they go.
    let mut chain_start = start;
    for token in earlier.iter().rev() {
        if token.span.end + 1 != chain_start || !before[..chain_start].ends_with('.') {
            break;
        }
        chain_start = token.span.start;
    }
    let Some(first_end) = before[chain_start..].find('.').map(|dot| chain_start + dot) else {
        return words(start, Vec::new());
    };
    let qualifier = unquoted(&before[chain_start..first_end]);
    let tables: Vec<&TableDescription> =
        in_scope.iter().filter(|named| named.name.eq_ignore_ascii_case(&qualifier)).map(|named| named.table).collect();
    if tables.is_empty() {
        let all: Vec<&TableDescription> = in_scope.iter().map(|named| named.table).collect();
        return words(chain_start, columns(&all, &catalog.tables, &before[chain_start..]));
    }
    words(first_end + 1, columns(&tables, &[], &before[first_end + 1..]))
}

/// The columns of the tables in scope, or of all tables while none is.
fn columns(in_scope: &[&TableDescription], all: &[TableDescription], prefix: &str) -> Vec<String> {
    let all: Vec<&TableDescription> = all.iter().collect();
    let tables = if in_scope.is_empty() { &all } else { in_scope };
    let bare = prefix.trim_start_matches(['"', '`']);
    let is_quoted = bare.len() < prefix.len();
    let mut names = Vec::new();
    for column in tables.iter().flat_map(|table| &table.columns) {
        let name = if is_quoted { quoted(&column.name) } else { quoted_if_needed(&column.name) };
        if starts_with(&column.name, bare) && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn table_words(catalog: &Catalog, prefix: &str) -> Vec<String> {
    let bare = prefix.trim_start_matches(['"', '`']);
    let tables = catalog.tables.iter().map(|table| table.name.as_str()).filter(|name| starts_with(name, bare));
    let is_quoted = bare.len() < prefix.len();
    let mut found: Vec<String> =
        tables.map(|name| if is_quoted { quoted(name) } else { quoted_if_needed(name) }).collect();
    found.extend(TABLE_FUNCTIONS.iter().filter(|name| starts_with(name, prefix)).map(|name| format!("{name}('")));
    found
}

/// The name as the session reads it, which finds a bare name in any case and with dots. Others stand in quotes.
fn quoted_if_needed(name: &str) -> String {
    let is_plain_part = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && part.chars().all(|character| character == '_' || character.is_ascii_alphanumeric())
            && !is_keyword(part)
    };
    if name.split('.').all(is_plain_part) { name.to_owned() } else { quoted(name) }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Small letters after small letters.
fn in_case_of(word: &str, prefix: &str) -> String {
    if prefix.starts_with(|first: char| first.is_ascii_lowercase()) {
        word.to_ascii_lowercase()
    } else {
        word.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::super::console::tests::tables;
    use super::*;

    fn catalog() -> Catalog {
        Catalog { tables: tables(), functions: ["hash", "hex", "count"].map(str::to_owned).to_vec() }
    }

    /// `text` holds the cursor as `|`. `want` is the text with the first offer, then the other offers.
    #[track_caller]
    fn check(text: &str, want: &[&str]) {
        let cursor = text.find('|').expect("a cursor");
        let text = text.replacen('|', "", 1);
        match complete(&catalog(), &text, cursor) {
            Offer::Words { start, words } => {
                let shown: Vec<String> =
                    words.iter().map(|word| format!("{}{word}{}", &text[..start], &text[cursor..])).collect();
                assert_eq!(shown, want);
            }
            Offer::File => assert_eq!(want, ["a file"]),
        }
    }

    #[test]
    fn commands_and_their_arguments() {
        check("\\ta|", &["\\tables"]);
        check("\\f|", &["\\functions", "\\format"]);
        check("\\format js|", &["\\format json"]);
        check("\\format p|", &[]);
        check("\\timing o|", &["\\timing on", "\\timing off"]);
        check("\\schema |", &["\\schema process", "\\schema SecurityEvent"]);
        check("\\d sec|", &["\\d SecurityEvent"]);
        check("\\functions h|", &["\\functions hash", "\\functions hex"]);
        check("\\export |", &["a file"]);
        check("\\export out/hi|", &["a file"]);
        check("\\export hits.csv SELECT ho| FROM process", &["\\export hits.csv SELECT host FROM process"]);
        check("\\explain SELECT * FROM pro|", &["\\explain SELECT * FROM process"]);
        check("\\help x|", &[]);
    }

    #[test]
    fn tables_follow_from_and_join() {
        check(
            "SELECT * FROM |",
            &["SELECT * FROM process", "SELECT * FROM SecurityEvent", "SELECT * FROM evtx('", "SELECT * FROM lake('"],
        );
        check("select * from process join \"Sec|", &["select * from process join \"SecurityEvent\""]);
        check("SELECT * FROM evtx('lo|", &["a file"]);
    }

    #[test]
    fn columns_of_the_tables_that_are_named() {
        check(
            "SELECT co| FROM process",
            &[
                "SELECT command_line FROM process",
                "SELECT command_template( FROM process",
                "SELECT count( FROM process",
            ],
        );
        check(
            "SELECT | FROM SecurityEvent",
            &["SELECT TimeGenerated FROM SecurityEvent", "SELECT CommandLine FROM SecurityEvent"],
        );
        check(
            "SELECT p.| FROM \"SecurityEvent\" s JOIN process AS p ON true",
            &[
                "SELECT p.time FROM \"SecurityEvent\" s JOIN process AS p ON true",
                "SELECT p.host FROM \"SecurityEvent\" s JOIN process AS p ON true",
                "SELECT p.command_line FROM \"SecurityEvent\" s JOIN process AS p ON true",
            ],
        );
        check("SELECT s.\"com| FROM \"SecurityEvent\" s", &["SELECT s.\"CommandLine\" FROM \"SecurityEvent\" s"]);
        check("SELECT command|", &["SELECT command_line", "SELECT CommandLine", "SELECT command_template("]);
    }

    #[test]
    fn names_with_dots_are_completed_over_their_dots() {
        let column = |name: &str| super::super::engine::ColumnDescription {
            name: name.to_owned(),
            type_name: "text".to_owned(),
            description: String::new(),
        };
        let names = ["@timestamp", "process.name", "process.parent.name", "host.name"];
        let ecs =
            TableDescription { name: "ecs".to_owned(), kind: "view".to_owned(), columns: names.map(column).to_vec() };
        let catalog = Catalog { tables: vec![ecs], functions: Vec::new() };
        let check = |text: &str, start: usize, want: &[&str]| {
            let cursor = text.find('|').expect("a cursor");
            let offer = complete(&catalog, &text.replacen('|', "", 1), cursor);
            assert_eq!(offer, words(start, want.iter().map(ToString::to_string).collect()), "{text}");
        };
        check("SELECT process.| FROM ecs", 7, &["process.name", "process.parent.name"]);
        check("SELECT process.parent.n| FROM ecs", 7, &["process.parent.name"]);
        check("SELECT e.process.p| FROM ecs e", 9, &["process.parent.name"]);
        check("SELECT | FROM ecs", 7, &["\"@timestamp\"", "process.name", "process.parent.name", "host.name"]);
        check("SELECT 1 WHERE x ..|", 19, &[]);
    }

    #[test]
    fn functions_and_keywords() {
        check("SELECT hos|", &["SELECT host"]);
        check("SELECT he|", &["SELECT hex("]);
        check("sel|", &["select"]);
        check("SEL|", &["SELECT"]);
        check("SELECT 1 FROM process whe|", &["SELECT 1 FROM process when", "SELECT 1 FROM process where"]);
    }

    #[test]
    fn nothing_inside_strings_and_comments() {
        check("SELECT 'hos|", &[]);
        check("SELECT 1 -- hos|", &[]);
        check("SELECT 1 /* hos|", &[]);
    }

    #[test]
    fn any_text_and_any_cursor_are_answered() {
        let text = "SELECT é. FROM process \"x 'y \\q";
        for cursor in 0..=text.len() + 1 {
            complete(&catalog(), text, cursor);
        }
    }
}
