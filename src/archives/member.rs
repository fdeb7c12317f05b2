//! What a visitor of an archive is given.

use std::io::{self, Read};
use std::ops::ControlFlow;

/// How many of a member's first bytes are read before the visitor sees it.
pub const HEAD_SIZE: usize = 8_192;

/// A member that is no archive itself, as a stream. It reads from its first byte, whatever the head shows.
///
/// Sums and sizes are verified by whoever reads to the end. Reading may fail at a damaged place or at a limit; the
/// walk reports that by itself.
pub struct Member<'m> {
    /// The full name: `case.zip!/host1/Security.evtx`. Control characters are written out; it may be anything else.
    pub name: &'m str,
    /// The first [`HEAD_SIZE`] bytes, or all if there are fewer.
    pub head: &'m [u8],
    /// The size in bytes that the archive claims, where it claims one.
    pub size: Option<u64>,
    pub(super) at: usize,
    pub(super) rest: &'m mut dyn Read,
}

impl Read for Member<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let head = &self.head[self.at..];
        if head.is_empty() {
            return self.rest.read(buffer);
        }
        let bytes = head.len().min(buffer.len());
        buffer[..bytes].copy_from_slice(&head[..bytes]);
        self.at += bytes;
        Ok(bytes)
    }
}

/// What is done with the members of an archive.
pub trait Visitor {
    /// Called for each member, in the order of the archive. It may read all of it, some or nothing.
    /// [`ControlFlow::Break`] ends the walk.
    fn member(&mut self, member: &mut Member<'_>) -> ControlFlow<()>;
}

impl<F: FnMut(&mut Member<'_>) -> ControlFlow<()>> Visitor for F {
    fn member(&mut self, member: &mut Member<'_>) -> ControlFlow<()> {
        self(member)
    }
}
