//! A file cut into documents: line by line, or the elements of an array and documents over several lines.

use std::io::{self, BufRead};

use super::encoding::Encoding;

/// How documents stand in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// One a line.
    Lines,
    /// In an array, or one after another over several lines.
    Spread,
}

impl Layout {
    /// The layout of a text that begins so. A file of lines may begin with a line that is cut off: only what cannot be
    /// a line of JSON is taken for something else.
    pub(super) fn of(head: &[u8]) -> Self {
        let text = head.trim_ascii_start();
        let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii();
        let spread = first.starts_with(b"[") || first == b"{" || is_record_title(first);
        if spread { Layout::Spread } else { Layout::Lines }
    }
}

/// `Record 12`, which `evtx_dump -o json` writes between its documents.
fn is_record_title(line: &[u8]) -> bool {
    line.strip_prefix(b"Record ").is_some_and(|rest| !rest.is_empty() && rest.iter().all(u8::is_ascii_digit))
}

/// What was cut out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    /// A document or a line, maybe blank.
    Whole,
    /// The last one, which nothing ends: no line feed, or a bracket that is open.
    Last,
    /// One longer than the limit: it is left out.
    TooLong,
    /// Text that is no document.
    Stray,
}

/// Cuts a text into documents.
pub(super) struct Pieces<R> {
    reader: R,
    layout: Layout,
    encoding: Encoding,
    limit: usize,
    /// Where the next byte stands in the file.
    position: u64,
    state: State,
}

/// Where within a spread document the scan is.
#[derive(Debug, Clone, Copy, Default)]
struct State {
    depth: usize,
    in_text: bool,
    escaped: bool,
}

/// What the bytes of one buffer made of a document.
enum Step {
    /// More bytes are needed.
    On,
    /// The document ends after the bytes that were taken.
    End,
    /// A line feed within a text: the document is damaged.
    Broken,
}

impl<R: BufRead> Pieces<R> {
    /// `position` is where the reader stands in its file.
    pub(super) fn new(reader: R, layout: Layout, encoding: Encoding, limit: usize, position: u64) -> Self {
        Self { reader, layout, encoding, limit, position, state: State::default() }
    }

    /// The place of the next byte.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// The next piece, its bytes in `out`, and where it starts; `None` at the end.
    pub(super) fn next(&mut self, out: &mut Vec<u8>) -> io::Result<Option<(Piece, u64)>> {
        out.clear();
        match self.layout {
            Layout::Lines => self.next_line(out),
            Layout::Spread => self.next_document(out),
        }
    }

    fn next_line(&mut self, out: &mut Vec<u8>) -> io::Result<Option<(Piece, u64)>> {
        let start = self.position;
        let mut too_long = false;
        loop {
            let buffer = fill(&mut self.reader)?;
            if buffer.is_empty() {
                let piece = if too_long { Piece::TooLong } else { Piece::Last };
                return Ok((self.position > start).then_some((piece, start)));
            }
            let end = memchr::memchr(b'\n', buffer);
            let taken = end.map_or(buffer.len(), |end| end + 1);
            too_long = !append(out, &buffer[..taken], self.limit, too_long);
            self.take(taken);
            if end.is_some() {
                return Ok(Some((if too_long { Piece::TooLong } else { Piece::Whole }, start)));
            }
        }
    }

    fn next_document(&mut self, out: &mut Vec<u8>) -> io::Result<Option<(Piece, u64)>> {
        loop {
            let buffer = fill(&mut self.reader)?;
            let Some(first) = buffer.first().copied() else { return Ok(None) };
            match first {
                b'{' => break,
                b'[' | b']' | b',' | b' ' | b'\t' | b'\r' | b'\n' => {
                    let between = |byte: &u8| b"[], \t\r\n".contains(byte);
                    let taken = buffer.iter().take_while(|byte| between(byte)).count();
                    self.take(taken);
                }
                _ => {
                    let found = self.next_line(out)?;
                    if !is_record_title(out.trim_ascii()) {
                        return Ok(found.map(|(_, start)| (Piece::Stray, start)));
                    }
                    out.clear();
                }
            }
        }
        self.rest_of_document(out)
    }

