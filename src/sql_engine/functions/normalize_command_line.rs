//! `normalize_command_line(command_line)`: a command line without the tricks that hide its words.

use std::borrow::Cow;

use super::{Argument, Example, Group, HuntingFunction, Worker};

pub(super) static NORMALIZE_COMMAND_LINE: HuntingFunction = HuntingFunction {
    name: "normalize_command_line",
    group: Group::CommandLine,
    summary: "The command line with carets, needless quotes, odd spacing and case undone.",
    arguments: &[Argument { name: "command_line", description: "A command line as Windows logs it." }],
    result: "A text: every caret is dropped; quotes are dropped, except one pair around a word that holds a space, so \
             empty and doubled quotes vanish; every run of white space, also inside quotes, is one space, and none \
             stands at either end; all letters are lower case. A quote always opens or closes, as in cmd: a backslash \
             before it escapes nothing. Variables and substrings of them (%comspec:~0,3%) stay as they are. Doing it \
             twice changes nothing more. NULL for NULL.",
    source: "ATT&CK T1027.010, Command Obfuscation.",
    examples: &[
        Example { sql: r#"normalize_command_line('C^md.eXe  /c   "n""et"  us^er')"#, result: "cmd.exe /c net user" },
        Example {
            sql: r#"normalize_command_line('"C:\Program Files\A.EXE"  "-x"')"#,
            result: r#""c:\program files\a.exe" -x"#,
        },
    ],
    worker: Worker::TextToText(normalize_command_line),
};

/// See the documentation above. A text that is normal already is borrowed.
pub(super) fn normalize_command_line(command_line: &str) -> Option<Cow<'_, str>> {
    if is_plain(command_line) {
        return Some(Cow::Borrowed(command_line));
    }
    let mut normal = String::with_capacity(command_line.len());
    let mut word = String::new();
    let mut quoted = false;
    for character in command_line.chars() {
        match character {
            '^' => {}
            '"' => quoted = !quoted,
            space if space.is_whitespace() => {
                if !quoted {
                    push_word(&mut normal, &mut word);
                } else if !word.is_empty() && !word.ends_with(' ') {
                    word.push(' ');
                }
            }
            other => word.extend(other.to_lowercase()),
        }
    }
    push_word(&mut normal, &mut word);
    Some(Cow::Owned(normal))
}

/// Whether nothing is to be done: ASCII in lower case, no carets or quotes, single spaces.
fn is_plain(command_line: &str) -> bool {
    let mut before = b' ';
    for &byte in command_line.as_bytes() {
        let plain = matches!(byte, b'!'..=b'~') && !byte.is_ascii_uppercase() && byte != b'^' && byte != b'"';
        if !plain && (byte != b' ' || before == b' ') {
            return false;
        }
        before = byte;
    }
    before != b' ' || command_line.is_empty()
}

/// Ends a word; one that quotes held together keeps one pair of them.
fn push_word(normal: &mut String, word: &mut String) {
    let trimmed = word.trim_end_matches(' ');
    if !trimmed.is_empty() {
        if !normal.is_empty() {
            normal.push(' ');
        }
        let quote = if trimmed.contains(' ') { "\"" } else { "" };
        normal.extend([quote, trimmed, quote]);
    }
    word.clear();
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(command_line: &str, want: &str) {
        assert_eq!(normalize_command_line(command_line).as_deref(), Some(want), "{command_line:?}");
    }

    #[test]
    fn carets_quotes_spacing_case() {
        check(r#"C^md.eXe  /c   "n""et"  us^er"#, "cmd.exe /c net user");
        check(r#"n""e""t user"#, "net user");
        check("p^^o^w^e^r", "power");
        check("  a \t b  ", "a b");
        check("a\u{a0}\u{3000}b", "a b");
        check(r#"a "" b """#, "a b");
        check("NET USER ÄÖ", "net user äö");
    }

    #[test]
    fn quotes_that_hold_a_space_stay() {
        check(r#""C:\Program Files\A.exe" -X"#, r#""c:\program files\a.exe" -x"#);
        check(r#"c:\"program files"\a.exe"#, r#""c:\program files\a.exe""#);
        check(r#"cmd /c "  net   user  ""#, r#"cmd /c "net user""#);
        check(r#"cmd /c " net ""#, "cmd /c net");
        check(r#"cmd "open to the end"#, r#"cmd "open to the end""#);
    }

    #[test]
    fn what_is_normal_is_borrowed() {
        assert!(matches!(normalize_command_line("net user x /add"), Some(Cow::Borrowed(_))));
        check("", "");
        check("   ", "");
        check("^\"\"", "");
    }

    proptest! {
        #[test]
        fn twice_is_once(text in r#"([ \t"^\\aB%İßΣ–]|\PC){0,40}"#) {
            let once = normalize_command_line(&text).expect("never NULL").into_owned();
            let twice = normalize_command_line(&once).expect("never NULL").into_owned();
            prop_assert_eq!(once, twice);
        }
    }
}
