use super::*;

#[track_caller]
fn check(path: &str, part_of_reason: &str) {
    let reason = reason(path);
    assert!(reason.is_some_and(|reason| reason.contains(part_of_reason)), "{path}: {reason:?}");
    assert!(suspicious_path(path));
}

#[track_caller]
fn check_normal(path: &str) {
    assert_eq!(reason(path), None, "{path}");
    assert!(!suspicious_path(path));
}

#[test]
fn user_folders() {
    check(r"C:\Users\bob\AppData\Local\Temp\invoice.exe", "%TEMP%");
    check(r"C:\Users\bob\AppData\Local\Temp\{1D2C}\DismHost.exe", "%TEMP%");
    check(r"C:\Users\bob\AppData\Local\Temp\7zO4F\invoice.exe", "archive");
    check(r"C:\Users\bob\AppData\Local\Temp\Temp1_invoice.zip\invoice.exe", "archive");
    check(r"C:\Users\bob\AppData\Local\Temptcm.tmp", "%LOCALAPPDATA%");
    check(r"C:\Users\bob\AppData\Local\Microsoft\svchost.exe", "%LOCALAPPDATA%");
    check(r"C:\Users\bob\AppData\Local\Microsoft\WindowsApps\python.exe", "%LOCALAPPDATA%");
    check(r"C:\Users\bob\AppData\Local\Programs\evil.exe", "%LOCALAPPDATA%");
    check(r"C:\Users\bob\AppData\Local\Microsoft\Windows\INetCache\Content.Outlook\Q\a.exe", "cache");
    check(r"C:\Users\bob\AppData\LocalLow\a.exe", "LocalLow");
    check(r"C:\Users\bob\AppData\Roaming\evil.exe", "%APPDATA%");
    check(r"C:\Users\bob\AppData\Roaming\Microsoft\Windows\Start Menu\Programs\Startup\a.exe", "Startup");
    check(r"C:\Users\bob\AppData\a.exe", "AppData");
    check(r"C:\Users\bob\Downloads\setup.exe", "Downloads");
    check(r"C:\Users\bob\OneDrive - Contoso\Downloads\setup.exe", "Downloads");
    check(r"D:\Downloads\setup.exe", "Downloads");
    check(r"C:\Users\bob\Music\a.exe", "music");
    check(r"C:\Users\Public\nc.exe", "Public");
    check(r"C:\Users\Public\Libraries\deep\nc.exe", "Public");
    check(r"C:\Users\Default\a.exe", "Default");
    check(r"C:\Users\a.exe", "users");
    check(r"C:\Users\bob\a.exe", "profile");
    check(r"D:\Profiles\bob\AppData\Roaming\a.exe", "%APPDATA%");
    check(r"C:\Windows\System32\config\systemprofile\AppData\Local\Temp\a.exe", "%TEMP%");
    check(r"C:\Windows\ServiceProfiles\NetworkService\AppData\Roaming\a.exe", "%APPDATA%");
    check(r"..\..\AppData\Local\Temp\a.exe", "%TEMP%");
}

#[test]
fn system_folders() {
    check(r"C:\Windows\Temp\evil.exe", "temporary");
    check(r"C:\Windows\SystemTemp\evil.exe", "temporary");
    check(r"C:\Windows\Tasks\a.exe", "scheduled tasks");
    check(r"C:\Windows\System32\Tasks\Microsoft\a.exe", "scheduled tasks");
    check(r"C:\Windows\SysWOW64\Tasks\a.exe", "scheduled tasks");
    check(r"C:\Windows\Fonts\a.exe", "fonts");
    check(r"C:\Windows\debug\WIA\a.exe", "Debug");
    check(r"C:\Windows\addins\a.exe", "only data");
    check(r"C:\Windows\tracing\a.exe", "only data");
    check(r"C:\Windows\System32\spool\drivers\color\a.exe", "colour");
    check(r"C:\PerfLogs\Admin\a.exe", "PerfLogs");
    check(r"C:\$Recycle.Bin\S-1-5-21-1\$R1.exe", "Recycle");
    check(r"C:\RECYCLER\a.exe", "Recycle");
    check(r"C:\System Volume Information\a.exe", "System Volume");
    check(r"C:\inetpub\wwwroot\aspnet_client\a.exe", "web server");
    check(r"D:\xampp\htdocs\uploads\a.exe", "web server");
    check(r"C:\Temp\a.exe", "temporary");
    check(r"E:\tmp\x\a.exe", "temporary");
    check(r"C:\Intel\a.exe", "driver");
}

#[test]
fn roots() {
    check(r"C:\program.exe", "root of a drive");
    check(r"\Device\HarddiskVolume2\a.exe", "root of a drive");
    check(r"C:\ProgramData\winpm.exe", "ProgramData");
    check(r"C:\Users\All Users\winpm.exe", "ProgramData");
    check(r"C:\ProgramData\USOShared\SharpRDP.exe", "ProgramData");
    check(r"C:\ProgramData\Microsoft\Windows\Start Menu\Programs\StartUp\a.exe", "Startup");
}

