//! Which field of which event feeds which column, and what is done to its value on the way.

use super::process_event::ProcessEvent;
use crate::event_log::{FieldId, SystemField};

/// Where a column's value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Feed {
    /// The event has nothing for the column.
    Nothing,
    /// `System/TimeCreated`.
    Time,
    /// The word for the event's source.
    Source,
    /// The file.
    SourceFile,
    /// Where the record stands in the file.
    RecordOffset,
    /// What the chunk's checksum says.
    ChunkChecksum,
    /// A number.
    Number(FieldId),
    /// A command line: kept when it is empty.
    CommandLine(FieldId),
    /// A text through a conversion.
    Text(FieldId, Conversion),
}

/// What is done to a text. `-` and the empty text are NULL before any conversion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Conversion {
    /// Nothing.
    AsWritten,
    /// `DOMAIN\name`: the name.
    AccountName,
    /// `DOMAIN\name`: the domain.
    AccountDomain,
    /// Lower case, in braces.
    Guid,
    /// `%%1936` and its like.
    TokenElevation,
    /// The security id of a mandatory label, or the level's name.
    IntegrityLevel,
    /// One of `MD5=…,SHA256=…`.
    Hash(&'static str),
}

/// The feeds of the column with that name.
pub(super) fn feed(column: &str, event: ProcessEvent) -> Feed {
    match column {
        "time" => Feed::Time,
        "source" => Feed::Source,
        "source_file" => Feed::SourceFile,
        "record_offset" => Feed::RecordOffset,
        "chunk_checksum" => Feed::ChunkChecksum,
        "host" => Feed::Text(SystemField::Computer.id(), Conversion::AsWritten),
        "channel" => Feed::Text(SystemField::Channel.id(), Conversion::AsWritten),
        "event_id" => Feed::Number(SystemField::EventId.id()),
        "event_version" => Feed::Number(SystemField::Version.id()),
        "record_id" => Feed::Number(SystemField::EventRecordId.id()),
        _ => match event {
            ProcessEvent::Security => security_feed(column),
            ProcessEvent::Sysmon => sysmon_feed(column),
        },
    }
}

/// A field that the reader must know: a misspelt one fails the build.
macro_rules! data {
    ($name:literal) => {{
        const ID: FieldId = FieldId::of_data($name).expect("a field that the reader looks for");
        ID
    }};
}

/// Fields of 4688: <https://learn.microsoft.com/windows/security/threat-protection/auditing/event-4688>.
fn security_feed(column: &str) -> Feed {
    let text = |id| Feed::Text(id, Conversion::AsWritten);
    match column {
        "account" => text(data!("SubjectUserName")),
        "account_domain" => text(data!("SubjectDomainName")),
        "account_sid" => text(data!("SubjectUserSid")),
        "logon_id" => Feed::Number(data!("SubjectLogonId")),
        "target_account" => text(data!("TargetUserName")),
        "target_domain" => text(data!("TargetDomainName")),
        "target_sid" => text(data!("TargetUserSid")),
        "target_logon_id" => Feed::Number(data!("TargetLogonId")),
        "new_process" => text(data!("NewProcessName")),
        "new_process_id" => Feed::Number(data!("NewProcessId")),
        "command_line" => Feed::CommandLine(data!("CommandLine")),
        "creator_process" => text(data!("ParentProcessName")),
        // In 4688 `ProcessId` is the creator's id.
        "creator_process_id" => Feed::Number(data!("ProcessId")),
        "token_elevation" => Feed::Text(data!("TokenElevationType"), Conversion::TokenElevation),
        "integrity_level" => Feed::Text(data!("MandatoryLabel"), Conversion::IntegrityLevel),
        _ => Feed::Nothing,
    }
}

/// Fields of Sysmon 1: <https://learn.microsoft.com/sysinternals/downloads/sysmon>.
fn sysmon_feed(column: &str) -> Feed {
    let text = |id| Feed::Text(id, Conversion::AsWritten);
    match column {
        "account" => Feed::Text(data!("User"), Conversion::AccountName),
        "account_domain" => Feed::Text(data!("User"), Conversion::AccountDomain),
        "logon_id" => Feed::Number(data!("LogonId")),
        "new_process" => text(data!("Image")),
        "new_process_id" => Feed::Number(data!("ProcessId")),
        "command_line" => Feed::CommandLine(data!("CommandLine")),
        "creator_process" => text(data!("ParentImage")),
        "creator_process_id" => Feed::Number(data!("ParentProcessId")),
        "creator_command_line" => text(data!("ParentCommandLine")),
        "creator_account" => text(data!("ParentUser")),
        "integrity_level" => Feed::Text(data!("IntegrityLevel"), Conversion::IntegrityLevel),
        "process_guid" => Feed::Text(data!("ProcessGuid"), Conversion::Guid),
        "creator_guid" => Feed::Text(data!("ParentProcessGuid"), Conversion::Guid),
        "current_directory" => text(data!("CurrentDirectory")),
        "terminal_session_id" => Feed::Number(data!("TerminalSessionId")),
        "original_file_name" => text(data!("OriginalFileName")),
        "product" => text(data!("Product")),
        "company" => text(data!("Company")),
        "description" => text(data!("Description")),
        "file_version" => text(data!("FileVersion")),
        "md5" => Feed::Text(data!("Hashes"), Conversion::Hash("MD5")),
        "sha1" => Feed::Text(data!("Hashes"), Conversion::Hash("SHA1")),
        "sha256" => Feed::Text(data!("Hashes"), Conversion::Hash("SHA256")),
        "imphash" => Feed::Text(data!("Hashes"), Conversion::Hash("IMPHASH")),
        "rule_name" => text(data!("RuleName")),
        _ => Feed::Nothing,
    }
}

