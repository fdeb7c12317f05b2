//! What Sysmon reads from the executables of the scene: version resources and hashes.

use super::super::process_events::FileDescription;
use super::super::seeded::{Seeded, seed_of};

const WINDOWS: &str = "Microsoft® Windows® Operating System";
const MICROSOFT: &str = "Microsoft Corporation";

/// File name in lower case, file version, description, product, company, original name.
type Row = [&'static str; 6];

#[rustfmt::skip]
const OTHERS: [Row; 12] = [
    ["winword.exe", "16.0.17531.20140", "Microsoft Word", "Microsoft Office", MICROSOFT, "WinWord.exe"],
    ["excel.exe", "16.0.17531.20140", "Microsoft Excel", "Microsoft Office", MICROSOFT, "Excel.exe"],
    ["outlook.exe", "16.0.17531.20140", "Microsoft Outlook", "Microsoft Outlook", MICROSOFT, "Outlook.exe"],
    ["msedge.exe", "124.0.2478.97", "Microsoft Edge", "Microsoft Edge", MICROSOFT, "msedge.exe"],
    ["microsoftedgeupdate.exe", "1.3.187.37", "Microsoft Edge Update", "Microsoft Edge Update", MICROSOFT, "msedgeupdate.dll"],
    ["onedrive.exe", "24.081.0421.0003", "Microsoft OneDrive", "Microsoft OneDrive", MICROSOFT, "OneDrive.exe"],
    ["ms-teams.exe", "24091.214.2846.1452", "Microsoft Teams", "Microsoft Teams", MICROSOFT, "ms-teams.exe"],
    ["acrobat.exe", "24.2.20687.0", "Adobe Acrobat", "Adobe Acrobat", "Adobe Systems Incorporated", "Acrobat.exe"],
    ["mpcmdrun.exe", "4.18.24040.4 (GitEnlistment(winpbld).1012110100)", "Microsoft Malware Protection Command Line Utility", WINDOWS, MICROSOFT, "MpCmdRun.exe"],
    // The intruder's tools carry no version resource.
    ["sysinfo64.exe", "-", "-", "-", "-", "-"],
    ["svch0st.exe", "-", "-", "-", "-", "-"],
    ["registry", "-", "-", "-", "-", "-"],
];

#[rustfmt::skip]
const OF_WINDOWS: [(&str, &str, &str); 23] = [
    ("svchost.exe", "Host Process for Windows Services", "svchost.exe"),
    ("cmd.exe", "Windows Command Processor", "Cmd.Exe"),
    ("powershell.exe", "Windows PowerShell", "PowerShell.EXE"),
    ("conhost.exe", "Console Window Host", "CONHOST.EXE"),
    ("net.exe", "Net Command", "net.exe"),
    ("net1.exe", "Net Command", "net1.exe"),
    ("whoami.exe", "whoami - displays logged on user information", "whoami.exe"),
    ("explorer.exe", "Windows Explorer", "EXPLORER.EXE"),
    ("userinit.exe", "Userinit Logon Application", "USERINIT.EXE"),
    ("services.exe", "Services and Controller app", "services.exe"),
    ("taskhostw.exe", "Host Process for Windows Tasks", "taskhostw.exe"),
    ("backgroundtaskhost.exe", "Background Task Host", "backgroundTaskHost.exe"),
    ("runtimebroker.exe", "Runtime Broker", "RuntimeBroker.exe"),
    ("dllhost.exe", "COM Surrogate", "dllhost.exe"),
    ("searchprotocolhost.exe", "Microsoft Windows Search Protocol Host", "SearchProtocolHost.exe"),
    ("searchfilterhost.exe", "Microsoft Windows Search Filter Host", "SearchFilterHost.exe"),
    ("wmiprvse.exe", "WMI Provider Host", "Wmiprvse.exe"),
    ("wmic.exe", "WMI Commandline Utility", "wmic.exe"),
    ("reg.exe", "Registry Console Tool", "reg.exe"),
    ("ipconfig.exe", "IP Configuration Utility", "ipconfig.exe"),
    ("splwow64.exe", "Print driver host for applications", "splwow64.exe"),
    ("notepad.exe", "Notepad", "NOTEPAD.EXE"),
    ("gpupdate.exe", "Microsoft® Group Policy Update Utility", "GPUpdate.exe"),
];

/// The version resource of an image. Of other parts of Windows the name stands for the description.
pub(super) fn description_of(image: &str) -> FileDescription {
    let file = image.rsplit('\\').next().unwrap_or(image);
    let name = file.to_lowercase();
    if let Some([_, version, description, product, company, original]) = OTHERS.iter().find(|row| row[0] == name) {
        return FileDescription {
            version: (*version).into(),
            description: (*description).into(),
            product: (*product).into(),
            company: (*company).into(),
            original_name: (*original).into(),
        };
    }
    let known = OF_WINDOWS.iter().find(|row| row.0 == name);
    let (description, original) = known.map_or((file, file), |row| (row.1, row.2));
    FileDescription {
        version: "10.0.19041.1 (WinBuild.160101.0800)".into(),
        description: description.to_owned().into(),
        product: WINDOWS.into(),
        company: MICROSOFT.into(),
        original_name: original.to_owned().into(),
    }
}

/// Made-up hashes, the same for the same path, in the form of Sysmon's Hashes field.
pub(super) fn hashes_of(image: &str) -> String {
    let mut bytes = Seeded::new(seed_of(&image.to_lowercase()));
    let mut hex = |count: usize| -> String { (0..count).map(|_| format!("{:02X}", bytes.next() & 0xff)).collect() };
    let (sha1, md5, sha256, imphash) = (hex(20), hex(16), hex(32), hex(16));
    format!("SHA1={sha1},MD5={md5},SHA256={sha256},IMPHASH={imphash}")
}
