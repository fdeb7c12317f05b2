use super::super::name_table;
use super::*;

#[track_caller]
fn check(path: &str, part_of_reason: &str) {
    let reason = masquerades_reason(path);
    assert!(reason.as_deref().is_some_and(|reason| reason.contains(part_of_reason)), "{path}: {reason:?}");
    assert!(masquerades(path));
}

#[track_caller]
fn check_honest(path: &str) {
    assert_eq!(masquerades_reason(path), None, "{path}");
    assert!(!masquerades(path));
}

#[test]
fn the_table_can_be_searched() {
    name_table::check_keys(system_programs::SYSTEM_PROGRAMS.iter().map(|(name, _)| *name));
}

#[test]
fn names_of_windows_elsewhere() {
    check(r"C:\Users\Public\svchost.exe", "svchost.exe, which lives in C:\\Windows\\System32");
    check(r"C:\Windows\svchost.exe", "svchost.exe");
    check(r"C:\Windows\System32\drivers\svchost.exe", "svchost.exe");
    check(r"\Device\HarddiskVolume3\Temp\lsass.exe", "lsass.exe");
    check(r"\\host\share\cmd.exe", "cmd.exe");
    check(r"D:\backup\Windows\System32\cmd.exe", "cmd.exe");
    check(r"C:\Windows\System32\..\Temp\cmd.exe", "cmd.exe");
    check(r"%TEMP%\RUNDLL32.EXE", "RUNDLL32.EXE");
    check(r"C:\Windows\System32\explorer_\explorer.exe", "C:\\Windows");
    check(r"C:\Program Files\explorer.exe", "explorer.exe");
    check(r"C:\Program Files\svchost.exe", "svchost.exe");
    check(r"C:\Windows\System32\WmiPrvSE.exe", "wbem");
    check(r"C:\Users\bob\powershell.exe", "WindowsPowerShell");
    check(r"C:\Temp\RegAsm.exe", "Microsoft.NET");
    check(r"C:\Users\bob\Downloads\MsMpEng.exe", "Defender");
    check(r"C:\Windows\TrustedInstaller.exe", "servicing");
    check(r"C:\Temp\iexplore.exe", "Internet Explorer");
    check(r"C:\svchost.exe", "svchost.exe");
    check(r"C:\Users\bob\net.exe", "net.exe");
    check(r"C:\Windows \System32\winSAT.exe", "ends in a blank");
}

#[test]
fn names_that_look_like_others() {
    check(r"C:\Windows\System32\svch0st.exe", "svchost.exe");
    check("scvhost.exe", "svchost.exe");
    check(r"C:\Tools\lsasss.exe", "lsass.exe");
    check(r"C:\Tools\expl0rer.scr", "explorer.exe");
    check(r"C:\Tools\svchоst.exe", "svchost.exe");
    check(r"C:\Tools\сhrome.exe", "mixes letters of two scripts");
    check(r"C:\notes.txt:svch0st.exe", "svchost.exe");
}

#[test]
fn tricks_with_the_name() {
    check(r"C:\Users\bob\Desktop\Invoice.pdf.exe", "extension of a document");
    check("report.docx          .exe", "extension of a document");
    check("photo.JPG_____.scr", "extension of a document");
    check("report .exe", "before its extension");
    check("report..exe", "before its extension");
    check("report\u{a0}\u{a0}.exe", "before its extension");
    check(r"C:\tmp\cmd.exe  .exe", "before its extension");
    check(r"C:\Tools\setup.exe ", "ends in a blank");
    check(r"C:\Tools\setup.exe.", "ends in a blank");
    check("C:\\Users\\bob\\Ann\u{202E}gepj.exe", "turns the direction");
    check("C:\\Users\\bob\\in\u{200B}voice.exe", "invisible");
    check("svc\u{200D}host.exe", "invisible");
    check("C:\\book.pdf\u{2800}\u{2800}.hta", "invisible");
}

#[test]
fn honest_programs() {
    for path in [
        r"C:\Windows\System32\svchost.exe",
        r"d:\WINDOWS\syswow64\SVCHOST.EXE",
        r"C:\Windows\Sysnative\cmd.exe",
        r"\??\C:\Windows\System32\csrss.exe",
        r"\Device\HarddiskVolume3\Windows\System32\lsass.exe",
        r"\SystemRoot\System32\smss.exe",
        r"%SystemRoot%\System32\smss.exe",
        r"\\host\ADMIN$\System32\cmd.exe",
        r"\\?\GLOBALROOT\Device\HarddiskVolumeShadowCopy1\Windows\System32\cmd.exe",
        r"\\.\C:\Windows\System32\cmd.exe",
        r"C:\Windows\WinSxS\amd64_microsoft-windows-lsa_31bf\lsass.exe",
        r"C:\Windows\servicing\TrustedInstaller.exe",
        r"C:\Windows.old\Windows\System32\svchost.exe",
        r"C:\Windows\explorer.exe",
        r"C:\Windows\SysWOW64\explorer.exe",
        r"C:\Windows\notepad.exe",
        r"C:\Windows\System32\notepad.exe",
        r"C:\Program Files\WindowsApps\Microsoft.WindowsNotepad_11_x64__8w\Notepad\Notepad.exe",
        r"C:\Windows\System32\wbem\WmiPrvSE.exe",
        r"C:\Windows\SysWOW64\WindowsPowerShell\v1.0\powershell.exe",
        r"C:\Windows\System32\powershell.exe",
        r"C:\Windows\System32\wbem\WMIC.exe",
        r"C:\Windows\Microsoft.NET\Framework64\v4.0.30319\RegAsm.exe",
        r"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.2211.5-0\MsMpEng.exe",
        r"C:\Program Files\Windows Defender\MsMpEng.exe",
        r"C:\Program Files (x86)\Internet Explorer\iexplore.exe",
        r"C:\Program Files\Git\usr\bin\whoami.exe",
        r"C:\msys64\usr\bin\hostname.exe",
        r"C:\Program Files\Contoso\Contoso.Pdf.exe",
        r"C:\Program Files\7-Zip\7z.exe",
        r"C:\Tools\setup.x64.exe",
        r"C:\Tools\pdf.exe",
        r"C:\Tools\Advanced_IP_Scanner_2.5.4594.1.exe",
        r"C:\Tools\service.exe",
        r"C:\Program Files\Утилиты\Программа.exe",
        r"C:\Users\Ólafur\Desktop\tól.exe",
        "C:\\Users\\a\\نرم\u{200C}افزار.exe",
        r"C:\Program Files\uTorrent\μTorrent.exe",
        r"C:\Temp\lsass.dmp",
        "svchost.exe",
        r"bin\cmd.exe",
        "Registry",
        "MemCompression",
        "System",
        "-",
        "?",
        "",
        "C:\\",
    ] {
        check_honest(path);
    }
}
