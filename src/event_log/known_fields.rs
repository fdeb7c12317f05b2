//! The fields that the reader looks for, each with a number of its own.
//!
//! Fields are found by name, never by position: the list of an event's fields changes between builds of Windows and
//! of Sysmon while the event's version stays the same.

/// Elements of `System` that every event has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum SystemField {
    /// `Provider/@Name`.
    Provider,
    /// `Provider/@Guid`.
    ProviderGuid,
    /// `EventID`.
    EventId,
    /// `Version`.
    Version,
    /// `TimeCreated/@SystemTime`.
    TimeCreated,
    /// `EventRecordID`.
    EventRecordId,
    /// `Channel`.
    Channel,
    /// `Computer`.
    Computer,
}

impl SystemField {
    /// How many there are.
    pub(crate) const COUNT: usize = 8;

    /// The number of the field in a [`super::FieldSet`].
    pub const fn id(self) -> FieldId {
        FieldId(self as u8)
    }
}

/// The number of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FieldId(pub(crate) u8);

/// The values of `EventData/Data/@Name` that feed a column.
#[rustfmt::skip]
const DATA_NAMES: &[&str] = &[
    "SubjectUserSid", "SubjectUserName", "SubjectDomainName", "SubjectLogonId", "NewProcessId", "NewProcessName",
    "TokenElevationType", "ProcessId", "CommandLine", "TargetUserSid", "TargetUserName", "TargetDomainName",
    "TargetLogonId", "ParentProcessName", "MandatoryLabel", "RuleName", "ProcessGuid", "Image", "FileVersion",
    "Description", "Product", "Company", "OriginalFileName", "CurrentDirectory", "User", "LogonId",
    "TerminalSessionId", "IntegrityLevel", "Hashes", "ParentProcessGuid", "ParentProcessId", "ParentImage",
    "ParentCommandLine", "ParentUser",
];

/// How many fields there are in all.
pub(crate) const FIELD_COUNT: usize = SystemField::COUNT + DATA_NAMES.len();

impl FieldId {
    /// The field of `EventData` with that name, if a column is fed from it.
    pub const fn of_data(name: &str) -> Option<FieldId> {
        let mut index = 0;
        while index < DATA_NAMES.len() {
            if same(DATA_NAMES[index], name) {
                return Some(FieldId((SystemField::COUNT + index) as u8));
            }
            index += 1;
        }
        None
    }

    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }
}

// `==` on text cannot be used in a constant yet.
const fn same(one: &str, two: &str) -> bool {
    let (one, two) = (one.as_bytes(), two.as_bytes());
    if one.len() != two.len() {
        return false;
    }
    let mut index = 0;
    while index < one.len() {
        if one[index] != two[index] {
            return false;
        }
        index += 1;
    }
    true
}
