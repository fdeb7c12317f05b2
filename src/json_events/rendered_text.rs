//! Events in the words that Windows shows: Splunk's text form, and the message of an event.
//!
//! The messages of 4688 and 4689 are read in English, in which their labels are known, and those of Sysmon, which come
//! in English only. <https://learn.microsoft.com/windows/security/threat-protection/auditing/event-4688> shows the
//! message; Splunk's head of `Name=value` lines ends with `Message=`.

use super::gathered::Gathered;
use super::splunk;
use crate::event_log::{FieldId, SystemField};

/// Whether a text begins as Splunk's text form does.
pub(super) fn is_event(text: &str) -> bool {
    let mut head = text.lines().take(16);
    head.any(|line| line.starts_with("LogName=") || line.starts_with("EventCode="))
}

/// Splunk's text form of an event.
pub(super) fn gather_event(text: &str, out: &mut Gathered) {
    let mut rest = text;
    while !rest.is_empty() {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        if line.starts_with("Message=") {
            gather_message(&rest["Message=".len()..], out);
            return;
        }
        rest = after;
        let Some((name, value)) = line.trim_end_matches('\r').split_once('=') else { continue };
        match name {
            "LogName" => out.system(SystemField::Channel, value),
            "SourceName" => out.system(SystemField::Provider, splunk::provider(value)),
            "EventCode" => out.system(SystemField::EventId, value),
            "ComputerName" => out.system(SystemField::Computer, value),
            "RecordNumber" => out.system(SystemField::EventRecordId, value),
            _ => {}
        }
    }
}

/// The message of a process event; that of another event is left alone.
pub(super) fn gather_message(message: &str, out: &mut Gathered) {
    match out.event_id() {
        Some(1 | 5) if out.is_sysmon() => gather_sysmon(message, out),
        Some(4688) if out.is_security() => {
            gather_sections(message, CREATION, out);
            if out.fields.get(NEW_PROCESS).is_present() {
                return;
            }
            out.unread = Some("its message is in a language or form that is not known (English is)");
        }
        Some(4689) if out.is_security() => gather_sections(message, END, out),
        _ => {}
    }
}

const NEW_PROCESS: FieldId = match FieldId::of_data("NewProcessName") {
    Some(id) => id,
    None => panic!("a field that columns are fed from"),
};

/// Lines of `Name: value`. A line that begins with no name goes on with the value before it. A command line with line
/// feeds could name fields of its own: the text form cannot tell.
fn gather_sysmon(message: &str, out: &mut Gathered) {
    let mut open: Option<(&str, String)> = None;
    for line in message.split('\n').map(|line| line.trim_end_matches('\r')) {
        if let Some((name, value)) = line.split_once(':').filter(|(name, _)| is_sysmon_name(name)) {
            if let Some((name, value)) = open.take() {
                out.data(name, &value);
            }
            open = Some((name, value.strip_prefix(' ').unwrap_or(value).to_owned()));
        } else if let Some((_, value)) = &mut open {
            value.push('\n');
            value.push_str(line);
        }
    }
    if let Some((name, value)) = open {
        out.data(name, &value);
    }
}

/// Names that feed no column end the value before them as well.
fn is_sysmon_name(name: &str) -> bool {
    matches!(name, "UtcTime" | "LogonGuid") || FieldId::of_data(name).is_some()
}

