//! Names of members, as text that does no harm.

use super::kind::Kind;

/// The longest name of one member, in characters. What is longer is cut.
const LONGEST_NAME: usize = 1_024;

/// A member's name as text: `..`, drive letters and device names stay as they are, for nothing is ever opened by them;
/// control characters and those that turn the direction of writing are written out as `\u{7}`.
pub(super) fn visible_name(name: &str, backslash_is_separator: bool) -> String {
    let mut name = name;
    while let Some(rest) = name.strip_prefix("./") {
        name = rest.trim_start_matches('/');
    }
    let mut visible = String::with_capacity(name.len());
    for (count, character) in name.chars().enumerate() {
        if count == LONGEST_NAME {
            visible.push('…');
            break;
        }
        match character {
            '\\' if backslash_is_separator => visible.push('/'),
            _ if is_invisible(character) => visible.extend(character.escape_unicode()),
            _ => visible.push(character),
        }
    }
    if visible.is_empty() { "(no name)".to_owned() } else { visible }
}

fn is_invisible(character: char) -> bool {
    let turns_direction =
        matches!(character, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    character.is_control() || turns_direction || matches!(character, '\u{2028}' | '\u{2029}')
}

/// The name of a file within its archive: `case.zip!/host1/Security.evtx`.
pub(super) fn within(archive: &str, name: &str) -> String {
    format!("{archive}!/{name}")
}

/// What a compressed file holds is named after it: `Security.evtx.gz` holds `Security.evtx`, `case.tgz` holds
/// `case.tar`, and a file whose name does not tell holds one of its own name.
pub(super) fn name_of_unpacked(archive: &str, kind: Kind) -> String {
    let file_name = archive.rsplit(['/', '\\']).next().unwrap_or(archive);
    let endings: &[(&str, &str)] = match kind {
        Kind::Gzip => &[(".gz", ""), (".gzip", ""), (".tgz", ".tar")],
        Kind::Bzip2 => &[(".bz2", ""), (".bz", ""), (".tbz2", ".tar"), (".tbz", ".tar")],
        Kind::Zstandard => &[(".zst", ""), (".zstd", ""), (".tzst", ".tar")],
        Kind::Xz => &[(".xz", ""), (".txz", ".tar")],
        Kind::Zip | Kind::Tar | Kind::SevenZip => &[],
    };
    for (ending, instead) in endings {
        let Some(cut) = file_name.len().checked_sub(ending.len()) else { continue };
        if cut > 0 && file_name.is_char_boundary(cut) && file_name[cut..].eq_ignore_ascii_case(ending) {
            return format!("{}{instead}", &file_name[..cut]);
        }
    }
    file_name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_visible_and_do_no_harm() {
        let cases = [
            ("./collection/host0/x.evtx", "collection/host0/x.evtx"),
            ("../../etc/passwd", "../../etc/passwd"),
            ("host1\\Logs\\x.evtx", "host1/Logs/x.evtx"),
            ("a\0b\u{202E}c\n", "a\\u{0}b\\u{202e}c\\u{a}"),
            ("", "(no name)"),
        ];
        for (name, visible) in cases {
            assert_eq!(visible_name(name, true), visible);
        }
        assert_eq!(visible_name("a\\b", false), "a\\b");
        assert_eq!(visible_name(&"é".repeat(5_000), false).chars().count(), LONGEST_NAME + 1);
    }

    #[test]
    fn what_a_compressed_file_holds_is_named_after_it() {
        assert_eq!(name_of_unpacked("case.zip!/host/Security.evtx.GZ", Kind::Gzip), "Security.evtx");
        assert_eq!(name_of_unpacked("case.tgz", Kind::Gzip), "case.tar");
        assert_eq!(name_of_unpacked("Security.evtx.gz", Kind::Xz), "Security.evtx.gz");
        assert_eq!(name_of_unpacked(".gz", Kind::Gzip), ".gz");
        assert_eq!(name_of_unpacked("é", Kind::Bzip2), "é");
    }
}
