use super::*;

#[track_caller]
fn check_split(path: &str, folder: &str, name: &str) {
    assert_eq!(split(path), (folder, name), "{path}");
}

#[test]
fn a_path_is_cut_at_its_last_separator() {
    check_split(r"C:\Windows\System32\cmd.exe", r"C:\Windows\System32", "cmd.exe");
    check_split("C:/Windows/System32/cmd.exe", "C:/Windows/System32", "cmd.exe");
    check_split(r"C:\a/b\c.exe", r"C:\a/b", "c.exe");
    check_split(r"C:\a\\b.exe", r"C:\a", "b.exe");
    check_split(r"bin\tool.exe", "bin", "tool.exe");
    check_split("Registry", "", "Registry");
    check_split("", "", "");
    check_split(r#""C:\Program Files\a.exe""#, r"C:\Program Files", "a.exe");
    check_split(r"C:\Users\Жук\ключ.exe", r"C:\Users\Жук", "ключ.exe");
}

#[test]
fn a_root_stays_whole() {
    check_split(r"C:\a.exe", r"C:\", "a.exe");
    check_split(r"C:\\a.exe", r"C:\", "a.exe");
    check_split(r"C:\", r"C:\", "");
    check_split("C:a.exe", "C:", "a.exe");
    check_split(r"\a.exe", r"\", "a.exe");
    check_split(r"\\host\share\a.exe", r"\\host\share", "a.exe");
    check_split(r"\\host\share\", r"\\host\share", "");
    check_split(r"\\host\share\b\a.exe", r"\\host\share\b", "a.exe");
    check_split(r"\\?\C:\a.exe", r"\\?\C:\", "a.exe");
    check_split(r"\??\C:\Windows\a.exe", r"\??\C:\Windows", "a.exe");
    check_split(r"\\?\UNC\host\share\a.exe", r"\\?\UNC\host\share", "a.exe");
    check_split(r"\Device\HarddiskVolume3\Windows\a.exe", r"\Device\HarddiskVolume3\Windows", "a.exe");
    check_split(r"\\.\pipe\name", r"\\.\pipe", "name");
}

#[test]
fn separators_at_the_end_are_passed_over() {
    check_split(r"C:\Windows\Temp\", r"C:\Windows", "Temp");
    check_split(r"C:\Windows\\", r"C:\", "Windows");
    check_split(r"\", r"\", "");
}

#[test]
fn a_stream_stays_with_its_file() {
    check_split(r"C:\a\notes.txt:evil.exe", r"C:\a", "notes.txt:evil.exe");
    assert_eq!(program_name(r"C:\a\notes.txt:evil.exe"), "evil");
}

#[test]
fn a_program_goes_by_its_stem() {
    for path in [r"C:\Windows\CMD.EXE", "CMD", r"\\h\s\CMD.exe ", "\"C:\\CMD.exe\"", "CMD.exe."] {
        assert_eq!(program_name(path), "CMD", "{path}");
    }
    assert_eq!(program_name("chcp.com"), "chcp.com");
    assert_eq!(program_name("é.exe"), "é");
    assert_eq!(program_name("é€"), "é€");
    assert_eq!(program_name(""), "");
}

#[track_caller]
fn check_parse(text: &str, origin: Origin, folders: &[&str], name: &str) {
    let path = WindowsPath::parse(text);
    assert_eq!((path.origin, path.folders(), path.name), (origin, folders, name), "{text}");
}

#[test]
fn every_spelling_of_a_disk_path_is_one_path() {
    for text in [
        r"C:\Windows\System32\cmd.exe",
        r"d:/Windows//System32/cmd.exe",
        r"\\?\C:\Windows\System32\cmd.exe",
        r"\??\C:\Windows\System32\cmd.exe",
        r"\DosDevices\C:\Windows\System32\cmd.exe",
        r"\Device\HarddiskVolume12\Windows\System32\cmd.exe",
        r"\\Device\\HarddiskVolume12\\Windows\\System32\\cmd.exe",
        r"\Device\Harddisk0\Partition1\Windows\System32\cmd.exe",
        r"\\?\Volume{4c1b02c1-d990-11dc-99ae-806e6f6e6963}\Windows\System32\cmd.exe",
        r"\\?\GLOBALROOT\Device\HarddiskVolume2\Windows\System32\cmd.exe",
        r"C:\Windows\Temp\..\.\System32\cmd.exe",
        r"C:\..\Windows\System32\x\..\cmd.exe",
        r#" "C:\Windows\System32\cmd.exe" "#,
    ] {
        check_parse(text, Origin::Disk, &["Windows", "System32"], "cmd.exe");
    }
    check_parse(r"\SystemRoot\System32\smss.exe", Origin::Disk, &["windows", "System32"], "smss.exe");
    check_parse(r"%WinDir%\System32\smss.exe", Origin::Disk, &["windows", "System32"], "smss.exe");
}

#[test]
fn what_is_no_disk_is_told_apart() {
    check_parse("Registry", Origin::Name, &[], "Registry");
    check_parse(r"a\b.exe", Origin::Relative, &["a"], "b.exe");
    check_parse("C:b.exe", Origin::Relative, &[], "b.exe");
    check_parse(r"%HOME%\b.exe", Origin::Relative, &[], "b.exe");
    check_parse(r"\\host\share\b.exe", Origin::Share, &["share"], "b.exe");
    check_parse(r"\\host\ADMIN$\b.exe", Origin::Share, &["windows"], "b.exe");
    check_parse(r"\\host\c$\Temp\b.exe", Origin::Share, &["Temp"], "b.exe");
    check_parse(r"\Device\Mup\;LanmanRedirector\;Z:01\host\share\b.exe", Origin::Share, &["share"], "b.exe");
    check_parse(r"\\tsclient\C\b.exe", Origin::RemoteDesktop, &["C"], "b.exe");
    check_parse(r"\Device\HarddiskVolumeShadowCopy4\b.exe", Origin::ShadowCopy, &[], "b.exe");
    check_parse(r"\\.\C:\a\b.exe", Origin::Device, &["a"], "b.exe");
    check_parse(r"\\.\pipe\b", Origin::Device, &["pipe"], "b");
    check_parse(r"\Device\CdRom0\b.exe", Origin::Device, &[], "b.exe");
    check_parse("", Origin::Relative, &[], "");
    check_parse(r"C:\Windows\Temp\", Origin::Disk, &["Windows", "Temp"], "");
}

#[test]
fn short_names_stand_for_the_long_ones() {
    assert!(is_folder("LOCALS~1", "local settings"));
    assert!(is_folder("docume~1", "documents and settings"));
    assert!(is_folder("APPDAT~1", "appdata"));
    assert!(is_folder("PROGRA~1", "program files"));
    assert!(is_folder("PROGRA~3", "programdata"));
    assert!(!is_folder("PROGRA~1", "programdata"));
    assert!(!is_folder("PROGRA~3", "program files"));
    assert!(!is_folder("LOCALS~", "local settings"));
    assert!(!is_folder("é~1", "temp"));
}

#[test]
fn hostile_paths_are_bounded() {
    let deep = r"C:\a".to_owned() + &r"\b".repeat(20_000) + r"\c.exe";
    let path = WindowsPath::parse(&deep);
    assert_eq!((path.folders().len(), path.name), (KEPT_FOLDERS, "c.exe"));
    let undone = r"C:\Windows".to_owned() + &r"\b".repeat(100) + &r"\..".repeat(100) + r"\c.exe";
    assert_eq!(WindowsPath::parse(&undone).folders(), ["Windows"]);
    for text in
        ["..", r"\..\..", "\"", r"\\", r"\\?\", r"\??\", r"\Device\", r"\\?\UNC\", r"\\.\", "%", "%%", "$env:", ":"]
    {
        WindowsPath::parse(text);
        split(text);
    }
}
