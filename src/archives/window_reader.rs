//! Reading with many short seeks: a seek costs nothing until bytes are wanted from outside of the window.

use std::io::{self, Read, Seek, SeekFrom};

/// Something that can be read and sought in.
pub(super) trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

const WINDOW: usize = 1 << 16;

/// A reader with a window of 64 KiB, which a seek does not throw away.
pub(super) struct WindowReader<'r> {
    inner: &'r mut dyn ReadSeek,
    /// Where the inner reader stands.
    inner_at: u64,
    window: Vec<u8>,
    window_at: u64,
    at: u64,
    length: u64,
}

impl<'r> WindowReader<'r> {
    pub(super) fn new(inner: &'r mut dyn ReadSeek) -> io::Result<Self> {
        let length = inner.seek(SeekFrom::End(0))?;
        Ok(Self { inner, inner_at: length, window: Vec::new(), window_at: 0, at: 0, length })
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// What of the window stands at the present place.
    fn ahead(&self) -> &[u8] {
        let skip = self.at.checked_sub(self.window_at).and_then(|skip| usize::try_from(skip).ok());
        skip.and_then(|skip| self.window.get(skip..)).unwrap_or(&[])
    }

    fn read_inner(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.inner_at != self.at {
            self.inner_at = self.inner.seek(SeekFrom::Start(self.at))?;
        }
        let bytes = self.inner.read(buffer)?;
        self.inner_at += bytes as u64;
        Ok(bytes)
    }
}

impl Read for WindowReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.length || buffer.is_empty() {
            return Ok(0);
        }
        if self.ahead().is_empty() {
            if buffer.len() >= WINDOW {
                let bytes = self.read_inner(buffer)?;
                self.at += bytes as u64;
                return Ok(bytes);
            }
            let mut window = std::mem::take(&mut self.window);
            window.resize(WINDOW, 0);
            let bytes = self.read_inner(&mut window)?;
            window.truncate(bytes);
            self.window = window;
            self.window_at = self.at;
        }
        let ahead = self.ahead();
        let bytes = ahead.len().min(buffer.len());
        buffer[..bytes].copy_from_slice(&ahead[..bytes]);
        self.at += bytes as u64;
        Ok(bytes)
    }
}

impl Seek for WindowReader<'_> {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        let target = match position {
            SeekFrom::Start(target) => Some(target),
            SeekFrom::End(offset) => self.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.at.checked_add_signed(offset),
        };
        self.at = target.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a seek to before the start"))?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn every_place_is_read_as_without_the_window() {
        let bytes: Vec<u8> = (0..300_000_u32).map(|number| (number / 7) as u8).collect();
        let mut plain = Cursor::new(bytes.clone());
        let mut reader = WindowReader::new(&mut plain).unwrap();
        let mut seed = 12_345_u64;
        for _ in 0..2_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let at = (seed >> 33) as usize % 310_000;
            let wanted = [1, 46, 8_192, 70_000][(seed >> 13) as usize % 4];
            reader.seek(SeekFrom::Start(at as u64)).unwrap();
            let mut read = Vec::new();
            reader.by_ref().take(wanted).read_to_end(&mut read).unwrap();
            let from = at.min(bytes.len());
            let to = (at + wanted as usize).min(bytes.len());
            assert_eq!(read, bytes[from..to]);
        }
        assert_eq!(reader.seek(SeekFrom::End(-1)).unwrap(), 299_999);
        assert!(reader.seek(SeekFrom::Current(-300_000)).is_err());
    }
}
