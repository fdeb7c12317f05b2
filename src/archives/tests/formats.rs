//! Every form gives its members, byte for byte.

use sevenz_rust2::EncoderMethod;
use zip::unstable::write::FileOptionsExt;
use zip::write::SimpleFileOptions;
use zip::{AesMode, CompressionMethod};

use super::super::{Kind, Reason, recognise};
use super::making::{
    Pack, RawMember, bzip2, deflated_zip, gzip, noise, raw_zip, seven_zip, tar, xz, zip, zip_with,
    zip_with_descriptors, zstandard,
};
use super::{ArchiveLimits, assert_gives, leaves, leaves_within, refusals};

const ZIP_METHODS: [CompressionMethod; 6] = [
    CompressionMethod::Stored,
    CompressionMethod::Deflated,
    CompressionMethod::Bzip2,
    CompressionMethod::Zstd,
    CompressionMethod::Xz,
    CompressionMethod::Ppmd,
];

fn text() -> Vec<u8> {
    b"4688 powershell.exe -EncodedCommand ".repeat(3_000)
}

#[test]
fn zip_by_every_method() {
    let (text, noise) = (text(), noise(1, 70_000));
    let files: [(&str, &[u8]); 3] = [("host1/Security.evtx", &text), ("empty", b""), ("host2/noise", &noise)];
    let expected: [(&str, &[u8]); 3] =
        [("case.zip!/host1/Security.evtx", &text), ("case.zip!/empty", b""), ("case.zip!/host2/noise", &noise)];
    for method in ZIP_METHODS {
        assert_gives("case.zip", &zip(&files, method), &expected);
    }
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated, CompressionMethod::Zstd] {
        assert_gives("case.zip", &zip_with_descriptors(&files, method), &expected);
    }
    let large = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).large_file(true);
    assert_gives("case.zip", &zip_with(&files, large), &expected);
}

#[test]
fn encrypted_zip_needs_its_password() {
    let (text, noise) = (text(), noise(1, 70_000));
    let files: [(&str, &[u8]); 2] = [("a", &text), ("b", &noise)];
    let plain = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let archives = [
        zip_with(&files, plain.with_deprecated_encryption(b"infected").unwrap()),
        zip_with(&files, plain.with_aes_encryption(AesMode::Aes256, "infected")),
        zip_with(&files, plain.with_aes_encryption(AesMode::Aes128, "infected")),
    ];
    for archive in archives {
        let (found, report) = leaves_within("z", &archive, ArchiveLimits::default(), Some("infected"));
        assert_eq!(refusals(&report), []);
        assert_eq!(found, [("z!/a".to_owned(), text.clone()), ("z!/b".to_owned(), noise.clone())]);
        let (found, report) = leaves("z", &archive);
        assert_eq!(found, []);
        assert_eq!(refusals(&report), [("z!/a", Reason::PasswordNeeded), ("z!/b", Reason::PasswordNeeded)]);
        let (_, report) = leaves_within("z", &archive, ArchiveLimits::default(), Some("wrong"));
        assert_eq!(report.refusals, 2);
        for refusal in &report.refused {
            let says_so = refusal.reason == Reason::WrongPassword || refusal.detail.contains("password is wrong");
            assert!(says_so, "{refusal}");
        }
    }
    // A password does no harm to what needs none.
    let (found, report) = leaves_within("z", &zip_with(&files, plain), ArchiveLimits::default(), Some("infected"));
    assert_eq!((found.len(), report.refusals), (2, 0));
}

