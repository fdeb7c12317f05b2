//! Winlogbeat and Elastic Agent.
//!
//! The Sysmon and Security modules of Winlogbeat, and the pipelines that follow them, move values out of
//! `winlog.event_data` into fields of the Elastic Common Schema: what is missing there is taken from these.

use super::gathered::Gathered;
use super::leaves::Leaves;
use super::rendered_text;
use crate::event_log::SystemField;

/// `winlog.*`, from version 7 on.
pub(super) fn gather_ecs(leaves: &Leaves, out: &mut Gathered) {
    for (path, text) in leaves.iter() {
        let (Some(path), Some(text)) = (path.strip_prefix("winlog."), text) else { continue };
        if let Some(name) = path.strip_prefix("event_data.") {
            out.data(name, text);
            continue;
        }
        let field = match path {
            "provider_name" => SystemField::Provider,
            "provider_guid" => SystemField::ProviderGuid,
            "event_id" => SystemField::EventId,
            "version" => SystemField::Version,
            "record_id" => SystemField::EventRecordId,
            "channel" => SystemField::Channel,
            "computer_name" => SystemField::Computer,
            _ => continue,
        };
        out.system(field, text);
    }
    for (field, paths) in [
        (SystemField::EventId, &["event.code"]),
        (SystemField::Provider, &["event.provider"]),
        (SystemField::Computer, &["host.name"]),
    ] {
        if let Some(text) = leaves.first_of(paths) {
            out.system(field, text);
        }
    }
    out.time([leaves.first("winlog.time_created"), leaves.first("@timestamp")], || Some(0));
    moved_values(leaves, out);
}

/// `event_data.*` and names of one word, until version 6.
pub(super) fn gather_version_6(leaves: &Leaves, out: &mut Gathered) {
    for (path, text) in leaves.iter() {
        let Some(text) = text else { continue };
        if let Some(name) = path.strip_prefix("event_data.") {
            out.data(name, text);
            continue;
        }
        let field = match path {
            "source_name" => SystemField::Provider,
            "provider_guid" => SystemField::ProviderGuid,
            "event_id" => SystemField::EventId,
            "version" => SystemField::Version,
            "record_number" => SystemField::EventRecordId,
            "log_name" => SystemField::Channel,
            "computer_name" => SystemField::Computer,
            _ => continue,
        };
        out.system(field, text);
    }
    out.time([leaves.first("@timestamp")], || Some(0));
}

/// The modules' renamings for Sysmon's process events.
const SYSMON_FIELDS: &[(&str, &str)] = &[
    ("ProcessGuid", "process.entity_id"),
    ("ProcessId", "process.pid"),
    ("Image", "process.executable"),
    ("CommandLine", "process.command_line"),
    ("CurrentDirectory", "process.working_directory"),
    ("ParentProcessGuid", "process.parent.entity_id"),
    ("ParentProcessId", "process.parent.pid"),
    ("ParentImage", "process.parent.executable"),
    ("ParentCommandLine", "process.parent.command_line"),
    ("OriginalFileName", "process.pe.original_file_name"),
    ("FileVersion", "process.pe.file_version"),
    ("Product", "process.pe.product"),
    ("Company", "process.pe.company"),
    ("Description", "process.pe.description"),
    ("RuleName", "rule.name"),
];

/// The same for 4688.
const CREATION_FIELDS: &[(&str, &str)] = &[
    ("NewProcessId", "process.pid"),
    ("NewProcessName", "process.executable"),
    ("ParentProcessName", "process.parent.executable"),
    ("ProcessId", "process.parent.pid"),
    ("CommandLine", "process.command_line"),
];

/// The same for 4689.
const END_FIELDS: &[(&str, &str)] = &[("ProcessId", "process.pid"), ("ProcessName", "process.executable")];

fn moved_values(leaves: &Leaves, out: &mut Gathered) {
    let fields = match out.event_id() {
        Some(1 | 5) if out.is_sysmon() => SYSMON_FIELDS,
        Some(4688) if out.is_security() => CREATION_FIELDS,
        Some(4689) if out.is_security() => END_FIELDS,
        _ => return,
    };
    for (name, path) in fields {
        if let Some(text) = leaves.first(path) {
            out.data(name, text);
        }
    }
    if fields == SYSMON_FIELDS {
        if let Some(hashes) = hashes(leaves) {
            out.data("Hashes", &hashes);
        }
        if let (Some(domain), Some(name)) = (leaves.first("user.domain"), leaves.first("user.name")) {
            out.data("User", &format!("{domain}\\{name}"));
        }
        // Versions before `process.command_line` kept the arguments alone, taken apart. The message has the line whole.
        if leaves.has("process.args")
            && let Some(message) = leaves.first("message")
        {
            rendered_text::gather_message(message, out);
        }
    }
}

/// `MD5=…,SHA256=…`, as Sysmon writes them.
fn hashes(leaves: &Leaves) -> Option<String> {
    let algorithms = [
        ("SHA1", ["process.hash.sha1", "hash.sha1"]),
        ("MD5", ["process.hash.md5", "hash.md5"]),
        ("SHA256", ["process.hash.sha256", "hash.sha256"]),
        ("IMPHASH", ["process.pe.imphash", "hash.imphash"]),
    ];
    let found: Vec<String> = algorithms
        .iter()
        .filter_map(|(name, paths)| leaves.first_of(paths).map(|value| format!("{name}={value}")))
        .collect();
    (!found.is_empty()).then(|| found.join(","))
}
