//! What was typed on the command line, before anything is looked at: the options' names, help and forms.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

use super::byte_size::parse_byte_size;
use crate::output::Format;

/// Hunt through Windows process-creation events: EVTX logs in, Parquet out, questions in SQL.
#[derive(Debug, Clone, PartialEq, Parser)]
#[command(
    name = "trailhound",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  trailhound logs/                          ask questions of a folder of EVTX files
  trailhound convert logs/ --to lake        keep their process events as Parquet
  trailhound query lake 'SELECT count(*) FROM process'

A folder that is named as a command is written with its path: trailhound ./query"
)]
pub struct Args {
    /// What to do; without it, the prompt is opened on the sources.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// The sources of the prompt.
    #[command(flatten)]
    pub repl: ReplArgs,
}

impl Args {
    /// What the process was started with. Help and what is wrong with an option are shown, and end the process.
    pub fn from_command_line() -> Args {
        Args::parse_from(std::env::args_os().map(sql_is_no_option))
    }
}

/// SQL that begins with a comment, as that of a file mostly does, gets a blank before it: `-- Hunts.` is no option.
fn sql_is_no_option(word: OsString) -> OsString {
    let comment = word.to_str().and_then(|text| text.strip_prefix("--"));
    match comment.and_then(|text| text.split_once([' ', '\t', '\n', '\r'])) {
        // In `--output=my file` the blank is the value's.
        Some((name, _)) if !name.contains('=') => [OsStr::new(" "), word.as_os_str()].into_iter().collect(),
        _ => word,
    }
}

/// The things that can be done.
#[derive(Debug, Clone, PartialEq, Subcommand)]
pub enum Command {
    /// Open the prompt on logs or a lake
    ///
    /// With standard input not a terminal, runs the SQL that it is given and stops at the first error.
    #[command(after_help = "\
Examples:
  trailhound repl logs/ more/Security.evtx
  trailhound repl lake < hunts.sql")]
    Repl(ReplArgs),

    /// Answer one question, or those of a file
    #[command(
        after_help = "\
Examples:
  trailhound query logs/ 'SELECT time, command_line FROM process LIMIT 10'
  trailhound query logs/*.evtx 'SELECT count(*) FROM process' --format csv
  trailhound query lake -f hunts/encoded_powershell.sql --output hits.parquet
  trailhound query lake < hunts/account_creation.sql
  trailhound query lake-1 lake-2 - < hunts/account_creation.sql",
        override_usage = "trailhound query [OPTIONS] <SRC>... <SQL>\n       \
            trailhound query [OPTIONS] <SRC>... --file <FILE.sql>\n       \
            trailhound query [OPTIONS] <SRC> < FILE.sql"
    )]
    Query(QueryArgs),

    /// Read EVTX logs and keep their process events in a lake, a folder of Parquet
    #[command(after_help = "\
Examples:
  trailhound convert logs/ --to lake
  trailhound convert '/evidence/**/*.evtx' host2/Security.evtx --to lake --memory 512MiB")]
    Convert(ConvertArgs),

    /// Describe the hunting functions
    Functions(FunctionsArgs),

    /// Write example logs, or large ones to measure with
    #[command(after_help = "\
Examples:
  trailhound generate examples/logs --scene
  trailhound generate /tmp/big --events 10000000 --process-share 0.2")]
    Generate(GenerateArgs),

    /// Print a generated part of the documentation
    #[command(hide = true)]
    Reference(ReferenceArgs),
}

/// How much of the machine may be used.
#[derive(Debug, Clone, PartialEq, ClapArgs)]
pub struct Resources {
    /// The most memory to use, such as 512MiB or 2GB
    #[arg(long, value_name = "SIZE", default_value = "1GiB", value_parser = parse_byte_size)]
    pub memory: u64,

