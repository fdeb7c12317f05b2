//! The programs that attackers have others start for them, by what they are good for.

/// Command interpreters.
pub(super) const SHELL: u8 = 1;
/// wscript.exe and cscript.exe.
pub(super) const SCRIPT_HOST: u8 = 2;
/// mshta.exe.
pub(super) const HTML_HOST: u8 = 4;
/// Programs that run or fetch other code.
pub(super) const PROXY: u8 = 8;
/// rundll32.exe, which printing and the control panel use as well.
pub(super) const RUN_DLL: u8 = 16;
/// Programs that change the configuration.
pub(super) const ADMIN: u8 = 32;
/// Programs that tell about the host and its network.
pub(super) const RECON: u8 = 64;
/// What a click on a document or shortcut should not start.
pub(super) const CLICKED: u8 = 128;

/// Whatever runs code.
pub(super) const RUNS_CODE: u8 = SHELL | SCRIPT_HOST | HTML_HOST | PROXY;
/// All of them.
pub(super) const ANY: u8 = RUNS_CODE | RUN_DLL | ADMIN | RECON;

/// A program that is started for an attacker.
pub(super) struct Tool {
    /// One or more of the constants above.
    pub(super) kind: u8,
    /// What it is, in a reason.
    pub(super) label: &'static str,
}

const fn shell(more: u8) -> Tool {
    Tool { kind: SHELL | more, label: "shell" }
}

const fn script_host(kind: u8) -> Tool {
    Tool { kind, label: "script host" }
}

const fn tool(kind: u8) -> Tool {
    Tool { kind, label: "system tool" }
}

/// Names without `.exe`, in lower case and sorted.
pub(super) const TOOLS: &[(&str, Tool)] = &[
    ("arp", tool(RECON)),
    ("at", tool(ADMIN)),
    ("bash", shell(0)),
    ("bcdedit", tool(ADMIN)),
    ("bitsadmin", tool(PROXY | CLICKED)),
    ("certreq", tool(PROXY)),
    ("certutil", tool(PROXY | CLICKED)),
    ("cmd", shell(CLICKED)),
    ("cmstp", tool(PROXY)),
    ("conhost", tool(CLICKED)),
    ("cscript", script_host(SCRIPT_HOST | CLICKED)),
    ("curl", tool(PROXY | CLICKED)),
    ("desktopimgdownldr", tool(PROXY)),
    ("driverquery", tool(RECON)),
    ("dsquery", tool(RECON)),
    ("esentutl", tool(PROXY)),
    ("finger", tool(PROXY | CLICKED)),
    ("forfiles", tool(PROXY | CLICKED)),
    ("ftp", tool(PROXY)),
    ("hh", tool(PROXY)),
    ("hostname", tool(RECON)),
    ("ieexec", tool(PROXY)),
    ("installutil", tool(PROXY | CLICKED)),
    ("ipconfig", tool(RECON)),
    ("klist", tool(RECON)),
    ("mavinject", tool(PROXY | CLICKED)),
    ("mftrace", tool(PROXY)),
    ("microsoft.workflow.compiler", tool(PROXY)),
    ("msbuild", tool(PROXY | CLICKED)),
    ("msdt", tool(PROXY)),
    ("mshta", script_host(HTML_HOST | CLICKED)),
    ("msxsl", tool(PROXY)),
    ("net", tool(ADMIN)),
    ("net1", tool(ADMIN)),
    ("netsh", tool(ADMIN)),
    ("netstat", tool(RECON)),
    ("nltest", tool(ADMIN)),
    ("nslookup", tool(RECON)),
    ("ntdsutil", tool(PROXY)),
    ("odbcconf", tool(PROXY)),
    ("pcalua", tool(PROXY | CLICKED)),
    ("ping", tool(RECON)),
    ("powershell", shell(CLICKED)),
    ("powershell_ise", shell(0)),
    ("presentationhost", tool(PROXY)),
    ("pwsh", shell(CLICKED)),
    ("quser", tool(RECON)),
    ("qwinsta", tool(RECON)),
    ("reg", tool(ADMIN)),
    ("regasm", tool(PROXY)),
    ("regsvcs", tool(PROXY)),
    ("regsvr32", tool(PROXY | CLICKED)),
    ("route", tool(RECON)),
    ("rundll32", tool(RUN_DLL)),
    ("sc", tool(ADMIN)),
    ("schtasks", tool(ADMIN)),
    ("scriptrunner", tool(PROXY | CLICKED)),
    ("sh", shell(0)),
    ("systeminfo", tool(RECON)),
    ("taskkill", tool(ADMIN)),
    ("tasklist", tool(RECON)),
    ("tracert", tool(RECON)),
    ("vssadmin", tool(PROXY)),
    ("wevtutil", tool(ADMIN)),
    ("whoami", tool(RECON)),
    ("wmic", tool(PROXY | CLICKED)),
    ("wscript", script_host(SCRIPT_HOST | CLICKED)),
    ("wsl", shell(0)),
    ("xwizard", tool(PROXY)),
];
