//! From DataFusion's errors to one clear message with a place and, where something near is known, a suggestion.
//!
//! DataFusion wraps an error in context, in diagnostics with places, in collections. They are taken off until the error
//! itself is there; on the way the place is kept. Names that are unknown get the nearest known one; all other messages
//! lose the prefixes and type names that only mean something to who wrote DataFusion.

use arrow::error::ArrowError;
use datafusion::common::{Column, SchemaError};
use datafusion::error::DataFusionError;
use datafusion::sql::sqlparser::tokenizer::Token;

use super::names::{Names, TableNames, meant};
use super::nearest::nearest;
use super::statement::tokens_of;
use super::syntax_error::lower_first;
use super::text_position::TextPositions;
use super::type_names::in_sql_words;
use super::views::VIEWS;
use crate::diagnostic::{Diagnostic, Span};

/// How many wrappers are taken off an error.
const WRAPPERS: usize = 32;
/// The name that a query's text is shown under.
const QUERY: &str = "query";

/// What an error while a query runs, or while its rows are read, means. `sql` is the query's text.
pub fn failure_to_diagnostic(error: &DataFusionError, sql: &str) -> Diagnostic {
    diagnose(error, &Asked { sql, names: &Names::default(), mentioned: Vec::new() })
}

/// The query that failed, and what is known around it.
pub(super) struct Asked<'a> {
    pub(super) sql: &'a str,
    pub(super) names: &'a Names,
    /// The tables that the query mentions.
    pub(super) mentioned: Vec<&'a TableNames>,
}

/// What an error means for a query.
pub(super) fn diagnose(error: &DataFusionError, asked: &Asked<'_>) -> Diagnostic {
    let found = Found::inside(error);
    let Some(root) = found.root else {
        return found.own.unwrap_or_else(|| general(&error.strip_backtrace())).with_source(QUERY, asked.sql);
    };
    let span = found.span.map(|span| TextPositions::new(asked.sql).planner_span(span));
    let diagnostic = match root {
        DataFusionError::SchemaError(error, _) => of_schema(error, span, asked),
        DataFusionError::Plan(message) => of_plan(message, span, asked),
        DataFusionError::ResourcesExhausted(message) => out_of_resources(message),
        DataFusionError::NotImplemented(message) => {
            let mut inner = general(message);
            inner.message.insert_str(0, "not supported: ");
            inner
        }
        other => placed(&other.strip_backtrace(), asked),
    };
    match (diagnostic.span, span) {
        (None, Some(span)) => diagnostic.with_span(span),
        _ => diagnostic,
    }
    .with_source(QUERY, asked.sql)
}

/// An error without its wrappers.
#[derive(Default)]
struct Found<'a> {
    root: Option<&'a DataFusionError>,
    /// A diagnostic of our own that was carried through DataFusion.
    own: Option<Diagnostic>,
    span: Option<datafusion::common::Span>,
}

impl<'a> Found<'a> {
    fn inside(error: &'a DataFusionError) -> Self {
        let mut found = Found { root: Some(error), ..Found::default() };
        for _ in 0..WRAPPERS {
            let Some(error) = found.root else { break };
            let inner = match error {
                DataFusionError::Diagnostic(diagnostic, inner) => {
                    found.span = diagnostic.span.or(found.span);
                    inner
                }
                DataFusionError::Context(_, inner) => inner.as_ref(),
                DataFusionError::Shared(inner) => inner.as_ref(),
                DataFusionError::Collection(errors) => match errors.first() {
                    Some(first) => first,
                    None => break,
                },
                DataFusionError::External(inner) => match found.foreign(inner.as_ref()) {
                    Some(inner) => inner,
                    None => break,
                },
                DataFusionError::ArrowError(inner, _) => match inner.as_ref() {
                    ArrowError::ExternalError(inner) => match found.foreign(inner.as_ref()) {
                        Some(inner) => inner,
                        None => break,
                    },
                    _ => break,
                },
                _ => break,
            };
            found.root = Some(inner);
        }
        found
    }

    /// Looks into an error that was handed through; one of our own ends the search.
    fn foreign(&mut self, error: &'a (dyn std::error::Error + 'static)) -> Option<&'a DataFusionError> {
        if let Some(diagnostic) = error.downcast_ref::<Diagnostic>() {
            self.own = Some(diagnostic.clone());
            self.root = None;
        }
        error.downcast_ref::<DataFusionError>()
    }
}

