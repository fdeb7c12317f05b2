//! `basename(path)`: the file name of a Windows path.

use std::borrow::Cow;

use super::hunting_function::{Argument, Example, Group, HuntingFunction, Worker};
use super::windows_path::split;

pub(super) static BASENAME: HuntingFunction = HuntingFunction {
    name: "basename",
    group: Group::Path,
    summary: "Gives the file name of a Windows path, as written.",
    arguments: &[Argument {
        name: "path",
        description: "A path with `\\` or `/`: on a drive, on a share, of a device, or a name alone. Double quotes \
                      around it are dropped.",
    }],
    result: "What stands behind the last separator; separators at the end are passed over, an alternate data stream \
             stays with its file, and a root such as `C:\\` gives an empty text. NULL gives NULL.",
    source: "Microsoft, \"Naming Files, Paths, and Namespaces\".",
    examples: &[
        Example { sql: r"basename('C:\Windows\System32\cmd.exe')", result: "cmd.exe" },
        Example { sql: r"basename('\Device\HarddiskVolume3\notes.txt:evil.exe')", result: "notes.txt:evil.exe" },
        Example { sql: "basename('Registry')", result: "Registry" },
    ],
    worker: Worker::TextToText(basename),
};

fn basename(path: &str) -> Option<Cow<'_, str>> {
    Some(Cow::Borrowed(split(path).1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_what_stands_last() {
        assert_eq!(basename(r"C:\Users\Public\a b.exe").as_deref(), Some("a b.exe"));
        assert_eq!(basename(r"\\host\share\").as_deref(), Some(""));
    }
}
