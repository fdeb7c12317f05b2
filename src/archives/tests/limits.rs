//! Each limit is met, is named, and the rest goes on.

use std::time::{Duration, Instant};

use sevenz_rust2::EncoderMethod;
use zip::CompressionMethod;

use super::super::Reason;
use super::making::{deflated_zip, gzip, noise, seven_zip, tar, xz_with, zeros_in_zstandard, zip, zstandard};
use super::{ArchiveLimits, leaves_within, refusals};

fn limits() -> ArchiveLimits {
    ArchiveLimits::default()
}

#[test]
fn depth() {
    let gzipped = gzip(&tar(&[("x", b"x")]));
    let inner = deflated_zip(&[("deep.tar.gz", &gzipped), ("beside", b"b")]);
    let outer = deflated_zip(&[("inner.zip", &inner), ("after", b"a")]);
    let with_depth = |depth| {
        let (found, report) = leaves_within("o", &outer, ArchiveLimits { depth, ..limits() }, None);
        let names: Vec<String> = found.into_iter().map(|leaf| leaf.0).collect();
        (names.join(" "), report)
    };
    let (names, report) = with_depth(3);
    assert_eq!((names.as_str(), report.refusals), ("o!/inner.zip!/deep.tar.gz!/x o!/inner.zip!/beside o!/after", 0));
    let (names, report) = with_depth(2);
    assert_eq!(names, "o!/inner.zip!/beside o!/after");
    assert_eq!(refusals(&report), [("o!/inner.zip!/deep.tar.gz", Reason::Depth)]);
    let (names, report) = with_depth(1);
    assert_eq!(names, "o!/after");
    assert_eq!(refusals(&report), [("o!/inner.zip", Reason::Depth)]);
    let (names, report) = with_depth(0);
    assert_eq!((names.as_str(), refusals(&report)), ("", vec![("o", Reason::Depth)]));
}

#[test]
fn members() {
    let files: Vec<(String, Vec<u8>)> = (0..20_u8).map(|n| (format!("m{n}"), vec![n])).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let archives = [
        deflated_zip(&files),
        tar(&files),
        seven_zip(&files, &[EncoderMethod::LZMA2], true, None),
        seven_zip(&files, &[EncoderMethod::COPY], false, None),
    ];
    for archive in archives {
        let (found, report) = leaves_within("a", &archive, ArchiveLimits { members: 7, ..limits() }, None);
        assert_eq!((found.len(), refusals(&report)), (7, vec![("a", Reason::Members)]));
    }
}

#[test]
fn unpacked_bytes() {
    let noise = noise(1, 100_000);
    let archive = deflated_zip(&[("a", &noise), ("b", &noise), ("c", &noise)]);
    let (found, report) = leaves_within("z", &archive, ArchiveLimits { unpacked_bytes: 150_000, ..limits() }, None);
    // What was read of the member before the limit is the visitor's.
    assert_eq!(found[0].1, noise);
    assert!(found.len() == 2 && noise.starts_with(&found[1].1));
    assert_eq!(refusals(&report), [("z!/b", Reason::UnpackedBytes), ("z", Reason::UnpackedBytes)]);
}

#[test]
fn ratio_of_one_member_leaves_the_rest() {
    let zeros = vec![0; 3 << 20];
    let limits = ArchiveLimits { ratio: 10, bytes_before_ratio: 1 << 20, ..limits() };
    for archive in [
        deflated_zip(&[("bomb", &zeros), ("after", b"a")]),
        zip(&[("bomb", &zeros), ("after", b"a")], CompressionMethod::Bzip2),
        zip(&[("bomb", &zeros), ("after", b"a")], CompressionMethod::Zstd),
        seven_zip(&[("bomb", &zeros), ("after", b"a")], &[EncoderMethod::LZMA2], false, None),
    ] {
        // The outermost file's own ratio is out of reach here.
        let padding = noise(1, 300_000);
        let archive = zip(&[("x", &archive), ("y", &padding)], CompressionMethod::Stored);
        let (found, report) = leaves_within("z", &archive, limits.clone(), None);
        let names: Vec<&str> = found.iter().map(|leaf| leaf.0.as_str()).collect();
        assert_eq!(names, ["z!/x!/bomb", "z!/x!/after", "z!/y"]);
        assert!(found[0].1.len() <= (1 << 20) + 100_000);
        assert_eq!(report.refused[0].reason, Reason::Ratio);
        assert_eq!(report.refused[0].name, "z!/x!/bomb");
    }
    let (_, report) = leaves_within("x.gz", &gzip(&zeros), limits.clone(), None);
    assert_eq!(report.refused[0].reason, Reason::Ratio);
    // A stream of which more is needed than it may give is given up as a whole.
    let (found, report) =
        leaves_within("t.gz", &gzip(&tar(&[("a", b"a"), ("bomb", &zeros), ("b", b"b")])), limits, None);
    assert_eq!((found.len(), found[0].1.as_slice()), (2, &b"a"[..]));
    assert_eq!(refusals(&report), [("t.gz!/bomb", Reason::Ratio), ("t.gz", Reason::Ratio)]);
}

