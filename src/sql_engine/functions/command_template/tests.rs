//! Templates of command lines as they are logged.

use super::*;
use proptest::prelude::*;

#[track_caller]
fn check(command_line: &str, want: &str) {
    let template = command_template(command_line).expect("there is always a template").into_owned();
    assert_eq!(template, want, "{command_line}");
    assert_eq!(command_template(&template).as_deref(), Some(want), "the template of {want}");
}

#[track_caller]
fn stays(command_line: &str) {
    check(command_line, command_line);
    assert!(matches!(command_template(command_line), Some(Cow::Borrowed(_))), "{command_line}");
}

#[test]
fn identifiers() {
    check("DllHost.exe /Processid:{133EAC4F-5891-4D04-BADA-D84870380A80}", "DllHost.exe /Processid:{<guid>}");
    check("x 133eac4f-5891-4d04-bada-d84870380a80", "x <guid>");
    check("x S-1-5-21-1004336348-1177238915-682003330-512 y", "x <sid> y");
    check("icacls x /grant *S-1-5-32-544:F", "icacls x /grant *<sid>:F");
}

#[test]
fn addresses_dates_times() {
    check("ping -n 1 -w 100 192.168.1.122", "ping -n <number> -w <number> <ip>");
    check("http://10.0.1.14:8080/a", "http://<ip>:<number>/a");
    check("ping fe80::1ff:fe23:4567:890a", "ping <ip>");
    check("curl http://[::1]:80/", "curl http://[<ip>]:<number>/");
    check("x --version=48.0.2685.39", "x --version=<number>.<number>.<number>.<number>");
    check("/SD 2024-05-01 /ST 20:10", "/SD <date> /ST <time>");
    check("x 01/05/2024 1.5.2024 12:34:56.789", "x <date> <date> <time>");
    check("x 2024-05-01T12:34:56Z.log", "x <date>.log");
    stays("[Convert]::Add x::y");
}

