//! The programs of Windows whose names are borrowed, and the folders in which each lives.
//!
//! Source: an installation of Windows 10 and Windows Server 2019; Microsoft, "WOW64 implementation details" for the
//! folders that stand beside System32.

use super::super::name_table;
use super::super::windows_path::{Origin, WindowsPath, is_any_folder, is_folder};

/// Where a program of Windows lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// System32 and its twins for other processors, and nowhere else.
    System,
    /// The same; other makers' programs of that name are known in `Program Files` and in folders called `bin`.
    Tool,
    /// The Windows folder itself, and SysWOW64.
    Windows,
    /// The Windows folder or where a [`Place::Tool`] may live.
    WindowsOrTool,
    /// `System32\wbem`.
    Wbem,
    /// The same, or System32: logs and people shorten the path of a tool, and only an administrator can put one there.
    WbemTool,
    /// `System32\WindowsPowerShell\v1.0`, or System32 as for [`Place::WbemTool`].
    PowerShell,
    /// `Microsoft.NET\Framework` and `Framework64`, one folder a version.
    DotNet,
    /// `servicing` and `WinSxS`.
    Servicing,
    /// A folder of Windows Defender or of its forerunner.
    Defender,
    /// `Program Files\Internet Explorer`.
    InternetExplorer,
}

impl Place {
    /// The place in the words of a reason.
    pub(super) fn label(self) -> &'static str {
        match self {
            Place::System | Place::Tool => "C:\\Windows\\System32",
            Place::Windows | Place::WindowsOrTool => "C:\\Windows",
            Place::Wbem | Place::WbemTool => "C:\\Windows\\System32\\wbem",
            Place::PowerShell => "C:\\Windows\\System32\\WindowsPowerShell\\v1.0",
            Place::DotNet => "C:\\Windows\\Microsoft.NET",
            Place::Servicing => "C:\\Windows\\servicing and WinSxS",
            Place::Defender => "the folders of Windows Defender",
            Place::InternetExplorer => "C:\\Program Files\\Internet Explorer",
        }
    }
}

/// The place of a program of Windows; `stem` is its name without `.exe`.
pub(super) fn place_of(stem: &str) -> Option<Place> {
    name_table::find(SYSTEM_PROGRAMS, stem).copied()
}

/// Whether a path leads to that place. A path whose start is not known is given the benefit of the doubt.
pub(super) fn is_in_place(path: &WindowsPath<'_>, place: Place) -> bool {
    if matches!(path.origin, Origin::Name | Origin::Relative) {
        return true;
    }
    let folders = path.folders();
    let Some((first, below)) = folders.split_first() else { return false };
    if is_copy_of_windows(folders) {
        return true;
    }
    let in_windows = is_any_folder(first, &["windows", "winnt"]);
    let in_program_files = is_any_folder(first, &["program files", "program files (x86)"]);
    let in_tools = in_program_files || folders.last().is_some_and(|last| is_folder(last, "bin"));
    match place {
        Place::System => in_windows && is_system_folder(below),
        Place::Tool => in_windows && is_system_folder(below) || in_tools,
        Place::Windows => in_windows && (below.is_empty() || is_system_folder(below)),
        Place::WindowsOrTool => in_windows && (below.is_empty() || is_system_folder(below)) || in_tools,
        Place::Wbem => in_windows && is_below_system(below, &["wbem"]),
        Place::WbemTool => in_windows && (is_below_system(below, &["wbem"]) || is_system_folder(below)),
        Place::PowerShell => {
            in_windows && (is_below_system(below, &["windowspowershell", "v1.0"]) || is_system_folder(below))
        }
        Place::DotNet => in_windows && below.first().is_some_and(|folder| is_folder(folder, "microsoft.net")),
        Place::Servicing => false,
        Place::Defender => {
            (in_program_files || is_folder(first, "programdata"))
                && below.iter().any(|folder| is_any_folder(folder, &["windows defender", "microsoft security client"]))
        }
        Place::InternetExplorer => in_program_files && below.len() == 1 && is_folder(below[0], "internet explorer"),
    }
}

