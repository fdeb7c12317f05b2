//! Events of processes that begin and end: Security 4688 and 4689, Sysmon 1 and 5.
//!
//! Field names, order and types are those of Microsoft's documentation of each event and of the
//! templates that Windows writes.

use std::borrow::Cow;

use super::event::{Event, Payload, Provider, field};
use super::filetime;
use super::identity::{Guid, Sid};
use super::value::Value;

/// The provider of the Security log's audit events.
pub(super) const SECURITY_PROVIDER: Provider = Provider {
    name: Cow::Borrowed("Microsoft-Windows-Security-Auditing"),
    guid: Some(Guid::new(0x5484_9625, 0x5478, 0x4994, [0xa5, 0xba, 0x3e, 0x3b, 0x03, 0x28, 0xc3, 0x0d])),
    source_name: None,
};

const SYSMON_PROVIDER: Provider = Provider {
    name: Cow::Borrowed("Microsoft-Windows-Sysmon"),
    guid: Some(Guid::new(0x5770_385f, 0xc22a, 0x43e0, [0xbf, 0x4c, 0x06, 0xf5, 0x69, 0x8f, 0xfb, 0xd9])),
    source_name: None,
};

/// Keywords of an audited success.
pub(super) const AUDIT_SUCCESS: u64 = 0x8020_0000_0000_0000;

/// Where and when an event was written.
#[derive(Clone, Debug, Default)]
pub struct Stamp {
    /// The host's full name.
    pub computer: Cow<'static, str>,
    /// The moment, as a FILETIME.
    pub time: u64,
    /// System/EventRecordID.
    pub record_id: u64,
    /// The process that writes the event: 4 for most of Security, Sysmon's own id for Sysmon.
    pub process_id: u32,
    /// Its thread.
    pub thread_id: u32,
}

/// An account in a logon session.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Account {
    /// Its identifier.
    pub sid: Sid,
    /// Its name without domain; a host's account ends in `$`.
    pub name: Cow<'static, str>,
    /// Its domain.
    pub domain: Cow<'static, str>,
    /// The session.
    pub logon_id: u64,
}

impl Account {
    /// What Windows writes where there is no other account: S-1-0-0, `-`, `-`, 0.
    pub fn nobody() -> Self {
        Self { sid: Sid::nobody(), name: "-".into(), domain: "-".into(), logon_id: 0 }
    }
}

/// A new process as Security 4688 tells of it.
#[derive(Clone, Debug, Default)]
pub struct ProcessCreation {
    /// The creator's account.
    pub subject: Account,
    /// NewProcessId.
    pub process_id: u64,
    /// NewProcessName.
    pub image: Cow<'static, str>,
    /// The number of TokenElevationType's message: 1936 default, 1937 full, 1938 limited.
    pub elevation: u32,
    /// ProcessId, which is the creator's.
    pub creator_process_id: u64,
    /// CommandLine; empty where the audit of command lines is off.
    pub command_line: Cow<'static, str>,
    /// The account that the process runs as, where it is another; else [`Account::nobody`].
    pub target: Account,
    /// ParentProcessName.
    pub creator_image: Cow<'static, str>,
    /// The level of MandatoryLabel: 4096 low, 8192 medium, 12288 high, 16384 system.
    pub integrity: u32,
}

/// The forms in which Windows writes 4688.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreationForm {
    /// Version 0, Vista to 7: 8 fields, no command line.
    Version0,
    /// Version 1, 8.1 and Server 2012 R2: with CommandLine.
    Version1,
    /// Version 2 as the first builds of Windows 10 have it: 13 fields, no parent name, no label.
    Version2Short,
    /// Version 2, Windows 10 and Server 2016 on: 15 fields.
    Version2,
}

