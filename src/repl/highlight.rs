//! Colours for what is being typed.

use super::sql_words::is_keyword;
use super::statements::{TokenKind, tokens};
use crate::output::style;

/// A longer input is left plain: it is looked at anew with every key.
const LONGEST_COLOURED: usize = 32 * 1024;

/// The input with its strings, numbers, comments, keywords and commands in colours, and nothing else changed.
pub(super) fn highlighted(input: &str) -> String {
    if input.len() > LONGEST_COLOURED {
        return input.to_owned();
    }
    let mut out = String::with_capacity(input.len() * 2);
    let mut plain_from = 0;
    for token in tokens(input) {
        let text = &input[token.span.clone()];
        let Some(style) = style_of(token.kind, text) else { continue };
        out.push_str(&input[plain_from..token.span.start]);
        out.push_str(style);
        out.push_str(text);
        out.push_str(style::PLAIN);
        plain_from = token.span.end;
    }
    out.push_str(&input[plain_from..]);
    out
}

fn style_of(kind: TokenKind, text: &str) -> Option<&'static str> {
    match kind {
        TokenKind::Command => Some(style::MAGENTA),
        TokenKind::String => Some(style::GREEN),
        TokenKind::Comment => Some(style::DIM),
        TokenKind::Number => Some(style::CYAN),
        TokenKind::Word if is_keyword(text) => Some(style::BLUE),
        TokenKind::Word | TokenKind::QuotedName | TokenKind::Argument => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The styles as marks that can be read.
    fn marked(input: &str) -> String {
        highlighted(input)
            .replace(style::PLAIN, ">")
            .replace(style::BLUE, "<key ")
            .replace(style::GREEN, "<text ")
            .replace(style::CYAN, "<number ")
            .replace(style::DIM, "<comment ")
            .replace(style::MAGENTA, "<command ")
    }

    #[test]
    fn words_of_each_kind_have_their_colour() {
        assert_eq!(
            marked("select host, 'a;' from process -- all\nlimit 10"),
            "<key select> host, <text 'a;'> <key from> process <comment -- all>\n<key limit> <number 10>"
        );
        assert_eq!(marked("\\schema process"), "<command \\schema> process");
        assert_eq!(marked("SELECT 'open"), "<key SELECT> <text 'open>");
        assert_eq!(marked("a1 \"select\" selected"), "a1 \"select\" selected");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nothing_but_styles_is_added(input in "[a-z'\"0-9;/*\\\\\n -]{0,60}") {
            let styles = [style::PLAIN, style::BLUE, style::GREEN, style::CYAN, style::DIM, style::MAGENTA];
            let stripped = styles.iter().fold(highlighted(&input), |text, style| text.replace(style, ""));
            prop_assert_eq!(stripped, input);
        }
    }
}
