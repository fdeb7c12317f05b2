//! Counting what each member costs while it is read, and stopping it at a limit.
//!
//! Every member that unpacks to more bytes than it takes has a [`Meter`], a child of the meter of the archive that it
//! stands in. What is unpacked is charged to a member and to all archives around it, so a bomb is stopped whether it
//! is one member or a tree of archives.

use std::cell::Cell;
use std::error::Error;
use std::fmt;
use std::io::{self, Read};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::limits::Budget;
use super::report::{Failure, Reason};

/// What one member costs, with everything within it.
pub(super) struct Meter {
    parent: Option<Rc<Meter>>,
    budget: Arc<Budget>,
    clock: Rc<Clock>,
    /// The bytes that it takes in its archive, where that is known.
    packed: Option<u64>,
    unpacked: Cell<u64>,
    spent: Cell<Duration>,
    reached: Cell<Option<Reason>>,
}

/// When the outermost of the readers that are at work within each other began to read.
#[derive(Default)]
struct Clock {
    began: Cell<Option<Instant>>,
}

impl Meter {
    /// The meter of the outermost file, of so many bytes.
    pub(super) fn root(budget: &Arc<Budget>, length: u64) -> Rc<Self> {
        Rc::new(Self::new(None, budget, Rc::default(), Some(length)))
    }

    /// The meter of a member that takes so many bytes in its archive. Without that, no ratio is asked of it alone, but
    /// of what is around it.
    pub(super) fn child(self: &Rc<Self>, packed: Option<u64>) -> Rc<Self> {
        Rc::new(Self::new(Some(Rc::clone(self)), &self.budget, Rc::clone(&self.clock), packed))
    }

    fn new(parent: Option<Rc<Meter>>, budget: &Arc<Budget>, clock: Rc<Clock>, packed: Option<u64>) -> Self {
        Self {
            parent,
            budget: Arc::clone(budget),
            clock,
            packed,
            unpacked: Cell::new(0),
            spent: Cell::new(Duration::ZERO),
            reached: Cell::new(None),
        }
    }

    pub(super) fn budget(&self) -> &Arc<Budget> {
        &self.budget
    }

    /// The limit that this very member reached.
    pub(super) fn reached(&self) -> Option<Reason> {
        self.reached.get()
    }

    /// The limit that this member or an archive around it reached: nothing more is to be read of it.
    pub(super) fn stopped(&self) -> Option<Reason> {
        self.chain().find_map(Meter::reached)
    }

    /// Stops the walk of the outermost file: a limit of the whole budget is reached.
    pub(super) fn stop_all(&self, reason: Reason) {
        if let Some(root) = self.chain().last() {
            root.reached.set(Some(reason));
        }
    }

    /// Begins the time of the next member of an archive that is itself no member of another: as a whole it may take as
    /// long as it likes.
    pub(super) fn restart_clock(&self) {
        if self.parent.is_some() {
            self.spent.set(Duration::ZERO);
        }
    }

    fn chain(&self) -> impl Iterator<Item = &Meter> {
        std::iter::successors(Some(self), |meter| meter.parent.as_deref())
    }

    fn give_unpacked(&self, bytes: u64) -> Result<(), Reason> {
        if let Err(reason) = self.budget.take_bytes(bytes) {
            self.stop_all(reason);
            return Err(reason);
        }
        let limits = self.budget.limits();
        for meter in self.chain() {
            meter.unpacked.set(meter.unpacked.get().saturating_add(bytes));
            let Some(packed) = meter.packed else { continue };
            let allowed = packed.saturating_mul(limits.ratio).saturating_add(limits.bytes_before_ratio);
            if meter.unpacked.get() > allowed {
                meter.reached.set(Some(Reason::Ratio));
                return Err(Reason::Ratio);
            }
        }
        Ok(())
    }

    /// Says whether a limit is reached, with the time of a read that is still going on.
    pub(super) fn check(&self) -> Result<(), Reason> {
        if let Some(reason) = self.stopped() {
            return Err(reason);
        }
        let running = self.clock.began.get().map_or(Duration::ZERO, |began| began.elapsed());
        let limits = self.budget.limits();
        for meter in self.chain() {
            let limit = if meter.parent.is_some() { limits.time_per_member } else { limits.time_per_file };
            if meter.spent.get() + running > limit {
                meter.reached.set(Some(Reason::Time));
                return Err(Reason::Time);
            }
        }
        Ok(())
    }

    /// Works with the clock running. A reader within a reader does not start it anew.
    pub(super) fn timed<T>(&self, work: impl FnOnce() -> T) -> T {
        if self.clock.began.get().is_some() {
            return work();
        }
        let began = Instant::now();
        self.clock.began.set(Some(began));
        let result = work();
        self.clock.began.set(None);
        self.charge_time(began.elapsed());
        result
    }

    /// Charges time in which no reader was at work.
    pub(super) fn charge_time(&self, time: Duration) {
        for meter in self.chain() {
            meter.spent.set(meter.spent.get() + time);
        }
    }
}

