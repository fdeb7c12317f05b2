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
    packed: Cell<Option<u64>>,
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

    /// The meter of a member that takes so many bytes in its archive. Without that, no ratio is asked of it alone.
    pub(super) fn child(self: &Rc<Self>, packed: Option<u64>) -> Rc<Self> {
        Rc::new(Self::new(Some(Rc::clone(self)), &self.budget, Rc::clone(&self.clock), packed))
    }

    fn new(parent: Option<Rc<Meter>>, budget: &Arc<Budget>, clock: Rc<Clock>, packed: Option<u64>) -> Self {
        Self {
            parent,
            budget: Arc::clone(budget),
            clock,
            packed: Cell::new(packed),
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

    fn chain(&self) -> impl Iterator<Item = &Meter> {
        std::iter::successors(Some(self), |meter| meter.parent.as_deref())
    }

    /// Counts packed bytes of a stream whose size is not known beforehand.
    fn take_packed(&self, bytes: u64) {
        self.packed.set(Some(self.packed.get().unwrap_or(0).saturating_add(bytes)));
    }

    fn give_unpacked(&self, bytes: u64) -> Result<(), Reason> {
        if let Err(reason) = self.budget.take_bytes(bytes) {
            self.stop_all(reason);
            return Err(reason);
        }
        let limits = self.budget.limits();
        for meter in self.chain() {
            meter.unpacked.set(meter.unpacked.get().saturating_add(bytes));
            let Some(packed) = meter.packed.get() else { continue };
            let allowed = packed.saturating_mul(limits.ratio).saturating_add(limits.bytes_before_ratio);
            if meter.unpacked.get() > allowed {
                meter.reached.set(Some(Reason::Ratio));
                return Err(Reason::Ratio);
            }
        }
        Ok(())
    }

    /// Says whether a limit is reached, with the time of a read that is still going on.
    fn check(&self) -> Result<(), Reason> {
        if let Some(reason) = self.stopped() {
            return Err(reason);
        }
        let running = self.clock.began.get().map_or(Duration::ZERO, |began| began.elapsed());
        let limit = self.budget.limits().time_per_member;
        // The outermost file may take as long as its members do.
        for meter in self.chain().filter(|meter| meter.parent.is_some()) {
            if meter.spent.get() + running > limit {
                meter.reached.set(Some(Reason::Time));
                return Err(Reason::Time);
            }
        }
        Ok(())
    }

    /// Reads with the clock running. A reader within a reader does not start it anew.
    fn timed<T>(&self, read: impl FnOnce() -> T) -> T {
        if self.clock.began.get().is_some() {
            return read();
        }
        let began = Instant::now();
        self.clock.began.set(Some(began));
        let result = read();
        self.clock.began.set(None);
        let elapsed = began.elapsed();
        for meter in self.chain() {
            meter.spent.set(meter.spent.get() + elapsed);
        }
        result
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

/// The packed bytes of a compressed stream. It counts them, and stops a decoder that reads on and gives nothing.
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
        let bytes = self.inner.read(buffer)?;
        self.meter.take_packed(bytes as u64);
        Ok(bytes)
    }
}