impl Conversion {
    /// Writes the converted text; false for NULL.
    pub(super) fn write(self, text: &str, out: &mut String) -> bool {
        if text.is_empty() || text == "-" {
            return false;
        }
        match self {
            Conversion::AsWritten => out.push_str(text),
            Conversion::AccountName => match text.rsplit_once('\\') {
                Some((_, name)) => return write_unless_empty(name, out),
                None => out.push_str(text),
            },
            Conversion::AccountDomain => match text.rsplit_once('\\') {
                Some((domain, _)) => return write_unless_empty(domain, out),
                None => return false,
            },
            Conversion::Guid => write_guid(text, out),
            Conversion::TokenElevation => out.push_str(token_elevation(text)),
            Conversion::IntegrityLevel => out.push_str(integrity_level(text)),
            Conversion::Hash(algorithm) => return write_hash(text, algorithm, out),
        }
        true
    }
}

fn write_unless_empty(text: &str, out: &mut String) -> bool {
    if text.is_empty() || text == "-" {
        return false;
    }
    out.push_str(text);
    true
}

fn write_guid(text: &str, out: &mut String) {
    let bare = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(text);
    let is_guid = bare.len() == 36 && bare.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    if is_guid {
        out.push('{');
        out.extend(bare.chars().map(|character| character.to_ascii_lowercase()));
        out.push('}');
    } else {
        out.push_str(text);
    }
}

/// The messages that 4688 names, on the page of the event.
fn token_elevation(text: &str) -> &str {
    match text {
        "%%1936" => "default",
        "%%1937" => "full",
        "%%1938" => "limited",
        other => other,
    }
}

/// Mandatory labels: [MS-DTYP] 2.4.2.4, well-known security ids.
fn integrity_level(text: &str) -> &str {
    match text {
        "S-1-16-0" => "Untrusted",
        "S-1-16-4096" => "Low",
        "S-1-16-8192" => "Medium",
        "S-1-16-8448" => "Medium Plus",
        "S-1-16-12288" => "High",
        "S-1-16-16384" => "System",
        "S-1-16-20480" => "Protected",
        other => other,
    }
}

/// Sysmon writes `SHA1=…,MD5=…,SHA256=…,IMPHASH=…`, those that its configuration asks for.
fn write_hash(text: &str, algorithm: &str, out: &mut String) -> bool {
    for part in text.split(',') {
        if let Some((name, value)) = part.split_once('=')
            && name.trim().eq_ignore_ascii_case(algorithm)
        {
            let value = value.trim();
            if value.is_empty() || value == "-" {
                return false;
            }
            out.extend(value.chars().map(|character| character.to_ascii_lowercase()));
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(conversion: Conversion, text: &str, wanted: Option<&str>) {
        let mut out = String::new();
        let found = conversion.write(text, &mut out).then_some(out.as_str());
        assert_eq!(found, wanted);
    }

    #[test]
    fn accounts_are_taken_apart_at_the_last_backslash() {
        check(Conversion::AccountName, r"NT AUTHORITY\SYSTEM", Some("SYSTEM"));
        check(Conversion::AccountDomain, r"NT AUTHORITY\SYSTEM", Some("NT AUTHORITY"));
        check(Conversion::AccountName, "alice", Some("alice"));
        check(Conversion::AccountDomain, "alice", None);
    }

    #[test]
    fn hashes_are_found_by_name() {
        let hashes = "SHA1=AB,MD5=CD,SHA256=-,IMPHASH=";
        check(Conversion::Hash("MD5"), hashes, Some("cd"));
        check(Conversion::Hash("SHA256"), hashes, None);
        check(Conversion::Hash("IMPHASH"), hashes, None);
    }

    #[test]
    fn placeholders_are_null() {
        check(Conversion::AsWritten, "-", None);
        check(Conversion::AsWritten, "", None);
        check(Conversion::AsWritten, "--", Some("--"));
        check(Conversion::IntegrityLevel, "S-1-16-12288", Some("High"));
        check(Conversion::IntegrityLevel, "S-1-16-1", Some("S-1-16-1"));
        check(Conversion::Guid, "747F3D96-51C9-5F93-0000-001010175B00", Some("{747f3d96-51c9-5f93-0000-001010175b00}"));
    }

    #[test]
    fn every_column_is_fed_as_its_documentation_says() {
        for column in crate::event_schema::COLUMNS {
            for (event, field) in [(ProcessEvent::Security, column.security), (ProcessEvent::Sysmon, column.sysmon)] {
                assert_eq!(feed(column.name, event) == Feed::Nothing, field == "-", "{} {event:?}", column.name);
            }
        }
    }
}
