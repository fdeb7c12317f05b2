//! `trailhound functions`, and the pages of the documentation that are made from the program's own tables.

mod columns;
mod commands;

use std::fmt::Write as _;

use super::args::{FunctionsArgs, ReferencePage};
use super::{Outcome, print_quietly};
use crate::sql_engine::functions::{HuntingFunction, hunting_functions};

/// Runs `trailhound functions`.
pub(super) fn run_functions(args: &FunctionsArgs) -> anyhow::Result<Outcome> {
    print(&if args.markdown { markdown_table() } else { reference() })
}

/// Runs `trailhound reference`.
pub(super) fn run(page: ReferencePage) -> anyhow::Result<Outcome> {
    print(&match page {
        ReferencePage::Columns => columns::page()?,
        ReferencePage::Commands => commands::page(),
        ReferencePage::Functions => reference(),
    })
}

fn print(text: &str) -> anyhow::Result<Outcome> {
    print_quietly(text)?;
    Ok(Outcome::Done)
}

/// The table of functions in the README.
fn markdown_table() -> String {
    let mut text = String::from("| function | what it tells |\n|---|---|\n");
    for function in hunting_functions() {
        let _ = writeln!(text, "| `{}` | {} |", function.syntax(), cell(function.summary));
    }
    text
}

/// A text as it stands in Markdown: `<guid>` in it is no element of HTML. Code is left alone.
fn prose(text: &str) -> String {
    let pieces = text.split('`').enumerate();
    let escaped: Vec<String> = pieces
        .map(|(place, piece)| if place % 2 == 0 { piece.replace('<', "&lt;") } else { piece.to_owned() })
        .collect();
    escaped.join("`")
}

/// A text as it stands in a cell of a Markdown table.
fn cell(text: &str) -> String {
    prose(text).replace('|', "\\|")
}

/// The whole reference in Markdown, `docs/functions.md`.
fn reference() -> String {
    let mut text = String::from(
        "# Hunting functions\n\n\
         Functions of SQL, beside all those of DataFusion. A NULL argument gives NULL. Text of every kind is taken; \
         of columns with few distinct values each value is looked at once.\n",
    );
    let mut group = None;
    for function in hunting_functions() {
        if group != Some(function.group) {
            group = Some(function.group);
            let _ = write!(text, "\n## {}\n", function.group.label());
        }
        write_function(&mut text, function);
    }
    text
}

fn write_function(text: &mut String, function: &HuntingFunction) {
    let _ = write!(text, "\n### `{}`\n\n{}\n\n", function.syntax(), prose(function.summary));
    for argument in function.arguments {
        let _ = writeln!(text, "- `{}`: {}", argument.name, prose(argument.description));
    }
    let _ = write!(text, "- Result: {}\n- Source: {}\n\n", prose(function.result), prose(function.source));
    for example in function.examples {
        let _ = write!(text, "```sql\nSELECT {};\n-- {}\n```\n", example.sql, example.result);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_html_or_a_column_stays_text() {
        assert_eq!(prose("gives <guid>, `<hex>` and <ip>"), "gives &lt;guid>, `<hex>` and &lt;ip>");
        assert_eq!(cell("a | <b>"), r"a \| &lt;b>");
    }
}
