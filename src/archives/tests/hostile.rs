//! Archives made to do harm, and archives that came to harm.

use std::time::{Duration, Instant};

use sevenz_rust2::EncoderMethod;
use zip::CompressionMethod;

use super::super::Reason;
use super::making::{
    Pack, RawMember, bzip2, deflated_zip, gzip, noise, raw_zip, seven_zip, tar, xz, zeros_in_zstandard, zip,
    zip_with_descriptors, zstandard,
};
use super::{ArchiveLimits, Leaf, assert_gives, leaves, refusals};

#[test]
fn ten_gigabytes_of_zeros_end_within_the_ratio() {
    let bomb = zeros_in_zstandard(10 << 10);
    assert!(bomb.len() < 400_000);
    // Packed once more, it may unpack to far less.
    for (archive, least, most) in [
        (zip(&[("bomb.zst", &bomb), ("after", b"a")], CompressionMethod::Stored), 400 << 20, 450 << 20),
        (deflated_zip(&[("bomb.zst", &bomb), ("after", b"a")]), 100 << 20, 110 << 20),
    ] {
        let mut unpacked = 0;
        let mut names = Vec::new();
        let report = walk_counting(&archive, &mut unpacked, &mut names);
        assert!((least..most).contains(&unpacked), "{unpacked}");
        assert_eq!(names, ["z!/bomb.zst!/bomb", "z!/after"]);
        assert_eq!(report.refused[0].reason, Reason::Ratio);
    }
}

fn walk_counting(archive: &[u8], unpacked: &mut u64, names: &mut Vec<String>) -> super::WalkReport {
    use std::io::Write;
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(archive).unwrap();
    let budget = std::sync::Arc::new(super::Budget::new(ArchiveLimits::default()));
    let mut visitor = |member: &mut super::Member<'_>| {
        names.push(member.name.to_owned());
        let mut buffer = vec![0; 1 << 20];
        while let Ok(bytes @ 1..) = std::io::Read::read(member, &mut buffer) {
            *unpacked += bytes as u64;
        }
        std::ops::ControlFlow::Continue(())
    };
    super::walk(file.path(), "z", &super::WalkSettings::default(), &budget, &mut visitor)
}

#[test]
fn a_hundredfold_nesting_ends_at_the_depth() {
    let makers: [Pack; 4] = [
        |inner| deflated_zip(&[("i", inner), ("beside", b"b")]),
        |inner| tar(&[("i", inner), ("beside", b"b")]),
        gzip,
        |inner| seven_zip(&[("i", inner), ("beside", b"b")], &[EncoderMethod::COPY], false, None),
    ];
    for make in makers {
        let archive = (0..100).fold(b"core".to_vec(), |inner, _| make(&inner));
        let (found, report) = leaves("o", &archive);
        let beside = if recognises_beside(&archive) { 8 } else { 0 };
        assert_eq!(found.len(), beside);
        assert_eq!(refusals(&report).iter().map(|refusal| refusal.1).collect::<Vec<_>>(), [Reason::Depth]);
        assert_eq!(report.refused[0].name.matches("!/").count(), 8);
    }
}

fn recognises_beside(archive: &[u8]) -> bool {
    super::super::recognise(archive) != Some(super::super::Kind::Gzip)
}

#[test]
fn members_that_share_bytes_are_given_once() {
    let noise = noise(1, 5_000);
    // One member's bytes under three names, and one whose bytes contain the headers of others.
    let mut members: Vec<RawMember> =
        ["a", "b", "c", "d"].iter().map(|name| RawMember::new(name, if *name == "a" { &noise } else { b"" })).collect();
    members[1].points_to = Some(0);
    members[1].claimed = Some(5_000);
    members[2].points_to = Some(0);
    members[2].claimed = Some(5_000);
    let (found, report) = leaves("z", &raw_zip(&members));
    assert_eq!(found, [("z!/a".to_owned(), noise), ("z!/d".to_owned(), vec![])]);
    assert_eq!(refusals(&report), [("z!/b", Reason::Overlap), ("z!/c", Reason::Overlap)]);
    // Each claims all up to the end of the last, as in the bombs that need no nesting.
    let mut members: Vec<RawMember> = (0..50).map(|n| RawMember::new(format!("{n:02}"), b"")).collect();
    for (index, member) in members.iter_mut().enumerate() {
        member.claimed = Some((49 - index as u32) * 32);
    }
    let (found, report) = leaves("z", &raw_zip(&members));
    // The first is itself an archive by its bytes, and gives what headers it holds: nothing.
    assert!(found.iter().all(|leaf| leaf.1.is_empty()), "{found:?}");
    let overlapping = refusals(&report).iter().filter(|refusal| refusal.1 == Reason::Overlap).count();
    assert_eq!(overlapping, 49);
}