#[test]
fn tar_with_long_names_links_and_folders() {
    let noise = noise(2, 5_000);
    let long = format!("{}/x.evtx", "folder/".repeat(40));
    let archive = tar(&[("./host0/x.evtx", &noise), (&long, b"y"), ("empty", b"")]);
    let mut builder = tar::Builder::new(archive[..archive.len() - 1_024].to_vec());
    let mut header = tar::Header::new_ustar();
    header.set_size(0);
    for (kind, name) in [(tar::EntryType::Symlink, "link"), (tar::EntryType::Link, "hard"), (tar::EntryType::Char, "c")]
    {
        header.set_entry_type(kind);
        builder.append_link(&mut header, name, "../../etc/passwd").unwrap();
    }
    header.set_entry_type(tar::EntryType::Directory);
    builder.append_data(&mut header, "folder/", &b""[..]).unwrap();
    let archive = builder.into_inner().unwrap();
    let (found, report) = leaves("t.tar", &archive);
    assert_eq!(refusals(&report), []);
    assert_eq!((report.passed_over, report.members, report.archives), (3, 3, 1));
    let long = format!("t.tar!/{long}");
    let expected = [("t.tar!/host0/x.evtx".to_owned(), noise), (long, b"y".to_vec()), ("t.tar!/empty".into(), vec![])];
    assert_eq!(found, expected);
}

const COMPRESSED: [(&str, Pack); 4] = [("gz", gzip), ("bz2", bzip2), ("zst", zstandard), ("xz", xz)];

#[test]
fn compressed_file_and_compressed_tar() {
    let (text, noise) = (text(), noise(3, 30_000));
    let archive = tar(&[("host1/x.evtx", &text), ("host2/y.evtx", &noise)]);
    for (ending, compress) in COMPRESSED {
        let name = format!("Security.evtx.{ending}");
        assert_gives(&name, &compress(&text), &[(&format!("{name}!/Security.evtx"), &text)]);
        assert_gives(&name, &compress(b""), &[(&format!("{name}!/Security.evtx"), b"")]);
        let name = format!("case.tar.{ending}");
        let expected: [(&str, &[u8]); 2] =
            [(&format!("{name}!/host1/x.evtx"), &text), (&format!("{name}!/host2/y.evtx"), &noise)];
        assert_gives(&name, &compress(&archive), &expected);
    }
}

#[test]
fn streams_one_after_the_other_and_what_follows_them() {
    let (text, noise) = (text(), noise(4, 30_000));
    let both = [text.as_slice(), &noise].concat();
    for (ending, compress) in COMPRESSED {
        let name = format!("x.{ending}");
        let full = format!("{name}!/x");
        let streams = [compress(&text), compress(b""), compress(&noise)].concat();
        assert_gives(&name, &streams, &[(&full, &both)]);
        assert_gives(&name, &[streams.as_slice(), &[0; 512]].concat(), &[(&full, &both)]);
        let (found, report) = leaves(&name, &[streams.as_slice(), b"garbage"].concat());
        assert_eq!(found, [(full.clone(), both.clone())]);
        assert_eq!(refusals(&report), [(name.as_str(), Reason::TrailingBytes)]);
        // Cut off: what comes before the cut is given, and the cut is named.
        let (found, report) = leaves(&name, &streams[..streams.len() - 9]);
        assert!(both.starts_with(&found[0].1) && found[0].1.len() >= text.len());
        assert_eq!(refusals(&report), [(full.as_str(), Reason::Damaged)]);
    }
    // Skippable frames, as parallel compressors write them.
    let skippable = [&[0x50, 0x2A, 0x4D, 0x18, 4, 0, 0, 0, 1, 2, 3, 4][..], &zstandard(&text)].concat();
    assert_gives("x.zst", &skippable, &[("x.zst!/x", &text)]);
}

#[test]
fn seven_zip_by_every_method() {
    let (text, noise) = (text(), noise(5, 30_000));
    let files: [(&str, &[u8]); 3] = [("a/x.evtx", &text), ("y", b"y"), ("z", &noise)];
    let expected: [(&str, &[u8]); 3] = [("c.7z!/a/x.evtx", &text), ("c.7z!/y", b"y"), ("c.7z!/z", &noise)];
    let methods = [
        EncoderMethod::COPY,
        EncoderMethod::LZMA,
        EncoderMethod::LZMA2,
        EncoderMethod::BZIP2,
        EncoderMethod::PPMD,
        EncoderMethod::DEFLATE,
    ];
    for method in methods {
        for solid in [false, true] {
            assert_gives("c.7z", &seven_zip(&files, &[method], solid, None), &expected);
        }
    }
    let filtered = seven_zip(&files, &[EncoderMethod::BCJ_X86_FILTER, EncoderMethod::LZMA2], true, None);
    assert_gives("c.7z", &filtered, &expected);
}