    fn rest_of_document(&mut self, out: &mut Vec<u8>) -> io::Result<Option<(Piece, u64)>> {
        let start = self.position;
        let mut too_long = false;
        self.state = State::default();
        loop {
            let buffer = fill(&mut self.reader)?;
            if buffer.is_empty() {
                return Ok(Some((if too_long { Piece::TooLong } else { Piece::Last }, start)));
            }
            let (step, taken) = self.state.scan(buffer);
            too_long = !append(out, &buffer[..taken], self.limit, too_long);
            self.take(taken);
            match step {
                Step::On => {}
                Step::End if too_long => return Ok(Some((Piece::TooLong, start))),
                Step::End => return Ok(Some((Piece::Whole, start))),
                Step::Broken => return Ok(Some((Piece::Stray, start))),
            }
        }
    }

    fn take(&mut self, count: usize) {
        if let Ok(buffer) = self.reader.fill_buf() {
            self.position += self.encoding.width(&buffer[..count.min(buffer.len())]);
        }
        self.reader.consume(count);
    }
}

/// The next bytes; an interrupted call is made again.
fn fill<R: BufRead>(reader: &mut R) -> io::Result<&[u8]> {
    while let Err(error) = reader.fill_buf() {
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    reader.fill_buf()
}

/// Appends the bytes unless that goes past the limit: then nothing is kept and nothing more is taken.
fn append(out: &mut Vec<u8>, bytes: &[u8], limit: usize, already_too_long: bool) -> bool {
    if already_too_long || out.len() + bytes.len() > limit {
        out.clear();
        return false;
    }
    out.extend_from_slice(bytes);
    true
}

impl State {
    /// Goes on through the bytes. Gives what was found and how many bytes belong to the document.
    fn scan(&mut self, bytes: &[u8]) -> (Step, usize) {
        for (index, byte) in bytes.iter().enumerate() {
            if self.in_text {
                match byte {
                    // JSON has no line feed within a text: the text's end is gone, and the next line may be sound.
                    b'\n' => return (Step::Broken, index + 1),
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.in_text = false,
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.in_text = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return (Step::End, index + 1);
                    }
                }
                _ => {}
            }
        }
        (Step::On, bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, limit: usize, wanted: &[(Piece, u64, &str)]) {
        // Buffers of every size: where one ends makes no difference.
        for capacity in [1, 2, 7, 4096] {
            let reader = io::BufReader::with_capacity(capacity, text.as_bytes());
            let mut pieces = Pieces::new(reader, Layout::of(text.as_bytes()), Encoding::Utf8, limit, 0);
            let mut found = Vec::new();
            let mut out = Vec::new();
            while let Some((piece, start)) = pieces.next(&mut out).unwrap() {
                found.push((piece, start, String::from_utf8(out.clone()).unwrap()));
            }
            let found: Vec<_> = found.iter().map(|(piece, start, text)| (*piece, *start, text.as_str())).collect();
            assert_eq!(found, wanted, "buffers of {capacity} bytes");
            assert_eq!(pieces.position(), text.len() as u64);
        }
    }

    #[test]
    fn lines() {
        check(
            "{}\r\n\n{\"a\":1}",
            100,
            &[(Piece::Whole, 0, "{}\r\n"), (Piece::Whole, 4, "\n"), (Piece::Last, 5, "{\"a\":1}")],
        );
    }

    #[test]
    fn a_line_past_the_limit_costs_only_itself() {
        check("{1234567890}\n{}\n", 5, &[(Piece::TooLong, 0, ""), (Piece::Whole, 13, "{}\n")]);
    }

    #[test]
    fn the_elements_of_an_array() {
        check(
            "[{\"a\":\"]}\\\"\"},\n {\"b\":[{}]}]\n",
            100,
            &[(Piece::Whole, 1, "{\"a\":\"]}\\\"\"}"), (Piece::Whole, 16, "{\"b\":[{}]}")],
        );
    }

    #[test]
    fn documents_over_several_lines() {
        check(
            "Record 1\n{\n \"a\": 1\n}\nRecord 2\n{\n \"b\": {}\n}\n",
            100,
            &[(Piece::Whole, 9, "{\n \"a\": 1\n}"), (Piece::Whole, 30, "{\n \"b\": {}\n}")],
        );
    }

    #[test]
    fn damage_in_an_array_ends_with_its_line() {
        check(
            "[{\"a\":\"x},\n{\"b\":1},\nnonsense\n{\"c\":2",
            100,
            &[
                (Piece::Stray, 1, "{\"a\":\"x},\n"),
                (Piece::Whole, 11, "{\"b\":1}"),
                (Piece::Stray, 20, "nonsense\n"),
                (Piece::Last, 29, "{\"c\":2"),
            ],
        );
        check("[{12345},{}]", 5, &[(Piece::TooLong, 1, ""), (Piece::Whole, 9, "{}")]);
    }
}
