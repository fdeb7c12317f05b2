//! The commands of the prompt: one table, which `\help` and completion read too.

use std::io::Write;
use std::time::Instant;

use futures::future::BoxFuture;

use super::aligned::write_aligned;
use super::console::{Console, ConsoleError, Flow, row_count, seconds};
use super::engine::TableDescription;
use super::export_target::ExportTarget;
use super::function_help::{write_function, write_functions};
use super::nearest_name::did_you_mean;
use super::query_run::{Outcome, run_query};
use crate::output::{Format, Options, OutputFile, push_visible};
use crate::sql_engine::functions::hunting_functions;

/// What a command does with the console, its argument and the output.
type Run = for<'a> fn(&'a mut Console, &'a str, &'a mut (dyn Write + Send)) -> Doing<'a>;

type Doing<'a> = BoxFuture<'a, Result<Flow, ConsoleError>>;

/// What may stand after a command, for completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ArgumentKind {
    /// Nothing.
    None,
    /// The name of a table.
    Table,
    /// The name of a function.
    Function,
    /// The name of a format.
    Format,
    /// `on` or `off`.
    Switch,
    /// A file, and SQL after it.
    FileAndSql,
    /// SQL.
    Sql,
}

/// One command.
pub(crate) struct Command {
    /// The name, with its backslash.
    pub(crate) name: &'static str,
    /// Other names for it.
    pub(crate) aliases: &'static [&'static str],
    /// What may follow, as help writes it.
    pub(crate) argument: &'static str,
    /// What may follow, for completion.
    pub(crate) argument_kind: ArgumentKind,
    /// What it does, in a sentence.
    pub(crate) help: &'static str,
    /// Does it.
    pub(crate) run: Run,
}

const fn command(
    name: &'static str,
    aliases: &'static [&'static str],
    argument: &'static str,
    argument_kind: ArgumentKind,
    help: &'static str,
    run: Run,
) -> Command {
    Command { name, aliases, argument, argument_kind, help, run }
}

/// The commands in the order of `\help`.
#[rustfmt::skip]
pub(crate) static COMMANDS: &[Command] = &[
    command(r"\help", &[r"\h", r"\?", "help"], "", ArgumentKind::None, "List the commands.", help),
    command(r"\tables", &[], "", ArgumentKind::None, "List the tables and views.", tables),
    command(r"\schema", &[], "[TABLE]", ArgumentKind::Table, "Show the columns of a table, of `process` if none is named.", schema),
    command(r"\d", &[], "[TABLE]", ArgumentKind::Table, r"Short for \tables, and with a name for \schema.", describe),
    command(r"\functions", &[], "[NAME]", ArgumentKind::Function, "List the hunting functions, or explain one, or find others by the start of their name.", functions),
    command(r"\format", &[], "[NAME]", ArgumentKind::Format, "Show or set the format of results.", format),
    command(r"\timing", &[], "[on|off]", ArgumentKind::Switch, "Show the time after each result, or not.", timing),
    command(r"\export", &[], "FILE [SELECT …]", ArgumentKind::FileAndSql, "Write the result of the last query, or of the one given, to a file. Its extension names the format: csv, tsv, json, ndjson, md, parquet, txt.", export),
    command(r"\explain", &[], "[SELECT …]", ArgumentKind::Sql, "Show how the query given, or the last one, is run.", explain),
    command(r"\quit", &[r"\q", "exit", "quit"], "", ArgumentKind::None, "Leave. Ctrl-D does it too.", quit),
];

/// The command with that name or alias, in any case.
///
/// # Errors
/// There is none; the nearest name is suggested.
pub(super) fn find(name: &str) -> Result<&'static Command, ConsoleError> {
    let is_named = |command: &&Command| {
        command.name.eq_ignore_ascii_case(name) || command.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    };
    COMMANDS.iter().find(is_named).ok_or_else(|| {
        let mut shown = String::new();
        push_visible(name, &mut shown);
        let suggestion = did_you_mean(name, COMMANDS.iter().map(|command| command.name));
        let suggestion = if suggestion.is_empty() { r": `\help` lists them".to_owned() } else { suggestion };
        ConsoleError::of(format!("no command `{shown}`{suggestion}"))
    })
}

fn help<'a>(console: &'a mut Console, _: &'a str, out: &'a mut (dyn Write + Send)) -> Doing<'a> {
    Box::pin(async move {
        let width = console.settings.columns();
        let rows: Vec<[String; 2]> = COMMANDS
            .iter()
            .map(|command| {
                let aliases = match command.aliases {
                    [] => String::new(),
                    aliases => format!(" Also {}.", aliases.join(", ")),
                };
                let call = format!("{} {}", command.name, command.argument);
                [call.trim_end().to_owned(), format!("{}{aliases}", command.help)]
            })
            .collect();
        writeln!(out, "SQL ends with `;` and may take several lines. Ctrl-C clears the line or stops the query.\n")?;
        write_aligned(&rows, width, out)?;
        Ok(Flow::Continue)
    })
}

fn tables<'a>(console: &'a mut Console, _: &'a str, out: &'a mut (dyn Write + Send)) -> Doing<'a> {
    Box::pin(async move {
        let mut rows = Vec::new();
        for table in console.engine.tables().await {
            let columns = table.columns.len();
            let word = if columns == 1 { "column" } else { "columns" };
            rows.push([table.name, table.kind, format!("{columns} {word}")]);
        }
        write_aligned(&rows, console.settings.columns(), out)?;
        Ok(Flow::Continue)
    })
}