#[test]
fn ratio_counts_what_archives_within_a_member_unpack_to() {
    let zeros = vec![0; 300_000];
    let members: Vec<String> = (0..30).map(|number| format!("m{number}")).collect();
    let many: Vec<(&str, &[u8])> = members.iter().map(|name| (name.as_str(), zeros.as_slice())).collect();
    // Every member for itself stays below what may be unpacked whatever the ratio.
    let bomb = deflated_zip(&[("bomb.zip", &deflated_zip(&many)), ("after", b"a")]);
    let limits = ArchiveLimits { ratio: 100, bytes_before_ratio: 1 << 20, ..limits() };
    let padding = noise(1, 100_000);
    let archive = zip(&[("x", &bomb), ("y", &padding)], CompressionMethod::Stored);
    let (found, report) = leaves_within("z", &archive, limits, None);
    let unpacked: usize = found.iter().map(|leaf| leaf.1.len()).sum();
    assert!(unpacked < 2_000_000, "{unpacked}");
    assert!(found.iter().any(|leaf| leaf.0 == "z!/x!/after"));
    assert_eq!(found.last().unwrap().0, "z!/y");
    let last = report.refused.last().unwrap();
    assert_eq!((last.name.as_str(), last.reason), ("z!/x!/bomb.zip", Reason::Ratio));
}

#[test]
fn time_ends_one_member_and_not_the_rest() {
    let limits = ArchiveLimits { time_per_member: Duration::from_millis(150), ratio: u64::MAX, ..limits() };
    let endless = zeros_in_zstandard(64 << 10);
    let archive = tar(&[("a", b"a"), ("endless.zst", &endless), ("b", b"b")]);
    let began = Instant::now();
    let (found, report) = read_without_keeping(&archive, limits);
    assert!(began.elapsed() < Duration::from_secs(20));
    assert_eq!(found, ["t!/a", "t!/endless.zst!/endless", "t!/b"]);
    assert_eq!(report.refused[0].reason, Reason::Time);
    assert_eq!(report.refused[0].name, "t!/endless.zst!/endless");
}

/// Reads every member to its end and keeps the names.
fn read_without_keeping(archive: &[u8], limits: ArchiveLimits) -> (Vec<String>, super::WalkReport) {
    use std::io::Write;
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(archive).unwrap();
    let budget = std::sync::Arc::new(super::Budget::new(limits));
    let mut names = Vec::new();
    let mut visitor = |member: &mut super::Member<'_>| {
        names.push(member.name.to_owned());
        let _ = std::io::copy(member, &mut std::io::sink());
        std::ops::ControlFlow::Continue(())
    };
    let report = super::walk(file.path(), "t", &super::WalkSettings::default(), &budget, &mut visitor);
    (names, report)
}

#[test]
fn time_ends_a_decoder_that_gives_nothing() {
    // Streams without content: nothing comes out that could be counted.
    let archive = gzip(b"").repeat(200_000);
    let limits = ArchiveLimits { time_per_member: Duration::from_millis(50), ..limits() };
    let began = Instant::now();
    let (_, report) = read_without_keeping(&archive, limits);
    assert!(began.elapsed() < Duration::from_secs(20));
    assert_eq!(refusals(&report)[0].1, Reason::Time);
}