pub(super) fn security_event(stamp: &Stamp, event_id: u16, version: u8, task: u16) -> Event {
    Event {
        provider: SECURITY_PROVIDER,
        event_id,
        version,
        task,
        keywords: AUDIT_SUCCESS,
        time: stamp.time,
        record_id: stamp.record_id,
        process_id: stamp.process_id,
        thread_id: stamp.thread_id,
        channel: "Security".into(),
        computer: stamp.computer.clone(),
        ..Event::default()
    }
}

/// Adds `<prefix>UserSid`, `…UserName`, `…DomainName`, `…LogonId`.
pub(super) fn push_account(fields: &mut Vec<super::event::Field>, names: [&'static str; 4], account: &Account) {
    let [sid, name, domain, logon_id] = names;
    fields.extend([
        field(sid, Value::Sid(account.sid.clone())),
        field(name, &*account.name),
        field(domain, &*account.domain),
        field(logon_id, Value::Hex64(account.logon_id)),
    ]);
}

pub(super) const SUBJECT: [&str; 4] = ["SubjectUserSid", "SubjectUserName", "SubjectDomainName", "SubjectLogonId"];
pub(super) const TARGET: [&str; 4] = ["TargetUserSid", "TargetUserName", "TargetDomainName", "TargetLogonId"];

/// Security 4688, "a new process has been created".
pub fn security_4688(stamp: &Stamp, creation: &ProcessCreation, form: CreationForm) -> Event {
    let mut fields = Vec::with_capacity(15);
    push_account(&mut fields, SUBJECT, &creation.subject);
    fields.extend([
        field("NewProcessId", Value::Pointer64(creation.process_id)),
        field("NewProcessName", &*creation.image),
        field("TokenElevationType", format!("%%{elevation}", elevation = creation.elevation)),
        field("ProcessId", Value::Pointer64(creation.creator_process_id)),
    ]);
    if form != CreationForm::Version0 {
        fields.push(field("CommandLine", &*creation.command_line));
    }
    if matches!(form, CreationForm::Version2 | CreationForm::Version2Short) {
        push_account(&mut fields, TARGET, &creation.target);
    }
    if form == CreationForm::Version2 {
        let label = Value::Sid(Sid::mandatory_label(creation.integrity));
        fields.extend([field("ParentProcessName", &*creation.creator_image), field("MandatoryLabel", label)]);
    }
    let version = match form {
        CreationForm::Version0 => 0,
        CreationForm::Version1 => 1,
        CreationForm::Version2Short | CreationForm::Version2 => 2,
    };
    let mut event = security_event(stamp, 4688, version, 13312);
    event.payload = Payload::data(fields);
    event
}

/// Security 4689, "a process has exited". `status` is its exit code.
pub fn security_4689(stamp: &Stamp, subject: &Account, process_id: u64, image: &str, status: u32) -> Event {
    let mut fields = Vec::with_capacity(7);
    push_account(&mut fields, SUBJECT, subject);
    fields.extend([
        field("Status", Value::Hex32(status)),
        field("ProcessId", Value::Pointer64(process_id)),
        field("ProcessName", image),
    ]);
    let mut event = security_event(stamp, 4689, 0, 13313);
    event.payload = Payload::data(fields);
    event
}

/// A new process as Sysmon tells of it; `-` where Sysmon knows nothing.
#[derive(Clone, Debug, Default)]
pub struct SysmonProcess {
    /// The rule of Sysmon's configuration that let the event through.
    pub rule_name: Cow<'static, str>,
    /// When the process began, as a FILETIME; UtcTime shows its milliseconds.
    pub started: u64,
    /// ProcessGuid.
    pub process_guid: Guid,
    /// ProcessId.
    pub process_id: u32,
    /// Image.
    pub image: Cow<'static, str>,
    /// FileVersion, Description, Product, Company and OriginalFileName of the file.
    pub file: FileDescription,
    /// CommandLine.
    pub command_line: Cow<'static, str>,
    /// CurrentDirectory.
    pub current_directory: Cow<'static, str>,
    /// User, `DOMAIN\name`.
    pub user: Cow<'static, str>,
    /// LogonGuid.
    pub logon_guid: Guid,
    /// LogonId.
    pub logon_id: u64,
    /// TerminalSessionId.
    pub session: u32,
    /// IntegrityLevel, `Medium`.
    pub integrity: Cow<'static, str>,
    /// Hashes, `SHA1=…,MD5=…,SHA256=…,IMPHASH=…`.
    pub hashes: Cow<'static, str>,
    /// ParentProcessGuid.
    pub parent_guid: Guid,
    /// ParentProcessId.
    pub parent_process_id: u32,
    /// ParentImage.
    pub parent_image: Cow<'static, str>,
    /// ParentCommandLine.
    pub parent_command_line: Cow<'static, str>,
    /// ParentUser.
    pub parent_user: Cow<'static, str>,
}

/// The version resource of an executable.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileDescription {
    /// FileVersion.
    pub version: Cow<'static, str>,
    /// Description.
    pub description: Cow<'static, str>,
    /// Product.
    pub product: Cow<'static, str>,
    /// Company.
    pub company: Cow<'static, str>,
    /// OriginalFileName.
    pub original_name: Cow<'static, str>,
}

