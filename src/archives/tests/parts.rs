//! Parts of a zip give together what the whole gives.

use std::io::{Read, Write};
use std::ops::ControlFlow;
use std::sync::Arc;

use super::super::{Part, split, walk_part};
use super::making::{deflated_zip, noise, tar};
use super::{ArchiveLimits, Budget, Leaf, Member, WalkReport, WalkSettings, leaves};

fn leaves_of_parts(parts: &[Part]) -> (Vec<Leaf>, WalkReport) {
    let budget = Arc::new(Budget::new(ArchiveLimits::default()));
    let walked: Vec<(Vec<Leaf>, WalkReport)> = std::thread::scope(|scope| {
        let walk = |part: &Part| {
            let mut leaves = Vec::new();
            let report = walk_part(part, "z", &WalkSettings::default(), &budget, &mut |member: &mut Member<'_>| {
                let mut bytes = Vec::new();
                member.read_to_end(&mut bytes).unwrap();
                leaves.push((member.name.to_owned(), bytes));
                ControlFlow::Continue(())
            });
            (leaves, report)
        };
        let threads: Vec<_> = parts.iter().map(|part| scope.spawn(move || walk(part))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut all = Vec::new();
    let mut merged = WalkReport::default();
    for (leaves, report) in walked {
        all.extend(leaves);
        merged.merge(report);
    }
    (all, merged)
}

#[test]
fn any_number_of_parts_gives_the_members_in_order() {
    let files: Vec<(String, Vec<u8>)> =
        (0..40).map(|n| (format!("m{n}"), noise(n, (n as usize % 7) * 3_000))).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let zip = deflated_zip(&files);
    // A zip without its directory, and what is no zip, is one part.
    for (archive, most) in [(zip.clone(), 64), (zip[..zip.len() - 30].to_vec(), 1), (tar(&files), 1), (vec![1, 2], 1)] {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&archive).unwrap();
        let whole = leaves("z", &archive);
        for wanted in [0, 1, 2, 3, 8, 64] {
            let parts = split(file.path(), wanted, &ArchiveLimits::default()).unwrap();
            assert!((1..=most.min(wanted.max(1))).contains(&parts.len()), "{} of {wanted}", parts.len());
            assert!(wanted > 8 || wanted == 0 || most == 1 || parts.len() == wanted);
            assert_eq!(leaves_of_parts(&parts), whole);
        }
    }
}
