//! The argument of `\export`: a file, and perhaps a query after it.

use std::path::PathBuf;

use crate::output::{Format, push_visible};

/// Where to write, how, and what.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ExportTarget<'a> {
    /// The file. A `~` at its start stands for the user's home.
    pub(super) path: PathBuf,
    /// The format that its extension names.
    pub(super) format: Format,
    /// The query that follows, None for the last one that ran.
    pub(super) sql: Option<&'a str>,
}

impl<'a> ExportTarget<'a> {
    /// Reads the argument. A name with blanks stands in quotes, single or double, or has `\` before each of them.
    ///
    /// # Errors
    /// No name, a quote that does not end, or an extension that names no format.
    pub(super) fn parse(argument: &'a str) -> Result<Self, String> {
        let (name, rest) = split_name(argument)?;
        if name.is_empty() {
            return Err(r"`\export` needs a file name, such as `hits.csv`".to_owned());
        }
        let path = from_home(&name);
        let format = Format::of_path(&path).ok_or_else(|| {
            let mut shown = String::new();
            push_visible(&name, &mut shown);
            format!("'{shown}' names no format: its extension is to be csv, tsv, json, ndjson, md, parquet or txt")
        })?;
        let sql = rest.trim();
        Ok(ExportTarget { path, format, sql: (!sql.is_empty()).then_some(sql) })
    }
}

fn split_name(argument: &str) -> Result<(String, &str), String> {
    if let Some(quote) = argument.chars().next().filter(|first| ['\'', '"'].contains(first)) {
        let inner = &argument[1..];
        let end = inner.find(quote).ok_or_else(|| format!("the file name does not end: {quote} is missing"))?;
        return Ok((inner[..end].to_owned(), &inner[end + 1..]));
    }
    let mut name = String::new();
    let mut characters = argument.char_indices();
    while let Some((at, character)) = characters.next() {
        if character.is_whitespace() {
            return Ok((name, &argument[at..]));
        }
        // A backslash parts folders on Windows; elsewhere completion puts it before a blank.
        match (character, cfg!(windows)) {
            ('\\', false) => name.extend(characters.next().map(|(_, escaped)| escaped)),
            _ => name.push(character),
        }
    }
    Ok((name, ""))
}

fn from_home(name: &str) -> PathBuf {
    match (name.strip_prefix("~/"), etcetera::home_dir()) {
        (Some(below), Ok(home)) => home.join(below),
        _ => PathBuf::from(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(argument: &str, path: &str, format: Format, sql: Option<&str>) {
        assert_eq!(ExportTarget::parse(argument), Ok(ExportTarget { path: path.into(), format, sql }));
    }

    #[test]
    fn a_file_and_a_query() {
        check("hits.csv", "hits.csv", Format::Csv, None);
        check("out/hits.parquet  SELECT 1 ", "out/hits.parquet", Format::Parquet, Some("SELECT 1"));
        check("'my hits.json' SELECT 'a'", "my hits.json", Format::Json, Some("SELECT 'a'"));
        check("\"my hits.md\"", "my hits.md", Format::Markdown, None);
    }

    #[cfg(unix)]
    #[test]
    fn completion_escapes_blanks() {
        check(r"my\ hits.txt", "my hits.txt", Format::Table, None);
        let home = etcetera::home_dir().expect("a home");
        check("~/hits.csv", home.join("hits.csv").to_str().expect("UTF-8"), Format::Csv, None);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let error = |argument| ExportTarget::parse(argument).expect_err("wrong");
        assert!(error("").starts_with(r"`\export` needs a file name"));
        assert!(error("hits").starts_with("'hits' names no format"));
        assert!(error("hits.xlsx SELECT 1").contains("names no format"));
        assert!(error("'hits.csv").starts_with("the file name does not end"));
    }
}
