//! What an event is, before it is bytes.

use std::borrow::Cow;

use super::identity::{Guid, Sid};
use super::value::Value;

/// Who wrote an event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Provider {
    /// The name, `Microsoft-Windows-Security-Auditing`.
    pub name: Cow<'static, str>,
    /// The provider's GUID, if it has one.
    pub guid: Option<Guid>,
    /// The EventSourceName attribute, which providers have that once were classic sources.
    pub source_name: Option<Cow<'static, str>>,
}

/// One named value of an event.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The field's name. An empty name writes `<Data>` without a Name attribute.
    pub name: Cow<'static, str>,
    /// Its value.
    pub value: Value,
}

/// Makes a field of a name and anything that is a value.
pub fn field(name: &'static str, value: impl Into<Value>) -> Field {
    Field { name: Cow::Borrowed(name), value: value.into() }
}

/// What follows the System element.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Payload {
    /// Nothing.
    #[default]
    None,
    /// `<EventData>` with a `<Data Name="…">` for each field.
    EventData {
        /// The fields in their order.
        fields: Vec<Field>,
        /// The bytes of a `<Binary>` element, as the Service Control Manager adds it.
        binary: Option<Vec<u8>>,
    },
    /// `<UserData>` with one element that holds an element for each field.
    UserData {
        /// The name of the element.
        element: Cow<'static, str>,
        /// Its xmlns attribute.
        namespace: Cow<'static, str>,
        /// The fields in their order.
        fields: Vec<Field>,
    },
}

impl Payload {
    /// EventData of these fields.
    pub fn data(fields: Vec<Field>) -> Self {
        Self::EventData { fields, binary: None }
    }

    /// The fields, none for an event without payload.
    pub fn fields(&self) -> &[Field] {
        match self {
            Self::None => &[],
            Self::EventData { fields, .. } | Self::UserData { fields, .. } => fields,
        }
    }
}

/// How the payload stands in the record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BodyShape {
    /// A value of type 0x21: fragment header, then a template instance.
    #[default]
    Fragment,
    /// A value of type 0x21 that is a template instance at once.
    BareInstance,
    /// A value of type 0x21 that holds elements with literal text.
    InlineElements,
    /// No nested value: the payload's elements are part of the outer template.
    OuterTemplate,
}

/// What happens to a field whose value is NULL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum NullFields {
    /// Normal substitutions (0x0d), as Windows has them in nearly all payloads: the element stays,
    /// empty. libevtx gives a record up that has a NULL here.
    #[default]
    Normal,
    /// Optional substitutions (0x0e): the element stays, empty.
    Optional,
    /// Optional substitutions in an element that depends on the value: the element goes.
    Dependent,
}

/// The shape of a record that uses templates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TemplateShape {
    /// Where the payload stands.
    pub body: BodyShape,
    /// Provider and channel are literal text of the template; else they are values.
    pub literal_provider: bool,
    /// How NULL fields are treated.
    pub nulls: NullFields,
}

/// The texts that a collector's subscription adds to forwarded events.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rendering {
    /// The language of the texts, `en-US`.
    pub culture: Cow<'static, str>,
    /// The whole message.
    pub message: String,
    /// The level's name, `Information`.
    pub level: Cow<'static, str>,
    /// The task's name, `Process Creation`.
    pub task: Cow<'static, str>,
    /// The opcode's name, `Info`.
    pub opcode: Cow<'static, str>,
    /// The channel's name.
    pub channel: Cow<'static, str>,
    /// The provider's display name.
    pub provider: Cow<'static, str>,
    /// The keyword's name, `Audit Success`.
    pub keyword: Cow<'static, str>,
}

/// How a record is written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// As a host writes its own events.
    Template(TemplateShape),
    /// As a collector stores events forwarded to it: no template, every value is text.
    Forwarded {
        /// Digits of the second's fraction in TimeCreated: 7 or 9.
        time_digits: usize,
        /// The RenderingInfo element, if the subscription asks for rendered text.
        rendering: Option<Rendering>,
    },
}

impl Default for Shape {
    fn default() -> Self {
        Self::Template(TemplateShape::default())
    }
}

/// One event of a log.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event {
    /// Who wrote it.
    pub provider: Provider,
    /// System/EventID.
    pub event_id: u16,
    /// The Qualifiers attribute of EventID, that former classic sources have.
    pub qualifiers: Option<u16>,
    /// System/Version.
    pub version: u8,
    /// System/Level: 0 always, 4 information.
    pub level: u8,
    /// System/Task.
    pub task: u16,
    /// System/Opcode.
    pub opcode: u8,
    /// System/Keywords.
    pub keywords: u64,
    /// System/TimeCreated as a FILETIME.
    pub time: u64,
    /// The record header's time; None: the same as `time`.
    pub written_time: Option<u64>,
    /// System/EventRecordID.
    pub record_id: u64,
    /// The record header's number; None: the same as `record_id`. Numbers should rise within a file.
    pub header_record_id: Option<u64>,
    /// System/Execution, ProcessID: who wrote the event, not whom it tells of.
    pub process_id: u32,
    /// System/Execution, ThreadID.
    pub thread_id: u32,
    /// System/Correlation, ActivityID.
    pub activity_id: Option<Guid>,
    /// System/Correlation, RelatedActivityID.
    pub related_activity_id: Option<Guid>,
    /// System/Channel.
    pub channel: Cow<'static, str>,
    /// System/Computer.
    pub computer: Cow<'static, str>,
    /// System/Security, UserID.
    pub user: Option<Sid>,
    /// What follows System.
    pub payload: Payload,
    /// How the record is written.
    pub shape: Shape,
}