/// Folders in which Windows keeps copies of its own programs: the component store, updates, an earlier installation,
/// the layers of containers.
fn is_copy_of_windows(folders: &[&str]) -> bool {
    let Some((first, below)) = folders.split_first() else { return false };
    if is_any_folder(first, &["windows.old", "$windows.~bt", "$windows.~ws", "$winreagent"]) {
        return true;
    }
    if is_folder(first, "windows") {
        let copies = ["winsxs", "servicing", "softwaredistribution", "uus", "cbstemp"];
        return below.first().is_some_and(|folder| is_any_folder(folder, &copies));
    }
    let layers = ["programdata", "microsoft", "windows", "containers"];
    folders.len() >= layers.len() && folders.iter().zip(layers).all(|(folder, name)| is_folder(folder, name))
}

fn is_system_folder(below: &[&str]) -> bool {
    is_below_system(below, &[])
}

/// Whether folders below Windows are System32, or a twin of it, and these folders.
fn is_below_system(below: &[&str], names: &[&str]) -> bool {
    let Some((first, inner)) = below.split_first() else { return false };
    is_any_folder(first, &["system32", "syswow64", "sysnative", "sysarm32", "sychpe32"])
        && inner.len() == names.len()
        && inner.iter().zip(names).all(|(folder, name)| is_folder(folder, name))
}

