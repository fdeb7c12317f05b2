//! The folders of a disk that hold no programs, and how each is called in a reason.

use super::super::windows_path::{Origin, WindowsPath, is_any_folder, is_folder};
use super::known_programs::is_known_program;

const TEMPORARY: &str = "runs from a temporary folder";
const DOWNLOADS: &str = "runs from a Downloads folder";
const PUBLIC: &str = "runs from the Public user's folder";
const RECYCLE_BIN: &str = "runs from the Recycle Bin";
const WEB_ROOT: &str = "runs from a web server's content folder";
const STARTUP: &str = "runs from a Startup folder";
const TASKS: &str = "runs from the folder of scheduled tasks";
const PROGRAM_DATA: &str = "runs from the root of ProgramData";
const DRIVE_ROOT: &str = "runs from the root of a drive";

/// Folders at the root of a drive.
const ROOT_FOLDERS: &[(&[&str], &str)] = &[
    (&["temp", "tmp"], TEMPORARY),
    (&["perflogs"], "runs from PerfLogs"),
    (&["$recycle.bin", "recycler", "recycled"], RECYCLE_BIN),
    (&["system volume information"], "runs from System Volume Information"),
    (&["inetpub"], WEB_ROOT),
];

/// Folders directly below the Windows folder that hold data, each with all below it.
const WINDOWS_FOLDERS: &[(&[&str], &str)] = &[
    (&["temp", "systemtemp"], "runs from the temporary folder of Windows"),
    (&["tasks"], TASKS),
    (&["fonts"], "runs from the folder of fonts"),
    (&["debug"], "runs from the Debug folder of Windows"),
    (
        &["addins", "cursors", "help", "logs", "media", "prefetch", "registration", "tracing", "vss", "web"],
        "runs from a folder of Windows that holds only data",
    ),
];

/// Folders below System32 and SysWOW64 that hold data; most can be written to by every user.
const SYSTEM_FOLDERS: &[(&[&str], &str)] = &[
    (&["tasks"], TASKS),
    (&["spool", "drivers", "color"], "runs from the folder of colour profiles"),
    (&["spool", "printers"], "runs from the print queue"),
    (&["spool", "servers"], "runs from the print queue"),
    (&["com", "dmp"], "runs from a folder of Windows that every user may write to"),
    (&["fxstmp"], "runs from a folder of Windows that every user may write to"),
    (&["logfiles"], "runs from a folder of Windows that holds only data"),
    (&["microsoft", "crypto"], "runs from a folder of Windows that every user may write to"),
];

/// Folders of a user that hold pictures and the like, and no programs.
const MEDIA_FOLDERS: &[&str] = &["contacts", "favorites", "links", "music", "pictures", "searches", "videos"];

/// Why a program on a disk, or at the end of a path whose start is unknown, is in an unusual place.
pub(super) fn reason(path: &WindowsPath<'_>) -> Option<&'static str> {
    let folders = path.folders();
    if path.origin == Origin::Relative {
        return anywhere(folders, path.name);
    }
    let Some((first, below)) = folders.split_first() else {
        return (!path.name.is_empty()).then_some(DRIVE_ROOT);
    };
    if is_any_folder(first, &["windows", "winnt"]) {
        return windows(below).or_else(|| user_data(folders, path.name));
    }
    if is_any_folder(first, &["program files", "program files (x86)"]) {
        return None;
    }
    if is_folder(first, "programdata") {
        return program_data(below);
    }
    if is_any_folder(first, &["users", "documents and settings"]) {
        return user(below, path.name).or_else(|| anywhere(folders, path.name));
    }
    // Drivers are unpacked to folders of their own below these two; nothing is put directly into them.
    if below.is_empty() && is_any_folder(first, &["intel", "amd"]) {
        return Some("runs from a root folder of driver files");
    }
    let root = ROOT_FOLDERS.iter().find(|(names, _)| is_any_folder(first, names));
    root.map(|(_, reason)| *reason).or_else(|| anywhere(folders, path.name))
}

fn windows(below: &[&str]) -> Option<&'static str> {
    let (first, inner) = below.split_first()?;
    if is_any_folder(first, &["system32", "syswow64", "sysnative"]) {
        let found = SYSTEM_FOLDERS.iter().find(|(start, _)| starts_with(inner, start));
        return found.map(|(_, reason)| *reason);
    }
    let found = WINDOWS_FOLDERS.iter().find(|(names, _)| is_any_folder(first, names));
    found.map(|(_, reason)| *reason)
}

