//! The processes of the system that have one parent, or few.
//!
//! Windows starts them in this order, each by the one above it:
//! ```text
//! System ─ smss ┬ csrss
//!               ├ wininit ┬ services ┬ svchost ┬ taskhostw, sihost, RuntimeBroker, dllhost, WmiPrvSE …
//!               │         │          │         └ …
//!               │         │          ├ spoolsv, SearchIndexer ─ SearchProtocolHost, VSSVC …
//!               │         │          └ …
//!               │         └ lsass, lsm, LsaIso, fontdrvhost
//!               └ winlogon ─ userinit, dwm, fontdrvhost
//! ```
//! Source: Russinovich and others, "Windows Internals", on the system processes; Windows 7 started taskhost.exe from
//! services.exe and dwm.exe from svchost.exe. MsMpEng.exe (Defender) and rpcnet.exe (a theft tracker in firmware) start
//! svchost.exe themselves.

/// Children and their parents: names without `.exe`, in lower case, the children sorted.
pub(super) const PARENTS: &[(&str, &[&str])] = &[
    ("applicationframehost", &["svchost"]),
    ("audiodg", &["svchost"]),
    ("backgroundtaskhost", &["svchost"]),
    ("consent", &["svchost"]),
    ("csrss", &["smss"]),
    ("dashost", &["svchost"]),
    ("dllhost", &["svchost", "services"]),
    ("dwm", &["winlogon", "svchost"]),
    ("fontdrvhost", &["wininit", "winlogon"]),
    ("lsaiso", &["wininit"]),
    ("lsass", &["wininit"]),
    ("lsm", &["wininit"]),
    ("runtimebroker", &["svchost"]),
    ("scrcons", &["svchost"]),
    ("searchfilterhost", &["searchindexer"]),
    ("searchindexer", &["services"]),
    ("searchprotocolhost", &["searchindexer"]),
    ("services", &["wininit"]),
    ("sihost", &["svchost"]),
    ("smartscreen", &["svchost"]),
    ("smss", &["system", "smss"]),
    ("spoolsv", &["services"]),
    ("sppsvc", &["services"]),
    ("svchost", &["services", "msmpeng", "rpcnet"]),
    ("taskeng", &["svchost"]),
    ("taskhost", &["svchost", "services"]),
    ("taskhostex", &["svchost", "services"]),
    ("taskhostw", &["svchost", "services"]),
    ("tiworker", &["svchost"]),
    ("trustedinstaller", &["services"]),
    ("unsecapp", &["svchost"]),
    ("userinit", &["winlogon"]),
    ("vds", &["services"]),
    ("vssvc", &["services"]),
    ("wbengine", &["services"]),
    ("wininit", &["smss"]),
    ("winlogon", &["smss"]),
    ("winrshost", &["svchost"]),
    ("wmiprvse", &["svchost"]),
    ("wsmprovhost", &["svchost"]),
    ("wudfhost", &["services", "svchost"]),
];

/// The parents in a reason, the most common of them.
pub(super) fn names(parents: &[&str]) -> String {
    let file = |name: &&str| if *name == "system" { "System".to_owned() } else { format!("{name}.exe") };
    let known = |name: &&&str| !matches!(**name, "msmpeng" | "rpcnet");
    parents.iter().filter(known).map(file).collect::<Vec<_>>().join(" or ")
}
