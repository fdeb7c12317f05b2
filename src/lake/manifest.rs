//! What belongs to a lake: the files that conversions wrote, and the sources that they took.

use serde::{Deserialize, Serialize};

/// The number of this form of manifest. A lake of a later form is refused.
pub(super) const FORMAT: u32 = 1;

/// The manifest of a lake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The number of its form.
    pub format: u32,
    /// The conversions in the order in which they ended.
    pub conversions: Vec<Conversion>,
}

/// What one conversion brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversion {
    /// Made of the contents of its sources: the same sources give the same id.
    pub id: String,
    /// The version of Trailhound that wrote it.
    pub version: String,
    /// The files that it wrote.
    pub files: Vec<LakeFile>,
    /// What it read.
    pub sources: Vec<ConvertedSource>,
}

/// A Parquet file of the lake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LakeFile {
    /// Where it is, from the lake's folder on, with `/`.
    pub path: String,
    /// Its rows.
    pub rows: u64,
    /// Its size.
    pub bytes: u64,
    /// The earliest time in nanoseconds since 1970, if any row has one.
    pub earliest: Option<i64>,
    /// The latest time.
    pub latest: Option<i64>,
    /// The hosts in it in order; none where there are too many to list.
    pub hosts: Option<Vec<String>>,
}

/// A file that was converted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConvertedSource {
    /// Its path as it was given.
    pub name: String,
    /// The SHA-256 of its bytes, lower case hex.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// Records seen in it.
    pub records: u64,
    /// Process creations among them.
    pub process_events: u64,
    /// Damaged places by kind, in words.
    pub damage: Vec<String>,
}

impl Manifest {
    /// The manifest of a lake without files.
    pub(super) fn empty() -> Self {
        Self { format: FORMAT, conversions: Vec::new() }
    }

    /// All files in the order of their days and names.
    pub fn files(&self) -> Vec<&LakeFile> {
        let mut files: Vec<&LakeFile> = self.conversions.iter().flat_map(|conversion| &conversion.files).collect();
        files.sort_by(|one, two| one.path.cmp(&two.path));
        files
    }

    /// Whether a source with those contents was converted already.
    pub fn has_source(&self, sha256: &str) -> bool {
        self.conversions.iter().flat_map(|conversion| &conversion.sources).any(|source| source.sha256 == sha256)
    }

    /// All rows.
    pub fn rows(&self) -> u64 {
        self.conversions.iter().flat_map(|conversion| &conversion.files).map(|file| file.rows).sum()
    }
}