/// Names without `.exe`, in lower case and sorted.
pub(super) const SYSTEM_PROGRAMS: &[(&str, Place)] = &[
    ("alg", Place::Tool),
    ("applicationframehost", Place::System),
    ("arp", Place::Tool),
    ("at", Place::Tool),
    ("atbroker", Place::System),
    ("attrib", Place::Tool),
    ("audiodg", Place::System),
    ("auditpol", Place::Tool),
    ("autochk", Place::Tool),
    ("backgroundtaskhost", Place::System),
    ("bcdedit", Place::Tool),
    ("bitsadmin", Place::Tool),
    ("calc", Place::Tool),
    ("certreq", Place::Tool),
    ("certutil", Place::Tool),
    ("cipher", Place::Tool),
    ("cmd", Place::System),
    ("cmdkey", Place::Tool),
    ("cmstp", Place::System),
    ("computerdefaults", Place::System),
    ("conhost", Place::System),
    ("consent", Place::System),
    ("control", Place::Tool),
    ("cscript", Place::System),
    ("csrss", Place::System),
    ("ctfmon", Place::System),
    ("dashost", Place::System),
    ("diskshadow", Place::Tool),
    ("dism", Place::Tool),
    ("displayswitch", Place::System),
    ("dllhost", Place::System),
    ("dllhst3g", Place::System),
    ("dnscmd", Place::Tool),
    ("driverquery", Place::Tool),
    ("dwm", Place::System),
    ("esentutl", Place::Tool),
    ("eventvwr", Place::System),
    ("expand", Place::Tool),
    ("explorer", Place::Windows),
    ("extrac32", Place::Tool),
    ("findstr", Place::Tool),
    ("fltmc", Place::Tool),
    ("fodhelper", Place::System),
    ("fontdrvhost", Place::System),
    ("forfiles", Place::Tool),
    ("gpresult", Place::Tool),
    ("gpupdate", Place::Tool),
    ("hh", Place::Windows),
    ("hostname", Place::Tool),
    ("icacls", Place::Tool),
    ("iexplore", Place::InternetExplorer),
    ("infdefaultinstall", Place::Tool),
    ("installutil", Place::DotNet),
    ("ipconfig", Place::Tool),
    ("klist", Place::Tool),
    ("logonui", Place::System),
    ("lsaiso", Place::System),
    ("lsass", Place::System),
    ("lsm", Place::System),
    ("magnify", Place::Tool),
    ("makecab", Place::Tool),
    ("mavinject", Place::Tool),
    ("mmc", Place::System),
    ("mofcomp", Place::WbemTool),
    ("mpcmdrun", Place::Defender),
    ("msconfig", Place::Tool),
    ("msdtc", Place::System),
    ("mshta", Place::System),
    ("msiexec", Place::Tool),
    ("msmpeng", Place::Defender),
    ("mspaint", Place::Tool),
    ("msra", Place::Tool),
    ("mstsc", Place::Tool),
    ("narrator", Place::Tool),
    ("nbtstat", Place::Tool),
    ("net", Place::Tool),
    ("net1", Place::Tool),
    ("netsh", Place::Tool),
    ("netstat", Place::Tool),
    ("nissrv", Place::Defender),
    ("nltest", Place::Tool),
    ("notepad", Place::WindowsOrTool),
    ("nslookup", Place::Tool),
    ("ntdsutil", Place::Tool),
    ("odbcconf", Place::Tool),
    ("osk", Place::System),
    ("pcalua", Place::Tool),
    ("ping", Place::Tool),
    ("powershell", Place::PowerShell),
    ("powershell_ise", Place::PowerShell),
    ("presentationhost", Place::Tool),
    ("quser", Place::Tool),
    ("qwinsta", Place::Tool),
    ("rdpclip", Place::System),
    ("rdrleakdiag", Place::Tool),
    ("reg", Place::Tool),
    ("regasm", Place::DotNet),
    ("regedit", Place::Windows),
    ("regsvcs", Place::DotNet),
    ("regsvr32", Place::System),
    ("robocopy", Place::Tool),
    ("route", Place::Tool),
    ("rundll32", Place::System),
    ("runonce", Place::Tool),
    ("runtimebroker", Place::System),
    ("sc", Place::Tool),
    ("schtasks", Place::Tool),
    ("scrcons", Place::Wbem),
    ("sdclt", Place::System),
    ("searchfilterhost", Place::System),
    ("searchindexer", Place::System),
    ("searchprotocolhost", Place::System),
    ("services", Place::System),
    ("sethc", Place::System),
    ("sihost", Place::System),
    ("smartscreen", Place::System),
    ("smss", Place::System),
    ("splwow64", Place::WindowsOrTool),
    ("spoolsv", Place::System),
    ("sppsvc", Place::System),
    ("svchost", Place::System),
    ("systeminfo", Place::Tool),
    ("takeown", Place::Tool),
    ("taskeng", Place::System),
    ("taskhost", Place::System),
    ("taskhostex", Place::System),
    ("taskhostw", Place::System),
    ("taskkill", Place::Tool),
    ("tasklist", Place::Tool),
    ("taskmgr", Place::System),
    ("tiworker", Place::Servicing),
    ("tracert", Place::Tool),
    ("trustedinstaller", Place::Servicing),
    ("tscon", Place::Tool),
    ("tzutil", Place::Tool),
    ("unsecapp", Place::Wbem),
    ("userinit", Place::System),
    ("usoclient", Place::Tool),
    ("utilman", Place::System),
    ("vds", Place::Tool),
    ("verclsid", Place::Tool),
    ("vssadmin", Place::Tool),
    ("vssvc", Place::System),
    ("w32tm", Place::Tool),
    ("wbadmin", Place::Tool),
    ("wbemtest", Place::WbemTool),
    ("wbengine", Place::Tool),
    ("werfault", Place::System),
    ("wermgr", Place::System),
    ("wevtutil", Place::Tool),
    ("whoami", Place::Tool),
    ("winhlp32", Place::WindowsOrTool),
    ("wininit", Place::System),
    ("winlogon", Place::System),
    ("winrs", Place::Tool),
    ("winrshost", Place::System),
    ("wlanext", Place::System),
    ("wmiadap", Place::Wbem),
    ("wmiapsrv", Place::Wbem),
    ("wmic", Place::WbemTool),
    ("wmiprvse", Place::Wbem),
    ("write", Place::WindowsOrTool),
    ("wscript", Place::System),
    ("wsmprovhost", Place::System),
    ("wsreset", Place::System),
    ("wuauclt", Place::System),
    ("wudfhost", Place::System),
    ("wusa", Place::Tool),
    ("xcopy", Place::Tool),
];