fn schema<'a>(console: &'a mut Console, argument: &'a str, out: &'a mut (dyn Write + Send)) -> Doing<'a> {
    Box::pin(async move {
        let tables = console.engine.tables().await;
        let table = find_table(&tables, if argument.is_empty() { "process" } else { argument })?;
        let rows: Vec<[String; 3]> = table
            .columns
            .iter()
            .map(|column| [column.name.clone(), column.type_name.clone(), column.description.clone()])
            .collect();
        write_aligned(&rows, console.settings.columns(), out)?;
        Ok(Flow::Continue)
    })
}

fn find_table<'a>(tables: &'a [TableDescription], name: &str) -> Result<&'a TableDescription, ConsoleError> {
    let bare = name.trim_matches('"');
    let exact = tables.iter().find(|table| table.name == bare);
    exact.or_else(|| tables.iter().find(|table| table.name.eq_ignore_ascii_case(bare))).ok_or_else(|| {
        let mut shown = String::new();
        push_visible(name, &mut shown);
        let suggestion = did_you_mean(bare, tables.iter().map(|table| table.name.as_str()));
        ConsoleError::of(format!("no table `{shown}`{suggestion}"))
    })
}

fn describe<'a>(console: &'a mut Console, argument: &'a str, out: &'a mut (dyn Write + Send)) -> Doing<'a> {
    if argument.is_empty() { tables(console, argument, out) } else { schema(console, argument, out) }
}

fn functions<'a>(console: &'a mut Console, argument: &'a str, out: &'a mut (dyn Write + Send)) -> Doing<'a> {
    Box::pin(async move {
        let width = console.settings.columns();
        if argument.is_empty() {
            write_functions(hunting_functions(), width, out)?;
        } else {
            write_function(hunting_functions(), &console.engine.function_names(), argument, width, out)?;
        }
        Ok(Flow::Continue)
    })
}

fn format<'a>(console: &'a mut Console, argument: &'a str, out: &'a mut (dyn Write + Send)) -> Doing<'a> {
    Box::pin(async move {
        if argument.is_empty() {
            let names = Format::ALL.map(Format::name).join(", ");
            writeln!(out, "format is {}; there are {names}", console.settings.format)?;
            return Ok(Flow::Continue);
        }
        let format: Format = argument.parse().map_err(|_| {
            let mut shown = String::new();
            push_visible(argument, &mut shown);
            let names = Format::ALL.map(Format::name);
            let suggestion = did_you_mean(argument, names);
            let suggestion =
                if suggestion.is_empty() { format!(": there are {}", names.join(", ")) } else { suggestion };
            ConsoleError::of(format!("no format `{shown}`{suggestion}"))
        })?;
        if format.needs_file() {
            return Err(ConsoleError::of(format!("{format} is written to a file: `\\export FILE.{format}`")));
        }
        console.settings.format = format;
        Ok(Flow::Continue)
    })
}

fn timing<'a>(console: &'a mut Console, argument: &'a str, out: &'a mut (dyn Write + Send)) -> Doing<'a> {
    Box::pin(async move {
        console.settings.timing = match argument.to_ascii_lowercase().as_str() {
            "" => !console.settings.timing,
            "on" => true,
            "off" => false,
            _ => return Err(ConsoleError::of(r"`\timing` takes `on` or `off`".to_owned())),
        };
        writeln!(out, "timing is {}", if console.settings.timing { "on" } else { "off" })?;
        Ok(Flow::Continue)
    })
}

fn export<'a>(console: &'a mut Console, argument: &'a str, out: &'a mut (dyn Write + Send)) -> Doing<'a> {
    Box::pin(async move {
        let target = ExportTarget::parse(argument).map_err(ConsoleError::of)?;
        let sql = match (target.sql, &console.last_query) {
            (Some(sql), _) => sql.to_owned(),
            (None, Some(sql)) => sql.clone(),
            (None, None) => return Err(ConsoleError::of("no query was run yet that could be exported".to_owned())),
        };
        let path = target.path.display();
        let failed = |error: std::io::Error| ConsoleError::of(format!("could not write '{path}': {error}"));
        let mut file = OutputFile::create(&target.path).map_err(failed)?;
        let started = Instant::now();
        let options = Options { spreadsheet_safe: console.settings.spreadsheet_safe, ..Options::default() };
        let running = console.running(target.format, options);
        match run_query(&sql, running, file.writer()).await? {
            Outcome::Done(summary) => {
                file.commit().map_err(failed)?;
                console.last_query = Some(sql);
                let rows = row_count(summary.rows);
                writeln!(out, "wrote {rows} to '{path}' in {}", seconds(started.elapsed()))?;
            }
            Outcome::Cancelled => writeln!(out, "cancelled, '{path}' was not written")?,
        }
        Ok(Flow::Continue)
    })
}

fn explain<'a>(console: &'a mut Console, argument: &'a str, out: &'a mut (dyn Write + Send)) -> Doing<'a> {
    Box::pin(async move {
        let sql = match (argument, &console.last_query) {
            ("", None) => return Err(ConsoleError::of("no query was run yet that could be explained".to_owned())),
            ("", Some(sql)) => sql.clone(),
            (sql, _) => sql.to_owned(),
        };
        let plan = console.engine.explain(&sql).await?;
        for line in plan.lines() {
            let mut shown = String::new();
            push_visible(line, &mut shown);
            writeln!(out, "{shown}")?;
        }
        Ok(Flow::Continue)
    })
}

fn quit<'a>(_: &'a mut Console, _: &'a str, _: &'a mut (dyn Write + Send)) -> Doing<'a> {
    Box::pin(async { Ok(Flow::Quit) })
}
