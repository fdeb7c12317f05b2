//! Templates: the fixed part of an event, written once in each chunk.
//!
//! An outer template holds Event and System with the values in the order that Windows uses; the
//! payload is the value after them, with a template of its own.

use std::sync::Arc;

use super::chunk::{ChunkBuilder, END_OF_STREAM, FRAGMENT_HEADER, RECORDS_START};
use super::element::{Element, INDEPENDENT, Node, Place, escaped, literal};
use super::event::{BodyShape, Event, NullFields, Payload, Shape, TemplateShape};
use super::identity::Guid;
use super::value::{Value, ValueKind, ValueList};

pub(super) const EVENT_NAMESPACE: &str = "http://schemas.microsoft.com/win/2004/08/events/event";

/// Values 0 to 12 of every outer template are the same.
const COMMON_VALUES: u16 = 13;

/// A template and its GUID, which is made of the content.
pub(super) struct Definition {
    pub(super) guid: Guid,
    root: Element,
}

impl Definition {
    fn new(root: Element) -> Self {
        // The bytes that the template has in an empty chunk do not depend on anything else.
        let mut scratch = ChunkBuilder::new();
        root.encode(&mut scratch, Place::Template);
        let hash =
            scratch.written()[RECORDS_START..].iter().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, |hash, byte| {
                (hash ^ u128::from(*byte)).wrapping_mul(0x0100_0000_0000_0000_0000_013b)
            });
        Self { guid: Guid(hash.to_le_bytes()), root }
    }

    pub(super) fn encode(&self, chunk: &mut ChunkBuilder) {
        chunk.put(&FRAGMENT_HEADER);
        self.root.encode(chunk, Place::Template);
        chunk.put(&[END_OF_STREAM]);
    }
}

/// How a record's payload follows from its template.
pub(super) enum Body {
    /// No payload, or one that is part of the outer template.
    Outer,
    /// A nested value with a template of its own.
    Nested(Definition),
    /// A nested value with elements that are encoded anew in each record.
    Inline,
}

/// The templates of one kind of event: same provider, event id, version, fields and shape.
///
/// Cheap to clone; good for any number of writers.
#[derive(Clone)]
pub struct EventTemplate(pub(super) Arc<Parts>);

pub(super) struct Parts {
    pub(super) outer: Definition,
    pub(super) body: Body,
    pub(super) fragment_header: bool,
    /// Values after the common ones up to the body, the same for every event of the template.
    pub(super) constants: ValueList,
    /// The index of RelatedActivityID, the one changing value among the constants.
    pub(super) related_index: u16,
    pub(super) has_body_value: bool,
}

impl EventTemplate {
    /// The template for events like this one. Of the event only the parts that stay the same are
    /// taken: provider, channel, computer, the fields' names and declared types, and the shape.
    /// The shape of a forwarded event, which has no template, is taken as the default one.
    pub fn of(event: &Event) -> Self {
        let shape = match &event.shape {
            Shape::Template(shape) => *shape,
            Shape::Forwarded { .. } => TemplateShape::default(),
        };
        let layout = Layout::new(event, shape);
        let (body, body_node) = layout.body(event);
        Self(Arc::new(Parts {
            outer: Definition::new(layout.outer(event, body_node)),
            body,
            fragment_header: shape.body == BodyShape::Fragment,
            constants: layout.constants(event),
            related_index: layout.related_index,
            has_body_value: layout.has_body_value,
        }))
    }
}

/// Where the values of an outer template stand.
struct Layout {
    shape: TemplateShape,
    related_index: u16,
    body_index: u16,
    has_body_value: bool,
}

impl Layout {
    fn new(event: &Event, shape: TemplateShape) -> Self {
        // With provider and channel as values, these are 14 to 16 and the body is 17; with literal
        // ones, Windows leaves 13 to 17 empty, RelatedActivityID is 18 and the body 19.
        let (related_index, body_index) = if shape.literal_provider { (18, 19) } else { (13, 17) };
        let has_body_value = event.payload != Payload::None && shape.body != BodyShape::OuterTemplate;
        Self { shape, related_index, body_index, has_body_value }
    }

    /// The values from 13 up to the body, RelatedActivityID as NULL.
    fn constants(&self, event: &Event) -> ValueList {
        let mut values = ValueList::default();
        for index in COMMON_VALUES..self.body_index {
            let value = match index {
                14 if !self.shape.literal_provider => Value::from(&*event.provider.name),
                15 if !self.shape.literal_provider => event.provider.guid.map_or(Value::null(), Value::Guid),
                16 if !self.shape.literal_provider => Value::from(&*event.channel),
                _ => Value::null(),
            };
            values.push(&value);
        }
        values
    }

    fn body(&self, event: &Event) -> (Body, Option<Node>) {
        let nested = Node::Substitution { index: self.body_index, kind: ValueKind::BinXml, optional: true };
        match self.shape.body {
            _ if event.payload == Payload::None => (Body::Outer, None),
            BodyShape::OuterTemplate => {
                let element = payload_template(&event.payload, self.shape.nulls, self.body_index);
                (Body::Outer, Some(in_user_data(event, element)))
            }
            BodyShape::InlineElements => (Body::Inline, Some(self.wrapped(event, nested))),
            BodyShape::Fragment | BodyShape::BareInstance => {
                let element = payload_template(&event.payload, self.shape.nulls, 0);
                let definition = Definition::new(element);
                (Body::Nested(definition), Some(self.wrapped(event, nested)))
            }
        }
    }

