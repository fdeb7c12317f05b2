//! gzip, bzip2, Zstandard and xz: one file in one stream, or in several one after the other.

use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use bzip2::bufread::BzDecoder;
use flate2::bufread::GzDecoder;
use lzma_rust2::XzReader;

use super::kind::{Kind, recognise};
use super::meter::{Metered, PackedStream};
use super::names::{name_of_unpacked, within};
use super::report::{Failure, Reason};
use super::tar_members::{self, Forward};
use super::walker::{Container, Walker, peek};

/// Walks what a compressed file holds: the members of a tar, or one file.
pub(super) fn walk(
    walker: &mut Walker<'_>,
    container: Container<'_>,
    kind: Kind,
    packed: &mut dyn Read,
) -> Option<Failure> {
    if walker.count_member(container).is_break() {
        return None;
    }
    let meter = container.meter.child(None);
    let packed = PackedStream::new(packed, Rc::clone(&meter));
    let mut unpacker = match Unpacker::new(kind, packed, container.decoder_memory()) {
        Ok(unpacker) => unpacker,
        Err(error) => return Some(Failure::new(Reason::Damaged, error.to_string())),
    };
    let mut source = Metered::new(&mut unpacker, Rc::clone(&meter));
    let head = peek(&mut source);
    let mut failure = None;
    if recognise(&head) == Some(Kind::Tar) {
        // A compressed tar is one archive: `case.tar.gz!/host1/x.evtx`.
        let inner = Container { meter: &meter, ..container };
        let mut stream = io::Cursor::new(head).chain(&mut source);
        let of_tar = tar_members::walk(walker, inner, &mut Forward(&mut stream));
        failure = walker.failure_of_container(inner, source.take_failure().or(of_tar));
    } else {
        let name = within(container.name, &name_of_unpacked(container.name, kind));
        walker.take_peeked(&name, None, head, &mut source, container.depth);
    }
    failure.or_else(|| unpacker.trailing_bytes())
}

type Packed<'r> = BufReader<PackedStream<'r>>;

/// The unpacked bytes of a file of one or more compressed streams.
struct Unpacker<'r> {
    kind: Kind,
    memory: u64,
    state: State<'r>,
}

enum State<'r> {
    Within(Decoder<'r>),
    /// All streams are read, and something else follows or nothing.
    Ended {
        garbage: bool,
    },
    /// A decoder failed: there is no way back into the stream.
    Failed,
}

enum Decoder<'r> {
    Gzip(Box<GzDecoder<Packed<'r>>>),
    Bzip2(Box<BzDecoder<Packed<'r>>>),
    Zstandard(Box<zstd::Decoder<'static, Packed<'r>>>),
    Xz(Box<XzReader<Packed<'r>>>),
}

impl<'r> Unpacker<'r> {
    fn new(kind: Kind, packed: PackedStream<'r>, memory: u64) -> io::Result<Self> {
        let packed = BufReader::with_capacity(1 << 15, packed);
        Ok(Self { kind, memory, state: State::Within(Decoder::new(kind, packed, memory)?) })
    }

    fn trailing_bytes(&self) -> Option<Failure> {
        matches!(self.state, State::Ended { garbage: true }).then(|| Failure::new(Reason::TrailingBytes, ""))
    }

    /// Goes on with the stream that follows, if one does. Zeros between streams are the padding of tapes and of xz.
    fn next_stream(&self, mut packed: Packed<'r>) -> io::Result<State<'r>> {
        loop {
            let ahead = packed.fill_buf()?;
            let zeros = ahead.iter().take_while(|byte| **byte == 0).count();
            match ahead.get(zeros) {
                None if ahead.is_empty() => return Ok(State::Ended { garbage: false }),
                None => packed.consume(zeros),
                Some(first) if *first == self.first_byte() || self.is_skippable_frame(*first) => {
                    packed.consume(zeros);
                    return Ok(State::Within(Decoder::new(self.kind, packed, self.memory)?));
                }
                Some(_) => return Ok(State::Ended { garbage: true }),
            }
        }
    }

    fn first_byte(&self) -> u8 {
        match self.kind {
            Kind::Gzip => 0x1F,
            Kind::Bzip2 => b'B',
            Kind::Zstandard => 0x28,
            _ => 0xFD,
        }
    }

    fn is_skippable_frame(&self, first: u8) -> bool {
        self.kind == Kind::Zstandard && first & 0xF0 == 0x50
    }
}

impl Read for Unpacker<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let State::Within(decoder) = &mut self.state else {
                return match self.state {
                    State::Failed => Err(io::Error::new(io::ErrorKind::InvalidData, "the stream is damaged")),
                    _ => Ok(0),
                };
            };
            let bytes = decoder.read(buffer)?;
            if bytes > 0 {
                return Ok(bytes);
            }
            if let State::Within(decoder) = std::mem::replace(&mut self.state, State::Failed) {
                self.state = self.next_stream(decoder.into_inner())?;
            }
        }
    }
}

impl<'r> Decoder<'r> {
    fn new(kind: Kind, packed: Packed<'r>, memory: u64) -> io::Result<Self> {
        Ok(match kind {
            Kind::Gzip => Decoder::Gzip(Box::new(GzDecoder::new(packed))),
            Kind::Bzip2 => Decoder::Bzip2(Box::new(BzDecoder::new(packed))),
            Kind::Zstandard => {
                let mut decoder = zstd::Decoder::with_buffer(packed)?.single_frame();
                // libzstd refuses a frame whose window is larger (RFC 8878, 3.1.1.1.2).
                decoder.window_log_max(memory.max(1).ilog2().clamp(10, 31))?;
                Decoder::Zstandard(Box::new(decoder))
            }
            Kind::Xz => {
                let kibibytes = u32::try_from(memory / 1024).unwrap_or(u32::MAX);
                Decoder::Xz(Box::new(XzReader::new_mem_limit(packed, false, kibibytes)))
            }
            Kind::Zip | Kind::Tar | Kind::SevenZip => {
                return Err(io::Error::new(io::ErrorKind::Unsupported, "no compressed stream"));
            }
        })
    }

    fn into_inner(self) -> Packed<'r> {
        match self {
            Decoder::Gzip(decoder) => decoder.into_inner(),
            Decoder::Bzip2(decoder) => decoder.into_inner(),
            Decoder::Zstandard(decoder) => decoder.finish(),
            Decoder::Xz(decoder) => decoder.into_inner(),
        }
    }
}

impl Read for Decoder<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Decoder::Gzip(decoder) => decoder.read(buffer),
            Decoder::Bzip2(decoder) => decoder.read(buffer),
            Decoder::Zstandard(decoder) => decoder.read(buffer).map_err(with_kind),
            Decoder::Xz(decoder) => decoder.read(buffer),
        }
    }
}

/// libzstd says what went wrong in words alone.
fn with_kind(error: io::Error) -> io::Error {
    let text = error.to_string();
    if text.contains("too much memory") { io::Error::new(io::ErrorKind::OutOfMemory, text) } else { error }
}
