//! `suspicious_path(path)` and `suspicious_path_reason(path)`: programs that run from where none is installed.
//!
//! What counts is the folder as Windows resolves it, so the rules see the same folders behind a drive, an NT device
//! name, an 8.3 name, `..` or a variable. A folder counts when every user may write to it, or when the system keeps
//! only data there. Desktop and Documents do not count: people keep tools of their own in them.
//!
//! Unpackers leave `DismHost.exe` and installers in the temporary folders, and they count as well: the same files are
//! what UAC bypasses plant there, and what ran from %TEMP% is the question.

use std::borrow::Cow;

use super::hunting_function::{Argument, Example, Group, HuntingFunction, Worker};
use super::windows_path::{Origin, WindowsPath};

mod known_programs;
mod places;

const PATH: &[Argument] = &[Argument {
    name: "path",
    description: "The path of the program: on a drive, on a share, of a device, with 8.3 names, `..` or a variable in it.",
}];

const SOURCE: &str = "ATT&CK T1036.005 (Match Legitimate Resource Name or Location), T1204.002 (Malicious File), \
                      T1564.004 (NTFS File Attributes), T1021.002 (SMB/Windows Admin Shares), T1006 (Direct Volume \
                      Access); Microsoft, \"Naming Files, \
                      Paths, and Namespaces\".";

pub(super) static SUSPICIOUS_PATH: HuntingFunction = HuntingFunction {
    name: "suspicious_path",
    group: Group::Path,
    summary: "Tells whether a program runs from where programs do not normally live.",
    arguments: PATH,
    result: "True for %TEMP%, %APPDATA% with its Local and Roaming, Downloads, Public, the Recycle Bin, PerfLogs, \
             Windows\\Temp, Tasks, Fonts, Debug and other folders of data, the root of a drive, of a profile or of ProgramData, \
             shares, devices and alternate data streams. False for well-known programs that are installed per user, \
             such as OneDrive.exe, in exactly their folder, and for a name without a path. NULL gives NULL.",
    source: SOURCE,
    examples: &[
        Example { sql: r"suspicious_path('C:\Users\bob\AppData\Local\Temp\invoice.exe')", result: "true" },
        Example { sql: r"suspicious_path('c:/PROGRA~3/x.exe')", result: "true" },
        Example { sql: r"suspicious_path('\Device\HarddiskVolume3\Windows\System32\cmd.exe')", result: "false" },
    ],
    worker: Worker::TextToBool(suspicious_path),
};

pub(super) static SUSPICIOUS_PATH_REASON: HuntingFunction = HuntingFunction {
    name: "suspicious_path_reason",
    group: Group::Path,
    summary: "Says why `suspicious_path` holds a program's place to be unusual.",
    arguments: PATH,
    result: "A sentence, or NULL where `suspicious_path` is false. NULL gives NULL.",
    source: SOURCE,
    examples: &[
        Example { sql: r"suspicious_path_reason('\\10.0.0.5\tools\nc.exe')", result: "runs from a network share" },
        Example { sql: r"suspicious_path_reason('C:\Program Files\7-Zip\7z.exe')", result: "NULL" },
    ],
    worker: Worker::TextToText(suspicious_path_reason),
};

/// Whether a program at `path` runs from where programs do not normally live.
pub(super) fn suspicious_path(path: &str) -> bool {
    reason(path).is_some()
}

fn suspicious_path_reason(path: &str) -> Option<Cow<'_, str>> {
    reason(path).map(Cow::Borrowed)
}

fn reason(text: &str) -> Option<&'static str> {
    let path = WindowsPath::parse(text);
    if path.has_stream && path.origin != Origin::Device {
        return Some("runs from an alternate data stream of another file");
    }
    match path.origin {
        Origin::Share => return Some("runs from a network share"),
        Origin::RemoteDesktop => return Some("runs from a drive of the client of a remote desktop session"),
        Origin::ShadowCopy => return Some("runs from a volume shadow copy"),
        Origin::Device => return Some("runs from a device path"),
        Origin::Name => return None,
        Origin::Disk | Origin::Relative => {}
    }
    if path.has_blank_folder {
        return Some("runs from a folder whose name ends in a blank or a dot, which imitates another folder");
    }
    places::reason(&path)
}

#[cfg(test)]
mod tests;