#[test]
fn shares_devices_and_streams() {
    check(r"\\vboxsrv\HTools\msxsl.exe", "network share");
    check(r"\Device\Mup\VBoxSvr\tools\a.exe", "network share");
    check(r"\\?\UNC\host\share\a.exe", "network share");
    check(r"\\host@SSL\DavWWWRoot\a.exe", "network share");
    check(r"\\127.0.0.1\C$\Windows\System32\cmd.exe", "network share");
    check("//host/share/a.exe", "network share");
    check(r"\\tsclient\C\a.exe", "remote desktop");
    check(r"\\?\GLOBALROOT\Device\HarddiskVolumeShadowCopy1\Windows\a.exe", "shadow copy");
    check(r"\Device\HarddiskVolumeShadowCopy12\a.exe", "shadow copy");
    check(r"\\.\C:\Windows\System32\cmd.exe", "device");
    check(r"\Device\CdRom0\setup.exe", "device");
    check(r"C:\Program Files\readme.txt:evil.exe", "alternate data stream");
    check("notes.txt:evil.exe", "alternate data stream");
    check(r"C:\Windows \System32\winSAT.exe", "blank");
    check(r"C:\Program Files.\a.exe", "blank");
}

#[test]
fn odd_spellings_of_the_same_place() {
    for path in [
        r"C:\Users\ADMINI~1\AppData\Local\Temp\a.exe",
        r"C:\Users\bob\APPDAT~1\Local\Temp\a.exe",
        r"c:\users\BOB\appdata\LOCAL\tEmP\a.exe",
        "C:/Users/bob/AppData/Local/Temp/a.exe",
        r"C:\\Users\\bob\\AppData\\Local\\Temp\\a.exe",
        r"C:\Program Files\..\Users\bob\AppData\Local\.\Temp\a.exe",
        r"\\?\C:\Users\bob\AppData\Local\Temp\a.exe",
        r"\??\C:\Users\bob\AppData\Local\Temp\a.exe",
        r"\Device\HarddiskVolume3\Users\bob\AppData\Local\Temp\a.exe",
        r"C:\Documents and Settings\bob\Local Settings\Temp\a.exe",
        r"C:\DOCUME~1\bob\LOCALS~1\Temp\a.exe",
        r"%TEMP%\a.exe",
        r"%LocalAppData%\Temp\a.exe",
        r"%USERPROFILE%\AppData\Local\Temp\a.exe",
        r"$env:TEMP\a.exe",
        r#""C:\Users\bob\AppData\Local\Temp\a.exe""#,
        r"C:\Users\bob\AppData\Local\Temp\",
    ] {
        check(path, "%TEMP%");
    }
    check(r"C:\PROGRA~3\x.exe", "ProgramData");
    check(r"C:\DOCUME~1\bob\APPLIC~1\x.exe", "%APPDATA%");
    check(r"%PUBLIC%\x.exe", "Public");
    check(r"%ProgramData%\x.exe", "ProgramData");
    check(r"C:\Users\bob\DOWNLO~1\x.exe", "Downloads");
}

#[test]
fn where_programs_live() {
    for path in [
        r"C:\Windows\System32\cmd.exe",
        r"C:\Windows\explorer.exe",
        r"C:\Windows\SysWOW64\WindowsPowerShell\v1.0\powershell.exe",
        r"C:\Windows\System32\spool\drivers\x64\3\PrintConfig.exe",
        r"C:\Windows\WinSxS\amd64_microsoft-windows-servicingstack_31bf_10.0.1_none_9e\TiWorker.exe",
        r"C:\Windows\SoftwareDistribution\Download\Install\AM_Delta.exe",
        r"C:\Windows\Microsoft.NET\Framework64\v4.0.30319\csc.exe",
        r"C:\Windows\Installer\MSI1A2B.tmp",
        r"\SystemRoot\System32\smss.exe",
        r"%SystemRoot%\System32\svchost.exe",
        r"\Device\HarddiskVolume3\Windows\System32\svchost.exe",
        r"C:\Program Files\Temp\Downloads\a.exe",
        r"C:\PROGRA~1\COMMON~1\a.exe",
        r"C:\PROGRA~2\a\b.exe",
        r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
        r"C:\Program Files\WindowsApps\Microsoft.Calculator_10_x64__8w\Calculator.exe",
        r"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.2211.5-0\MsMpEng.exe",
        r"C:\ProgramData\chocolatey\bin\git.exe",
        r"C:\ProgramData\Package Cache\{A}\vcredist_x64.exe",
        r"C:\Python27\python.exe",
        r"C:\Users\bob\Desktop\plink.exe",
        r"C:\Users\bob\source\repos\app\bin\Debug\app.exe",
        r"C:\Users\bob\AppData\Local\Microsoft\OneDrive\OneDrive.exe",
        r"C:\Users\bob\AppData\Local\Microsoft\OneDrive\19.232.1124.0012\FileCoAuth.exe",
        r"C:\Users\bob\AppData\Local\Programs\Microsoft VS Code\Code.exe",
        r"C:\Users\bob\AppData\Roaming\Zoom\bin\Zoom.exe",
        r"C:\Users\All Users\chocolatey\bin\git.exe",
        r"C:\Temporary\a.exe",
        r"C:\Users\Temp\tools\a.exe",
        r"C:\Users\bob\",
        "Registry",
        "System",
        "MemCompression",
        "cmd.exe",
        "a\\cmd.exe",
        "?",
        "-",
        "",
        r"C:\",
        r"C:\Windows\",
    ] {
        check_normal(path);
    }
}

#[test]
fn a_known_name_elsewhere_stays_suspicious() {
    check(r"C:\Users\bob\AppData\Local\Temp\OneDrive.exe", "%TEMP%");
    check(r"C:\Users\bob\AppData\Roaming\OneDrive.exe", "%APPDATA%");
    check(r"C:\Users\bob\AppData\Local\Microsoft\OneDrive\version.exe", "%LOCALAPPDATA%");
}
