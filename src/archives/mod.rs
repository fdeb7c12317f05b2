//! Archives, and archives within archives, as streams of their members. Knows neither Arrow nor DataFusion.
//!
//! An archive is recognised by its bytes. What streams is streamed (tar, gzip, bzip2, Zstandard, xz); zip and 7z need
//! to seek: the outermost file is read where it is, one within another archive goes through a spool without a name.
//! Nothing is ever written under a member's name: names are text here.
//!
//! Archives are evidence and may be hostile. [`ArchiveLimits`] bounds what one may cost; past a limit a member is
//! refused, named in the [`WalkReport`], and the walk goes on.

mod kind;
mod limits;
mod member;
mod report;

mod compressed_stream;
mod decrypted;
mod meter;
mod names;
mod parts;
mod seven_zip_members;
mod spool;
mod tar_members;
mod walker;
mod window_reader;
mod zip_members;
mod zip_salvage;
mod zip_survey;

#[cfg(test)]
mod tests;

pub use kind::{Kind, recognise};
pub use limits::{ArchiveLimits, Budget};
pub use member::{HEAD_SIZE, Member, Visitor};
pub use parts::{Part, WalkSettings, split, walk, walk_part};
pub use report::{Reason, Refusal, WalkReport};
