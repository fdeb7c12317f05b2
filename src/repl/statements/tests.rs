//! Tests of the cut into statements.

use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(input: &str, complete: &[&str], rest: Option<&str>) {
    let statements = split(input).expect("short input");
    let texts: Vec<&str> = statements.complete.iter().map(|statement| statement.text.as_str()).collect();
    assert_eq!(texts, complete, "complete statements of {input:?}");
    assert_eq!(statements.rest.as_ref().map(shown).as_deref(), rest, "rest of {input:?}");
}

fn shown(rest: &Incomplete) -> String {
    let (line, column) = rest.what_at;
    format!("{} that began at {line}:{column}", rest.what)
}

#[test]
fn statements_end_at_a_semicolon() {
    check("", &[], None);
    check(" ; ;; \n;", &[], None);
    check("SELECT 1;", &["SELECT 1"], None);
    check("SELECT 1; SELECT 2 ;\n\tSELECT 3\n;", &["SELECT 1", "SELECT 2", "SELECT 3"], None);
    check("SELECT 1;SELECT\n 2", &["SELECT 1"], Some("a statement without `;` that began at 1:10"));
    check("\u{FEFF}SELECT 1;", &["SELECT 1"], None);
}

#[test]
fn strings_names_and_comments_hide_a_semicolon() {
    check("SELECT 'a;b', 'it''s;';", &["SELECT 'a;b', 'it''s;'"], None);
    check(r"SELECT 'C:\'; SELECT 2;", &[r"SELECT 'C:\'", "SELECT 2"], None);
    check(r"SELECT E'a\';b', e'\\'; SELECT 2;", &[r"SELECT E'a\';b', e'\\'", "SELECT 2"], None);
    check(r"SELECT table_e'\'; SELECT 2;", &[r"SELECT table_e'\'", "SELECT 2"], None);
    check("SELECT \"a;\"\"b\", `c;d`;", &["SELECT \"a;\"\"b\", `c;d`"], None);
    check("SELECT 1 -- one; it's\n+ 2;", &["SELECT 1 -- one; it's\n+ 2"], None);
    check("SELECT /* a; /* b; */ ' ; */ 1;", &["SELECT /* a; /* b; */ ' ; */ 1"], None);
    check("SELECT $$a;'b$$, $t$c;$$;$t$, $1;", &["SELECT $$a;'b$$, $t$c;$$;$t$, $1"], None);
    check("SELECT a$b$c; SELECT 2;", &["SELECT a$b$c", "SELECT 2"], None);
    check("SELECT 1 - -1 / 2 * 3;", &["SELECT 1 - -1 / 2 * 3"], None);
    check("-- only; a comment\n/* and; another */", &[], None);
}

#[test]
fn the_rest_says_what_is_not_finished() {
    check("SELECT 'ab;\nc", &[], Some("a string that began at 1:8"));
    check("SELECT 1;\n  SELECT é, $x$ ;$$", &["SELECT 1"], Some("a string that began at 2:13"));
    check(r"SELECT E'a\'", &[], Some("a string that began at 1:8"));
    check("SELECT \"ab", &[], Some("a quoted name that began at 1:8"));
    check("/* /* */ SELECT 1;", &[], Some("a comment that began at 1:1"));
    check("SELECT 1 /* a", &[], Some("a comment that began at 1:10"));
}

#[test]
fn commands_take_their_line_and_end_the_statement_before_them() {
    check("\\help", &["\\help"], None);
    check("  \\schema process ;\n\\tables\nSELECT 1;", &["\\schema process", "\\tables", "SELECT 1"], None);
    check("SELECT 1; \\timing off", &["SELECT 1", "\\timing off"], None);
    check("SELECT 1\n  \\quit", &["SELECT 1", "\\quit"], None);
    check("SELECT '\n\\quit';", &["SELECT '\n\\quit'"], None);
    check("\\explain SELECT 'a;b'", &["\\explain SELECT 'a;b'"], None);
    check("exit", &["exit"], None);
    check(" QUIT ; ", &["QUIT"], None);
    check("exit strategy;", &["exit strategy"], None);
    check("SELECT 1 AS\nquit\n;", &["SELECT 1 AS\nquit"], None);
}

#[test]
fn a_command_is_a_name_and_an_argument() {
    let statements = split("\\export  out file.csv ; ").expect("short input");
    let kind = StatementKind::Command { name: "\\export".into(), argument: "out file.csv".into() };
    assert_eq!(statements.complete[0].kind, kind);
    assert_eq!(statements.complete[0].span, 0..21);
}