#[test]
fn time_of_a_whole_file() {
    let files: Vec<(String, Vec<u8>)> = (0..200_u64).map(|n| (format!("m{n}"), noise(n, 20_000))).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let limits = ArchiveLimits { time_per_file: Duration::from_nanos(1), ..limits() };
    for archive in [deflated_zip(&files), tar(&files), seven_zip(&files, &[EncoderMethod::LZMA2], false, None)] {
        let (found, report) = read_without_keeping(&archive, limits.clone());
        assert!(found.len() < 200);
        let last = report.refused.last().unwrap();
        assert_eq!((last.name.as_str(), last.reason), ("t", Reason::Time));
    }
}

#[test]
fn spool_space() {
    let noise = noise(1, 9 << 20);
    let inner = zip(&[("x", &noise)], CompressionMethod::Stored);
    let archive = tar(&[("a.zip", &inner), ("after", b"a")]);
    let (found, report) = leaves_within("t", &archive, ArchiveLimits { spooled_bytes: 1 << 20, ..limits() }, None);
    assert_eq!(found, [("t!/after".to_owned(), b"a".to_vec())]);
    assert_eq!(refusals(&report), [("t!/a.zip", Reason::SpoolSpace)]);
}

#[test]
fn spool_folder_that_cannot_be_written() {
    use std::io::Write;
    let noise = noise(1, 9 << 20);
    let inner = zip(&[("x", &noise)], CompressionMethod::Stored);
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&tar(&[("a.zip", &inner)])).unwrap();
    let settings = super::WalkSettings { spool_folder: "/nowhere/at/all".into(), ..Default::default() };
    let budget = std::sync::Arc::new(super::Budget::new(limits()));
    let mut nothing = |_: &mut super::Member<'_>| std::ops::ControlFlow::Continue(());
    let report = super::walk(file.path(), "t", &settings, &budget, &mut nothing);
    assert_eq!(refusals(&report), [("t!/a.zip", Reason::SpoolSpace)]);
}

#[test]
fn memory_of_decoders() {
    let limits = ArchiveLimits { decoder_memory: 1 << 20, ..limits() };
    let text = b"text ".repeat(20_000);
    // Preset 6 of xz has a window of 8 MiB.
    let (_, report) = leaves_within("x.xz", &xz_with(&text, 6), limits.clone(), None);
    assert_eq!(refusals(&report), [("x.xz!/x", Reason::DecoderMemory)]);
    let seven = seven_zip(&[("a", &text), ("b", b"b")], &[EncoderMethod::LZMA2], true, None);
    let (_, report) = leaves_within("x.7z", &seven, limits.clone(), None);
    assert_eq!(refusals(&report), [("x.7z!/a", Reason::DecoderMemory), ("x.7z!/b", Reason::DecoderMemory)]);
    let inner = zip(&[("a", &text), ("b", b"b")], CompressionMethod::Xz);
    let (found, report) = leaves_within("x.zip", &inner, limits.clone(), None);
    assert_eq!((found.len(), report.refused.iter().all(|refusal| refusal.reason == Reason::DecoderMemory)), (0, true));
    let inner = zip(&[("a", &text)], CompressionMethod::Ppmd);
    let (found, report) = leaves_within("x.zip", &inner, limits.clone(), None);
    assert_eq!((found.len(), refusals(&report)), (0, vec![("x.zip!/a", Reason::DecoderMemory)]));
    // A window of 16 MiB, claimed in the frame's header.
    let mut frame = zeros_in_zstandard(1);
    frame[5] = (24 - 10) << 3;
    let (_, report) = leaves_within("x.zst", &frame, limits.clone(), None);
    assert_eq!(refusals(&report), [("x.zst!/x", Reason::DecoderMemory)]);
    let (found, report) = leaves_within("x.zst", &zstandard(&text), limits, None);
    assert_eq!((found[0].1.as_slice(), report.refusals), (text.as_slice(), 0));
}

#[test]
fn lzma_in_a_zip_is_refused_by_its_window() {
    use super::making::{RawMember, raw_zip};
    // Version, size of the properties, properties with a window of 4 GiB.
    let mut member = RawMember::new("x", b"\x10\x02\x05\0\x5D\xFF\xFF\xFF\xFFcontent");
    member.method = 14;
    let (found, report) = leaves_within("z", &raw_zip(&[member]), limits(), None);
    assert_eq!((found.len(), refusals(&report)), (0, vec![("z!/x", Reason::DecoderMemory)]));
}
