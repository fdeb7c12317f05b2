//! The other events of an ordinary log, with the fields that Microsoft documents for each.

use super::event::{BodyShape, Event, Payload, Provider, Shape, TemplateShape, field};
use super::identity::{Guid, Sid};
use super::process_events::{Account, SUBJECT, Stamp, TARGET, push_account, security_event};
use super::value::Value;

/// A successful logon.
#[derive(Clone, Debug, Default)]
pub struct Logon {
    /// Who asked for the logon, mostly the host itself.
    pub subject: Account,
    /// Who is logged on.
    pub target: Account,
    /// 2 at the keyboard, 3 over the network, 5 a service, 7 unlocking, 10 remote desktop.
    pub kind: u32,
    /// LogonProcessName; Windows ends some with a blank, `User32 `.
    pub logon_process: &'static str,
    /// AuthenticationPackageName.
    pub package: &'static str,
    /// WorkstationName.
    pub workstation: String,
    /// LogonGuid, all zeros without Kerberos.
    pub logon_guid: Guid,
    /// The process that asked.
    pub process_id: u64,
    /// Its image.
    pub image: &'static str,
    /// The other end's address, `-` for none.
    pub address: String,
    /// The other end's port; 0 is written as `-` unless there is an address.
    pub port: u16,
    /// True writes ElevatedToken "Yes" (%%1842), false "No" (%%1843).
    pub elevated: bool,
}

/// Security 4624 version 2, "an account was successfully logged on". 27 fields.
pub fn security_4624(stamp: &Stamp, logon: &Logon) -> Event {
    let mut fields = Vec::with_capacity(27);
    push_account(&mut fields, SUBJECT, &logon.subject);
    push_account(&mut fields, TARGET, &logon.target);
    let port = if logon.address == "-" { "-".to_owned() } else { logon.port.to_string() };
    let elevated = if logon.elevated { "%%1842" } else { "%%1843" };
    fields.extend([
        field("LogonType", Value::UInt32(logon.kind)),
        field("LogonProcessName", logon.logon_process),
        field("AuthenticationPackageName", logon.package),
        field("WorkstationName", &*logon.workstation),
        field("LogonGuid", Value::Guid(logon.logon_guid)),
        field("TransmittedServices", "-"),
        field("LmPackageName", "-"),
        field("KeyLength", Value::UInt32(0)),
        field("ProcessId", Value::Pointer64(logon.process_id)),
        field("ProcessName", logon.image),
        field("IpAddress", &*logon.address),
        field("IpPort", port),
        field("ImpersonationLevel", "%%1833"),
        field("RestrictedAdminMode", "-"),
        field("TargetOutboundUserName", "-"),
        field("TargetOutboundDomainName", "-"),
        field("VirtualAccount", "%%1843"),
        field("TargetLinkedLogonId", Value::Hex64(0)),
        field("ElevatedToken", elevated),
    ]);
    let mut event = security_event(stamp, 4624, 2, 12544);
    event.payload = Payload::data(fields);
    event
}

/// Security 4634, "an account was logged off".
pub fn security_4634(stamp: &Stamp, target: &Account, logon_kind: u32) -> Event {
    let mut fields = Vec::with_capacity(5);
    push_account(&mut fields, TARGET, target);
    fields.push(field("LogonType", Value::UInt32(logon_kind)));
    let mut event = security_event(stamp, 4634, 0, 12545);
    event.payload = Payload::data(fields);
    event
}

/// Security 4672, "special privileges assigned to new logon".
pub fn security_4672(stamp: &Stamp, subject: &Account, privileges: &[&str]) -> Event {
    let mut fields = Vec::with_capacity(5);
    push_account(&mut fields, SUBJECT, subject);
    fields.push(field("PrivilegeList", privileges.join("\r\n\t\t\t")));
    let mut event = security_event(stamp, 4672, 0, 12548);
    event.payload = Payload::data(fields);
    event
}

/// A connection that the filtering platform let pass.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    /// The process.
    pub process_id: u64,
    /// Its image as a device path, `\device\harddiskvolume3\windows\…`.
    pub application: String,
    /// True from outside (%%14592), false to outside (%%14593).
    pub inbound: bool,
    /// This end.
    pub source: (String, u16),
    /// The other end.
    pub destination: (String, u16),
    /// 6 TCP, 17 UDP.
    pub protocol: u32,
}

/// Security 5156 version 1, "the Windows Filtering Platform has permitted a connection".
pub fn security_5156(stamp: &Stamp, connection: &Connection) -> Event {
    let (direction, layer, layer_id) =
        if connection.inbound { ("%%14592", "%%14610", 44) } else { ("%%14593", "%%14611", 48) };
    let fields = vec![
        field("ProcessID", Value::UInt64(connection.process_id)),
        field("Application", &*connection.application),
        field("Direction", direction),
        field("SourceAddress", &*connection.source.0),
        field("SourcePort", connection.source.1.to_string()),
        field("DestAddress", &*connection.destination.0),
        field("DestPort", connection.destination.1.to_string()),
        field("Protocol", Value::UInt32(connection.protocol)),
        field("FilterRTID", Value::UInt64(65_865)),
        field("LayerName", layer),
        field("LayerRTID", Value::UInt64(layer_id)),
        field("RemoteUserID", Value::Sid(Sid::nobody())),
        field("RemoteMachineID", Value::Sid(Sid::nobody())),
    ];
    let mut event = security_event(stamp, 5156, 1, 12810);
    event.payload = Payload::data(fields);
    event
}

