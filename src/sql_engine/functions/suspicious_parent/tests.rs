use super::*;

#[track_caller]
fn check(creator: &str, child: &str, want: &str) {
    assert_eq!(suspicious_parent_reason(creator, child).as_deref(), Some(want), "{creator} > {child}");
    assert!(suspicious_parent(creator, child));
}

#[track_caller]
fn check_normal(creator: &str, child: &str) {
    assert_eq!(suspicious_parent_reason(creator, child), None, "{creator} > {child}");
    assert!(!suspicious_parent(creator, child));
}

const SYSTEM32: &str = r"C:\Windows\System32\";

#[test]
fn the_tables_can_be_searched() {
    name_table::check_keys(tools::TOOLS.iter().map(|(name, _)| *name));
    name_table::check_keys(creators::CREATORS.iter().map(|(name, _)| *name));
    name_table::check_keys(process_tree::PARENTS.iter().map(|(name, _)| *name));
    name_table::check_keys(creators::ERROR_REPORTERS.iter().copied());
}

#[test]
fn documents_start_no_shells() {
    check(
        r"C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE",
        r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
        "the Office application WINWORD.EXE started the shell powershell.exe",
    );
    check("excel.exe", "mshta.exe", "the Office application excel.exe started the script host mshta.exe");
    check("OUTLOOK.EXE", "rundll32.exe", "the Office application OUTLOOK.EXE started the system tool rundll32.exe");
    check("powerpnt.exe", "wmic.exe", "the Office application powerpnt.exe started the system tool wmic.exe");
    check("AcroRd32.exe", "cmd.exe", "the PDF reader AcroRd32.exe started the shell cmd.exe");
    check("hh.exe", "cmd.exe", "the HTML host hh.exe started the shell cmd.exe");
    check(
        "EQNEDT32.EXE",
        r"C:\Users\Public\vbc.exe",
        "the Equation Editor EQNEDT32.EXE started vbc.exe, and it normally starts no program",
    );
    check(
        "winword.exe",
        r"C:\Users\bob\AppData\Local\Temp\a.exe",
        "the Office application winword.exe started a.exe from where programs do not normally live",
    );
    check_normal("winword.exe", r"C:\Program Files\Google\Chrome\Application\chrome.exe");
    check_normal("winword.exe", r"C:\Windows\splwow64.exe");
    check_normal("EQNEDT32.EXE", r"C:\Windows\System32\WerFault.exe");
    check_normal("outlook.exe", "winword.exe");
    check_normal("chrome.exe", r"C:\Users\bob\Downloads\setup.exe");
}

#[test]
fn explorer_starts_no_shells() {
    check("explorer.exe", "cmd.exe", "the desktop shell explorer.exe started the shell cmd.exe");
    check(r"C:\Windows\Explorer.EXE", "pwsh.exe", "the desktop shell Explorer.EXE started the shell pwsh.exe");
    check("explorer.exe", "wscript.exe", "the desktop shell explorer.exe started the script host wscript.exe");
    for child in
        ["notepad.exe", "rundll32.exe", "powershell_ise.exe", "control.exe", "mmc.exe", "msiexec.exe", "reg.exe"]
    {
        check_normal("explorer.exe", child);
    }
}