/// The error with which a reader ends at a limit.
#[derive(Debug)]
struct LimitReached(Reason);

impl fmt::Display for LimitReached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.words())
    }
}

impl Error for LimitReached {}

fn limit_error(reason: Reason) -> io::Error {
    io::Error::other(LimitReached(reason))
}

/// Why reading failed: the limit that was reached on the way, or what the error says.
pub(super) fn failure_of(error: &io::Error, meter: &Meter) -> Failure {
    if let Some(reason) = meter.stopped() {
        return Failure::new(reason, "");
    }
    let reason = match error.kind() {
        io::ErrorKind::OutOfMemory => Reason::DecoderMemory,
        io::ErrorKind::Unsupported => Reason::Unsupported,
        io::ErrorKind::PermissionDenied if error.raw_os_error().is_none() => Reason::WrongPassword,
        _ if error.raw_os_error().is_some() => Reason::Unreadable,
        _ => Reason::Damaged,
    };
    Failure::new(reason, error.to_string())
}

/// The unpacked bytes of one member. It counts them, stops at a limit, and remembers why it failed.
pub(super) struct Metered<'r> {
    inner: &'r mut dyn Read,
    meter: Rc<Meter>,
    /// Whether its bytes come out of a decoder, rather than as they stand in a stream that is counted already.
    unpacks: bool,
    /// Whether it failed: it is not read any further then.
    failed: bool,
    failure: Option<Failure>,
}

impl<'r> Metered<'r> {
    pub(super) fn new(inner: &'r mut dyn Read, meter: Rc<Meter>) -> Self {
        Self { inner, meter, unpacks: true, failed: false, failure: None }
    }

    /// Of bytes that stand in their archive as they are.
    pub(super) fn plain(inner: &'r mut dyn Read, meter: Rc<Meter>) -> Self {
        Self { unpacks: false, ..Self::new(inner, meter) }
    }

    pub(super) fn meter(&self) -> &Rc<Meter> {
        &self.meter
    }

    pub(super) fn has_failed(&self) -> bool {
        self.failed
    }

    pub(super) fn take_failure(&mut self) -> Option<Failure> {
        self.failure.take()
    }

    fn read_within_limits(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.meter.check().map_err(limit_error)?;
        let bytes = self.meter.timed(|| self.inner.read(buffer))?;
        if self.unpacks {
            self.meter.give_unpacked(bytes as u64).map_err(limit_error)?;
        }
        Ok(bytes)
    }
}

impl Read for Metered<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.failed {
            let reason = self.failure.as_ref().map_or(Reason::Damaged, |failure| failure.reason);
            return Err(limit_error(reason));
        }
        self.read_within_limits(buffer).inspect_err(|error| {
            if error.kind() != io::ErrorKind::Interrupted {
                self.failed = true;
                self.failure = Some(failure_of(error, &self.meter));
            }
        })
    }
}

/// The packed bytes of a compressed stream. It stops a decoder that reads on and gives nothing.
pub(super) struct PackedStream<'r> {
    inner: &'r mut dyn Read,
    meter: Rc<Meter>,
}

impl<'r> PackedStream<'r> {
    pub(super) fn new(inner: &'r mut dyn Read, meter: Rc<Meter>) -> Self {
        Self { inner, meter }
    }
}

impl Read for PackedStream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.meter.check().map_err(limit_error)?;
        self.inner.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::super::limits::ArchiveLimits;
    use super::*;

    fn root(limits: ArchiveLimits) -> Rc<Meter> {
        Meter::root(&Arc::new(Budget::new(limits)), 1_000)
    }

    #[test]
    fn the_outermost_archive_has_time_for_each_of_its_members() {
        let limit = ArchiveLimits::default().time_per_member;
        let stream = root(ArchiveLimits::default()).child(None);
        let member = stream.child(None);
        stream.spent.set(limit + Duration::from_secs(1));
        stream.restart_clock();
        assert_eq!(member.check(), Ok(()));
        stream.spent.set(limit + Duration::from_secs(1));
        assert_eq!(member.check(), Err(Reason::Time));
        assert_eq!((member.reached(), stream.reached()), (None, Some(Reason::Time)));
        // What a limit has ended stays ended.
        stream.restart_clock();
        assert_eq!(member.check(), Err(Reason::Time));
    }

    #[test]
    fn bytes_are_charged_to_all_archives_around_a_member() {
        let limits = ArchiveLimits { ratio: 10, bytes_before_ratio: 100, ..ArchiveLimits::default() };
        let root = root(limits);
        let outer = root.child(Some(10));
        let inner = outer.child(Some(1_000));
        assert_eq!(inner.give_unpacked(200), Ok(()));
        assert_eq!(inner.give_unpacked(1), Err(Reason::Ratio));
        assert_eq!((inner.reached(), outer.reached(), root.reached()), (None, Some(Reason::Ratio), None));
        assert_eq!(root.child(Some(10)).give_unpacked(200), Ok(()));
    }
}