#[test]
fn names_do_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let long = "n".repeat(60_000);
    let names: [(&[u8], &str); 11] = [
        (b"../../x", "z!/../../x"),
        (b"/etc/passwd", "z!//etc/passwd"),
        (b"C:\\Windows\\x.evtx", "z!/C:/Windows/x.evtx"),
        (b"\\\\server\\share\\x", "z!///server/share/x"),
        (b"CON", "z!/CON"),
        (b"a\0b.evtx", "z!/a\\u{0}b.evtx"),
        (b"same", "z!/same"),
        (b"same", "z!/same"),
        (b"\xFF\x80", "z!/\u{a0}Ç"),
        (b"", "z!/(no name)"),
        (long.as_bytes(), "z!/"),
    ];
    let members: Vec<RawMember> = names
        .iter()
        .enumerate()
        .map(|(index, (name, _))| RawMember { system: 0, ..RawMember::new(name, &[index as u8]) })
        .collect();
    let (found, report) = leaves("z", &raw_zip(&members));
    assert_eq!(refusals(&report), []);
    assert_eq!(found.len(), names.len());
    for (index, (leaf, (_, visible))) in found.iter().zip(&names).enumerate() {
        assert_eq!(leaf.1, [index as u8]);
        if index + 1 < names.len() {
            assert_eq!(leaf.0, *visible);
        } else {
            assert!(leaf.0.starts_with("z!/nnn") && leaf.0.chars().count() < 2_000);
        }
    }
    drop(folder);
}

#[test]
fn links_in_a_zip_are_passed_over_and_folders_with_bytes_are_not() {
    let mut link = RawMember::new("link", b"/etc/passwd");
    link.unix_mode = 0o120_777;
    let archive = raw_zip(&[link, RawMember::new("folder/", b""), RawMember::new("hidden/", b"evidence")]);
    let (found, report) = leaves("z", &archive);
    assert_eq!(found, [("z!/hidden/".to_owned(), b"evidence".to_vec())]);
    assert_eq!((report.passed_over, report.refusals), (1, 0));
}

#[test]
fn a_zip_without_its_directory_gives_its_members() {
    let (text, noise) = (b"4688 ".repeat(2_000), noise(2, 20_000));
    let files: [(&str, &[u8]); 3] = [("a", &text), ("b", &noise), ("c/d", b"d")];
    let expected: Vec<Leaf> = files.iter().map(|(name, bytes)| (format!("z!/{name}"), bytes.to_vec())).collect();
    let archives = [
        deflated_zip(&files),
        zip(&files, CompressionMethod::Stored),
        zip(&files, CompressionMethod::Zstd),
        zip_with_descriptors(&files, CompressionMethod::Deflated),
        zip_with_descriptors(&files, CompressionMethod::Stored),
    ];
    for archive in archives {
        let directory = archive.windows(4).position(|mark| mark == b"PK\x01\x02").unwrap();
        let (found, report) = leaves("z", &archive[..directory]);
        assert_eq!(found, expected);
        assert_eq!(refusals(&report), [("z", Reason::Damaged)]);
        // Cut within the second member: what there is of it is given.
        let second = archive.windows(4).enumerate().filter(|(_, mark)| mark == b"PK\x03\x04").nth(1).unwrap().0;
        let (found, report) = leaves("z", &archive[..second + 10_000]);
        assert_eq!((found.len(), &found[0]), (2, &expected[0]));
        assert!(noise.starts_with(&found[1].1) && found[1].1.len() > 1_000, "{}", found[1].1.len());
        assert_eq!(refusals(&report), [("z!/b", Reason::Damaged), ("z", Reason::Damaged)]);
    }
}

#[test]
fn a_directory_that_breaks_off_gives_all_members_once() {
    let members: Vec<RawMember> = (0..6_u8).map(|n| RawMember::new(format!("m{n}"), &[n; 100])).collect();
    let mut archive = raw_zip(&members);
    let third = archive.windows(4).enumerate().filter(|(_, mark)| mark == b"PK\x01\x02").nth(2).unwrap().0;
    archive[third] = b'X';
    let (found, report) = leaves("z", &archive);
    let names: Vec<&str> = found.iter().map(|leaf| leaf.0.as_str()).collect();
    assert_eq!(names, ["z!/m0", "z!/m1", "z!/m2", "z!/m3", "z!/m4", "z!/m5"]);
    assert_eq!(refusals(&report), [("z", Reason::Damaged)]);
}

