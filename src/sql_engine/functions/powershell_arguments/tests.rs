//! Encoded commands and what only looks like them.

use super::*;
use base64::prelude::BASE64_STANDARD;
use proptest::prelude::*;

fn encode(script: &str) -> String {
    let bytes: Vec<u8> = script.encode_utf16().flat_map(u16::to_le_bytes).collect();
    BASE64_STANDARD.encode(bytes)
}

fn decode(command_line: &str) -> Option<String> {
    find_encoded_command(command_line)?.script
}

/// `{}` stands for base64 of "whoami /all".
#[track_caller]
fn hit(command_line: &str) {
    let command_line = command_line.replace("{}", &encode("whoami /all"));
    assert_eq!(decode(&command_line).as_deref(), Some("whoami /all"), "{command_line}");
}

#[track_caller]
fn undecoded_hit(command_line: &str) {
    assert_eq!(find_encoded_command(command_line), Some(EncodedCommand { script: None }), "{command_line}");
}

#[track_caller]
fn miss(command_line: &str) {
    let command_line = command_line.replace("{}", &encode("whoami /all"));
    assert_eq!(find_encoded_command(&command_line), None, "{command_line}");
}

#[test]
fn every_prefix_of_the_switch() {
    for length in 1..="encodedcommand".len() {
        for dash in ["-", "/", "--", "\u{2013}", "\u{2014}", "\u{2015}", "\u{2013}-", "/-"] {
            hit(&format!("powershell {dash}{} {{}}", &"EncodedCommand"[..length]));
            hit(&format!("renamed.exe {dash}{} {{}}", &"encodedcommand"[..length]));
        }
    }
    hit("powershell -ec {}");
    hit("powershell -EC {}");
    hit("POWERSHELL.EXE -ENC {}");
}

