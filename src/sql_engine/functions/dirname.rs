//! `dirname(path)`: the folder of a Windows path.

use std::borrow::Cow;

use super::hunting_function::{Argument, Example, Group, HuntingFunction, Worker};
use super::windows_path::split;

pub(super) static DIRNAME: HuntingFunction = HuntingFunction {
    name: "dirname",
    group: Group::Path,
    summary: "Gives the folder of a Windows path, as written.",
    arguments: &[Argument {
        name: "path",
        description: "A path with `\\` or `/`: on a drive, on a share, of a device, or a name alone. Double quotes \
                      around it are dropped.",
    }],
    result: "What stands before the last separator, without a separator at its end; a root such as `C:\\` or \
             `\\\\host\\share` stays whole, and a name alone gives an empty text. NULL gives NULL.",
    source: "Microsoft, \"Naming Files, Paths, and Namespaces\".",
    examples: &[
        Example { sql: r"dirname('C:\Windows\System32\cmd.exe')", result: r"C:\Windows\System32" },
        Example { sql: r"dirname('C:\cmd.exe')", result: r"C:\" },
        Example { sql: r"dirname('\\host\share\a.exe')", result: r"\\host\share" },
    ],
    worker: Worker::TextToText(dirname),
};

fn dirname(path: &str) -> Option<Cow<'_, str>> {
    Some(Cow::Borrowed(split(path).0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_what_stands_before_the_name() {
        assert_eq!(dirname(r"C:\Users\Public\a b.exe").as_deref(), Some(r"C:\Users\Public"));
        assert_eq!(dirname("Registry").as_deref(), Some(""));
    }
}