    /// How many threads to use; all processors if not given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

/// `trailhound SRC…` and `trailhound repl SRC…`.
#[derive(Debug, Clone, PartialEq, ClapArgs)]
pub struct ReplArgs {
    /// EVTX files, folders of them, patterns such as 'logs/**/*.evtx', or a lake
    #[arg(value_name = "SRC")]
    pub sources: Vec<PathBuf>,

    /// The form of results, to begin with
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,

    /// The limits.
    #[command(flatten)]
    pub resources: Resources,
}

/// `trailhound query SRC… SQL`.
#[derive(Debug, Clone, PartialEq, ClapArgs)]
pub struct QueryArgs {
    /// One or more sources (EVTX files, folders, patterns, a lake), then the SQL
    ///
    /// The last of several is the SQL, `-` for standard input. A single one is the source, and the SQL comes from
    /// standard input. With --file all are sources.
    #[arg(value_name = "SRC… SQL", required = true)]
    pub sources_and_sql: Vec<PathBuf>,

    /// Take the SQL from a file
    #[arg(short, long, value_name = "FILE.sql")]
    pub file: Option<PathBuf>,

    /// The form of the result
    ///
    /// If not given, what the extension of the --output file says, or else a table.
    #[arg(long, value_enum)]
    pub format: Option<Format>,

    /// Write the result to a file, which appears when it is complete
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// The width of tables; 0 for no limit. If not given, the terminal's; in a pipe or file there is no limit
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16))]
    pub width: Option<u16>,

    /// In csv and tsv, put a ' before text that a spreadsheet would run as a formula
    #[arg(long)]
    pub spreadsheet_safe: bool,

    /// The limits.
    #[command(flatten)]
    pub resources: Resources,
}

/// Where the SQL of `query` comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SqlSource<'a> {
    /// It was typed.
    Typed(&'a str),
    /// It is in a file.
    File(&'a Path),
    /// It comes from standard input.
    StandardInput,
}

impl QueryArgs {
    /// The sources, and where the SQL comes from.
    ///
    /// # Errors
    /// The place of the SQL holds what cannot be SQL: the name of a file or folder that is there, or what is not UTF-8.
    pub fn sources_and_sql(&self) -> Result<(&[PathBuf], SqlSource<'_>), String> {
        if let Some(file) = &self.file {
            return Ok((&self.sources_and_sql, SqlSource::File(file)));
        }
        let [sources @ .., last] = self.sources_and_sql.as_slice() else {
            return Err("no source was given".to_owned());
        };
        if sources.is_empty() {
            return Ok((&self.sources_and_sql, SqlSource::StandardInput));
        }
        // A shell's pattern gives many files, and then the SQL is easily forgotten.
        if last.exists() && last.as_os_str() != "-" {
            return Err(format!("'{}' is a file, and the last argument is to be the SQL", last.display()));
        }
        match last.to_str() {
            Some("-") => Ok((sources, SqlSource::StandardInput)),
            Some(sql) if sql.trim_matches([';', ' ', '\t', '\n', '\r']).is_empty() => {
                Err("the SQL is empty".to_owned())
            }
            Some(sql) => Ok((sources, SqlSource::Typed(sql))),
            None => Err("the SQL is not UTF-8".to_owned()),
        }
    }

    /// The form of the result: the one asked for, else that of the output's extension, else a table.
    ///
    /// # Errors
    /// The extension stands for no form, as `.xlsx` does: a table is not what was meant.
    pub fn format(&self) -> Result<Format, String> {
        match (self.format, &self.output) {
            (Some(format), _) => Ok(format),
            (None, Some(path)) if path.extension().is_some() => Format::of_path(path).ok_or_else(|| {
                let path = path.display();
                format!(
                    "'{path}' names no format: its extension is to be csv, tsv, json, ndjson, md, parquet or txt, \
                     or the format is named with --format"
                )
            }),
            (None, _) => Ok(Format::default()),
        }
    }
}

/// `trailhound convert SRC… --to LAKE`.
#[derive(Debug, Clone, PartialEq, ClapArgs)]
pub struct ConvertArgs {
    /// EVTX files, folders, which are searched, or patterns such as 'logs/**/*.evtx'
    #[arg(value_name = "SRC", required = true)]
    pub sources: Vec<PathBuf>,

    /// The folder of the lake
    #[arg(long, value_name = "LAKE")]
    pub to: PathBuf,

    /// Give up a chunk of a log after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub chunk_timeout: u64,

    /// Show no progress and no summary, only what went wrong
    #[arg(short, long)]
    pub quiet: bool,

    /// The limits.
    #[command(flatten)]
    pub resources: Resources,
}

/// `trailhound functions`.
#[derive(Debug, Clone, PartialEq, Eq, ClapArgs)]
pub struct FunctionsArgs {
    /// As the table of the README
    #[arg(long)]
    pub markdown: bool,
}

/// `trailhound reference PAGE`.
#[derive(Debug, Clone, PartialEq, Eq, ClapArgs)]
pub struct ReferenceArgs {
    /// The page to print
    #[arg(value_enum)]
    pub page: ReferencePage,
}

/// The pages that are made from the program's own tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReferencePage {
    /// `docs/columns.md`: the columns of `process` and of its views.
    Columns,
    /// `docs/cli.md`: the help of every command.
    Commands,
    /// `docs/functions.md`: the hunting functions.
    Functions,
}