#[test]
fn members_that_the_directory_does_not_count_are_given() {
    // The count has 16 bits, and runs over.
    let members: Vec<RawMember> = (0..66_000).map(|n| RawMember::new(format!("{n}"), b"x")).collect();
    let (found, report) = leaves("z", &raw_zip(&members));
    assert!(found.iter().enumerate().all(|(n, leaf)| leaf.0 == format!("z!/{n}")));
    assert_eq!((found.len(), refusals(&report)), (66_000, vec![("z", Reason::Damaged)]));
    let mut none = raw_zip(&members[..3]);
    let end = none.len() - 22;
    none[end + 8..end + 12].fill(0);
    let (found, report) = leaves("z", &none);
    assert_eq!((found.len(), refusals(&report)), (3, vec![("z", Reason::Damaged)]));
}

#[test]
fn a_damaged_member_is_named_and_the_rest_is_given() {
    let noise: Vec<Vec<u8>> = (0..3).map(|seed| noise(seed, 30_000)).collect();
    let files: [(&str, &[u8]); 3] = [("a", &noise[0]), ("b", &noise[1]), ("c", &noise[2])];
    for archive in [
        zip(&files, CompressionMethod::Stored),
        deflated_zip(&files),
        seven_zip(&files, &[EncoderMethod::COPY], false, None),
        seven_zip(&files, &[EncoderMethod::LZMA2], false, None),
    ] {
        let mut damaged = archive.clone();
        damaged[45_000] ^= 0xFF;
        let (found, report) = leaves("z", &damaged);
        assert_eq!((found.len(), &found[0].1, &found[2].1), (3, &noise[0], &noise[2]));
        assert_eq!(refusals(&report), [("z!/b", Reason::Damaged)]);
    }
    // What is packed in one with a damaged member cannot be reached.
    let mut solid = seven_zip(&files, &[EncoderMethod::LZMA2], true, None);
    solid[45_000] ^= 0xFF;
    let (found, report) = leaves("z", &solid);
    assert_eq!(found[0].1, noise[0]);
    assert_eq!(refusals(&report), [("z!/b", Reason::Damaged), ("z!/c", Reason::Damaged)]);
}

#[test]
fn a_tar_goes_on_behind_a_damaged_header() {
    let files: [(&str, &[u8]); 4] = [("a", b"a"), ("b", b"b"), ("c", b"c"), ("d", b"d")];
    let archive = tar(&files);
    let mut damaged = archive.clone();
    damaged[1_024 + 148] ^= 1;
    for (name, bytes) in [("t", damaged.clone()), ("t.xz", xz(&damaged))] {
        let (found, report) = leaves(name, &bytes);
        let names: Vec<String> = ["a", "c", "d"].iter().map(|member| format!("{name}!/{member}")).collect();
        assert_eq!(found.iter().map(|leaf| leaf.0.clone()).collect::<Vec<_>>(), names);
        assert_eq!(refusals(&report), [(name, Reason::Damaged)]);
    }
    // Two tars in one file, and one that is cut off.
    let two = [archive.as_slice(), &tar(&[("e", b"e")])].concat();
    assert_eq!(leaves("t", &two).0.len(), 5);
    let large = noise(1, 10_000);
    let cut = tar(&[("a", b"a"), ("b", &large)]);
    for (name, bytes) in [("t", cut[..5_000].to_vec()), ("t.gz", gzip(&cut[..5_000]))] {
        let (found, report) = leaves(name, &bytes);
        assert_eq!((found.len(), found[1].1.as_slice()), (2, &large[..5_000 - 1_536]));
        assert_eq!(refusals(&report), [(format!("{name}!/b").as_str(), Reason::Damaged), (name, Reason::Damaged)]);
    }
    let (found, report) = leaves("t", &archive[..4 * 1_024]);
    assert_eq!((found.len(), refusals(&report)), (4, vec![("t", Reason::Damaged)]));
}

fn tar_header(kind: tar::EntryType, size: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_path("x").unwrap();
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(0o644);
    header.set_cksum();
    header
}

#[test]
fn sizes_that_lie_in_a_tar() {
    for size in [u64::MAX, i64::MAX as u64, 1 << 40] {
        let header = tar_header(tar::EntryType::Regular, size);
        let archive = [header.as_bytes().as_slice(), b"content"].concat();
        for bytes in [archive.clone(), gzip(&archive)] {
            let (_, report) = leaves("t", &bytes);
            assert!(report.refused.iter().all(|refusal| refusal.reason == Reason::Damaged));
            assert!((1..=2).contains(&report.refusals), "{report:?}");
        }
    }
}

