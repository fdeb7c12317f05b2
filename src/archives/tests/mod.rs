//! Archives of all kinds, made here, are walked; every limit is met; hostile ones end.

mod making;

mod corpus;
mod formats;
mod hostile;
mod limits;
mod parts;
mod trees;

use std::io::{Read, Write};
use std::ops::ControlFlow;
use std::sync::Arc;

use super::{ArchiveLimits, Budget, Member, Reason, WalkReport, WalkSettings, walk};

/// A member's full name and its bytes.
type Leaf = (String, Vec<u8>);

/// Walks an archive with the default limits and reads every member to its end.
fn leaves(name: &str, archive: &[u8]) -> (Vec<Leaf>, WalkReport) {
    leaves_within(name, archive, ArchiveLimits::default(), None)
}

fn leaves_within(name: &str, archive: &[u8], limits: ArchiveLimits, password: Option<&str>) -> (Vec<Leaf>, WalkReport) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(archive).unwrap();
    let settings = WalkSettings { password: password.map(str::to_owned), ..WalkSettings::default() };
    let budget = Arc::new(Budget::new(limits));
    let mut leaves = Vec::new();
    let report = walk(file.path(), name, &settings, &budget, &mut |member: &mut Member<'_>| {
        let mut bytes = Vec::new();
        let _ = member.read_to_end(&mut bytes);
        leaves.push((member.name.to_owned(), bytes));
        ControlFlow::Continue(())
    });
    (leaves, report)
}

/// What was refused, as name and reason.
fn refusals(report: &WalkReport) -> Vec<(&str, Reason)> {
    assert_eq!(report.refusals, report.refused.len() as u64);
    report.refused.iter().map(|refusal| (refusal.name.as_str(), refusal.reason)).collect()
}

/// Asserts that an archive gives these members and nothing is refused.
fn assert_gives(name: &str, archive: &[u8], expected: &[(&str, &[u8])]) {
    let (found, report) = leaves(name, archive);
    assert_eq!(refusals(&report), [], "{name}");
    let found: Vec<(&str, &[u8])> = found.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    assert!(found == expected, "{name}: {:?}", found.iter().map(|leaf| (leaf.0, leaf.1.len())).collect::<Vec<_>>());
}
