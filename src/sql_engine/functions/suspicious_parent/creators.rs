//! The programs that do not start shells, by the part that they play.

use super::super::name_table;
use super::tools::{
    ADMIN, ANY, CLICKED, HTML_HOST, PROXY as PROXIES, RECON, RUN_DLL as DLL, RUNS_CODE, SCRIPT_HOST, SHELL,
};

/// The part that a creator plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Role {
    /// What it is, in a reason.
    pub(super) label: &'static str,
    /// The kinds of tools that it does not normally start.
    pub(super) starts_none_of: u8,
    /// Whether it starts no program from where programs do not live: such a one came with the document that it shows,
    /// or was planted for it.
    pub(super) starts_no_dropped: bool,
    /// Whether it starts no program at all, error reports aside.
    pub(super) starts_nothing: bool,
}

/// What any program starts when it fails, sorted; and efsui.exe, which lsass.exe starts for encrypted files.
pub(super) const ERROR_REPORTERS: &[&str] = &["dw20", "dwwin", "efsui", "lsass", "splwow64", "werfault", "wermgr"];

const fn role(label: &'static str, starts_none_of: u8) -> Role {
    Role { label, starts_none_of, starts_no_dropped: false, starts_nothing: false }
}

const fn strict(label: &'static str, starts_none_of: u8) -> Role {
    Role { label, starts_none_of, starts_no_dropped: true, starts_nothing: false }
}

const OFFICE: Role = strict("the Office application", ANY);
const MAIL: Role = strict("the mail program", ANY);
const PDF_READER: Role = strict("the PDF reader", ANY);
const HTML: Role = strict("the HTML host", ANY);
const EQUATION_EDITOR: Role = Role { starts_nothing: true, ..strict("the Equation Editor", ANY) };
const EXPLORER: Role = role("the desktop shell", CLICKED);
// Browsers start rundll32.exe for printing and certificates.
const BROWSER: Role = role("the browser", RUNS_CODE);
// Web applications are programs in the folder of the server's content.
const WEB_SERVER: Role = role("the web server", ANY);
const DATABASE: Role = strict("the database server", ANY);
const ARCHIVER: Role = role("the archive program", SHELL | SCRIPT_HOST | HTML_HOST);
const SERVICE_MANAGER: Role = strict("the service control manager", RUNS_CODE | DLL);
const PSEXEC: Role = role("the PsExec service", ANY);
const WMI: Role = strict("the WMI host", ANY);
// Logon scripts start net.exe and the like; wscript.exe hands over to cscript.exe.
const SCRIPTS: Role = role("the script host", SHELL | HTML_HOST | PROXIES | DLL);
const CONSOLE: Role = role("the management console", RUNS_CODE);
const SPOOLER: Role = strict("the print spooler", ANY);
const REMOTE: Role = role("the host of remote commands", RUNS_CODE | DLL);
const LOGON: Role = strict("the logon process", RUNS_CODE | DLL);
const ACCESSIBILITY: Role = role("the accessibility program", ANY);
const ELEVATED: Role = role("the program that elevates itself", RUNS_CODE);
const COM_HOST: Role = role("the COM host", RUNS_CODE);
// Scheduled tasks and COM start nearly anything below svchost.exe; mshta.exe there is DCOM from another host.
const SERVICE_HOST: Role = role("the service host", HTML_HOST);
const LSASS: Role = Role { starts_nothing: true, ..strict("the security authority", ANY) };
const PROXY: Role = role("the system tool", RUNS_CODE | DLL);
const RUN_DLL: Role = role("the system tool", SHELL | SCRIPT_HOST | HTML_HOST);
// The troubleshooters run ipconfig.exe, netsh.exe and rundll32.exe themselves.
const TROUBLESHOOTER: Role = role("the troubleshooter", RUNS_CODE);
const SYSTEM: Role = strict("the system process", RUNS_CODE | DLL | ADMIN | RECON);
const ACCESSORY: Role = role("the accessory", ANY);

