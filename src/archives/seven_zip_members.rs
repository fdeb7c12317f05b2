//! The members of a 7z, in its order. Members that are packed together in a block are unpacked one after the other.

use std::io::{self, Read};
use std::rc::Rc;
use std::time::Instant;

use sevenz_rust2::{Archive, ArchiveEntry, BlockDecoder, Error, Password};

use super::decrypted::Decrypted;
use super::meter::{Meter, Metered};
use super::names::visible_name;
use super::parts::container_failure;
use super::report::{Failure, Reason};
use super::walker::{Container, Walker};
use super::window_reader::{ReadSeek, WindowReader};

/// Walks a 7z.
pub(super) fn walk(walker: &mut Walker<'_>, container: Container<'_>, source: &mut dyn ReadSeek) -> Option<Failure> {
    let mut source = match WindowReader::new(source) {
        Ok(source) => source,
        Err(error) => return container_failure(&error, container),
    };
    let password = walker.settings.password.as_deref().map_or_else(Password::empty, Password::from);
    let memory = usize::try_from(container.decoder_memory() / 1024).unwrap_or(usize::MAX);
    let archive = match container.meter.timed(|| Archive::read_with_memory_limit(&mut source, &password, memory)) {
        Ok(archive) => archive,
        Err(error) => return Some(failure_of(error)),
    };
    let walk = SevenZipWalk { archive: &archive, password: &password, memory, container };
    let mut index = 0;
    while index < archive.files.len() && walker.goes_on(container) {
        index = match archive.stream_map.file_block_index.get(index).copied().flatten() {
            Some(block) => walk.take_block(walker, block, index, &mut source),
            None => {
                walk.take_entry(walker, index, container.meter, &mut io::empty());
                index + 1
            }
        };
    }
    None
}

struct SevenZipWalk<'s> {
    archive: &'s Archive,
    password: &'s Password,
    memory: usize,
    container: Container<'s>,
}

impl SevenZipWalk<'_> {
    /// Takes the members of one block, the first of which is given. Returns the first behind it.
    fn take_block(&self, walker: &mut Walker<'_>, block: usize, first: usize, source: &mut WindowReader<'_>) -> usize {
        let decoder = BlockDecoder::new_with_memory_limit(1, self.memory, block, self.archive, self.password, source);
        let end = first + decoder.entry_count().max(1);
        let meter = self.container.meter.child(Some(self.packed_size(block)));
        let mut index = first;
        // To derive a key or to lay out a model takes time, and gives nothing that could be counted.
        let mut opening = Some(Instant::now());
        let result = decoder.for_each_entries(&mut |_, content| {
            if let Some(began) = opening.take() {
                meter.charge_time(began.elapsed());
            }
            let goes_on = self.take_entry(walker, index, &meter, content);
            index += 1;
            // What follows the last member needs not be unpacked.
            Ok(goes_on && index < end)
        });
        if let Some(began) = opening {
            meter.charge_time(began.elapsed());
        }
        if let Some(reason) = meter.reached() {
            self.refuse_rest(walker, index..end, &Failure::new(reason, ""));
        } else if let Err(error) = result {
            let mut failure = failure_of(error);
            if self.archive.is_file_encrypted(first) && failure.reason == Reason::Damaged && index == first {
                failure.reason = Reason::WrongPassword;
            }
            self.refuse_rest(walker, index..end, &failure);
        } else if index < end && walker.goes_on(self.container) {
            self.refuse_rest(
                walker,
                index..end,
                &Failure::new(Reason::Damaged, "it is packed behind a member that cannot be read"),
            );
        }
        end
    }

    /// Takes one member. Returns whether those behind it in its block can be reached.
    fn take_entry(&self, walker: &mut Walker<'_>, index: usize, block: &Rc<Meter>, content: &mut dyn Read) -> bool {
        let Some(entry) = self.archive.files.get(index) else { return false };
        if walker.count_member(self.container).is_break() {
            return false;
        }
        if self.container.depth == 1 {
            block.restart_clock();
        }
        let name = self.name_of(entry);
        let meter = block.child(None);
        let mut content = Decrypted::new(content, self.archive.is_file_encrypted(index));
        let mut source = Metered::new(&mut content, meter);
        if is_link(entry) {
            walker.report.passed_over += 1;
        } else if !entry.is_directory && !entry.is_anti_item {
            let is_whole = walker.take(&name, Some(entry.size), &mut source, self.container.depth);
            if !is_whole {
                return false;
            }
        }
        let is_last = self.is_last_of_block(index);
        if is_last || !walker.goes_on(self.container) {
            return false;
        }
        // The rest is unpacked under the limits, for the sake of what follows.
        if io::copy(&mut source, &mut io::sink()).is_err() {
            if let Some(failure) = source.take_failure() {
                walker.refuse(&name, failure);
            }
            return false;
        }
        true
    }

    fn is_last_of_block(&self, index: usize) -> bool {
        let block_of = |index: usize| self.archive.stream_map.file_block_index.get(index).copied().flatten();
        block_of(index).is_none() || block_of(index) != block_of(index + 1)
    }

    fn name_of(&self, entry: &ArchiveEntry) -> String {
        self.container.name_of(&visible_name(&entry.name, false))
    }

    fn refuse_rest(&self, walker: &mut Walker<'_>, rest: std::ops::Range<usize>, failure: &Failure) {
        for entry in self.archive.files.get(rest).unwrap_or(&[]) {
            if !entry.is_directory {
                walker.refuse(&self.name_of(entry), failure.clone());
            }
        }
    }

    /// The bytes of a block in the archive.
    fn packed_size(&self, block: usize) -> u64 {
        let first = self.archive.stream_map.block_first_pack_stream_index();
        let sizes = self.archive.pack_sizes();
        let from = first.get(block).copied().unwrap_or(0);
        let to = first.get(block + 1).copied().unwrap_or(sizes.len());
        sizes.get(from..to).unwrap_or(&[]).iter().fold(0, |sum, size| sum.saturating_add(*size))
    }
}

