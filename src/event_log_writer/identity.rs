//! GUIDs and security identifiers in their binary form.

use std::fmt;

/// A GUID, as the sixteen bytes that stand in the log: the first three parts little-endian.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Guid(pub [u8; 16]);

impl Guid {
    /// Makes a GUID of its written parts, `{first-second-third-rest}`, rest being eight bytes.
    pub const fn new(first: u32, second: u16, third: u16, rest: [u8; 8]) -> Self {
        let (a, b, c, r) = (first.to_le_bytes(), second.to_le_bytes(), third.to_le_bytes(), rest);
        Self([a[0], a[1], a[2], a[3], b[0], b[1], c[0], c[1], r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7]])
    }
}

impl fmt::Display for Guid {
    /// Lower case and in braces.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
        out.write_str("{")?;
        for (position, index) in order.into_iter().enumerate() {
            if matches!(position, 4 | 6 | 8 | 10) {
                out.write_str("-")?;
            }
            write!(out, "{:02x}", self.0[index])?;
        }
        out.write_str("}")
    }
}

/// A security identifier: revision 1, an authority of 48 bits and up to 255 sub-authorities.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sid {
    /// The identifier authority; only its low 48 bits are written.
    pub authority: u64,
    /// The sub-authorities, of which the first 255 are written.
    pub parts: Vec<u32>,
}

impl Sid {
    /// `S-1-5-18`: the local system.
    pub fn local_system() -> Self {
        Self::new(5, &[18])
    }

    /// `S-1-0-0`: nobody, which Windows writes for "no other account".
    pub fn nobody() -> Self {
        Self::new(0, &[0])
    }

    /// `S-1-16-level`: a mandatory label, 8192 for medium, 12288 for high, 16384 for system.
    pub fn mandatory_label(level: u32) -> Self {
        Self::new(16, &[level])
    }

    /// `S-1-authority-part-part-…`.
    pub fn new(authority: u64, parts: &[u32]) -> Self {
        Self { authority, parts: parts.to_vec() }
    }

    pub(super) fn append_to(&self, bytes: &mut Vec<u8>) {
        let count = u8::try_from(self.parts.len()).unwrap_or(u8::MAX);
        bytes.extend_from_slice(&[1, count]);
        bytes.extend_from_slice(&self.authority.to_be_bytes()[2..]);
        for part in self.parts.iter().take(usize::from(count)) {
            bytes.extend_from_slice(&part.to_le_bytes());
        }
    }
}

impl fmt::Display for Sid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "S-1-{}", self.authority)?;
        for part in &self.parts {
            write!(out, "-{part}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guid_parts_are_little_endian() {
        let guid = Guid::new(0x5484_9625, 0x5478, 0x4994, [0xa5, 0xba, 0x3e, 0x3b, 3, 0x28, 0xc3, 0x0d]);
        assert_eq!(&guid.0[..6], &[0x25, 0x96, 0x84, 0x54, 0x78, 0x54]);
        assert_eq!(guid.to_string(), "{54849625-5478-4994-a5ba-3e3b0328c30d}");
    }

    #[test]
    fn sid_authority_is_big_endian() {
        let mut bytes = Vec::new();
        Sid::mandatory_label(12288).append_to(&mut bytes);
        assert_eq!(bytes, [1, 1, 0, 0, 0, 0, 0, 16, 0, 0x30, 0, 0]);
        assert_eq!(Sid::new(5, &[21, 1, 2, 3, 1001]).to_string(), "S-1-5-21-1-2-3-1001");
    }
}
