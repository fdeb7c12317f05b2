//! Tables keyed by a file name in lower case, sorted, searched without regard to ASCII case and without allocation.

use std::cmp::Ordering;

/// The value that `table` holds under `name`, whatever the name's ASCII case.
pub(super) fn find<'a, T>(table: &'a [(&'static str, T)], name: &str) -> Option<&'a T> {
    table.binary_search_by(|(key, _)| order(key, name)).ok().map(|index| &table[index].1)
}

/// Whether `names`, which are sorted and in lower case, hold `name`, whatever its ASCII case.
pub(super) fn contains(names: &[&str], name: &str) -> bool {
    names.binary_search_by(|key| order(key, name)).is_ok()
}

fn order(key: &str, name: &str) -> Ordering {
    key.bytes().cmp(name.bytes().map(|byte| byte.to_ascii_lowercase()))
}

/// Panics where the keys are not in lower case or not strictly ascending, for a search would then miss some.
#[cfg(test)]
#[track_caller]
pub(super) fn check_keys<'a>(keys: impl IntoIterator<Item = &'a str>) {
    let mut previous = "";
    for key in keys {
        assert!(previous < key, "`{key}` must not stand after `{previous}`");
        assert_eq!(key, key.to_ascii_lowercase());
        previous = key;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_matter() {
        let table = [("at", 1), ("cmd", 2), ("net1", 3)];
        assert_eq!(find(&table, "CMD"), Some(&2));
        assert_eq!(find(&table, "net"), None);
        assert_eq!(find(&table, "net1"), Some(&3));
        assert!(contains(&["at", "cmd"], "At"));
        assert!(!contains(&["at", "cmd"], ""));
    }
}