#[test]
fn encrypted_seven_zip_needs_its_password() {
    let text = text();
    let files: [(&str, &[u8]); 2] = [("a", &text), ("b", b"b")];
    for solid in [false, true] {
        // The names are encrypted too.
        let archive = seven_zip(&files, &[EncoderMethod::LZMA2], solid, Some("infected"));
        let (found, report) = leaves_within("c.7z", &archive, ArchiveLimits::default(), Some("infected"));
        assert_eq!(refusals(&report), []);
        assert_eq!(found, [("c.7z!/a".to_owned(), text.clone()), ("c.7z!/b".to_owned(), b"b".to_vec())]);
        let (found, report) = leaves("c.7z", &archive);
        assert_eq!((found.len(), refusals(&report)), (0, vec![("c.7z", Reason::PasswordNeeded)]));
        let (found, report) = leaves_within("c.7z", &archive, ArchiveLimits::default(), Some("wrong"));
        assert_eq!((found.len(), refusals(&report)), (0, vec![("c.7z", Reason::WrongPassword)]));
    }
}

#[test]
fn archives_within_archives() {
    let text = text();
    let inner = gzip(&tar(&[("x.evtx", &text)]));
    let seven = seven_zip(&[("deep.tar.gz", &inner), ("plain", b"p")], &[EncoderMethod::LZMA2], true, None);
    let outer = deflated_zip(&[("inner.tar.gz", &inner), ("host.7z", &seven), ("Security.evtx.xz", &xz(&text))]);
    let expected: [(&str, &[u8]); 4] = [
        ("case.zip!/inner.tar.gz!/x.evtx", &text),
        ("case.zip!/host.7z!/deep.tar.gz!/x.evtx", &text),
        ("case.zip!/host.7z!/plain", b"p"),
        ("case.zip!/Security.evtx.xz!/Security.evtx", &text),
    ];
    assert_gives("case.zip", &outer, &expected);
    // By content: no name here tells what it is.
    let unnamed = tar(&[("a", &outer)]);
    let (found, report) = leaves("evidence", &unnamed);
    assert_eq!((found.len(), report.refusals, report.archives), (4, 0, 6));
    assert_eq!(found[0].0, "evidence!/a!/inner.tar.gz!/x.evtx");
}

#[test]
fn a_large_archive_within_an_archive_goes_through_a_file() {
    let (one, two) = (noise(6, 6 << 20), noise(7, 6 << 20));
    let inner = zip(&[("one", &one), ("two", &two)], CompressionMethod::Stored);
    let limits = ArchiveLimits { spooled_bytes: inner.len() as u64, ..ArchiveLimits::default() };
    let (found, report) = leaves_within("o.gz", &gzip(&inner), limits, None);
    assert_eq!(refusals(&report), []);
    assert_eq!(found, [("o.gz!/o!/one".to_owned(), one), ("o.gz!/o!/two".to_owned(), two)]);
}

#[test]
fn empty_archives_give_nothing() {
    let zip = deflated_zip(&[]);
    for (name, archive) in
        [("z", zip), ("t", gzip(&[0; 1_024])), ("7", seven_zip(&[], &[EncoderMethod::COPY], false, None))]
    {
        let (found, report) = leaves(name, &archive);
        assert!(found.iter().all(|leaf| leaf.1.iter().all(|byte| *byte == 0)), "{name}");
        assert_eq!(refusals(&report), [], "{name}");
    }
}

