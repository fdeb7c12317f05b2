//! Trees of archives made at random give all their leaves back, in order; bytes made at random do no harm.

use proptest::prelude::*;
use sevenz_rust2::EncoderMethod;
use zip::CompressionMethod;

use super::making::{Pack, bzip2, gzip, seven_zip, tar, xz, zip, zip_with_descriptors, zstandard};
use super::{Leaf, leaves, refusals};

#[derive(Debug, Clone)]
enum Tree {
    Leaf(Vec<u8>),
    Many(usize, Vec<Tree>),
    Compressed(usize, Box<Tree>),
}

const COLLECTIONS: usize = 8;
const STREAMS: [(&str, Pack); 4] = [("gz", gzip), ("bz2", bzip2), ("zst", zstandard), ("xz", xz)];

fn collect(kind: usize, files: &[(&str, &[u8])]) -> Vec<u8> {
    match kind {
        0 => zip(files, CompressionMethod::Stored),
        1 => zip(files, CompressionMethod::Deflated),
        2 => zip(files, CompressionMethod::Zstd),
        3 => zip_with_descriptors(files, CompressionMethod::Deflated),
        4 => tar(files),
        5 => seven_zip(files, &[EncoderMethod::COPY], false, None),
        6 => seven_zip(files, &[EncoderMethod::LZMA2], true, None),
        _ => gzip(&tar(files)),
    }
}

/// The bytes of a tree, and the leaves that it is to give under a name.
fn build(tree: &Tree, name: &str, expected: &mut Vec<Leaf>) -> Vec<u8> {
    match tree {
        Tree::Leaf(bytes) => {
            // A leaf that happens to be an archive is none.
            let bytes = [b"ElfFile\0".as_slice(), bytes].concat();
            expected.push((name.to_owned(), bytes.clone()));
            bytes
        }
        Tree::Many(kind, children) => {
            let files: Vec<(String, Vec<u8>)> = children
                .iter()
                .enumerate()
                .map(|(index, child)| {
                    let child_name = child_name(child, index);
                    let bytes = build(child, &format!("{name}!/{child_name}"), expected);
                    (child_name, bytes)
                })
                .collect();
            let files: Vec<(&str, &[u8])> =
                files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
            collect(*kind, &files)
        }
        Tree::Compressed(kind, child) => {
            let (ending, compress) = STREAMS[*kind];
            let file_name = name.rsplit('/').next().unwrap();
            let inner = file_name.strip_suffix(&format!(".{ending}")).unwrap();
            // A compressed tar is one archive.
            let holds_a_tar = matches!(**child, Tree::Many(4, _));
            let inner_name = if holds_a_tar { name.to_owned() } else { format!("{name}!/{inner}") };
            compress(&build(child, &inner_name, expected))
        }
    }
}

fn child_name(child: &Tree, index: usize) -> String {
    match child {
        Tree::Leaf(_) => format!("m{index}.evtx"),
        Tree::Many(..) => format!("m{index}"),
        Tree::Compressed(kind, child) => format!("{}.{}", child_name(child, index), STREAMS[*kind].0),
    }
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = proptest::collection::vec(any::<u8>(), 0..400).prop_map(Tree::Leaf);
    leaf.prop_recursive(4, 20, 4, |inner| {
        prop_oneof![
            (0..COLLECTIONS, proptest::collection::vec(inner.clone(), 1..4))
                .prop_map(|(kind, children)| Tree::Many(kind, children)),
            (0..STREAMS.len(), inner).prop_map(|(kind, child)| Tree::Compressed(kind, Box::new(child))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn trees_give_all_their_leaves_in_order(tree in tree()) {
        let name = child_name(&tree, 0);
        let mut expected = Vec::new();
        let bytes = build(&tree, &name, &mut expected);
        let (found, report) = leaves(&name, &bytes);
        prop_assert_eq!(refusals(&report), []);
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn damaged_trees_do_no_harm(
        tree in tree(),
        damages in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = build(&tree, &child_name(&tree, 0), &mut Vec::new());
        for (place, byte) in damages {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        leaves("d", &bytes);
        leaves("d", &bytes[..cut.index(bytes.len())]);
    }

    #[test]
    fn bytes_at_random_behind_a_magic_do_no_harm(
        magic in 0..8_usize,
        bytes in proptest::collection::vec(any::<u8>(), 0..3_000),
    ) {
        const MAGICS: [&[u8]; 8] = [
            b"PK\x03\x04", b"PK\x05\x06", b"7z\xBC\xAF\x27\x1C\0\x04", b"\x1F\x8B\x08", b"BZh91AY&SY",
            b"\x28\xB5\x2F\xFD", b"\xFD7zXZ\0", b"",
        ];
        leaves("r", &[MAGICS[magic], &bytes].concat());
    }
}
