//! The members of a tar, in one pass without seeking back.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use tar::{Archive, Entry, EntryType};

use super::kind::is_tar_header;
use super::meter::Metered;
use super::names::visible_name;
use super::parts::container_failure;
use super::report::{Failure, Reason};
use super::walker::{Container, Walker};

const BLOCK: usize = 512;

/// What the headers of one member may take: its long name, its extended attributes, its map of holes.
const HEADER_BYTES: u64 = 1 << 20;

/// How far after the end mark another tar is looked for: tapes are filled up to the end of a record.
const PADDING_BYTES: u64 = 1 << 20;

/// A stream that can leave bytes out.
pub(super) trait Skip: Read {
    /// Leaves bytes out. Fails where there are not as many.
    fn skip(&mut self, bytes: u64) -> io::Result<()>;
}

/// A stream without seeking.
pub(super) struct Forward<'r>(pub(super) &'r mut dyn Read);

impl Read for Forward<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Skip for Forward<'_> {
    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        let skipped = io::copy(&mut (&mut *self.0).take(bytes), &mut io::sink())?;
        if skipped == bytes { Ok(()) } else { Err(cut_off()) }
    }
}

/// A file, in which what is not wanted is not read.
pub(super) struct InFile {
    file: BufReader<File>,
    at: u64,
    length: u64,
}

impl InFile {
    pub(super) fn new(file: File, length: u64) -> Self {
        Self { file: BufReader::with_capacity(1 << 16, file), at: 0, length }
    }
}

impl Read for InFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.file.read(buffer)?;
        self.at += bytes as u64;
        Ok(bytes)
    }
}

impl Skip for InFile {
    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        let target = self.at.checked_add(bytes).filter(|target| *target <= self.length).ok_or_else(cut_off)?;
        self.file.seek_relative(i64::try_from(bytes).map_err(io::Error::other)?)?;
        self.at = target;
        Ok(())
    }
}

fn cut_off() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the archive is cut off")
}

/// Walks a tar, and goes on behind a damaged header.
pub(super) fn walk(walker: &mut Walker<'_>, container: Container<'_>, stream: &mut dyn Skip) -> Option<Failure> {
    let state = State::default();
    let mut replay = Vec::new();
    let mut failure = None;
    loop {
        let source = Source { stream: &mut *stream, replay, at: 0, state: &state };
        let end = walk_until_damage(walker, container, source, &state);
        if !walker.goes_on(container) {
            return failure;
        }
        let of_end = match &end {
            Ok(()) if state.ended.get() => None,
            Ok(()) => Some(Failure::new(Reason::Damaged, "it ends without an end mark: members may be missing")),
            Err(error) => container_failure(error, container),
        };
        failure = failure.or(of_end);
        let farthest = if end.is_ok() { PADDING_BYTES } else { u64::MAX };
        match next_header(stream, &state, farthest) {
            Ok(Some(header)) => replay = header,
            Ok(None) => return failure,
            Err(error) => return failure.or_else(|| container_failure(&error, container)),
        }
    }
}

fn walk_until_damage(
    walker: &mut Walker<'_>,
    container: Container<'_>,
    source: Source<'_>,
    state: &State,
) -> io::Result<()> {
    let mut archive = Archive::new(source);
    let mut entries = archive.entries_with_seek()?;
    loop {
        if container.depth == 1 {
            container.meter.restart_clock();
        }
        state.header_bytes_left.set(Some(HEADER_BYTES));
        let entry = entries.next();
        state.header_bytes_left.set(None);
        let Some(entry) = entry else { return Ok(()) };
        let mut entry = entry?;
        if walker.count_member(container).is_break() {
            return Ok(());
        }
        take_entry(walker, container, &mut entry);
        if !walker.goes_on(container) {
            return Ok(());
        }
    }
}

fn take_entry(walker: &mut Walker<'_>, container: Container<'_>, entry: &mut Entry<'_, Source<'_>>) {
    let name = container.name_of(&visible_name(&String::from_utf8_lossy(&entry.path_bytes()), false));
    match entry.header().entry_type() {
        EntryType::Directory | EntryType::XGlobalHeader => return,
        EntryType::Symlink | EntryType::Link | EntryType::Char | EntryType::Block | EntryType::Fifo => {
            walker.report.passed_over += 1;
            return;
        }
        // A type that is not known is to be taken for a file (POSIX, pax, "ustar Interchange Format").
        _ => {}
    }
    if is_sparse_in_extended_header(entry) {
        return walker.refuse(&name, Failure::new(Reason::Unsupported, "a sparse file in an extended header"));
    }
    let size = entry.size();
    let is_sparse = entry.header().entry_type() == EntryType::GNUSparse;
    // The holes of a sparse file cost nothing in the archive, so they count as unpacked.
    let packed = if is_sparse { entry.header().entry_size().unwrap_or(0) } else { size };
    let meter = container.meter.child(Some(packed));
    let mut whole = WholeMember { inner: entry, left: size };
    let mut source = if is_sparse { Metered::new(&mut whole, meter) } else { Metered::plain(&mut whole, meter) };
    walker.take(&name, Some(size), &mut source, container.depth);
}

