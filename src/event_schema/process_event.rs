//! Which events are process creations: the provider and the event id together, since other providers use the same ids.

use crate::event_log::{Field, FieldSet, SystemField};

/// The two events that a row of `process` comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProcessEvent {
    /// Security 4688, "A new process has been created".
    Security,
    /// Sysmon 1, "Process creation".
    Sysmon,
}

const SECURITY_PROVIDER: &str = "Microsoft-Windows-Security-Auditing";
const SYSMON_PROVIDER: &str = "Microsoft-Windows-Sysmon";

impl ProcessEvent {
    /// What the `source` column says.
    pub fn source(self) -> &'static str {
        match self {
            ProcessEvent::Security => "security",
            ProcessEvent::Sysmon => "sysmon",
        }
    }

    /// Which of the two an event is, told by its `System` fields alone.
    pub fn of(fields: &FieldSet<'_>) -> Option<Self> {
        let event_id = fields.system(SystemField::EventId).number()?.ok()?;
        let provider = fields.system(SystemField::Provider);
        match event_id {
            4688 if is_text(provider, SECURITY_PROVIDER) => Some(ProcessEvent::Security),
            1 if is_text(provider, SYSMON_PROVIDER) => Some(ProcessEvent::Sysmon),
            _ => None,
        }
    }
}

/// Whether an event is a process creation. For [`crate::event_log::ChunkReader::wants`].
pub fn is_process_event(fields: &FieldSet<'_>) -> bool {
    ProcessEvent::of(fields).is_some()
}

fn is_text(field: &Field<'_>, wanted: &str) -> bool {
    let mut text = String::new();
    field.write_text(&mut text);
    text == wanted
}