/// Section, label, field. The sections differ between versions of the event.
type Labels = &'static [(&'static [&'static str], &'static str, &'static str)];

const CREATOR: &[&str] = &["Creator Subject", "Subject"];
const TARGET: &[&str] = &["Target Subject"];
const PROCESS: &[&str] = &["Process Information"];

const CREATION: Labels = &[
    (CREATOR, "Security ID", "SubjectUserSid"),
    (CREATOR, "Account Name", "SubjectUserName"),
    (CREATOR, "Account Domain", "SubjectDomainName"),
    (CREATOR, "Logon ID", "SubjectLogonId"),
    (TARGET, "Security ID", "TargetUserSid"),
    (TARGET, "Account Name", "TargetUserName"),
    (TARGET, "Account Domain", "TargetDomainName"),
    (TARGET, "Logon ID", "TargetLogonId"),
    (PROCESS, "New Process ID", "NewProcessId"),
    (PROCESS, "New Process Name", "NewProcessName"),
    (PROCESS, "Token Elevation Type", "TokenElevationType"),
    (PROCESS, "Mandatory Label", "MandatoryLabel"),
    (PROCESS, "Creator Process ID", "ProcessId"),
    (PROCESS, "Creator Process Name", "ParentProcessName"),
    (PROCESS, "Process Command Line", "CommandLine"),
];

const END: Labels = &[
    (CREATOR, "Security ID", "SubjectUserSid"),
    (CREATOR, "Account Name", "SubjectUserName"),
    (CREATOR, "Account Domain", "SubjectDomainName"),
    (CREATOR, "Logon ID", "SubjectLogonId"),
    (PROCESS, "Process ID", "ProcessId"),
    (PROCESS, "Process Name", "ProcessName"),
    (PROCESS, "Exit Status", "Status"),
];

/// The command line is the last value of the message, may have line feeds of its own, and ends before this.
const AFTER_COMMAND_LINE: [&str; 2] = ["\r\n\r\nToken Elevation Type indicates", "\n\nToken Elevation Type indicates"];

fn gather_sections(message: &str, labels: Labels, out: &mut Gathered) {
    let (mut section, mut rest) = ("", message);
    while !rest.is_empty() {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let line = line.trim_end_matches('\r');
        if let Some((label, written)) = line.trim_start().split_once(':') {
            if !line.starts_with(['\t', ' ']) {
                section = label;
            } else if let Some((_, _, name)) =
                labels.iter().find(|entry| entry.0.contains(&section) && entry.1 == label)
            {
                let is_command_line = *name == "CommandLine";
                let written = if is_command_line { whole_command_line(rest).unwrap_or(written) } else { written };
                let written = written.trim_start_matches('\t');
                if let Some(value) = value(name, written) {
                    out.data(name, value);
                }
                if is_command_line {
                    return;
                }
            }
        }
        rest = after;
    }
}

fn whole_command_line(rest: &str) -> Option<&str> {
    let end = AFTER_COMMAND_LINE.iter().filter_map(|mark| rest.find(mark)).min()?;
    rest[..end].split_once(':').map(|(_, value)| value)
}

/// The value of a field as the event itself has it, for what the message shows. `None` where it shows less: the name
/// of an account in place of its SID.
pub(super) fn value<'t>(field: &str, shown: &'t str) -> Option<&'t str> {
    Some(match (field, shown) {
        ("SubjectUserSid" | "TargetUserSid", shown) if shown.starts_with("S-1-") => shown,
        // Accounts with the same SID everywhere: [MS-DTYP] 2.4.2.4.
        ("SubjectUserSid" | "TargetUserSid", "NULL SID") => "S-1-0-0",
        ("SubjectUserSid" | "TargetUserSid", r"SYSTEM" | r"NT AUTHORITY\SYSTEM") => "S-1-5-18",
        ("SubjectUserSid" | "TargetUserSid", r"LOCAL SERVICE" | r"NT AUTHORITY\LOCAL SERVICE") => "S-1-5-19",
        ("SubjectUserSid" | "TargetUserSid", r"NETWORK SERVICE" | r"NT AUTHORITY\NETWORK SERVICE") => "S-1-5-20",
        ("SubjectUserSid" | "TargetUserSid", _) => return None,
        ("TokenElevationType", "TokenElevationTypeDefault (1)") => "%%1936",
        ("TokenElevationType", "TokenElevationTypeFull (2)") => "%%1937",
        ("TokenElevationType", "TokenElevationTypeLimited (3)") => "%%1938",
        ("MandatoryLabel", r"Mandatory Label\Untrusted Mandatory Level") => "S-1-16-0",
        ("MandatoryLabel", r"Mandatory Label\Low Mandatory Level") => "S-1-16-4096",
        ("MandatoryLabel", r"Mandatory Label\Medium Mandatory Level") => "S-1-16-8192",
        ("MandatoryLabel", r"Mandatory Label\Medium Plus Mandatory Level") => "S-1-16-8448",
        ("MandatoryLabel", r"Mandatory Label\High Mandatory Level") => "S-1-16-12288",
        ("MandatoryLabel", r"Mandatory Label\System Mandatory Level") => "S-1-16-16384",
        (_, shown) => shown,
    })
}