/// Security 4663 version 1, "an attempt was made to access an object": a file that is read.
pub fn security_4663(
    stamp: &Stamp,
    subject: &Account,
    object: &str,
    handle: u64,
    (process_id, image): (u64, &str),
) -> Event {
    let mut fields = Vec::with_capacity(13);
    push_account(&mut fields, SUBJECT, subject);
    fields.extend([
        field("ObjectServer", "Security"),
        field("ObjectType", "File"),
        field("ObjectName", object),
        field("HandleId", Value::Pointer64(handle)),
        field("AccessList", "%%4416\r\n\t\t\t\t"),
        field("AccessMask", Value::Hex32(1)),
        field("ProcessId", Value::Pointer64(process_id)),
        field("ProcessName", image),
        field("ResourceAttributes", "S:AI"),
    ]);
    let mut event = security_event(stamp, 4663, 1, 12800);
    event.payload = Payload::data(fields);
    event
}

/// Security 4719, "system audit policy was changed": success auditing of a subcategory is added.
pub fn security_4719(
    stamp: &Stamp,
    subject: &Account,
    (category, subcategory): (&str, &str),
    subcategory_guid: Guid,
) -> Event {
    let mut fields = Vec::with_capacity(8);
    push_account(&mut fields, SUBJECT, subject);
    fields.extend([
        field("CategoryId", category),
        field("SubcategoryId", subcategory),
        field("SubcategoryGuid", Value::Guid(subcategory_guid)),
        field("AuditPolicyChanges", "%%8449"),
    ]);
    let mut event = security_event(stamp, 4719, 0, 13568);
    event.payload = Payload::data(fields);
    event
}

/// Security 4616 version 1, "the system time was changed".
pub fn security_4616(
    stamp: &Stamp,
    subject: &Account,
    (previous, new): (u64, u64),
    (process_id, image): (u64, &str),
) -> Event {
    let mut fields = Vec::with_capacity(8);
    push_account(&mut fields, SUBJECT, subject);
    fields.extend([
        field("PreviousTime", Value::Filetime(previous)),
        field("NewTime", Value::Filetime(new)),
        field("ProcessId", Value::Pointer64(process_id)),
        field("ProcessName", image),
    ]);
    let mut event = security_event(stamp, 4616, 1, 12288);
    event.payload = Payload::data(fields);
    event
}

/// Security 1102, "the audit log was cleared": written by the log service itself, with UserData.
pub fn security_1102(stamp: &Stamp, subject: &Account) -> Event {
    let mut fields = Vec::with_capacity(4);
    push_account(&mut fields, SUBJECT, subject);
    Event {
        provider: Provider {
            name: "Microsoft-Windows-Eventlog".into(),
            guid: Some(Guid::new(0xfc65_ddd8, 0xd6ef, 0x4962, [0x83, 0xd5, 0x6e, 0x5c, 0xfe, 0x9c, 0xe1, 0x48])),
            source_name: None,
        },
        level: 4,
        keywords: 0x4020_0000_0000_0000,
        payload: Payload::UserData {
            element: "LogFileCleared".into(),
            namespace: "http://manifests.microsoft.com/win/2004/08/windows/eventlog".into(),
            fields,
        },
        shape: literal_provider(),
        ..security_event(stamp, 1102, 0, 104)
    }
}

/// System 7036, "the … service entered the … state". `service` is the display name, `key` the
/// service's own name, which the event carries as bytes.
pub fn system_7036(stamp: &Stamp, service: &str, key: &str, running: bool) -> Event {
    let state = if running { "running" } else { "stopped" };
    let digit = if running { "4" } else { "1" };
    let binary = format!("{key}/{digit}\0").encode_utf16().flat_map(u16::to_le_bytes).collect();
    Event {
        provider: Provider {
            name: "Service Control Manager".into(),
            guid: Some(Guid::new(0x5559_08d1, 0xa6d7, 0x4695, [0x8e, 0x1e, 0x26, 0x93, 0x1d, 0x20, 0x12, 0xf4])),
            source_name: Some("Service Control Manager".into()),
        },
        event_id: 7036,
        qualifiers: Some(0x4000),
        level: 4,
        keywords: 0x8080_0000_0000_0000,
        time: stamp.time,
        record_id: stamp.record_id,
        process_id: stamp.process_id,
        thread_id: stamp.thread_id,
        channel: "System".into(),
        computer: stamp.computer.clone(),
        payload: Payload::EventData {
            fields: vec![field("param1", service), field("param2", state)],
            binary: Some(binary),
        },
        shape: literal_provider(),
        ..Event::default()
    }
}

fn literal_provider() -> Shape {
    Shape::Template(TemplateShape { body: BodyShape::Fragment, literal_provider: true, ..TemplateShape::default() })
}
