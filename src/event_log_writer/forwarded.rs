//! Events without a template, as a collector stores what other hosts forward to it: all is text.

use super::element::{Element, Node, escaped, literal};
use super::event::{Event, Payload, Rendering};
use super::filetime;
use super::template::{EVENT_NAMESPACE, in_user_data, payload_literal};

/// The whole event as an element tree.
pub(super) fn event_element(event: &Event, time_digits: usize, rendering: Option<&Rendering>) -> Element {
    let mut root = Element::new("Event")
        .attribute("xmlns", literal(EVENT_NAMESPACE))
        .child(Node::Element(system(event, time_digits)));
    if event.payload != Payload::None {
        root = root.child(in_user_data(event, payload_literal(&event.payload)));
    }
    match rendering {
        Some(rendering) => root.child(Node::Element(rendering_info(rendering))),
        None => root,
    }
}

fn text(text: &str) -> Vec<Node> {
    let units: Vec<u16> = text.encode_utf16().collect();
    escaped(&units)
}

fn simple(name: &str, content: &str) -> Node {
    Node::Element(Element::new(name).children(text(content)))
}

fn system(event: &Event, time_digits: usize) -> Element {
    let mut provider = Element::new("Provider").attribute("Name", text(&event.provider.name));
    if let Some(guid) = event.provider.guid {
        provider = provider.attribute("Guid", text(&guid.to_string()));
    }
    if let Some(name) = &event.provider.source_name {
        provider = provider.attribute("EventSourceName", text(name));
    }
    let mut event_id = Element::new("EventID").children(text(&event.event_id.to_string()));
    if let Some(qualifiers) = event.qualifiers {
        event_id = event_id.attribute("Qualifiers", text(&qualifiers.to_string()));
    }
    let created = filetime::iso_text(event.time, time_digits);
    let created = Element::new("TimeCreated").attribute("SystemTime", text(&created));
    let mut correlation = Element::new("Correlation");
    if let Some(guid) = event.activity_id {
        correlation = correlation.attribute("ActivityID", text(&guid.to_string()));
    }
    if let Some(guid) = event.related_activity_id {
        correlation = correlation.attribute("RelatedActivityID", text(&guid.to_string()));
    }
    let execution = Element::new("Execution")
        .attribute("ProcessID", text(&event.process_id.to_string()))
        .attribute("ThreadID", text(&event.thread_id.to_string()));
    let mut security = Element::new("Security");
    if let Some(user) = &event.user {
        security = security.attribute("UserID", text(&user.to_string()));
    }
    Element::new("System").children(vec![
        Node::Element(provider),
        Node::Element(event_id),
        simple("Version", &event.version.to_string()),
        simple("Level", &event.level.to_string()),
        simple("Task", &event.task.to_string()),
        simple("Opcode", &event.opcode.to_string()),
        simple("Keywords", &format!("0x{:x}", event.keywords)),
        Node::Element(created),
        simple("EventRecordID", &event.record_id.to_string()),
        Node::Element(correlation),
        Node::Element(execution),
        simple("Channel", &event.channel),
        simple("Computer", &event.computer),
        Node::Element(security),
    ])
}

fn rendering_info(rendering: &Rendering) -> Element {
    let keywords = Element::new("Keywords").child(simple("Keyword", &rendering.keyword));
    Element::new("RenderingInfo").attribute("Culture", text(&rendering.culture)).children(vec![
        simple("Message", &rendering.message),
        simple("Level", &rendering.level),
        simple("Task", &rendering.task),
        simple("Opcode", &rendering.opcode),
        simple("Channel", &rendering.channel),
        simple("Provider", &rendering.provider),
        Node::Element(keywords),
    ])
}
