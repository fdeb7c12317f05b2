//! Finding programs and reading the words after them.

use super::*;

fn words_after(text: &str, name: &str) -> Vec<String> {
    let names = [name];
    let mention = Mentions::new(text, &names).next().expect("the program is mentioned");
    mention.words(text).map(|word| word.text.into_owned()).collect()
}

#[track_caller]
fn check(text: &str, want: &[&str]) {
    assert_eq!(words_after(text, "net"), want, "{text}");
}

#[test]
fn plain_words() {
    check("net user  a\tb", &["user", "a", "b"]);
    check("net.exe user", &["user"]);
    check(r"C:\Windows\System32\net.exe user", &["user"]);
    check(r#""C:\Program Files\net.exe" user"#, &["user"]);
    check("net", &[]);
}

#[test]
fn quoted_words() {
    check(r#"net user "John Smith" x"#, &["user", "John Smith", "x"]);
    check(r#""net" "user" "" x"#, &["user", "", "x"]);
    check(r#"n""et us"er" J"ohn S"mith"#, &["user", "John Smith"]);
    check("powershell net user 'John Smith' x", &["user", "John Smith", "x"]);
    check("cmd /c net user 'tis x", &["user", "'tis", "x"]);
    check(r#"net user "open to the end"#, &["user", "open to the end"]);
}

#[test]
fn words_inside_a_quoted_command() {
    check(r#"cmd /c "net user a /add""#, &["user", "a", "/add"]);
    check(r#"cmd /c "net user "John Smith" /add" & dir"#, &["user", "John Smith", "/add"]);
    check(r#"cmd /c "net user a /add" & echo "b c""#, &["user", "a", "/add"]);
    check(r#"cmd /c "net user ""John Smith"" /add""#, &["user", "John Smith", "/add"]);
    check(r#"p -c "net user \"John Smith\" /add""#, &["user", "John Smith", "/add"]);
    check(r#"cmd /c " net user a ""#, &["user", "a"]);
    check(r#"cmd /c ""net" user a "b c"""#, &["user", "a", "b c"]);
    check(r#"cmd /c "net user "a""#, &["user", "a"]);
}

#[test]
fn operators_end_a_command() {
    check("cmd /c net user a&net b", &["user", "a"]);
    check("cmd /c net user a | find x", &["user", "a"]);
    check("p -c net user a; dir", &["user", "a"]);
    check("(net user a)", &["user", "a"]);
    check("cmd /c net user a >nul 2>&1", &["user", "a", "2"]);
    check("cmd /c net user a > nul /add", &["user", "a", "/add"]);
    check("net user a b && dir", &["user", "a", "b"]);
}

#[test]
fn what_a_program_was_given_holds_no_operators() {
    check("net  user toto3 @#(*kjh@(@Jd /add", &["user", "toto3", "@#(*kjh@(@Jd", "/add"]);
    check("net user a p&q|r;s /add", &["user", "a", "p&q|r;s", "/add"]);
    check("net user a /add&dir", &["user", "a", "/add", "&dir"]);
}

#[test]
fn parentheses_are_one_word() {
    check("p -c net x (a (b c) d) e", &["x", "a (b c) d", "e"]);
    check("cmd /c net x ( a", &["x", "(", "a"]);
}

#[test]
fn a_name_is_a_whole_word() {
    for text in
        ["asp.net user", "netsh user", r"C:\net\x user", "dotnet user", "net.dll", "net-x", "subnet user", "a:net"]
    {
        assert!(Mentions::new(text, &["net"]).next().is_none(), "{text}");
    }
    for text in ["(net user)", "a&net user", "x=net", r"..\net user", "@net user", "'net' user", r#"\"net\" user"#] {
        assert!(Mentions::new(text, &["net"]).next().is_some(), "{text}");
    }
}

#[test]
fn a_command_starts_where_a_shell_would_look_for_one() {
    let starts = |text| Mentions::new(text, &["pwsh"]).next().is_some_and(|mention| mention.starts_a_command(text));
    for text in [
        "pwsh -e x",
        r"C:\a\pwsh.exe -e",
        r#""C:\Program Files\PowerShell\7\pwsh.exe" -e"#,
        r"C:\Program Files\PowerShell\7\pwsh.exe -e",
        r#"cmd /c "C:\Program Files\PowerShell\7\pwsh.exe" -e"#,
        "cmd /c pwsh -e",
        "cmd /c \"pwsh -e",
        "a & pwsh -e",
        "start /b pwsh -e",
        r"psexec \\host pwsh -e",
        "start \"\" \"pwsh\" -e",
        "sc create x binPath= pwsh",
        "%COMSPEC% pwsh",
    ] {
        assert!(starts(text), "{text}");
    }
    for text in [r"xcopy C:\pwsh /e", r#"xcopy "C:\pwsh" /e"#, "taskkill pwsh.exe", r"C:\a\robocopy.exe C:\pwsh D:\x"] {
        assert!(!starts(text), "{text}");
    }
}

#[test]
fn mentions_look_through_what_shells_drop() {
    assert!(mentions("xx N^^E\"\"t", "net"));
    assert!(mentions("p`ower`shell", "powershell"));
    assert!(!mentions("n-et", "net"));
    assert!(!mentions("ne", "net"));
}

#[test]
fn hostile_lines_take_linear_time() {
    let began = std::time::Instant::now();
    for part in ["\"", "^", "(", "'", "net ", "net user ", "\"net\" ", "/net", "n\"", "\\\"", "> ", "( a ", "('"] {
        let text = part.repeat(200_000 / part.len());
        let clean = without_escapes(&text);
        mentions(&text, "net");
        let mut found = Mentions::new(&clean, &["net"]);
        while let Some(mention) = found.next() {
            mention.starts_a_command(&clean);
            let mut words = mention.words(&clean);
            while words.next().is_some() {}
            found.skip_to(words.offset());
        }
    }
    assert!(began.elapsed().as_secs() < 10, "took {:?}", began.elapsed());
}