/// GNU tar's later forms of sparse files put a map before the content, which would be taken for a part of it.
fn is_sparse_in_extended_header(entry: &mut Entry<'_, Source<'_>>) -> bool {
    let Ok(Some(extensions)) = entry.pax_extensions() else { return false };
    extensions.flatten().any(|extension| extension.key_bytes().starts_with(b"GNU.sparse."))
}

/// A member that fails if the archive ends before it does.
struct WholeMember<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for WholeMember<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.inner.read(buffer)?;
        if bytes == 0 && self.left > 0 && !buffer.is_empty() {
            return Err(cut_off());
        }
        self.left = self.left.saturating_sub(bytes as u64);
        Ok(bytes)
    }
}

/// What is known of the stream, whichever reader of the tar is at work.
#[derive(Default)]
struct State {
    /// Bytes since the start of the tar.
    position: Cell<u64>,
    /// While the headers of a member are read: how many bytes they may still take.
    header_bytes_left: Cell<Option<u64>>,
    /// Whether a block of zeros stood where a header should.
    ended: Cell<bool>,
}

impl State {
    fn advance(&self, bytes: u64) {
        self.position.set(self.position.get().saturating_add(bytes));
    }
}

/// The stream as the `tar` crate reads it: it seeks forward only, to leave out what was not read.
struct Source<'s> {
    stream: &'s mut dyn Skip,
    /// A header that was read already, to be read again.
    replay: Vec<u8>,
    at: u64,
    state: &'s State,
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut most = buffer.len();
        if let Some(left) = self.state.header_bytes_left.get() {
            most = most.min(usize::try_from(left).unwrap_or(usize::MAX));
            if most == 0 && !buffer.is_empty() {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "the headers of a member are too large"));
            }
        }
        let bytes = if self.replay.is_empty() {
            let bytes = self.stream.read(&mut buffer[..most])?;
            self.state.advance(bytes as u64);
            bytes
        } else {
            let bytes = most.min(self.replay.len());
            buffer[..bytes].copy_from_slice(&self.replay[..bytes]);
            self.replay.drain(..bytes);
            bytes
        };
        if let Some(left) = self.state.header_bytes_left.get() {
            self.state.header_bytes_left.set(Some(left - bytes as u64));
            self.state.ended.set(bytes == BLOCK && buffer[..bytes].iter().all(|byte| *byte == 0));
        }
        self.at += bytes as u64;
        Ok(bytes)
    }
}

impl Seek for Source<'_> {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        let SeekFrom::Current(forward) = position else {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "a tar is read forward"));
        };
        let forward = u64::try_from(forward).map_err(io::Error::other)?;
        if forward > 0 {
            self.stream.skip(forward)?;
            self.state.advance(forward);
            self.at += forward;
        }
        Ok(self.at)
    }
}

/// Looks for the next header from here on, at the places where one can stand.
fn next_header(stream: &mut dyn Skip, state: &State, farthest: u64) -> io::Result<Option<Vec<u8>>> {
    let past = state.position.get() % BLOCK as u64;
    if past > 0 && !read_block(stream, state, BLOCK - past as usize)?.1 {
        return Ok(None);
    }
    let mut read = 0;
    while read < farthest {
        let (block, is_whole) = read_block(stream, state, BLOCK)?;
        if !is_whole {
            return Ok(None);
        }
        if is_tar_header(&block) {
            return Ok(Some(block));
        }
        read += BLOCK as u64;
    }
    Ok(None)
}

fn read_block(stream: &mut dyn Skip, state: &State, length: usize) -> io::Result<(Vec<u8>, bool)> {
    let mut block = Vec::with_capacity(length);
    stream.take(length as u64).read_to_end(&mut block)?;
    state.advance(block.len() as u64);
    let is_whole = block.len() == length;
    Ok((block, is_whole))
}