#[test]
fn folders_of_users() {
    check(r"C:\Users\bob\x.exe", r"C:\Users\<user>\x.exe");
    check(r"c:\users\Bob Smith\x.exe", r"c:\users\<user>\x.exe");
    check(r#"dir "C:\Users\bob" /s"#, r#"dir "C:\Users\<user>" /s"#);
    check(r"copy C:\Users\bob D:\x", r"copy C:\Users\<user> D:\x");
    check(r"dir C:\Users\bob \\host\x", r"dir C:\Users\<user> \\host\x");
    check(r"C:\Documents and Settings\bob\x", r"C:\Documents and Settings\<user>\x");
    check("file:///C:/Users/bob/x", "file:///C:/Users/<user>/x");
    stays(r"C:\Users\Public\x.exe");
    stays(r"dir C:\Users\");
    stays(r"C:\Users\%USERNAME%\x");
    stays("net user bob /add");
}

#[test]
fn temporary_names() {
    check(r"/OUT:C:\Temp\RESBED6.tmp x", r"/OUT:C:\Temp\<temp> x");
    check(r"C:\Temp\CSC5779B24A646D409A951966A058ABC4E3.TMP", r"C:\Temp\<temp>");
    check(r"C:\Temp\tmp1375\a.exe", r"C:\Temp\<temp>\a.exe");
    check(r"C:\Temp\is-7AB3C.tmp\setup.exe", r"C:\Temp\<temp>\setup.exe");
    check(r"C:\Temp\_MEI12345\a C:\Temp\7zS4F21A0\b ~DF3C21.TMP", r"C:\Temp\<temp>\a C:\Temp\<temp>\b <temp>");
    check(r"C:\Temp\{133EAC4F-5891-4D04-BADA-D84870380A80}.tmp", r"C:\Temp\<temp>");
    stays("tmp_payload.txt template tmp");
}

#[test]
fn base64_and_hex() {
    let script = "JABXAGMAPQBOAGUAdwAtAE8AQgBKAEUAQwBUACAAUwB5AFMAdABFAG0ALgBOAEUAVAAuAFcAZQBCAEMAbABJAGUATgB0ADsA";
    check(&format!("powershell -Enc {script}"), "powershell -Enc <base64>");
    check("powershell -e dwBoAG8AYQBtAGkA", "powershell -e <base64>");
    check("/ping PD94bWwgdmVyc2lvbj0iMS4wIiBlbmNvZGluZz0iVVRGLTgiPz48cmVx==", "/ping <base64>");
    check("/ping PD94bWwgdmVyc2lvbj0iMS4wIiBlbmNvZGluZz0iVVRGLTgi-gmVyc2l_x", "/ping <base64>");
    check(
        "https://x/red-team/raw/4042cb3433bc024e304500dcfe3c5590571573f3/LICENSE.txt",
        "https://x/red-team/raw/<hex>/LICENSE.txt",
    );
    check("('H4sIAIuyyFwCA7VW+2/aSBD+OZH6P1gVErZCMA60aSJVujVPE')", "('<base64>')");
    check("/state0:0xa3cea855 /flags:0x4", "/state0:<hex> /flags:<hex>");
    check("consent.exe 896 322 000002806447A490", "consent.exe <number> <number> <hex>");
    stays("facade deadbeef cafe");
    stays("svchost.exe -k NetworkServiceNetworkRestrictedNetworkService -p");
    check(
        "a/redcanaryco/atomic/red/team/master/atomics/T1197/X.md",
        "a/redcanaryco/atomic/red/team/master/atomics/T1197/X.md",
    );
}

#[test]
fn numbers() {
    check("a 1 -2 3,4 x=5 (6)", "a <number> -<number> <number>,<number> x=<number> (<number>)");
    check("file_12.txt KB1234567 __1556656511.61", "file_<number>.txt KB<number> __<number>.<number>");
    stays(r"C:\Windows\System32\rundll32.exe net1 T1121.dll x64 seg177");
    check(r"v4.0.30319", r"v4.<number>.<number>");
    check("é1 1é 12345é", "é1 1é <number>é");
    stays("");
}

#[test]
fn a_placeholder_is_left_alone() {
    stays("a <guid><number> x<user>y <temp>.tmp <base64>=");
    stays(r"C:\Users\<user>\<temp>");
    check("echo 1 <numbers> 2", "echo <number> <numbers> <number>");
}

#[test]
fn like_lines_have_one_template() {
    let template = |text| command_template(text).expect("there is always a template").into_owned();
    assert_eq!(template("WerFault.exe -u -p 3668 -s 4420"), template("WerFault.exe -u -p 12 -s 9"));
    assert_eq!(
        template(r"conhost.exe 0xffffffff -ForceV1 C:\Users\a\x"),
        template(r"conhost.exe 0x1 -ForceV1 C:\Users\b c\x")
    );
}

#[test]
fn hostile_lines_take_linear_time() {
    let began = std::time::Instant::now();
    for part in [
        "1",
        "1.",
        "1-",
        "a",
        "a/",
        "A1b/",
        "S-1-5",
        "\\Users\\",
        "\\Users\\a ",
        "{",
        "1:",
        ".tmp",
        "é",
        "<",
        "0x",
        "2024-01-",
        "::",
    ] {
        let text = part.repeat(200_000 / part.len());
        command_template(&text);
    }
    assert!(began.elapsed().as_secs() < 20, "took {:?}", began.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn a_template_is_its_own_template(
        text in r#"(<number>|<user>|\\Users\\|S-1-|[0-9]{1,6}|[a-fA-F0-9]{8}|[A-Za-z0-9+/]{16,40}={0,2}|\.tmp|[-:./\\<>~_ "'{}=+]|0x|tmp|~DF|é|[a-zA-Z]{1,3}|\PC){0,16}"#
    ) {
        let once = command_template(&text).expect("there is always a template").into_owned();
        let twice = command_template(&once).expect("there is always a template").into_owned();
        prop_assert_eq!(once, twice);
    }
}