fn of_schema(error: &SchemaError, span: Option<Span>, asked: &Asked<'_>) -> Diagnostic {
    match error {
        SchemaError::FieldNotFound { field, valid_fields } => unknown_column(field, valid_fields, span, asked),
        SchemaError::AmbiguousReference { field } => {
            let diagnostic = Diagnostic::new(format!("column `{}` is in several tables", field.name))
                .with_help(format!("write the table before it, as in `process.{}`", field.name));
            diagnostic.with_span(span.or_else(|| place_of(&field.name, asked.sql)))
        }
        SchemaError::DuplicateQualifiedField { name, .. } | SchemaError::DuplicateUnqualifiedField { name } => {
            Diagnostic::new(format!("two columns have the name `{name}`"))
                .with_help("give one of them another name with `AS`, or the tables different aliases")
        }
    }
}

fn unknown_column(field: &Column, valid: &[Column], span: Option<Span>, asked: &Asked<'_>) -> Diagnostic {
    let positions = TextPositions::new(asked.sql);
    let span = span
        .or_else(|| field.spans().first().map(|span| positions.planner_span(span)))
        .or_else(|| place_of(&field.name, asked.sql));
    let typed = span.map_or(field.name.as_str(), |span| &asked.sql[span.start..span.end]);
    let dotted = nearest(typed, valid.iter().map(Column::name).filter(|name| name.contains('.')));
    if let (Some(relation), None) = (&field.relation, dotted)
        && let Some(help) = help_for_relation(relation.table(), valid, asked)
    {
        let message = format!("no table or alias `{}` in this query", relation.table());
        return Diagnostic::new(message).with_span(span).with_help(help);
    }
    let column = typed.rsplit('.').next().unwrap_or(typed).trim_matches('"');
    let diagnostic = Diagnostic::new(format!("no column `{typed}`")).with_span(span);
    match help_for_column(typed, column, valid, asked) {
        Some(help) => diagnostic.with_help(help),
        None => diagnostic,
    }
}

/// The relations that a column may be qualified with, if the one that was written is none of them.
fn help_for_relation(relation: &str, valid: &[Column], asked: &Asked<'_>) -> Option<String> {
    let mut known: Vec<&str> = valid.iter().filter_map(|column| Some(column.relation.as_ref()?.table())).collect();
    known.dedup();
    if known.is_empty() || known.contains(&relation) || asked.mentioned.iter().any(|table| table.name == relation) {
        return None;
    }
    let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    Some(format!("its columns are those of {}", known.join(" and ")))
}

fn help_for_column(typed: &str, column: &str, valid: &[Column], asked: &Asked<'_>) -> Option<String> {
    let here = || valid.iter().map(Column::name);
    if let Some(name) = meant(column, here()) {
        // In quotes case counts.
        return Some(format!("did you mean `{name}`?"));
    }
    let is_mentioned = |table: &&TableNames| asked.mentioned.iter().any(|known| known.name == table.name);
    let elsewhere = asked.names.tables.iter().filter(|table| !is_mentioned(table));
    for table in elsewhere {
        let Some(name) = table.column(column).or_else(|| table.column(typed)) else {
            continue;
        };
        let same = counterpart(&table.name, name, asked).filter(|same| here().any(|known| known == same.1));
        return Some(match same {
            Some((here, same)) => format!("`{name}` is a column of `{}`; in `{here}` it is `{same}`", table.name),
            None => format!("`{name}` is a column of `{}`", table.name),
        });
    }
    let Some(near) = nearest(column, here()).or_else(|| nearest(typed, here())) else {
        let text = typed.strip_prefix('"')?.strip_suffix('"')?;
        return Some(format!("a name stands in double quotes, a text in single ones: '{}'", text.replace('\'', "''")));
    };
    Some(format!("did you mean `{}`?", if needs_quotes(near) { format!("\"{near}\"") } else { near.to_owned() }))
}

