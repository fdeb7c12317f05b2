//! `trailhound functions`: the reference of the hunting functions.

use std::fmt::Write as _;

use super::args::FunctionsArgs;
use super::{Outcome, print_quietly};
use crate::sql_engine::functions::{HuntingFunction, hunting_functions};

/// Runs the command.
pub(super) fn run(args: &FunctionsArgs) -> anyhow::Result<Outcome> {
    let text = if args.markdown { markdown_table() } else { reference() };
    print_quietly(&text)?;
    Ok(Outcome::Done)
}

/// The table of functions in the README.
pub(super) fn markdown_table() -> String {
    let mut text = String::from("| function | what it tells |\n|---|---|\n");
    for function in hunting_functions() {
        let summary = function.summary.replace('|', "\\|");
        let _ = writeln!(text, "| `{}` | {summary} |", function.syntax());
    }
    text
}

/// The whole reference in Markdown, `docs/functions.md`.
pub(super) fn reference() -> String {
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
    let _ = write!(text, "\n### `{}`\n\n{}\n\n", function.syntax(), function.summary);
    for argument in function.arguments {
        let _ = writeln!(text, "- `{}`: {}", argument.name, argument.description);
    }
    let _ = write!(text, "- Result: {}\n- Source: {}\n\n", function.result, function.source);
    for example in function.examples {
        let _ = write!(text, "```sql\nSELECT {};\n-- {}\n```\n", example.sql, example.result);
    }
}
