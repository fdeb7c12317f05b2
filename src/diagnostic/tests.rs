//! How diagnostics are drawn.

use super::*;

#[track_caller]
fn check(text: &str, marked: &str, want: &str) {
    let start = text.find(marked).unwrap();
    let diagnostic = Diagnostic::new("wrong")
        .with_span(Span::new(start, start + marked.len()))
        .with_source("query", text)
        .with_label("here")
        .with_help("another");
    assert_eq!(diagnostic.to_string(), want);
}

#[test]
fn the_marked_word_is_underlined() {
    let text = "select comand_line from process";
    let diagnostic = Diagnostic::new("no column `comand_line`")
        .with_span(Span::new(7, 18))
        .with_source("query", text)
        .with_help("did you mean `command_line`?");
    let want = "error: no column `comand_line`\n \
                --> query:1:8\n\
                1 | select comand_line from process\n  \
                |        ^^^^^^^^^^^\n  \
                = help: did you mean `command_line`?";
    assert_eq!(diagnostic.to_string(), want);
}

#[test]
fn the_line_of_the_mark_is_found() {
    check("select a,\r\n  b\r\nfrom c", "b", "error: wrong\n --> query:2:3\n2 |   b\n  |   ^ here\n  = help: another");
}

#[test]
fn the_margin_grows_with_the_line_number() {
    let text = format!("{}x", "\n".repeat(11));
    check(&text, "x", "error: wrong\n  --> query:12:1\n12 | x\n   | ^ here\n   = help: another");
}

#[test]
fn tabs_and_wide_characters_move_the_mark() {
    check("\t日本 x", "x", "error: wrong\n --> query:1:5\n1 |     日本 x\n  |          ^ here\n  = help: another");
    check("é 日本", "日本", "error: wrong\n --> query:1:3\n1 | é 日本\n  |   ^^^^ here\n  = help: another");
}

#[test]
fn a_span_of_several_lines_is_marked_to_the_end_of_the_first() {
    check("a (b\nc) d", "(b\nc)", "error: wrong\n --> query:1:3\n1 | a (b\n  |   ^^ here\n  = help: another");
}

#[test]
fn control_and_direction_characters_are_not_printed() {
    let diagnostic = Diagnostic::new("wrong").with_span(Span::new(0, 1)).with_source("query", "x\u{1b}[2J\u{202e}");
    assert!(diagnostic.to_string().contains("1 | x\u{fffd}[2J\u{fffd}\n"));
}

#[test]
fn a_span_outside_the_text_or_inside_a_character_is_moved() {
    for (start, end) in [(0, 0), (1, 2), (3, 1), (99, 120), (2, 99)] {
        let diagnostic = Diagnostic { span: Some(Span { start, end }), ..Diagnostic::new("wrong") };
        for text in ["", "\n", "é", "日本\n"] {
            let drawn = diagnostic.clone().with_source("query", text).to_string();
            assert!(drawn.contains('^'), "{drawn}");
        }
    }
}

#[test]
fn a_long_line_shows_the_part_around_the_mark() {
    for (before, marked, after) in [(5000, 4, 0), (0, 4, 5000), (5000, 4, 5000), (90, 4, 30), (300, 400, 300)] {
        let text = format!("{}{}{}", "b".repeat(before), "M".repeat(marked), "a".repeat(after));
        let diagnostic =
            Diagnostic::new("wrong").with_span(Span::new(before, before + marked)).with_source("query", text);
        let drawn = diagnostic.to_string();
        let lines: Vec<&str> = drawn.lines().collect();
        assert!(width(lines[2]) <= LINE_WIDTH + 4, "{drawn}");
        let caret = lines[3].find('^').unwrap();
        assert_eq!(lines[2].chars().nth(caret), Some('M'), "{drawn}");
        assert_eq!(before > 0, lines[2].contains('b'), "{drawn}");
        assert_eq!(after > 0, lines[2].contains('a'), "{drawn}");
    }
}

#[test]
fn a_message_without_a_place_stands_alone() {
    assert_eq!(Diagnostic::new("wrong").with_help("other").to_string(), "error: wrong\n  = help: other");
}
