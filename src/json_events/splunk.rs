//! Search results of Splunk.
//!
//! `_raw` has the whole event, as XML or as text; members that Splunk or its add-ons took out of it fill the gaps.

use super::gathered::Gathered;
use super::leaves::Leaves;
use super::{event_xml, rendered_text};
use crate::event_log::SystemField;

/// Whether the raw text of a result is a Windows event.
pub(super) fn is_windows_event(raw: &str) -> bool {
    is_xml(raw) || rendered_text::is_event(raw)
}

fn is_xml(raw: &str) -> bool {
    let raw = raw.trim_start();
    let raw = match raw.strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").map_or("", |(_, rest)| rest.trim_start()),
        None => raw,
    };
    raw.starts_with("<Event")
}

/// Fills in the fields.
pub(super) fn gather(leaves: &Leaves, out: &mut Gathered) {
    if let Some(raw) = leaves.first("_raw") {
        if is_xml(raw) {
            event_xml::gather(raw, out);
        } else if rendered_text::is_event(raw) {
            rendered_text::gather_event(raw, out);
        }
    }
    for (path, text) in leaves.iter() {
        let Some(text) = text else { continue };
        match system_field(path) {
            Some(SystemField::Provider) => out.system(SystemField::Provider, provider(text)),
            Some(field) => out.system(field, text),
            None => out.data(path, text),
        }
    }
    // The channel is in the source's name where no member has it; a forwarder's host is the last resort.
    for path in ["source", "sourcetype"] {
        if let Some((kind, channel)) = leaves.first(path).and_then(|text| text.split_once(':'))
            && kind.ends_with("WinEventLog")
        {
            out.system(SystemField::Channel, channel);
        }
    }
    if let Some(host) = leaves.first("host") {
        out.system(SystemField::Computer, host);
    }
    let times =
        ["SystemTime", "TimeCreated", "_time"].map(|path| leaves.first(path).map(|text| text.trim_matches('\'')));
    out.time(times, || None);
    if let Some(raw) = leaves.first("_raw")
        && !is_xml(raw)
    {
        out.time([raw.lines().next()], || None);
    }
    out.name_provider_by_channel();
    if out.event_id() == Some(4688) && out.is_security() {
        extracted_from_text(leaves, out);
    }
}

fn system_field(path: &str) -> Option<SystemField> {
    Some(match path {
        "SourceName" | "ProviderName" | "Name" => SystemField::Provider,
        "Guid" => SystemField::ProviderGuid,
        "EventCode" | "EventID" => SystemField::EventId,
        "Version" => SystemField::Version,
        "RecordNumber" | "EventRecordID" => SystemField::EventRecordId,
        "LogName" | "Channel" => SystemField::Channel,
        "ComputerName" | "Computer" => SystemField::Computer,
        _ => return None,
    })
}

/// The provider's own name. The text form has its title, and the add-on leaves the quotation marks of the XML.
pub(super) fn provider(text: &str) -> &str {
    let text = text.trim_matches(['\'', '"']);
    match text.trim_end_matches('.') {
        "Microsoft Windows security auditing" => "Microsoft-Windows-Security-Auditing",
        _ => text,
    }
}

/// Members that the add-on takes out of the text of 4688. Where a name stands in two sections, the first value is the
/// creator's and the second the target's.
fn extracted_from_text(leaves: &Leaves, out: &mut Gathered) {
    for (name, path, number) in [
        ("NewProcessId", "New_Process_ID", 0),
        ("NewProcessName", "New_Process_Name", 0),
        ("ProcessId", "Creator_Process_ID", 0),
        ("ParentProcessName", "Creator_Process_Name", 0),
        ("CommandLine", "Process_Command_Line", 0),
        ("TokenElevationType", "Token_Elevation_Type", 0),
        ("MandatoryLabel", "Mandatory_Label", 0),
        ("SubjectUserSid", "Security_ID", 0),
        ("SubjectUserName", "Account_Name", 0),
        ("SubjectDomainName", "Account_Domain", 0),
        ("SubjectLogonId", "Logon_ID", 0),
        ("TargetUserSid", "Security_ID", 1),
        ("TargetUserName", "Account_Name", 1),
        ("TargetDomainName", "Account_Domain", 1),
        ("TargetLogonId", "Logon_ID", 1),
    ] {
        let value = leaves.all(path).nth(number).and_then(|text| rendered_text::value(name, text));
        if let Some(value) = value {
            out.data(name, value);
        }
    }
}
