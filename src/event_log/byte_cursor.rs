//! A checked reading position in the bytes of a chunk.

/// Why bytes could not be read as what they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// Where, in bytes from the start of the chunk.
    pub(crate) offset: usize,
    /// What was wrong.
    pub(crate) what: &'static str,
}

/// Reads little-endian values between a position and an end; never past the end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ByteCursor<'c> {
    bytes: &'c [u8],
    position: usize,
    end: usize,
}

impl<'c> ByteCursor<'c> {
    /// A cursor over `bytes[start..end]`; offsets stay those of `bytes`.
    pub(crate) fn new(bytes: &'c [u8], start: usize, end: usize) -> Result<Self, Malformed> {
        if start > end || end > bytes.len() {
            return Err(Malformed { offset: start, what: "an offset points outside the chunk" });
        }
        Ok(Self { bytes, position: start, end })
    }

    pub(crate) fn position(&self) -> usize {
        self.position
    }

    pub(crate) fn remaining(&self) -> usize {
        self.end - self.position
    }

    pub(crate) fn take(&mut self, length: usize, what: &'static str) -> Result<&'c [u8], Malformed> {
        if length > self.remaining() {
            return Err(Malformed { offset: self.position, what });
        }
        let taken = &self.bytes[self.position..self.position + length];
        self.position += length;
        Ok(taken)
    }

    pub(crate) fn u8(&mut self, what: &'static str) -> Result<u8, Malformed> {
        Ok(self.take(1, what)?[0])
    }

    pub(crate) fn u16(&mut self, what: &'static str) -> Result<u16, Malformed> {
        let bytes = self.take(2, what)?;
        Ok(u16::from_le_bytes([bytes[0], bytes[1]]))
    }

    pub(crate) fn u32(&mut self, what: &'static str) -> Result<u32, Malformed> {
        let bytes = self.take(4, what)?;
        Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    pub(crate) fn malformed(&self, what: &'static str) -> Malformed {
        Malformed { offset: self.position, what }
    }
}

/// The 32-bit number at an offset, if the bytes reach that far.
pub(crate) fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    bytes.get(offset..offset + 4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}

/// The 64-bit number at an offset, if the bytes reach that far.
pub(crate) fn u64_at(bytes: &[u8], offset: usize) -> Option<u64> {
    let slice = bytes.get(offset..offset + 8)?;
    let mut eight = [0u8; 8];
    eight.copy_from_slice(slice);
    Some(u64::from_le_bytes(eight))
}
