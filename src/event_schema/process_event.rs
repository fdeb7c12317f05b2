//! Which events are process creations: the provider and the event id together, since other providers use the same ids.

use crate::event_log::{FieldSet, SystemField};

/// The two events that a row of `process` comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProcessEvent {
    /// Security 4688, "A new process has been created".
    Security,
    /// Sysmon 1, "Process creation".
    Sysmon,
}

/// A provider is known by its name or by its GUID: one of them may be damaged or left out.
struct Provider {
    name: &'static str,
    guid: &'static str,
}

const SECURITY: Provider =
    Provider { name: "Microsoft-Windows-Security-Auditing", guid: "{54849625-5478-4994-a5ba-3e3b0328c30d}" };
const SYSMON: Provider = Provider { name: "Microsoft-Windows-Sysmon", guid: "{5770385f-c22a-43e0-bf4c-06f5698ffbd9}" };

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
        match event_id {
            4688 if SECURITY.wrote(fields) => Some(ProcessEvent::Security),
            1 if SYSMON.wrote(fields) => Some(ProcessEvent::Sysmon),
            _ => None,
        }
    }
}

/// Whether an event is a process creation. For [`crate::event_log::ChunkReader::wants`].
pub fn is_process_event(fields: &FieldSet<'_>) -> bool {
    ProcessEvent::of(fields).is_some()
}

impl Provider {
    fn wrote(&self, fields: &FieldSet<'_>) -> bool {
        let mut text = String::new();
        fields.system(SystemField::Provider).write_text(&mut text);
        if text == self.name {
            return true;
        }
        text.clear();
        fields.system(SystemField::ProviderGuid).write_text(&mut text);
        text.eq_ignore_ascii_case(self.guid)
    }
}
