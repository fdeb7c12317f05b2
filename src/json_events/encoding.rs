//! The encodings that exports come in: UTF-8, and UTF-16 as PowerShell writes it.

use std::io::{self, BufRead, Read};

/// How the bytes of a file make text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-16, the low byte first.
    Utf16LittleEndian,
    /// UTF-16, the high byte first.
    Utf16BigEndian,
}

impl Encoding {
    /// The encoding of a file that begins so, and how many bytes its byte order mark takes.
    pub(super) fn of(head: &[u8]) -> (Self, usize) {
        match head {
            [0xef, 0xbb, 0xbf, ..] => (Encoding::Utf8, 3),
            [0xff, 0xfe, ..] => (Encoding::Utf16LittleEndian, 2),
            [0xfe, 0xff, ..] => (Encoding::Utf16BigEndian, 2),
            [b'{' | b'[', 0, ..] => (Encoding::Utf16LittleEndian, 0),
            [0, b'{' | b'[', ..] => (Encoding::Utf16BigEndian, 0),
            _ => (Encoding::Utf8, 0),
        }
    }

    /// A few words for a message; empty for UTF-8, which needs no mention.
    pub(super) fn words(self) -> &'static str {
        match self {
            Encoding::Utf8 => "",
            Encoding::Utf16LittleEndian => "UTF-16, little-endian",
            Encoding::Utf16BigEndian => "UTF-16, big-endian",
        }
    }

    /// How many bytes of the file that much UTF-8 was made of. A replaced unit counts like the character itself.
    pub(super) fn width(self, text: &[u8]) -> u64 {
        match self {
            Encoding::Utf8 => text.len() as u64,
            // Continuation bytes are no unit; the lead of four bytes is two.
            _ => text.iter().map(|byte| if *byte & 0xc0 == 0x80 { 0 } else { 2 + 2 * u64::from(*byte >= 0xf0) }).sum(),
        }
    }
}

const BLOCK: usize = 64 << 10;

/// Gives UTF-16 as UTF-8. Half a surrogate pair becomes U+FFFD; an odd byte at the end is left out.
pub(super) struct Utf16Reader<R> {
    inner: R,
    big_endian: bool,
    raw: Vec<u8>,
    text: String,
    position: usize,
}

impl<R: Read> Utf16Reader<R> {
    pub(super) fn new(inner: R, encoding: Encoding) -> Self {
        let big_endian = encoding == Encoding::Utf16BigEndian;
        Self { inner, big_endian, raw: Vec::new(), text: String::new(), position: 0 }
    }

    /// Reads the next block. What of it is half a character is kept for the next one.
    fn refill(&mut self) -> io::Result<()> {
        self.text.clear();
        self.position = 0;
        while self.text.is_empty() {
            let kept = self.raw.len();
            self.raw.resize(kept + BLOCK, 0);
            let read = self.inner.read(&mut self.raw[kept..]);
            self.raw.truncate(kept + read.as_ref().copied().unwrap_or(0));
            let at_end = read? == 0;
            let whole = self.whole_units(at_end);
            let big_endian = self.big_endian;
            let units = self.raw[..whole].chunks_exact(2).map(|pair| unit(pair, big_endian));
            let decoded = char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER));
            self.text.extend(decoded);
            self.raw.drain(..whole);
            if at_end {
                break;
            }
        }
        Ok(())
    }

    /// How many bytes make whole characters. At the end there is nothing to wait for.
    fn whole_units(&self, at_end: bool) -> usize {
        let whole = self.raw.len() & !1;
        let waits =
            !at_end && whole >= 2 && matches!(unit(&self.raw[whole - 2..whole], self.big_endian), 0xd800..0xdc00);
        if waits { whole - 2 } else { whole }
    }
}

fn unit(pair: &[u8], big_endian: bool) -> u16 {
    let bytes = [pair[0], pair[1]];
    if big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }
}

impl<R: Read> Read for Utf16Reader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut available = self.fill_buf()?;
        let count = available.read(out)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Utf16Reader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.position >= self.text.len() {
            self.refill()?;
        }
        Ok(&self.text.as_bytes()[self.position..])
    }

    fn consume(&mut self, amount: usize) {
        self.position = (self.position + amount).min(self.text.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf16_reads_as_utf8_of_the_same_width() {
        let text = "{\"a\":\"плюс 😀 é\"}\n";
        for encoding in [Encoding::Utf16LittleEndian, Encoding::Utf16BigEndian] {
            let bytes: Vec<u8> = text
                .encode_utf16()
                .flat_map(|unit| match encoding {
                    Encoding::Utf16BigEndian => unit.to_be_bytes(),
                    _ => unit.to_le_bytes(),
                })
                .collect();
            assert_eq!(Encoding::of(&bytes), (encoding, 0));
            // One byte at a time: no character is torn.
            let mut out = String::new();
            let slow = io::BufReader::with_capacity(1, bytes.as_slice());
            Utf16Reader::new(slow, encoding).read_to_string(&mut out).unwrap();
            assert_eq!(out, text);
            assert_eq!(encoding.width(out.as_bytes()), bytes.len() as u64);
        }
    }

    #[test]
    fn half_a_pair_and_an_odd_byte_do_no_harm() {
        let mut out = String::new();
        Utf16Reader::new([0x41, 0, 0x00, 0xd8, 0x42].as_slice(), Encoding::Utf16LittleEndian)
            .read_to_string(&mut out)
            .unwrap();
        assert_eq!(out, "A\u{fffd}");
    }
}