/// Servers that are Java programs, by a part of their path: `java.exe` alone starts shells on every build machine.
const JAVA_SERVERS: &[&str] = &[
    "activemq",
    "coldfusion",
    "confluence",
    "glassfish",
    "jboss",
    "jira",
    "manageengine",
    "openfire",
    "servicedesk",
    "solr",
    "tomcat",
    "weblogic",
    "wildfly",
];

/// The part that a creator plays; `name` is its name without `.exe`.
pub(super) fn role_of(name: &str, path: &str) -> Option<Role> {
    if let Some(role) = name_table::find(CREATORS, name) {
        return Some(*role);
    }
    let starts = |start: &str| name.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    if starts("tomcat") {
        return Some(WEB_SERVER);
    }
    if name.eq_ignore_ascii_case("java") || name.eq_ignore_ascii_case("javaw") {
        let path = path.to_ascii_lowercase();
        return JAVA_SERVERS.iter().any(|server| path.contains(server)).then_some(WEB_SERVER);
    }
    None
}

/// Names without `.exe`, in lower case and sorted.
pub(super) const CREATORS: &[(&str, Role)] = &[
    ("7zfm", ARCHIVER),
    ("7zg", ARCHIVER),
    ("acrobat", PDF_READER),
    ("acrocef", PDF_READER),
    ("acrord32", PDF_READER),
    ("apache", WEB_SERVER),
    ("atbroker", ACCESSIBILITY),
    ("audiodg", SYSTEM),
    ("bandizip", ARCHIVER),
    ("bitsadmin", RUN_DLL),
    ("brave", BROWSER),
    ("caddy", WEB_SERVER),
    ("calc", ACCESSORY),
    ("calculator", ACCESSORY),
    ("certutil", PROXY),
    ("changepk", ELEVATED),
    ("chrome", BROWSER),
    ("chromium", BROWSER),
    ("cliconfg", ELEVATED),
    ("cmstp", PROXY),
    ("coldfusion", WEB_SERVER),
    ("compmgmtlauncher", ELEVATED),
    ("computerdefaults", ELEVATED),
    ("conhost", SYSTEM),
    ("consent", SYSTEM),
    ("cscript", SCRIPTS),
    ("csrss", SYSTEM),
    ("ctfmon", SYSTEM),
    ("displayswitch", ACCESSIBILITY),
    ("dllhost", COM_HOST),
    ("dwm", SYSTEM),
    ("eqnedt32", EQUATION_EDITOR),
    ("et", OFFICE),
    ("eventvwr", ELEVATED),
    ("excel", OFFICE),
    ("explorer", EXPLORER),
    ("firefox", BROWSER),
    ("fodhelper", ELEVATED),
    ("fontdrvhost", SYSTEM),
    ("foxitpdfeditor", PDF_READER),
    ("foxitpdfreader", PDF_READER),
    ("foxitphantom", PDF_READER),
    ("foxitphantompdf", PDF_READER),
    ("foxitreader", PDF_READER),
    ("ftp", RUN_DLL),
    ("graph", OFFICE),
    ("groove", OFFICE),
    ("hh", HTML),
    ("httpd", WEB_SERVER),
    ("hwp", OFFICE),
    ("ieexec", PROXY),
    ("iexplore", BROWSER),
    ("inetinfo", WEB_SERVER),
    ("infopath", OFFICE),
    ("installutil", PROXY),
    ("iscsicpl", ELEVATED),
    ("lighttpd", WEB_SERVER),
    ("logonui", SYSTEM),
    ("lsass", LSASS),
    ("lsm", SYSTEM),
    ("magnify", ACCESSIBILITY),
    ("mariadbd", DATABASE),
    ("mavinject", PROXY),
    ("mcx2prov", ELEVATED),
    ("microsoftedge", BROWSER),
    ("microsoftedgecp", BROWSER),
    ("mmc", CONSOLE),
    ("mongod", DATABASE),
    ("msaccess", OFFICE),
    ("msconfig", ELEVATED),
    ("msdt", TROUBLESHOOTER),
    ("msdtc", SYSTEM),
    ("msedge", BROWSER),
    ("msedgewebview2", BROWSER),
    ("mshta", HTML),
    ("mspaint", ACCESSORY),
    ("mspub", OFFICE),
    ("msxsl", PROXY),
    ("mysqld", DATABASE),
    ("mysqld-nt", DATABASE),
    ("narrator", ACCESSIBILITY),
    ("nginx", WEB_SERVER),
    ("nitropdf", PDF_READER),
    ("nitropdfreader", PDF_READER),
    ("notepad", ACCESSORY),
    ("odbcconf", PROXY),
    ("olk", OFFICE),
    ("onenote", OFFICE),
    ("onenotem", OFFICE),
    ("opera", BROWSER),
    ("oracle", DATABASE),
    ("osk", ACCESSIBILITY),
    ("outlook", OFFICE),
    ("owstimer", WEB_SERVER),
    ("pdfxcview", PDF_READER),
    ("pdfxedit", PDF_READER),
    ("peazip", ARCHIVER),
    ("php-cgi", WEB_SERVER),
    ("postgres", DATABASE),
    ("powerpnt", OFFICE),
    ("pptview", OFFICE),
    ("presentationhost", PROXY),
    ("psexesvc", PSEXEC),
    ("rdrcef", PDF_READER),
    ("redis-server", DATABASE),
    ("regasm", PROXY),
    ("regsvcs", PROXY),
    ("regsvr32", PROXY),
    ("rundll32", RUN_DLL),
    ("safari", BROWSER),
    ("scalc", OFFICE),
    ("scrcons", WMI),
    ("sdclt", ELEVATED),
    ("sdiagnhost", TROUBLESHOOTER),
    ("searchindexer", SYSTEM),
    ("searchprotocolhost", SYSTEM),
    ("services", SERVICE_MANAGER),
    ("sethc", ACCESSIBILITY),
    ("slui", ELEVATED),
    ("smss", SYSTEM),
    ("soffice", OFFICE),
    ("soffice.bin", OFFICE),
    ("spoolsv", SPOOLER),
    ("sqlagent", DATABASE),
    ("sqlservr", DATABASE),
    ("sumatrapdf", PDF_READER),
    ("svchost", SERVICE_HOST),
    ("swriter", OFFICE),
    ("sysprep", ELEVATED),
    ("taskhost", SYSTEM),
    ("taskhostex", SYSTEM),
    ("taskhostw", SYSTEM),
    ("thunderbird", MAIL),
    ("tnslsnr", DATABASE),
    ("umservice", WEB_SERVER),
    ("umworkerprocess", WEB_SERVER),
    ("utilman", ACCESSIBILITY),
    ("visio", OFFICE),
    ("vivaldi", BROWSER),
    ("w3wp", WEB_SERVER),
    ("waterfox", BROWSER),
    ("werfault", SYSTEM),
    ("wermgr", SYSTEM),
    ("win32calc", ACCESSORY),
    ("wininit", SYSTEM),
    ("winlogon", LOGON),
    ("winproj", OFFICE),
    ("winrar", ARCHIVER),
    ("winrshost", REMOTE),
    ("winsat", ELEVATED),
    ("winword", OFFICE),
    ("winzip32", ARCHIVER),
    ("winzip64", ARCHIVER),
    ("wmic", PROXY),
    ("wmiprvse", WMI),
    ("wordpad", OFFICE),
    ("wordview", OFFICE),
    ("wpp", OFFICE),
    ("wps", OFFICE),
    ("wpspdf", PDF_READER),
    ("ws_tomcatservice", WEB_SERVER),
    ("wscript", SCRIPTS),
    ("wsmprovhost", REMOTE),
    ("wsreset", ELEVATED),
    ("wuauclt", SYSTEM),
    ("xlview", OFFICE),
    ("xwizard", PROXY),
];