#[test]
fn a_long_name_that_never_ends_takes_no_memory() {
    let header = tar_header(tar::EntryType::GNULongName, 1 << 32);
    let archive = [header.as_bytes().as_slice(), &vec![b'n'; 4 << 20]].concat();
    let after = tar(&[("after", b"a")]);
    let (found, report) = leaves("t", &[archive, after].concat());
    assert_eq!(found, [("t!/after".to_owned(), b"a".to_vec())]);
    assert_eq!(refusals(&report), [("t", Reason::Damaged)]);
    assert!(report.refused[0].detail.contains("too large"));
}

#[test]
fn a_sparse_file_of_nothing_ends_at_the_ratio() {
    // The map: 512 bytes at the end of two exbibytes.
    let size: u64 = 1 << 61;
    let mut header = tar_header(tar::EntryType::GNUSparse, 512);
    let gnu = header.as_gnu_mut().unwrap();
    gnu.set_real_size(size);
    let entry = &mut gnu.sparse[0];
    entry.offset.copy_from_slice(&number(size - 512));
    entry.numbytes.copy_from_slice(&number(512));
    header.set_cksum();
    let archive = [header.as_bytes().as_slice(), &[7; 512], &tar(&[("after", b"a")])].concat();
    let (mut unpacked, mut names) = (0, Vec::new());
    let report = walk_counting(&archive, &mut unpacked, &mut names);
    assert_eq!(names, ["z!/x", "z!/after"]);
    assert!(unpacked < 102 << 20);
    assert_eq!(refusals(&report), [("z!/x", Reason::Ratio)]);
}

/// A number too large for octal digits, as GNU tar writes it.
fn number(value: u64) -> [u8; 12] {
    let mut bytes = [0; 12];
    bytes[0] = 0x80;
    bytes[4..].copy_from_slice(&value.to_be_bytes());
    bytes
}

#[test]
fn a_sparse_file_has_its_holes() {
    let mut header = tar_header(tar::EntryType::GNUSparse, 1_024);
    let gnu = header.as_gnu_mut().unwrap();
    gnu.set_real_size(5_120);
    for (index, offset) in [(0, 1_024), (1, 4_608)] {
        gnu.sparse[index].offset.copy_from_slice(&number(offset));
        gnu.sparse[index].numbytes.copy_from_slice(&number(512));
    }
    header.set_cksum();
    let archive = [header.as_bytes().as_slice(), &[7; 512], &[8; 512], &tar(&[])].concat();
    let mut expected = vec![0; 5_120];
    expected[1_024..1_536].fill(7);
    expected[4_608..].fill(8);
    assert_gives("t", &archive, &[("t!/x", &expected)]);
}

#[test]
fn a_file_behind_other_bytes_is_read_by_the_directory() {
    // A zip that begins with a member's mark and goes on with another zip: the directory at the end counts.
    let inner = zip(&[("inner", b"i")], CompressionMethod::Stored);
    let outer = zip(&[("a", &inner), ("b", b"b")], CompressionMethod::Stored);
    assert_gives("z", &outer, &[("z!/a!/inner", b"i"), ("z!/b", b"b")]);
}

#[test]
fn every_cut_and_every_damaged_byte_ends_without_harm() {
    let (text, noise) = (b"4688 ".repeat(40), noise(1, 300));
    let files: [(&str, &[u8]); 3] = [("a", &text), ("b.gz", &gzip(&noise)), ("c", b"c")];
    let archives = [
        deflated_zip(&files),
        zip_with_descriptors(&files, CompressionMethod::Deflated),
        tar(&files),
        seven_zip(&files, &[EncoderMethod::LZMA], true, None),
        seven_zip(&files, &[EncoderMethod::COPY], false, None),
        gzip(&tar(&files)),
        xz(&text),
        bzip2(&text),
        zstandard(&text),
        zip(&files, CompressionMethod::Bzip2),
        zip(&files, CompressionMethod::Zstd),
        zip(&files, CompressionMethod::Xz),
        seven_zip(&files, &[EncoderMethod::PPMD], true, None),
        seven_zip(&files, &[EncoderMethod::BZIP2], true, None),
        seven_zip(&files, &[EncoderMethod::DEFLATE], false, None),
        seven_zip(&files, &[EncoderMethod::BCJ_X86_FILTER, EncoderMethod::LZMA2], true, None),
    ];
    let began = Instant::now();
    for archive in archives {
        let step = (archive.len() / 150).max(1);
        for place in (0..archive.len()).step_by(step) {
            leaves("a", &archive[..place]);
            let mut damaged = archive.clone();
            damaged[place] ^= 1 << (place % 8);
            leaves("a", &damaged);
            damaged[place] = 0xFF;
            leaves("a", &damaged);
        }
    }
    assert!(began.elapsed() < Duration::from_secs(120));
}