fn sysmon_event(stamp: &Stamp, event_id: u16, version: u8) -> Event {
    Event {
        provider: SYSMON_PROVIDER,
        event_id,
        version,
        level: 4,
        task: event_id,
        keywords: 0x8000_0000_0000_0000,
        time: stamp.time,
        record_id: stamp.record_id,
        process_id: stamp.process_id,
        thread_id: stamp.thread_id,
        channel: "Microsoft-Windows-Sysmon/Operational".into(),
        computer: stamp.computer.clone(),
        user: Some(Sid::local_system()),
        ..Event::default()
    }
}

/// Sysmon 1, process creation, version 5 with its present 23 fields.
pub fn sysmon_1(stamp: &Stamp, process: &SysmonProcess) -> Event {
    let fields = vec![
        field("RuleName", &*process.rule_name),
        field("UtcTime", filetime::sysmon_text(process.started)),
        field("ProcessGuid", Value::Guid(process.process_guid)),
        field("ProcessId", Value::UInt32(process.process_id)),
        field("Image", &*process.image),
        field("FileVersion", &*process.file.version),
        field("Description", &*process.file.description),
        field("Product", &*process.file.product),
        field("Company", &*process.file.company),
        field("OriginalFileName", &*process.file.original_name),
        field("CommandLine", &*process.command_line),
        field("CurrentDirectory", &*process.current_directory),
        field("User", &*process.user),
        field("LogonGuid", Value::Guid(process.logon_guid)),
        field("LogonId", Value::Hex64(process.logon_id)),
        field("TerminalSessionId", Value::UInt32(process.session)),
        field("IntegrityLevel", &*process.integrity),
        field("Hashes", &*process.hashes),
        field("ParentProcessGuid", Value::Guid(process.parent_guid)),
        field("ParentProcessId", Value::UInt32(process.parent_process_id)),
        field("ParentImage", &*process.parent_image),
        field("ParentCommandLine", &*process.parent_command_line),
        field("ParentUser", &*process.parent_user),
    ];
    let mut event = sysmon_event(stamp, 1, 5);
    event.payload = Payload::data(fields);
    event
}

/// Sysmon 5, process terminated, version 3. Of `process` the rule name, the ids, the image and the
/// user are taken; UtcTime is the stamp's time.
pub fn sysmon_5(stamp: &Stamp, process: &SysmonProcess) -> Event {
    let fields = vec![
        field("RuleName", &*process.rule_name),
        field("UtcTime", filetime::sysmon_text(stamp.time)),
        field("ProcessGuid", Value::Guid(process.process_guid)),
        field("ProcessId", Value::UInt32(process.process_id)),
        field("Image", &*process.image),
        field("User", &*process.user),
    ];
    let mut event = sysmon_event(stamp, 5, 3);
    event.payload = Payload::data(fields);
    event
}