#[test]
fn a_file_that_is_no_archive_is_its_own_member() {
    assert_gives("Security.evtx", b"ElfFile\0", &[("Security.evtx", b"ElfFile\0")]);
    assert_gives("empty", b"", &[("empty", b"")]);
    let settings = super::WalkSettings::default();
    let budget = std::sync::Arc::new(super::Budget::new(ArchiveLimits::default()));
    let mut nothing = |_: &mut super::Member<'_>| std::ops::ControlFlow::Continue(());
    let report = super::walk("/nowhere/at/all.zip".as_ref(), "all.zip", &settings, &budget, &mut nothing);
    assert_eq!(refusals(&report), [("all.zip", Reason::Unreadable)]);
}

#[test]
fn kinds_are_recognised_by_content() {
    let file: [(&str, &[u8]); 1] = [("a", b"a")];
    let cases = [
        (deflated_zip(&file), Some(Kind::Zip)),
        (deflated_zip(&[]), Some(Kind::Zip)),
        (raw_zip(&[RawMember::new("a", b"a")]), Some(Kind::Zip)),
        (tar(&file), Some(Kind::Tar)),
        (seven_zip(&file, &[EncoderMethod::COPY], false, None), Some(Kind::SevenZip)),
        (gzip(b"a"), Some(Kind::Gzip)),
        (bzip2(b"a"), Some(Kind::Bzip2)),
        (bzip2(b""), Some(Kind::Bzip2)),
        (zstandard(b"a"), Some(Kind::Zstandard)),
        (xz(b"a"), Some(Kind::Xz)),
        (b"ElfFile\0".to_vec(), None),
        (b"BZhello".to_vec(), None),
        (vec![0; 1_024], None),
        (b"{\"EventID\":4688}\n".repeat(100), None),
    ];
    for (bytes, kind) in cases {
        assert_eq!(recognise(&bytes), kind, "{:?}", &bytes[..bytes.len().min(16)]);
    }
    // The form before POSIX has no magic; its checksum and its numbers tell.
    let mut old = tar::Header::new_old();
    old.set_path("x.evtx").unwrap();
    old.set_size(0);
    old.set_mode(0o644);
    old.set_cksum();
    assert_eq!(recognise(old.as_bytes()), Some(Kind::Tar));
    old.as_mut_bytes()[0] ^= 1;
    assert_eq!(recognise(old.as_bytes()), None);
}

#[test]
fn a_visitor_may_read_a_part_or_stop() {
    use std::io::{Read, Write};
    let files: Vec<(String, Vec<u8>)> = (0..5).map(|n| (format!("m{n}"), noise(n, 50_000))).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let archives = [
        deflated_zip(&files),
        tar(&files),
        gzip(&tar(&files)),
        seven_zip(&files, &[EncoderMethod::LZMA2], true, None),
        seven_zip(&files, &[EncoderMethod::LZMA2], false, None),
    ];
    for archive in archives {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&archive).unwrap();
        for stop_at in [2, 9] {
            let mut names = Vec::new();
            let budget = std::sync::Arc::new(super::Budget::new(ArchiveLimits::default()));
            let mut visitor = |member: &mut super::Member<'_>| {
                assert_eq!((member.head.len(), member.size), (super::super::HEAD_SIZE, Some(50_000)));
                let expected = files[names.len()].1;
                assert!(expected.starts_with(member.head));
                let mut part = vec![0; [0, 10, 9_000, 50_000][names.len() % 4]];
                member.read_exact(&mut part).unwrap();
                assert!(expected.starts_with(&part));
                names.push(member.name.to_owned());
                if names.len() > stop_at {
                    std::ops::ControlFlow::Break(())
                } else {
                    std::ops::ControlFlow::Continue(())
                }
            };
            let report = super::walk(file.path(), "a", &super::WalkSettings::default(), &budget, &mut visitor);
            assert_eq!(refusals(&report), []);
            assert_eq!((names.len(), report.stopped), if stop_at == 2 { (3, true) } else { (5, false) });
            assert_eq!(names[2], "a!/m2");
        }
    }
}
