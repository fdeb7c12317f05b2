//! Accounts that are created, and commands that create none.

use super::*;
use proptest::prelude::*;

#[track_caller]
fn creates(command_line: &str, account: &str) {
    let found = find_account_command(command_line);
    assert_eq!(found, Some(AccountCommand { account: Some(account.into()) }), "{command_line}");
}

#[track_caller]
fn creates_unnamed(command_line: &str) {
    assert_eq!(find_account_command(command_line), Some(AccountCommand { account: None }), "{command_line}");
}

#[track_caller]
fn creates_none(command_line: &str) {
    assert_eq!(find_account_command(command_line), None, "{command_line}");
}

#[test]
fn net_user() {
    creates("net user Supp0rt LetsDefendEventLogs /add", "Supp0rt");
    creates("net  user  x  y  /add", "x");
    creates("net1 user x y /add", "x");
    creates(r"C:\Windows\system32\net1  user toto3 @#(*kjh@(@Jd /add", "toto3");
    creates("NET.EXE USER x y /ADD", "x");
    creates("net user x /add", "x");
    creates("net user x * /add /domain", "x");
    creates("net user /add x y", "x");
    creates("net user /domain /add x y", "x");
    creates("net user x /add y /active:yes", "x");
    creates("net users x y /add", "x");
    creates("net user x y /ad", "x");
    creates("net user x y /a", "x");
    creates("net user x y/add", "x");
    creates("net user x/add", "x");
    creates("net user x y /add/domain", "x");
    creates("net user x p&ss|w /add", "x");
    creates("net user x y /fullname:\"a b\" /add", "x");
    creates("net user \"John Smith\" y /add", "John Smith");
    creates("net user $user $password /add", "$user");
    creates("net user HOST$ y /add", "HOST$");
}

