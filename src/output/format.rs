//! The formats of a result and their names.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use clap::ValueEnum;

/// A format of a result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, ValueEnum)]
pub enum Format {
    /// A box for the eye. On a terminal it fits the width; long cells are cut, which a `…` shows.
    #[default]
    Table,
    /// Comma-separated, quoted as RFC 4180 says. NULL is an empty field, an empty text is `""`.
    Csv,
    /// Tab-separated. `\t`, `\n`, `\r` and `\\` stand for those characters, `\N` for NULL.
    Tsv,
    /// One JSON array of objects.
    Json,
    /// One JSON object a line.
    Ndjson,
    /// A Markdown table.
    Markdown,
    /// A Parquet file, to be written with `--output`.
    Parquet,
    /// Every row as a list of its columns, nothing cut.
    Vertical,
}

impl Format {
    /// All formats, in the order in which help lists them.
    pub const ALL: [Format; 8] = [
        Format::Table,
        Format::Csv,
        Format::Tsv,
        Format::Json,
        Format::Ndjson,
        Format::Markdown,
        Format::Parquet,
        Format::Vertical,
    ];

    /// The name by which it is chosen.
    pub fn name(self) -> &'static str {
        match self {
            Format::Table => "table",
            Format::Csv => "csv",
            Format::Tsv => "tsv",
            Format::Json => "json",
            Format::Ndjson => "ndjson",
            Format::Markdown => "markdown",
            Format::Parquet => "parquet",
            Format::Vertical => "vertical",
        }
    }

    /// True if the output is bytes, which belong into a file.
    pub fn needs_file(self) -> bool {
        self == Format::Parquet
    }

    /// The format that a file's extension stands for, None if it stands for none.
    pub fn of_path(path: &Path) -> Option<Format> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match extension.as_str() {
            "csv" => Format::Csv,
            "tsv" | "tab" => Format::Tsv,
            "json" => Format::Json,
            "ndjson" | "jsonl" => Format::Ndjson,
            "md" | "markdown" => Format::Markdown,
            "parquet" => Format::Parquet,
            "txt" => Format::Table,
            _ => return None,
        })
    }
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A name that is no format's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no format `{name}`: there are {}", Format::ALL.map(Format::name).join(", "))]
pub struct UnknownFormat {
    /// As it was typed.
    pub name: String,
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        Format::ALL
            .into_iter()
            .find(|format| format.name().eq_ignore_ascii_case(name))
            .ok_or_else(|| UnknownFormat { name: name.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clap_and_the_prompt_know_the_same_names() {
        for (format, variant) in Format::ALL.into_iter().zip(Format::value_variants()) {
            assert_eq!(format, *variant);
            assert_eq!(format.name().parse(), Ok(format));
            assert_eq!(<Format as ValueEnum>::from_str(format.name(), false), Ok(format));
        }
        assert_eq!(Format::ALL.len(), Format::value_variants().len());
        assert_eq!("CSV".parse(), Ok(Format::Csv));
        let unknown = "xml".parse::<Format>().map_err(|error| error.to_string());
        assert_eq!(unknown.map_err(|text| text.starts_with("no format `xml`: there are table, csv")), Err(true));
    }

    #[test]
    fn an_extension_names_a_format() {
        let of = |name: &str| Format::of_path(Path::new(name));
        assert_eq!(of("hits.CSV"), Some(Format::Csv));
        assert_eq!(of("a.b/hits.jsonl"), Some(Format::Ndjson));
        assert_eq!(of("hits.md"), Some(Format::Markdown));
        assert_eq!(of("hits"), None);
        assert_eq!(of("hits.xlsx"), None);
    }
}
