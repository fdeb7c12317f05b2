//! One walk: a stream is recognised, and is given to the visitor or walked in its turn.

use std::io::{Cursor, Read};
use std::ops::ControlFlow;
use std::rc::Rc;

use super::compressed_stream;
use super::kind::{Kind, recognise};
use super::member::{HEAD_SIZE, Member, Visitor};
use super::meter::{Meter, Metered};
use super::names::within;
use super::parts::WalkSettings;
use super::report::{Failure, Reason, Refusal, WalkReport};
use super::seven_zip_members;
use super::spool::Spool;
use super::tar_members::{self, Forward};
use super::zip_members;

/// The state of a walk.
pub(super) struct Walker<'w> {
    pub(super) settings: &'w WalkSettings,
    pub(super) visitor: &'w mut dyn Visitor,
    pub(super) report: WalkReport,
}

/// The archive whose members are walked.
#[derive(Clone, Copy)]
pub(super) struct Container<'c> {
    /// Its full name.
    pub(super) name: &'c str,
    /// How many archives there are on the way to its members, itself included.
    pub(super) depth: u32,
    pub(super) meter: &'c Rc<Meter>,
}

impl Container<'_> {
    /// The full name of a member, whose own name is fit to be seen.
    pub(super) fn name_of(&self, member: &str) -> String {
        within(self.name, member)
    }

    /// Whether no more members are to be read.
    pub(super) fn is_stopped(&self) -> bool {
        self.meter.check().is_err()
    }

    pub(super) fn decoder_memory(&self) -> u64 {
        self.meter.budget().decoder_memory(self.depth)
    }
}

impl Walker<'_> {
    /// Reports a member or an archive that was not read, or not to its end.
    pub(super) fn refuse(&mut self, name: &str, failure: Failure) {
        self.report.refuse(Refusal { name: name.to_owned(), reason: failure.reason, detail: failure.detail });
    }

    /// Counts one more member of a container. With too many of them the whole walk ends.
    pub(super) fn count_member(&mut self, container: Container<'_>) -> ControlFlow<()> {
        match container.meter.budget().take_member() {
            Ok(()) => ControlFlow::Continue(()),
            Err(reason) => {
                container.meter.stop_all(reason);
                ControlFlow::Break(())
            }
        }
    }

    /// Whether the walk of a container is to go on.
    pub(super) fn goes_on(&self, container: Container<'_>) -> bool {
        !self.report.stopped && !container.is_stopped()
    }

    /// Takes a member of an archive, or what a compressed file holds. Returns whether all of it that was wanted could
    /// be read. `depth` is the number of archives around it.
    pub(super) fn take(&mut self, name: &str, size: Option<u64>, source: &mut Metered<'_>, depth: u32) -> bool {
        let head = peek(source);
        self.take_peeked(name, size, head, source, depth)
    }

    /// The same, of which the head is read already.
    pub(super) fn take_peeked(
        &mut self,
        name: &str,
        size: Option<u64>,
        head: Vec<u8>,
        source: &mut Metered<'_>,
        depth: u32,
    ) -> bool {
        match recognise(&head) {
            Some(kind) => self.walk_nested(kind, name, head, source, depth + 1),
            // Nothing could be read: there is nothing to show.
            None if head.is_empty() && source.has_failed() => {}
            None => self.visit(name, size, &head, source),
        }
        let failed = source.has_failed();
        if let Some(failure) = source.take_failure() {
            self.refuse(name, failure);
        }
        !failed
    }

    fn visit(&mut self, name: &str, size: Option<u64>, head: &[u8], source: &mut dyn Read) {
        self.report.members += 1;
        let mut member = Member { name, head, size, at: 0, rest: source };
        if self.visitor.member(&mut member).is_break() {
            self.report.stopped = true;
        }
    }

    fn walk_nested(&mut self, kind: Kind, name: &str, head: Vec<u8>, source: &mut Metered<'_>, depth: u32) {
        let meter = Rc::clone(source.meter());
        let container = Container { name, depth, meter: &meter };
        if depth > meter.budget().limits().depth {
            return self.refuse(name, Failure::new(Reason::Depth, ""));
        }
        self.report.archives += 1;
        let failure = match kind {
            Kind::Tar => tar_members::walk(self, container, &mut Forward(&mut Cursor::new(head).chain(&mut *source))),
            Kind::Zip => match Spool::fill(head, source, &self.settings.spool_folder) {
                Ok(mut spool) => zip_members::walk(self, container, &mut spool, None),
                Err(failure) => Some(failure),
            },
            Kind::SevenZip => match Spool::fill(head, source, &self.settings.spool_folder) {
                Ok(mut spool) => seven_zip_members::walk(self, container, &mut spool),
                Err(failure) => Some(failure),
            },
            Kind::Gzip | Kind::Bzip2 | Kind::Zstandard | Kind::Xz => {
                compressed_stream::walk(self, container, kind, &mut Cursor::new(head).chain(&mut *source))
            }
        };
        // One line for an archive: the limit that it reached says more than the error which came of it, and the error
        // of the stream that it comes in more than what its own format makes of it.
        let of_source = source.take_failure();
        if let Some(failure) = self.failure_of_container(container, of_source.or(failure)) {
            self.refuse(name, failure);
        }
    }

    /// What is to be said of an archive as a whole.
    pub(super) fn failure_of_container(&self, container: Container<'_>, failure: Option<Failure>) -> Option<Failure> {
        match container.meter.reached() {
            Some(reason) => Some(Failure::new(reason, "the rest of it was not read")),
            // An archive around it says why.
            None if container.is_stopped() => None,
            None => failure,
        }
    }
}

/// Reads the first bytes. An error is remembered by the source, and met again by whoever reads on.
pub(super) fn peek(source: &mut Metered<'_>) -> Vec<u8> {
    let mut head = Vec::with_capacity(HEAD_SIZE);
    let _ = source.by_ref().take(HEAD_SIZE as u64).read_to_end(&mut head);
    head
}