/// The extension of p7zip: the upper half of the attributes is the mode of Unix.
fn is_link(entry: &ArchiveEntry) -> bool {
    const HAS_MODE: u32 = 0x8000;
    const TYPE: u32 = 0xF000;
    const LINK: u32 = 0xA000;
    // A reparse point of Windows, which is a link too.
    const REPARSE_POINT: u32 = 0x400;
    let attributes = entry.windows_attributes;
    let is_unix_link = attributes & HAS_MODE != 0 && (attributes >> 16) & TYPE == LINK;
    entry.has_windows_attributes && (is_unix_link || attributes & REPARSE_POINT != 0)
}

/// What an error of the `sevenz-rust2` crate is.
fn failure_of(error: Error) -> Failure {
    match error {
        Error::PasswordRequired => Failure::new(Reason::PasswordNeeded, ""),
        Error::MaybeBadPassword(_) => Failure::new(Reason::WrongPassword, ""),
        Error::MaxMemLimited { max_kb, actaul_kb } => {
            Failure::new(Reason::DecoderMemory, format!("{actaul_kb} KiB, and {max_kb} are allowed"))
        }
        Error::UnsupportedCompressionMethod(method) => Failure::new(Reason::Unsupported, format!("method {method}")),
        Error::Unsupported(what) => Failure::new(Reason::Unsupported, what.into_owned()),
        Error::UnsupportedVersion { major, minor } => {
            Failure::new(Reason::Unsupported, format!("version {major}.{minor} of 7z"))
        }
        Error::ExternalUnsupported => Failure::new(Reason::Unsupported, "a header in a stream of its own"),
        Error::Io(error, _) | Error::FileOpen(error, _) if error.raw_os_error().is_some() => {
            Failure::new(Reason::Unreadable, error.to_string())
        }
        Error::Io(error, _) => Failure::new(Reason::Damaged, error.to_string()),
        Error::Other(what) => Failure::new(Reason::Damaged, what.into_owned()),
        Error::ChecksumVerificationFailed | Error::NextHeaderCrcMismatch => {
            Failure::new(Reason::Damaged, "a checksum is wrong")
        }
        error => Failure::new(Reason::Damaged, format!("{error:?}")),
    }
}