/// What a column of one of our tables is called in the one of them that the query mentions.
fn counterpart<'a>(table: &str, column: &str, asked: &Asked<'a>) -> Option<(&'a str, &'static str)> {
    let stored = match VIEWS.iter().find(|view| view.name == table) {
        Some(view) => view.column(column)?.renames()?.name,
        None if table == "process" => crate::event_schema::column(column)?.name,
        None => return None,
    };
    let [here] = asked.mentioned.as_slice() else {
        return None;
    };
    let name = match VIEWS.iter().find(|view| view.name == here.name) {
        Some(view) => {
            view.columns.iter().find(|column| column.renames().is_some_and(|renamed| renamed.name == stored))?.name
        }
        None => stored,
    };
    Some((here.name.as_str(), name))
}

/// A name that has to be written in quotes: not a word, nor words with dots between them.
fn needs_quotes(name: &str) -> bool {
    !name.chars().all(|letter| letter.is_alphanumeric() || letter == '_' || letter == '.')
}

fn of_plan(message: &str, span: Option<Span>, asked: &Asked<'_>) -> Diagnostic {
    if let Some(name) = between(message, "table function '", "' not found") {
        return unknown_function(name, span, asked);
    }
    if let Some(name) = between(message, "table '", "' not found") {
        return unknown_table(name, span, asked);
    }
    if let Some(name) = between(message, "Invalid function '", "'") {
        return unknown_function(name, span, asked);
    }
    if message.contains("must appear in the GROUP BY clause")
        && let Some(name) = between(message, "olumn \"", "\"")
    {
        let column = name.rsplit('.').next().unwrap_or(name);
        return Diagnostic::new(format!("column `{column}` is neither grouped nor aggregated"))
            .with_help(format!("add it to `GROUP BY`, or take one of its values, as in `min({column})`"));
    }
    if message.contains("unique expression names") {
        return Diagnostic::new("two columns of the result have the same name")
            .with_help("give one of them another name with `AS`");
    }
    if message.to_lowercase().contains("aggregate functions are not allowed in the where clause") {
        return Diagnostic::new("a condition on groups stands in `WHERE`")
            .with_span(place_of("where", asked.sql))
            .with_help("`WHERE` looks at single rows; `HAVING`, after `GROUP BY`, looks at groups");
    }
    placed(message, asked)
}

/// A message that has no place of its own gets that of the function or the text which it quotes.
fn placed(message: &str, asked: &Asked<'_>) -> Diagnostic {
    let diagnostic = general(message);
    let quoted = message.split('\'').skip(1).step_by(2).map(|quoted| quoted.split('(').next().unwrap_or(quoted));
    let span = quoted.take(8).find_map(|quoted| place_of(quoted, asked.sql));
    diagnostic.with_span(span)
}

fn unknown_table(name: &str, span: Option<Span>, asked: &Asked<'_>) -> Diagnostic {
    let name = name.strip_prefix("datafusion.public.").unwrap_or(name);
    let span = span.or_else(|| place_of(name, asked.sql));
    let typed = span.map_or(name, |span| &asked.sql[span.start..span.end]);
    let diagnostic = Diagnostic::new(format!("no table `{typed}`")).with_span(span);
    let bare = typed.trim_matches(['\'', '"']);
    let has_reader = asked.names.functions.iter().any(|function| function == "evtx");
    if has_reader && bare.contains(['/', '\\']) || bare.to_lowercase().ends_with(".evtx") {
        return diagnostic.with_help(format!("`evtx('{bare}')` reads a file as a table"));
    }
    match nearest(bare, asked.names.tables.iter().map(|table| table.name.as_str())) {
        Some(near) => diagnostic.with_help(format!("did you mean `{near}`?")),
        None => {
            let known: Vec<String> = asked.names.tables.iter().map(|table| format!("`{}`", table.name)).collect();
            if known.is_empty() { diagnostic } else { diagnostic.with_help(format!("there are {}", known.join(", "))) }
        }
    }
}

fn unknown_function(name: &str, span: Option<Span>, asked: &Asked<'_>) -> Diagnostic {
    let span = span.or_else(|| place_of(name, asked.sql));
    let typed = span.map_or(name, |span| &asked.sql[span.start..span.end]);
    if asked.names.functions.iter().any(|known| known.eq_ignore_ascii_case(typed)) {
        return Diagnostic::new(format!("`{typed}` is a window function"))
            .with_span(span)
            .with_help(format!("say over which rows it goes, as in `{typed}() OVER (ORDER BY time)`"));
    }
    let diagnostic = Diagnostic::new(format!("no function `{typed}`")).with_span(span);
    match nearest(typed, asked.names.functions.iter().map(String::as_str)) {
        Some(near) => diagnostic.with_help(format!("did you mean `{near}`?")),
        None => diagnostic,
    }
}