#[test]
fn servers_and_services_start_no_shells() {
    check("w3wp.exe", "cmd.exe", "the web server w3wp.exe started the shell cmd.exe");
    check("httpd.exe", "whoami.exe", "the web server httpd.exe started the system tool whoami.exe");
    check("Tomcat9.exe", "cmd.exe", "the web server Tomcat9.exe started the shell cmd.exe");
    check(
        r"C:\Program Files\Atlassian\Confluence\jre\bin\java.exe",
        "cmd.exe",
        "the web server java.exe started the shell cmd.exe",
    );
    check_normal(r"C:\Program Files\Java\jdk-17\bin\java.exe", "cmd.exe");
    check("sqlservr.exe", "cmd.exe", "the database server sqlservr.exe started the shell cmd.exe");
    check("services.exe", "cmd.exe", "the service control manager services.exe started the shell cmd.exe");
    check("WmiPrvSE.exe", "powershell.exe", "the WMI host WmiPrvSE.exe started the shell powershell.exe");
    check("chrome.exe", "cmd.exe", "the browser chrome.exe started the shell cmd.exe");
    check("winlogon.exe", "cmd.exe", "the logon process winlogon.exe started the shell cmd.exe");
    check("sethc.exe", "cmd.exe", "the accessibility program sethc.exe started the shell cmd.exe");
    check(
        "lsass.exe",
        "evil.exe",
        "the security authority lsass.exe started evil.exe, and it normally starts no program",
    );
    check("svchost.exe", "mshta.exe", "the service host svchost.exe started the script host mshta.exe");
    check(
        r"C:\Windows\System32\WerFault.exe",
        r"C:\Windows\Temp\evil.exe",
        "the system process WerFault.exe started evil.exe from where programs do not normally live",
    );
    check(
        "services.exe",
        r"C:\program.exe",
        "the service control manager services.exe started program.exe from where programs do not normally live",
    );
    check_normal("w3wp.exe", r"C:\inetpub\wwwroot\shop\Shop.exe");
    check_normal("w3wp.exe", "csc.exe");
    check_normal("services.exe", "msiexec.exe");
    check_normal("svchost.exe", "cmd.exe");
    check_normal("winlogon.exe", "LogonUI.exe");
    check_normal("lsass.exe", "WerFault.exe");
    check_normal("wscript.exe", "cscript.exe");
    check_normal("regsvr32.exe", r"C:\Windows\SysWOW64\regsvr32.exe");
    check_normal("powershell.exe", "cmd.exe");
    check_normal("cmd.exe", "powershell.exe");
    check_normal("cmd.exe", "conhost.exe");
}

#[test]
fn the_system_has_its_parents() {
    check("cmd.exe", "svchost.exe", "svchost.exe is normally started by services.exe, not by cmd.exe");
    check("lsass.exe", "lsass.exe", "lsass.exe is normally started by wininit.exe, not by lsass.exe");
    check("explorer.exe", "SMSS.exe", "SMSS.exe is normally started by System or smss.exe, not by explorer.exe");
    check("a.exe", "services.exe", "services.exe is normally started by wininit.exe, not by a.exe");
    check(
        "winword.exe",
        "dllhost.exe",
        "dllhost.exe is normally started by svchost.exe or services.exe, not by winword.exe",
    );
    check(
        r"C:\Temp\services.exe",
        "svchost.exe",
        "svchost.exe was started by a services.exe that is not in its own folder",
    );
    for (creator, child) in [
        ("System", "smss.exe"),
        ("smss.exe", "smss.exe"),
        ("smss.exe", "csrss.exe"),
        ("smss.exe", "wininit.exe"),
        ("smss.exe", "winlogon.exe"),
        ("wininit.exe", "services.exe"),
        ("wininit.exe", "lsass.exe"),
        ("wininit.exe", "fontdrvhost.exe"),
        ("winlogon.exe", "dwm.exe"),
        ("winlogon.exe", "userinit.exe"),
        ("services.exe", "svchost.exe"),
        ("services.exe", "spoolsv.exe"),
        ("services.exe", "taskhost.exe"),
        ("svchost.exe", "taskhostw.exe"),
        ("svchost.exe", "RuntimeBroker.exe"),
        ("svchost.exe", "dllhost.exe"),
        ("SearchIndexer.exe", "SearchProtocolHost.exe"),
        ("userinit.exe", "explorer.exe"),
        ("chrome.exe", "explorer.exe"),
    ] {
        check_normal(creator, child);
        check_normal(
            &format!("{SYSTEM32}{creator}"),
            &format!("{SYSTEM32}{child}").replace("System32\\explorer", "explorer"),
        );
    }
    check_normal(
        r"\Device\HarddiskVolume3\Windows\System32\services.exe",
        r"\Device\HarddiskVolume3\Windows\System32\svchost.exe",
    );
    check_normal(r"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18\MsMpEng.exe", "svchost.exe");
}

#[test]
fn an_unknown_parent_is_no_finding() {
    for creator in ["", "-", "?", " ", "<unknown process>", "C:\\"] {
        check_normal(creator, r"C:\Windows\System32\lsass.exe");
    }
    check_normal("winword.exe", "");
    check_normal("winword.exe", "-");
}