/// `trailhound generate DIR`.
#[derive(Debug, Clone, PartialEq, ClapArgs)]
pub struct GenerateArgs {
    /// The folder to write the logs into
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,

    /// Write the scene of the examples: an intrusion in a day of ordinary events on three hosts
    #[arg(long, conflicts_with_all = ["events", "process_share", "seed"])]
    pub scene: bool,

    /// How many events to write
    #[arg(long, value_name = "N", required_unless_present = "scene")]
    pub events: Option<u64>,

    /// The share of process creations among them, from 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.5, value_parser = parse_share)]
    pub process_share: f64,

    /// The same seed gives the same events
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}

fn parse_share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("expected a number from 0 to 1".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parsed(line: &[&str]) -> Result<Args, String> {
        let words = std::iter::once("trailhound").chain(line.iter().copied());
        Args::try_parse_from(words).map_err(|error| error.to_string())
    }

    #[track_caller]
    fn query(line: &[&str]) -> QueryArgs {
        match parsed(line).expect("a query").command {
            Some(Command::Query(query)) => query,
            other => panic!("{other:?}"),
        }
    }

    fn paths(names: &[&str]) -> Vec<PathBuf> {
        names.iter().map(PathBuf::from).collect()
    }

    #[test]
    fn the_definition_is_sound_and_every_option_has_help() {
        Args::command().debug_assert();
        for command in Args::command().get_subcommands().chain([&Args::command()]) {
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id());
            }
        }
    }

    #[test]
    fn sql_may_begin_with_a_comment() {
        let kept = |word: &str| sql_is_no_option(word.into()).to_string_lossy().into_owned();
        for sql in ["-- Hunts.\nSELECT 1", "--Hunts.\nSELECT 1", "--\nSELECT 1"] {
            assert_eq!(kept(sql), format!(" {sql}"));
        }
        for option in ["--", "--output", "--output=my file.csv", "-o", "SELECT 1 -- one"] {
            assert_eq!(kept(option), option);
        }
    }

    #[test]
    fn sources_alone_open_the_prompt() {
        let args = parsed(&["examples/logs", "more"]).expect("sources");
        assert_eq!(args.command, None);
        assert_eq!(args.repl.sources, paths(&["examples/logs", "more"]));
        assert_eq!(args.repl.resources, Resources { memory: 1 << 30, threads: None });
        assert_eq!(parsed(&[]).expect("nothing").repl.sources, paths(&[]));

        let Some(Command::Repl(repl)) = parsed(&["repl", "lake", "--format", "csv"]).expect("a prompt").command else {
            panic!("no prompt");
        };
        assert_eq!((repl.sources, repl.format), (paths(&["lake"]), Format::Csv));
    }

    #[test]
    fn the_last_of_several_is_the_sql() {
        let args = query(&["query", "a.evtx", "b.evtx", "SELECT 1"]);
        assert_eq!(args.sources_and_sql(), Ok((paths(&["a.evtx", "b.evtx"]).as_slice(), SqlSource::Typed("SELECT 1"))));
        let args = query(&["query", "lake"]);
        assert_eq!(args.sources_and_sql(), Ok((paths(&["lake"]).as_slice(), SqlSource::StandardInput)));
        let args = query(&["query", "a", "b", "-"]);
        assert_eq!(args.sources_and_sql(), Ok((paths(&["a", "b"]).as_slice(), SqlSource::StandardInput)));
        let args = query(&["query", "a", "b", "-f", "hunt.sql"]);
        assert_eq!(args.sources_and_sql(), Ok((paths(&["a", "b"]).as_slice(), SqlSource::File(Path::new("hunt.sql")))));
        assert!(parsed(&["query"]).is_err());

        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let error = query(&["query", "a", file]).sources_and_sql().map(|_| ()).expect_err("no SQL");
        assert!(error.contains("is a file, and the last argument is to be the SQL"), "{error}");
    }

    #[test]
    fn the_extension_of_the_output_names_the_format() {
        assert_eq!(query(&["query", "lake", "SELECT 1"]).format(), Ok(Format::Table));
        assert_eq!(query(&["query", "lake", "SELECT 1", "-o", "hits"]).format(), Ok(Format::Table));
        assert_eq!(query(&["query", "lake", "SELECT 1", "-o", "hits.parquet"]).format(), Ok(Format::Parquet));
        let error = query(&["query", "lake", "SELECT 1", "-o", "hits.xlsx"]).format().expect_err("no format");
        assert!(error.starts_with("'hits.xlsx' names no format"), "{error}");
        assert_eq!(
            query(&["query", "lake", "SELECT 1", "-o", "hits.parquet", "--format", "csv"]).format(),
            Ok(Format::Csv)
        );
        assert!(parsed(&["query", "lake", "SELECT 1", "--format", "xml"]).is_err());
    }

    #[test]
    fn a_conversion_needs_sources_and_a_lake() {
        let line =
            ["convert", "a", "b", "--to", "lake", "--memory", "512MiB", "--threads", "2", "--chunk-timeout", "3"];
        let Some(Command::Convert(convert)) = parsed(&line).expect("a conversion").command else {
            panic!("no conversion");
        };
        assert_eq!((convert.sources, convert.to), (paths(&["a", "b"]), "lake".into()));
        assert_eq!(convert.resources, Resources { memory: 512 << 20, threads: Some(2) });
        assert_eq!((convert.chunk_timeout, convert.quiet), (3, false));
        for wrong in [
            &["convert", "--to", "lake"][..],
            &["convert", "a"],
            &["convert", "a", "--to", "lake", "--threads", "0"],
            &["convert", "a", "--to", "lake", "--memory", "much"],
        ] {
            assert!(parsed(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn logs_are_a_scene_or_a_number_of_events() {
        let generated = |line: &[&str]| match parsed(line)?.command {
            Some(Command::Generate(generate)) => Ok(generate),
            other => Err(format!("{other:?}")),
        };
        assert!(generated(&["generate", "out", "--scene"]).is_ok_and(|generate| generate.scene));
        let many = generated(&["generate", "out", "--events", "1000", "--process-share", "0.25"]).expect("events");
        assert_eq!((many.events, many.process_share, many.seed), (Some(1000), 0.25, 1));
        for wrong in [
            &["generate", "out"][..],
            &["generate", "out", "--scene", "--events", "5"],
            &["generate", "out", "--events", "5", "--process-share", "2"],
            &["generate", "out", "--events", "5", "--process-share", "NaN"],
        ] {
            assert!(generated(wrong).is_err(), "{wrong:?}");
        }
    }
}