fn out_of_resources(message: &str) -> Diagnostic {
    if message.to_lowercase().contains("disk") {
        return Diagnostic::new(format!("no room left for temporary files: {}", general(message).message))
            .with_help("free space in the folder for temporary files, or ask for fewer rows or columns");
    }
    Diagnostic::new("the query needs more memory than it may use")
        .with_help("give it more with `--memory`, as in `--memory 4GiB`, or ask for fewer rows or columns")
}

/// The prefixes that say which part of DataFusion complains.
const PREFIXES: [&str; 18] = [
    "Error during planning: ",
    "Execution error: ",
    "Schema error: ",
    "Optimizer rule ",
    "Arrow error: ",
    "Parquet error: ",
    "External error: ",
    "This feature is not implemented: ",
    "Invalid or Unsupported Configuration: ",
    "SQL error: ",
    "IO error: ",
    "Internal error: ",
    "type_coercion\ncaused by\n",
    "Invalid argument error: ",
    "Cast error: ",
    "Parser error: ",
    "Compute error: ",
    "Function ",
];

/// A message without what only means something inside of DataFusion.
fn general(message: &str) -> Diagnostic {
    let mut message = message.trim();
    while let Some(rest) = PREFIXES.iter().find_map(|prefix| message.strip_prefix(prefix)) {
        message = rest.trim_start();
    }
    for cut in
        ["\n\nbacktrace:", ".\nThis issue was likely", "\nThis issue was likely", "No function matches the given"]
    {
        message = message.split(cut).next().unwrap_or(message);
    }
    if message.to_lowercase().starts_with("divide by zero") {
        return Diagnostic::new("division by zero").with_help("`nullif(x, 0)` makes it NULL");
    }
    if let Some(name) = between(message, "onfig value \"", "\" not found") {
        return Diagnostic::new(format!("no setting `{name}`")).with_help("`SHOW ALL` lists the settings");
    }
    if let Some((_, wrong)) = message.split_once("regex parse error:") {
        let reason = wrong.rsplit("error: ").next().unwrap_or(wrong).trim();
        let expression = wrong.trim_start().lines().next().unwrap_or_default().trim();
        return Diagnostic::new(format!("wrong regular expression `{expression}`: {reason}"));
    }
    let whole = in_sql_words(without_structures(message));
    let (message, candidates) = match whole.split_once("Candidate functions:") {
        Some((message, candidates)) => (message.trim_end(), candidates.trim()),
        None => (whole.as_str(), ""),
    };
    let message = message.trim_end_matches("You might need to add explicit type casts.").trim_end();
    let diagnostic = Diagnostic::new(lower_first(&message.replace(['\n', '\t'], " ")));
    let mut forms: Vec<&str> = candidates.lines().map(str::trim).filter(|form| !form.is_empty()).collect();
    forms.dedup();
    forms.truncate(4);
    if forms.is_empty() { diagnostic } else { diagnostic.with_help(format!("it takes {}", forms.join(" or "))) }
}

/// Cuts off a structure of the parser that is printed whole at the end of a message, ` Substring { expr: …`.
fn without_structures(message: &str) -> &str {
    let Some((before, _)) = message.split_once(" { ") else {
        return message;
    };
    match before.rsplit_once(' ') {
        Some((text, name)) if name.starts_with(|letter: char| letter.is_ascii_uppercase()) => text,
        _ => message,
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(name, _)| name)
}

/// Where a name, or a text in quotes, stands in a query, outside of comments.
fn place_of(name: &str, sql: &str) -> Option<Span> {
    let (tokens, _) = tokens_of(sql);
    let positions = TextPositions::new(sql);
    let token = tokens.iter().find(|token| match &token.token {
        Token::Word(word) => word.value.eq_ignore_ascii_case(name),
        Token::SingleQuotedString(text) => text == name,
        _ => false,
    })?;
    Some(positions.span(token.span))
}

#[cfg(test)]
mod tests;
