//! The lake: a folder of Parquet files by day, and the manifest that says which of them belong to it.
//!
//! ```text
//! LAKE/_trailhound/manifest.json          the files and sources of every conversion; replaced as a whole
//! LAKE/_trailhound/lock                   held by the one conversion that may write
//! LAKE/_trailhound/staging/…              files that are being written
//! LAKE/date=2024-05-14/3f2a…-0000.parquet rows of that day, sorted by host, time and record id
//! LAKE/date=unknown/…                     rows without a time
//! ```
//!
//! A file belongs to the lake once the manifest names it: a reader or a crash never sees half a conversion.

mod folder;
mod manifest;
mod writer;

pub use folder::{Lake, LakeError, LakeLock};
pub use manifest::{Conversion, ConvertedSource, LakeFile, Manifest};
pub use writer::{DayWriter, WriterError};
