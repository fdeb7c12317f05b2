//! Text from logs made visible, so that it can neither steer a terminal nor pass for something else.
//!
//! What is in a command line was chosen by whoever ran it. An escape sequence could rewrite the screen, a bidirectional
//! override shows `gpj.exe` as `exe.jpg`, and a zero-width space hides in a name. All of these are written as
//! `\u{1b}`. The short forms `\n` and `\t` are not used: `C:\new` and `C:\temp` would pass for them.

use std::fmt::Write;

use unicode_width::UnicodeWidthChar;

/// More combining marks than this on one character are written out: stacked, they cover the lines around.
const MOST_MARKS: usize = 4;

/// Appends `text`, with everything that is not plainly visible written as `\u{…}`.
pub(crate) fn push_visible(text: &str, out: &mut String) {
    push_visible_prefix(text, usize::MAX, out);
}

/// Like [`push_visible`], but stops as soon as more than `limit` columns of the terminal are used. Gives the columns.
pub(super) fn push_visible_prefix(text: &str, limit: usize, out: &mut String) -> usize {
    let mut width = 0;
    let mut marks = 0;
    for character in text.chars() {
        let columns = character.width().unwrap_or(0);
        marks = if columns == 0 { marks + 1 } else { 0 };
        if is_hidden(character) || marks > MOST_MARKS {
            let before = out.len();
            // Writing to a String cannot fail.
            let _ = write!(out, "\\u{{{:x}}}", character as u32);
            width += out.len() - before;
        } else {
            out.push(character);
            width += columns;
        }
        if width > limit {
            break;
        }
    }
    width
}

/// True for characters that show nothing of themselves, or change how others are shown.
pub(super) fn is_hidden(character: char) -> bool {
    match character {
        ' '..='~' => false,
        '\u{0}'..='\u{1F}' | '\u{7F}'..='\u{9F}' => true,
        // Soft hyphen, Arabic letter mark, and the fillers that look like nothing.
        '\u{AD}' | '\u{61C}' | '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' => true,
        '\u{180B}'..='\u{180F}' | '\u{3164}' | '\u{FFA0}' => true,
        // Zero-width, bidirectional marks, line and paragraph separators, overrides, isolates, invisible operators.
        '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' => true,
        // Spaces that are not the space.
        '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => true,
        '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFB}' => true,
        '\u{1D173}'..='\u{1D17A}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{E0000}'..='\u{E0FFF}' => true,
        _ => false,
    }
}

/// The columns that visible text takes up on a terminal.
pub(super) fn columns_of(text: &str) -> usize {
    text.chars().map(|character| character.width().unwrap_or(0)).sum()
}

/// Appends visible text in exactly `width` columns at most, the last of them a `…` if something was cut.
/// Gives the columns used, one less than `width` where a wide character did not fit.
pub(super) fn push_cut(text: &str, width: usize, out: &mut String) -> usize {
    if text.len() <= width || columns_of(text) <= width {
        out.push_str(text);
        return columns_of(text);
    }
    let mut used = 0;
    for character in text.chars() {
        let columns = character.width().unwrap_or(0);
        if used + columns + 1 > width {
            break;
        }
        out.push(character);
        used += columns;
    }
    if width > 0 {
        out.push('…');
        used += 1;
    }
    used
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: &str) {
        let mut out = String::new();
        push_visible(text, &mut out);
        assert_eq!(out, want);
    }

    #[test]
    fn what_is_hidden_becomes_visible() {
        check("plain C:\\new\\temp é 日本 😀", "plain C:\\new\\temp é 日本 😀");
        check("a\nb\tc\r", "a\\u{a}b\\u{9}c\\u{d}");
        check("\u{1b}[31mred\u{9b}2J\u{7f}", "\\u{1b}[31mred\\u{9b}2J\\u{7f}");
        check("exe\u{202e}gpj.exe", "exe\\u{202e}gpj.exe");
        check("svc\u{200b}host\u{feff}\u{a0}", "svc\\u{200b}host\\u{feff}\\u{a0}");
        check("e\u{301}", "e\u{301}");
        check(&format!("e{}", "\u{301}".repeat(6)), "e\u{301}\u{301}\u{301}\u{301}\\u{301}\\u{301}");
    }

    #[test]
    fn a_prefix_stops_soon_after_its_limit() {
        let mut out = String::new();
        assert_eq!(push_visible_prefix(&"x".repeat(1_000_000), 10, &mut out), 11);
        assert_eq!(out.len(), 11);
    }

    #[test]
    fn a_cut_is_marked_and_never_wider() {
        let cut = |text: &str, width: usize| {
            let mut out = String::new();
            let used = push_cut(text, width, &mut out);
            assert_eq!(columns_of(&out), used);
            assert!(used <= width);
            out
        };
        assert_eq!(cut("powershell", 10), "powershell");
        assert_eq!(cut("powershell", 6), "power…");
        assert_eq!(cut("日本語", 6), "日本語");
        assert_eq!(cut("日本語", 5), "日本…");
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!(cut("ab", 1), "…");
        assert_eq!(cut("ab", 0), "");
    }
}