#[test]
fn what_cmd_makes_of_a_line() {
    creates("n^et u^ser x y /a^dd", "x");
    creates(r#""net" "user" "x" "y" "/add""#, "x");
    creates(r#"n""et us""er x y /ad""d"#, "x");
    creates(r#""C:\Windows\System32\net.exe" user x y /add"#, "x");
    creates("%windir%\\system32\\net.exe user x y /add", "x");
    creates("cmd /c net user x y /add", "x");
    creates("cmd /c \"net user x y /add\"", "x");
    creates("cmd /c \"net user \"John Smith\" y /add\"", "John Smith");
    creates("cmd /c net user x y /add&net localgroup administrators x /add", "x");
    creates("cmd /c \"net user x y /add && net localgroup administrators x /add\"", "x");
    creates("cmd /c whoami & net user x y /add > nul", "x");
    creates("cmd /c net user x y /add>nul 2>&1", "x");
    creates("cmd /c (net user x y /add)", "x");
    creates("cmd /c for %i in (a b) do net user %i y /add", "%i");
    creates("& net user x y /add", "x");
    creates("powershell -c \"net user x y /add\"", "x");
    creates("powershell -c net user 'John Smith' y /add; dir", "John Smith");
    creates("powershell -c \"& {net user x y /add}\"", "x");
    creates("powershell n`et us`er x y /add", "x");
    creates("wmic process call create \"net user x y /add\"", "x");
    creates("psexec \\\\host -s net user x y /add", "x");
    creates("schtasks /create /tn t /tr \"net user x y /add\"", "x");
    creates("cmd /c \"cmd /c \"\"net user x y /add\"\"\"", "x");
}

#[test]
fn net_group() {
    creates("net localgroup administrators Supp0rt /add", "Supp0rt");
    creates("net localgroup \"Remote Desktop Users\" x /add", "x");
    creates("net localgroup administrators CORP\\x y /add", "CORP\\x");
    creates("net localgroup administrators /add x", "x");
    creates("net group \"Domain Admins\" x /add /domain", "x");
    creates("net1 group \"Domain Admins\" x /ADD /DO", "x");
    creates_unnamed("net localgroup hackers /add");
}

#[test]
fn net_that_creates_none() {
    creates_none("net user");
    creates_none("net  user");
    creates_none("net user /domain");
    creates_none("net user x");
    creates_none("net user x newpassword");
    creates_none("net user x /active:yes");
    creates_none("net user x /delete");
    creates_none("net user /add");
    creates_unnamed("net user \"\" /add");
    creates_none("net user x \"add\"");
    creates_none("net use z: \\\\host\\share /user:x y");
    creates_none("net use \\\\host\\c$ /add");
    creates_none("net view /all");
    creates_none("net localgroup administrators");
    creates_none("net localgroup administrators x /delete");
    creates_none("net group /domain");
    creates_none("net accounts /domain");
    creates_none("net start x /add");
    creates_none("net help user /add");
    creates_none("netsh user x y /add");
    creates_none("asp.net user x /add");
    creates_none("route add 10.0.0.0 /a");
    creates_none("net user & reg add HKLM /add");
    creates_none("cmd /c net user | find /a x");
    creates_none("");
}

#[test]
fn powershell_cmdlets() {
    creates("powershell New-LocalUser bob", "bob");
    creates("New-LocalUser -Name bob -NoPassword", "bob");
    creates("powershell -c \"New-LocalUser -Name 'bob smith' -Description 'x y'\"", "bob smith");
    creates("powershell new-localuser -nopassword -na:bob", "bob");
    creates("powershell New-LocalUser -Password (ConvertTo-SecureString 'x' -AsPlainText -Force) bob", "bob");
    creates("powershell New-LocalUser -FullName 'B C' -Disabled bob", "bob");
    creates("powershell New-LocalUser $name -NoPassword", "$name");
    creates("powershell New-`LocalUser bob", "bob");
    creates("powershell Microsoft.PowerShell.LocalAccounts\\New-LocalUser bob", "bob");
    creates("New-ADUser -Name \"Bob Smith\" -SamAccountName bsmith -Enabled $true", "bsmith");
    creates("powershell \"Import-Module ActiveDirectory; New-ADUser bob\"", "bob");
    creates("Add-LocalGroupMember -Group Administrators -Member bob", "bob");
    creates("Add-LocalGroupMember Administrators bob", "bob");
    creates("Add-LocalGroupMember -Group Administrators bob,eve", "bob");
    creates("Add-ADGroupMember -Identity 'Domain Admins' -Members bob,eve", "bob");
    creates_unnamed("powershell New-LocalUser @parameters");
    creates_none("powershell Get-LocalUser bob");
    creates_none("powershell Get-Help New-LocalUser");
    creates_none("powershell .\\New-LocalUser.ps1");
    creates_none("powershell Remove-LocalUser bob");
    creates_none("powershell Set-LocalUser bob -Password x");
    creates_none("powershell Get-LocalGroupMember Administrators");
}

#[test]
fn wmic_and_dsadd() {
    creates("wmic process call create \"cmd /c wmic useraccount create name=bob\"", "bob");
    creates("wmic useraccount create name=\"bob\",password=\"x\"", "bob");
    creates("wmic /node:h path win32_useraccount call create name='bob'", "bob");
    creates("dsadd user \"CN=bob,CN=Users,DC=corp,DC=local\" -pwd x", "bob");
    creates("dsadd.exe user \"CN=Bob Smith,OU=x\" -samid bsmith -pwd x", "bsmith");
    creates_none("wmic useraccount get name");
    creates_none("\"C:\\WINDOWS\\System32\\Wbem\\WMIC.exe\" useraccount get /ALL /format:csv");
    creates_none("wmic useraccount where \"name='create'\" get sid");
    creates_none("wmic useraccount where name='x' set passwordexpires=false");
    creates_none("wmic process call create \"cmd /c wmic useraccount list\"");
    creates_none("dsadd group \"CN=x\"");
    creates_none("dsquery user -name x");
}

#[test]
fn hostile_lines_take_linear_time() {
    let began = std::time::Instant::now();
    for part in [
        "net user ",
        "net ",
        "net user \"",
        "net user /a",
        "\"",
        "wmic useraccount create ",
        "New-LocalUser ",
        "New-LocalUser (",
        "dsadd user -samid ",
        "^",
        "net user (",
        "net user ' ",
    ] {
        let text = part.repeat(200_000 / part.len());
        find_account_command(&text);
        find_account_command(&format!("cmd /c {text} /add dsadd -localuser"));
    }
    assert!(began.elapsed().as_secs() < 20, "took {:?}", began.elapsed());
}

/// One way in which cmd and net.exe accept a word.
fn disguise(word: &str, way: usize) -> String {
    let (first, rest) = word.split_at(1);
    match way % 5 {
        0 => word.to_owned(),
        1 => format!("{first}^{rest}"),
        2 => format!("\"{word}\""),
        3 => format!("{first}\"\"{rest}"),
        _ => word.to_ascii_uppercase(),
    }
}

proptest! {
    #[test]
    fn every_spelling_gives_the_name(
        account in "[A-Za-z0-9$._-]{1,20}",
        password in "[A-Za-z0-9!#$%*+=?@_.]{1,14}",
        ways in prop::array::uniform3(0..5usize),
        prefix in prop::sample::select(
            vec!["", "cmd /c ", "cmd.exe /s /c \"", "dir & ", "C:\\Windows\\System32\\", "powershell -c "],
        ),
        options_first in any::<bool>(),
        blanks in " {1,3}",
    ) {
        prop_assume!(!account.eq_ignore_ascii_case("-add"));
        let add = disguise("/add", ways[2]);
        let words = if options_first {
            [disguise("net", ways[0]), disguise("user", ways[1]), add, account.clone(), password]
        } else {
            [disguise("net", ways[0]), disguise("user", ways[1]), account.clone(), password, add]
        };
        // A path before a quoted name is no path any more.
        prop_assume!(!(prefix.ends_with('\\') && words[0].starts_with('"')));
        let line = format!("{prefix}{}", words.join(&blanks));
        prop_assert_eq!(find_account_command(&line), Some(AccountCommand { account: Some(account) }), "{}", line);
    }
}