fn program_data(below: &[&str]) -> Option<&'static str> {
    let Some((first, inner)) = below.split_first() else { return Some(PROGRAM_DATA) };
    if is_any_folder(first, &["temp", "tmp"]) {
        return Some(TEMPORARY);
    }
    if is_any_folder(first, &["usoshared", "usoprivate", "desktop", "start menu"])
        || is_folder(first, "microsoft") && (inner.is_empty() || inner.len() == 1 && is_folder(inner[0], "windows"))
    {
        return Some("runs from a folder of ProgramData that holds only data");
    }
    starts_with(below, &["microsoft", "windows", "start menu"]).then_some(STARTUP)
}

/// Judges what stands below `C:\Users`.
fn user(below: &[&str], name: &str) -> Option<&'static str> {
    let Some((account, inner)) = below.split_first() else {
        return (!name.is_empty()).then_some("runs from the root of the users' folders");
    };
    if is_folder(account, "public") {
        return Some(PUBLIC);
    }
    if is_folder(account, "all users") {
        return match inner.split_first() {
            Some((first, rest)) if is_folder(first, "application data") => program_data(rest),
            _ => program_data(inner),
        };
    }
    if is_any_folder(account, &["default", "default user"]) {
        return Some("runs from the Default user's folder");
    }
    match inner.first() {
        Some(first) if is_any_folder(first, MEDIA_FOLDERS) => {
            Some("runs from a user's folder of pictures, music, links or the like")
        }
        Some(_) => None,
        None => (!name.is_empty()).then_some("runs from the root of a user's profile"),
    }
}

/// Judges folders that mean the same wherever they stand.
fn anywhere(folders: &[&str], name: &str) -> Option<&'static str> {
    for folder in folders {
        if is_folder(folder, "downloads") {
            return Some(DOWNLOADS);
        }
        if is_folder(folder, "$recycle.bin") {
            return Some(RECYCLE_BIN);
        }
        if is_any_folder(folder, &["wwwroot", "htdocs"]) {
            return Some(WEB_ROOT);
        }
    }
    user_data(folders, name)
}

/// Judges AppData and what stood in its place before Windows Vista, below any folder: profiles are moved to other
/// drives, and services have theirs below System32.
fn user_data(folders: &[&str], name: &str) -> Option<&'static str> {
    for (index, folder) in folders.iter().enumerate() {
        let below = &folders[index + 1..];
        if is_folder(folder, "appdata") {
            return app_data(below, name);
        }
        if is_folder(folder, "local settings") {
            let temporary = below.first().is_some_and(|first| is_folder(first, "temp"));
            return Some(if temporary { TEMP } else { LOCAL });
        }
        if is_folder(folder, "application data") {
            return Some(ROAMING);
        }
    }
    None
}

const TEMP: &str = "runs from the user's temporary folder (%TEMP%)";
const LOCAL: &str = "runs from the user's local application data (%LOCALAPPDATA%)";
const ROAMING: &str = "runs from the user's roaming application data (%APPDATA%)";

fn app_data(below: &[&str], name: &str) -> Option<&'static str> {
    let Some((branch, inner)) = below.split_first() else { return Some("runs from the root of the user's AppData") };
    if is_folder(branch, "local") {
        return local(below, inner, name);
    }
    if is_folder(branch, "locallow") {
        return Some("runs from the user's application data of low integrity (AppData\\LocalLow)");
    }
    if starts_with(inner, &["microsoft", "windows", "start menu"]) {
        return Some(STARTUP);
    }
    (!is_known_program(below, name)).then_some(ROAMING)
}

fn local(below: &[&str], inner: &[&str], name: &str) -> Option<&'static str> {
    let Some((first, unpacked)) = inner.split_first() else { return Some(LOCAL) };
    if is_any_folder(first, &["temp", "tmp"]) {
        let archive = unpacked.first().is_some_and(|folder| is_unpacked_archive(folder));
        return Some(if archive {
            "runs from an archive that was unpacked to the user's temporary folder"
        } else {
            TEMP
        });
    }
    if starts_with(inner, &["microsoft", "windows"]) && inner.get(2).is_some_and(|cache| is_web_cache(cache)) {
        return Some("runs from the cache of a browser or of mail attachments");
    }
    (!is_known_program(below, name)).then_some(LOCAL)
}

fn is_web_cache(folder: &str) -> bool {
    is_any_folder(folder, &["inetcache", "temporary internet files"])
}

/// The folders to which Explorer, 7-Zip and WinRAR unpack a file that is opened inside an archive.
fn is_unpacked_archive(folder: &str) -> bool {
    let starts = |start: &str| folder.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    starts("7zO") || starts("Rar$") || starts("Temp1_") || starts("Temp2_")
}

fn starts_with(folders: &[&str], start: &[&str]) -> bool {
    folders.len() >= start.len() && folders.iter().zip(start).all(|(folder, name)| is_folder(folder, name))
}
