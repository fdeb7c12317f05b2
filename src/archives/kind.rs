//! What kind of archive some bytes are.

use std::fmt;

/// The forms of archives and of compressed files that are walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `.zip`
    Zip,
    /// `.tar`
    Tar,
    /// `.7z`
    SevenZip,
    /// `.gz`
    Gzip,
    /// `.bz2`
    Bzip2,
    /// `.zst`
    Zstandard,
    /// `.xz`
    Xz,
}

impl Kind {
    /// The usual ending of the names of such files, without the dot.
    pub fn ending(self) -> &'static str {
        match self {
            Kind::Zip => "zip",
            Kind::Tar => "tar",
            Kind::SevenZip => "7z",
            Kind::Gzip => "gz",
            Kind::Bzip2 => "bz2",
            Kind::Zstandard => "zst",
            Kind::Xz => "xz",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.ending())
    }
}

/// Recognises an archive by its first bytes, never by its name. 512 bytes are enough; with fewer, a tar is not seen.
pub fn recognise(head: &[u8]) -> Option<Kind> {
    // A member's header, the end record of an empty zip, and the mark before the first member of a split zip.
    let zip_marks: [&[u8]; 4] = [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08PK\x03\x04", b"PK00PK\x03\x04"];
    if zip_marks.iter().any(|mark| head.starts_with(mark)) {
        Some(Kind::Zip)
    } else if head.starts_with(b"7z\xBC\xAF\x27\x1C") {
        Some(Kind::SevenZip)
    } else if head.starts_with(&[0x1F, 0x8B, 8]) {
        Some(Kind::Gzip)
    } else if head.starts_with(&[0xFD, b'7', b'z', b'X', b'Z', 0]) {
        Some(Kind::Xz)
    } else if is_bzip2(head) {
        Some(Kind::Bzip2)
    } else if is_zstandard(head) {
        Some(Kind::Zstandard)
    } else if head.get(..512).is_some_and(is_tar_header) {
        Some(Kind::Tar)
    } else {
        None
    }
}

/// `BZh`, the size of a block, and the magic of the first block or of the end of an empty stream.
fn is_bzip2(head: &[u8]) -> bool {
    const BLOCK: &[u8] = &[0x31, 0x41, 0x59, 0x26, 0x53, 0x59];
    const END: &[u8] = &[0x17, 0x72, 0x45, 0x38, 0x50, 0x90];
    head.starts_with(b"BZh")
        && head.get(3).is_some_and(|level| (b'1'..=b'9').contains(level))
        && head.get(4..10).is_some_and(|magic| magic == BLOCK || magic == END)
}

/// A frame (RFC 8878, 3.1.1), or skippable frames before one, as parallel compressors write them.
fn is_zstandard(mut head: &[u8]) -> bool {
    loop {
        if head.starts_with(&[0x28, 0xB5, 0x2F, 0xFD]) {
            return true;
        }
        let (Some(magic), Some(size)) = (u32_at(head, 0), u32_at(head, 4)) else { return false };
        let next = usize::try_from(size).ok().and_then(|size| size.checked_add(8));
        match next.and_then(|next| head.get(next..)) {
            Some(rest) if magic & 0xFFFF_FFF0 == 0x184D_2A50 => head = rest,
            _ => return false,
        }
    }
}

fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    bytes.get(offset..offset + 4)?.try_into().ok().map(u32::from_le_bytes)
}

/// Whether a block of 512 bytes is the header of a tar's member: its checksum is right. The checksum alone is a weak
/// mark, so a header without the magic of POSIX or GNU has to look like one of the old form in all it says.
pub(super) fn is_tar_header(block: &[u8]) -> bool {
    if block.len() != 512 {
        return false;
    }
    let sum: u64 =
        block[..148].iter().chain(&block[156..]).map(|byte| u64::from(*byte)).sum::<u64>() + 8 * u64::from(b' ');
    if octal(&block[148..156]) != Some(sum) {
        return false;
    }
    if &block[257..262] == b"ustar" {
        return true;
    }
    let old_type = matches!(block[156], 0 | b'0'..=b'7');
    block[0] > b' ' && old_type && octal(&block[124..136]).is_some() && octal(&block[100..108]).is_some()
}

/// A number in octal digits, between blanks and zeros.
fn octal(field: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(field).ok()?;
    let digits = text.trim_matches([' ', '\0']);
    u64::from_str_radix(digits, 8).ok()
}
