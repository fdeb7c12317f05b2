//! `docs/cli.md`: the help of every command, from the definition of the command line itself.

use std::fmt::Write as _;

use clap::CommandFactory as _;

use super::super::args::Args;

const INTRODUCTION: &str = "\
# Commands

What `trailhound --help` and `trailhound COMMAND --help` print.

";

const CODES: &str = "
## Exit codes

| code | meaning |
|---|---|
| 0 | all was read and done |
| 2 | what was typed is wrong, something failed, or something could not be read; standard error says what. Where logs are damaged, what could be read was answered or converted all the same |

At the prompt on a terminal, what could not be read is told there, and the exit code is 0.

## Environment

| variable | meaning |
|---|---|
| `NO_COLOR` | set to anything, it turns colours off |
| `TRAILHOUND_HISTORY` | the file for the history of the prompt; set but empty, no history is kept |
| `TMPDIR` (Windows: `TEMP`) | where queries put what does not fit into `--memory`; conversions use the lake's own folder |
";

/// Columns of a help text, so that it is the same on every terminal.
const WIDTH: usize = 100;

/// The page.
pub(super) fn page() -> String {
    let mut root = Args::command().term_width(WIDTH);
    root.build();
    let mut text = String::from(INTRODUCTION);
    write_help(&mut text, "trailhound", &mut root);
    for command in root.get_subcommands_mut().filter(|command| !command.is_hide_set() && command.get_name() != "help") {
        let name = format!("trailhound {}", command.get_name());
        text.push('\n');
        write_help(&mut text, &name, command);
    }
    text.push_str(CODES);
    text
}

fn write_help(text: &mut String, name: &str, command: &mut clap::Command) {
    let help = command.render_long_help().to_string();
    let _ = write!(text, "## `{name}`\n\n```text\n");
    for line in help.trim_end().lines() {
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text.push_str("```\n");
}