#[test]
fn every_name_of_the_host() {
    hit("powershell.exe -e {}");
    hit("pwsh -e {}");
    hit("pwsh-preview.exe -e {}");
    hit(r"C:\Windows\SysWOW64\WindowsPowerShell\v1.0\powershell.exe -e {}");
    hit(r#""C:\Program Files\PowerShell\7\pwsh.exe" -e {}"#);
    hit(r"C:\Program Files\PowerShell\7\pwsh.exe -e {}");
    hit(r"\\?\C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe -e {}");
    hit(r"C:\Users\Public\svchost.exe -nop -w hidden -enc {}");
    hit("a.exe -e {}");
}

#[test]
fn other_parameters_before_it() {
    hit("powershell  -NoP -sta -NonI -W Hidden -Enc {}");
    hit("powershell -exec bypass -e {}");
    hit("powershell -ep bypass -version 2 -noexit -noprofile -enc {}");
    hit("powershell -ExecutionPolicy:Bypass -enc {}");
    hit("pwsh -wd C:\\ -inputformat text -of xml -enc {}");
    hit("powershell -e {} -nop");
    hit("powershell - -e {}");
}

#[test]
fn quotes_carets_backticks_colons() {
    hit(r#"powershell "-enc" {}"#);
    hit(r#"powershell -"enc" {}"#);
    hit(r#"powershell -e""nc "{}""#);
    hit("powershell -^e^n^c {}");
    hit("p^ow^ershell -e^c {}");
    hit("pow\"er\"shell -enc {}");
    hit("powershell -enc '{}'");
    hit("powershell -enc:{}");
    hit("powershell -enc: {}");
    hit("powershell `-e`nc {}");
    hit("powershell.exe\t-enc\t{}");
    hit("powershell/e {}");
    hit(r#""powershell.exe"-enc {}"#);
    hit(r#"renamed.exe -e"nc" "{}""#);
    hit("renamed.exe -enc:{}");
}

#[test]
fn inside_other_command_lines() {
    hit("cmd /c powershell -enc {}");
    hit("cmd.exe /c \"powershell -enc {}\"");
    hit("cmd.exe /s /c \"powershell -enc \"{}\"\"");
    hit("%COMSPEC% /c echo x | powershell -e {}");
    hit("%COMSPEC% /b /c start /b /min powershell.exe -nop -w hidden -e {}");
    hit("cmd /c start \"\" \"powershell\" -enc {}&exit");
    hit("powershell -c \"powershell -enc {}\"");
    hit("powershell -c & {powershell -enc {}}");
    hit("powershell powershell -enc {}");
    hit("schtasks /create /tn x /tr \"powershell -enc {}\"");
    hit("mshta vbscript:CreateObject(\"WScript.Shell\").Run(\"powershell -enc {}\",0)");
    hit("wscript a.vbs \"powershell -exec bypass -enc \"\"{}\"\"\"");
    hit("sc create x binPath= \"%COMSPEC% /c powershell -enc {}\"");
    hit("wmic process call create \"powershell \\\"-enc\\\" {}\"");
    hit("rundll32 javascript:\"\\..\\mshtml,RunHTMLApplication \";powershell -enc {}");
    hit("powershell Start-Process powershell -ArgumentList '-enc {}'");
    hit("powershell Start-Process powershell -Args '-nop','-enc','{}'");
    hit("\"powershell -enc {}\"");
    hit("cmd /c \"set x={}&&powershell -e {}\"");
    undecoded_hit("cmd /c \"set x=SQBFAFgA && powershell -e %x%\"");
    hit("start powershell -c dir & powershell -enc {}");
}

#[test]
fn a_named_powershell_counts_with_any_value() {
    undecoded_hit("powershell -enc %payload%");
    undecoded_hit("powershell -e $x");
    undecoded_hit("cmd /c powershell -enc !a!!b!");
    undecoded_hit("powershell -enc not*base64");
    undecoded_hit("powershell -encodedcommand abc");
}

#[test]
fn other_parameters_are_no_hits() {
    miss("powershell");
    miss("powershell -enc");
    miss("powershell -e -nop");
    miss("powershell -ExecutionPolicy Bypass -File a.ps1");
    miss("powershell -ep bypass");
    miss("powershell -ex bypass -exec bypass");
    miss("powershell -EncodedArguments {}");
    miss("powershell -ea {}");
    miss("powershell -encoding utf8");
    miss("powershell -c Get-Content a.txt -Encoding UTF8");
    miss("powershell -c Get-Item x -ea SilentlyContinue");
    miss("powershell -NoExit -c dir");
    miss("powershell -c if (1 -eq 2) {}");
    miss("powershell -file a.ps1 -e test");
    miss("powershell a.ps1 -e test");
    miss("powershell -command \"a -e b\"");
    miss("powershell_ise -e x");
    miss("powershell.ps1 -e x");
}

#[test]
fn other_programs_are_no_hits() {
    miss("perl -e print(1)");
    miss("perl -e \"print 'hello'\"");
    miss("python -E main.py");
    miss("cscript //e:jscript a.js");
    miss("wscript.exe /e:JScript.Encode /nologo info.txt");
    miss("nc -e cmd.exe 10.0.0.1 4444");
    miss("ncat 10.0.0.1 4444 -e /bin/bash");
    miss("certutil -encode a b");
    miss("findstr /e .docx");
    miss("werfault.exe -s -t 1340 -i 1352 -e 1352 -c 0");
    miss("xcopy C:\\PowerShell /e /i D:\\x");
    miss("xcopy C:\\PowerShell /e Data");
    miss("robocopy C:\\a D:\\powershell /e data");
    miss("7z a -ec x.7z");
    miss("node -e console.log");
    miss("ruby -e puts");
    miss("tar -e AAAAAAAAAAAA");
    miss("tool -e SGVsbG8gd29ybGQgdGhpcyBpcyB0ZXh0");
    miss("grep -e powershell");
    miss("taskkill /im powershell.exe /e data");
    miss("reg add HKLM\\x /v e /d y");
    miss("");
}

#[test]
fn decoding_is_lenient() {
    assert_eq!(decode("powershell -e dwBoAG8AYQBtAGkA").as_deref(), Some("whoami"));
    // Padding that is missing, and more than there should be.
    assert_eq!(decode("powershell -e bABzAA").as_deref(), Some("ls"));
    assert_eq!(decode("powershell -e bABzAA===").as_deref(), Some("ls"));
    assert_eq!(decode("powershell -e \"dwBo AG8A YQBtAGkA\"").as_deref(), Some("whoami"));
    // Cut at every length, from two characters of the script on.
    let whole = encode("whoami /all");
    for length in 6..whole.len() {
        let script = decode(&format!("powershell -e {}", &whole[..length])).expect("a cut command decodes");
        assert!("whoami /all".starts_with(&script) && script.len() >= 2, "{length}: {script}");
    }
    assert_eq!(decode("powershell -e dwBoAG8AYQBtAGkA...").as_deref(), Some("whoami"));
    // What .NET takes is decoded whatever it is: this is base64 of UTF-8.
    assert_eq!(decode("powershell -e aGVsbG8h").as_deref(), Some("\u{6568}\u{6c6c}\u{216f}"));
    assert_eq!(decode("powershell -e AAA="), Some("\0".into()));
    assert_eq!(decode("powershell -e ANg="), Some("\u{FFFD}".into()));
}

#[test]
fn a_renamed_host_needs_a_script() {
    hit("x.exe -e {}");
    miss("x.exe -e aGVsbG8h");
    miss("x.exe -e AAAA");
    miss("x.exe -e dwA=");
    miss("x.exe -e ANgAAAAA");
}

#[test]
fn hostile_lines_take_linear_time() {
    let began = std::time::Instant::now();
    let parts = [
        "-e ",
        "-",
        "/e",
        "\"",
        "-e\"",
        "powershell -w ",
        "powershell ",
        "-e powershell ",
        "powershell/e",
        "-enc A",
        "\u{2013}",
        "^",
        "-e \"",
        "powershell -e %x% ",
        "pwsh -c \"",
        "-e AAAA",
        "-e:",
        "' -e '",
    ];
    for part in parts {
        let text = part.repeat(200_000 / part.len());
        find_encoded_command(&text);
        find_encoded_command(&format!("powershell -nop {text} -enc dwBoAG8AYQBtAGkA"));
    }
    assert!(began.elapsed().as_secs() < 20, "took {:?}", began.elapsed());
}

proptest! {
    #[test]
    fn decoding_undoes_encoding(
        script in "[^\u{0}]{1,60}",
        length in 1..15usize,
        dash in prop::sample::select(vec!["-", "/", "--", "\u{2013}", "\u{2014}", "\u{2015}", "-\u{2014}"]),
        alias in any::<bool>(),
        host in prop::sample::select(vec![
            "powershell",
            "\"C:\\Program Files\\PowerShell\\7\\pwsh.exe\"",
            "cmd /c powershell.exe -nop",
            "POWERSHELL -w 1",
        ]),
        colon in any::<bool>(),
        quote in prop::sample::select(vec!["", "\"", "'"]),
    ) {
        let switch = if alias { "eC" } else { &"EncodedCommand"[..length.min(14)] };
        let separator = if colon && quote.is_empty() { ":" } else { " " };
        let line = format!("{host} {dash}{switch}{separator}{quote}{}{quote}", encode(&script));
        prop_assert_eq!(decode(&line), Some(script));
    }

    #[test]
    fn any_text_is_read(text in r#"(powershell|pwsh|-e|-enc|/|–|"|\^|'|[ \t:]|AAAA|\PC){0,30}"#) {
        find_encoded_command(&text);
    }
}