#[test]
fn the_end_of_a_file_stands_for_the_last_semicolon() {
    let last = split("SELECT 1; SELECT 2 -- two").expect("short").at_end_of_input().expect("whole");
    assert_eq!(last.len(), 2);
    assert_eq!(last[1].text, "SELECT 2 -- two");
    let open = split("SELECT 1; SELECT 'a").expect("short").at_end_of_input();
    assert_eq!(open.map_err(|rest| shown(&rest)), Err("a string that began at 1:18".to_owned()));
}

#[test]
fn tokens_know_words_strings_and_comments() {
    let input = "\\format csv\nSELECT lower(\"a\"), 'x', 1.5e3 FROM process -- all\n; select 'open";
    let found: Vec<(TokenKind, &str)> =
        tokens(input).into_iter().map(|token| (token.kind, &input[token.span])).collect();
    use TokenKind::*;
    let want = [
        (Command, "\\format"),
        (Argument, " csv"),
        (Word, "SELECT"),
        (Word, "lower"),
        (QuotedName, "\"a\""),
        (String, "'x'"),
        (Number, "1.5e3"),
        (Word, "FROM"),
        (Word, "process"),
        (Comment, "-- all"),
        (Word, "select"),
        (String, "'open"),
    ];
    assert_eq!(found, want);
}

#[test]
fn deep_and_long_input_is_refused_or_cut_but_never_overflows() {
    let deep = "/*".repeat(2_000_000);
    assert_eq!(split(&deep), Err(InputTooLarge));
    let closed = format!("{}{}SELECT 1;", "/*".repeat(100), "*/".repeat(100));
    check(&closed, &["SELECT 1"], None);
    assert_eq!(split(&"x".repeat(LONGEST_INPUT + 1)), Err(InputTooLarge));

    let list = format!("SELECT x IN ({});", "'0123456789abcdef', ".repeat(50_000));
    assert_eq!(split(&list).expect("a megabyte").complete.len(), 1);
    // Each of these could make a careless grammar look at the rest of the input again and again.
    for hostile in ["'", "$a$", "$a", "\n ", "\n", "-", "/", "\"'`", "e'\\", "x ", "\\a\n"] {
        let statements = split(&hostile.repeat(20_000));
        assert!(statements.is_ok(), "{hostile:?}");
    }
}

/// Text made of what the grammar treats specially, which plain random text hardly ever holds.
fn hostile_text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "'", "\"", "`", ";", "--", "/*", "*/", "$$", "$a$", "\\", "\n", " ", "E'", "u&'", "a", "1", "é", "exit", "\r",
        "\u{FEFF}", "SELECT", "$", "\t",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Asserts that the spans are in order, hold their texts, and leave out nothing that means anything.
fn check_cover(input: &str) {
    let statements = split(input).expect("short input");
    let spans = statements.complete.iter().map(|statement| (&statement.span, &statement.text));
    let rest = statements.rest.iter().map(|rest| (&rest.span, &rest.text));
    let mut covered = 0;
    let mut gaps = Vec::new();
    for (span, text) in spans.chain(rest) {
        assert!(covered <= span.start, "{input:?}: {span:?} overlaps");
        assert_eq!(&input[span.clone()], text);
        assert!(!text.trim().is_empty());
        gaps.push(&input[covered..span.start]);
        covered = span.end;
    }
    gaps.push(&input[covered..]);
    for gap in gaps {
        assert_eq!(split(gap).expect("short"), Statements::default(), "{input:?}: gap {gap:?} holds something");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn spans_and_gaps_cover_any_text(input in ".{0,80}") {
        check_cover(&input);
        tokens(&input);
    }

    #[test]
    fn spans_and_gaps_cover_hostile_text(input in hostile_text()) {
        check_cover(&input);
        let mut last = 0;
        for token in tokens(&input) {
            prop_assert!(last <= token.span.start && token.span.end <= input.len());
            last = token.span.end;
        }
    }

    #[test]
    fn a_statement_cut_again_is_itself(input in hostile_text()) {
        for statement in split(&input).expect("short").complete {
            let again = split(&format!("{}\n;", statement.text)).expect("short").complete;
            prop_assert_eq!(again.len(), 1);
            prop_assert_eq!(&again[0].text, &statement.text);
        }
    }
}
