//! Makes archives: with the writers of the crates that read them, and by hand where those would refuse.

use std::io::{Cursor, Write};

use lzma_rust2::{XzOptions, XzWriter};
use sevenz_rust2::encoder_options::{AesEncoderOptions, PpmdOptions};
use sevenz_rust2::{ArchiveEntry, ArchiveWriter, EncoderConfiguration, EncoderMethod, SourceReader};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A file's name and its bytes.
pub(super) type File<'f> = (&'f str, &'f [u8]);

/// What makes an archive or a compressed file of some bytes.
pub(super) type Pack = fn(&[u8]) -> Vec<u8>;

pub(super) fn zip(files: &[File<'_>], method: CompressionMethod) -> Vec<u8> {
    zip_with(files, SimpleFileOptions::default().compression_method(method))
}

pub(super) fn deflated_zip(files: &[File<'_>]) -> Vec<u8> {
    zip(files, CompressionMethod::Deflated)
}

pub(super) fn zip_with(files: &[File<'_>], options: SimpleFileOptions) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A zip as it is written into a pipe: sums and sizes stand behind the bytes.
pub(super) fn zip_with_descriptors(files: &[File<'_>], method: CompressionMethod) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = ZipWriter::new_stream(&mut bytes);
    for (name, content) in files {
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap();
    bytes
}

pub(super) fn tar(files: &[File<'_>]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn zstandard(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

pub(super) fn xz(bytes: &[u8]) -> Vec<u8> {
    xz_with(bytes, 1)
}

pub(super) fn xz_with(bytes: &[u8], preset: u32) -> Vec<u8> {
    let mut writer = XzWriter::new(Vec::new(), XzOptions::with_preset(preset)).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// A 7z of one block for each file, or of one for all.
pub(super) fn seven_zip(files: &[File<'_>], methods: &[EncoderMethod], solid: bool, password: Option<&str>) -> Vec<u8> {
    let mut writer = ArchiveWriter::new(Cursor::new(Vec::new())).unwrap();
    let mut configurations: Vec<EncoderConfiguration> = Vec::new();
    if let Some(password) = password {
        configurations.push(AesEncoderOptions::new(password.into()).into());
    }
    configurations.extend(methods.iter().map(|method| match *method {
        // With the preset's hundreds of MiB every damaged archive of the tests would take half a second.
        EncoderMethod::PPMD => PpmdOptions::from_order_memory_size(6, 1 << 20).into(),
        method => EncoderConfiguration::new(method),
    }));
    writer.set_content_methods(configurations);
    if solid {
        let entries = files.iter().map(|(name, _)| ArchiveEntry::new_file(name)).collect();
        let readers = files.iter().map(|(_, bytes)| SourceReader::new(*bytes)).collect();
        writer.push_archive_entries(entries, readers).unwrap();
    } else {
        for (name, bytes) in files {
            writer.push_archive_entry(ArchiveEntry::new_file(name), Some(*bytes)).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

/// A member of a zip made by hand. Everything in it may be a lie.
#[derive(Clone)]
pub(super) struct RawMember {
    pub(super) name: Vec<u8>,
    pub(super) stored: Vec<u8>,
    /// The size that the directory claims.
    pub(super) claimed: Option<u32>,
    /// The member's header that the directory points to, if not its own.
    pub(super) points_to: Option<usize>,
    /// The upper byte of "version made by": 0 is DOS, 3 is Unix.
    pub(super) system: u8,
    pub(super) method: u16,
    pub(super) flags: u16,
    pub(super) unix_mode: u16,
}

impl RawMember {
    pub(super) fn new(name: impl AsRef<[u8]>, stored: &[u8]) -> Self {
        let name = name.as_ref().to_owned();
        Self {
            name,
            stored: stored.to_owned(),
            claimed: None,
            points_to: None,
            system: 3,
            method: 0,
            flags: 0,
            unix_mode: 0o100_644,
        }
    }
}

/// A zip of stored members, byte by byte (APPNOTE 4.3).
pub(super) fn raw_zip(members: &[RawMember]) -> Vec<u8> {
    let mut zip = Vec::new();
    let mut starts = Vec::new();
    for member in members {
        starts.push(zip.len());
        zip.extend(b"PK\x03\x04\x14\0");
        zip.extend(common_header(member));
        zip.extend(&member.name);
        zip.extend(&member.stored);
    }
    let directory = zip.len();
    for (index, member) in members.iter().enumerate() {
        zip.extend(b"PK\x01\x02\x14");
        zip.push(member.system);
        zip.extend(b"\x14\0");
        zip.extend(common_header(member));
        zip.extend([0; 6]);
        zip.extend([0; 2]);
        zip.extend(member.unix_mode.to_le_bytes());
        zip.extend((starts[member.points_to.unwrap_or(index)] as u32).to_le_bytes());
        zip.extend(&member.name);
    }
    let size = zip.len() - directory;
    zip.extend(b"PK\x05\x06\0\0\0\0");
    zip.extend((members.len() as u16).to_le_bytes());
    zip.extend((members.len() as u16).to_le_bytes());
    zip.extend((size as u32).to_le_bytes());
    zip.extend((directory as u32).to_le_bytes());
    zip.extend([0; 2]);
    zip
}

/// Flags to lengths, which both headers of a member have.
fn common_header(member: &RawMember) -> Vec<u8> {
    let size = member.claimed.unwrap_or(member.stored.len() as u32);
    let mut header = Vec::new();
    header.extend(member.flags.to_le_bytes());
    header.extend(member.method.to_le_bytes());
    header.extend([0; 4]);
    header.extend(crc32fast::hash(&member.stored).to_le_bytes());
    header.extend(size.to_le_bytes());
    header.extend(size.to_le_bytes());
    header.extend((member.name.len() as u16).to_le_bytes());
    header.extend([0; 2]);
    header
}

/// A Zstandard frame of zeros, made of blocks of one repeated byte (RFC 8878, 3.1.1.2): four bytes for 128 KiB.
pub(super) fn zeros_in_zstandard(mebibytes: usize) -> Vec<u8> {
    const BLOCK: u32 = 128 << 10;
    const REPEATED: u32 = 1 << 1;
    let mut frame = vec![0x28, 0xB5, 0x2F, 0xFD, 0, 0x38];
    let blocks = mebibytes * 8;
    for block in 1..=blocks {
        let header = u32::from(block == blocks) | REPEATED | BLOCK << 3;
        frame.extend(&header.to_le_bytes()[..3]);
        frame.push(0);
    }
    frame
}

/// Bytes that do not compress, the same for the same seed.
pub(super) fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..length).map(|_| next()).collect()
}