    /// The body value stands within UserData, but holds EventData itself.
    fn wrapped(&self, event: &Event, nested: Node) -> Node {
        match event.payload {
            Payload::UserData { .. } => {
                Node::Element(Element::new("UserData").depends_on(self.body_index).child(nested))
            }
            Payload::None | Payload::EventData { .. } => nested,
        }
    }

    fn outer(&self, event: &Event, body: Option<Node>) -> Element {
        let dependency = match event.payload {
            Payload::EventData { .. } if self.has_body_value => self.body_index,
            _ => INDEPENDENT,
        };
        let root = Element::new("Event")
            .depends_on(dependency)
            .attribute("xmlns", literal(EVENT_NAMESPACE))
            .child(Node::Element(self.system(event)));
        match body {
            Some(node) => root.child(node),
            None => root,
        }
    }

    fn system(&self, event: &Event) -> Element {
        let event_id = Element::new("EventID")
            .depends_on(3)
            .attribute("Qualifiers", value(4, ValueKind::UInt16))
            .children(value(3, ValueKind::UInt16));
        let created = Element::new("TimeCreated").attribute("SystemTime", value(6, ValueKind::Filetime));
        let correlation = Element::new("Correlation")
            .attribute("ActivityID", value(7, ValueKind::Guid))
            .attribute("RelatedActivityID", value(self.related_index, ValueKind::Guid));
        let execution = Element::new("Execution")
            .attribute("ProcessID", value(8, ValueKind::UInt32))
            .attribute("ThreadID", value(9, ValueKind::UInt32));
        let channel = if self.shape.literal_provider {
            Element::new("Channel").children(literal(&event.channel))
        } else {
            dependent("Channel", 16, ValueKind::Text)
        };
        let security = Element::new("Security").attribute("UserID", value(12, ValueKind::Sid));
        let parts = [
            self.provider(event),
            event_id,
            dependent("Version", 11, ValueKind::UInt8),
            dependent("Level", 0, ValueKind::UInt8),
            dependent("Task", 2, ValueKind::UInt16),
            dependent("Opcode", 1, ValueKind::UInt8),
            dependent("Keywords", 5, ValueKind::Hex64),
            created,
            dependent("EventRecordID", 10, ValueKind::UInt64),
            correlation,
            execution,
            channel,
            Element::new("Computer").children(literal(&event.computer)),
            security,
        ];
        Element::new("System").children(parts.into_iter().map(Node::Element).collect())
    }

    fn provider(&self, event: &Event) -> Element {
        let element = Element::new("Provider");
        if !self.shape.literal_provider {
            return element.attribute("Name", value(14, ValueKind::Text)).attribute("Guid", value(15, ValueKind::Guid));
        }
        let mut element = element.attribute("Name", literal(&event.provider.name));
        if let Some(guid) = event.provider.guid {
            element = element.attribute("Guid", literal(&guid.to_string()));
        }
        match &event.provider.source_name {
            Some(name) => element.attribute("EventSourceName", literal(name)),
            None => element,
        }
    }
}

fn value(index: u16, kind: ValueKind) -> Vec<Node> {
    vec![Node::Substitution { index, kind, optional: true }]
}

fn dependent(name: &str, index: u16, kind: ValueKind) -> Element {
    Element::new(name).depends_on(index).children(value(index, kind))
}

/// The payload's element with a substitution for each field, numbered from `first`.
fn payload_template(payload: &Payload, nulls: NullFields, first: u16) -> Element {
    let mut index = first;
    let mut parts = Vec::new();
    for field in payload.fields() {
        let mut element = field_element(payload, &field.name);
        if nulls == NullFields::Dependent {
            element = element.depends_on(index);
        }
        parts.push(Node::Element(element.child(Node::Substitution {
            index,
            kind: field.value.declared_kind(),
            optional: nulls != NullFields::Normal,
        })));
        index = index.saturating_add(1);
    }
    if let Payload::EventData { binary: Some(_), .. } = payload {
        // The value before the bytes is their number, which no element shows.
        let bytes = Node::Substitution { index: index.saturating_add(1), kind: ValueKind::Binary, optional: false };
        parts.push(Node::Element(Element::new("Binary").child(bytes)));
    }
    payload_root(payload).children(parts)
}

/// The payload's element with its values as literal text.
pub(super) fn payload_literal(payload: &Payload) -> Element {
    let mut parts: Vec<Node> = payload
        .fields()
        .iter()
        .map(|field| {
            let element = field_element(payload, &field.name);
            Node::Element(element.children(escaped(&field.value.text_units())))
        })
        .collect();
    if let Payload::EventData { binary: Some(bytes), .. } = payload {
        let text = Value::Binary(bytes.clone()).text_units();
        parts.push(Node::Element(Element::new("Binary").children(escaped(&text))));
    }
    payload_root(payload).children(parts)
}

/// Puts a UserData payload's element into `<UserData>`; EventData is complete by itself.
pub(super) fn in_user_data(event: &Event, element: Element) -> Node {
    match event.payload {
        Payload::UserData { .. } => Node::Element(Element::new("UserData").child(Node::Element(element))),
        Payload::None | Payload::EventData { .. } => Node::Element(element),
    }
}

fn payload_root(payload: &Payload) -> Element {
    match payload {
        Payload::UserData { element, namespace, .. } => Element::new(element).attribute("xmlns", literal(namespace)),
        Payload::None | Payload::EventData { .. } => Element::new("EventData"),
    }
}

fn field_element(payload: &Payload, name: &str) -> Element {
    match payload {
        Payload::UserData { .. } => Element::new(name),
        _ if name.is_empty() => Element::new("Data"),
        Payload::None | Payload::EventData { .. } => Element::new("Data").attribute("Name", literal(name)),
    }
}
