//! BinXML elements as a tree, and their bytes.

use super::chunk::ChunkBuilder;
use super::value::ValueKind;

const MORE: u8 = 0x40;
const OPEN_ELEMENT: u8 = 0x01;
const CLOSE_START: u8 = 0x02;
const CLOSE_EMPTY: u8 = 0x03;
const END_ELEMENT: u8 = 0x04;
const VALUE: u8 = 0x05;
const ATTRIBUTE: u8 = 0x06;
const ENTITY: u8 = 0x09;
const NORMAL_SUBSTITUTION: u8 = 0x0d;
const OPTIONAL_SUBSTITUTION: u8 = 0x0e;

/// No dependency.
pub(super) const INDEPENDENT: u16 = 0xffff;

/// Whether elements carry a dependency id: those of templates do, others do not.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Template,
    Record,
}

/// What an element or attribute holds.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Element(Element),
    Text(Vec<u16>),
    /// `&name;`
    Entity(&'static str),
    Substitution {
        index: u16,
        kind: ValueKind,
        optional: bool,
    },
}

#[derive(Clone, Debug)]
pub(super) struct Element {
    name: String,
    dependency: u16,
    attributes: Vec<(String, Vec<Node>)>,
    /// None: `<name/>`. Some, empty: `<name></name>`.
    children: Option<Vec<Node>>,
}

impl Element {
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), dependency: INDEPENDENT, attributes: Vec::new(), children: None }
    }

    pub(super) fn depends_on(mut self, index: u16) -> Self {
        self.dependency = index;
        self
    }

    pub(super) fn attribute(mut self, name: &str, value: Vec<Node>) -> Self {
        self.attributes.push((name.to_owned(), value));
        self
    }

    pub(super) fn child(mut self, node: Node) -> Self {
        self.children.get_or_insert_default().push(node);
        self
    }

    pub(super) fn children(mut self, nodes: Vec<Node>) -> Self {
        self.children.get_or_insert_default().extend(nodes);
        self
    }

    pub(super) fn encode(&self, chunk: &mut ChunkBuilder, place: Place) {
        let has_attributes = !self.attributes.is_empty();
        chunk.put(&[OPEN_ELEMENT | if has_attributes { MORE } else { 0 }]);
        if place == Place::Template {
            chunk.put(&self.dependency.to_le_bytes());
        }
        let size = chunk.put_size();
        chunk.put_name(&self.name);
        if has_attributes {
            self.encode_attributes(chunk, place);
        }
        match &self.children {
            None => chunk.put(&[CLOSE_EMPTY]),
            Some(children) => {
                chunk.put(&[CLOSE_START]);
                encode_nodes(children, chunk, place);
                chunk.put(&[END_ELEMENT]);
            }
        }
        chunk.fill_size(size);
    }

    fn encode_attributes(&self, chunk: &mut ChunkBuilder, place: Place) {
        let size = chunk.put_size();
        for (position, (name, value)) in self.attributes.iter().enumerate() {
            let last = position + 1 == self.attributes.len();
            chunk.put(&[ATTRIBUTE | if last { 0 } else { MORE }]);
            chunk.put_name(name);
            encode_nodes(value, chunk, place);
        }
        chunk.fill_size(size);
    }
}

fn encode_nodes(nodes: &[Node], chunk: &mut ChunkBuilder, place: Place) {
    for (position, node) in nodes.iter().enumerate() {
        // The flag says that the same run of content goes on after this token.
        let more = if position + 1 < nodes.len() { MORE } else { 0 };
        match node {
            Node::Element(element) => element.encode(chunk, place),
            Node::Text(units) => {
                // One value holds at most 65,535 units; what is over goes into another.
                let mut rest = units.as_slice();
                loop {
                    let (part, tail) = rest.split_at(rest.len().min(usize::from(u16::MAX)));
                    rest = tail;
                    let flag = if rest.is_empty() { more } else { MORE };
                    let count = u16::try_from(part.len()).unwrap_or(u16::MAX);
                    chunk.put(&[VALUE | flag, ValueKind::Text as u8]);
                    chunk.put(&count.to_le_bytes());
                    chunk.put_units(part);
                    if rest.is_empty() {
                        break;
                    }
                }
            }
            Node::Entity(name) => {
                chunk.put(&[ENTITY | more]);
                chunk.put_name(name);
            }
            Node::Substitution { index, kind, optional } => {
                let token = if *optional { OPTIONAL_SUBSTITUTION } else { NORMAL_SUBSTITUTION };
                let [low, high] = index.to_le_bytes();
                chunk.put(&[token, low, high, *kind as u8]);
            }
        }
    }
}

/// Literal text of a template, one value.
pub(super) fn literal(text: &str) -> Vec<Node> {
    vec![Node::Text(text.encode_utf16().collect())]
}

/// Text of a record without template: `&`, `<` and `>` become entity references between the values.
/// No units give no node, as Windows leaves such elements without content.
pub(super) fn escaped(units: &[u16]) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut run = Vec::new();
    for unit in units {
        let entity = match *unit {
            0x26 => "amp",
            0x3c => "lt",
            0x3e => "gt",
            other => {
                run.push(other);
                continue;
            }
        };
        if !run.is_empty() {
            nodes.push(Node::Text(std::mem::take(&mut run)));
        }
        nodes.push(Node::Entity(entity));
    }
    if !run.is_empty() {
        nodes.push(Node::Text(run));
    }
    nodes
}
