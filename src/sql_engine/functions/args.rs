//! `args(command_line)`: the arguments as Windows' own `CommandLineToArgvW` splits them.

use super::{Argument, Example, Group, HuntingFunction, Worker};

pub(super) static ARGS: HuntingFunction = HuntingFunction {
    name: "args",
    group: Group::CommandLine,
    summary: "The arguments of a command line by the rules of CommandLineToArgvW; element 1 is the program.",
    arguments: &[Argument { name: "command_line", description: "A command line as Windows logs it." }],
    result: "A list of texts. The program ends at its closing quote or, unquoted, at the first blank, and backslashes \
             mean nothing in it. After it blanks (space, tab) separate; 2n backslashes before a quote stand for n and \
             the quote opens or closes, 2n+1 stand for n and a literal quote; a quote doubled inside quotes is a \
             literal one and, as in CommandLineToArgvW but not in newer C runtimes, ends the quoting. A command line \
             that starts with a blank has an empty program, an empty one gives an empty list. NULL for NULL.",
    source: "Microsoft: CommandLineToArgvW (shellapi.h), Parsing C++ command-line arguments.",
    examples: &[
        Example {
            sql: r#"args('"C:\Program Files\app.exe" -n "a b" c')"#,
            result: r"[C:\Program Files\app.exe, -n, a b, c]",
        },
        Example { sql: r#"args('app.exe a\\b "c\"d" e\\"f g"')"#, result: r#"[app.exe, a\\b, c"d, e\f g]"# },
        Example { sql: "args('net user')[1]", result: "net" },
    ],
    worker: Worker::TextToList(args),
};

/// The arguments, the program first.
pub(super) fn args(command_line: &str) -> Vec<String> {
    if command_line.is_empty() {
        return Vec::new();
    }
    let (program, rest) = split_program(command_line);
    let mut found = vec![program.to_owned()];
    let mut rest = rest;
    loop {
        rest = rest.trim_start_matches([' ', '\t']);
        if rest.is_empty() {
            return found;
        }
        let (argument, after) = next_argument(rest);
        found.push(argument);
        rest = after;
    }
}

/// The program's name is read by rules of its own: quotes only hold it together when they open it, and every control
/// character up to the space ends it.
fn split_program(command_line: &str) -> (&str, &str) {
    if let Some(quoted) = command_line.strip_prefix('"') {
        return quoted.split_once('"').unwrap_or((quoted, ""));
    }
    let end = command_line.find(|character| character <= ' ').unwrap_or(command_line.len());
    // The character that ends the name is eaten, whatever it is.
    (&command_line[..end], command_line.get(end + 1..).unwrap_or(""))
}

/// Reads one argument from a text that starts with its first character.
fn next_argument(text: &str) -> (String, &str) {
    let mut argument = String::new();
    let mut quotes = 0u8;
    let mut backslashes = 0usize;
    let mut characters = text.char_indices().peekable();
    while let Some((position, character)) = characters.next() {
        match character {
            ' ' | '\t' if quotes == 0 => return (argument, &text[position..]),
            '\\' => {
                argument.push('\\');
                backslashes += 1;
                continue;
            }
            '"' => {
                // Half of the backslashes were escapes.
                argument.truncate(argument.len() - backslashes.div_ceil(2));
                if backslashes % 2 == 1 {
                    argument.push('"');
                } else {
                    quotes += 1;
                    while characters.next_if(|(_, next)| *next == '"').is_some() {
                        quotes += 1;
                        if quotes == 3 {
                            argument.push('"');
                            quotes = 0;
                        }
                    }
                    if quotes == 2 {
                        quotes = 0;
                    }
                }
            }
            other => argument.push(other),
        }
        backslashes = 0;
    }
    (argument, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(command_line: &str, want: &[&str]) {
        assert_eq!(args(command_line), want, "{command_line:?}");
    }

    /// Quotes one argument so that it is read back exactly (the rules of `CommandLineToArgvW` turned round).
    fn quote(argument: &str) -> String {
        let mut quoted = String::from("\"");
        let mut backslashes = 0;
        for character in argument.chars() {
            match character {
                '\\' => backslashes += 1,
                '"' => {
                    quoted.extend(std::iter::repeat_n('\\', backslashes + 1));
                    backslashes = 0;
                }
                _ => backslashes = 0,
            }
            quoted.push(character);
        }
        quoted.extend(std::iter::repeat_n('\\', backslashes));
        quoted.push('"');
        quoted
    }

    #[test]
    fn the_examples_of_the_vendor_page() {
        check(r#"p "abc" d e"#, &["p", "abc", "d", "e"]);
        check(r#"p a\\b d"e f"g h"#, &["p", r"a\\b", "de fg", "h"]);
        check(r#"p a\\\"b c d"#, &["p", r#"a\"b"#, "c", "d"]);
        check(r#"p a\\\\"b c" d e"#, &["p", r"a\\b c", "d", "e"]);
    }

    #[test]
    fn the_program_has_rules_of_its_own() {
        check(r#""C:\a b\" c"#, &[r"C:\a b\", "c"]);
        check(r#""C:\a b.exe"c d"#, &[r"C:\a b.exe", "c", "d"]);
        check(r#"C:\a" b"#, &[r#"C:\a""#, "b"]);
        check("a\nb c", &["a", "b", "c"]);
        check(" a b", &["", "a", "b"]);
        check("\"a b", &["a b"]);
        check("\"\" a", &["", "a"]);
    }

    #[test]
    fn blanks() {
        check("", &[]);
        check("a", &["a"]);
        check("a  \t b \t", &["a", "b"]);
        check("a b\nc", &["a", "b\nc"]);
        check("a \"\" b", &["a", "", "b"]);
        check("a\u{a0}b c", &["a\u{a0}b", "c"]);
    }

    #[test]
    fn doubled_quotes() {
        check(r#"p "a""b""#, &["p", r#"a"b"#]);
        check(r#"p "a"" c" d"#, &["p", r#"a""#, "c d"]);
        check(r#"p """a b""#, &["p", r#""a"#, "b"]);
        check(r#"p """"a b"""#, &["p", r#""a b""#]);
        check(r#"p n""et"#, &["p", "net"]);
    }

    #[test]
    fn an_open_quote_runs_to_the_end() {
        check(r#"p "a b  "#, &["p", "a b  "]);
        check(r#"p a\"#, &["p", r"a\"]);
        check(r#"p "a\"#, &["p", r"a\"]);
    }

    proptest! {
        #[test]
        fn quoted_arguments_are_read_back(arguments in prop::collection::vec(r#"[ \t"\\^a-cäß–😀]{0,12}"#, 0..6)) {
            let mut command_line = String::from("\"C:\\the program.exe\"");
            for argument in &arguments {
                command_line.push(' ');
                command_line.push_str(&quote(argument));
            }
            let found = args(&command_line);
            prop_assert_eq!(&found[0], "C:\\the program.exe");
            prop_assert_eq!(&found[1..], &arguments[..]);
        }
    }
}
