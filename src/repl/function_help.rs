//! What `\functions` writes, out of the functions' own documentation.

use std::io::{self, Write};

use super::aligned::write_aligned;
use super::console::ConsoleError;
use super::nearest_name::did_you_mean;
use crate::output::push_visible;
use crate::sql_engine::functions::HuntingFunction;

/// No more names than this are listed for the start of a name.
const MOST_NAMES: usize = 200;

/// Writes all hunting functions by group, one line each.
pub(super) fn write_functions(
    functions: &[&HuntingFunction],
    width: Option<usize>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut groups: Vec<_> = functions.iter().map(|function| function.group).collect();
    groups.sort();
    groups.dedup();
    for group in groups {
        writeln!(out, "{}", group.label())?;
        let rows: Vec<[String; 2]> = functions
            .iter()
            .filter(|function| function.group == group)
            .map(|function| [function.syntax(), function.summary.to_owned()])
            .collect();
        write_aligned(&rows, width, out)?;
        writeln!(out)?;
    }
    writeln!(out, r"`\functions NAME` explains one, or finds the other functions of SQL by the start of their name.")
}

/// Writes all that is known of the function with that name, or the names that start so.
///
/// # Errors
/// No function has that name or start; the nearest name is suggested.
pub(super) fn write_function(
    functions: &[&HuntingFunction],
    other_names: &[String],
    name: &str,
    width: Option<usize>,
    out: &mut dyn Write,
) -> Result<(), ConsoleError> {
    let name = name.split('(').next().unwrap_or(name).trim().to_lowercase();
    if let Some(function) = functions.iter().find(|function| function.name == name) {
        return Ok(write_whole(function, width, out)?);
    }
    let mut names: Vec<&str> = functions.iter().map(|function| function.name).collect();
    names.extend(other_names.iter().map(String::as_str));
    names.sort_unstable();
    names.dedup();
    let found: Vec<&str> = names.iter().copied().filter(|other| other.to_lowercase().starts_with(&name)).collect();
    if found.is_empty() {
        let mut shown = String::new();
        push_visible(&name, &mut shown);
        return Err(ConsoleError::of(format!("no function `{shown}`{}", did_you_mean(&name, names))));
    }
    for other in found.iter().take(MOST_NAMES) {
        let summary = functions.iter().find(|function| function.name == *other).map(|function| function.summary);
        match summary {
            Some(summary) => write_aligned(&[[(*other).to_owned(), summary.to_owned()]], width, out)?,
            None => write_aligned(&[[(*other).to_owned()]], width, out)?,
        }
    }
    Ok(())
}

fn write_whole(function: &HuntingFunction, width: Option<usize>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", function.syntax())?;
    write_aligned(&[[function.summary.to_owned()]], width, out)?;
    writeln!(out, "Arguments")?;
    let arguments: Vec<[String; 2]> =
        function.arguments.iter().map(|argument| [argument.name.to_owned(), argument.description.to_owned()]).collect();
    write_aligned(&arguments, width, out)?;
    writeln!(out, "Result")?;
    write_aligned(&[[function.result.to_owned()]], width, out)?;
    writeln!(out, "Source")?;
    write_aligned(&[[function.source.to_owned()]], width, out)?;
    writeln!(out, "Examples")?;
    for example in function.examples {
        writeln!(out, "  {}\n    {}", example.sql, example.result)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql_engine::functions::{Argument, Example, Group, Worker};

    fn sample() -> HuntingFunction {
        HuntingFunction {
            name: "basename",
            group: Group::Path,
            summary: "The file name of a Windows path.",
            arguments: &[Argument { name: "path", description: "A path." }],
            result: "Text.",
            source: "Microsoft, Naming Files.",
            examples: &[Example { sql: r"basename('C:\a.exe')", result: "a.exe" }],
            worker: Worker::TextToBool(str::is_empty),
        }
    }

    fn explained(name: &str) -> Result<String, String> {
        let function = sample();
        let mut out = Vec::new();
        let others = ["btrim".to_owned(), "upper".to_owned()];
        match write_function(&[&function], &others, name, Some(80), &mut out) {
            Ok(()) => Ok(String::from_utf8(out).expect("UTF-8")),
            Err(ConsoleError::Failure(failure)) => Err(failure.0),
            Err(ConsoleError::Output(error)) => panic!("{error}"),
        }
    }

    #[test]
    fn a_function_is_explained_whole() {
        let want = "basename(path)\n  The file name of a Windows path.\nArguments\n  path  A path.\nResult\n  Text.\n\
            Source\n  Microsoft, Naming Files.\nExamples\n  basename('C:\\a.exe')\n    a.exe\n";
        assert_eq!(explained("basename").as_deref(), Ok(want));
        assert_eq!(explained("BaseName()").as_deref(), Ok(want));
    }

    #[test]
    fn other_functions_are_found_by_their_start() {
        assert_eq!(explained("b").as_deref(), Ok("  basename  The file name of a Windows path.\n  btrim\n"));
        assert_eq!(explained("baesname"), Err("error: no function `baesname`: did you mean `basename`?".to_owned()));
    }

    #[test]
    fn the_list_is_by_group() {
        let function = sample();
        let mut out = Vec::new();
        write_functions(&[&function], Some(80), &mut out).expect("written");
        let text = String::from_utf8(out).expect("UTF-8");
        assert!(text.starts_with("Paths\n  basename(path)  The file name of a Windows path.\n\n"), "{text}");
    }
}
