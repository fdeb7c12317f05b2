//! Well-known programs that install themselves below AppData, so that they are no finding there.
//!
//! An entry names the exact folder and the exact files: any other file in the same folder stays a finding.
//! `AppData\Local\Microsoft\WindowsApps` is left out on purpose: it stands in PATH, every program may write to it, and
//! what is started through its aliases is logged with the path below `C:\Program Files\WindowsApps`.

/// A folder below AppData and the files in it. `#` at the end of a part stands for a version: digits, dots and dashes.
type Installed = (&'static str, &'static [&'static str]);

const INSTALLED: &[Installed] = &[
    (
        r"local\microsoft\onedrive",
        &["onedrive.exe", "onedrivestandaloneupdater.exe", "onedrivelauncher.exe", "onedrivesetup.exe"],
    ),
    (
        r"local\microsoft\onedrive\#",
        &[
            "filecoauth.exe",
            "filesynchelper.exe",
            "filesyncconfig.exe",
            "microsoft.sharepoint.exe",
            "onedrivesetup.exe",
            "onedriveupdaterservice.exe",
        ],
    ),
    (r"local\microsoft\onedrive\update", &["onedrivesetup.exe"]),
    (r"local\microsoft\onedrive\standaloneupdater", &["onedrivesetup.exe"]),
    (r"local\microsoft\teams", &["update.exe"]),
    (r"local\microsoft\teams\current", &["teams.exe", "squirrel.exe"]),
    (r"local\microsoft\edge\application", &["msedge.exe"]),
    (r"local\microsoft\edgeupdate", &["microsoftedgeupdate.exe"]),
    (r"local\microsoft\edgewebview\application\#", &["msedgewebview2.exe"]),
    (r"local\google\chrome\application", &["chrome.exe"]),
    (r"local\google\update", &["googleupdate.exe"]),
    (r"local\google\googleupdater\#", &["updater.exe"]),
    (r"local\bravesoftware\brave-browser\application", &["brave.exe"]),
    (r"local\mozilla firefox", &["firefox.exe"]),
    (r"local\vivaldi\application", &["vivaldi.exe"]),
    (r"local\programs\opera", &["opera.exe", "launcher.exe"]),
    (r"local\programs\opera\#", &["opera.exe", "opera_autoupdate.exe", "opera_crashreporter.exe"]),
    (r"local\programs\microsoft vs code", &["code.exe"]),
    (r"local\programs\microsoft vs code insiders", &["code - insiders.exe"]),
    (r"local\programs\cursor", &["cursor.exe"]),
    (r"local\programs\python\python#", &["python.exe", "pythonw.exe"]),
    (r"local\programs\python\launcher", &["py.exe", "pyw.exe"]),
    (r"local\programs\git\cmd", &["git.exe"]),
    (r"local\programs\git\bin", &["git.exe", "bash.exe", "sh.exe"]),
    (r"local\programs\git\mingw64\bin", &["git.exe"]),
    (r"local\programs\git\usr\bin", &["bash.exe", "sh.exe", "ssh.exe"]),
    (r"local\programs\notion", &["notion.exe"]),
    (r"local\programs\obsidian", &["obsidian.exe"]),
    (r"local\programs\signal-desktop", &["signal.exe"]),
    (r"local\programs\ollama", &["ollama.exe", "ollama app.exe"]),
    (r"local\jetbrains\toolbox\bin", &["jetbrains-toolbox.exe"]),
    (r"local\slack", &["slack.exe", "update.exe"]),
    (r"local\slack\app-#", &["slack.exe"]),
    (r"local\discord", &["update.exe"]),
    (r"local\discord\app-#", &["discord.exe"]),
    (r"local\githubdesktop", &["githubdesktop.exe", "update.exe"]),
    (r"local\githubdesktop\app-#", &["githubdesktop.exe"]),
    (r"local\postman\app-#", &["postman.exe"]),
    (r"local\whatsapp\app-#", &["whatsapp.exe"]),
    (r"roaming\zoom\bin", &["zoom.exe"]),
    (r"roaming\spotify", &["spotify.exe"]),
    (r"roaming\telegram desktop", &["telegram.exe", "updater.exe"]),
];

/// Whether `folders`, which begin below AppData, and `name` are a well-known program in its own folder.
pub(super) fn is_known_program(folders: &[&str], name: &str) -> bool {
    INSTALLED.iter().any(|(pattern, names)| {
        names.iter().any(|known| known.eq_ignore_ascii_case(name)) && is_folder_of(folders, pattern)
    })
}

fn is_folder_of(folders: &[&str], pattern: &str) -> bool {
    pattern.split('\\').count() == folders.len()
        && pattern.split('\\').zip(folders).all(|(expected, folder)| match expected.strip_suffix('#') {
            Some(start) => is_version(folder, start),
            None => expected.eq_ignore_ascii_case(folder),
        })
}

fn is_version(folder: &str, start: &str) -> bool {
    let head = folder.get(..start.len());
    head.is_some_and(|head| head.eq_ignore_ascii_case(start))
        && folder.len() > start.len()
        && folder.bytes().skip(start.len()).all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_and_name_must_both_be_right() {
        let onedrive = ["Local", "Microsoft", "OneDrive"];
        assert!(is_known_program(&onedrive, "OneDrive.exe"));
        assert!(!is_known_program(&onedrive, "evil.exe"));
        assert!(!is_known_program(&["Local", "OneDrive"], "OneDrive.exe"));
        assert!(!is_known_program(&["Local", "Microsoft", "OneDrive", "x"], "OneDrive.exe"));
    }

    #[test]
    fn a_version_is_digits_and_dots() {
        assert!(is_known_program(&["Local", "Discord", "app-1.0.9015"], "Discord.exe"));
        assert!(!is_known_program(&["Local", "Discord", "app-"], "Discord.exe"));
        assert!(!is_known_program(&["Local", "Discord", "app-evil"], "Discord.exe"));
        assert!(is_known_program(&["local", "programs", "python", "Python312"], "python.exe"));
        assert!(!is_known_program(&["local", "programs", "python", "Ру"], "python.exe"));
    }

    #[test]
    fn the_table_is_in_lower_case() {
        for (folder, names) in INSTALLED {
            assert_eq!(*folder, folder.to_ascii_lowercase());
            assert!(folder.starts_with("local\\") || folder.starts_with("roaming\\"), "{folder}");
            assert!(names.iter().all(|name| name.ends_with(".exe")), "{folder}");
        }
    }
}
